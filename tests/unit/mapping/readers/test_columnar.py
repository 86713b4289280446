"""Parquet and Arrow: typed columns as the texts that RDF wants."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from kg.errors import MappingError, SourceError
from kg.mapping.rules import Formulation
from kg.rdf.namespaces import XSD
from tests.unit.mapping.readers.opened import file_source, opened

TABLE = pa.table(
    {
        "id": pa.array([1, 2], pa.int64()),
        "Name": ["a", None],
        "x": [1.5, float("inf")],
        "f": pa.array([0.1, float("nan")], pa.float32()),
        "d": [Decimal("1.50"), None],
        "b": [True, False],
        "t": pa.array([dt.datetime.fromisoformat("2024-01-02T03:04:05.6"), None], pa.timestamp("us")),
        "z": pa.array([dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=5)))] * 2, pa.timestamp("us", "Europe/Brussels")),
        "day": [dt.date(2024, 1, 2), None],
        "bytes": [b"\xaa\x01", b""],
        "tags": [["x", None, "y"], []],
        "at": [{"city": "Gent", "geo": {"lat": 1.5}}, None],
        "stops": [[{"n": 1}, {"n": 2}], None],
    }
)  # fmt: skip
EXPECTED = {
    "id": (["1", "2"], "integer"),
    "Name": (["a", None], None),
    "x": (["1.5", "INF"], "double"),
    "f": (["0.1", "NaN"], "double"),
    "d": (["1.50", None], "decimal"),
    "b": (["true", "false"], "boolean"),
    "t": (["2024-01-02T03:04:05.6", None], "dateTime"),
    "z": (["2024-01-01T22:04:05Z", "2024-01-01T22:04:05Z"], "dateTime"),
    "day": (["2024-01-02", None], "date"),
    "bytes": (["AA01", ""], "hexBinary"),
    "at.city": (["Gent", None], None),
    "at.geo.lat": (["1.5", None], "double"),
}


@pytest.mark.parametrize("name", ["t.parquet", "t.pq", "t.feather", "t.arrow", "t.arrows"])
def test_a_typed_column_has_its_natural_datatype(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".arrows":
        with pa.ipc.new_stream(path, TABLE.schema) as writer:
            writer.write_table(TABLE)
    elif path.suffix in (".feather", ".arrow"):
        feather.write_feather(TABLE, path)
    else:
        pq.write_table(TABLE, path)
    found = opened(file_source(Formulation.PARQUET, path), [*EXPECTED, "tags", "stops.n"])
    for number, (reference, (values, datatype)) in enumerate(EXPECTED.items()):
        assert [row[number] for row in found.rows] == values
        assert found.columns[reference].datatype == (datatype and XSD + datatype)
    assert [row[-2:] for row in found.rows] == [(["x", "y"], ["1", "2"]), ([], None)]
    assert (found.columns["stops.n"].many, found.columns["stops.n"].datatype) == (True, XSD + "integer")


def test_a_struct_as_a_whole_is_json(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet")
    found = opened(file_source(Formulation.PARQUET, tmp_path / "t.parquet"), ["at", "stops"])
    assert found.rows[0] == ('{"city":"Gent","geo":{"lat":1.5}}', ['{"n":1}', '{"n":2}'])
    assert found.columns["at"].json
    assert found.columns["stops"].json
    assert found.columns["stops"].many


def test_a_name_may_differ_in_case_if_it_is_not_delimited(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet")
    source = file_source(Formulation.PARQUET, tmp_path / "t.parquet", nulls=["a", "x"])
    assert opened(source, ["ID", "NAME", '"Name"', "tags"]).rows == [("1", None, None, ["y"]), ("2", None, None, [])]
    for name in ('"name"', "nme", "at.town", "tags.x", "file_row_number"):
        with pytest.raises(MappingError, match=r"mapping\.ttl, line 7: .* has no column .*\[KG205\]"):
            opened(source, [name])


def test_hive_folders_are_columns_and_files_may_differ(tmp_path: Path) -> None:
    for year, table in ((2023, pa.table({"a": [1]})), (2024, pa.table({"b": ["x"], "a": [2]}))):
        folder = tmp_path / f"year={year}"
        folder.mkdir()
        pq.write_table(table, folder / "data.parquet")
    found = opened(file_source(Formulation.PARQUET, tmp_path), ["a", "b", "year"])
    assert found.rows == [("1", None, "2023"), ("2", "x", "2024")]
    found = opened(file_source(Formulation.PARQUET, tmp_path / "*" / "*.parquet"), ["a"])
    assert found.values == ["1", "2"]


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
def test_a_broken_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no such thing at all")
    with pytest.raises(SourceError, match=rf"{name}: the file cannot be read as Parquet: .*\[KG221\]"):
        opened(file_source(Formulation.PARQUET, tmp_path / name), ["a"])
