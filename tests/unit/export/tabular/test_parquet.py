"""The table of quads: each once, in the order of the lines, whether they are sorted for it or come so."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet
import pyoxigraph as ox

from kg.export.tabular.parquet import write_quads
from tests.unit.export.session import session


def test_quads_that_come_in_order_are_written_as_those_that_are_sorted(tmp_path: Path) -> None:
    a, b, g = (ox.NamedNode(f"http://x.example/{name}") for name in "abg")
    quads = [
        ox.Quad(a, b, a),
        ox.Quad(a, b, a, g),
        ox.Quad(a, b, ox.Literal('say "no"', language="en"), g),
        ox.Quad(b, b, ox.BlankNode("x")),
    ]
    ordered = sorted(quads, key=lambda quad: str(ox.serialize([quad], format=ox.RdfFormat.N_QUADS)))
    tables = []
    for name, each in (("sorted", [*reversed(quads), quads[0]]), ("ordered", ordered)):
        with session(each) as con:
            write_quads(con, tmp_path / name, ordered=name == "ordered")
        tables.append(pyarrow.parquet.read_table(tmp_path / name).to_pylist())
    assert tables[0] == tables[1]
    assert [row["g"] for row in tables[0]] == [str(g), None, str(g), None]
    assert [row["value"] for row in tables[0]] == ['say "no"', a.value, a.value, "_:x"]
