"""What validation finds, and by which engine."""

from __future__ import annotations

import logging
import sys

import pytest

from kg.errors import ShapesError
from kg.model import Severity
from kg.rdf.namespaces import SH
from kg.validation import ShapeFinding, validate
from tests.unit.validation.graphs import connection, found, report, shapes

COUNT = ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 2 ; sh:maxCount 2 ] ."


def test_a_triple_in_several_graphs_counts_once() -> None:
    data = ":a a :C . :g { :a a :C ; :p 1 , 2 . } :h { :a :p 1 , 2 . }"
    assert found(data, COUNT, "relational") == []
    assert found(":g { :a a :C ; :p 1 . } :h { :a a :C ; :p 1 . }", COUNT, "relational") == [("a", "p", None)]


def test_numbers_are_not_made_floats() -> None:
    shape = ":S sh:targetSubjectsOf :n ; sh:path :n ; sh:maxInclusive 9007199254740992 ; sh:minInclusive 0.1 ."
    data = ":a :n 9007199254740993 , 9007199254740992 , 0.1 , 0.09999999999999999999999999999999999999999 , 1.0E-1 , 1.89E24 ."
    values = [value for _, _, value in found(data, shape, "relational")]
    assert values == [
        '"0.09999999999999999999999999999999999999999"^^<decimal>',
        '"1.89E24"^^<double>',
        '"9007199254740993"^^<integer>',
    ]


def test_an_ill_typed_literal_fails_its_datatype_and_every_range() -> None:
    shape = ":S sh:targetSubjectsOf :n ; sh:path :n ; sh:datatype xsd:integer ; sh:minInclusive 0 ."
    found_ = report(':a :n "five"^^xsd:integer , 5 .', shape, "relational").findings
    components = {finding.component for finding in found_ if isinstance(finding, ShapeFinding)}
    assert components == {f"{SH}DatatypeConstraintComponent", f"{SH}MinInclusiveConstraintComponent"}


def test_sub_classes_count_whether_the_data_or_the_ontology_has_them() -> None:
    shape = ":S a sh:NodeShape ; sh:targetClass kg:Accelerator ; sh:property [ sh:path :of ; sh:class :C ] ."
    data = "kg:X rdfs:subClassOf kg:GPU . :D rdfs:subClassOf :E . :E rdfs:subClassOf :C . :a a kg:GPU ; :of :d . :b a kg:TPU ; :of :a . :d a :D ."
    assert found(data.replace("kg:X rdfs:subClassOf kg:GPU .", ""), shape, "relational") == [("b", "of", "a")]


def test_sub_classes_in_a_circle() -> None:
    data = ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C . :a a :D ; :p 1 ."
    assert found(data, COUNT, "relational") == [("a", "p", None)]


def test_a_shape_that_several_ways_lead_to_reports_once() -> None:
    shape = """:S a sh:NodeShape ; sh:targetNode :a ; sh:targetClass :C ; sh:property :T , [ sh:path :p ; sh:property :U ] , [ sh:path :q ; sh:property :U ] .
    :T sh:path :p ; sh:maxCount 0 . :U sh:path :r ; sh:minCount 1 ."""
    assert found(":a a :C ; :p :b ; :q :b .", shape, "relational") == [("a", "p", None), ("b", "r", None)]


def test_what_fails_only_within_a_negation_is_not_reported() -> None:
    shape = ":S a sh:NodeShape ; sh:targetNode :a , :b ; sh:not [ sh:property [ sh:path :p ; sh:minCount 1 ] ] ."
    assert found(":a :p 1 .", shape, "relational") == [("a", None, "a")]


def test_a_shape_can_be_asked_for_and_referred_to() -> None:
    shape = """:S a sh:NodeShape ; sh:targetNode :a ; sh:node :T . :T a sh:NodeShape ; sh:targetNode :b ; sh:property [ sh:path :p ; sh:minCount 1 ] ."""
    assert found(":a :q 1 .", shape, "relational") == [("a", None, "a"), ("b", "p", None)]


def test_severity_and_message_come_from_the_shape() -> None:
    shape = """:S a sh:NodeShape ; sh:targetNode :a ; sh:property :S-p . :S-p sh:path :p ; sh:minCount 1 ; sh:severity sh:Info ;
    sh:message "Kein Wert."@de , "No value."@en ."""
    (finding,) = report("", shape).findings
    assert (finding.code, finding.severity, finding.message) == ("S-p", Severity.INFO, "No value.")
    assert isinstance(finding, ShapeFinding)
    assert finding.result is not None
    assert finding.result.messages == ('"Kein Wert."@de', '"No value."@en')


def test_a_shape_without_a_message_gets_a_sentence() -> None:
    shape = ":S a sh:NodeShape ; sh:targetNode :a ; sh:nodeKind sh:Literal ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:in ( 1 2 ) ] ."
    said = [finding.message for finding in report(":a :q 1 .", shape).findings]
    assert said == ["Each value must be a literal.", "p: there must be at least 1 value."]


def test_a_severity_of_ones_own_is_a_violation() -> None:
    (finding,) = report(
        "", ":S a sh:NodeShape ; sh:targetNode :a ; sh:nodeKind sh:Literal ; sh:severity :Dire ."
    ).findings
    assert finding.severity is Severity.VIOLATION
    assert isinstance(finding, ShapeFinding)
    assert finding.result is not None
    assert finding.result.severity == "<http://example.org/Dire>"


def test_shapes_whose_targets_match_nothing_are_named() -> None:
    text = (
        ":S a sh:NodeShape ; sh:targetClass :C . :T a sh:NodeShape ; sh:targetClass :D ; sh:property [ sh:path :p ] ."
    )
    assert report(":a a :C .", text).idle == ("T",)


SPARQL = """:S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:message "No." ; sh:select "SELECT $this WHERE { $this <http://example.org/p> 1 }" ] .
:T a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 0 ] ."""


def test_what_our_plans_do_not_cover_goes_to_pyshacl_shape_by_shape() -> None:
    made = report(":a :p 1 .", SPARQL)
    assert [(finding.code, finding.message) for finding in made.findings] == [
        ("S", "No."),
        ("T/p", "p: there must be at most 0 values."),
    ]
    assert made.delegated == ("S: S uses sh:sparql",)
    assert not made.conforms


def test_the_relational_engine_refuses_by_name_what_it_does_not_cover() -> None:
    with pytest.raises(ShapesError, match=r"S uses sh:sparql.*KG302"):
        report(":a :p 1 .", SPARQL, "relational")


def test_shapes_that_pyshacl_rejects() -> None:
    with pytest.raises(ShapesError, match=r"KG304"):
        report(":a :p 1 .", ":S a sh:NodeShape ; sh:targetNode :a ; sh:minCount 1 .")


def test_what_no_engine_covers_is_not_passed_over() -> None:
    with pytest.raises(ShapesError, match=r"S uses sh:js.*KG303"):
        report(":a :p 1 .", ":S a sh:NodeShape ; sh:targetNode :a ; sh:js [] .")


def test_recursive_shapes_go_to_pyshacl() -> None:
    made = report(
        ":a :p :b . :b :p :a .", ":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :p ; sh:node :S ] ."
    )
    assert made.delegated == ("S: S is recursive",)


def test_advanced_targets_go_to_pyshacl() -> None:
    shape = ':S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE { ?this <http://example.org/p> 1 }" ] ; sh:nodeKind sh:Literal .'
    assert found(":a :p 1 . :b :p 2 .", shape) == [("a", None, "a")]


def test_pyshacl_leaves_no_traces(capfd: pytest.CaptureFixture[str]) -> None:
    import rdflib

    before = rdflib.NORMALIZE_LITERALS, list(logging.getLogger("pyshacl-validate").handlers)
    made = report(
        ':a :p "05"^^xsd:integer , "x"^^xsd:integer .',
        ":S sh:targetSubjectsOf :p ; sh:path :p ; sh:maxInclusive 3 .",
        "pyshacl",
    )
    assert [finding.value for finding in made.findings] == [
        '"05"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"x"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ]
    assert before == (rdflib.NORMALIZE_LITERALS, logging.getLogger("pyshacl-validate").handlers)
    assert capfd.readouterr() == ("", "")


def test_a_run_leaves_the_database_as_it_was() -> None:
    with connection(":a a :C ; :p 1 .") as con:
        before = con.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()
        validate(con, shapes(COUNT))
        assert con.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall() == before


def test_the_relation_of_quads_can_have_any_name() -> None:
    with connection(":a a :C ; :p 1 .") as con:
        con.execute("CREATE VIEW mine AS SELECT * FROM quads")
        con.execute("CREATE VIEW none AS SELECT * FROM quads WHERE false")
        assert len(validate(con, shapes(COUNT), quads="mine").findings) == 1
        assert validate(con, shapes(COUNT), quads="none").conforms


def test_no_shapes_and_no_data() -> None:
    assert report("", ":S a sh:NodeShape .").findings == ()
    assert report("", COUNT).conforms


def test_our_own_plans_do_without_pyshacl() -> None:
    import subprocess

    code = (
        "import sys; from tests.unit.validation.graphs import report; "
        "report('', ':S sh:targetNode :a ; sh:path :p ; sh:minCount 1 .'); "
        "sys.exit([name for name in ('pyshacl', 'rdflib', 'pandas', 'pyarrow', 'ibis') if name in sys.modules] or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).stderr == b""
