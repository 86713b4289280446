"""The main path of a push: find the store, prepare the content, choose, send, verify, swap, verify."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import PushError
from kg.pushing.content import Chunk, Content, graphs, prepare
from kg.pushing.credentials import credentials_for
from kg.pushing.http import Client
from kg.pushing.journal import Journal, journal_folder
from kg.pushing.literals import find_ill_typed
from kg.pushing.plan import Method, Plan, choose, work_of
from kg.pushing.probe import find
from kg.pushing.remote import Remote
from kg.pushing.source import opened
from kg.pushing.verification import Progress, Verification, Verify
from kg.release import open_release

if TYPE_CHECKING:
    import duckdb

_SHOWN = 10  # ill-typed literals that a message lists


@dataclass(frozen=True, slots=True)
class PushSettings:
    """What a user can set for a push.

    `graph` is where triples go, of all graphs merged, or with `named` those of the default graph; `store` is the product where it is not to be found out;
    `method` the way where it is not to be chosen; `skip` leaves ill-typed literals out; `dry` sends nothing; `journal` is a folder.
    """

    graph: str | None = None
    named: bool = False
    store: str | None = None
    method: Method | None = None
    skip: bool = False
    verify: Verify = "full"
    dry: bool = False
    base: str | None = None
    compress: bool = False
    chunk: int | None = None  # bytes; None: what suits the store
    retries: int = 5
    journal: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a push: a plan a graph, the triples that were left out (with the reason), and how often requests were sent again."""

    plans: tuple[Plan, ...]
    left_out: tuple[str, ...]
    retries: int


def push(target: str, url: str, settings: PushSettings, progress: Progress) -> Outcome:
    """Push a release or an RDF file into a store. PushError where that fails; the graph then is what it was, or what it was to be, whole.

    (Where the profile says that a store swaps in more than one step, a push that is broken off in that step is the exception; the next push mends it.)
    """
    if not Path(target).is_file():
        open_release(Path(target))
    client = Client(url.rstrip("/"), credentials_for(url), patience=settings.retries)
    try:
        with tempfile.TemporaryDirectory(prefix="kg-push-") as name:
            folder = Path(name)
            progress("look at the store", 0, 0)
            store = find(client, settings.store)
            if settings.chunk is not None:
                store = replace(store, profile=replace(store.profile, chunk=settings.chunk))
            remote = Remote(client, store, folder, compress=settings.compress)
            progress("read the graph", 0, 0)
            with opened(target, folder, settings.base) as (con, base):
                left_out = _ill_typed(con, target, remote, settings)
                plans = [
                    _Push(con, remote, graph, only, base, settings, progress).run()
                    for graph, only in _destinations(con, target, settings)
                ]
                return Outcome(tuple(plans), left_out, client.retries)
    finally:
        client.close()


def _destinations(con: duckdb.DuckDBPyConnection, target: str, settings: PushSettings) -> list[tuple[str, str | None]]:
    """Return the graphs of the store with the graph that goes there (None: all, merged)."""
    if not settings.named:
        if settings.graph is None:
            raise PushError(
                "KG632", "no graph is named to push into", where=target, advice="name one with --graph, or use --named"
            )
        return [(settings.graph, None)]
    found = graphs(con)
    blank = any(graph.startswith("_:") for graph in found)
    if blank or ("" in found and settings.graph is None):
        what = "graphs whose names are blank nodes" if blank else "triples in no named graph"
        raise PushError(
            "KG632",
            f"there are {what}",
            where=target,
            advice="leave --named out" if blank else "say with --graph where they go",
        )
    return [(graph or settings.graph or "", graph) for graph in found]


def _ill_typed(con: duckdb.DuckDBPyConnection, target: str, remote: Remote, settings: PushSettings) -> tuple[str, ...]:
    """Find literals that the store would refuse or change; PushError where they are not to be left out."""
    count = find_ill_typed(con, remote.profile)
    if not count:
        return ()
    rows = con.execute("SELECT DISTINCT line, reason FROM ill_typed ORDER BY ALL").fetchall()
    listed = tuple(f"{line} ({reason})" for line, reason in rows)
    if not settings.skip:
        shown = "\n  ".join(line[:500] for line in listed[:_SHOWN])
        more = f"\n  and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
        raise PushError(
            "KG624",
            f"{len(listed)} triples have literals that {remote.profile.title} would refuse or change:\n  {shown}{more}\nNothing was sent",
            where=target,
            advice="correct them, or leave them out with --ill-typed skip",
        )
    return listed


class _Push:
    """The push of one graph."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        remote: Remote,
        graph: str,
        only: str | None,
        base: str,
        settings: PushSettings,
        progress: Progress,
    ) -> None:
        self.con, self.remote, self.graph, self.only, self.base = con, remote, graph, only, base
        self.settings, self.progress = settings, progress
        self.folder = remote.folder
        self.profile = remote.profile
        self.content: Content
        self.verification: Verification

    def run(self) -> Plan:
        """Choose the way and go it."""
        self.progress("sort and hash", 0, 0)
        there = self.remote.count(self.graph)
        self.content = prepare(self.con, self.folder, self.profile, base=self.base, graph=self.graph, only=self.only)
        self.verification = Verification(self.con, self.remote, self.content, self.settings.verify, self.progress)
        with (
            Journal(self.settings.journal or journal_folder(), self.remote.store.root, self.graph) as journal,
            self.verification,
        ):
            plan = self._plan(there, journal)
            if not self.settings.dry:
                self._do(plan, journal)
        return plan

    def _plan(self, there: int, journal: Journal) -> Plan:
        content = self.content
        work, wanted = work_of(self.remote.store, self.graph, content), self.settings.method
        difference, size = None, 0
        if there and wanted in (None, "diff") and (wanted or not journal.resumes(work)):
            difference, size = self.verification.difference(self.graph, there)
        if wanted == "diff" and difference is None:
            raise self._no_diff(
                "the graph is empty" if not there else "the graph holds blank nodes, which no update can name"
            )
        if wanted == "diff" and difference and size > 8 * self.profile.update_bytes:
            raise self._no_diff(f"it is {size:,} bytes, too much for one update")
        if wanted == "whole" and (there or self.remote.store.store is None):
            no_service = f"{self.profile.title} is not spoken to by the Graph Store Protocol, which one upload needs"
            raise PushError(
                "KG630",
                no_service if self.remote.store.store is None else "one upload is only for an empty graph",
                where=self.graph,
                advice="leave the choice to the push, or use --staged",
            )
        left = self.con.execute("SELECT count(*) FROM ill_typed").fetchone()
        return choose(
            self.remote.store,
            self.graph,
            content,
            there,
            journal,
            wanted,
            difference,
            size,
            int(left[0]) if left else 0,
            self.settings.verify,
        )

    def _no_diff(self, why: str) -> PushError:
        return PushError("KG630", f"no diff can be pushed: {why}", where=self.graph, advice="leave --diff out")

    def _do(self, plan: Plan, journal: Journal) -> None:
        work = work_of(plan.store, plan.graph, plan.content)
        if journal.staging is not None and (not journal.resumes(work) or plan.method != "staged"):
            # A push of something else was broken off: its staging graph is of no use any more.
            self.remote.drop(journal.staging)
            journal.clear()
        if plan.method == "diff":
            self._change(plan, journal)
        elif plan.method == "whole":
            self._whole()
        elif plan.method == "staged":
            self._staged(plan, journal)

    def _change(self, plan: Plan, journal: Journal) -> None:
        self.progress("change what differs", 0, 0)
        removed, added = (self._lines_of(table) for table in ("extra", "missing"))
        self.remote.change(self.graph, removed, added)
        if self.verification.differs(self.graph):
            # A store may not know a triple again that it wrote out itself: then all of them are sent.
            self._staged(plan, journal)

    def _lines_of(self, table: str) -> bytes:
        rows = self.con.execute(f"SELECT line FROM {table} ORDER BY line").fetchall()
        return "".join(f"{row[0]}\n" for row in rows).encode()

    def _whole(self) -> None:
        content = self.content
        self.progress("upload", 0, 0)
        self.verification.begin()
        everything = Chunk(0, content.size, content.triples, content.sha256)
        if content.triples:
            self.remote.add(self.graph, content.lines, everything, staging=False)
        try:
            self._verify_graph()
        except PushError as error:
            # The graph was empty before, and is so again.
            self.remote.drop(self.graph)
            raise self._not_kept(error.what) from error

    def _staged(self, plan: Plan, journal: Journal) -> None:
        content, work = plan.content, work_of(plan.store, plan.graph, plan.content)
        resumed = journal.resumes(work)
        if resumed:
            # Nobody knows what the store has kept of it, and the graph must not be replaced by less.
            self.verification.insist()
        if resumed and journal.swapping and self.verification.differs(self.graph) is None:
            # The swap was done, but we were not there to see it.
            self.remote.drop(plan.staging)
            journal.clear()
            return
        if not resumed:
            self._start(plan, journal)
        self._send(plan, journal)
        fault = self.verification.differs(plan.staging)
        if fault and resumed:
            # The store has lost what it had taken: once more, from the beginning.
            self._start(plan, journal)
            self._send(plan, journal)
            fault = self.verification.differs(plan.staging)
        if fault:
            self.remote.drop(plan.staging)
            journal.clear()
            raise self._not_kept(fault)
        journal.swap()
        self.progress("swap", 0, 0)
        if content.triples:
            self.remote.move(plan.staging, self.graph)
        else:
            self.remote.drop(self.graph)
        self._verify_graph()
        self.remote.drop(plan.staging)
        journal.clear()

    def _start(self, plan: Plan, journal: Journal) -> None:
        self.remote.drop(plan.staging)
        journal.start(work_of(plan.store, plan.graph, plan.content))

    def _send(self, plan: Plan, journal: Journal) -> None:
        self.verification.begin()
        chunks, done = plan.content.chunks, 0
        for number, chunk in enumerate(chunks):
            self.progress("upload", done, plan.content.triples)
            if journal.sent.get(number) != chunk.sha256:
                self.remote.add(plan.staging, plan.content.lines, chunk, staging=True)
                journal.chunk(number, chunk.sha256)
            done += chunk.triples

    def _not_kept(self, fault: str) -> PushError:
        return PushError(
            "KG625",
            f"the store did not keep what it said it had taken: {fault}; the graph is what it was",
            where=self.graph,
            advice="see the log of the store, and docs/reference/stores.md for what it does to literals",
        )

    def _verify_graph(self) -> None:
        fault = self.verification.differs(self.graph)
        if fault:
            raise PushError(
                "KG626",
                f"the store took everything, and the graph is not what it was to be: {fault}",
                where=self.graph,
                advice="if nobody else writes to it, give the same command again",
            )
