"""Logical views (RML-LV): fields, records within records, indexes, joins, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path

from kg.mapping import Settings, map_files, output_of
from tests.unit.mapping.mappings import PREFIXES, triples_map, write

SOURCES = """
ex:Json rml:source "a.json" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$.people[*]" .
ex:Csv rml:source "a.csv" ; rml:referenceFormulation rml:CSV .
ex:Xml rml:source "a.xml" ; rml:referenceFormulation rml:XPath ; rml:iterator "/r/i" .
"""
PEOPLE = [
    {"name": "A", "items": [{"type": "x", "weights": [1, 2]}, {"type": "y", "weights": []}, {"weights": [3]}]},
    {"name": "B", "items": []},
    {"items": [{"type": "z"}]},
    {"name": None},
]
JOIN = 'rml:joinCondition [ rml:child "name" ; rml:parent "name" ]'


def field(name: str, reference: str, more: str = "") -> str:
    return f'[ rml:fieldName "{name}" ; rml:reference "{reference}" {more} ]'


def records(name: str, iterator: str, *fields: str, formulation: str = "") -> str:
    kind = f"; rml:referenceFormulation rml:{formulation}" if formulation else ""
    steps = f'; rml:iterator "{iterator}"' if iterator else ""
    return f'[ rml:fieldName "{name}" {steps} {kind} ; rml:field {" , ".join(fields)} ]'


def view(on: str, *fields: str, name: str = "View", more: str = "") -> str:
    return f"ex:{name} rml:viewOn ex:{on} ; rml:field {' , '.join(fields)} {more} .\n"


def rows(folder: Path, described: str, *references: str) -> list[list[str]]:
    """Return what the references of ex:View give, for all combinations that have none missing, each once and sorted."""
    template = "|".join(f"{{{each}}}" for each in references)
    turtle = (
        SOURCES
        + described
        + triples_map(
            f'rml:template "{template}" ; rml:termType rml:Literal', source="ex:View", subject="rml:constant ex:s"
        )
    )
    mapping = write(folder, turtle, PREFIXES)
    map_files(mapping, output_of(str(folder / "out.nt")), Settings(ordered=True))
    lines = (folder / "out.nt").read_text(encoding="utf-8").splitlines()
    return [json.loads(line[line.index('"') : -2]).split("|") for line in lines]


def people(folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps({"people": PEOPLE}), encoding="utf-8")


NESTED = view(
    "Json",
    field("name", "$.name"),
    records("item", "$.items[*]", field("type", "$.type"), field("weight", "$.weights[*]")),
)


def test_records_lie_within_records(tmp_path: Path) -> None:
    people(tmp_path)
    assert rows(tmp_path, NESTED, "#", "name", "item.#", "item.type") == [["0", "A", "0", "x"], ["0", "A", "1", "y"]]
    assert rows(tmp_path, NESTED, "#", "item.#", "item.weight.#", "item.weight") == [
        ["0", "0", "0", "1"],
        ["0", "0", "1", "2"],
        ["0", "2", "0", "3"],
    ]


def test_a_missing_field_does_not_take_its_siblings_along(tmp_path: Path) -> None:
    people(tmp_path)
    assert rows(tmp_path, NESTED, "name") == [["A"], ["B"]]
    assert rows(tmp_path, NESTED, "item.type") == [["x"], ["y"], ["z"]]
    assert rows(tmp_path, NESTED, "#") == [["0"], ["1"], ["2"], ["3"]]


def test_fields_beside_each_other_multiply(tmp_path: Path) -> None:
    people(tmp_path)
    described = view("Json", field("t", "$.items[*].type"), field("w", "$.items[*].weights[*]"))
    assert rows(tmp_path, described, "t", "t.#", "w") == [
        [kind, index, weight] for kind, index in (("x", "0"), ("y", "1")) for weight in "123"
    ]


def test_xml_gives_records(tmp_path: Path) -> None:
    text = '<r><i><n>A</n><s v="1">q&amp;<b>b</b></s><s v="2"/></i><i><n>B</n></i></r>'
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    described = view("Xml", field("n", "n"), records("s", "s", field("v", "@v"), field("text", ".")))
    assert rows(tmp_path, described, "n", "s.#", "s.v", "s.text") == [["A", "0", "1", "q&b"], ["A", "1", "2", ""]]
    assert rows(tmp_path, described, "n") == [["A"], ["B"]]


def test_csv_within_json(tmp_path: Path) -> None:
    documents = [{"doc": 'x,y\n1,2\n3,"a\nb"\n'}, {"doc": ""}, {}]
    (tmp_path / "a.json").write_text(json.dumps({"people": documents}), encoding="utf-8")
    inner = records("c", "", field("y", "y"), formulation="CSV")
    described = view("Json", field("doc", "$.doc", f"; rml:field {inner}"))
    assert rows(tmp_path, described, "#", "doc.c.#", "doc.c.y") == [["0", "0", "2"], ["0", "1", "a\nb"]]


def test_json_within_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('name,doc\nA,"[{""y"":1},{""y"":""q""},{}]"\nB,[]\n', encoding="utf-8")
    inner = records("j", "$[*]", field("y", "$.y"), formulation="JSONPath")
    described = view("Csv", field("name", "name"), field("doc", "doc", f"; rml:field {inner}"))
    assert rows(tmp_path, described, "name", "doc.j.#", "doc.j.y") == [["A", "0", "1"], ["A", "1", "q"]]
    assert rows(tmp_path, described, "name") == [["A"], ["B"]]


def test_a_cell_that_is_no_document_holds_no_records_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('name,doc\nA,"{""y"":1}"\nB,\nC,no json\n', encoding="utf-8")
    inner = records("j", "$", field("y", "$.y"), formulation="JSONPath")
    described = view("Csv", field("name", "name"), field("doc", "doc", f"; rml:field {inner}"))
    assert rows(tmp_path, described, "name", "doc.j.y") == [["A", "1"]]
    (tmp_path / "a.csv").write_text("name,doc\nA,<r><y>1</y></r>\nB,\nC,<r>\n", encoding="utf-8")
    inner = records("x", "/r", field("y", "y"), formulation="XPath")
    described = view("Csv", field("name", "name"), field("doc", "doc", f"; rml:field {inner}"))
    assert rows(tmp_path, described, "name", "doc.x.y") == [["A", "1"]]


def test_left_joins_keep_every_row_and_inner_joins_those_that_fit(tmp_path: Path) -> None:
    people(tmp_path)
    (tmp_path / "a.csv").write_text("name,k\nA,1\nA,2\nB,3\n,4\n", encoding="utf-8")
    other = view("Csv", field("name", "name"), field("k", "k"), name="Other")
    for kind, names in (("left", [["0"], ["1"], ["2"], ["3"]]), ("inner", [["0"], ["1"]])):
        more = f"; rml:{kind}Join [ rml:parentLogicalView ex:Other ; {JOIN} ; rml:field {field('key', 'k')} ]"
        described = other + view("Json", field("name", "$.name"), more=more)
        assert rows(tmp_path, described, "#") == names
        assert rows(tmp_path, described, "name", "key", "key.#") == [["A", "1", "0"], ["A", "2", "1"], ["B", "3", "0"]]


def test_what_joins_nothing_has_no_index_either(tmp_path: Path) -> None:
    people(tmp_path)
    (tmp_path / "a.csv").write_text("name,k\nA,1\n", encoding="utf-8")
    other = view("Csv", field("name", "name"), field("k", "k"), name="Other")
    more = f"; rml:leftJoin [ rml:parentLogicalView ex:Other ; {JOIN} ; rml:field {field('key', 'k')} ]"
    described = other + view("Json", field("name", "$.name"), more=more)
    assert rows(tmp_path, described, "#", "key.#") == [["0", "0"]]


def test_two_joins_multiply(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,k\nA,1\nA,2\n", encoding="utf-8")
    other = view("Csv", field("name", "name"), field("k", "k"), name="Other")
    joins = " , ".join(
        f"[ rml:parentLogicalView ex:Other ; {JOIN} ; rml:field {field(name, 'k')} ]" for name in ("one", "two")
    )
    described = other + view("Csv", field("name", "name"), field("k", "k"), more=f"; rml:leftJoin {joins}")
    assert rows(tmp_path, described, "k", "one", "two") == [[k, one, two] for k in "12" for one in "12" for two in "12"]


def test_views_on_views(tmp_path: Path) -> None:
    people(tmp_path)
    described = NESTED.replace("ex:View", "ex:Lower") + view("Lower", field("n", "name"), field("t", "item.type"))
    assert rows(tmp_path, described, "#", "n") == [["0", "A"], ["1", "A"], ["2", "A"], ["3", "A"], ["4", "B"]]
    assert rows(tmp_path, described, "t") == [["x"], ["y"], ["z"]]
