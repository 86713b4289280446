"""How names become IRIs."""

from __future__ import annotations

import re
import unicodedata

# \w keeps letters and digits of every script; all else separates. No "." is ever kept: it joins the parts of a minted name.
_SEPARATORS = re.compile(r"[^\w]+")


def slug(name: str) -> str:
    """Return the part of an IRI that stands for a name: lower-case words joined by `-`.

    Letters outside ASCII stay as they are (in NFC), and so do the marks that belong to them, so that 葉篤正 and हिन्दी are readable in their IRIs; a
    name without any letter or digit gives `-`.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).lower())
    words = _SEPARATORS.sub("-", text) if text.isascii() else _words(text)
    return words.strip("-") or "-"


def minted(base: str, kind: str, *parts: str) -> str:
    """Return the IRI of a thing: base, kind, and the slugs of its parts joined by `.`, for example `…/run/002_7e82.pretraining`."""
    return f"{base}{kind}/{'.'.join(slug(part) for part in parts)}"


def _words(text: str) -> str:
    """Replace what separates words by `-`; a combining mark, which \\w is without, stays where it follows a letter, if an IRI may hold it."""
    kept = ""
    for character in text:
        if (
            character.isalnum()
            or character == "_"
            or (
                kept[-1:] not in ("", "-")
                and unicodedata.category(character).startswith("M")
                and character < "\U000e0000"
            )
        ):
            kept += character
        elif not kept.endswith("-"):
            kept += "-"
    return kept
