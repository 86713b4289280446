"""Cuts sorted quads into blocks of whole subjects, and works at several blocks at a time, on all processors, in the order of the quads.

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
from itertools import chain, islice
from threading import local
from typing import TYPE_CHECKING, TypeVar

from kg.export.arrow import array, numbers

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from kg.export.arrow import Integers

# As many rows as make the planning of a query cheap, and less than the caches and memory of several blocks want; texts that are long make a block of fewer.
_ROWS = 200_000
_BYTES = 1 << 26
BATCH = 50_000

Part = TypeVar("Part")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Block:
    """The quads of whole subjects: `rows` (subject, p, o), and `subjects` (subject, g, s), numbered from 0 in their order.

    `first` says that the document begins with it, `graph` is the graph of what comes before.
    """

    rows: pa.Table
    subjects: pa.Table
    first: bool
    graph: str | None


def blocks(batches: Iterable[pa.RecordBatch]) -> Iterator[Block]:
    """Yield the quads (g, s, p, o) of batches, which come by graph and subject."""
    block = _Growing(None)
    for rows in batches:
        if not len(rows):
            continue
        batch, starts = rows, _starts(rows)
        goes_on = block.last == _subject(batch, 0)
        begins = starts[1:] if goes_on else starts
        if (block.size >= _ROWS or block.bytes >= _BYTES) and len(begins):
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
        self.size = self.count = self.bytes = 0
        self._rows: list[pa.RecordBatch] = []
        self._subjects: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch, starts: Integers, *, goes_on: bool) -> None:
        """Add rows, of which `starts` are the first ones of their subjects; `goes_on` says that the first subject is the last one that was added."""
        import numpy as np
        import pyarrow as pa

        if not len(batch):
            return
        first = self.count - goes_on
        subjects = np.arange(first, first + len(starts), dtype=np.int32)
        rows = [array(np.repeat(subjects, np.diff(starts, append=len(batch)))), batch["p"], batch["o"]]
        self._rows.append(pa.RecordBatch.from_arrays(rows, names=["subject", "p", "o"]))
        new = batch.select(["g", "s"]).take(array(starts[int(goes_on) :]))
        self._subjects.append(new.add_column(0, "subject", array(subjects[int(goes_on) :])))
        self.size += len(batch)
        self.bytes += batch.nbytes
        self.count += len(new)
        self.last = _subject(batch, -1)

    def whole(self) -> Block:
        import pyarrow as pa

        graph = self.before[0] if self.before else None
        rows, subjects = pa.Table.from_batches(self._rows), pa.Table.from_batches(self._subjects)
        return Block(rows, subjects, self.before is None, graph)


def _starts(batch: pa.RecordBatch) -> Integers:
    """Return the rows at which a subject begins, as an array of numpy."""
    import numpy as np
    import pyarrow.compute as pc

    runs = [pc.run_end_encode(batch[name]).run_ends for name in ("g", "s")]
    return np.concatenate((np.zeros(1, np.int32), np.union1d(*map(numbers, runs))[:-1]))


def _subject(batch: pa.RecordBatch, row: int) -> tuple[str | None, str]:
    return batch["g"][row].as_py(), batch["s"][row].as_py()


def side_by_side(
    con: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection, Part], Made], parts: Iterable[Part]
) -> Iterator[Made]:
    """Yield what is made of each part of a graph, in their order, by as many workers as there are processors; one part alone is worked at in a cursor of `con`."""
    found = iter(parts)
    first = list(islice(found, 2))
    if len(first) == 1:
        with con.cursor() as cursor:
            yield work(cursor, first[0])
    elif first:
        yield from _by_workers(work, chain(first, found))


def _by_workers(work: Callable[[duckdb.DuckDBPyConnection, Part], Made], parts: Iterable[Part]) -> Iterator[Made]:
    import duckdb

    from kg.rdf.relations import no_progress_bar
    from kg.rdf.terms import macros

    own = local()

    def worked(part: Part) -> Made:
        # A database of its own and of one thread for each worker: blocks share the processors, and the threads of a query would only wait for each other.
        if not hasattr(own, "con"):
            own.con = opened.enter_context(duckdb.connect(config={"threads": 1}))
            no_progress_bar(own.con)
            own.con.execute(macros())
        return work(own.con, part)

    workers = os.cpu_count() or 1
    with ExitStack() as opened, ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Made]] = deque()
        for part in parts:
            waiting.append(pool.submit(worked, part))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
