"""What a run finds out while it writes: whether keys repeat that were taken for unique, and whether rows may be unfit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
import zstandard

from kg.errors import MappingError
from kg.mapping import Settings, map_files, output_of
from kg.mapping.engine import Sources
from kg.mapping.output import Writer
from kg.mapping.run import Summary
from tests.unit.mapping.mappings import csv, triples_map, write

ROWS = 60_000
E = "http://example.org/"


def table(path: Path, rows: Iterable[str]) -> None:
    path.write_text("id,n\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def run(folder: Path, turtle: str, output: str = "out.nt", **settings: object) -> tuple[list[str], Summary]:
    """Map and return the lines, sorted, and the summary."""
    chosen = Settings(base="http://base/", **settings)  # type: ignore[arg-type]
    summary = map_files(write(folder, turtle), output_of(str(folder / output)), chosen)
    content = (folder / output).read_bytes()
    if output.endswith(".zst"):
        content = zstandard.ZstdDecompressor().stream_reader(content).read()
    return sorted(content.decode().splitlines()), summary


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is looked at, as it is."""
    seen: list[str] = []

    def note(name: str, method: object) -> object:
        def noted(*given: object, **more: object) -> object:
            seen.append(name)
            return method(*given, **more)  # type: ignore[operator]

        return noted

    for owner, name in ((Sources, "is_unique"), (Sources, "set_aside"), (Sources, "_unfit"), (Writer, "_pour")):
        monkeypatch.setattr(owner, name, note(name, getattr(owner, name)))
    return seen


@pytest.mark.parametrize("output", ["out.nt", "out.nq", "out.nt.zst"])
def test_a_key_is_proven_by_the_scan_that_writes(tmp_path: Path, scans: list[str], output: str) -> None:
    table(tmp_path / "a.csv", (f"{n},{n % 7}" for n in range(ROWS)))
    lines, _ = run(tmp_path, triples_map('rml:reference "n" ; rml:datatype xsd:integer', source=csv("a.csv")), output)
    assert len(lines) == len(set(lines)) == ROWS
    assert scans == ["_pour"]


@pytest.mark.parametrize("again", [f"{ROWS - 1},x", f"{ROWS - 1},{(ROWS - 1) % 7}", "0,x"])
def test_a_key_that_repeats_after_the_first_rows_is_noticed(tmp_path: Path, scans: list[str], again: str) -> None:
    table(tmp_path / "a.csv", [*(f"{n},{n % 7}" for n in range(ROWS)), again, again])
    lines, summary = run(tmp_path, triples_map('rml:reference "n"', "rml:constant ex:c", source=csv("a.csv")))
    number, value = again.split(",")
    expected = {f'<{E}{n}> <{E}p> "{n % 7}" .' for n in range(ROWS)} | {f'<{E}{number}> <{E}p> "{value}" .'}
    assert lines == sorted(expected | {f"<{E}{n}> <{E}p> <{E}c> ." for n in range(ROWS)})
    assert scans[0] == "_pour"
    assert scans.count("_pour") == 2
    assert summary.rejects == ()


def test_a_row_that_gives_no_line_is_told_all_the_same(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", [*(f"{n},x" for n in range(ROWS)), "not <an> iri,x", "not <an> iri,x"])
    turtle = triples_map(
        'rml:reference "n"', source=csv("a.csv"), subject='rml:reference "id" ; rml:termType rml:UnsafeIRI'
    )
    lines, summary = run(tmp_path, turtle)
    assert len(lines) == ROWS
    assert [reject.row for reject in summary.rejects] == [ROWS + 1, ROWS + 2]


@pytest.mark.parametrize(
    ("said", "bad", "reason"),
    [
        ('rml:reference "n" ; rml:datatype xsd:integer', "1.5", '"1.5" is no xsd:integer'),
        ('rml:reference "n" ; rml:datatypeMap [ rml:template "http://www.w3.org/2001/XMLSchema#{n}" ]', "integer", '"integer" is no xsd:integer'),
        ('rml:reference "n" ; rml:termType rml:IRI', "a b", '"a b" is no IRI'),
        ('rml:reference "n" ; rml:languageMap [ rml:reference "n" ]', "1", '"1" is no language tag'),
    ],
)  # fmt: skip
def test_one_unfit_row_among_many_is_told(tmp_path: Path, scans: list[str], said: str, bad: str, reason: str) -> None:
    good = {"1.5": "15", "integer": "string", "a b": "ab", "1": "en"}[bad]
    table(tmp_path / "a.csv", (f"{n},{bad if n == ROWS - 2 else good}" for n in range(ROWS)))
    lines, summary = run(tmp_path, triples_map(said, source=csv("a.csv")))
    assert len(lines) == ROWS - 1
    assert [(reject.row, reject.reason) for reject in summary.rejects] == [(ROWS - 1, reason)]
    assert scans == ["_pour", "set_aside", "_unfit"]


def test_where_no_row_is_in_doubt_none_is_looked_for(tmp_path: Path, scans: list[str]) -> None:
    table(tmp_path / "a.csv", (f"{n},en" for n in range(ROWS)))
    said = 'rml:reference "n" ; rml:languageMap [ rml:reference "n" ]'
    lines, _ = run(tmp_path, triples_map(said, source=csv("a.csv")))
    assert len(lines) == ROWS
    assert scans == ["_pour"]


def test_a_strict_run_looks_before_it_writes(tmp_path: Path, scans: list[str]) -> None:
    table(tmp_path / "a.csv", (f"{n},{'x' if n == 5 else 1}" for n in range(ROWS)))
    turtle = triples_map('rml:reference "n" ; rml:datatype xsd:integer', source=csv("a.csv"))
    with pytest.raises(MappingError, match=r'row 6: a row cannot be mapped: "x" is no xsd:integer'):
        run(tmp_path, turtle, strict=True)
    assert "_pour" not in scans
    assert not (tmp_path / "out.nt").exists()
