"""Writes the documents of things, a page and the same as Turtle and JSON-LD, and the pages of classes: many at a time, in as many processes as are wanted."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyoxigraph as ox

from kg.pages import MEDIA_TYPES, Overview, SiteSettings, StaticAddresses, StaticSite
from kg.pages.noting import NotingGraph
from kg.pages.store import StoreGraph
from kg.pages.writing import forms
from kg.publishing.again import Made, digest
from kg.publishing.tree import Tree

# So many documents, and pages of a class, are made and written in one go.
_BATCH, _PAGES = 250, 20
# Few of the very many objects that pages are made of refer to each other in circles: to look for these so often takes a tenth of the time.
_SELDOM = 100_000
# One who makes one page after the other comes back to few things, and each process keeps them.
_KEPT = 2000
Group: TypeAlias = Sequence[str]
_SYNTAXES = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD}


@dataclass(frozen=True, slots=True)
class Maker:
    """What a process needs to make documents."""

    store: Path
    folder: Path
    settings: SiteSettings
    addresses: StaticAddresses
    overview: Overview
    fresh: bool = False

    def site(self) -> tuple[StaticSite, NotingGraph]:
        """Return the site, and its graph; a process makes one and keeps it."""
        return _site(self)

    def tree(self) -> Tree:
        """Return what writes its files."""
        return _tree(self)

    def __hash__(self) -> int:
        """Hash by identity: a process has one."""
        return id(self)


@cache
def _site(maker: Maker) -> tuple[StaticSite, NotingGraph]:
    from kg.store import open_store

    graph = NotingGraph(StoreGraph(open_store(maker.store), maker.settings.prefixes, _KEPT))
    site = StaticSite(graph, maker.settings, maker.addresses, maker.overview)
    # What all pages share is looked up now, and not for the first of them.
    site.surroundings()
    return site, graph


@cache
def _tree(maker: Maker) -> Tree:
    return Tree(maker.folder, fresh=maker.fresh)


@dataclass(frozen=True, slots=True)
class Work:
    """A part of the work: what writes its files, and how many documents they hold."""

    do: Callable[[Maker], list[Made]]
    documents: int = 0


def things(groups: Iterable[Group]) -> Iterator[Work]:
    """Yield the work on all documents; those of a group share files."""
    for batch in _batches(groups):
        yield Work(partial(make, groups=batch), sum(map(len, batch)))


def classes(site: StaticSite) -> Iterator[Work]:
    """Yield the work on all pages of classes."""
    for iri in site.class_names():
        last = site.last_page(iri)
        for first in range(1, last + 1, _PAGES):
            yield Work(partial(make_class, iri=iri, first=first, last=min(last, first + _PAGES - 1)))


@contextmanager
def processes(jobs: int) -> Iterator[ProcessPoolExecutor | None]:
    """Yield so many processes to work in, which load the program while this one still finds out what is to be done; None for one job, which is done here."""
    if jobs <= 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin) as pool:
        try:
            for _ in range(jobs):
                pool.submit(_nothing)
            yield pool
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def are_many(con: duckdb.DuckDBPyConnection) -> bool:
    """Say whether the relation `quads` tells of so many things that more processes than one are worth their start."""
    count = con.execute("SELECT approx_count_distinct(s) FROM quads").fetchone()
    return count is not None and count[0] > _BATCH


@contextmanager
def working(
    pool: ProcessPoolExecutor | None, maker: Maker, tell: Callable[[int], None]
) -> Iterator[Callable[[Iterable[Work]], Iterator[Made]]]:
    """Yield what does work, in processes if there are some, and yields what was made in order; `tell` hears how many documents are done. The processes end after it."""
    if pool is None:

        def here(works: Iterable[Work]) -> Iterator[Made]:
            for work in works:
                yield from work.do(maker)
                tell(work.documents)

        with _seldom_collected():
            yield here
        return
    with tempfile.TemporaryDirectory(prefix="kg-publish-") as folder:
        place = Path(folder) / "maker"
        place.write_bytes(pickle.dumps(maker))

        def there(works: Iterable[Work]) -> Iterator[Made]:
            waiting = list(works)
            do = partial(_do, place)
            for work, made in zip(waiting, pool.map(do, [work.do for work in waiting]), strict=True):
                yield from made
                tell(work.documents)

        yield there
        pool.shutdown()


def make(maker: Maker, *, groups: Iterable[Group]) -> list[Made]:
    """Write the documents of some groups."""
    (site, graph), names, addresses = maker.site(), maker.settings.prefixes, maker.addresses
    contents: list[tuple[str, bytes]] = []
    made: list[tuple[str, int, bytes]] = []
    for group in groups:
        graph.taken()
        before = len(contents)
        pages = list(_bundle(site, group) if addresses.bundle(group[0]) else site.pages_of(group[0]))
        if not pages:
            continue
        contents += [(addresses.file(address), page.encode("utf-8", "replace")) for address, page in pages]
        triples = [triple for document in group for triple in site.description(document)]
        files = [addresses.file(addresses.document(group[0], suffix)) for suffix in _SYNTAXES]
        contents += zip(files, forms(triples, _SYNTAXES.values(), names), strict=True)
        # All files of a document have one name, but for its end.
        place = files[0].removesuffix(".ttl")
        made.append((place, len(contents) - before, digest(graph.taken())))
    written = iter(maker.tree().write(contents))
    return [Made(place, list(islice(written, count)), seen) for place, count, seen in made]


def make_class(maker: Maker, *, iri: str, first: int, last: int) -> list[Made]:
    """Write some pages of a class."""
    file = maker.addresses.file
    pages = maker.site()[0].class_pages(iri, first, last)
    return [Made("", maker.tree().write((file(address), page.encode("utf-8", "replace")) for address, page in pages))]


def _bundle(site: StaticSite, group: Group) -> Iterator[tuple[str, str]]:
    """Yield the page that a group shares, and those of the long lists of its members."""
    page = site.bundle(group)
    if page is not None:
        yield site.addresses.document(group[0], "html"), page
        for document in group:
            yield from site.lists_of(document)


def _batches(groups: Iterable[Group]) -> Iterator[list[Group]]:
    batch: list[Group] = []
    count = 0
    for group in groups:
        batch.append(group)
        count += len(group)
        if count >= _BATCH:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


assert _SYNTAXES.keys() <= MEDIA_TYPES.keys()  # noqa: S101 - each form has a media type


def _begin() -> None:
    gc.set_threshold(_SELDOM)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process where the one that gives it work was killed: it would wait for more for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """Do nothing, in a process that is started for it."""


def _do(place: Path, work: Callable[[Maker], list[Made]]) -> list[Made]:
    return work(_loaded(place))


@cache
def _loaded(place: Path) -> Maker:
    found: Maker = pickle.loads(place.read_bytes())  # noqa: S301 - ours
    return found


@contextmanager
def _seldom_collected() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
