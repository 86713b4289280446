"""Writes the documents of things, many at a time, in as many processes as are wanted: a page, and the same as Turtle and JSON-LD."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg.pages import MEDIA_TYPES, Site, SiteSettings, StaticAddresses
from kg.pages.store import StoreGraph
from kg.pages.writing import written
from kg.publishing.tree import Tree, Written

# So many documents are made, and written, in one go.
_BATCH = 250
Group: TypeAlias = Sequence[str]
_SYNTAXES = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD}


@dataclass(frozen=True, slots=True)
class Maker:
    """What a process needs to make documents."""

    store: Path
    folder: Path
    settings: SiteSettings
    addresses: StaticAddresses

    def site(self) -> Site:
        """Return the site; a process makes one and keeps it."""
        return _site(self)

    def tree(self) -> Tree:
        """Return what writes its files."""
        return _tree(self)

    def __hash__(self) -> int:
        """Hash by identity: a process has one."""
        return id(self)


@cache
def _site(maker: Maker) -> Site:
    from kg.store import open_store

    return Site(StoreGraph(open_store(maker.store), maker.settings.prefixes), maker.settings, maker.addresses)


@cache
def _tree(maker: Maker) -> Tree:
    return Tree(maker.folder)


def make_all(maker: Maker, groups: Sequence[Group], jobs: int, tell: Callable[[int], None]) -> Iterator[Written]:
    """Write all documents, those of a group to files that they share; yield their files in order."""
    batches = list(_batches(groups))
    if jobs <= 1 or len(batches) <= 1:
        for batch in batches:
            yield from make(maker, batch)
            tell(sum(map(len, batch)))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(batches)), context, _begin, (maker,)) as pool:
        try:
            for batch, files in zip(batches, pool.map(_make, batches), strict=True):
                yield from files
                tell(sum(map(len, batch)))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def make(maker: Maker, groups: Iterable[Group]) -> list[Written]:
    """Write the documents of some groups."""
    site, names, addresses = maker.site(), maker.settings.prefixes, maker.addresses
    contents: list[tuple[str, bytes]] = []
    for group in groups:
        pages = list(_bundle(site, group) if addresses.bundle(group[0]) else site.pages_of(group[0]))
        if not pages:
            continue
        contents += [(addresses.file(address), page.encode("utf-8", "replace")) for address, page in pages]
        triples = site.description(group[0])
        if len(group) > 1:
            triples = sorted(
                {*triples, *(each for document in group[1:] for each in site.description(document))}, key=str
            )
        contents += [
            (addresses.file(addresses.document(group[0], suffix)), written(triples, syntax, names))
            for suffix, syntax in _SYNTAXES.items()
        ]
    return maker.tree().write(contents)


def _bundle(site: Site, group: Group) -> Iterator[tuple[str, str]]:
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
_maker: list[Maker] = []


def _begin(maker: Maker) -> None:
    _maker[:] = [maker]


def _make(groups: Sequence[Group]) -> list[Written]:
    return make(_maker[0], groups)
