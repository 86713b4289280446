"""Estimates of how many records a source holds."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg.mapping.readers import estimated_rows
from kg.mapping.rules import Database, Formulation, LogicalSource
from tests.unit.mapping.readers.opened import file_source, session


def test_small_and_typed_sources_are_exact(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n2\n3")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "a.jsonl").write_text("{}\n{}\n")
    pq.write_table(pa.table({"a": range(7)}), tmp_path / "a.parquet")
    with session() as con:
        con.execute("CREATE TABLE t AS SELECT * FROM range(5)")
        assert estimated_rows(con, file_source(Formulation.CSV, tmp_path / "a.csv")) == 3
        assert estimated_rows(con, file_source(Formulation.CSV, tmp_path / "*.csv")) == 3
        assert estimated_rows(con, file_source(Formulation.JSON, tmp_path / "a.jsonl", "$")) == 2
        assert estimated_rows(con, file_source(Formulation.PARQUET, tmp_path / "a.parquet")) == 7
        assert estimated_rows(con, LogicalSource(Formulation.TABLE, Database(), "T")) == 5


def test_a_large_file_is_estimated(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w") as file:
        file.writelines(f"{number:09d}\n" for number in range(100_000))
    with session() as con:
        estimate = estimated_rows(con, file_source(Formulation.CSV, tmp_path / "a.csv"))
    assert estimate == pytest.approx(100_000, rel=0.01)


def test_others_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with session() as con:
        for formulation, path in (
            (Formulation.CSV, "-"),
            (Formulation.CSV, "http://127.0.0.1:9/a.csv"),
            (Formulation.CSV, str(tmp_path / "none.csv")),
            (Formulation.JSON, str(tmp_path / "a.json")),
            (Formulation.XML, str(tmp_path / "a.xml")),
        ):
            assert estimated_rows(con, file_source(formulation, path, "$")) is None
        assert estimated_rows(con, LogicalSource(Formulation.QUERY, Database(), "SELECT 1")) is None
        assert estimated_rows(con, LogicalSource(Formulation.TABLE, Database("sqlite:///x"), "t")) is None
