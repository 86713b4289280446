"""What Oxigraph writes as XML, made so that each parser of XML reads it, and reads what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable

# XML 1.0 has no place for these, not even escaped (2.2); and it reads a carriage return as the end of a line (2.11). Neither is part of the layout that Oxigraph makes.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n"))
_NONE = b"\xef\xbf"
_UNFIT = re.compile(rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")
_REPLACEMENT = "\ufffd".encode()


def fit_for_xml(send: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Return what passes XML on that comes in pieces, made fit."""
    # The first bytes of a character that a piece ended in.
    tail = b""

    def take(data: bytes) -> None:
        nonlocal tail
        data = tail + data
        end = len(data) - next((size for size in (2, 1) if data.endswith(_NONE[:size])), 0)
        tail = data[end:]
        send(made_fit_for_xml(data[:end]))

    return take


def made_fit_for_xml(data: bytes) -> bytes:
    """Return XML with a carriage return as a reference to it, other characters that XML does not have as U+FFFD."""
    # Nearly all text is fit, which is found out much faster than by looking for each of the characters.
    if _NONE not in data and len(data.translate(None, _CONTROLS)) == len(data):
        return data
    return _UNFIT.sub(lambda found: b"&#13;" if found[0] == b"\r" else _REPLACEMENT, data)
