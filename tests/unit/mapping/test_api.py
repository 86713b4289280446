"""`kg.map`: frames in, Arrow, Oxigraph or rdflib out."""

from __future__ import annotations

import decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg.errors import MappingError
from tests.unit.mapping.mappings import PREFIXES, csv, table, triples_map, write

E = "http://example.org/"
MAPPING = PREFIXES + triples_map(
    'rml:reference "v"',
    'rml:predicate ex:q ; rml:objectMap [ rml:reference "u" ; rml:termType rml:IRI ] ; rml:graph ex:g',
    source=table("t"),
)
ROWS = {"id": [1, 2, 2], "v": ['é"\\', None, "x"], "u": ["http://x/", "no iri", None]}
QUADS = {
    (f"<{E}1>", f"<{E}p>", '"é\\"\\\\"', None),
    (f"<{E}1>", f"<{E}q>", "<http://x/>", f"<{E}g>"),
    (f"<{E}2>", f"<{E}p>", '"x"', None),
}


def frames() -> dict[str, object]:
    """Return the rows as frames of all kinds that are installed."""
    made: dict[str, object] = {"arrow": pa.table(ROWS), "duckdb": duckdb.from_arrow(pa.table(ROWS))}
    try:
        import pandas as pd  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        pass
    else:
        made["pandas"] = pd.DataFrame(ROWS)
    try:
        import polars as pl  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        pass
    else:
        made["polars"] = pl.DataFrame(ROWS)
    return made


@pytest.mark.parametrize("kind", ["arrow", "duckdb", "pandas", "polars"])
def test_frames_of_every_kind_are_mapped(kind: str) -> None:
    frame = frames().get(kind)
    if frame is None:
        pytest.skip(f"{kind} is not installed")
    made = kg.map(MAPPING, frames={"t": frame})
    assert made.column_names == ["s", "p", "o", "g"]
    assert [tuple(row.values()) for row in made.to_pylist()] == sorted(QUADS, key=lambda row: (row[3] or "", row))


def test_stores_and_datasets_hold_the_same() -> None:
    frame = pa.table(ROWS)
    store = kg.map(MAPPING, frames={"t": frame}, into="oxigraph")
    assert {
        ox.Quad(ox.NamedNode(f"{E}1"), ox.NamedNode(f"{E}q"), ox.NamedNode("http://x/"), ox.NamedNode(f"{E}g"))
    } < set(store)
    assert len(store) == len(QUADS)
    dataset = kg.map(MAPPING, frames={"t": frame}, into="rdflib")
    assert len(set(dataset.quads())) == len(QUADS)
    assert dict(dataset.namespaces())["ex"] == rdflib.URIRef(E)


def test_types_of_arrow_have_their_datatypes() -> None:
    frame = pa.table({"id": [1], "v": pa.array([decimal.Decimal("131.70")]), "u": pa.array([None], pa.string())})
    (row,) = kg.map(MAPPING, frames={"t": frame}).to_pylist()
    assert row["o"] == '"131.70"^^<http://www.w3.org/2001/XMLSchema#decimal>'


def test_strict_stops_at_an_unfit_row() -> None:
    with pytest.raises(MappingError, match=r"t, row 2: .*no iri.*KG207"):
        kg.map(MAPPING, frames={"t": pa.table(ROWS)}, strict=True)


def test_files_are_mapped_too_and_strict_about_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1\n2,x\n", encoding="utf-8")
    mapping = write(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")))
    for path in (mapping, str(mapping)):
        assert kg.map(path).num_rows == 1
    with pytest.raises(MappingError, match=r"KG207"):
        kg.map(mapping, strict=True)


def test_an_empty_frame_gives_nothing() -> None:
    frame = pa.table(ROWS).slice(0, 0)
    assert kg.map(MAPPING, frames={"t": frame}).num_rows == 0
    assert len(kg.map(MAPPING, frames={"t": frame}, into="oxigraph")) == 0


def test_what_cannot_be_is_refused() -> None:
    frame = pa.table(ROWS)
    with pytest.raises(MappingError, match=r"no 'x' to map into.*KG252"):
        kg.map(MAPPING, frames={"t": frame}, into="x")  # type: ignore[call-overload]
    with pytest.raises(MappingError, match=r"no table t; it has the tables s .KG233"):
        kg.map(MAPPING, frames={"s": frame})
    with pytest.raises(MappingError, match="KG250"):
        kg.map(MAPPING, frames={"t": frame}, memory="lots")
    with pytest.raises(TypeError, match="colour"):
        kg.map(MAPPING, frames={"t": frame}, colour="red")
    with pytest.raises(MappingError, match="list"):
        kg.map(MAPPING, frames={"t": [1, 2]})
