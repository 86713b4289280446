"""Where a thing of the graph is found on the site, and which thing a path of the site stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final
from urllib.parse import quote, unquote, urlsplit

import pyoxigraph as ox

from kg.rdf.prefixes import shortened

# The forms in which a document is to be had, by the suffix of its path.
SUFFIXES: Final = ("html", "ttl", "jsonld", "nt", "rdf")

# Paths of the site itself: no thing of the graph takes their place.
RESERVED: Final = frozenset(
    (
        *(
            "class",
            "health",
            "map",
            "metrics",
            "ontology",
            "openapi.json",
            "query",
            "reconcile",
            "release",
            "resource",
            "robots.txt",
            "search",
        ),
        *("sitemap.xml", "sparql", "static", "store", "suggest", "timeline", "void.ttl", ".well-known", "favicon.ico"),
    )
)
_SITEMAP_PART = re.compile(r"sitemap-[0-9]+\.xml")
_SUFFIX = re.compile(rf"(.+)\.({'|'.join(SUFFIXES)})", re.DOTALL)
# What a path may hold as it is (RFC 3986, pchar); all else is percent-encoded.
PCHAR: Final = "-._~!$&'()*+,;=:@"
_BEYOND = re.compile("%[89A-Fa-f]")
_ESCAPE = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
# Escapes that servers and clients on the way undo, or read as the end of a segment: those of unreserved characters, of `/`, `\`, `%` and controls.
_UNDONE = re.compile(r"%(?:2[DdEeFf5]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaCcFf]|6[1-9A-Fa-f]|7[0-9AaEeFf]|[01][0-9A-Fa-f])")
# What most IRIs are: nothing in them needs a second look.
PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_SEGMENT = re.compile(rf"(?:[A-Za-z0-9{re.escape(PCHAR)}]|%[0-9A-Fa-f]{{2}})+")
# What no IRI may hold, and what turns the direction of text, which is no part of an IRI either (RFC 3987, 4.1).
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f-\x9f\u200e\u200f\u202a-\u202e\ud800-\udfff]')
_OUTWARD: Final = ("http", "https", "mailto")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Maps IRIs to paths and back.

    `base` is what the IRIs of the data begin with, up to a `/` (`https://kg.example/`); `root` the path at which the site serves it (`/`, or
    `/kg/` where the site is a part of another). A thing `https://kg.example/id/model/x` has the path `/id/model/x`; one of a hash IRI that of
    its document, with the fragment. Where that would not lead back to exactly the same IRI, and outside the base, the path is
    `/resource?iri=…`.
    """

    base: str
    root: str = "/"
    # Whether there is no server that could answer a question, and the forms in which documents are to be had.
    static: ClassVar[bool] = False
    suffixes: ClassVar[tuple[str, ...]] = SUFFIXES

    def url(self, iri: str) -> str:
        """Return the path (with fragment, or with the query of `resource`) at which the thing is found."""
        document, hash_, fragment = iri.partition("#")
        path = self._path(document)
        written = quote(fragment, safe=PCHAR + "/?%", errors="surrogatepass")
        if path is None or _written_back(written) != fragment:
            return f"{self.root}resource?iri={quote(iri, safe='', errors='surrogatepass')}"
        return self.root + path + hash_ + written

    def document(self, iri: str, suffix: str) -> str:
        """Return the path of the document about a thing in one of SUFFIXES; that of a hash IRI describes all that its document holds.

        ValueError for another suffix.
        """
        if suffix not in SUFFIXES:
            raise ValueError(f"there is no form {suffix!r}: only {', '.join(SUFFIXES)}")
        path = self._path(iri.partition("#")[0])
        if path is None:
            return f"{self.root}resource.{suffix}?iri={quote(iri, safe='', errors='surrogatepass')}"
        return f"{self.root}{path}.{suffix}"

    def apart(self, iri: str) -> str:
        """Return the address of a page about the thing of a hash IRI alone, which its document describes among others."""
        return f"{self.root}resource.html?iri={quote(iri, safe='', errors='surrogatepass')}"

    def iri(self, path: str) -> str | None:
        """Return the IRI that a path, percent-encoded as it came, stands for; None for a path of the site itself, or of nothing."""
        found = self.thing(path)
        return found[0] if found and found[1] is None else None

    def thing(self, path: str) -> tuple[str, str | None] | None:
        """Return the IRI that a path stands for, and the suffix where it is the path of a document; None where it is neither.

        The path is percent-encoded as it came, with the query of `resource`.
        """
        if not path.startswith(self.root):
            return None
        local, hash_, fragment = path[len(self.root) :].partition("#")
        place, question, query = local.partition("?")
        if question:
            return self._asked(place, query)
        iri = self._iri(place)
        if iri is None:
            return None
        iri += hash_ + (_written_back(fragment) or "")
        if self._path(iri.partition("#")[0]) == place:
            return iri, None
        suffixed = _SUFFIX.fullmatch(place)
        document = self._iri(suffixed.group(1)) if suffixed else None
        if suffixed and document is not None and self._path(document) == suffixed.group(1):
            return document, suffixed.group(2)
        return None

    def plain(self, path: str, query: str) -> tuple[str, ...]:
        """Return the IRIs of the base that an address may stand for as it is written, such as `/slash/` and `/find?x=1`; the site itself calls them otherwise."""
        if not path.startswith(self.root) or not self.base.endswith("/"):
            return ()
        local = _written_back(path[len(self.root) :])
        if local is None or local.partition("/")[0] in RESERVED:
            return ()
        asked = _written_back(query) if query else None
        found = ([f"{self.base}{local}?{asked}"] if asked else []) + [f"{self.base}{local}"]
        # Letters beyond ASCII may stand in the IRI as they are, or as they are written in an address.
        found.append(self.base + path[len(self.root) :])
        return tuple(dict.fromkeys(filter(is_iri, found)))

    def holds(self, iri: str) -> bool:  # noqa: ARG002 - a static site has to know
        """Say whether there may be a page of a thing below the base; a server answers for each."""
        return True

    def bundle(self, document: str) -> str | None:  # noqa: ARG002 - a server has no files
        """Return the name of the files that a document shares with others; None where it shares none."""
        return None

    def page(self, name: str) -> str:
        """Return the path of a page of the site, such as `search` or `static/site.css`; the empty name is the home page."""
        return self.root + name

    def class_page(self, iri: str, prefixes: dict[str, str], number: int = 1) -> str:
        """Return the path of a page of a class: `/class/kg:Model` where a prefix fits, else `/class?iri=…`."""
        name = shortened(iri, prefixes)
        if name.startswith("<"):
            path, joint = f"{self.root}class?iri={quote(iri, safe='', errors='surrogatepass')}", "&"
        else:
            path, joint = f"{self.root}class/{quote(name, safe=':-._')}", "?"
        return path + (f"{joint}page={number}" if number > 1 else "")

    def listing(self, iri: str, key: str, prop: str, number: int = 1) -> str:
        """Return the address of a page of the list of all values of a property of a thing (`of`), or of all things that have it as the value (`in`)."""
        address = self.document(iri, "html")
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}{key}={quote(prop, safe='')}" + (f"&page={number}" if number > 1 else "")

    def class_of(self, name: str, prefixes: dict[str, str]) -> str | None:
        """Return the IRI of the class that the rest of a path after `/class/` names, percent-encoded as it came, or None."""
        try:
            prefix, colon, local = unquote(name, errors="strict").partition(":")
        except UnicodeDecodeError:
            return None
        iri = prefixes[prefix] + local if colon and prefix in prefixes else None
        return iri if iri is not None and is_iri(iri) and shortened(iri, prefixes) == f"{prefix}:{local}" else None

    def _iri(self, place: str) -> str | None:
        local = _written_back(place)
        return None if local is None else self.base + local

    def _asked(self, place: str, query: str) -> tuple[str, str | None] | None:
        """Return what `resource?iri=…` or `resource.ttl?iri=…` asks for; one question, and nothing else."""
        name, dot, suffix = place.partition(".")
        if name != "resource" or (dot and suffix not in SUFFIXES):
            return None
        key, _, value = query.partition("=")
        try:
            iri = unquote(value.replace("+", " "), errors="strict")
        except UnicodeDecodeError:
            return None
        return (iri, suffix or None) if key == "iri" and "&" not in value and is_iri(iri) else None

    def _is_below(self, document: str) -> bool:
        """Say whether a document's IRI begins as those that have a path of their own."""
        return document.startswith(self.base) and self.base.endswith("/") and "?" not in document

    def _path(self, document: str) -> str | None:
        """Return the path of a document's IRI below the root, or None where it has none of its own."""
        if not self._is_below(document):
            return None
        local = document[len(self.base) :]
        if PLAIN.fullmatch(local):
            return None if local.partition("/")[0] in RESERVED else local
        path = quote(local, safe=PCHAR + "/%", errors="surrogatepass")
        segments = path.split("/")
        sound = (
            all(_SEGMENT.fullmatch(segment) and segment not in (".", "..") for segment in segments)
            and segments[0] not in RESERVED
            and not _SITEMAP_PART.fullmatch(segments[0])
            and not _SUFFIX.fullmatch(path)
            and not _UNDONE.search(path)
        )
        return path if sound and self._iri(path) == document else None


def outward(iri: str) -> str | None:
    """Return an IRI if a page may link to it: of http, https or mailto, without what could end or turn it; else None."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return None
    if parts.scheme not in _OUTWARD or not is_iri(iri) or (parts.scheme != "mailto" and not parts.netloc):
        return None
    return iri


@lru_cache(4096)
def is_iri(text: str) -> bool:
    """Say whether a text is an IRI, so that it is safe between `<` and `>` in a query; a store can hold what is none."""
    if _NO_IRI.search(text):
        return False
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _written_back(place: str) -> str | None:
    try:
        return _readable(place)
    except UnicodeDecodeError:
        return None


def _readable(place: str) -> str:
    """Undo the escapes of characters outside ASCII, as RFC 3987, 3.2 does; UnicodeDecodeError where they are none.

    Those of ASCII are a part of the IRI and stay.
    """
    return _ESCAPE.sub(lambda match: _run(match.group()), place) if _BEYOND.search(place) else place


def _run(escapes: str) -> str:
    kept = re.split(r"((?:%[89A-Fa-f][0-9A-Fa-f])+)", escapes)
    return "".join(unquote(part, errors="strict") if number % 2 else part for number, part in enumerate(kept))
