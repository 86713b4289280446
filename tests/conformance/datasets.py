"""RDF files to datasets that can be compared: blank nodes by isomorphism (RDFC-1.0), literals by their values.

Any syntax, encoding and compression that the suites use is read. A triple within a triple, in the syntax of RDF-star or of RDF 1.2, is a blank node with three arcs,
which makes datasets isomorphic just when they were.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePath
from typing import Any, TypeAlias

import pyoxigraph as ox

from kg.rdf.namespaces import RDF, XSD

_TRIPLE = "urn:triple:"

Quads: TypeAlias = frozenset[str]
Change: TypeAlias = Callable[[ox.Literal], ox.Literal]

_SYNTAXES = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".ttl": ox.RdfFormat.TURTLE,
    ".n3": ox.RdfFormat.N3,
    ".rdfxml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
_INTEGERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
# A token of N-Triples or N-Quads, to which RDF-star adds the brackets of a triple.
_TOKEN = re.compile(
    r'\s*(<<\(?|\)?>>|<[^<>"{}|^`\\\x00-\x20]*>|_:[\w.·-]*[\w·-]|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+|\^\^<[^<>]*>)?|\.|\#[^\n]*)'
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was unpacked: its text, its encoding (utf-8, or utf-16 with a byte order mark), and how it was packed."""

    text: str
    syntax: str
    encoding: str
    packing: str


def unpacked(path: Path) -> Document:
    """Read a file, whatever its compression and encoding, by its name; an archive has one file."""
    content = path.read_bytes()
    name = PurePath(path.name)
    packing = "".join(name.suffixes[1:])
    if packing == ".gz":
        content = gzip.decompress(content)
    elif packing == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (member,) = archive.namelist()
            content = archive.read(member)
    elif packing in (".tar.gz", ".tar.xz"):
        plain = lzma.decompress(content) if packing == ".tar.xz" else gzip.decompress(content)
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            (packed,) = archive.getmembers()
            content = archive.extractfile(packed).read()  # type: ignore[union-attr]
    elif packing:
        raise ValueError(f"{path.name}: {packing} is not known")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return Document(content.decode(encoding), name.suffixes[0], encoding, packing)


def dataset(path: Path, base: str, change: Change = lambda literal: literal) -> Quads:
    """Return the quads of a file in a canonical form, literals by their values, and before that by `change`."""
    document = unpacked(path)
    if document.syntax == ".rdfjson":
        quads = _rdf_json(json.loads(document.text))
    elif document.syntax in (".nt", ".nq"):
        quads = _lines(document.text)
    else:
        quads = iter(ox.parse(document.text, format=_SYNTAXES[document.syntax], base_iri=base))
    found = ox.Dataset(_compared(quad, change) for quad in quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(str(quad) for quad in found)


def typed_integers(literal: ox.Literal) -> ox.Literal:
    """Give a plain literal that is a whole number its datatype, for files that leave it out."""
    if literal.datatype.value == XSD + "string" and re.fullmatch(r"-?\d+", literal.value):
        return ox.Literal(literal.value, datatype=ox.NamedNode(XSD + "integer"))
    return literal


def _compared(quad: ox.Quad, change: Change) -> ox.Quad:
    if not isinstance(quad.object, ox.Literal):
        return quad
    return ox.Quad(quad.subject, quad.predicate, _by_value(change(quad.object)), quad.graph_name)


def _by_value(literal: ox.Literal) -> ox.Literal:
    """Return the one literal that stands for all of the same value; one that is ill-typed stands for itself."""
    if literal.language is not None:
        return ox.Literal(literal.value, language=literal.language.lower())
    datatype = literal.datatype.value
    try:
        if datatype in _INTEGERS:
            text = str(int(literal.value))
        elif datatype == XSD + "decimal":
            text = f"{Decimal(literal.value).normalize():f}"
        elif datatype == XSD + "double":
            text = repr(float(literal.value))
        elif datatype == XSD + "boolean":
            text = {"1": "true", "0": "false"}.get(literal.value, literal.value)
        else:
            return literal
    except (ValueError, InvalidOperation):
        return literal
    return ox.Literal(text, datatype=literal.datatype)


def _rdf_json(document: dict[str, dict[str, list[dict[str, Any]]]]) -> Iterator[ox.Quad]:
    for subject, arcs in document.items():
        for predicate, values in arcs.items():
            for value in values:
                yield ox.Quad(_resource(subject), ox.NamedNode(predicate), _value(value))


def _resource(text: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(text[2:]) if text.startswith("_:") else ox.NamedNode(text)


def _value(value: dict[str, Any]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if value["type"] != "literal":
        return _resource(value["value"])
    if "lang" in value:
        return ox.Literal(value["value"], language=value["lang"])
    # One expected file has numbers here, against the specification.
    return ox.Literal(str(value["value"]), datatype=ox.NamedNode(value.get("datatype") or XSD + "string"))


def _lines(text: str) -> Iterator[ox.Quad]:
    """Read N-Triples and N-Quads, in which a triple may be a term: `<< s p o >>` of RDF-star, and `<<( s p o )>>` of RDF 1.2."""
    if "<<" not in text:
        yield from ox.parse(text, format=ox.RdfFormat.N_QUADS)
        return
    tokens = list(_tokens(text))
    within: dict[tuple[str, ...], str] = {}
    while tokens:
        terms = []
        while tokens[0] != ".":
            terms.append(_term(tokens, within))
        tokens.pop(0)
        yield from ox.parse(" ".join([*terms, "."]), format=ox.RdfFormat.N_QUADS)
    for (subject, predicate, value), node in within.items():
        arcs = zip(("subject", "predicate", "object"), (subject, predicate, value), strict=True)
        lines = [f"{node} <{_TRIPLE}{name}> {term} ." for name, term in arcs]
        lines.append(f"{node} <{RDF}type> <{_TRIPLE}term> .")
        yield from ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"no term of N-Quads: {text[place : place + 60]!r}")
        place = match.end()
        if not match[1].startswith("#"):
            yield match[1]


def _term(tokens: list[str], within: dict[tuple[str, ...], str]) -> str:
    token = tokens.pop(0)
    if not token.startswith("<<"):
        return token
    parts = tuple(_term(tokens, within) for _ in range(3))
    if not tokens.pop(0).endswith(">>"):
        raise ValueError(f"a triple has three terms: {parts}")
    return within.setdefault(parts, f"_:triple{len(within)}")
