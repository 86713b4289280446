"""Takes sorted quads in blocks of whole subjects, and makes the text of several blocks at a time, on all processors, in the order of the quads.

A block is small enough to be sorted in memory, and its rows know their subject by a number: a text is compared once, where the block is cut.
Memory grows with the subject of which most is said, not with the graph.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from threading import local
from typing import IO, TYPE_CHECKING, Any

from kg.export.arrow import write_batches

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa

# As many rows as make the planning of a query cheap, and less than the caches and memory of several blocks want.
_ROWS = 250_000
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Block:
    """The quads of whole subjects: `rows` (subject, p, o), and `subjects` (subject, g, s), numbered from 0 in their order.

    `first` says that the document begins with it, `graph` is the graph of what comes before.
    """

    rows: pa.Table
    subjects: pa.Table
    first: bool
    graph: str | None


def blocks(con: duckdb.DuckDBPyConnection, queries: Iterable[str]) -> Iterator[Block]:
    """Yield the quads of queries (g, s, p, o), which come by graph and subject, no graph in two of them."""
    block = _Growing(None)
    for rows in chain.from_iterable(con.sql(query).to_arrow_reader(_BATCH) for query in queries):
        if not len(rows):
            continue
        batch, starts = rows, _starts(rows)
        goes_on = block.last == _subject(batch, 0)
        begins = starts[1:] if goes_on else starts
        if block.size >= _ROWS and len(begins):
            cut = int(begins[0])
            block.add(batch.slice(0, cut), starts[:1], goes_on=True)
            yield block.whole()
            block = _Growing(block.last)
            batch, starts, goes_on = batch.slice(cut), begins - cut, False
        block.add(batch, starts, goes_on=goes_on)
    if block.size:
        yield block.whole()


class _Growing:
    """The batches of a block that is not whole yet, and the graph and subject of the row before."""

    def __init__(self, last: tuple[str | None, str] | None) -> None:
        self.before = self.last = last
        self.size = self.count = 0
        self._rows: list[pa.RecordBatch] = []
        self._subjects: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch, starts: np.ndarray[Any, np.dtype[np.int32]], *, goes_on: bool) -> None:
        """Add rows, of which `starts` are the first ones of their subjects; `goes_on` says that the first subject is the last one that was added."""
        import numpy as np
        import pyarrow as pa

        if not len(batch):
            return
        first = self.count - goes_on
        numbers = np.arange(first, first + len(starts), dtype=np.int32)
        rows = [_integers(np.repeat(numbers, np.diff(starts, append=len(batch)))), batch["p"], batch["o"]]
        self._rows.append(pa.RecordBatch.from_arrays(rows, names=["subject", "p", "o"]))
        new = batch.select(["g", "s"]).take(_integers(starts[int(goes_on) :]))
        self._subjects.append(new.add_column(0, "subject", _integers(numbers[int(goes_on) :])))
        self.size += len(batch)
        self.count += len(new)
        self.last = _subject(batch, -1)

    def whole(self) -> Block:
        import pyarrow as pa

        graph = self.before[0] if self.before else None
        rows, subjects = pa.Table.from_batches(self._rows), pa.Table.from_batches(self._subjects)
        return Block(rows, subjects, self.before is None, graph)


def _starts(batch: pa.RecordBatch) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Return the rows at which a subject begins, as an array of numpy."""
    import numpy as np
    import pyarrow.compute as pc

    runs = [pc.run_end_encode(batch[name]).run_ends for name in ("g", "s")]
    ends = [np.frombuffer(each.buffers()[1], np.int32, len(each), 4 * each.offset) for each in runs]
    return np.concatenate((np.zeros(1, np.int32), np.union1d(*ends)[:-1]))


def _integers(values: np.ndarray[Any, np.dtype[np.int32]]) -> pa.Int32Array:
    """Return an array of numpy as one of Arrow; pyarrow's own conversion would import pandas."""
    import numpy as np
    import pyarrow as pa

    buffer = pa.py_buffer(np.ascontiguousarray(values, np.int32))
    return pa.Int32Array.from_buffers(pa.int32(), len(values), [None, buffer])


def _subject(batch: pa.RecordBatch, row: int) -> tuple[str | None, str]:
    return batch["g"][row].as_py(), batch["s"][row].as_py()


def write_blocks(
    con: duckdb.DuckDBPyConnection,
    found: Iterator[Block],
    query: Callable[[Block], str],
    relations: dict[str, pa.Table],
    target: IO[bytes],
) -> None:
    """Write the text that a query makes of each block from the relations `block_rows` and `block_subjects`, and `relations`, by name."""

    def made(con: duckdb.DuckDBPyConnection, block: Block) -> list[pa.RecordBatch]:
        for name, relation in {"block_rows": block.rows, "block_subjects": block.subjects, **relations}.items():
            con.register(name, relation)
        return list(con.sql(query(block)).to_arrow_reader(_BATCH))

    first, second = next(found, None), next(found, None)
    if first is not None and second is not None:
        for batches in _side_by_side(made, chain((first, second), found)):
            write_batches(batches, target)
    elif first is not None:
        with con.cursor() as cursor:
            write_batches(made(cursor, first), target)


def _side_by_side(
    made: Callable[[duckdb.DuckDBPyConnection, Block], list[pa.RecordBatch]], found: Iterable[Block]
) -> Iterator[list[pa.RecordBatch]]:
    """Yield what is made of each block, in their order, by as many workers as there are processors."""
    import duckdb

    from kg.rdf.relations import no_progress_bar
    from kg.rdf.terms import macros

    own = local()

    def work(block: Block) -> list[pa.RecordBatch]:
        # A database of its own and of one thread for each worker: blocks share the processors, and the threads of a query would only wait for each other.
        if not hasattr(own, "con"):
            own.con = opened.enter_context(duckdb.connect(config={"threads": 1}))
            no_progress_bar(own.con)
            own.con.execute(macros())
        return made(own.con, block)

    workers = os.cpu_count() or 1
    with ExitStack() as opened, ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[list[pa.RecordBatch]]] = deque()
        for block in found:
            waiting.append(pool.submit(work, block))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
