"""All pages of a site about one graph, as HTML, and what goes with them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import pyoxigraph as ox
from markupsafe import Markup

from kg.pages import charts, classes, description, links, sitemap, terms
from kg.pages import thing as things
from kg.pages.addresses import Addresses, is_iri
from kg.pages.classes import ClassCount
from kg.pages.context import Context
from kg.pages.editor import Asked, Question, query_page
from kg.pages.editor import terms as query_terms
from kg.pages.graph import Graph, values, whole
from kg.pages.hashes import documents
from kg.pages.labels import Labels, Text
from kg.pages.links import LinkRelation
from kg.pages.listing import pages, parsed
from kg.pages.order import Orders
from kg.pages.releases import Letters, ReleaseShown
from kg.pages.render import part, render
from kg.pages.search import FOUND, Hit, Index
from kg.pages.settings import SiteSettings
from kg.pages.shape import Shape, mixed_units, shape
from kg.pages.values import Link
from kg.pages.vocabulary import Vocabulary, broader, defined, shipped
from kg.rdf.labels import local_name
from kg.rdf.namespaces import SCHEMA
from kg.settings import ONTOLOGY

Params: TypeAlias = Mapping[str, Sequence[str]]
_ENGLISH = ("en",)


class Site:
    """The pages of a graph; a page is None where the graph has nothing to show on it.

    It keeps nothing but what it has found out about the graph, which must not change: of another release make another site.
    """

    def __init__(self, graph: Graph, settings: SiteSettings | None = None, addresses: Addresses | None = None) -> None:
        self.settings = settings or SiteSettings()
        self.addresses = addresses or Addresses(self.settings.base, self.settings.root)
        self._graph = graph
        self._index = Index(graph)
        self._orders = Orders(graph)
        self._shapes: dict[str, Shape] = {}
        self._tops: dict[str, Markup] = {}

    # Pages

    def home(self, languages: Sequence[str] = _ENGLISH) -> str:
        """Return the home page: what the graph is about, and ways in."""
        counted = self._listed(languages)
        return self._page(
            "home.html",
            "home",
            title=self.settings.title,
            links=links.of_page(self._context, self.addresses.page("")),
            world=sorted((each for each in counted if not each.evidence), key=self._weight),
            machinery=[each for each in counted if each.evidence],
            triples=self._triples,
            graphs=self._graphs,
            island=self._dataset_island(),
        )

    def classes(self, languages: Sequence[str] = _ENGLISH) -> str:
        """Return the page of all classes."""
        counted = self._listed(languages)
        return self._page(
            "classes.html",
            "class",
            title="Browse by class",
            links=links.of_page(self._context, self.addresses.page("class")),
            world=[each for each in counted if not each.evidence],
            machinery=[each for each in counted if each.evidence],
        )

    def class_page(self, iri: str, params: Params, languages: Sequence[str] = _ENGLISH) -> str | None:
        """Return a page of the things of a class: `q` searches, `f` filters, `sort` sorts, `page` turns pages."""
        total = self._classes.get(iri)
        if total is None or not is_iri(iri):
            return None
        asked = parsed(params)
        table = classes.table(
            self._context, self._index, self._orders, iri, asked, total, languages, self._shape(iri), self._mixed
        )
        link = self._context.writer([iri], languages).term(iri)
        names = dict(self.settings.prefixes)
        path = self.addresses.class_page(iri, names)
        page = min(asked.page, table.last_page)

        def address(query: str) -> str:
            # A class whose name stands in the query keeps it there.
            return path + (query.replace("?", "&", 1).rstrip("&") if "?" in path else query)

        return self._page(
            "class.html",
            "class",
            title=_capital(link.label.text),
            links=links.of_page(
                self._context, self.addresses.class_page(iri, names, page) if self.addresses.static else path
            ),
            link=link,
            definition=self._context.definition(iri, languages),
            table=table,
            ask=asked,
            page=page,
            numbers=tuple(pages(page, table.last_page)),
            address=address,
            page_address=lambda number: (
                self.addresses.class_page(iri, names, number)
                if self.addresses.static
                else address(asked.query(page=number))
            ),
            iri_parameter=iri if "?" in path else None,
            sample=classes.FACETED,
        )

    def entity(self, iri: str, languages: Sequence[str] = _ENGLISH, params: Params | None = None) -> str | None:
        """Return the page of a thing, or of a document with all things of its hash IRIs; `in`, `of` and `page` show long lists in pages."""
        if not is_iri(iri):
            return None
        found = things.thing(self._context, iri, languages, params or {}, self._classes.get(iri, 0), broader())
        if found is not None:
            return self._page("entity.html", "", **found)
        parts = self._parts(iri)
        if any(part in self._vocabulary.terms for part in parts):
            return self._terms(local_name(iri), iri, parts, languages)
        if parts:
            return self._page("document.html", "", **things.document(self._context, iri, parts, languages))
        return self.entity(iri.partition("#")[0], languages) if iri in self._vocabulary.terms and "#" in iri else None

    def pages_of(self, iri: str) -> Iterator[tuple[str, str]]:
        """Yield the page of a thing or document, and those of its long lists, each with its address; nothing where there is none."""
        page = self.entity(iri)
        if page is not None:
            yield self.addresses.document(iri, "html"), page
            yield from self.lists_of(iri)

    def bundle(self, documents: Sequence[str], languages: Sequence[str] = _ENGLISH) -> str | None:
        """Return the page that things and documents share, each in a section of its own; None where there is none of them."""
        titles: list[str] = []
        sections: list[tuple[str, list[Markup]]] = []
        legend: dict[str, str] = {}
        for iri in documents:
            section = self.addresses.url(iri).partition("#")[2]
            shown = []
            for each in self._things(iri, languages):
                prefix = f"{section}#{each['said'].iri.partition('#')[2]}"
                shown.append(part("section.html", prefix=prefix, **each))
                titles.append(each["title"])
                legend |= dict(each["legend"])
            if shown:
                sections.append((section, shown))
        if not sections:
            return None
        return self._page(
            "bundle.html",
            "",
            title=titles[0] + (f" and {len(titles) - 1:,} more" if len(titles) > 1 else ""),
            count=len(titles),
            links=links.of_thing(self._context, documents[0]),
            forms=things.forms(self._context, documents[0]),
            sections=sections,
            legend=sorted(legend.items()),
        )

    def lists_of(self, iri: str) -> Iterator[tuple[str, str]]:
        """Yield the pages of the long lists of a thing, each with its address."""
        for key, prop, count in things.long_lists(self._context, iri):
            for number in range(1, -(-count // self.settings.list_size) + 1):
                listed = self.entity(iri, params={key: [prop], "page": [str(number)]})
                if listed is not None:
                    yield self.addresses.listing(iri, key, prop, number), listed

    def class_pages(self, iri: str) -> Iterator[tuple[str, str]]:
        """Yield all pages of a class, each with its address."""
        last = max(1, -(-self._classes.get(iri, 0) // self.settings.page_size))
        for number in range(1, last + 1):
            page = self.class_page(iri, {"page": [str(number)]})
            if page is not None:
                yield self.addresses.class_page(iri, dict(self.settings.prefixes), number), page

    def fixed_pages(self) -> Iterator[tuple[str, str]]:
        """Yield the pages and files of a static site of which there is one each, by their names; the home page is the last."""
        yield "404.html", self.not_found()
        for name, made in (("map", self.map()), ("timeline", self.timeline())):
            if made is not None:
                yield f"{name}.html", made
        yield "ontology.html", self.ontology()
        yield "class.html", self.classes()
        for number in range(1, self.sitemap_parts() + 1):
            yield f"sitemap-{number}.xml", self.sitemap(number) or ""
        yield "sitemap.xml", self.sitemap() or ""
        yield "robots.txt", self.robots()
        yield "index.html", self.home()

    def ontology(self, languages: Sequence[str] = _ENGLISH) -> str:
        """Return the documentation of the terms that the graph uses, or defines."""
        return self._terms("Terms", None, tuple(self._vocabulary.terms), languages)

    def search(self, q: str, page: int = 1, languages: Sequence[str] = _ENGLISH) -> str:
        """Return a page of the things whose names hold all words of a text, or longer ones."""
        size = self.settings.page_size
        asked = " ".join(q[:200].split())
        hits, count = self._index.search(asked, size, (max(1, page) - 1) * size)
        last = max(1, -(-count // size))
        path = self.addresses.page("search")
        return self._page(
            "search.html",
            "search",
            title=f"Search: {asked}" if asked else "Search",
            letters=(),
            links=links.of_page(self._context, path),
            asked=asked,
            hits=self._shown(hits, languages),
            count=count,
            more=count >= FOUND,
            start=(max(1, page) - 1) * size + 1,
            page=page,
            numbers=tuple(pages(min(page, last), last)),
            page_address=lambda number: f"{path}?q={quote(asked, safe='')}&page={number}",
        )

    def names(self, letters: Sequence[Letters]) -> str:
        """Return the search page of a static site, with the pages of all names from A to Z."""
        return self._page(
            "search.html",
            "search",
            title="Search",
            links=links.of_page(self._context, self.addresses.page("search")),
            asked="",
            letters=letters,
        )

    def names_page(self, names: Sequence[Link], number: int, letters: Sequence[Letters]) -> str:
        """Return one of the pages of all names, from 1 on."""
        here = letters[number - 1]
        return self._page(
            "names.html",
            "search",
            title=here.first if here.first == here.last else f"{here.first} – {here.last}",
            links=links.of_page(self._context, here.href),
            names=names,
            page=number,
            numbers=tuple(pages(number, len(letters))),
            page_address=lambda number: letters[number - 1].href,
        )

    def releases(self, found: Sequence[ReleaseShown]) -> str:
        """Return the page of all releases, the newest first."""
        page = links.of_page(self._context, self.addresses.page("release"))
        return self._page("releases.html", "release", title="Releases", links=page, releases=found)

    def release(self, shown: ReleaseShown, previous: ReleaseShown | None) -> str:
        """Return the page of one release, with its files."""
        return self._page(
            "release.html",
            "",
            title=f"Release {shown.version}",
            links=links.of_page(self._context, shown.href),
            release=shown,
            previous=previous,
            forms=shown.forms,
            files=shown.files,
        )

    def changes(self, shown: ReleaseShown, previous: str, told: Markup) -> str:
        """Return the page of what changed from one release to the next."""
        return self._page(
            "changes.html",
            "",
            title=f"What changed in {shown.version}",
            links=links.of_page(self._context, shown.changes or ""),
            release=shown,
            previous=previous,
            told=told,
        )

    def map(self, languages: Sequence[str] = _ENGLISH) -> str | None:
        """Return the map of facilities."""
        return self._chart("map", "Where", "Facilities by the country that their source states.", languages)

    def timeline(self, languages: Sequence[str] = _ENGLISH) -> str | None:
        """Return training compute against time."""
        lead = "Training compute of models by the year that their source states. A model stands once for each method that its facts allow."
        return self._chart("timeline", "Compute over time", lead, languages)

    def query(self, questions: Sequence[Question] = (), asked: Asked | None = None) -> str:
        """Return the query page, with the named questions, and with results where a query was run for a reader without a script."""
        return query_page(self._context, self._page, questions, asked)

    def query_terms(self) -> dict[str, object]:
        """Return the prefixes, classes and properties that the query page completes, for JSON."""
        return query_terms(self._graph, self.settings.prefixes, self._vocabulary)

    def not_found(self, path: str = "") -> str:
        """Return the page for an address that nothing is at."""
        return self.error_page(404, "There is nothing here", "The graph says nothing about this address.", path)

    def error_page(self, status: int, title: str, detail: str = "", path: str = "") -> str:
        """Return the page for an error."""
        return self._page("message.html", "", title=title, links=(), status=status, detail=detail, path=path[:2000])

    # What goes with the pages

    def kind(self, iri: str) -> Literal["thing", "document"] | None:
        """Say whether an IRI is that of a thing (its address answers 303), of a document of hash IRIs (200), or of neither."""
        if not is_iri(iri):
            return None
        this = ox.NamedNode(iri)
        known = (
            self._graph.select("SELECT ?p ?s WHERE { ?s ?p ?o } LIMIT 1", {"s": this})
            or self._graph.select("SELECT ?p ?s WHERE { ?x ?p ?s } LIMIT 1", {"s": this})
            or self._graph.select("SELECT ?p ?s WHERE { GRAPH ?s { ?x ?p ?o } } LIMIT 1", {"s": this})
        )
        if known:
            return "thing"
        return "document" if self._parts(iri) else "thing" if iri in self._vocabulary.terms else None

    def links(self, iri: str) -> tuple[LinkRelation, ...]:
        """Return the link relations of the page of a thing, for the header `Link`."""
        rows = self._graph.select("SELECT ?c ?s WHERE { ?s a ?c } LIMIT 20", {"s": ox.NamedNode(iri)})
        types = sorted(row[0].value for row in rows if isinstance(row[0], ox.NamedNode))
        return links.of_thing(self._context, iri, tuple(types))

    def description(self, iri: str) -> list[ox.Triple]:
        """Return the triples that describe a thing, or all things of a document, and the document itself; none for what the graph does not know."""
        if not is_iri(iri):
            return []
        parts = [part for part in self._parts(iri) if part != iri]
        found = description.description(self._context, iri, parts)
        if not found and (terms_ := [part for part in parts if part in self._vocabulary.terms]):
            found = self._vocabulary.triples(terms_)
        return found + description.metadata(self._context, iri) if found else []

    def dataset_description(self) -> list[ox.Triple]:
        """Return the description of the data set as a whole."""
        return description.dataset(self._context, self._classes, self._triples)

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, tuple[str, ...], float]]:
        """Return things whose names begin with a text or hold its words: IRI, name, classes, and a score from 0 to 100."""
        hits, _ = self._index.search(prefix, min(limit, 100))
        types = self._types([hit.iri for hit in hits])
        return [(hit.iri, hit.name, types.get(hit.iri, ()), hit.score) for hit in hits]

    def suggestions(self, prefix: str, languages: Sequence[str] = _ENGLISH) -> str:
        """Return what the search fields of the pages ask for while somebody types, as JSON: label, href and types of each thing."""
        shown = self._shown(self._index.search(prefix, 8)[0], languages)
        found = [
            {
                "label": each["other"] or each["link"].label.text,
                "href": each["link"].href,
                "types": [name.text for name in each["types"]],
            }
            for each in shown
        ]
        return json.dumps(found, ensure_ascii=False)

    def sitemap(self, part: int | None = None) -> str | None:
        """Return the index of the sitemap, or one of its parts from 1 on; None where there is no such part."""
        if part is None:
            return sitemap.index(self._context, self._addresses_of_pages)
        return sitemap.part(self._context, self._addresses_of_pages, part)

    def robots(self) -> str:
        """Return robots.txt."""
        return sitemap.robots(self._context)

    def sitemap_parts(self) -> int:
        """Return the number of the parts of the sitemap."""
        return -(-len(self._addresses_of_pages) // sitemap.PART)

    def terms(self) -> tuple[str, ...]:
        """Return the IRIs of the classes and properties that are documented."""
        return tuple(self._vocabulary.terms)

    def term(self, iri: str) -> Text:
        """Return what a class or property is called."""
        return self._context.writer([iri], _ENGLISH).term(iri).label

    def class_names(self) -> tuple[str, ...]:
        """Return the IRIs of the classes that have a page."""
        return tuple(sorted(filter(is_iri, self._classes)))

    def hash_documents(self) -> tuple[str, ...]:
        """Return the IRIs of the documents of hash IRIs that are no things themselves."""
        of_terms = (name.partition("#")[0] for name in self._vocabulary.terms if "#" in name)
        return tuple(each for each in sorted({*self._documents, *of_terms}) if self.kind(each) == "document")

    def absolute(self, href: str) -> str:
        """Return an address of the site with scheme and host."""
        return self._context.absolute(href)

    # Parts of these

    def _page(self, template: str, here: str, **values_: Any) -> str:
        asked = str(values_.get("asked", ""))
        if not asked and here not in self._tops:
            self._tops[here] = self._top(here, "")
        top = self._top(here, asked) if asked else self._tops[here]
        return render(template, site=self._frame, at=self.addresses.page, top=top, **values_)

    def _top(self, here: str, asked: str) -> Markup:
        """Return what stands above each page; `here` is the page of the site that it is."""
        return part("top.html", site=self._about, at=self.addresses.page, here=here, asked=asked)

    def _things(self, iri: str, languages: Sequence[str]) -> list[dict[str, Any]]:
        """Return what templates need of a thing, or of all things of a document that is none."""
        for chosen in ((iri,), self._parts(iri)):
            found = [
                things.thing(self._context, each, languages, {}, self._classes.get(each, 0), {})
                for each in chosen
                if is_iri(each)
            ]
            told = [each for each in found if each is not None]
            if told:
                return told
        return []

    def _terms(self, title: str, iri: str | None, chosen: Sequence[str], languages: Sequence[str]) -> str:
        found = [self._vocabulary.terms[name] for name in chosen if name in self._vocabulary.terms]
        uses = self._properties | self._classes
        shown, properties = terms.documented(self._context, found, uses, languages)
        page = (
            links.of_thing(self._context, iri) if iri else links.of_page(self._context, self.addresses.page("ontology"))
        )
        return self._page(
            "ontology.html",
            "" if iri else "ontology",
            title=title,
            iri=iri,
            links=page,
            forms=things.forms(self._context, iri) if iri else (),
            classes=shown,
            properties=properties,
        )

    def _chart(self, name: str, title: str, lead: str, languages: Sequence[str]) -> str | None:
        chart = (charts.facilities if name == "map" else charts.compute)(self._context, languages)
        if chart is None:
            return None
        return self._page(
            "picture.html",
            name,
            title=title,
            links=links.of_page(self._context, self.addresses.page(name)),
            lead=lead,
            picture=chart.picture,
            heads=chart.heads,
            rows=chart.rows,
        )

    def _shown(self, hits: Sequence[Hit], languages: Sequence[str]) -> list[dict[str, Any]]:
        types = self._types([hit.iri for hit in hits])
        write = self._context.writer(
            {hit.iri for hit in hits} | {name for found in types.values() for name in found}, languages
        )
        shown = []
        for hit in hits:
            link = write.link(hit.iri)
            here = Link(link.label, hit.iri, self.addresses.url(hit.iri))
            other = hit.name if hit.name != link.label.text else ""
            shown.append(
                {"link": here, "other": other, "types": [write.term(name).label for name in types.get(hit.iri, ())]}
            )
        return shown

    def _types(self, iris: Sequence[str]) -> dict[str, tuple[str, ...]]:
        data = values(iris)
        rows = self._graph.select(f"SELECT ?s ?c WHERE {{ VALUES ?s {{ {data} }} ?s a ?c }} LIMIT 2000") if data else []
        found: dict[str, tuple[str, ...]] = {}
        for thing, class_ in rows:
            if isinstance(thing, ox.NamedNode) and isinstance(class_, ox.NamedNode):
                found[thing.value] = tuple(sorted((*found.get(thing.value, ()), class_.value)))
        return found

    def _listed(self, languages: Sequence[str]) -> tuple[ClassCount, ...]:
        return classes.listed(self._context, self._classes, languages)

    def _weight(self, each: ClassCount) -> tuple[int, int, str]:
        """Rank a class: what more can be said of comes first, and of equals what there is more of."""
        carried = sum(each.link.iri in term.classes for term in self._vocabulary.of_kind("property"))
        return -carried, -each.count, each.link.iri

    def _shape(self, class_: str) -> Shape:
        if class_ not in self._shapes:
            self._shapes[class_] = shape(self._context, class_, self._mixed)
        return self._shapes[class_]

    def _parts(self, iri: str) -> tuple[str, ...]:
        """Return the things of the hash IRIs of a document, those of the vocabulary among them."""
        if "#" in iri:
            return ()
        own = (name for name in self._vocabulary.terms if name.startswith(iri + "#"))
        return tuple(sorted({*self._documents.get(iri, ()), *own}))

    def _dataset_island(self) -> dict[str, Any]:
        about: dict[str, Any] = {
            "@context": SCHEMA,
            "@type": "Dataset",
            "name": self.settings.title,
            "url": self._context.absolute(self.addresses.page("")),
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": file.name,
                    "encodingFormat": file.media_type,
                    "contentUrl": self._context.absolute(file.href),
                }
                for file in self.settings.downloads
            ],
        }
        more = {
            "@id": self.settings.dataset,
            "description": self.settings.description,
            "license": self.settings.license,
        }
        return about | {key: value for key, value in more.items() if value}

    # What was found out about the graph

    @cached_property
    def _context(self) -> Context:
        return Context(
            self._graph, self.settings, self.addresses, Labels(self._graph, self._vocabulary.labels()), self._vocabulary
        )

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """The terms that the graph defines, and ours if it uses them."""
        ours = any(name.startswith(ONTOLOGY) for name in (*self._classes, *self._properties))
        return shipped() | defined(self._graph) if ours else defined(self._graph)

    @cached_property
    def _classes(self) -> dict[str, int]:
        return classes.counts(self._graph)

    @cached_property
    def _properties(self) -> dict[str, int]:
        rows = self._graph.select("SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY ?p LIMIT 10000")
        return {row[0].value: whole(row[1]) for row in rows if isinstance(row[0], ox.NamedNode)}

    @cached_property
    def _mixed(self) -> frozenset[str]:
        return mixed_units(self._context)

    @cached_property
    def _triples(self) -> int:
        return sum(self._properties.values())

    @cached_property
    def _graphs(self) -> int:
        rows = self._graph.select("SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
        return whole(rows[0][0]) if rows else 0

    @cached_property
    def _documents(self) -> Mapping[str, tuple[str, ...]]:
        return documents(self._graph)

    @cached_property
    def _addresses_of_pages(self) -> tuple[str, ...]:
        return sitemap.addresses(self._context, self._classes)

    @cached_property
    def _about(self) -> dict[str, Any]:
        """What every page says of the site."""
        return {
            "title": self.settings.title,
            "description": self.settings.description,
            "license": self.settings.license,
            "downloads": self.settings.downloads,
            "without": self._without,
            "static": self.addresses.static,
            "suggest": self._suggest,
        }

    @cached_property
    def _frame(self) -> dict[str, Any]:
        """The same, with what stands below each page."""
        return self._about | {"foot": part("foot.html", site=self._about, at=self.addresses.page)}

    @cached_property
    def _suggest(self) -> Markup:
        """The attributes of a field that suggests names: where to ask for them, or the index and what looks into it."""
        page = self.addresses.page
        if self.addresses.static:
            return Markup('data-index="{}" data-finder="{}"').format(page("search/"), page("static/finder.js"))
        return Markup('data-suggest="{}"').format(page("suggest"))

    @cached_property
    def _without(self) -> frozenset[str]:
        """The pages that the graph has nothing for."""
        none = {"map": charts.facilities, "timeline": charts.compute}
        found = frozenset(name for name, chart in none.items() if chart(self._context, _ENGLISH) is None)
        return found | {"query"} if self.addresses.static else found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
