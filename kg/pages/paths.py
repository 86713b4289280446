"""Where the pages of a static site are: names that any file system, web server and bucket can hold."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Final
from urllib.parse import quote, unquote

from kg.pages.addresses import PCHAR, PLAIN, RESERVED, Addresses
from kg.rdf.prefixes import shortened

SUFFIXES: Final = ("html", "ttl", "jsonld")
# The pages of the site itself that the server has without a suffix.
_PAGES: Final = ("class", "map", "ontology", "release", "search", "timeline")
# Names at the top that things do not take.
_TAKEN: Final = RESERVED | {"404", "bundle", "index", "redirects", "void"}
# So many addresses are kept.
_KEPT: Final = 20_000
# A file's name may have 255 bytes, and a path 1024 in a bucket; a suffix is still to come.
_LONGEST_NAME: Final = 200
_LONGEST_PATH: Final = 800
# What is safe in a name for all: neither hidden nor ended by what Windows drops, none of its devices, nothing that a shell or a URL reads otherwise.
_NAME = re.compile(r"(?![.~ ])[\w .,~!$'()+=@&;-]+(?<![. ])")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_PLAIN_DEVICE = re.compile(r"(?:^|/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:/|$)", re.IGNORECASE)
_ENDING = re.compile(r"[0-9a-z_-]*\Z")
_SIMPLE = re.compile(r"([a-z0-9]+):(\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class StaticAddresses(Addresses):
    """Maps IRIs to files, and to the addresses of these.

    The document of a thing `https://kg.example/id/model/x` is `id/model/x.html`, and its data `id/model/x.ttl`. Where that is no safe name, or differs
    from another in upper and lower case alone (`twins`, from `twins_of`), and outside the base, the name is a digest of the IRI, below `resource/`. `absent` are
    the documents below the base that are named somewhere and have no page.

    Where there would be too many files, all documents but those that stay `alone` share files, in bundles by the last `letters` of their names (`ending`).
    """

    twins: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    alone: frozenset[str] | None = None
    letters: int = 0
    # Addresses without their suffixes: a page names the same few again and again.
    stems: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    static: ClassVar[bool] = True

    suffixes: ClassVar[tuple[str, ...]] = SUFFIXES

    def url(self, iri: str) -> str:
        """Return the address of the page of a thing, with its fragment."""
        document, hash_, fragment = iri.partition("#")
        if self.bundle(document):
            return f"{self.document(document, 'html')}#{self.section(document)}"
        written = quote(fragment, safe=PCHAR + "/?%", errors="surrogatepass")
        return self.document(document, "html") + hash_ + written

    def document(self, iri: str, suffix: str) -> str:
        """Return the address of the document about a thing in one of SUFFIXES; ValueError for another."""
        if suffix not in SUFFIXES:
            raise ValueError(f"there is no form {suffix!r}: only {', '.join(SUFFIXES)}")
        document = iri.partition("#")[0]
        stem = self.stems.get(document)
        if stem is None:
            stem = self.root + _address(self.place(document))
            if len(self.stems) >= _KEPT:
                self.stems.clear()
            self.stems[document] = stem
        return f"{stem}.{suffix}"

    def holds(self, iri: str) -> bool:
        """Say whether there is a page of a thing below the base."""
        return iri.partition("#")[0] not in self.absent

    def place(self, document: str) -> str:
        """Return the name of the files of a document below the folder of the site, without their suffix."""
        shared = self.bundle(document)
        if shared is not None:
            return shared
        natural = self.natural(document)
        if natural is not None and natural.casefold() not in self.twins:
            return natural
        return f"resource/{_digest(document)}"

    def bundle(self, document: str) -> str | None:
        """Return the name of the files that a document shares with others, without their suffix; None where it shares none."""
        if self.alone is None or document in self.alone:
            return None
        return f"bundle/_{ending(document, self.letters)}"

    def section(self, document: str) -> str:
        """Return the id of a document's section in its bundle: its path below the base where that is plain, so that rules know it, else a digest."""
        path = self._path(document)
        # No other id of a page has a slash.
        plain = path is not None and path.isascii() and "%" not in path and "/" in path
        return path if path and plain else _digest(document).replace("/", "")

    def natural(self, document: str) -> str | None:
        """Return the name that is as the IRI is; None where that is not safe."""
        local = document[len(self.base) :]
        if self._is_below(document) and PLAIN.fullmatch(local) and len(local) <= _LONGEST_NAME:
            # What most are: nothing but a name that is taken could be wrong with it.
            taken = local.partition("/")[0].casefold() in _TAKEN or _PLAIN_DEVICE.search(local)
            return None if taken else local
        path = self._path(document)
        if path is None:
            return None
        name = unquote(path, errors="surrogateescape")
        segments = name.split("/")
        safe = (
            len(name.encode(errors="surrogateescape")) <= _LONGEST_PATH
            and unicodedata.is_normalized("NFC", name)
            and segments[0].casefold() not in _TAKEN
            and all(_is_safe(segment) for segment in segments)
            # A folder `x.ttl` would stand in the way of the file of `x`.
            and not any(segment.casefold().endswith((".html", ".ttl", ".jsonld")) for segment in segments)
        )
        return name if safe else None

    def moved(self, document: str) -> str | None:
        """Return the path below the root that a document's IRI would have, where its files are called otherwise; else None."""
        path = None if self.bundle(document) else self._path(document)
        return path if path is not None and unquote(path, errors="surrogateescape") != self.place(document) else None

    def page(self, name: str) -> str:
        """Return the address of a page of the site."""
        if name == ".well-known/void":
            return f"{self.root}void.ttl"
        return f"{self.root}{name}.html" if name in _PAGES else self.root + name

    def class_page(self, iri: str, prefixes: dict[str, str], number: int = 1) -> str:
        """Return the address of a page of a class."""
        more = f"-{number}" if number > 1 else ""
        return f"{self.root}{_address(self.class_place(iri, prefixes))}{more}.html"

    def class_place(self, iri: str, prefixes: dict[str, str]) -> str:
        """Return the name of the first page of a class, without its suffix."""
        simple = _SIMPLE.fullmatch(shortened(iri, prefixes))
        name = f"class/{simple[1]}-{simple[2]}" if simple and len(simple[2]) <= _LONGEST_NAME else None
        return name if name and name.casefold() not in self.twins else f"class/{_digest(iri)}"

    def listing(self, iri: str, key: str, prop: str, number: int = 1) -> str:
        """Return the address of a page of the list of all values of a property of a thing (`of`), or of all things that have it as the value (`in`)."""
        name = _digest(f"{key} {prop} {iri}")
        return f"{self.root}resource/{key}/{name}{f'-{number}' if number > 1 else ''}.html"

    def file(self, address: str) -> str:
        """Return the name of the file of an address of the site; that of a folder is its index.html."""
        name = unquote(address.removeprefix(self.root).partition("#")[0])
        return f"{name}index.html" if not name or name.endswith("/") else name


def ending(document: str, letters: int) -> str:
    """Return at most so many letters from the end of a document's name, of its first part where it has dots: small letters, digits, `_` and `-`.

    Names are less alike there than where they begin, or after a dot: that of a statement begins with its passage and ends with its property. Rules of web
    servers find the same in a path with one regular expression, and no file system takes two of them for one.
    """
    name = unquote(document, errors="surrogateescape").rpartition("/")[2].partition(".")[0]
    found = _ENDING.search(name)
    whole = found[0] if found else ""
    return whole[max(0, len(whole) - letters) :]


def twins_of(names: Iterable[str]) -> frozenset[str]:
    """Return those names, all in lower case, that more than one name has when upper and lower case are the same."""
    seen: set[str] = set()
    found: set[str] = set()
    for name in names:
        folded = name.casefold()
        (found if folded in seen else seen).add(folded)
    return frozenset(found)


def _is_safe(segment: str) -> bool:
    return (
        len(segment.encode(errors="surrogateescape")) <= _LONGEST_NAME
        and _NAME.fullmatch(segment) is not None
        and not _DEVICE.fullmatch(segment)
    )


def _address(name: str) -> str:
    return quote(name, safe=PCHAR + "/")


def _digest(text: str) -> str:
    found = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{found[:2]}/{found[2:32]}"
