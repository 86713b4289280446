"""Surveys sorted quads block by block, and lays the blocks aside with what was found out about their terms: a graph is read and taken apart once, before its prefixes are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kg.export.arrow import array, numbers
from kg.export.blocks import BATCH, Block, blocks, side_by_side
from kg.export.survey import of_objects, of_subjects, parted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from kg.export.arrow import Integers


@dataclass(frozen=True, slots=True)
class Taken:
    """A block again: its `subjects` (subject, g, s), its `facts` (p, o, and what `kg.export.survey.parted` finds of it), each once, and `rows` (subject, fact), by their places."""

    subjects: pa.Table
    facts: pa.Table
    rows: pa.Table
    first: bool
    graph: str | None


@dataclass(frozen=True, slots=True)
class Aside:
    """A block in a file; `first` and `graph` are those of the block."""

    path: Path
    first: bool
    graph: str | None

    def taken(self) -> Taken:
        """Return the block, whose file is no longer needed, and goes."""
        import pyarrow as pa

        with pa.OSFile(str(self.path)) as file:
            subjects, facts, rows = (pa.ipc.open_stream(file).read_all() for _ in range(3))
        self.path.unlink()
        return Taken(subjects, facts, rows, self.first, self.graph)


def lay_aside(
    con: duckdb.DuckDBPyConnection, folder: Path, *, graphs: bool, ordered: bool, xml: bool = False
) -> list[Aside] | None:
    """Lay the relation `quads` aside in a folder; leaves the tables that `kg.export.survey.survey_of` reads.

    `ordered` says that it comes by subject; without it, it is sorted. None where there is nothing, or where a blank node is an object, which only XML (`xml`) does not write in place.
    """
    import pyarrow as pa

    laid: list[Aside] = []
    counted: list[tuple[pa.Table, pa.Table]] = []
    found = blocks(_batches(con, folder, graphs=graphs, ordered=ordered))
    for aside, objects, subjects in side_by_side(con, partial(_laid, folder, xml), enumerate(found)):
        if not xml and any(objects["blank"].to_pylist()):
            return None
        laid.append(aside)
        counted.append((objects, subjects))
    if not counted:
        return None
    for name, tables in zip(("export_survey", "export_named"), zip(*counted, strict=True), strict=True):
        con.register("export_counted", pa.concat_tables(tables))
        sums = "SELECT * EXCLUDE (n), sum(n)::BIGINT AS n FROM export_counted GROUP BY ALL"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sums}")
        con.unregister("export_counted")
    return laid


def _batches(con: duckdb.DuckDBPyConnection, folder: Path, *, graphs: bool, ordered: bool) -> Iterator[pa.RecordBatch]:
    """Yield the quads (g, s, p, o) by graph, the default graph first, and subject."""
    rows = f"SELECT {'g' if graphs else 'NULL::VARCHAR AS g'}, s, p, o FROM quads"
    if graphs and ordered:
        yield from _by_graph(con, con.sql(rows).to_arrow_reader(BATCH), folder / "graphs")
    else:
        order = "" if ordered else f" ORDER BY {'g NULLS FIRST, ' if graphs else ''}s"
        yield from con.sql(rows + order).to_arrow_reader(BATCH)


def _by_graph(
    con: duckdb.DuckDBPyConnection, batches: Iterable[pa.RecordBatch], path: Path
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the default graph as they come, and then those of the others, which lie in a file until they are sorted."""
    import pyarrow as pa

    writer = None
    with pa.OSFile(str(path), "wb") as file:
        for batch in batches:
            named = len(batch) - batch["g"].null_count
            if named < len(batch):
                yield batch.filter(batch["g"].is_null()) if named else batch
            if named:
                writer = writer or pa.ipc.new_stream(file, batch.schema, options=_packed())
                writer.write_batch(batch.filter(batch["g"].is_valid()))
        if writer:
            writer.close()
    if writer:
        with pa.OSFile(str(path)) as file:
            con.register("export_graphs", pa.ipc.open_stream(file))
            yield from con.sql("FROM export_graphs ORDER BY g, s").to_arrow_reader(BATCH)
            con.unregister("export_graphs")
    path.unlink()


def _laid(
    folder: Path, xml: bool, con: duckdb.DuckDBPyConnection, part: tuple[int, Block]
) -> tuple[Aside, pa.Table, pa.Table]:
    """Write a block to a file; return it with the counts of its objects and of its subjects."""
    import numpy as np
    import pyarrow as pa

    number, block = part
    facts, of_rows = _facts(block.rows)
    subjects = block.rows["subject"].combine_chunks()
    con.register("block_facts", facts.append_column("n", array(np.bincount(numbers(of_rows)))))
    found = con.sql(f"SELECT p, o, space, named, suffix, bare, n FROM {parted('block_facts')}").to_arrow_table()
    # A block has few predicates, namespaces and datatypes: each is stored once.
    for place, name in ((0, "p"), (2, "space"), (4, "suffix")):
        found = found.set_column(place, name, found[name].combine_chunks().dictionary_encode())
    con.register("block_facts", found)
    con.register("block_subjects", block.subjects.append_column("n", array(np.bincount(numbers(subjects)))))
    counts = (
        con.sql(of_objects("block_facts", xml=xml)).to_arrow_table(),
        con.sql(of_subjects("block_subjects")).to_arrow_table(),
    )
    aside = Aside(folder / str(number), block.first, block.graph)
    with pa.OSFile(str(aside.path), "wb") as file:
        for table in (block.subjects, found.drop_columns("n"), pa.table({"subject": subjects, "fact": of_rows})):
            with pa.ipc.new_stream(file, table.schema, options=_packed()) as writer:
                writer.write_table(table)
    return aside, *counts


def _facts(rows: pa.Table) -> tuple[pa.Table, pa.Int32Array]:
    """Return the predicates and objects of rows (p, o), each pair once, and the place of each row among them."""
    import numpy as np
    import pyarrow as pa

    (predicate, predicates), (value, values) = (_encoded(rows[name]) for name in ("p", "o"))
    pairs = array(predicate.astype(np.int64) * len(values) + value).dictionary_encode()
    of_p, of_o = np.divmod(np.frombuffer(pairs.dictionary.buffers()[1], np.int64, len(pairs.dictionary)), len(values))
    return pa.table({"p": predicates.take(array(of_p)), "o": values.take(array(of_o))}), pairs.indices


def _encoded(column: pa.ChunkedArray[pa.StringArray]) -> tuple[Integers, pa.StringArray]:
    """Return the distinct texts of a column, and the place of each row among them."""
    import numpy as np

    chunks = column.dictionary_encode().chunks
    return np.concatenate([numbers(chunk.indices) for chunk in chunks]), chunks[-1].dictionary


def _packed() -> pa.ipc.IpcWriteOptions:
    import pyarrow as pa

    return pa.ipc.IpcWriteOptions(compression="lz4")
