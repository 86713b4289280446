"""Changes as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.diffing import Changes, changelog_html, compare, render_html, text_lines

PREFIXES = {"x": "http://x/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
HEAD = """@prefix x: <http://x/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix prov: <http://www.w3.org/ns/prov#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix qudt: <http://qudt.org/schema/qudt/> . @prefix kg: <https://kg.example/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def changes(folder: Path, old: str, new: str, *, everything: bool = False) -> Changes:
    for name, text in (("old.trig", old), ("new.trig", new)):
        (folder / name).write_text(HEAD + text, encoding="utf-8")
    return compare(folder / "old.trig", folder / "new.trig", PREFIXES, everything=everything)


def told(found: Changes) -> list[str]:
    """Return the lines that tell of values."""
    return [line.strip() for _, line in text_lines(found) if line.startswith("      ")]


VALUES = {
    "a number": ("1", "2", ["~ p: 1 → 2"]),
    "how a number is written": ("1.0", "1.00", ["~ p: 1.0 → 1.00"]),
    "a number of another type": ("1.0", "'1.0'^^xsd:double", ['~ p: "1.0"^^xsd:decimal → "1.0"^^xsd:double']),
    "a text that was a number": ("1", "'1'", ['~ p: 1 → "1"']),
    "a language": ("'a'@en", "'a'@de", ['~ p: "a"@en → "a"@de']),
    "one of several": ("1, 2", "2, 3", ["- p: 1", "+ p: 3"]),
    "more than before": ("1", "1, 2", ["+ p: 2"]),
    "a list": ("(1 2)", "(1 3 x:a)", ["~ p: (1 2) → (1 3 x:a)"]),
    "an empty list": ("()", "(1)", ["~ p: rdf:nil → (1)"]),
    "a list of lists": ("((1) 2)", "((1) 3)", ["~ p: ((1) 2) → ((1) 3)"]),
    "what has no name": ("[ x:q 1, 2 ]", "[ x:q 1 ]", ["~ p: [x:q: 1; x:q: 2] → [x:q: 1]"]),
    "a ring without a name": ("[ x:q 1 ]", "_:a } { _:a x:q _:a", ["~ p: [x:q: 1] → [x:q: [x:q: [x:q: […]]]]"]),
    "lines": ("'a\\nb'", "'a\\tc'", ['~ p: "a b" → "a c"']),
    "only white space": ("'a\\nb'", "'a\\tb'", ['~ p: "a\nb" → "a\tb"']),
}


@pytest.mark.parametrize("case", VALUES)
def test_values_are_told_so_that_they_differ(case: str, tmp_path: Path) -> None:
    old, new, lines = VALUES[case]
    found = told(changes(tmp_path, f"{{ x:a x:p {old} }}", f"{{ x:a x:p {new} }}"))
    assert [line.replace("x:p:", "p:") for line in found] == lines


def test_a_long_text_is_cut_to_what_differs(tmp_path: Path) -> None:
    text = "word " * 500
    (line,) = told(changes(tmp_path, f"{{ x:a x:p '{text} old {text}' }}", f"{{ x:a x:p '{text} new {text}' }}"))
    assert " old " in line
    assert " new " in line
    assert len(line) < 400


def test_labels_come_from_the_graphs_and_from_numbers_with_units(tmp_path: Path) -> None:
    names = 'x:b rdfs:label "Bee"@en, "Abeille"@fr ; skos:prefLabel "BEE" . x:c qudt:numericValue 3 ; kg:unitText "month" . x:p rdfs:label "has" .'
    found = told(changes(tmp_path, f"{{ {names} x:a x:p x:b }}", f"{{ {names} x:a x:p x:c }}"))
    assert found == ["~ has: BEE (x:b) → 3 month (x:c)"]


EVIDENCE = {
    "a statement about a statement": "x:s a rdf:Statement ; rdf:subject x:a ; rdf:predicate x:p ; rdf:object 1 .",
    "a statement that is a thing of another class, too": "x:s a x:Claim ; rdf:subject x:a .",
    "a place in a text": "x:s a oa:TextPositionSelector ; oa:start 1 .",
    "where a thing comes from": "x:a prov:wasDerivedFrom x:b .",
}


@pytest.mark.parametrize("case", EVIDENCE)
def test_evidence_is_counted_and_told_on_request(case: str, tmp_path: Path) -> None:
    count = EVIDENCE[case].count(";") + 1
    found = changes(tmp_path, "{ x:a x:p 1 }", f"{{ x:a x:p 1 . {EVIDENCE[case]} }}")
    assert (found.evidence.added, found.quads.added, found.groups) == (count, count, ())
    everything = changes(tmp_path, "{ x:a x:p 1 }", f"{{ x:a x:p 1 . {EVIDENCE[case]} }}", everything=True)
    assert len(told(everything)) == count


def test_a_thing_of_the_world_that_prov_describes_too_is_none_of_evidence(tmp_path: Path) -> None:
    found = changes(tmp_path, "{ x:m a x:Model, prov:Entity }", "{ x:m a x:Model, prov:Entity ; x:p 1 }")
    assert (bool(found.evidence), told(found)) == (False, ["+ x:p: 1"])


def test_the_page_holds_the_changes_and_no_more_headings_than_asked_for(tmp_path: Path) -> None:
    found = changes(tmp_path, "{ x:m a x:Model ; x:p 1 }", "{ x:m a x:Model ; x:p '<b>' }")
    page, part = render_html(found), changelog_html(found, level=3)
    assert page.count("<h1>") == 1
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<h1" not in part
    assert "<h3>" in part
    assert "No difference." in render_html(changes(tmp_path, "{ x:a x:p 1 }", "{ x:a x:p 1 }"))
