"""What a run sets aside: counted and written whole, told in part."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

import kg.mapping.rejects as module
from kg.mapping import Settings, map_files, output_of
from kg.mapping.rejects import Reject, SetAside, write_rejects
from kg.mapping.rules import Place
from tests.unit.mapping.mappings import csv, triples_map, write

ONE, OTHER = Place("m.ttl", 3, "<#A>"), Place('m "2".ttl', 4, "<#Ä\x01>")


@pytest.fixture
def aside() -> SetAside:
    """Return what three rows, of which one is found twice, and two lines were set aside by."""
    found = SetAside(duckdb.connect())
    found.add(
        "b.csv",
        [ONE, OTHER],
        "SELECT * FROM (VALUES (7, 1, 'it''s \"bad\"\n\x7f'), (2, 0, 'no'), (7, 0, 'é')) AS t (row, n, reason)",
    )
    found.add("a.csv", [OTHER], "SELECT 1 AS row, 0 AS n, 'no' AS reason")
    found.add("b.csv", [OTHER], "SELECT 7 AS row, 0 AS n, 'it''s \"bad\"\n\x7f' AS reason")
    found.add_lines([Reject("c.csv", 0, Place(), "too long", 9)])
    found.add_lines([Reject("c.csv", 0, Place(), "too long", 9), Reject("d.csv", 0, Place(), "no UTF-8", 1)])
    return found


EXPECTED = (
    Reject("b.csv", 2, ONE, "no"),
    Reject("b.csv", 7, ONE, "é"),
    Reject("b.csv", 7, OTHER, 'it\'s "bad"\n\x7f'),
    Reject("a.csv", 1, OTHER, "no"),
    Reject("c.csv", 0, Place(), "too long", 9),
    Reject("d.csv", 0, Place(), "no UTF-8", 1),
)


def test_each_is_counted_and_told_once_in_order(aside: SetAside) -> None:
    assert len(aside) == len(EXPECTED)
    assert aside.first() == EXPECTED


def test_what_the_database_writes_is_what_python_writes(aside: SetAside, tmp_path: Path) -> None:
    aside.write(tmp_path / "one.jsonl")
    write_rejects(EXPECTED, tmp_path / "other.jsonl")
    lines = (tmp_path / "one.jsonl").read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        {
            "source": each.source,
            **({"line": each.line} if each.line else {"row": each.row}),
            "rule": str(each.place),
            "reason": each.reason,
        }
        for each in EXPECTED
    ]
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "other.jsonl").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "other.jsonl"]


def test_more_are_written_than_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOLD", 10)
    (tmp_path / "a.csv").write_text("id,n\n" + "".join(f"{n},{'' if n % 2 else n}\n" for n in range(100)))
    turtle = triples_map('rml:reference "n" ; rml:datatype xsd:integer', source=csv("a.csv"))
    summary = map_files(
        write(tmp_path, turtle),
        output_of(str(tmp_path / "out.nt")),
        Settings(base="http://base/"),
        rejects=tmp_path / "bad.jsonl",
    )
    assert [reject.row for reject in summary.rejects] == list(range(2, 22, 2))
    assert summary.set_aside == 50
    rows = [json.loads(line)["row"] for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert rows == list(range(2, 102, 2))
