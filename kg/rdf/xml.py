"""What RDF/XML can hold, and how it is written so that readers find what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

import pyoxigraph as ox

from kg.errors import QueryError

# XML has no way to write these.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")


class CarriageReturns:
    """Writes them as references: pyoxigraph leaves them in the text, and readers of XML take them for ends of lines."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target = target

    def write(self, data: bytes) -> int:
        """Write bytes of XML."""
        self.target.write(data.replace(b"\r", b"&#xD;"))
        return len(data)

    def flush(self) -> None:
        """Flush the stream behind."""
        self.target.flush()


def fit_for_xml(quads: Iterable[Any]) -> Iterator[Any]:
    """Yield quads or triples; QueryError at one with a predicate that ends in no XML name, or a text with a character that XML cannot hold."""
    for quad in quads:
        if not _XML_NAME.search(quad.predicate.value):
            what = f"RDF/XML cannot hold the predicate {quad.predicate.value}, which does not end in a name"
            raise QueryError("KG513", what, advice="write another format, such as Turtle")
        if isinstance(quad.object, ox.Literal) and NOT_IN_XML.search(quad.object.value):
            what = f"RDF/XML cannot hold the control character in the {quad.predicate.value} of {quad.subject}"
            raise QueryError("KG513", what, advice="write another format, such as Turtle")
        yield quad
