"""How well the seven slots are read: exactness with the tags, precision and recall with the tags taken out.

Run `python -m tests.bench.slots`. The passages are split by the SHA-256 of their id: rules are developed on the
development part, the held-out part only measures them. What a tag holds is the expected value (the text decides, not the
row's `gold`); it is read here by means simpler than the program's. A value found where the text has no such tag counts as
wrong, though most of these are right: some passages leave a value untagged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from kg.extraction import extract
from kg.model import Fact, Passage, Slot
from kg.rdf.accelerators import parse_accelerator
from kg.rdf.reference import load_reference
from tests.shared import shared_path

if TYPE_CHECKING:
    from kg.rdf.reference import Reference

DEVELOPMENT, HELD_OUT = "development", "held out"
_HELD_OUT_TENTHS = 4

Value: TypeAlias = "tuple[object, str | None]"

_TAG = re.compile(r"</?(model|params|gpu_count|hardware|training|country|year)>")
_PAIR = re.compile(r"<(model|params|gpu_count|hardware|training|country|year)>(.*?)</\1>", re.DOTALL)
_SCALES = {"": 0, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "k": 3, "m": 6, "b": 9, "t": 12}
_WORDS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))  # noqa: SIM905


@dataclass(frozen=True)
class Row:
    """A passage with its tags."""

    name: str
    text: str

    @property
    def part(self) -> str:
        """The part of the passages that the row is in."""
        return (
            HELD_OUT if int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % 10 < _HELD_OUT_TENTHS else DEVELOPMENT
        )

    def passage(self, *, tagged: bool) -> Passage:
        """Return the passage with its tags or without."""
        text = self.text if tagged else _TAG.sub("", self.text)
        return Passage(self.name, self.name, text, hashlib.sha256(text.encode()).hexdigest())


def passages() -> tuple[Row, ...]:
    """Return the rows of the shared passages; skips the caller's test where they are missing."""
    lines = shared_path("passages", "passages.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Row(row["id"], row["text"]) for row in map(json.loads, lines))


def tags(row: Row, reference: Reference) -> Iterator[tuple[Slot, int, int, Value]]:
    """Yield the tags whose content has a value, with the span of the content."""
    for match in _PAIR.finditer(row.text):
        slot = Slot(match.group(1))
        value = _READERS[slot](match.group(2), reference)
        if value is not None:
            yield slot, match.start(2), match.end(2), value


def _number(content: str) -> Decimal | None:
    match = re.search(r"(\d[\d,]*(?:\.\d+)?)", content)
    if match:
        return Decimal(match.group(1).replace(",", ""))
    return next((Decimal(_WORDS[word]) for word in content.lower().split() if word in _WORDS), None)


def _params(content: str, _: Reference) -> Value | None:
    number = _number(content)
    scale = re.search(r"\d\s*(thousand|million|billion|trillion|[kmbt])\b", content.lower())
    return None if number is None else (number.scaleb(_SCALES[scale.group(1) if scale else ""]), None)


def _count(content: str, _: Reference) -> Value | None:
    number = Decimal(1) if content.strip().lower() in ("a", "an", "single", "one") else _number(content)
    return None if number is None else (number, None)


def _training(content: str, _: Reference) -> Value | None:
    number, unit = _number(content), re.search(r"(hour|day|week|month|year)s?\b", content)
    return (number, unit.group(1)) if number is not None and unit else None


def _hardware(content: str, reference: Reference) -> Value | None:
    mention = parse_accelerator(content, reference)
    return (mention.key, None) if mention and mention.key else None


def _country(content: str, reference: Reference) -> Value | None:
    names = _countries(reference)
    return (names[content.strip()], None) if content.strip() in names else None


@cache
def _countries(reference: Reference) -> dict[str, str]:
    return {
        name: country.alpha3 for country in reference.countries.values() for name in (country.name, *country.aliases)
    }


_READERS: dict[Slot, Callable[[str, Reference], Value | None]] = {
    Slot.MODEL: lambda content, _: (content, None),
    Slot.PARAMS: _params,
    Slot.GPU_COUNT: _count,
    Slot.HARDWARE: _hardware,
    Slot.TRAINING: _training,
    Slot.COUNTRY: _country,
    Slot.YEAR: lambda content, _: (Decimal(content), None),
}


def value_of(fact: Fact) -> Value:
    """Return a fact's value in the form in which they are compared."""
    number = isinstance(fact.value, int | Decimal) and not isinstance(fact.value, bool)
    return (Decimal(str(fact.value)) if number else fact.value), fact.unit


@dataclass(frozen=True)
class Score:
    """Counts of values found right, found wrong, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of the values found that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of the values there that are found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def untagged(rows: Iterable[Row]) -> dict[str, Score]:
    """Return the score of each slot, and of `all`, on passages with their tags taken out."""
    reference = load_reference()
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        expected: dict[Slot, set[Value]] = {}
        for slot, _, _, value in tags(row, reference):
            expected.setdefault(slot, set()).add(value)
        facts = extract(row.passage(tagged=False), reference).facts
        found = {fact.slot: value_of(fact) for fact in facts if fact.slot is not None and fact.value is not None}
        for slot in Slot:
            right = slot in found and found[slot] in expected.get(slot, set())
            outcomes = ["right"] if right else ["wrong"] * (slot in found) + ["missed"] * (slot in expected)
            counts.update((name, outcome) for name in (slot.value, "all") for outcome in outcomes)
    return {
        name: Score(*(counts[name, outcome] for outcome in ("right", "wrong", "missed")))
        for name in (*(slot.value for slot in Slot), "all")
    }


def inexact(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a line for each tag with a value for which there is no fact with that value at that place."""
    reference = load_reference()
    for row in rows:
        facts = extract(row.passage(tagged=True), reference).facts
        found = {(fact.slot, fact.start, fact.end, value_of(fact)) for fact in facts if fact.slot is not None}
        for slot, start, end, value in tags(row, reference):
            if (slot, start, end, value) not in found:
                yield f"{row.name} <{slot}> {start}-{end} {row.text[start:end]!r}: {value} not found"


def main() -> None:
    """Print the tables."""
    rows = passages()
    faults = list(inexact(rows))
    total = sum(1 for row in rows for _ in tags(row, load_reference()))
    print(f"tags with a value: {total}, exact in value and offsets: {total - len(faults)}")
    print(*faults, sep="\n")
    for part in (DEVELOPMENT, HELD_OUT):
        chosen = [row for row in rows if row.part == part]
        print(f"\n{part}: {len(chosen)} passages, tags taken out")
        print(f"{'slot':10} {'right':>6} {'wrong':>6} {'missed':>6} {'precision':>10} {'recall':>7}")
        for name, score in untagged(chosen).items():
            print(
                f"{name:10} {score.right:6} {score.wrong:6} {score.missed:6} {score.precision:10.3f} {score.recall:7.3f}"
            )


if __name__ == "__main__":
    main()
