"""The pages of a graph for people: one renderer for the server and for static sites.

`Site(graph, settings)` has a method for each page; `Graph` is what it asks of a graph, `Addresses` which path stands for which thing, and
`StaticAddresses` which file of a site without a server.
"""

from __future__ import annotations

from kg.pages.addresses import SUFFIXES, Addresses
from kg.pages.description import MEDIA_TYPES
from kg.pages.graph import Graph, Term
from kg.pages.links import LinkRelation
from kg.pages.overview import Overview
from kg.pages.paths import StaticAddresses
from kg.pages.settings import Download, SiteSettings
from kg.pages.site import Site
from kg.pages.static import StaticSite

__all__ = [
    "MEDIA_TYPES",
    "SUFFIXES",
    "Addresses",
    "Download",
    "Graph",
    "LinkRelation",
    "Overview",
    "Site",
    "SiteSettings",
    "StaticAddresses",
    "StaticSite",
    "Term",
]
