"""Names of tables and columns made from IRIs: safe as a file, in SQL, in a header, and the same for the same IRIs each time."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

_LONGEST = 80  # bytes of UTF-8; file systems take 255, and a suffix and the name of a second table may follow
# Names that Windows keeps for devices, whatever suffix follows.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(10))}


def distinct_names(iris: Iterable[str], prefixes: Mapping[str, str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """Return a name for each IRI: its last part, with its prefix before it where two IRIs end alike, and else with a hash behind it.

    Names hold letters, digits and `_` only, begin with a letter, differ in more than case, and are none of `reserved`.
    """
    wanted = sorted(set(iris))
    taken = {name.casefold() for name in reserved} | _DEVICES
    names: dict[str, str] = {}
    for candidate in (_local, lambda iri: _prefixed(iri, prefixes), _hashed):
        found = {iri: candidate(iri) for iri in wanted if iri not in names}
        uses = Counter(name.casefold() for name in found.values())
        good = {iri: name for iri, name in found.items() if uses[name.casefold()] == 1 and name.casefold() not in taken}
        taken |= {name.casefold() for name in found.values()}
        names |= good
    return names


def _local(iri: str) -> str:
    return word(re.split(r"[/#:]", iri.rstrip("/#:"))[-1])


def _prefixed(iri: str, prefixes: Mapping[str, str]) -> str:
    best = max(
        (item for item in prefixes.items() if iri.startswith(item[1])), key=lambda item: len(item[1]), default=None
    )
    if best:
        return word(f"{best[0]}_{iri[len(best[1]) :]}")
    # Without a prefix the part of the path before the last tells most: `schema.org/name` is `schema_org_name`.
    parts = [part for part in re.split(r"[/#:]+", iri) if part]
    return word("_".join(parts[-2:]))


def _hashed(iri: str) -> str:
    return f"{word(_local(iri))}_{hashlib.sha256(iri.encode()).hexdigest()[:16]}"


def word(text: str) -> str:
    """Return a text as a word that begins with a letter, not longer than `_LONGEST` bytes."""
    word = re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", text)).strip("_")
    word = unicodedata.normalize("NFKC", word)
    if not word or not word[0].isalpha():
        word = f"n{word}"
    return word.encode()[:_LONGEST].decode(errors="ignore")
