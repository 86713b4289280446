"""Writes the documents of things, many at a time, in as many processes as are wanted: a page, and the same as Turtle and JSON-LD."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.pages import MEDIA_TYPES, Site, SiteSettings, StaticAddresses
from kg.pages.store import StoreGraph
from kg.pages.writing import written
from kg.publishing.tree import Tree, Written

# So many documents are made, and written, in one go.
_BATCH = 250
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


def make_all(maker: Maker, documents: Sequence[str], jobs: int, tell: Callable[[int], None]) -> Iterator[Written]:
    """Write all documents; yield their files in order."""
    batches = [documents[start : start + _BATCH] for start in range(0, len(documents), _BATCH)]
    if jobs <= 1 or len(batches) <= 1:
        for batch in batches:
            yield from make(maker, batch)
            tell(len(batch))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(batches)), context, _begin, (maker,)) as pool:
        try:
            for batch, files in zip(batches, pool.map(_make, batches), strict=True):
                yield from files
                tell(len(batch))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def make(maker: Maker, documents: Iterable[str]) -> list[Written]:
    """Write some documents."""
    site, names = maker.site(), maker.settings.prefixes
    contents: list[tuple[str, bytes]] = []
    for document in documents:
        pages = list(site.pages_of(document))
        if not pages:
            continue
        contents += [(maker.addresses.file(address), page.encode("utf-8", "replace")) for address, page in pages]
        triples = site.description(document)
        contents += [
            (maker.addresses.file(maker.addresses.document(document, suffix)), written(triples, syntax, names))
            for suffix, syntax in _SYNTAXES.items()
        ]
    return maker.tree().write(contents)


assert _SYNTAXES.keys() <= MEDIA_TYPES.keys()  # noqa: S101 - each form has a media type
_maker: list[Maker] = []


def _begin(maker: Maker) -> None:
    _maker[:] = [maker]


def _make(documents: Sequence[str]) -> list[Written]:
    return make(_maker[0], documents)
