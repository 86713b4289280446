"""References with several values: they multiply, join with each of their values, and nothing is said twice."""

from __future__ import annotations

import json
from pathlib import Path

from kg.mapping import Settings, map_files, output_of
from tests.unit.mapping.mappings import PREFIXES, triples_map, write

E = "http://example.org/"
SUBJECT = 'rml:template "http://example.org/{$.id}"'


def source(file: str) -> str:
    return f'[ rml:source "{file}" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]" ]'


def objects(folder: Path, turtle: str, **files: object) -> list[str]:
    """Return the objects that a mapping makes, sorted."""
    for name, records in files.items():
        (folder / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    map_files(write(folder, turtle, PREFIXES), output_of(str(folder / "out.nt")), Settings(base="http://base/"))
    lines = (folder / "out.nt").read_text(encoding="utf-8").splitlines()
    return sorted(line.split(" ", 2)[2].removesuffix(" .").replace(E, "") for line in lines)


def made(folder: Path, said: str, *records: object) -> list[str]:
    return objects(folder, triples_map(said, source=source("a.json"), subject=SUBJECT), a=records)


def test_references_of_a_template_multiply(tmp_path: Path) -> None:
    said = 'rml:template "{$.a[*]}-{$.b[*]}" ; rml:termType rml:Literal'
    assert made(tmp_path, said, {"id": 1, "a": ["x", "y"], "b": [1, 2]}, {"id": 2, "a": ["x"], "b": []}) == [
        '"x-1"', '"x-2"', '"y-1"', '"y-2"',
    ]  # fmt: skip


def test_a_reference_that_comes_twice_is_one_value(tmp_path: Path) -> None:
    said = 'rml:template "{$.a[*]}-{$.a[*]}" ; rml:termType rml:Literal'
    assert made(tmp_path, said, {"id": 1, "a": ["x", "y"]}) == ['"x-x"', '"y-y"']


def test_what_a_list_repeats_is_written_once(tmp_path: Path) -> None:
    assert made(tmp_path, 'rml:reference "$.a[*]"', {"id": 1, "a": ["x", None, "x"]}) == ['"x"']


def test_lists_of_letters_outside_ascii_make_iris(tmp_path: Path) -> None:
    said = 'rml:template "http://x/{$.a[*]}/{$.b[*]}"'
    assert made(tmp_path, said, {"id": 1, "a": ["葉 é", "%"], "b": ["ß"]}) == [
        "<http://x/%25/ß>",
        "<http://x/葉%20é/ß>",
    ]


def test_values_multiply_with_languages(tmp_path: Path) -> None:
    said = 'rml:reference "$.a[*]" ; rml:languageMap [ rml:reference "$.l[*]" ]'
    assert made(tmp_path, said, {"id": 1, "a": ["x", "y"], "l": ["en", "DE"]}) == [
        '"x"@de', '"x"@en', '"y"@de', '"y"@en',
    ]  # fmt: skip


def test_several_subjects_and_objects_multiply(tmp_path: Path) -> None:
    turtle = triples_map(
        'rml:reference "$.b[*]"', source=source("a.json"), subject='rml:template "http://example.org/{$.a[*]}"'
    )
    assert objects(tmp_path, turtle, a=[{"a": ["x", "y"], "b": [1, 2]}, {"a": ["x"], "b": [1]}]) == sorted(
        f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>' for number in (1, 2, 1, 2)
    )


def joined(folder: Path, conditions: str, children: object, parents: object) -> list[str]:
    """Return what children are joined with."""
    said = f"rml:parentTriplesMap <#P> ; rml:joinCondition {conditions}"
    turtle = triples_map(said, source=source("a.json"), subject=SUBJECT)
    turtle += triples_map(source=source("p.json"), subject='rml:template "http://example.org/p/{$.id}"', name="P")
    for name, records in (("a", children), ("p", parents)):
        (folder / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    map_files(write(folder, turtle, PREFIXES), output_of(str(folder / "out.nt")), Settings())
    lines = (folder / "out.nt").read_text(encoding="utf-8").replace(E, "").splitlines()
    return sorted(" ".join(line.split()[::2]) for line in lines)


ONE = '[ rml:child "$.k[*]" ; rml:parent "$.m[*]" ]'


def test_a_join_holds_where_any_values_are_equal(tmp_path: Path) -> None:
    children = [{"id": 1, "k": ["x", "y", "x"]}, {"id": 2, "k": []}, {"id": 3, "k": [None, "z"]}]
    parents = [{"id": "A", "m": ["y"]}, {"id": "B", "m": ["x", "y", "y"]}, {"id": "C", "m": [None]}]
    assert joined(tmp_path, ONE, children, parents) == ["<1> <p/A>", "<1> <p/B>"]


def test_conditions_with_several_values_are_crossed_not_zipped(tmp_path: Path) -> None:
    two = f'{ONE} , [ rml:child "$.l[*]" ; rml:parent "$.n[*]" ]'
    children = [{"id": 1, "k": ["x", "y", "x"], "l": [1, 2]}, {"id": 2, "k": ["y"], "l": [3]}]
    parents = [
        {"id": "A", "m": ["y"], "n": [1, 7]},
        {"id": "B", "m": ["x", "y"], "n": [2, 3]},
        {"id": "C", "m": ["x"], "n": [9]},
    ]
    assert joined(tmp_path, two, children, parents) == ["<1> <p/A>", "<1> <p/B>", "<2> <p/B>"]
