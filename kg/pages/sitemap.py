"""What search engines read: the list of all pages, in parts, and what they may visit."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

import pyoxigraph as ox

from kg.pages.context import Context
from kg.pages.graph import values
from kg.pages.names import TYPE
from kg.rdf.machinery import is_machinery

# The protocol's limit for one file (sitemaps.org).
PART = 50_000
_MOST = 2_500_000
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def addresses(context: Context, class_counts: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of all pages that are worth finding: the home page, the classes, and the things of the world, not the evidence."""
    classes = sorted(class_ for class_ in class_counts if not is_machinery(class_))
    found = {context.addresses.page(name) for name in ("", "class", "ontology")}
    found |= {context.class_page(class_) for class_ in classes}
    data = values(classes)
    if data:
        query = f"SELECT DISTINCT ?s WHERE {{ VALUES ?c {{ {data} }} ?s <{TYPE}> ?c FILTER (isIRI(?s)) }} LIMIT {_MOST}"
        for (thing,) in context.graph.select(query):
            if isinstance(thing, ox.NamedNode) and thing.value.startswith(context.settings.base):
                found.add(context.addresses.document(thing.value, "html"))
    return tuple(sorted(found))


def index(context: Context, pages: tuple[str, ...]) -> str:
    """Return the index of the parts."""
    parts = range(1, -(-len(pages) // PART) + 1)
    listed = "".join(
        f"<sitemap><loc>{escape(context.absolute(context.addresses.page(f'sitemap-{part}.xml')))}</loc></sitemap>\n"
        for part in parts
    )
    return f"{_HEAD}<sitemapindex {_NAMESPACE}>\n{listed}</sitemapindex>\n"


def part(context: Context, pages: tuple[str, ...], number: int) -> str | None:
    """Return one part, from 1; None where there is no such part."""
    chosen = pages[(number - 1) * PART : number * PART] if number > 0 else ()
    if not chosen:
        return None
    listed = "".join(f"<url><loc>{escape(context.absolute(page))}</loc></url>\n" for page in chosen)
    return f"{_HEAD}<urlset {_NAMESPACE}>\n{listed}</urlset>\n"


def robots(context: Context) -> str:
    """Return robots.txt: pages may be read; endpoints that compute answers need not be."""
    open_ = "Disallow:\n"
    closed = "".join(
        f"Disallow: {context.addresses.page(name)}\n"
        for name in ("sparql", "store", "search", "suggest", "reconcile", "query")
        if not context.addresses.static
    )
    return f"User-agent: *\n{closed or open_}Sitemap: {context.absolute(context.addresses.page('sitemap.xml'))}\n"
