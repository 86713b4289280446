"""Texts that flow from a query into a file."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import IO, Any, cast

import duckdb
import pytest
import zstandard

from kg.mapping import Settings, map_files, output_of
from kg.mapping.pouring import Poured, compressed, pour
from tests.unit.mapping.mappings import csv, triples_map, write

_CERTAIN = "NULL::UBIGINT AS key, false AS doubt"


@pytest.fixture
def con() -> Any:
    with duckdb.connect() as session:
        yield session


@pytest.mark.parametrize("compression", ["", "zstd", "gzip"])
def test_every_text_comes_once_and_whole(con: duckdb.DuckDBPyConnection, tmp_path: Path, compression: str) -> None:
    select = f"SELECT printf('%d é 𝄞\n', i) AS text, {_CERTAIN} FROM range(100000) AS r(i)"
    with compressed(tmp_path / "x", compression) as stream:
        assert pour(con, select, stream) == Poured(100_000)
    packed = (tmp_path / "x").read_bytes()
    if compression == "zstd":
        # A reader that stops after the first frame has all.
        packed = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed), read_across_frames=False).read()
    content = gzip.decompress(packed) if compression == "gzip" else packed
    assert sorted(content.decode().splitlines()) == sorted(f"{i} é 𝄞" for i in range(100_000))


def test_texts_that_are_missing_or_empty_add_nothing(con: duckdb.DuckDBPyConnection) -> None:
    stream = io.BytesIO()
    text = "CASE WHEN i % 3 = 1 THEN 'x' WHEN i % 3 = 2 THEN '' END"
    pour(con, f"SELECT {text} AS text, {_CERTAIN} FROM range(9) AS r(i)", stream)
    assert stream.getvalue() == b"xxx"
    assert pour(con, f"SELECT '' AS text, {_CERTAIN} WHERE false", stream) == Poured(0)
    assert stream.getvalue() == b"xxx"


class _Broken(io.RawIOBase):
    def __init__(self, fault: BaseException) -> None:
        self.fault = fault

    def write(self, _: Any) -> int:
        raise self.fault


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_the_stream_raises_is_raised_and_the_session_goes_on(
    con: duckdb.DuckDBPyConnection, fault: BaseException
) -> None:
    select = f"SELECT 'x' AS text, {_CERTAIN} FROM range(100000)"
    with pytest.raises(type(fault)) as found:
        pour(con, select, cast("IO[bytes]", _Broken(fault)))
    assert found.value is fault
    assert pour(con, select, io.BytesIO()) == Poured(100_000)


def test_an_error_of_the_query_is_raised_as_it_is(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.ConversionException):
        pour(con, f"SELECT 'x' || s::INTEGER AS text, {_CERTAIN} FROM (VALUES ('1'), ('one')) AS t(s)", io.BytesIO())


@pytest.mark.parametrize(
    ("key", "doubt", "unique", "doubtful"),
    [
        ("hash(i)", "false", True, False),
        ("hash(i // 2)", "false", False, False),
        ("CASE WHEN i % 2 = 0 THEN hash(i) END", "NULL::BOOLEAN", True, False),
        ("NULL::UBIGINT", "i = 99999", True, True),
    ],
)
def test_keys_and_doubts_are_looked_at_on_the_way(
    con: duckdb.DuckDBPyConnection, key: str, doubt: str, unique: bool, doubtful: bool
) -> None:
    select = f"SELECT 'x' AS text, {key} AS key, {doubt} AS doubt FROM range(100000) AS r(i)"
    assert pour(con, select, io.BytesIO()) == Poured(100_000, unique, doubtful)


@pytest.mark.parametrize(("size", "ordered", "ahead"), [(1, False, 1), (1, True, 0), (1 << 24, False, 0)])
def test_what_pours_is_loaded_ahead_only_where_much_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, ordered: bool, ahead: int
) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,2\n")
    mapping = write(tmp_path, triples_map('rml:reference "n"', source=csv("a.csv")))
    calls: list[int] = []
    monkeypatch.setattr("kg.mapping.run._LARGE", size)
    monkeypatch.setattr("kg.mapping.run.load_ahead", lambda: calls.append(1))
    map_files(mapping, output_of(str(tmp_path / "out.nt")), Settings(ordered=ordered))
    assert len(calls) == ahead
    assert (tmp_path / "out.nt").read_text().count("\n") == 1
