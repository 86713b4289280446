"""The formats of a report."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from kg.model import Finding, Severity
from kg.rdf.namespaces import OA, RDF, SH
from kg.validation import FORMATS, Report, render
from tests.unit.validation.graphs import report

DATA = """
<graph/a> {
  <passage/a> kg:fileName "a <b>.txt" .
  <model/a> rdfs:label "A & <script>alert(1)</script>" ; kg:parameterCount 0 ; kg:layerCount "many\\u0007" .
  <statement/c> rdf:subject <model/a> ; rdf:predicate kg:parameterCount ; rdf:object 0 ; oa:hasSource <passage/a> ; oa:hasSelector <passage/a#char=3,9> .
  <passage/a#char=3,9> oa:start 3 ; oa:end 9 ; oa:exact "0 \\"<i>\\"\\n" .
}
"""
SHAPES = """:S a sh:NodeShape ; sh:targetNode <model/a> ; sh:property :S-count , :S-layers , :S-far .
:S-count sh:path kg:parameterCount ; sh:minInclusive 1 ; sh:maxCount 0 ; sh:message "Too <few> & \\"small\\"."@en .
:S-layers sh:path kg:layerCount ; sh:datatype xsd:integer ; sh:minInclusive 1 ; sh:severity sh:Warning ; sh:message "Not a number."@en .
:S-far sh:path ( kg:hasTrainingRun kg:trainingDuration ) ; sh:minCount 1 ; sh:severity sh:Info ; sh:message "No time."@en ."""
OTHER = Finding("unclosed-tag", Severity.WARNING, "A tag is not closed.", source="b.txt", start=7, end=7, text="")


@pytest.fixture(name="made")
def _made() -> Report:
    return report(DATA, SHAPES).merged([OTHER])


EMPTY = Report(conforms=True, findings=())


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_report_gives_the_same_bytes(made: Report, format_: str) -> None:
    again = report(DATA, SHAPES).merged([OTHER])
    assert render(made, format_) == render(again, format_)
    assert render(made, format_).endswith("\n")
    assert render(EMPTY, format_)


def test_text_is_for_people(made: Report) -> None:
    assert render(EMPTY, "text") == "Nothing found.\n"
    text = render(made, "text")
    assert text.startswith("2 violations, 3 warnings, 1 note.\n")
    assert '    a <b>.txt, characters 3-9: "0 "<i>" "\n' in text
    assert "A & <script>alert(1)</script> (model/a) · kg:parameterCount = 0\n" in text
    assert "\x07" not in text, "a terminal would obey a control character"
    assert text.count("Not a number. [S-layers]") == 1, "one value, one sentence, though two constraints fail"


def test_json_has_the_same_keys_for_every_finding(made: Report) -> None:
    content = json.loads(render(made, "json"))
    assert content["conforms"] is False
    assert content["counts"] == {"violation": 2, "warning": 3, "info": 1}
    assert len({tuple(finding) for finding in content["findings"]}) == 1
    first = content["findings"][0]
    assert (first["code"], first["start"], first["label"]) == ("S-count", 3, "A & <script>alert(1)</script>")
    assert (
        content["findings"][-1]["path"]
        == "(<https://kg.example/ns#hasTrainingRun>/<https://kg.example/ns#trainingDuration>)"
    )


def test_turtle_is_a_shacl_validation_report(made: Report) -> None:
    quads = list(ox.parse(render(made, "ttl"), format=ox.RdfFormat.TURTLE))
    assert not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object))
    types = [
        quad.object.value
        for quad in quads
        if quad.predicate.value == f"{RDF}type" and isinstance(quad.object, ox.NamedNode)
    ]
    assert types.count(f"{SH}ValidationReport") == 1
    assert types.count(f"{SH}ValidationResult") == 5
    assert types.count(f"{SH}AbstractResult") == 1
    used = {quad.predicate.value for quad in quads}
    wanted = (
        "conforms result focusNode value sourceShape sourceConstraintComponent resultSeverity resultMessage resultPath"
    )
    assert {f"{SH}{name}" for name in wanted.split()} | {f"{OA}start", f"{OA}end", f"{OA}exact"} <= used


def test_turtle_gives_blank_nodes_names() -> None:
    made = report(
        "_:x a :C .",
        ":S a sh:NodeShape ; sh:targetClass :C ; sh:nodeKind sh:IRI ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
    )
    quads = list(ox.parse(render(made, "ttl"), format=ox.RdfFormat.TURTLE))
    assert not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") or name in ("src", "style") for name, _ in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_escapes_all_that_comes_from_elsewhere(made: Report) -> None:
    text = render(made, "html")
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert not page.seen & {"script", "i", "b", "link", "img", "iframe"}
    assert {"html", "title", "main", "h1", "h2", "h3"} <= page.seen
    assert "A & <script>alert(1)</script>" in page.text
    assert "default-src &#x27;none&#x27;" in text


def test_sarif_places_are_in_code_points(made: Report) -> None:
    log = json.loads(render(made, "sarif"))
    (run,) = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning", "warning", "warning", "note"]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "a%20%3Cb%3E.txt"
    assert physical["region"] == {"charOffset": 3, "charLength": 6, "snippet": {"text": '0 "<i>"\n'}}
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_junit_counts_violations_as_failures(made: Report) -> None:
    root = ET.fromstring(render(made, "junit"))  # noqa: S314 - our own document
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures")) == ("6", "2")
    assert len(root.findall(".//failure")) == 2
    assert len(root.findall(".//system-out")) == 4
    (only,) = ET.fromstring(render(EMPTY, "junit")).findall(".//testcase")  # noqa: S314
    assert list(only) == []


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        render(EMPTY, "pdf")
