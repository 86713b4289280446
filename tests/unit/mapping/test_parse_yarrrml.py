"""YARRRML: the same rules as from RML, and faults with the lines of the YAML."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kg.mapping.rules import (
    Call,
    Constant,
    ConstantTerm,
    Database,
    Dialect,
    Endpoint,
    File,
    Formulation,
    Joined,
    LogicalSource,
    Place,
    QuotedTriple,
    Reference,
    Rule,
    Target,
    Template,
    TermMap,
    TermType,
)
from tests.unit.mapping.parsing import (
    BASE,
    EX,
    GREL,
    RDF,
    XSD,
    csv,
    fault,
    faults,
    iri,
    parsed,
    reference,
    template,
)

HEAD = """
prefixes:
  ex: http://example.org/
mappings:
  person:
    sources: [[people.csv~csv]]
    s: http://x/$(id)
    po:
"""
FIRST_LINE = HEAD.count("\n") + 1


def found(folder: Path, text: str) -> list[Rule]:
    """Return the rules of a document."""
    statements = parsed(folder, textwrap.dedent(text), name="mapping.yml", prefixes="").statements
    return [each for each in statements if isinstance(each, Rule)]


def made(folder: Path, *said: str) -> list[Rule]:
    """Return the rules of a mapping with these predicates and objects, a line each."""
    return found(folder, HEAD + "".join(f"      - {each}\n" for each in said))


def wrong(folder: Path, text: str) -> str:
    """Return what is said of a document in which one thing is wrong."""
    return fault(folder, textwrap.dedent(text), name="mapping.yml", prefixes="")


def test_a_document_says_what_rml_says(tmp_path: Path) -> None:
    text = """
    prefixes: {ex: "http://example.org/"}
    base: http://base/
    authors: Jane Doe <jane@doe.example>
    sources:
      people: [people.csv~csv]
    mappings:
      person:
        sources: people
        s: http://x/$(id)
        g: ex:g
        po:
          - [a, ex:Person]
          - [[ex:p, ex:q], [$(a), $(b)~iri]]
    """
    source, subject, graph = csv(tmp_path), template("http://x/", Reference("id")), iri(f"{EX}g")
    objects = (reference("a"), reference("b", TermType.IRI))
    assert found(tmp_path, text) == [
        Rule(source, subject, iri(f"{RDF}type"), iri(f"{EX}Person"), graph),
        *(Rule(source, subject, iri(EX + p), each, graph) for p in "pq" for each in objects),
    ]


def test_each_rule_knows_its_line(tmp_path: Path) -> None:
    rules = made(tmp_path, "[ex:p, $(a)]", "{p: ex:q, o: $(b)}")
    file = str(tmp_path / "mapping.yml")
    assert [rule.place for rule in rules] == [Place(file, FIRST_LINE + n, "person") for n in (0, 1)]


@pytest.mark.parametrize("name", ["mapping.yml", "mapping.yaml", "mapping.yarrrml"])
def test_the_suffix_tells(tmp_path: Path, name: str) -> None:
    assert len(parsed(tmp_path, f"{HEAD}      - [ex:p, $(a)]", name=name, prefixes="").statements) == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("[ex:p, $(a)]", reference("a")),
        ("[ex:p, text]", ConstantTerm('"text"')),
        ("[ex:p, 12]", ConstantTerm('"12"')),
        ("[ex:p, true]", ConstantTerm('"true"')),
        ("[ex:p, ex:o~iri]", iri(f"{EX}o")),
        ("[ex:p, http://x/o~iri]", iri("http://x/o")),
        ("[ex:p, rel~iri]", template("rel")),
        ("[rdf:type, ex:C]", iri(f"{EX}C")),
        ("{p: ex:p, o: ex:o, type: iri}", iri(f"{EX}o")),
        ("{p: ex:p, o: {value: $(a), type: iri}}", reference("a", TermType.IRI)),
        ("{p: ex:p, o: {v: $(a), type: blank}}", reference("a", TermType.BLANK_NODE)),
        ("{p: ex:p, o: {type: blank}}", "blank"),
        ("[ex:p, 'b$(a)~blank']", template("b", Reference("a"), term_type=TermType.BLANK_NODE)),
        ("[ex:p, ex:$(a)/x~iri]", template(EX, Reference("a"), "/x")),
        ("[ex:p, '$(a) $(b)']", template(Reference("a"), " ", Reference("b"), term_type=TermType.LITERAL)),
        ("[ex:p, '{x} $(a)']", template("{x} ", Reference("a"), term_type=TermType.LITERAL)),
        ("[ex:p, '$(name(a))']", reference("name(a)")),
        (r"[ex:p, '$(a\)b)']", reference("a)b")),
        (r"[ex:p, '$(\_a)']", reference("_a")),
        (r"[ex:p, 'ex\:o']", ConstantTerm('"ex:o"')),
        ("[ex:p, 'Note: x']", ConstantTerm('"Note: x"')),
        ("[ex:p, schema:name~iri]", iri("http://schema.org/name")),
        ("[ex:p, urn:isbn:1~iri]", iri("urn:isbn:1")),
        ("[ex:p, $(a), xsd:date]", TermMap(Reference("a"), TermType.LITERAL, BASE, ConstantTerm(f"{XSD}date"))),
        ("{p: ex:p, o: $(a), datatype: xsd:date}", TermMap(Reference("a"), TermType.LITERAL, BASE, ConstantTerm(f"{XSD}date"))),
        ("{p: ex:p, o: [[$(a), xsd:date]]}", TermMap(Reference("a"), TermType.LITERAL, BASE, ConstantTerm(f"{XSD}date"))),
        ("{p: ex:p, o: {value: $(a), datatype: xsd:$(t)}}", TermMap(Reference("a"), TermType.LITERAL, BASE, template(XSD, Reference("t")))),
        ("[ex:p, $(a), en~lang]", TermMap(Reference("a"), TermType.LITERAL, BASE, language=ConstantTerm("en"))),
        ("[ex:p, $(a), $(l)~lang]", TermMap(Reference("a"), TermType.LITERAL, BASE, language=reference("l"))),
        ("{p: ex:p, o: {value: $(a), language: de}}", TermMap(Reference("a"), TermType.LITERAL, BASE, language=ConstantTerm("de"))),
        ("[ex:p, hi, en~lang]", ConstantTerm('"hi"@en')),
    ],
)  # fmt: skip
def test_objects(tmp_path: Path, said: str, expected: object) -> None:
    (rule,) = made(tmp_path, said)
    if expected == "blank":
        assert isinstance(rule.object, TermMap)
        assert (rule.object.expression, rule.object.term_type) == (None, TermType.BLANK_NODE)
    else:
        assert rule.object == expected


def test_subjects_and_sources_are_multiplied_out(tmp_path: Path) -> None:
    text = """
    mappings:
      m:
        sources: [[a.csv~csv], {access: b.json, referenceFormulation: jsonpath, iterator: "$.x[*]"}]
        subjects: [http://x/$(id), {value: $(u), type: iri}]
        po: [[schema:name, $(n)]]
    """
    rules = found(tmp_path, text)
    json = LogicalSource(Formulation.JSON, File(str(tmp_path / "b.json")), "$.x[*]")
    subjects = (template("http://x/", Reference("id")), reference("u", TermType.IRI))
    assert [(rule.source, rule.subject) for rule in rules] == [
        (source, subject) for source in (csv(tmp_path, "a.csv"), json) for subject in subjects
    ]


@pytest.mark.parametrize("subject", ["", "s: ~", "s: null", "s: {type: blank}"])
def test_a_subject_that_is_nothing_is_a_blank_node(tmp_path: Path, subject: str) -> None:
    (rule,) = found(
        tmp_path, f"mappings:\n  m:\n    sources: [[a.csv~csv]]\n    {subject}\n    po: [[schema:name, $(n)]]"
    )
    assert isinstance(rule.subject, TermMap)
    assert (rule.subject.expression, rule.subject.term_type) == (None, TermType.BLANK_NODE)


UPPER = Call(f"{GREL}toUpperCase", ((f"{GREL}valueParameter", Reference("a")),))
CALLS = [
    "{function: grel:toUpperCase, parameters: [[grel:valueParameter, $(a)]]}",
    "{fn: grel:toUpperCase, pms: [{pm: grel:valueParameter, v: $(a)}]}",
    "{f: grel:toUpperCase(grel:valueParameter = $(a))}",
    "{function: 'grel:toUpperCase(valueParameter=$(a))'}",
]
GREL_HEAD = HEAD.replace("prefixes:\n", f"prefixes:\n  grel: {GREL}\n")


@pytest.mark.parametrize("call", CALLS)
def test_functions(tmp_path: Path, call: str) -> None:
    (rule,) = found(tmp_path, f"{GREL_HEAD}      - {{p: ex:p, o: {call}}}")
    assert rule.object == TermMap(UPPER, TermType.LITERAL, BASE)
    (rule,) = found(tmp_path, f"{GREL_HEAD}      - {{p: {call}, o: 1}}")
    assert rule.predicate == TermMap(UPPER, TermType.IRI, BASE)


def test_functions_may_be_nested_and_have_types(tmp_path: Path) -> None:
    nested = "{function: ex:f, parameters: [{parameter: ex:a, value: {function: ex:g, parameters: [[ex:b, x y]]}}, [ex:c, ex:o~iri]], datatype: xsd:date}"
    inline = "{function: 'ex:f(a = ex:g(b = \"x y\"), ex:c = ex:o~iri)', datatype: xsd:date}"
    inner = Call(f"{EX}g", ((f"{EX}b", Constant("x y")),))
    for said in (nested, inline):
        (rule,) = made(tmp_path, f"{{p: ex:p, o: {said}}}")
        call = Call(f"{EX}f", ((f"{EX}a", inner), (f"{EX}c", Constant(f"{EX}o"))))
        assert rule.object == TermMap(call, TermType.LITERAL, BASE, ConstantTerm(f"{XSD}date"))


EQUAL = Call(
    "https://w3id.org/imec/idlab/function#equal",
    ((f"{GREL}valueParam", Reference("a")), (f"{GREL}valueParam2", Constant("1"))),
)
CONDITION = "{function: equal, parameters: [[str1, $(a)], [str2, '1']]}"


def test_conditions(tmp_path: Path) -> None:
    (rule,) = made(tmp_path, f"{{p: ex:p, o: $(b), condition: {CONDITION}}}")
    assert rule.predicate == TermMap(Constant(f"{EX}p"), TermType.IRI, conditions=(EQUAL,))
    (rule,) = made(tmp_path, f"{{p: ex:p, o: {{value: $(b), conditions: [{CONDITION}]}}}}")
    assert rule.object == TermMap(Reference("b"), TermType.LITERAL, BASE, conditions=(EQUAL,))
    text = f"{HEAD}      - [ex:p, $(b)]\n".replace("    po:", f"    condition: {CONDITION}\n    po:")
    (rule,) = found(tmp_path, text)
    assert isinstance(rule.subject, TermMap)
    assert rule.subject.conditions == (EQUAL,)


OTHER = "  project:\n    sources: [[projects.csv~csv]]\n    s: http://x/p/$(id)\n"


@pytest.mark.parametrize(
    ("parameters", "here", "there"),
    [
        ("[[str1, $(p), s], [str2, $(id), o]]", Reference("p"), Reference("id")),
        ("[[str1, $(p)], [str2, $(id)]]", Reference("p"), Reference("id")),
        ("[[str1, $(id), o], [str2, $(p), s]]", Reference("p"), Reference("id")),
        ("[[str1, $(p)_, s], [str2, '$(a)$(b)', o]]", Template((Reference("p"), "_")), Template((Reference("a"), Reference("b")))),
    ],
)  # fmt: skip
def test_other_mappings_are_joined(tmp_path: Path, parameters: str, here: object, there: object) -> None:
    condition = f"{{function: equal, parameters: {parameters}}}"
    text = f"{HEAD}      - {{p: ex:p, o: {{mapping: project, condition: {condition}}}}}\n{OTHER}"
    (rule,) = found(tmp_path, text)
    subject = template("http://x/p/", Reference("id"))
    assert rule.object == Joined(subject, csv(tmp_path, "projects.csv"), ((here, there),))  # type: ignore[arg-type]


def test_a_function_may_make_a_side_of_a_join(tmp_path: Path) -> None:
    parameters = "[[str1, $(p)], {parameter: str2, value: {function: ex:f, parameters: [[ex:a, $(id)]]}}]"
    condition = f"{{function: equal, parameters: {parameters}}}"
    (rule,) = found(tmp_path, f"{HEAD}      - {{p: ex:p, o: {{mapping: project, condition: {condition}}}}}\n{OTHER}")
    assert isinstance(rule.object, Joined)
    assert rule.object.conditions == ((Reference("p"), Call(f"{EX}f", ((f"{EX}a", Reference("id")),))),)


def test_a_mapping_with_several_subjects_is_joined_with_each(tmp_path: Path) -> None:
    other = OTHER.replace("s: http://x/p/$(id)", "s: [http://x/p/$(id), http://x/q/$(id)]")
    assert len(found(tmp_path, f"{HEAD}      - {{p: ex:p, o: [{{mapping: project}}]}}\n{other}")) == 2


@pytest.mark.parametrize(("key", "asserted"), [("quoted", 1), ("quotedNonAsserted", 0)])
def test_triples_are_quoted(tmp_path: Path, key: str, asserted: int) -> None:
    other = f"{OTHER}    po: [[ex:q, $(b)]]\n".replace("projects.csv", "people.csv")
    rules = found(tmp_path, f"{HEAD}      - {{p: ex:p, o: [{{{key}: project}}]}}\n{other}")
    assert len(rules) == 1 + asserted
    assert rules[0].object == QuotedTriple(template("http://x/p/", Reference("id")), iri(f"{EX}q"), reference("b"))


SOURCES = [
    ("[people.csv~csv]", LogicalSource(Formulation.CSV, File("{folder}/people.csv"))),
    ("[[people.json~jsonpath, '$.a']]", LogicalSource(Formulation.JSON, File("{folder}/people.json"), "$.a")),
    ("[[people.xml~xpath, //a]]", LogicalSource(Formulation.XML, File("{folder}/people.xml"), "//a")),
    (
        "{access: a.txt, referenceFormulation: csv, delimiter: ';', encoding: utf-16}",
        LogicalSource(Formulation.CSV, File("{folder}/a.txt", "utf-16", dialect=Dialect(delimiter=";"))),
    ),
    (
        r"{access: a.txt, referenceFormulation: csv, delimiter: \t}",
        LogicalSource(Formulation.CSV, File("{folder}/a.txt", dialect=Dialect(delimiter="\t"))),
    ),
    ("{access: http://x/a.json, type: remotefile}", LogicalSource(Formulation.JSON, File("http://x/a.json"), "$")),
    (
        "{access: http://h/d, type: mysql, credentials: {username: u, password: p}, query: SELECT 1, referenceFormulation: csv}",
        LogicalSource(Formulation.QUERY, Database("mysql://h/d", "u", "p"), "SELECT 1"),
    ),
    (
        "{access: h/d, type: postgresql, table: t}",
        LogicalSource(Formulation.TABLE, Database("postgresql://h/d"), "t"),
    ),
    (
        "{access: d, type: postgresql, table: t}",
        LogicalSource(Formulation.TABLE, Database("postgresql://localhost/d"), "t"),
    ),
    (
        "{access: a.db, type: sqlite, table: t}",
        LogicalSource(Formulation.TABLE, Database("sqlite:///{folder}/a.db"), "t"),
    ),
    ("{access: 'jdbc:duckdb:', type: duckdb, table: t}", LogicalSource(Formulation.TABLE, Database(), "t")),
    ("{table: t}", LogicalSource(Formulation.TABLE, Database(), "t")),
    ("{query: SELECT 1, queryFormulation: sql2008}", LogicalSource(Formulation.QUERY, Database(), "SELECT 1")),
    (
        "{access: http://x/sparql, type: sparql, query: SELECT *, referenceFormulation: csv}",
        LogicalSource(Formulation.SPARQL_CSV, Endpoint("http://x/sparql"), "SELECT *"),
    ),
]


@pytest.mark.parametrize(("said", "expected"), SOURCES, ids=[said for said, _ in SOURCES])
def test_sources(tmp_path: Path, said: str, expected: LogicalSource) -> None:
    (rule,) = found(
        tmp_path, f"mappings:\n  m:\n    sources: {said}\n    s: http://x/$(id)\n    po: [[schema:name, $(n)]]"
    )
    assert (
        str(rule.source).replace(str(tmp_path), "{folder}").partition(", place")[0]
        == str(expected).partition(", place")[0]
    )


@pytest.mark.parametrize(
    "said",
    [
        "{access: out.ttl.gz, type: localfile, serialization: turtle, compression: gzip}",
        "[out.ttl.gz~void, turtle, gzip]",
        "[[out.ttl.gz~void, turtle, gzip]]",
        "dump",
        "[dump]",
    ],
)
def test_targets(tmp_path: Path, said: str) -> None:
    text = f"targets:\n  dump: [out.ttl.gz~void, turtle, gzip]\n{HEAD}      - {{p: ex:p, o: {{value: $(a), targets: {said}}}}}"
    (rule,) = found(tmp_path, text)
    assert rule.targets == (Target("out.ttl.gz", "ttl", compression="gzip"),)


def test_targets_of_other_terms(tmp_path: Path) -> None:
    text = """
    targets: {a: a.nq, b: b.nq, c: c.nq, d: d.nq}
    mappings:
      m:
        sources: [[a.csv~csv]]
        subjects: [{value: http://x/$(id), targets: a}]
        graphs: {value: http://x/g, targets: b}
        po:
          - {p: {value: schema:name, targets: c}, o: {value: $(n), language: {value: en, targets: d}}}
    """
    (rule,) = found(tmp_path, text)
    assert [target.path for target in rule.targets] == ["a.nq", "c.nq", "d.nq", "b.nq"]


def test_external_references_are_filled_in(tmp_path: Path) -> None:
    text = f"external: {{name: John, city: Ghent}}\n{HEAD}" + "".join(
        f"      - [ex:p, {each}]\n" for each in ("$(_name)", r"'$(\_name)'", "$(_other)", "'$(_name) of $(_city)'")
    )
    assert [rule.object for rule in found(tmp_path, text)] == [
        ConstantTerm('"John"'),
        reference("_name"),
        reference("_other"),
        ConstantTerm('"John of Ghent"'),
    ]


def test_yaml_may_be_merged_and_referred_to(tmp_path: Path) -> None:
    text = """
    mappings:
      a: &a
        sources: &s [[a.csv~csv]]
        s: http://x/$(id)
        po: &po
          - [schema:name, $(n)]
      b:
        <<: *a
        s: http://y/$(id)
    """
    first, second = found(tmp_path, text)
    assert (first.source, first.object) == (second.source, second.object)
    assert (first.subject, second.subject) == (
        template("http://x/", Reference("id")),
        template("http://y/", Reference("id")),
    )


@pytest.mark.parametrize(
    ("said", "what", "advice"),
    [
        ("[ex:p]", "a predicate and an object are wanted", "write [predicate, object]"),
        ("{p: ex:p}", "the objects are missing", "add the key 'objects'"),
        ("{o: 1}", "the predicates are missing", "add the key 'predicates'"),
        ("{p: ex:p, o: 1, op: 2}", "the key 'op' means nothing here", "did you mean"),
        ("{p: ex:p, predicate: ex:q, o: 1}", "the key 'predicates' is given twice, by two names", "give it once"),
        ("{p: ex:p, p: ex:q, o: 1}", "the key 'p' is given twice", "give it once"),
        ("[fo:name, 1]", "the prefix 'fo' is not defined", "add it to 'prefixes'; did you mean foaf"),
        ("[zzz:name, 1]", "the prefix 'zzz' is not defined; add it to 'prefixes' [", ""),
        ("[ex:p, 'http://x/{a}~iri']", "'http://x/{a}' is no IRI", "write $(name) for a reference"),
        ("[ex:p, 'http://x/ y~iri']", "'http://x/ y' is no IRI", "write one with a prefix, or in full"),
        ("{p: ex:p, o: {value: 1, type: uri}}", "there is no type 'uri'", "use one of: iri, blank, literal"),
        ("{p: ex:p, o: {datatype: xsd:date}}", "the value is missing", "add the key 'value' or 'function'"),
        ("{p: ex:p, o: []}", "the objects are missing", "write [predicate, object]"),
        ("{p: ex:p, o: {function: ex:f, parameters: [[ex:a]]}}", "a parameter needs a name and a value", "write [name, value]"),
        ("{p: ex:p, o: {function: ex:f, parameters: [{parameter: ex:a}]}}", "a parameter needs a name and a value", "give 'parameter' and 'value'"),
        ("{p: ex:p, o: {function: ex:f(a)}}", "'a' is no parameter with a value", "write name = value"),
        ("{p: ex:p, o: {mapping: nobody}}", "there is no mapping 'nobody'", "known are: person"),
        ("{p: ex:p, o: {mapping: person, condition: {function: ex:like, parameters: [[str1, $(a)], [str2, $(b)]]}}}", "mappings are only joined where two values are equal", "use the function equal"),
        ("{p: ex:p, o: {value: $(a), targets: dmp}}", "this target", ""),
        ("{p: ex:p, o: {value: $(a), targets: [x~sparql]}}", "SPARQL endpoints as targets are not supported", "name a file"),
        ("{p: ex:p, o: {value: $(a), targets: [x, rdf]}}", "there is no serialization 'rdf'", "did you mean rdfxml"),
        ("{p: ex:p, o: {value: $(a), targets: {type: localfile}}}", "the target does not say where it is", "add the key 'access'"),
        ("{p: ex:p, o: {value: $(a), targets: [a, nquads, gzip, x]}}", "this is no target", "write [file~type"),
        ("{p: ex:p, o: {value: $(a), language: {targets: dump}}}", "the language is missing", "add the key 'value'"),
        ("{p: ex:p, o: [[]]}", "an object is missing", "write a value"),
        ("{p: ex:p, o: $(a), condition: {parameters: []}}", "the function is missing", "add the key 'function'"),
        ("{p: ex:p, i: ex:q, o: $(a)}", "inverse predicates are not supported", "write a mapping of the other direction"),
        ("{p: ex:p, o: $(a), language: english language}", "'english language' is no language tag", "one is like en"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(tmp_path: Path, said: str, what: str, advice: str) -> None:
    if what == "this target":
        what, advice = "there is no target 'dmp'", "did you mean dump?"
    found = wrong(tmp_path, f"{HEAD}      - {said}\ntargets: {{dump: [dump.nq~void]}}")
    assert found.startswith(f"mapping.yml, line {FIRST_LINE}")
    assert what in found
    assert advice in found


@pytest.mark.parametrize(
    ("text", "line", "what", "advice"),
    [
        ("", 1, "a collection of keys is missing", "its keys are: mappings, prefixes"),
        ("prefixes: {a: b}", 0, "the mapping has no mappings", "add the key 'mappings'"),
        ("mappings: {}", 0, "the mapping has no mappings", "with one at least"),
        ("mapings: {}", 1, "the key 'mapings' means nothing here", "did you mean mappings"),
        ("mappings:\n  m: x", 2, "a collection of keys is missing", "its keys are: subjects"),
        ("mappings:\n  m:\n    s: http://x/$(id)\n    po: [[schema:name, 1]]", 2, "the triples map has no logical source", "add 'sources'"),
        ("sources: {peple: [a.csv~csv]}\nmappings:\n  m:\n    sources: people", 4, "there is no source 'people'", "did you mean peple?"),
        ("mappings:\n  m:\n    sources: [people]", 3, "there is no source 'people'", "define it in 'sources'"),
        ("mappings:\n  m:\n    sources: {type: mysql}", 3, "the source does not say where it is", "add the key 'access'"),
        ("mappings:\n  m:\n    sources: {access: a, type: oracle, table: t}", 3, "sources of the type 'oracle' are not supported", "use one of: localfile"),
        ("mappings:\n  m:\n    sources: {access: a, referenceFormulation: jsonPth}", 3, "there is no reference formulation 'jsonpth'", "did you mean jsonpath"),
        ("mappings:\n  m:\n    sources: {access: a, security: [{type: apikey}]}", 3, "sources that want a key are not supported", "fetch the content first"),
        ("mappings:\n  m:\n    sources: [[a~csv, b, c]]", 3, "this is no source", "write [file~formulation, iterator]"),
        ("mappings: [", 1, "the mapping is no YAML", "correct this line"),
        ("mappings:\n\t m: 1", 2, "the mapping is no YAML", "correct this line"),
        ("mappings: &a\n  m: *a", 1, "the YAML holds itself", "take the circle apart"),
        ("mappings:\n  [a]: 1", 2, "a key is no text", "write a text before the colon"),
        ("prefixes: x\nmappings: {m: {}}", 1, "a collection of keys is missing", "write name: value"),
    ],
)  # fmt: skip
def test_a_fault_of_a_document_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, what: str, advice: str
) -> None:
    found = faults(tmp_path, text, name="mapping.yml", prefixes="")[0]
    place = f"mapping.yml, line {line}" if line else "mapping.yml: "
    assert found.startswith(place)
    assert what in found
    assert advice in found


def test_all_faults_of_a_document_are_told_at_once(tmp_path: Path) -> None:
    lines = faults(
        tmp_path,
        f"{HEAD}      - [nope:p, 1]\n      - [ex:p]\n      - {{p: ex:p, q: 1, o: 2}}",
        name="mapping.yml",
        prefixes="",
    )
    assert [line.partition(" (")[0] for line in lines] == [f"mapping.yml, line {FIRST_LINE + n}" for n in range(3)]


def test_prefixes_are_those_of_the_document(tmp_path: Path) -> None:
    assert parsed(tmp_path, f"{HEAD}      - [ex:p, 1]", name="mapping.yml", prefixes="").prefixes == {"ex": EX}
