"""Term maps: expressions, term types, literals, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.parse.languages import is_language_tag
from kg.mapping.rules import ConstantTerm, Reference, Template, TermMap, TermType
from tests.unit.mapping.parsing import (
    BASE,
    EX,
    FIRST_LINE,
    PEOPLE,
    RDF,
    XSD,
    fault,
    iri,
    reference,
    rules,
    template,
    triples_map,
)


def made(folder: Path, said: str) -> object:
    """Return the object that an object map makes."""
    (rule,) = rules(folder, triples_map(said))
    return rule.object


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("rml:constant ex:o", iri(f"{EX}o")),
        ("rml:constant <o>", iri(f"{BASE}o")),
        ('rml:constant "o"', ConstantTerm('"o"')),
        ('rml:constant "a\\"b\\\\c\\n"', ConstantTerm('"a\\"b\\\\c\\n"')),
        ('rml:constant "o"@EN-gb', ConstantTerm('"o"@en-gb')),
        ("rml:constant true", ConstantTerm(f'"true"^^<{XSD}boolean>')),
        ('rml:constant "o"^^xsd:string', ConstantTerm('"o"')),
        ('rml:constant "o" ; rml:termType rml:Literal', ConstantTerm('"o"')),
        ("rml:constant ex:o ; rml:termType rml:UnsafeURI", iri(f"{EX}o")),
        ('rml:constant "o" ; rml:language "en"', ConstantTerm('"o"@en')),
        ('rml:constant "1" ; rml:datatype xsd:integer', ConstantTerm(f'"1"^^<{XSD}integer>')),
        ('rml:reference "a"', reference("a")),
        ('rml:reference "a" ; rml:termType rml:IRI', reference("a", TermType.IRI)),
        ('rml:reference "a" ; rml:termType rml:BlankNode', reference("a", TermType.BLANK_NODE)),
        ('rml:template "http://x/{a}"', template("http://x/", Reference("a"))),
        ('rml:template "{a} {b}" ; rml:termType rml:Literal', template(Reference("a"), " ", Reference("b"), term_type=TermType.LITERAL)),
        ('rml:template "fixed"', template("fixed")),
        ('rml:template "a b{c}" ; rml:termType rml:UnsafeIRI', template("a b", Reference("c"), term_type=TermType.UNSAFE_IRI)),
        *(
            (f'rml:template "x{{a}}" ; rml:termType rml:{kind.value}', template("x", Reference("a"), term_type=kind))
            for kind in TermType
        ),
    ],
)  # fmt: skip
def test_an_object_map_makes(tmp_path: Path, said: str, expected: object) -> None:
    assert made(tmp_path, said) == expected


@pytest.mark.parametrize(
    ("said", "datatype", "language"),
    [
        ("rml:datatype xsd:date", ConstantTerm(f"{XSD}date"), None),
        ("rml:datatypeMap [ rml:constant xsd:date ]", ConstantTerm(f"{XSD}date"), None),
        ('rml:datatypeMap [ rml:reference "t" ]', reference("t", TermType.IRI), None),
        ('rml:datatypeMap [ rml:template "t/{t}" ]', template("t/", Reference("t")), None),
        ('rml:language "PT-br"', None, ConstantTerm("pt-br")),
        ('rml:languageMap [ rml:constant "de" ]', None, ConstantTerm("de")),
        ('rml:languageMap [ rml:reference "l" ]', None, reference("l")),
        (
            'rml:languageMap [ rml:template "{l}-{r}" ]',
            None,
            template(Reference("l"), "-", Reference("r"), term_type=TermType.LITERAL),
        ),
    ],
)
def test_a_literal_has_a_datatype_or_language(
    tmp_path: Path, said: str, datatype: TermMap | ConstantTerm | None, language: TermMap | ConstantTerm | None
) -> None:
    expected = TermMap(Reference("a"), TermType.LITERAL, BASE, datatype, language)
    assert made(tmp_path, f'rml:reference "a" ; {said}') == expected
    by_template = TermMap(Template(("x", Reference("a"))), TermType.LITERAL, BASE, datatype, language)
    assert made(tmp_path, f'rml:template "x{{a}}" ; {said}') == by_template


def test_a_blank_node_needs_no_expression_and_each_map_has_its_own(tmp_path: Path) -> None:
    text = triples_map("rml:termType rml:BlankNode", "rml:predicate ex:q , ex:r ; rml:objectMap [ rml:termType rml:BlankNode ]",
                       subject="rml:subjectMap [ rml:termType rml:BlankNode ]")  # fmt: skip
    first, second, third = rules(tmp_path, text)
    nodes = (first.subject, first.object, second.object)
    assert all(isinstance(node, TermMap) and node.expression is None for node in nodes)
    assert len(set(nodes)) == 3
    assert first.subject == second.subject == third.subject
    assert second.object == third.object


def test_subjects_predicates_and_graphs_are_iris_by_default(tmp_path: Path) -> None:
    said = 'rml:predicateMap [ rml:reference "p" ] ; rml:object 1 ; rml:graphMap [ rml:template "g{g}" ] #rml:predicate'
    (rule,) = rules(tmp_path, triples_map(f"{said}\n", subject='rml:subjectMap [ rml:reference "s" ]'))
    assert (rule.subject, rule.predicate, rule.graph) == (
        reference("s", TermType.IRI),
        reference("p", TermType.IRI),
        template("g", Reference("g")),
    )


@pytest.mark.parametrize(
    ("said", "what", "advice"),
    [
        ("rml:termType rml:IRI", "the object map has no expression", "add rml:reference, rml:template or rml:constant"),
        ('rml:reference "a" , "b"', "rml:reference is given 2 times", "give it once"),
        ("rml:reference ex:a", "rml:reference is no text", "write it in quotes"),
        ('rml:reference "a" ; rml:template "{a}"', "rml:reference and rml:template are given together", "give only one"),
        ('rml:constant "a" ; rml:functionExecution [ rml:function ex:f ]', "rml:constant and rml:functionExecution", "only one"),
        ('rml:reference "a" ; rml:termType ex:Odd', "there is no term type http://example.org/Odd", "known are: IRI"),
        ('rml:reference "a" ; rml:termType rml:literal', "there is no term type literal", "did you mean Literal?"),
        ('rml:reference "a" ; rml:termType "IRI"', "there is no term type that is no IRI", "known are: IRI"),
        ('rml:constant "a" ; rml:termType rml:IRI', "the constant is a literal, and the term type IRI says otherwise", "write <a>"),
        ("rml:constant ex:a ; rml:termType rml:Literal", "is an IRI, and the term type Literal", "take rml:termType away"),
        ('rml:constant "a" ; rml:termType rml:BlankNode', "is a literal, and the term type BlankNode", "take rml:termType away"),
        ("rml:constant [ ex:a ex:b ]", "the value of rml:constant is a blank node", "a term type of blank node"),
        ("rml:constant <<( ex:a ex:b ex:c )>>", "is a blank node", "give an IRI"),
        ('rml:constant "abc"^^xsd:integer', "the constant 'abc' is no xsd:integer", "correct it, or give another datatype"),
        ('rml:constant "256"^^xsd:unsignedByte', "the constant '256' is no xsd:unsignedByte", "correct it"),
        ('rml:constant "2023-02-29" ; rml:datatype xsd:date', "the constant '2023-02-29' is no xsd:date", "correct it"),
        ('rml:constant "aGVs=" ; rml:datatypeMap [ rml:constant xsd:base64Binary ]', "the constant 'aGVs=' is no xsd:base64Binary", "correct it"),
        ('rml:constant "a"@en--ltr', "a literal with a direction is not supported", "leave the direction away"),
        ('rml:constant "a"@en ; rml:language "de"', "the constant has no room", "write it in the constant itself"),
        ('rml:reference "a" ; rml:language "a-english"', "'a-english' is no language tag", "one is like en or pt-BR"),
        ('rml:reference "a" ; rml:language ex:en', "what is no text is no language tag", "one is like en"),
        ('rml:reference "a" ; rml:datatype "integer"', "the literal 'integer' is no datatype", "give an IRI"),
        ('rml:reference "a" ; rml:datatype rdf:langString', "need a language tag", "give a language instead"),
        ('rml:reference "a" ; rml:datatype xsd:date , xsd:time', "a literal has one datatype, not 2", "take the others away"),
        ('rml:reference "a" ; rml:language "en" ; rml:datatype xsd:date', "a datatype or a language, not both", "take one"),
        ('rml:reference "a" ; rml:termType rml:IRI ; rml:language "en"', "only a literal has a datatype or a language", "rml:termType rml:Literal"),
        ('rml:reference "a" ; rml:languageMap [ rml:reference "l" ; rml:termType rml:IRI ]', "no language is of the term type IRI", "use one of: Literal"),
        ('rml:reference "a" ; rml:datatypeMap [ rml:reference "l" ; rml:termType rml:Literal ]', "no datatype is of the term type Literal", "IRI, URI"),
        ('rml:template "x y/{a}"', "the template of an IRI holds ' '", "percent-encode it"),
        ('rml:template "http://x/{a}>"', "the template of an IRI holds '>'", "make a literal with rml:termType rml:Literal"),
        ('rml:template "http://é/{a}" ; rml:termType rml:URI', "the template of a URI holds 'é'", "percent-encode it"),
        ('rml:template "{a"', "the template '{a' has an unbalanced '{'", "write \\{ for a brace that is meant, which in a string of Turtle is \\\\{"),
        ('rml:template "a}{b}"', "has an unbalanced '}'", "write \\}"),
        ('rml:template "{{a}}"', "has an unbalanced '{'", "write \\{"),
        ('rml:template "{a}{}"', "has an empty reference", "between { and }"),
        ('rml:template "{a}\\\\"', "has a backslash that escapes nothing", "write \\\\ for a backslash"),
        ('rml:template "{a\\\\b}"', "has an unbalanced '{'", "write"),
        ('rml:template ""', "the template is empty", "such as {id}"),
    ],
)  # fmt: skip
def test_a_fault_of_an_object_map_is_told_with_its_line(tmp_path: Path, said: str, what: str, advice: str) -> None:
    found = fault(tmp_path, triples_map(said))
    place, _, rest = found.partition(": ")
    assert place == f"mapping.ttl, line {FIRST_LINE + 2} (<#Map>)"
    assert what in rest
    assert advice in rest


@pytest.mark.parametrize(
    ("subject", "what", "advice"),
    [
        ('rml:subjectMap [ rml:constant "text" ]', "the literal 'text' is no subject", "give an IRI"),
        ('rml:subject "text"', "the literal 'text' is no subject", "give an IRI"),
        ("rml:subject [ ex:a ex:b ]", "a constant subject is no blank node", "give an IRI, or a term map"),
        ('rml:subjectMap [ rml:reference "a" ; rml:termType rml:Literal ]', "no subject is of the term type Literal", "IRI, URI, UnsafeIRI, UnsafeURI, BlankNode"),
        ('rml:subjectMap [ rml:template "{id}" ; rml:class "C" ]', "the literal 'C' is no class", "give an IRI"),
        ('rml:subjectMap [ rml:template "{id}" ; rml:graph "g" ]', "the literal 'g' is no graph", "give an IRI"),
        ('rml:subjectMap [ rml:template "{id}" ; rml:graphMap [ rml:reference "g" ; rml:termType rml:Literal ] ]', "no graph is of the term type Literal", "use one of"),
        ('rml:subjectMap "http://x/{id}"', "a subject map is no text", "write rml:subject for a constant"),
    ],
)  # fmt: skip
def test_a_fault_of_a_subject_map_is_told_with_its_line(tmp_path: Path, subject: str, what: str, advice: str) -> None:
    found = fault(tmp_path, triples_map('rml:reference "a"', subject=subject))
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 1} (<#Map>): {what}")
    assert advice in found


@pytest.mark.parametrize(
    ("said", "line", "what", "advice"),
    [
        ("rml:predicate ex:p", 2, "a predicate-object map needs an object", "add rml:object or rml:objectMap"),
        ("rml:object ex:o #rml:predicate\n", 2, "a predicate-object map needs a predicate", "add rml:predicate or rml:predicateMap"),
        ('rml:predicate "p" ; rml:object 1', 2, "the literal 'p' is no predicate", "give an IRI"),
        ('rml:object 1 ;\n rml:predicateMap [ rml:reference "a" ; rml:termType rml:BlankNode ] #rml:predicate\n', 3, "no predicate is of the term type BlankNode", "IRI, URI"),
        ('rml:predicate ex:p ; rml:objectMap\n [ rml:reference "a" ; rml:termType rml:Nothing ]', 3, "there is no term type Nothing", "known are"),
    ],
)  # fmt: skip
def test_a_fault_of_a_predicate_object_map_is_told(
    tmp_path: Path, said: str, line: int, what: str, advice: str
) -> None:
    found = fault(tmp_path, triples_map(said))
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + line} (<#Map>): {what}")
    assert advice in found


def test_two_subject_maps_are_told_at_the_second(tmp_path: Path) -> None:
    for subject in (
        'rml:subjectMap [ rml:template "{a}" ] ;\n rml:subjectMap [ rml:template "{b}" ]',
        "rml:subject ex:a ,\n ex:b",
    ):
        found = fault(tmp_path, triples_map('rml:reference "a"', subject=subject))
        assert found.startswith(
            f"mapping.ttl, line {FIRST_LINE + 2} (<#Map>): a triples map has exactly one subject map, not 2"
        )


def test_a_node_without_name_is_told_by_what_leads_to_it(tmp_path: Path) -> None:
    assert fault(tmp_path, f"[] rml:logicalSource {PEOPLE} .").startswith(
        f"mapping.ttl, line {FIRST_LINE}: a triples map"
    )
    named = f"ex:M rml:logicalSource {PEOPLE} ; rml:subjectMap ex:S . ex:S\n rml:termType rml:IRI ."
    assert fault(tmp_path, named).startswith(
        f"mapping.ttl, line {FIRST_LINE + 1} (ex:S): the subject map has no expression"
    )


def test_the_type_of_a_class_is_said_of_every_graph(tmp_path: Path) -> None:
    subject = 'rml:subjectMap [ rml:template "http://x/{id}" ; rml:class ex:C ; rml:graph ex:g , ex:h ]'
    found = rules(tmp_path, f"<#M> rml:logicalSource {PEOPLE} ; {subject} .")
    assert [(rule.predicate, rule.object, rule.graph) for rule in found] == [
        (iri(f"{RDF}type"), iri(f"{EX}C"), iri(EX + graph)) for graph in "gh"
    ]


@pytest.mark.parametrize(
    "tag",
    ["en", "pt-BR", "zh-Hant-TW", "sl-rozaj-biske", "de-1996", "x-own", "en-x-own", "i-klingon", "de-u-co-phonebk"],
)
def test_language_tags_are_well_formed(tag: str) -> None:
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "tag", ["", "a", "a-english", "english language", "en_GB", "en-", "-en", "e1", "en-a", "abcdefghi", "x", "en-gb-"]
)
def test_what_is_no_language_tag(tag: str) -> None:
    assert not is_language_tag(tag)
