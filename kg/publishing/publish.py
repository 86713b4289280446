"""Puts a static site together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import chain, takewhile
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

import pyoxigraph as ox

from kg.errors import PublishError
from kg.pages import Download, Overview, SiteSettings, StaticSite
from kg.pages.assets import assets
from kg.pages.store import StoreGraph, usual_base
from kg.pages.writing import written
from kg.publishing import names, redirects, releases
from kg.publishing.again import Record, compared, standing
from kg.publishing.documents import Maker, are_many, classes, processes, things, working
from kg.publishing.plan import Plan, of_hashes, planned
from kg.publishing.releases import File, Published
from kg.publishing.settings import PublishSettings, checked
from kg.publishing.source import Source, opened
from kg.publishing.tree import Manifest, Prepared, Tree, Written, changing, finish, is_empty, is_whole
from kg.rdf.namespaces import DCAT, VOID
from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE
from kg.store import open_store
from kg.version import __version__

# A static page may be longer than one that is made for each request.
_PER_PAGE, _PER_LIST = 250, 500
# A picture takes as long as all else on a page, and a large site does without.
_PICTURED = 20_000
# So many things of names that no file can have get rules of their own.
_MOST_RULES = 1000
Progress: TypeAlias = Callable[[str, int, int], None]
_GRAPH = "graph.nq.zst"
_DUMPS = {_GRAPH: "application/zstd", "graph.ttl": "text/turtle"}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: how many documents and files the site has, how many files were written and removed, and the version that it shows."""

    documents: int
    files: int
    written: int
    removed: int
    version: str


def publish(target: str, folder: Path, settings: PublishSettings, tell: Progress) -> Summary:
    """Write the site of a release or a file of RDF to a folder; `tell` hears which step runs, how much of it is done, and how much there is.

    PublishError where the settings cannot be used, something of another stands in the way, or the folder cannot be written.
    """
    settings = checked(settings)
    if (folder / "graph.nq.zst").is_file() and (folder / "manifest.json").is_file():
        raise PublishError(
            "KG651", "this is a release, not a site", where=str(folder), advice="publish into another directory"
        )
    with opened(target) as source, changing(folder) as before:
        run = _Run(source, folder, settings, before)
        return run.unchanged() or run.all(tell)


class _Run:
    """One run: what it reads, where it writes, and what it has written."""

    def __init__(self, source: Source, folder: Path, settings: PublishSettings, before: Manifest) -> None:
        self.source, self.folder, self.settings, self.before = source, folder, settings, before
        self.fresh = is_empty(folder)
        self.tree = Tree(folder, fresh=self.fresh)
        self.files: dict[str, Written] = {}
        self.releases = releases.known(before.about)
        self.version = releases.version_of(source.sha256, settings.version, self.releases)

    def inputs(self) -> str:
        """Return a digest of all that the site is made of, but for what is in the folder already."""
        told: dict[str, Any] = asdict(self.settings) | {"jobs": None, "previous": str(self.settings.previous)}
        told |= {"kg": __version__, "graph": self.source.sha256, "version": self.version}
        told |= {"name": self.source.name, "license of the graph": self.source.license}
        told["assets"] = {name: hashlib.sha256(content).hexdigest() for name, content in assets().items()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def unchanged(self) -> Summary | None:
        """Return what there is where nothing is to be done: the same was published here last, and all of it is still there."""
        about = self.before.about
        if about.get("inputs") != self.inputs() or not is_whole(self.folder, self.before):
            return None
        return Summary(about["documents"], len(self.before.files), 0, 0, self.version)

    def all(self, tell: Progress) -> Summary:
        """Write everything that is not as it should be."""
        with processes(self.settings.jobs if are_many(self.source.con) else 1) as pool:
            return self.everything(pool, tell)

    def everything(self, pool: ProcessPoolExecutor | None, tell: Progress) -> Summary:
        """Write everything that is not as it should be, documents in other processes if there are some."""
        changes = compared(self.source.con, self.folder, self.before)
        # Dumps come first and the ways in last: whatever a page leads to is there before the page.
        release = self.dumps()
        known = [each for each in self.releases if each.version != self.version]
        self.releases = [*known, release]
        graph = StoreGraph(open_store(self.source.store), prefixes(self.source.base or DEFAULT_BASE))
        site_settings = self.site_settings(usual_base(graph, self.source.base), release)
        overview = Overview(graph, of_hashes(self.source.con))
        terms = tuple(overview.vocabulary.terms)
        plan = planned(self.source.con, site_settings.base, site_settings.root, terms, self.settings.files)
        site_settings = replace(site_settings, pictures=plan.documents <= _PICTURED and plan.addresses.alone is None)
        # What this process remembers of addresses it fills while the others are told of them.
        addresses = replace(plan.addresses, stems={})
        maker = Maker(self.source.store, self.folder, site_settings, addresses, overview, self.fresh)
        site = StaticSite(graph, site_settings, plan.addresses, overview)
        surroundings = hashlib.sha256(f"{__version__}{plan.layout()}{site.surroundings()}".encode()).hexdigest()
        if surroundings != self.before.about.get("surroundings"):
            changes = None
        with self.beside(chain(self.changelog(site, release), self.site_files(site, plan))) as prepared:
            seen = self.documents(pool, maker, plan, site, changes, tell)
            self.add(self.tree.put(prepared()))
        about = {
            "kg": __version__,
            "inputs": self.inputs(),
            "surroundings": surroundings,
            "seen": seen,
            "documents": plan.documents,
            "current": self.version,
            "releases": releases.told(self.releases),
        }
        removed = finish(self.folder, self.before, self.files, about)
        changed = sum(each.changed for each in self.files.values())
        return Summary(plan.documents, len(self.files), changed, removed, self.version)

    def documents(
        self,
        pool: ProcessPoolExecutor | None,
        maker: Maker,
        plan: Plan,
        site: StaticSite,
        changes: set[str] | None,
        tell: Progress,
    ) -> str:
        """Write the documents that the changes of the graph touch, all where these are not known, and the pages of classes; return the digest of the record of them."""
        record = Record(self.folder)
        waiting = {plan.addresses.place(group[0]): group for group in plan.groups}
        for made in standing(self.folder, self.before, changes) if changes is not None else ():
            if changes is not None and made.place in waiting and changes.isdisjoint(waiting[made.place]):
                del waiting[made.place]
                self.add(made.files)
                record.add(made)
        done = plan.documents - sum(map(len, waiting.values()))

        def count(more: int) -> None:
            nonlocal done
            done += more
            tell("things", done, plan.documents)

        count(0)
        with working(pool, maker, count) as do:
            for made in do(things(waiting.values())):
                self.add(made.files)
                record.add(made)
            tell("lists", 0, 0)
            for made in do(classes(site)):
                self.add(made.files)
        return record.put()

    def add(self, files: Iterable[Written]) -> None:
        """Remember what was written."""
        for each in files:
            self.files[each.name] = each

    @contextmanager
    def beside(self, contents: Iterable[tuple[str, bytes]]) -> Iterator[Callable[[], list[Prepared]]]:
        """Write files aside while something else is done; yield what waits for them."""
        stopped = Event()
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(self.tree.prepare, takewhile(lambda _: not stopped.is_set(), contents))
            try:
                yield found.result
            except BaseException:
                stopped.set()
                self.source.con.interrupt()
                raise

    def dumps(self) -> Published:
        """Write the files of this release, and keep those of older ones."""
        place = f"release/{self.version}"
        self.add(
            each
            for name, each in self.before.files.items()
            if name.startswith("release/") and name.count("/") > 1 and not name.startswith(f"{place}/")
        )
        copied = [self.tree.copy(path, f"{place}/{path.name}") for path in self.source.files]
        self.add(copied)
        count = self.source.con.execute("SELECT count(*) FROM (SELECT DISTINCT s, p, o FROM quads)").fetchone()
        known = next((each for each in self.releases if each.version == self.version), None)
        current = self.before.about.get("current")
        previous = known.previous if known else current if current != self.version else None
        changes = self.changes(previous)
        files = tuple(
            File(path.name, each.size, each.sha256) for path, each in zip(self.source.files, copied, strict=True)
        )
        return Published(
            self.version, self.source.sha256, count[0] if count else 0, files, previous, changes is not None
        )

    def changes(self, previous: str | None) -> Path | None:
        """Return the graph of the release before this one; None where there is none to compare with."""
        given = self.settings.previous
        if given is not None:
            return given / _GRAPH if given.is_dir() else given
        kept = self.folder / "release" / previous / _GRAPH if previous else None
        return kept if kept is not None and kept.is_file() else None

    def changelog(self, site: StaticSite, release: Published) -> Iterator[tuple[str, bytes]]:
        """Yield the page of what changed since the release before."""
        old = self.changes(release.previous)
        if old is not None:
            from kg.diffing import changelog_html, compare

            graph = next(path for path in self.source.files if path.name == _GRAPH)
            found = changelog_html(compare(old, graph, dict(site.settings.prefixes)), level=2)
            page = site.changes(releases.shown(site, release), release.previous or "", found)
            yield f"{release.folder()}/changes.html", page.encode("utf-8", "replace")

    def site_settings(self, base: str, release: Published) -> SiteSettings:
        """Return the settings of the pages."""
        settings = self.settings
        base = settings.base or base
        downloads = tuple(
            Download(file.name, f"{settings.root}release/{self.version}/{file.name}", _DUMPS[file.name], file.size)
            for file in release.files
            if file.name in _DUMPS
        )
        return SiteSettings(
            title=settings.title or self.source.name,
            description=settings.description,
            license=settings.license or self.source.license,
            base=base,
            root=settings.root,
            origin=settings.origin,
            dataset=f"{self.source.base or base}void",
            downloads=downloads,
            prefixes=prefixes(self.source.base or DEFAULT_BASE),
            page_size=_PER_PAGE,
            list_size=_PER_LIST,
        )

    def site_files(self, site: StaticSite, plan: Plan) -> Iterator[tuple[str, bytes]]:
        """Yield the files that are about no one thing."""
        file = plan.addresses.file
        for name, content in assets().items():
            # A static site has no query page.
            if not name.startswith("editor"):
                yield f"static/{name}", content
        names.gathered(self.source.con, plan.addresses)
        yield from names.index(self.source.con, site)
        for address, page in names.pages(self.source.con, site):
            yield file(address), page.encode("utf-8", "replace")
        dataset = site.settings.dataset or ""
        yield from releases.pages(site, self.releases, dataset)
        description = [*site.dataset_description(), *releases.of_dataset(site, self.releases, self.version, dataset)]
        used = {**site.settings.prefixes, "void": VOID, "dcat": DCAT}
        yield "void.ttl", written(description, ox.RdfFormat.TURTLE, used)
        yield "void.jsonld", written(description, ox.RdfFormat.JSON_LD, used)
        yield from redirects.files(self.rules(site, plan))
        for name, text in site.fixed_pages():
            yield name, text.encode("utf-8", "replace")
        yield ".nojekyll", b""

    def rules(self, site: StaticSite, plan: Plan) -> redirects.Rules:
        """Return what rules of web servers have to know."""
        base, addresses = site.settings.base, plan.addresses
        shared = [each[len(base) :] for each in plan.bundled if each.startswith(base)]
        only = [
            path
            for each in site.hash_documents()
            if not addresses.bundle(each) and (path := addresses.natural(each)) is not None
        ]
        dataset = site.settings.dataset or ""
        return redirects.Rules(
            addresses,
            self.settings.url,
            tuple(sorted(only))[:_MOST_RULES],
            tuple(sorted(plan.moved))[:_MOST_RULES],
            dataset.removeprefix(base) if dataset.startswith(base) else None,
            tuple(sorted(shared)) if len(shared) <= _MOST_RULES else None,
        )
