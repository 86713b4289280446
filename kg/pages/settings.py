"""What the owner of a site can set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE


@dataclass(frozen=True, slots=True)
class Download:
    """A file that holds the whole graph: its name for people, its address, its media type and its size in bytes (None: not known)."""

    name: str
    href: str
    media_type: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Settings of a site.

    `base` is what the IRIs of the data begin with, up to a `/`; `root` the path at which it is served. `origin` is the scheme and host under which the
    site is known to the world (`https://kg.example`; empty: addresses stay relative). `dataset` is the IRI of the data set as a whole.
    `license` is the IRI of its licence. `prefixes` are those under which people read the IRIs. A page of a class has `page_size` things, one of a list `list_size`;
    with `pictures` the page of a thing shows what it is connected with.
    """

    title: str = "Knowledge graph"
    description: str = ""
    base: str = "https://kg.example/"
    root: str = "/"
    origin: str = ""
    dataset: str | None = None
    license: str | None = None
    downloads: tuple[Download, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=lambda: prefixes(DEFAULT_BASE))
    page_size: int = 25
    list_size: int = 50
    pictures: bool = True
