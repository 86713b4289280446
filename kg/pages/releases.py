"""What the pages of a static site show that a server has no need of: the names from A to Z, and the releases."""

from __future__ import annotations

from dataclasses import dataclass

from kg.pages.thing import Form


@dataclass(frozen=True, slots=True)
class Letters:
    """A page of names: with what its first and its last begin, and its address."""

    first: str
    last: str
    href: str


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of a release: its name, its address, its size in bytes and its SHA-256 in hexadecimal digits."""

    name: str
    href: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReleaseShown:
    """A release: its name, its IRI, the address of its page and of the page of what changed, its data forms and files."""

    version: str
    iri: str
    href: str
    triples: int
    changes: str | None = None
    forms: tuple[Form, ...] = ()
    files: tuple[FileShown, ...] = ()
