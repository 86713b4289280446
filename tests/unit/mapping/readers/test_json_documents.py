"""JSON and JSON Lines: layouts, iterators, references, values, and documents that are broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import MappingError, SourceError
from kg.mapping.readers import RECORD, Access, json_documents, open_source
from kg.mapping.rules import Formulation
from tests.unit.mapping.readers.opened import Opened, file_source, opened, session, strict

PEOPLE = '[{"id": 1, "tags": ["x", "y"]}, {"id": 2, "tags": []}, {"id": 3}]'


def read(
    folder: Path,
    text: str | bytes,
    iterator: str,
    *references: str,
    name: str = "data.json",
    encoding: str = "utf-8",
    nulls: tuple[str, ...] = (),
    access: Access | None = None,
) -> Opened:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return opened(
        file_source(Formulation.JSON, path, iterator, encoding=encoding, nulls=nulls), references, access=access
    )


@pytest.fixture(params=[1 << 24, 0], ids=["held", "written as lines"])
def large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read documents in both ways, whatever their size."""
    monkeypatch.setattr(json_documents, "_LARGE_DOCUMENT", request.param)


@pytest.mark.parametrize(
    ("text", "iterator", "ids"),
    [
        (PEOPLE, "$[*]", ["1", "2", "3"]),
        (PEOPLE, "$.*", ["1", "2", "3"]),
        (PEOPLE, "$[1]", ["2"]),
        (PEOPLE, "$[?@.id > 1]", ["2", "3"]),
        (PEOPLE, "$[0, ?@.id > 2]", ["1", "3"]),
        (PEOPLE, "$[-1]", ["3"]),
        (PEOPLE, "$[1:]", ["2", "3"]),
        (PEOPLE, "$..[?@.id]", ["1", "2", "3"]),
        (f'{{"n": [[1, "]}}"], {{"p": 0}}], "people": {PEOPLE}, "m": {{}}}}', "$.people[*]", ["1", "2", "3"]),
        (f'{{"people": {PEOPLE}}}', "people[*]", ["1", "2", "3"]),
        (f'{{"people": {PEOPLE}}}', "$.people[?@.tags[0] == 'x']", ["1"]),
        ('{"a": {"x": {"id": 1}, "y": {"id": 2}}}', "$.a.*", ["1", "2"]),
        ('{"a": {"x": {"id": 1}, "y": {"id": 2}}}', "$.a[*]", ["1", "2"]),
        ('{"a": [0, {"b": [{"id": 5}]}]}', "$.a[1].b[*]", ["5"]),
        ('[{"b": [{"id": 1}, {"id": 2}]}, {}, {"b": {"k": {"id": 3}}}]', "$[*].b[*]", ["1", "2", "3"]),
        ('{"x": {"id": 1}, "y": {"id": 2}}', "$[*]", ["1", "2"]),
        ('{"a": {"id": 1}}', "$.a", ["1"]),
        ('{"id": 1}', "$", ["1"]),
        ('{"id": 1}', "", ["1"]),
        ('{"id": 1} {"id": 2}', "$", ["1", "2"]),
        ('{"a": []}', "$.a[*]", []),
        ('{"a": 5}', "$.a[*]", []),
        ('{"b": 5}', "$.a[*]", []),
        ("[]", "$[*]", []),
        ('{"id": 1}\n{"id": 2}\n', "$", ["1", "2"]),
        ('\n {"id": 1} \r\n\n{"id": 2}', "$", ["1", "2"]),
        ('{"p": [{"id": 1}]}\n{"p": [{"id": 2}, {"id": 3}]}\n', "$.p[*]", ["1", "2", "3"]),
        ('[{"id": 1}, {"id": 2}]\n[{"id": 3}]\n', "$[*]", ["1", "2", "3"]),
        ('\ufeff[{"id": 1}]', "$[*]", ["1"]),
        ('\ufeff{"p": [{"id": 1}]}', "$.p[*]", ["1"]),
    ],
)
def test_an_iterator_finds_the_records_in_their_order(
    tmp_path: Path, text: str, iterator: str, ids: list[str], large: None
) -> None:
    assert read(tmp_path, text, iterator, "$.id").values == ids


def test_lines_are_told_by_the_suffix(tmp_path: Path) -> None:
    assert read(tmp_path, '{"id": 1}\n', "$", "id", name="data.jsonl").values == ["1"]
    assert read(tmp_path, "", "$", "id", name="data.ndjson").values == []


@pytest.mark.parametrize(
    ("record", "reference", "value", "many"),
    [
        ({"a": 1}, "$.a", "1", False),
        ({"a": {"b": [5, 6]}}, "$.a.b[1]", "6", False),
        ({"a": {"b": "x"}}, "a.b", '"x"', False),
        ({"a.b": "key", "a": {"b": "path"}}, "a.b", '"key"', False),
        ({"Country Code": 1}, "Country Code", "1", False),
        ({"A": 1, "a": 2}, "A", "1", False),
        ({"a": None}, "$.a", None, False),
        ({}, "$.a", None, False),
        ([7], "$[0]", "7", False),
        ({"a": [1, None, "x", [2], {"b": 3}]}, "$.a[*]", ["1", '"x"', "[2]", '{"b":3}'], True),
        ({"a": {"x": 1, "y": 2}}, "$.a[*]", ["1", "2"], True),
        ({"a": {"x": 1, "y": 2}}, "$.a.*", ["1", "2"], True),
        ({"a": [{"b": [1, 2]}, {"b": {"c": 3}}, {}]}, "$.a[*].b[*]", ["1", "2", "3"], True),
        ({"a": [1, 2, 3]}, "$.a[-1]", ["3"], True),
        ({"a": [{"b": 1, "c": "x"}, {"b": 2, "c": "y"}]}, "$.a[?@.b > 1].c", ['"y"'], True),
        ({"a": [], "b": 1}, "$.a[*]", [], True),
        ({'q"': 1}, """$['q"']""", ["1"], True),
        ({"a": [1, 2]}, "$.a", "[1,2]", False),
        (5, "$", "5", False),
        ("x", RECORD, '"x"', False),
    ],
)
def test_a_reference_finds_its_values(
    tmp_path: Path, record: Any, reference: str, value: str | list[str] | None, many: bool
) -> None:
    found = read(tmp_path, json.dumps([record]), "$[*]", reference)
    assert found.values == [value]
    assert found.columns[reference].json
    assert found.columns[reference].many == many


def test_all_references_are_read_at_once(tmp_path: Path) -> None:
    text = '[{"a": 1, "b": {"c": [2, 3]}}, {"b": {"c": []}}]'
    assert read(tmp_path, text, "$[*]", "a", "$.b.c[*]", "$.b.c[0]", "$.b.c", "$").rows == [
        ("1", ["2", "3"], "2", "[2,3]", '{"a": 1, "b": {"c": [2, 3]}}'),
        (None, [], None, "[]", '{"b": {"c": []}}'),
    ]
    assert read(tmp_path, text, "$[*]").rows == [(), ()]


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("9007199254740993", "9007199254740993"),
        ("21000000000000000000000000", "21000000000000000000000000"),
        ("-5", "-5"),
        ("1.5", "1.5"),
        ("1e400", "1e400"),
        ("131.70", "131.70"),
        ("-0.0", "-0.0"),
        ("0.00", "0.00"),
        ("1e3", "1e3"),
        ("1E-7", "1E-7"),
        ("0.0000001", "0.0000001"),
        ("12345678901234567890.5", "12345678901234567890.5"),
        ("0.1000000000000000055", "0.1000000000000000055"),
    ],
)
@pytest.mark.parametrize(
    ("record", "iterator", "reference", "many"),
    [
        ('[{"a": %s}]', "$[*]", "$.a", False),
        ('[{"a": [%s]}]', "$[*]", "$.a[*]", True),
        ('[{"a": [%s]}]', "$[*]", "$.a[-1]", True),
        ('{"d": [{"a": %s}]}', "$.d[*]", "$.a", False),
        ('{"d": [{"a": %s, "b": true}]}', "$.d[?@.b]", "$.a", False),
        ("[%s]", "$[*]", "$", False),
    ],
)
def test_numbers_are_as_they_are_written(
    tmp_path: Path, number: str, found: str, record: str, iterator: str, reference: str, many: bool
) -> None:
    assert read(tmp_path, record % number, iterator, reference).values == [[found] if many else found]


_DIGITS = st.text("0123456789", min_size=1, max_size=20)
_FRACTIONS = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole.lstrip('0') or '0'}.{fraction}{exponent}",
    st.sampled_from(["", "-"]),
    _DIGITS,
    _DIGITS,
    st.sampled_from(["", "", "e5", "E-12", "e+400"]),
)
_TEXTS = st.text('"\\[]{},:.0123456789eE\n ux\u00e9\x01', max_size=12)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_FRACTIONS, _TEXTS), min_size=1, max_size=20), st.booleans())
def test_fractions_and_texts_beside_them_come_through(
    tmp_path: Path, cells: list[tuple[str, str]], ascii_only: bool
) -> None:
    records = ",".join(f'{{"n": {number}, "t": {json.dumps(text, ensure_ascii=ascii_only)}}}' for number, text in cells)
    found = read(tmp_path, f"[{records}]", "$[*]", "$.n", "$.t").rows
    assert [(number, json.loads(text)) for number, text in found] == cells


def test_listed_texts_are_no_value(tmp_path: Path) -> None:
    text = '[{"a": "", "b": ["NULL", "x", -9]}, {"a": "NULL", "b": []}]'
    assert read(tmp_path, text, "$[*]", "a", "b[*]", nulls=("NULL", "-9")).rows == [('""', ['"x"']), (None, [])]


@settings(deadline=None, max_examples=40)
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=5),
    escaped=st.booleans(),
    layout=st.sampled_from(["array", "lines", "object"]),
)
def test_every_text_survives(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], escaped: bool, layout: str
) -> None:
    records = [json.dumps({"a": text, "l": [text]}, ensure_ascii=escaped) for text in texts]
    text = {"array": f"[{','.join(records)}]", "lines": "\n".join(records), "object": f'{{"r": [{",".join(records)}]}}'}
    iterator = {"array": "$[*]", "lines": "$", "object": "$.r[*]"}[layout]
    name = "data.jsonl" if layout == "lines" else "data.json"
    found = read(tmp_path_factory.mktemp("json"), text[layout], iterator, "$.a", "$.l[*]", "$.l[-1]", name=name)
    expected = [(text, [text], [text]) for text in texts]
    assert [
        tuple(json.loads(a) if isinstance(a, str) else [json.loads(b) for b in a] for a in row) for row in found.rows
    ] == expected


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_an_encoding_is_decoded(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, '[{"a": "\xe9"}]'.encode(encoding), "$[*]", "a", encoding=encoding).values == ['"\xe9"']


def test_a_broken_line_is_set_aside(tmp_path: Path) -> None:
    lines = b'{"a": 1}\n{"a":\n\n{"a": 3}\n{"a": "\xff"}\n{"a": "\\ud800"}\n{"a": 6}'
    found = read(tmp_path, lines, "$", "a", name="data.jsonl")
    assert found.values == ["1", "3", "6"]
    assert [(reject.file, reject.line) for reject in found.rejects] == [
        (str(tmp_path / "data.jsonl"), line) for line in (2, 5, 6)
    ]
    assert all(reject.reason.startswith(("it is no JSON: ", "it is not UTF-8: ")) for reject in found.rejects)


def test_lines_that_are_whole_are_not_looked_at_twice(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": 1}\n{"a": null}\n', "$", "a", name="data.jsonl").rejects == ()


def test_a_broken_line_stops_a_strict_run(tmp_path: Path) -> None:
    with pytest.raises((duckdb.Error, SourceError), match=r'Malformed JSON in file ".*data\.jsonl"'):
        read(tmp_path, '{"a": 1}\n{"a":\n', "$", "a", name="data.jsonl", access=strict(tmp_path))


@pytest.mark.parametrize(
    ("text", "iterator", "message"),
    [
        ("", "$", r"data\.json: .*it is empty.*\[KG221\]"),
        (" \n", "$[*]", r"it is empty.*\[KG221\]"),
        ('[{"a": 1}, ', "$[*]", r"the array is not closed.*\[KG221\]"),
    ],
)
def test_a_broken_document_is_told(tmp_path: Path, text: str, iterator: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, text, iterator, "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"p": [{"a": 1}, {"a": ', "Expecting value at character"),
        ('{"p": [{"a": 1} {"a": 2}]}', ", is missing at character 16"),
        ('{"p": [{"a": 1, b: 2}], "q": "long enough"}', "property name"),
        ('{"o": [1, 2', "the document ends within a value"),
        ('{"o": "x', "Unterminated string"),
        ("{5: 1}", "a key is missing at character 1"),
        ('{"o" 1}', ": is missing at character 5"),
    ],
)
def test_a_broken_large_document_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setattr(json_documents, "_LARGE_DOCUMENT", 0)
    with pytest.raises(SourceError, match=rf"data\.json: the file cannot be read as JSON: .*{message}.*\[KG221\]"):
        read(tmp_path, text, "$.p[*]", "a")


@pytest.mark.parametrize("paths", [("$[*", "a"), ("$[*]", "a;b"), ("$[*]", "$.a[?@=1]")])
def test_a_wrong_path_is_refused_before_the_file_is_read(tmp_path: Path, paths: tuple[str, str]) -> None:
    with pytest.raises(MappingError, match=r"^mapping\.ttl, line 7: .* is no JSONPath.*\[KG225\]"):
        opened(file_source(Formulation.JSON, tmp_path / "none.json", paths[0]), [paths[1]])


def test_a_reference_that_finds_nothing_at_all_stops_a_strict_run(tmp_path: Path) -> None:
    text = '[{"a": 1, "n": null}, {"b": [2]}]'
    access = strict(tmp_path)
    assert read(tmp_path, text, "$[*]", "a", "b[*]", "n", access=access).rows[0] == ("1", None, None)
    for reference in ("$.c", "a[*]", "$.b[5]"):
        with pytest.raises(MappingError, match=r"finds nothing in any record of the source.*\[KG227\]"):
            read(tmp_path, text, "$[*]", "a", reference, access=access)
        assert read(tmp_path, text, "$[*]", reference).rows[0] in [(None,), ([],)]
    assert read(tmp_path, "[]", "$[*]", "$.c", access=access).rows == []


def test_files_of_several_layouts_are_one_source(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('[{"a": 1}, {"a": 2}]')
    (tmp_path / "2.jsonl").write_text('[{"a": 3}]\n[{"a": 4}]\n')
    (tmp_path / "3.json").write_text('{"x": {"a": 5}}')
    assert opened(file_source(Formulation.JSON, tmp_path, "$[*]"), ["a"]).values == ["1", "2", "3", "4", "5"]


def test_a_large_array_is_a_stream(tmp_path: Path) -> None:
    """Under a memory limit far below the document's size, its records still come."""
    path = tmp_path / "data.json"
    record = json.dumps({"a": "x" * 1000, "n": [1, 2]})
    with path.open("w") as file:
        file.write("[" + record)
        for _ in range(120_000):
            file.write("," + record)
        file.write("]")
    with session(1) as con:
        con.execute("SET memory_limit = '90MB'")
        table = open_source(
            con,
            file_source(Formulation.JSON, path, "$[*]"),
            ["a", "n[*]"],
            "r",
            numbered=False,
            access=Access(folder=tmp_path / "staged"),
        )
        assert con.execute(f"SELECT count(*), sum(len(c1)) FROM {table.name}").fetchone() == (120_001, 240_002)
