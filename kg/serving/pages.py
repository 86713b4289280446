"""Pages and documents of a state: which path is what, in which form it comes, and what its headers say. A worker makes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, quote

import pyoxigraph as ox

from kg.pages import MEDIA_TYPES, Download, Site, SiteSettings
from kg.pages.editor import Asked, Fault, fault, read_results
from kg.pages.editor.page import SHOWN
from kg.pages.store import StoreGraph, usual_base
from kg.pages.writing import written
from kg.query import questions, read
from kg.serving.admission import follow
from kg.serving.description import service
from kg.serving.execute import GRAPHS, Query, execute
from kg.serving.messages import Answer, Problem
from kg.serving.negotiation import choose
from kg.serving.question import mentioned
from kg.serving.reconciliation import Reconciliation
from kg.serving.settings import Setup
from kg.serving.work import Page, State

_HTML = "text/html"
_JSON = "application/sparql-results+json"
_OFFERS = tuple(MEDIA_TYPES.values())
_SUFFIXES = {media: suffix for suffix, media in MEDIA_TYPES.items()}
# Nothing on a page comes from elsewhere, and nothing that a graph says is run.
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_LINKED = 4000  # bytes of a header `Link`
_VARY = "Accept, Accept-Encoding, Accept-Language"
_PART = re.compile(r"/sitemap-([0-9]{1,6})\.xml")
_ENGLISH = ("en",)


class Pages:
    """Answers requests for pages of one state; the site of an origin is kept, as its addresses are written into pages."""

    def __init__(self, store: ox.Store, prefixes: Mapping[str, str], state: State, setup: Setup) -> None:
        self.store, self.prefixes, self.state, self.setup = store, prefixes, state, setup
        self.graph = StoreGraph(store, prefixes)
        self._sites: dict[str, Site] = {}

    def answer(self, page: Page) -> Answer:
        """Return what a path asks for; an error as a page where the client likes pages."""
        site = self._site(page.origin)
        try:
            return self._answer(site, page)
        except Problem as problem:
            if choose(page.accept, ("application/problem+json", _HTML)) != _HTML:
                raise
            answer = _html(site.error_page(problem.status, problem.what, path=page.path))
            answer.status = problem.status
            answer.headers.update(problem.headers)
            return answer

    def _answer(self, site: Site, page: Page) -> Answer:
        path, params = page.path, _parameters(page.query)
        languages = _languages(params, page.languages)
        if path == "/" and (media := choose(page.accept, _OFFERS)) not in (None, _HTML) and site.kind(self._base):
            # The base can be a thing itself: people find the home page there, programs what is said of it.
            return Answer(303, {"location": site.addresses.document(self._base, _SUFFIXES[media]), "vary": _VARY})
        fixed = self._fixed(site, path, params, languages)
        if fixed is not None:
            return fixed
        if path == "/sparql":
            writable = self.setup.settings.writable
            return self._data(
                service(page.origin, self.store, writable=writable, merged=bool(self._manifest)), page.accept
            )
        if path == "/void.ttl":
            return self._data(site.dataset_description(), "text/turtle")
        if path == "/.well-known/void":
            return self._dataset(site, page, None)
        if path.startswith("/reconcile"):
            return Reconciliation(site, self.graph, page.origin).answer(path, params)
        return self._thing(site, page, params, languages)

    def _fixed(self, site: Site, path: str, params: dict[str, list[str]], languages: tuple[str, ...]) -> Answer | None:
        """Return a page of the site itself, or None where a path is none."""
        given = _first(params, "q")
        made: dict[str, Callable[[], Answer]] = {
            "/": lambda: _home(site.home(languages)),
            "/class": lambda: self._class(site, _first(params, "iri"), params, languages),
            "/map": lambda: _html(site.map(languages)),
            "/ontology": lambda: _html(site.ontology(languages)),
            "/query": lambda: self._query(site, params),
            "/query/terms.json": lambda: _json(site.query_terms()),
            "/robots.txt": lambda: _text(site.robots(), "text/plain; charset=utf-8"),
            "/search": lambda: _html(site.search(given, _number(_first(params, "page")), languages)),
            "/sitemap.xml": lambda: _text(site.sitemap(), "application/xml"),
            "/suggest": lambda: _text(site.suggestions(given, languages), "application/json"),
            "/timeline": lambda: _html(site.timeline(languages)),
        }
        if path in made:
            return made[path]()
        if path.startswith("/class/"):
            class_ = site.addresses.class_of(path.removeprefix("/class/"), dict(self.prefixes))
            return _html(site.class_page(class_, params, languages) if class_ else None)
        part = _PART.fullmatch(path)
        return _text(site.sitemap(int(part[1])), "application/xml") if part else None

    def _class(self, site: Site, iri: str, params: dict[str, list[str]], languages: tuple[str, ...]) -> Answer:
        return _html(site.class_page(iri, params, languages) if iri else site.classes(languages))

    def _query(self, site: Site, params: dict[str, list[str]]) -> Answer:
        """Return the query page; a reader without a script has the query run here, within the limits of any query."""
        text, name = _first(params, "query"), _first(params, "question")
        asked = Asked(text, name)
        if text and "run" in params:
            asked = self._ran(text)
        return _html(site.query(questions(), asked))

    def _ran(self, text: str) -> Asked:
        settings = self.setup.settings
        reading = read(text)
        try:
            follow("SERVICE", reading.services, settings.services)
            follow("LOAD", reading.loads, settings.loads)
        except Problem as problem:
            return Asked(text, results=Fault(problem.sentence))
        if reading.services:
            # The page is kept, and what is elsewhere may change.
            return Asked(text, results=Fault("SERVICE is followed at /sparql, not on this page"))
        rows = min(settings.rows or SHOWN, SHOWN)
        likes = f"{_JSON}, application/n-triples;q=0.9"
        query = Query(text, likes, mentioned=mentioned(reading), rows=rows, seconds=settings.seconds)
        media: list[str] = []
        parts: list[bytes] = []
        start = monotonic()
        try:
            outcome = execute(self.store, query, self.prefixes, media.append, parts.append)
            results = read_results(b"".join(parts), media[0])
        except Problem as problem:
            return Asked(text, results=fault(problem.sentence))
        why: Any = outcome.truncated
        return Asked(text, results=results, truncated=why, seconds=monotonic() - start)

    def _thing(self, site: Site, page: Page, params: dict[str, list[str]], languages: tuple[str, ...]) -> Answer:
        """Return the document about a thing, or the way to it."""
        asked = params.get("iri", []) if page.path.partition(".")[0] == "/resource" else []
        found = site.addresses.thing(f"{page.path}?iri={quote(asked[0], safe='')}" if len(asked) == 1 else page.path)
        kind = site.kind(found[0]) if found else None
        if kind is None and not asked:
            # An IRI that has no path of its own, such as one with a slash at its end, is found where it would be.
            plain = next(filter(site.kind, site.addresses.plain(page.path, page.query)), None)
            found, kind = ((plain, None), "thing") if plain else (found, kind)
        if found is None:
            raise Problem(404, "there is nothing at this address")
        iri, suffix = found
        if kind is None and iri == site.dataset:
            return self._dataset(site, page, suffix)
        if kind is None:
            raise Problem(404, "the graph says nothing about this address")
        if suffix is not None:
            return self._document(site, iri, suffix, params, languages)
        media = choose(page.accept, _OFFERS)
        if media is None:
            raise Problem(406, f"a thing is described as one of {', '.join(_OFFERS)}")
        chosen = _SUFFIXES[media]
        place = site.addresses.document(iri, chosen)
        if kind == "thing":
            if chosen == "html" and params.get("lang"):
                # The language that was asked for goes along.
                place += f"{'&' if '?' in place else '?'}lang={quote(params['lang'][0], safe='')}"
            # A thing is no document: what describes it is found elsewhere (303).
            return Answer(303, {"location": place, "vary": _VARY})
        answer = self._document(site, iri, chosen, params, languages)
        answer.headers["content-location"] = place
        return answer

    def _dataset(self, site: Site, page: Page, suffix: str | None) -> Answer:
        """Return the description of the data set; who likes nothing but pages is sent to the first of them."""
        data, html = choose(page.accept, tuple(GRAPHS)), choose(page.accept, _OFFERS)
        if suffix == "html" or (suffix is None and data is None and html == _HTML):
            return Answer(303, {"location": site.addresses.page(""), "vary": _VARY})
        return self._data(site.dataset_description(), MEDIA_TYPES[suffix] if suffix else page.accept)

    def _document(
        self, site: Site, iri: str, suffix: str, params: dict[str, list[str]], languages: tuple[str, ...]
    ) -> Answer:
        answer = (
            _html(site.entity(iri, languages, params))
            if suffix == "html"
            else self._data(site.description(iri), MEDIA_TYPES[suffix])
        )
        links: list[str] = []
        for link in map(str, site.links(iri)):
            if link.isascii() and sum(map(len, links)) + len(link) < _LINKED:
                links.append(link)
        answer.headers["link"] = ", ".join(links)
        return answer

    def _data(self, triples: list[ox.Triple], accept: str) -> Answer:
        """Return triples in the syntax that is liked most, always in the same order."""
        media = choose(accept, tuple(GRAPHS))
        if media is None:
            raise Problem(406, f"the data come as one of {', '.join(GRAPHS)}")
        body = written(triples, GRAPHS[media], self.prefixes)
        return Answer(
            200,
            {"content-type": f"{media}; charset=utf-8" if media.startswith("text/") else media, "vary": _VARY},
            body,
        )

    def _site(self, origin: str) -> Site:
        # A name of the server comes from a request; as many as there are do not fill the memory.
        if origin not in self._sites:
            if len(self._sites) > 3:
                self._sites.clear()
            self._sites[origin] = Site(self.graph, self._settings(origin))
        return self._sites[origin]

    def _settings(self, origin: str) -> SiteSettings:
        release = self._manifest
        downloads = tuple(
            Download(name, f"/release/{name}", media, (self.state.folder / name).stat().st_size)
            for name, media in (("graph.ttl", "text/turtle"), ("graph.nq.zst", "application/zstd"))
            if (self.state.folder / name).is_file()
        )
        return SiteSettings(
            title=self.setup.settings.title or (release and release["settings"].get("title")) or self.setup.title,
            license=release["settings"].get("license") if release else None,
            base=self._base,
            origin=origin,
            dataset=f"{release['settings']['base']}void" if release else None,
            downloads=downloads,
            prefixes=self.prefixes,
        )

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        path = self.state.folder / "manifest.json"
        return json.loads(path.read_text("utf-8")) if path.is_file() else {}

    @cached_property
    def _base(self) -> str:
        """What the IRIs start with that have a path here: as set, or scheme and host of the release's, or of most things."""
        if self.setup.settings.base:
            return self.setup.settings.base
        return usual_base(self.graph, str(self._manifest["settings"]["base"]) if self._manifest else None)


def _parameters(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, max_num_fields=100)
    except ValueError as error:
        raise Problem(400, "there are more than 100 parameters") from error


def _languages(params: Mapping[str, list[str]], accepted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages of a reader: that of the address first, English last."""
    return (*params.get("lang", [])[:1], *accepted, *_ENGLISH)


def _first(params: Mapping[str, list[str]], name: str) -> str:
    return params.get(name, [""])[0]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 1


def _html(page: str | None) -> Answer:
    if page is None:
        raise Problem(404, "there is nothing at this address")
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": _POLICY, "vary": _VARY}
    return Answer(200, headers, page.encode("utf-8", "replace"))


def _home(page: str) -> Answer:
    """Return the home page, which tells programs where the server is described (RFC 8631)."""
    answer = _html(page)
    answer.headers["link"] = '</openapi.json>; rel="service-desc"; type="application/json"'
    return answer


def _json(content: object) -> Answer:
    return Answer(
        200, {"content-type": "application/json"}, json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    )


def _text(text: str | None, media: str) -> Answer:
    if text is None:
        raise Problem(404, "there is nothing at this address")
    return Answer(200, {"content-type": media}, text.encode())
