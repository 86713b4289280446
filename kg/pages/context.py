"""What every page needs: the graph, the addresses, the labels and the terms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from kg.pages.addresses import Addresses, is_iri
from kg.pages.graph import Graph
from kg.pages.labels import Labels, Text, chosen
from kg.pages.reading import Node
from kg.pages.settings import SiteSettings
from kg.pages.values import Writer
from kg.pages.vocabulary import Vocabulary

_KEPT = 20_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a site that its pages are made with."""

    graph: Graph
    settings: SiteSettings
    addresses: Addresses
    labels: Labels
    vocabulary: Vocabulary
    # What was made for one page and stands on others, too.
    kept: dict[Hashable, Any] = field(default_factory=dict)
    # What links to the thing that was asked for last.
    newest: dict[str, Any] = field(default_factory=dict)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under a key before, or make it; the key says all that it depends on."""
        if key not in self.kept:
            if len(self.kept) >= _KEPT:
                self.kept.clear()
            self.kept[key] = make()
        found: T = self.kept[key]
        return found

    def writer(self, iris: Iterable[str], languages: Sequence[str], nodes: Mapping[str, Node] | None = None) -> Writer:
        """Return what writes terms on one page: it knows the labels of `iris`, and shows `nodes` in place."""
        wanted = set(iris)
        # A thing in a document with a hash has a page as long as anything in there has.
        self.graph.note([iri.partition("#")[0] for iri in wanted if "#" in iri])
        outside = self._described({iri for iri in wanted if not iri.startswith(self.settings.base)})

        def here(iri: str) -> bool:
            self.graph.note((iri, iri.partition("#")[0]))
            return (iri.startswith(self.settings.base) and self.addresses.holds(iri)) or iri in outside

        return Writer(
            self.addresses,
            self.labels.of(wanted, languages),
            nodes or {},
            self.vocabulary.unit,
            here,
            self.once(("terms", *languages), dict),
        )

    def class_page(self, iri: str) -> str:
        """Return the address of the first page of a class."""
        return self.once(("class", iri), lambda: self.addresses.class_page(iri, dict(self.settings.prefixes)))

    def canonical(self, href: str) -> str:
        """Return a path of the site as the address by which the world knows it; the path itself where no such address is set."""
        return f"{self.settings.origin}{href}" if href.startswith("/") else href

    def absolute(self, href: str) -> str:
        """Return a path of the site as a whole address, for RDF and sitemaps: at the host of the data where no other is set."""
        if self.settings.origin or not href.startswith("/"):
            return self.canonical(href)
        parts = urlsplit(self.settings.base)
        return f"{parts.scheme}://{parts.netloc}{href}" if parts.netloc else f"http://localhost{href}"

    def definition(self, iri: str, languages: Sequence[str]) -> Text | None:
        """Return what the vocabulary says of a term, or None."""
        term = self.vocabulary.terms.get(iri)
        if term is None:
            return None
        texts = self.once(("definition", iri, *languages), lambda: chosen(term.definitions, languages))
        return texts[0] if texts else None

    def _described(self, iris: set[str]) -> set[str]:
        """Return those IRIs from elsewhere of which the graph or the vocabulary says something, so that they have a page here."""
        return {iri for iri in iris if self.once(("described", iri), partial(self._describes, iri))}

    def _describes(self, iri: str) -> bool:
        return iri in self.vocabulary.terms or (is_iri(iri) and bool(self.graph.node(iri)))
