"""Files in other encodings than UTF-8, as UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

from kg.errors import MappingError, SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content

_CHUNK = 1 << 20
_AS_IS = ("utf-8", "utf-8-sig", "ascii")


def in_utf8(content: Content, encoding: str, access: Access, where: str) -> Content:
    """Return a file in UTF-8 with the text of one in `encoding`, a byte order mark left out; one that is UTF-8 is itself returned.

    A byte order mark of UTF-16 counts more than an encoding that was not given. MappingError for an unknown encoding, SourceError for bytes that it does not have (KG221).
    """
    name = encoding_of(content.path, encoding, where)
    if name in _AS_IS:
        return content
    key = (*identity(content.path), name)
    path = access.staged(key, content.suffix, lambda part: _transcode(content, name, part, where))
    return Content(path, content.name, content.suffix)


def encoding_of(path: Path, encoding: str, where: str) -> str:
    """Return the encoding of a file as Python calls it; `encoding` is what the mapping says."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise MappingError(
            "KG224", f"there is no encoding {encoding!r}", where=where, advice="name one such as UTF-8 or ISO-8859-1"
        ) from error
    if name not in ("utf-8", "utf-16"):
        return name
    with path.open("rb") as file:
        start = file.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    # Without a mark, the half of the first character that is zero tells the order of bytes.
    return name if name == "utf-8" else "utf-16-be" if start[:1] == b"\0" else "utf-16-le"


def _transcode(content: Content, encoding: str, part: Path, where: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with content.path.open("rb") as source, part.open("wb") as target:
        try:
            while True:
                chunk = source.read(_CHUNK)
                target.write(decoder.decode(chunk, final=not chunk).encode("utf-8"))
                if not chunk:
                    return
        except (UnicodeError, ValueError) as error:
            raise SourceError(
                "KG221",
                f"it is not in the encoding {encoding}: {error}",
                where=f"{where}: {content.name}",
                advice="say its encoding in the mapping (rml:encoding or csvw:encoding)",
            ) from error
