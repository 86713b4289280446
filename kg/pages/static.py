"""What a site without a server has beside the pages of the server: all pages one after the other, bundles, releases and the names from A to Z."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from kg.pages import article, classes, links, sitemap
from kg.pages import thing as things
from kg.pages.addresses import is_iri
from kg.pages.labels import Text
from kg.pages.listing import pages
from kg.pages.releases import Letters, ReleaseShown
from kg.pages.site import Site
from kg.pages.values import Link
from kg.rdf.namespaces import OA

_ENGLISH: Sequence[str] = ("en",)


class StaticSite(Site):
    """The pages of a graph as files; `addresses` are those of files."""

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
                shown.append(article.section(each, prefix))
                titles.append(each["title"])
                legend |= dict(each["legend"])
            if shown:
                sections.append((section, shown))
        if not sections:
            return None
        return self._frame.page(
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

    def class_pages(self, iri: str, first: int = 1, last: int | None = None) -> Iterator[tuple[str, str]]:
        """Yield the pages of a class, from the first to the last, each with its address."""
        size, total = self.settings.page_size, self._overview.classes.get(iri, 0)
        last = last or self.last_page(iri)
        found = classes.things(
            self._context, self._orders, iri, total, start=(first - 1) * size, size=(last + 1 - first) * size
        )
        for number in range(first, last + 1):
            here = found[(number - first) * size :][:size]
            page = self.class_page(iri, {"page": [str(number)]}, things=here)
            if page is not None:
                yield self.addresses.class_page(iri, dict(self.settings.prefixes), number), page

    def last_page(self, iri: str) -> int:
        """Return the number of the last page of a class."""
        return max(1, -(-self._overview.classes.get(iri, 0) // self.settings.page_size))

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

    def names(self, letters: Sequence[Letters]) -> str:
        """Return the search page of a static site, with the pages of all names from A to Z."""
        return self._frame.page(
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
        return self._frame.page(
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
        return self._frame.page("releases.html", "release", title="Releases", links=page, releases=found)

    def release(self, shown: ReleaseShown, previous: ReleaseShown | None) -> str:
        """Return the page of one release, with its files."""
        return self._frame.page(
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
        return self._frame.page(
            "changes.html",
            "",
            title=f"What changed in {shown.version}",
            links=links.of_page(self._context, shown.changes or ""),
            release=shown,
            previous=previous,
            told=told,
        )

    def surroundings(self) -> str:
        """Return what the pages of all things depend on beside what they ask the graph: the settings, what is the same on all, and the terms that are known."""
        settings = replace(self.settings, downloads=())
        return f"{settings}{self._frame.around()}{sorted(self._overview.vocabulary.terms.items())}"

    def class_names(self) -> tuple[str, ...]:
        """Return the IRIs of the classes that have a page."""
        return tuple(sorted(filter(is_iri, self._overview.classes)))

    def hash_documents(self) -> tuple[str, ...]:
        """Return the IRIs of the documents of hash IRIs that are no things themselves."""
        of_terms = (name.partition("#")[0] for name in self._overview.vocabulary.terms if "#" in name)
        return tuple(each for each in sorted({*self._overview.documents, *of_terms}) if self.kind(each) == "document")

    def sitemap_parts(self) -> int:
        """Return the number of the parts of the sitemap."""
        return -(-len(self._addresses_of_pages) // sitemap.PART)

    def terms(self) -> tuple[str, ...]:
        """Return the IRIs of the classes and properties that are documented."""
        return tuple(self._overview.vocabulary.terms)

    def term(self, iri: str) -> Text:
        """Return what a class or property is called."""
        return self._context.writer([iri], _ENGLISH).term(iri).label

    def absolute(self, href: str) -> str:
        """Return an address of the site with scheme and host."""
        return self._context.absolute(href)

    def _things(self, iri: str, languages: Sequence[str]) -> list[dict[str, Any]]:
        """Return what templates need of a thing, and of all things of its hash IRIs."""
        parts = (each for each in self._overview.parts(iri) if OA + "start" not in self._graph.node(each))
        found = (
            things.thing(self._context, each, languages, {}, self._overview.classes.get(each, 0), {})
            for each in (iri, *parts)
            if is_iri(each)
        )
        return [each for each in found if each is not None]
