"""The text of a block: rows are sorted and compared with their neighbours by numbers, and texts are looked up by number, so that each of them is made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.export.arrow import array, numbers
from kg.export.blocks import BATCH
from kg.export.survey import local, rejoined
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from kg.export.arrow import Integers
    from kg.export.aside import Taken
    from kg.export.syntax import Syntax

_LOW = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Writer:
    """What is the same for all blocks: `predicates` (p, n, name, coercion), and what stands before and behind an object by the form of its row.

    The number of a form holds that of the predicate and five bits: the level, and whether the row is the first of its subject, of its predicate, the last of its predicate, of its subject.
    """

    syntax: Syntax
    predicates: pa.Table
    heads: pa.StringArray
    tails: pa.StringArray


def writer_of(con: duckdb.DuckDBPyConnection, syntax: Syntax) -> Writer:
    """Return the writer of a syntax, from `export_predicates`."""
    forms = con.sql(f"""
        SELECT {syntax.head} AS head, concat({syntax.after}, CASE WHEN last_s THEN {syntax.end} END) AS tail FROM (
          SELECT n, bits, name, false AS item, 0 AS depth, bits >> 4 AS level, bits & 8 > 0 AS first_s, bits & 4 > 0 AS first_p, bits & 2 > 0 AS last_p, bits & 1 > 0 AS last_s
          FROM export_predicates, (SELECT unnest(range(32)) AS bits))
        ORDER BY n, bits""").to_arrow_table()
    predicates = con.sql("SELECT p, n::INTEGER AS n, name, coercion FROM export_predicates").to_arrow_table()
    return Writer(syntax, predicates, forms["head"].combine_chunks(), forms["tail"].combine_chunks())


def texts(writer: Writer, con: duckdb.DuckDBPyConnection, block: Taken) -> Iterator[pa.StringArray]:
    """Yield the text of a block."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    con.register("block_predicates", writer.predicates)
    con.register("block_facts", block.facts.append_column("fact", array(np.arange(len(block.facts), dtype=np.int32))))
    con.register("block_subjects", block.subjects)
    openings = con.sql(_openings(writer.syntax, block)).to_arrow_table()["opening"].combine_chunks()
    facts = con.sql(_values(writer.syntax)).to_arrow_table().combine_chunks()
    values, predicate = facts["v"].chunk(0), numbers(facts["n"].chunk(0))
    rank = np.empty(len(facts), np.int32)
    rank[numbers(facts["fact"].chunk(0))] = _ranks(values, predicate)
    # A triple of several graphs comes once.
    rows = (numbers(block.rows[name].chunk(0)) for name in ("subject", "fact"))
    keys = np.sort(next(rows).astype(np.int64) << 32 | rank[next(rows)])
    keys = keys[np.append(True, keys[1:] != keys[:-1])]
    subject, value = (keys >> 32).astype(np.int32), (keys & _LOW).astype(np.int32)
    new_subject = subject[1:] != subject[:-1]
    new_predicate = new_subject | (predicate[value[1:]] != predicate[value[:-1]])
    first_s, last_s = np.append(True, new_subject), np.append(new_subject, True)
    form = (predicate[value] - 1) * 2 + (subject >= block.subjects["g"].null_count)
    for bit in (first_s, np.append(True, new_predicate), np.append(new_predicate, True), last_s):
        form = form * 2 + bit
    # An empty text, which pyarrow would import pandas to make of one of Python, stands behind all openings, for what is not the first of its subject.
    nothing = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(bytes(8)), pa.py_buffer(b"")])
    opening = np.where(first_s, subject, len(openings)).astype(np.int32)
    openings = pa.concat_arrays([openings, nothing])
    for start in range(0, len(keys), BATCH):
        some = slice(start, start + BATCH)
        parts = ((openings, opening), (writer.heads, form), (values, value), (writer.tails, form))
        yield pc.binary_join_element_wise(*(each.take(array(places[some])) for each, places in parts), nothing[0])


def _ranks(values: pa.StringArray, predicate: Integers) -> Integers:
    """Return the places of sorted texts and predicates, the first one for those that are alike."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    same = numbers(pc.equal(values[1:], values[:-1]).cast(pa.int32())).astype(bool)
    places = np.arange(len(values), dtype=np.int32)
    places[1:][same & (predicate[1:] == predicate[:-1])] = 0
    return np.maximum.accumulate(places)


def _openings(syntax: Syntax, block: Taken) -> str:
    """Return the SQL for what comes before the first row of each subject."""
    above = block.subjects["g"].null_count
    before = text(block.graph) if block.graph is not None else "NULL::VARCHAR"
    return f"""
        SELECT {opening(syntax)} AS opening FROM (
          SELECT *, {local("s")} AS ending, g IS DISTINCT FROM prev_g AS new_g, CASE WHEN subject < {above} THEN 0 ELSE 1 END AS level FROM (
            SELECT *, lag(g, 1, {before}) OVER (ORDER BY subject) AS prev_g, {"subject = 0" if block.first else "false"} AS starts FROM block_subjects))
        ORDER BY subject"""


def opening(syntax: Syntax) -> str:
    """Return the SQL for what comes before a subject that is in no place: of its graph too, where that is another one."""
    return f"CASE WHEN new_g THEN ({syntax.graph}) ELSE '' END || ({syntax.subject})"


def _values(syntax: Syntax) -> str:
    """Return the SQL for the texts (v) of objects with the numbers of their facts and predicates, in the order of the document."""
    told = f"(SELECT * REPLACE ({syntax.predicate} AS p) FROM block_facts)"
    return f"SELECT fact, n, {syntax.value} AS v FROM {rejoined(told)} JOIN block_predicates USING (p) ORDER BY n, v"
