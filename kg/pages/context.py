"""What every page needs: the graph, the addresses, the labels and the terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.pages.addresses import Addresses
from kg.pages.graph import Graph, values
from kg.pages.labels import Labels, Text, chosen
from kg.pages.reading import Node
from kg.pages.settings import SiteSettings
from kg.pages.values import Writer
from kg.pages.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a site that its pages are made with."""

    graph: Graph
    settings: SiteSettings
    addresses: Addresses
    labels: Labels
    vocabulary: Vocabulary

    def writer(self, iris: Iterable[str], languages: Sequence[str], nodes: Mapping[str, Node] | None = None) -> Writer:
        """Return what writes terms on one page: it knows the labels of `iris`, and shows `nodes` in place."""
        wanted = set(iris)
        here = self._described({iri for iri in wanted if not iri.startswith(self.settings.base)})
        return Writer(
            self.addresses,
            self.labels.of(sorted(wanted), languages),
            nodes or {},
            self.vocabulary.unit,
            lambda iri: iri.startswith(self.settings.base) or iri in here,
        )

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
        texts = chosen(term.definitions, languages) if term else []
        return texts[0] if texts else None

    def _described(self, iris: set[str]) -> set[str]:
        """Return those IRIs from elsewhere of which the graph or the vocabulary says something, so that they have a page here."""
        here = {iri for iri in iris if iri in self.vocabulary.terms}
        rest = sorted(iris - here)
        for start in range(0, len(rest), 500):
            data = values(rest[start : start + 500])
            if data:
                query = f"SELECT ?s WHERE {{ VALUES ?s {{ {data} }} FILTER EXISTS {{ ?s ?p ?o }} }}"
                here |= {row[0].value for row in self.graph.select(query) if isinstance(row[0], ox.NamedNode)}
        return here
