"""The spellings of the accelerators' names, word by word, as kg.rdf.accelerators looks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from kg.rdf.reference import Accelerator, Reference

# A multiplier grown together with a name is a word of its own: 8xH100, A100x8.
_WORD = re.compile(
    r"[0-9]{1,6}(?=[xX](?:[A-Za-z]|[0-9]+G))|(?<=[0-9])[xX](?=[A-Za-z]|[0-9]+G)|[A-Za-z]+[0-9]+[A-Za-z]?(?=x[0-9]+(?![0-9A-Za-z]))"
    r"|[0-9A-Za-z]+"
)
_PART = re.compile(r"[0-9A-Za-z]+")
# A word with fewer letters is no plural.
_SHORTEST_PLURAL = 3

# Names without a vendor that mean nothing else in a text about computing; other names as short as these need a cue.
_PLAIN = re.compile(r"[ahvp]100|[bh]200|[ah]800|b[13]00|g[bh][23]00|v100s|l40s|mi[0-9]{2,3}[ax]?")
_SHORT = re.compile(r"[a-z]{1,2}[0-9]{1,3}[a-z]?")
_ORDINARY_WORDS = """
    ada ampere ascend blackwell bowipu dcu dojo gracehopper graceblackwell hopper instinct ipu ironwood kepler kunlun lpu
    maxwell mlu pascal rubin tpu trillium turing volta wormhole wse"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
_ALSO_SAID = {("amazon",): "AWS", ("google", "cloud"): "Google"}


@dataclass(frozen=True, slots=True)
class Word:
    """A run of ASCII letters and digits; `singular` is `lower` without a small s at its end."""

    start: int
    end: int
    written: str
    lower: str
    singular: str


@dataclass(frozen=True, slots=True)
class Name:
    """A spelling of a row's name as lower-case words, `written` with its capitals.

    An `ordinary` one means other things too and needs a cue in running text; a `bare` one (4090) needs the vendor or the line before it; a `turned`
    one has the version first (v4 TPU).
    """

    words: tuple[str, ...]
    written: str
    row: Accelerator
    ordinary: bool = False
    bare: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """What the parser looks up: names by first word (longest first), vendors by their words, and the rows by family.

    `memories` has, by key, the memory sizes of the row and of all rows below it, `above` the keys of all rows above it; `lines` are the words that
    alone name a row with others below it (hopper, instinct).
    """

    names: Mapping[str, tuple[Name, ...]]
    vendors: Mapping[tuple[str, ...], str]
    families: Mapping[tuple[str, str], tuple[Accelerator, ...]]
    memories: Mapping[str, frozenset[int]]
    above: Mapping[str, frozenset[str]]
    lines: frozenset[str]


@lru_cache(maxsize=8)
def index(reference: Reference) -> Index:
    """Index the accelerators of a reference; the first row of a family is the one that stands for it."""
    rows = reference.accelerators
    above = {key: frozenset(_rows_above(key, rows)) for key in rows}
    families: dict[tuple[str, str], list[Accelerator]] = {}
    memories: dict[str, set[int]] = {key: set() for key in rows}
    names: list[Name] = []
    for row in rows.values():
        same = families.setdefault((row.vendor, row.family), [])
        if row.broader is None or rows[row.broader].family != row.family:
            same.insert(0, row)
            names.extend(_names(row))
        else:
            same.append(row)
        if row.memory_gb is not None:
            for key in (row.key, *above[row.key]):
                memories[key].add(row.memory_gb)
    by_word: dict[str, list[Name]] = {}
    for name in sorted(names, key=lambda name: (-len("".join(name.words)), name.words, name.bare)):
        by_word.setdefault(name.words[0], []).append(name)
    parents = frozenset().union(*above.values())
    return Index(
        names={word: tuple(found) for word, found in by_word.items()},
        vendors=_vendors(reference),
        families={family: tuple(found) for family, found in families.items()},
        memories={key: frozenset(found) for key, found in memories.items()},
        above=above,
        lines=frozenset(
            name.words[0]
            for name in names
            if len(name.words) == 1 and name.words[0].isalpha() and name.row.key in parents
        ),
    )


def words(text: str) -> list[Word]:
    """Return the words of a text in order."""
    found = []
    for match in _WORD.finditer(text):
        written = match.group()
        lower = written.lower()
        plural = written[-1] == "s" and len(written) >= _SHORTEST_PLURAL
        found.append(Word(match.start(), match.end(), written, lower, lower[:-1] if plural else lower))
    return found


def _rows_above(key: str, rows: Mapping[str, Accelerator]) -> Iterator[str]:
    above = rows[key].broader
    while above is not None:
        yield above
        above = rows[above].broader


def _vendors(reference: Reference) -> dict[tuple[str, ...], str]:
    makers = {row.vendor for row in reference.accelerators.values()}
    found = {_parts(maker): maker for maker in sorted(makers)}
    for organization in reference.organizations.values():
        if organization.label in makers:
            found.update({_parts(alias): organization.label for alias in organization.aliases})
    return {**found, **_ALSO_SAID}


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in _PART.findall(name))


def _names(row: Accelerator) -> Iterator[Name]:
    for name in dict.fromkeys((row.family, *row.aliases)):
        parts = _parts(name)
        joined = "".join(parts)
        ordinary = joined in _ORDINARY or (_SHORT.fullmatch(joined) is not None and _PLAIN.fullmatch(joined) is None)
        written = "".join(_PART.findall(name))
        yield from (Name(words, written, row, ordinary) for words in _joinings(parts))
        split = re.fullmatch(r"(mi|mlu)([0-9].*)", parts[0])
        if split:
            yield Name((*split.groups(), *parts[1:]), written, row, ordinary)
        yield from _short_names(parts, written, row)


def _short_names(parts: tuple[str, ...], written: str, row: Accelerator) -> Iterator[Name]:
    """Yield 4090 for RTX 4090, 910B for Ascend 910B, and for TPU v4: v4 TPU and TPU version 4."""
    line, *rest = parts
    if not rest:
        return
    if (line in ("rtx", "gtx") and not rest[0].isalpha()) or (line == "ascend" and rest[0][-1].isalpha()):
        yield Name(tuple(rest), written, row, bare=True)
    if line == "tpu" and len(rest) == 1 and rest[0].startswith("v"):
        yield Name(("tpu", "version", rest[0][1:]), written, row)
        yield Name((rest[0], "tpu"), written, row, turned=True)


def _joinings(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every way to write the parts with or without a gap: (gaudi, 2) and (gaudi2,)."""
    for gaps in product((True, False), repeat=len(parts) - 1):
        joined = [parts[0]]
        for gap, part in zip(gaps, parts[1:], strict=True):
            if gap:
                joined.append(part)
            else:
                joined[-1] += part
        yield tuple(joined)
