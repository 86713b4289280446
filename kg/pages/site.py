"""All pages of a site about one graph, as HTML, and what goes with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import pyoxigraph as ox

from kg.pages import charts, classes, description, finding, links, sitemap, terms
from kg.pages import thing as things
from kg.pages.addresses import Addresses, is_iri
from kg.pages.classes import ClassCount
from kg.pages.context import Context
from kg.pages.editor import Asked, Question, query_page
from kg.pages.editor import terms as query_terms
from kg.pages.frame import Frame
from kg.pages.graph import ANYTHING, Graph
from kg.pages.labels import Labels
from kg.pages.links import LinkRelation
from kg.pages.listing import pages, parsed
from kg.pages.mentions import Mentions
from kg.pages.order import Orders
from kg.pages.overview import Overview
from kg.pages.preview import preview
from kg.pages.render import part, render
from kg.pages.search import FOUND, Index
from kg.pages.settings import SiteSettings
from kg.pages.shape import Shape, shape
from kg.pages.vocabulary import broader
from kg.rdf.labels import local_name
from kg.rdf.namespaces import OA

Params: TypeAlias = Mapping[str, Sequence[str]]
_ENGLISH = ("en",)


class Site:
    """The pages of a graph; a page is None where the graph has nothing to show on it.

    It keeps nothing but what it has found out about the graph, which must not change: of another release make another site. An `overview` that is given
    is not found out again.
    """

    def __init__(
        self,
        graph: Graph,
        settings: SiteSettings | None = None,
        addresses: Addresses | None = None,
        overview: Overview | None = None,
    ) -> None:
        self.settings = settings or SiteSettings()
        self.addresses = addresses or Addresses(self.settings.base, self.settings.root)
        self._graph = graph
        self._overview = overview or Overview(graph)
        self._mentions = Mentions(graph, self._overview, static=self.addresses.static)
        self._index = Index(graph)
        self._orders = Orders(graph)
        self._shapes: dict[str, Shape] = {}

    # Pages

    def home(self, languages: Sequence[str] = _ENGLISH) -> str:
        """Return the home page: what the graph is about, and ways in."""
        counted = self._listed(languages)
        base = "" if self.addresses.static else self.settings.base
        return self._frame.page(
            "home.html",
            "home",
            title=self.settings.title,
            links=links.of_page(self._context, self.addresses.page("")),
            world=sorted((each for each in counted if not each.evidence), key=self._weight),
            machinery=[each for each in counted if each.evidence],
            triples=self._overview.triples,
            graphs=self._overview.graphs,
            ours=self._overview.ours,
            base=self._context.writer([base], languages).link(base) if base and self.kind(base) else None,
            island=description.dataset_island(self._context),
        )

    def classes(self, languages: Sequence[str] = _ENGLISH) -> str:
        """Return the page of all classes."""
        counted = self._listed(languages)
        return self._frame.page(
            "classes.html",
            "class",
            title="Browse by class",
            links=links.of_page(self._context, self.addresses.page("class")),
            world=[each for each in counted if not each.evidence],
            machinery=[each for each in counted if each.evidence],
        )

    def class_page(
        self, iri: str, params: Params, languages: Sequence[str] = _ENGLISH, things: Sequence[str] | None = None
    ) -> str | None:
        """Return a page of the things of a class: `q` searches, `f` filters, `sort` sorts, `page` turns pages; `things` are those on it, if they are known."""
        total = self._overview.classes.get(iri)
        if total is None or not is_iri(iri):
            return None
        asked = parsed(params)
        table = classes.table(
            self._context,
            self._index,
            self._orders,
            iri,
            asked,
            total,
            languages,
            self._shape(iri),
            self._overview.mixed,
            things,
        )
        link = self._context.writer([iri], languages).term(iri)
        names = dict(self.settings.prefixes)
        path = self.addresses.class_page(iri, names)
        page = min(asked.page, table.last_page)

        def address(query: str) -> str:
            # A class whose name stands in the query keeps it there.
            return path + (query.replace("?", "&", 1).rstrip("&") if "?" in path else query)

        return self._frame.page(
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
        found = things.thing(self._context, iri, languages, params or {}, self._overview.classes.get(iri, 0), broader())
        parts = self._mentions.parts(iri)
        if found is not None:
            # A place in a text is marked in the text.
            others = [each for each in parts if OA + "start" not in self._graph.node(each)]
            if others and not found["list"]:
                found["within"] = part("within.html", **self._words(others, languages))
            return self._frame.thing(found)
        known = self._mentions.terms
        if any(each in known for each in parts):
            return self._terms(local_name(iri), iri, parts, languages)
        if parts:
            return self._frame.page("document.html", "", **things.document(self._context, iri, parts, languages))
        if pointed := self._mentions.values(iri):
            return self._frame.page("document.html", "", **things.document(self._context, iri, pointed, languages))
        if iri not in known:
            return None
        return (
            self.entity(iri.partition("#")[0], languages)
            if "#" in iri
            else self._terms(local_name(iri), iri, (iri,), languages)
        )

    def preview(self, iri: str, languages: Sequence[str] = _ENGLISH, *, bare: bool = False) -> str | None:
        """Return a small page about a thing that other programs may frame; its content alone where it is to be `bare`."""
        found = preview(self._context, iri, languages) if is_iri(iri) else None
        if found is None:
            return None
        card = part("card.html", heading="strong" if bare else "h1", **found)
        return str(card) if bare else render("preview.html", name=found["name"], card=card, at=self.addresses.page)

    def ontology(self, languages: Sequence[str] = _ENGLISH) -> str:
        """Return the documentation of the terms that the graph uses, or defines."""
        ours = (iri for iri in self._mentions.used if iri.startswith(self.settings.base))
        return self._terms("Terms", None, (*self._overview.vocabulary.terms, *ours), languages)

    def search(self, q: str, page: int = 1, languages: Sequence[str] = _ENGLISH) -> str:
        """Return a page of the things whose names hold all words of a text, or longer ones."""
        size = self.settings.page_size
        asked = " ".join(q[:200].split())
        hits, count = self._index.search(asked, size, (max(1, page) - 1) * size)
        last = max(1, -(-count // size))
        path = self.addresses.page("search")
        return self._frame.page(
            "search.html",
            "search",
            title=f"Search: {asked}" if asked else "Search",
            letters=(),
            links=links.of_page(self._context, path),
            asked=asked,
            hits=finding.shown(self._context, hits, languages),
            count=count,
            more=count >= FOUND,
            start=(max(1, page) - 1) * size + 1,
            page=page,
            numbers=tuple(pages(min(page, last), last)),
            page_address=lambda number: f"{path}?q={quote(asked, safe='')}&page={number}",
        )

    def map(self, languages: Sequence[str] = _ENGLISH) -> str | None:
        """Return the map of facilities."""
        return self._chart("map", "Where", "", languages)

    def timeline(self, languages: Sequence[str] = _ENGLISH) -> str | None:
        """Return training compute against time."""
        lead = "Training compute of models by the year that their source states. A model stands once for each method that its facts allow."
        return self._chart("timeline", "Compute over time", lead, languages)

    def query(self, questions: Sequence[Question] = (), asked: Asked | None = None) -> str:
        """Return the query page, with the named questions, and with results where a query was run for a reader without a script."""
        # The questions are put in the words of our ontology: to a graph that has none of these they are asked in vain.
        named = [each for each in questions if self._overview.ours or (asked and each.name == asked.question)]
        return query_page(self._context, self._frame.page, named, asked)

    def query_terms(self) -> dict[str, object]:
        """Return the prefixes, classes and properties that the query page completes, for JSON."""
        return query_terms(self._graph, self.settings.prefixes, self._overview.vocabulary)

    def not_found(self, path: str = "") -> str:
        """Return the page for an address that nothing is at."""
        return self.error_page(404, "There is nothing here", "The graph says nothing about this address.", path)

    def error_page(self, status: int, title: str, detail: str = "", path: str = "") -> str:
        """Return the page for an error."""
        return self._frame.page(
            "message.html", "", title=title, links=(), status=status, detail=detail, path=path[:2000]
        )

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
        if self._mentions.parts(iri):
            return "document"
        return "thing" if iri in self._mentions.terms else "document" if self._mentions.values(iri) else None

    def links(self, iri: str) -> tuple[LinkRelation, ...]:
        """Return the link relations of the page of a thing, for the header `Link`."""
        rows = self._graph.select("SELECT ?c ?s WHERE { ?s a ?c } LIMIT 20", {"s": ox.NamedNode(iri)})
        types = sorted(row[0].value for row in rows if isinstance(row[0], ox.NamedNode))
        return links.of_thing(self._context, iri, tuple(types))

    def description(self, iri: str) -> list[ox.Triple]:
        """Return the triples that describe a thing, or all things of a document, and the document itself; none for what the graph does not know."""
        if not is_iri(iri):
            return []
        parts = [each for each in self._mentions.parts(iri) if each != iri]
        found = description.description(self._context, iri, parts)
        if not found and (terms_ := [each for each in parts if each in self._overview.vocabulary.terms]):
            found = self._overview.vocabulary.triples(terms_)
        if not found and not self.addresses.static:
            found = description.uses(self._context, (iri, *(parts or self._mentions.values(iri))))
        return found + description.metadata(self._context, iri) if found else []

    @property
    def dataset(self) -> str | None:
        """The IRI of the data set, where it has one of its own."""
        return self._context.settings.dataset

    def dataset_description(self) -> list[ox.Triple]:
        """Return the description of the data set as a whole."""
        return description.dataset(self._context, self._overview.classes, self._overview.triples)

    def suggest(self, prefix: str, limit: int = 10) -> list[tuple[str, str, tuple[str, ...], float]]:
        """Return things whose names begin with a text, hold its words, or are spelled nearly like it: IRI, name, classes, and a score from 0 to 100."""
        hits = self._index.named(prefix, min(limit, 100))
        types = finding.types(self._graph, [hit.iri for hit in hits])
        return [(hit.iri, hit.name, types.get(hit.iri, ()), hit.score) for hit in hits]

    def suggestions(self, prefix: str, languages: Sequence[str] = _ENGLISH) -> str:
        """Return what the search fields of the pages ask for while somebody types, as JSON: label, href and types of each thing."""
        shown = finding.shown(self._context, self._index.search(prefix, 8)[0], languages)
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

    # Parts of these

    def _words(self, chosen: Sequence[str], languages: Sequence[str]) -> dict[str, Any]:
        """Return some terms and things for the templates that show them."""
        known = self._mentions.terms
        found = [known[name] for name in chosen if name in known]
        if found:
            # It says how often terms are used.
            self._graph.note((ANYTHING,))
        uses = self._overview.properties | self._overview.classes
        shown, properties = terms.documented(self._context, found, uses, languages)
        others = [name for name in chosen if name not in known]
        return {"classes": shown, "properties": properties, **things.within(self._context, others, languages)}

    def _terms(self, title: str, iri: str | None, chosen: Sequence[str], languages: Sequence[str]) -> str:
        self._graph.note((ANYTHING,))
        page = (
            links.of_thing(self._context, iri) if iri else links.of_page(self._context, self.addresses.page("ontology"))
        )
        return self._frame.page(
            "ontology.html",
            "" if iri else "ontology",
            title=title,
            iri=iri,
            links=page,
            forms=things.forms(self._context, iri) if iri else (),
            **self._words(chosen, languages),
        )

    def _chart(self, name: str, title: str, lead: str, languages: Sequence[str]) -> str | None:
        chart = (charts.facilities if name == "map" else charts.compute)(self._context, languages)
        if chart is None:
            return None
        return self._frame.page(
            "picture.html",
            name,
            title=title,
            links=links.of_page(self._context, self.addresses.page(name)),
            lead=lead or chart.lead,
            picture=chart.picture,
            heads=chart.heads,
            rows=chart.rows,
        )

    def _listed(self, languages: Sequence[str]) -> tuple[ClassCount, ...]:
        return classes.listed(self._context, self._overview.classes, languages)

    def _weight(self, each: ClassCount) -> tuple[int, int, str]:
        """Rank a class: what more can be said of comes first, and of equals what there is more of."""
        carried = sum(each.link.iri in term.classes for term in self._overview.vocabulary.of_kind("property"))
        return -carried, -each.count, each.link.iri

    def _shape(self, class_: str) -> Shape:
        if class_ not in self._shapes:
            self._shapes[class_] = shape(self._context, class_, self._overview.mixed)
        return self._shapes[class_]

    @cached_property
    def _context(self) -> Context:
        vocabulary = self._overview.vocabulary
        return Context(self._graph, self.settings, self.addresses, Labels(self._graph, vocabulary.labels()), vocabulary)

    @cached_property
    def _frame(self) -> Frame:
        return Frame(self._context)

    @cached_property
    def _addresses_of_pages(self) -> tuple[str, ...]:
        return sitemap.addresses(self._context, self._overview.classes)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
