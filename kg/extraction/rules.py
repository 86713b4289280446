"""Rules: a pattern, the property that a match states, of what, and how its value reads.

A rule is a line or two; what all rules share is here. Most rules read a number `{x:number}` and speak of the training
run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kg.extraction.claims import Claim
from kg.extraction.hedges import hedge_before
from kg.extraction.numerals import exact
from kg.extraction.patterns import Index, Pattern
from kg.model import Level, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.extraction.patterns import Match
    from kg.model import Value
    from kg.rdf.reference import Concept


# Parts that many patterns share: what stands between the name of a setting and its number.
HEDGE = r"[approximately|about|around|roughly|nearly|up to|a maximum of|an estimated|over|\~|≈|∼]"
OF = "(of|=|:|at)"
SET = (
    "([was|is|were|are|being|be|then] (set|fixed|maintained|kept|held|increased|extended|scaled|limited|capped) "
    "[constant] (to|at)|is|was)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A match of a rule in its document; tokens are meant wherever a method takes or gives places."""

    document: Document
    context: Context
    match: Match

    @property
    def low(self) -> tuple[str, ...]:
        """The words of the whole document."""
        return self.document.low

    @property
    def phase(self) -> str:
        """The phase of training that the match speaks of."""
        return self.context.phases[self.match.first]

    def has(self, name: str) -> bool:
        """Whether the pattern captured something of that name."""
        return name in self.match.captures

    def number(self, name: str = "x") -> Decimal:
        """Return the number captured under a name."""
        return self.document.quantities[self.match.captures[name][0]].value

    def text(self, name: str) -> str:
        """Return the plain words captured under a name."""
        return self.document.text(*self.match.captures[name])

    def concept(self, name: str) -> Concept | None:
        """Return the concept of the gazetteer captured under a name."""
        first = self.match.captures[name][0]
        return self.document.mentions[first].concepts[0] if first in self.document.mentions else None

    def before(self, count: int) -> tuple[str, ...]:
        """Return the words before the match, as many or fewer."""
        first = self.match.whole_first
        return self.low[max(0, first - count) : first]

    def after(self, count: int) -> tuple[str, ...]:
        """Return the words after the match, as many or fewer."""
        return self.low[self.match.whole_last : self.match.whole_last + count]

    def sentence(self) -> tuple[str, ...]:
        """Return the words of the sentence."""
        first, last = self.document.sentence(self.match.whole_first)
        return self.low[first:last]


Subject: TypeAlias = str | Callable[[Reading], str | None]
Valuer: TypeAlias = "Callable[[Reading], Value]"
Guard: TypeAlias = Callable[[Reading], bool]
Unit: TypeAlias = str | Callable[[Reading], str | None] | None


def run(reading: Reading) -> str:
    """Return the run of the phase that the text speaks of."""
    return f"run:{reading.phase}"


def whole(reading: Reading) -> Value:
    """Return the number x, if it is whole."""
    value = exact(reading.number())
    return value if isinstance(value, int) else None


def number(reading: Reading) -> Value:
    """Return the number x as it stands."""
    return reading.number()


def fixed(value: Value) -> Valuer:
    """Return what gives always the same value."""
    return lambda _: value


def words_of(name: str) -> Valuer:
    """Return what gives the words captured under a name."""
    return lambda reading: " ".join(reading.text(name).split())


def spanned(reading: Reading) -> Value:
    """Return the words of the fact's span."""
    return " ".join(reading.document.text(reading.match.first, reading.match.last).split())


def label_of(name: str) -> Valuer:
    """Return what gives the preferred label of the concept captured under a name."""

    def valuer(reading: Reading) -> Value:
        concept = reading.concept(name)
        return concept.label if concept else None

    return valuer


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern states.

    Rules of one `group` (by default the property) do not overlap: the leftmost match wins, then the rule that stands
    first. `when` may veto. A value of None vetoes too. `foreign` rules also read comparisons with other models.
    """

    name: str
    pattern: str
    property: str
    subject: Subject = run
    value: Valuer = whole
    unit: Unit = None
    when: Guard | None = None
    group: str | None = None
    kind: str = "grammar"


class Grammar:
    """A set of rules, ready to read documents."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._index: Index[Rule] | None = None

    def claims(self, document: Document, context: Context) -> Iterator[Claim]:
        """Yield what the rules read in a document."""
        if self._index is None:
            self._index = Index((Pattern(rule.pattern), rule) for rule in self.rules)
        for first, last in document.tokens.sentences:
            passed: dict[str, int] = {}
            for match, rule in self._index.matches(document, first, last):
                group = rule.group or rule.property
                if passed.get(group, 0) > match.whole_first or match.first in context.foreign:
                    continue
                claim = _claim(rule, Reading(document, context, match))
                if claim is not None:
                    passed[group] = match.whole_last
                    yield claim


def _claim(rule: Rule, reading: Reading) -> Claim | None:
    if rule.when is not None and not rule.when(reading):
        return None
    value = rule.value(reading)
    subject = rule.subject(reading) if callable(rule.subject) else rule.subject
    if value is None or subject is None:
        return None
    unit = rule.unit(reading) if callable(rule.unit) else rule.unit
    match = reading.match
    numbered = [reading.match.captures["x"][0]] if reading.has("x") else []
    approximate = any(hedge_before(reading.document.tokens, i) is not None for i in numbered)
    return claim_at(
        reading.document, match.first, match.last, subject, rule.property, value, f"{rule.kind}:{rule.name}",
        unit=unit, approximate=approximate,
    )  # fmt: skip


def claim_at(
    document: Document, first: int, last: int, subject: str, property_: str, value: Value, rule: str, *,
    unit: str | None = None, approximate: bool = False, level: Level = Level.STATED, slot: Slot | None = None,
) -> Claim:  # fmt: skip
    """Return a claim whose quote is the tokens from `first` to before `last`, tags between them included."""
    tokens = document.tokens
    start, end = document.plain.raw_span(tokens.starts[first], tokens.ends[last - 1])
    end = _closed(document.passage.text, start, end)
    return Claim(
        subject=subject, property=property_, value=value, quote=document.passage.text[start:end], rule=rule, near=start,
        unit=unit, approximate=approximate, level=level, slot=slot,
    )  # fmt: skip


def _closed(text: str, start: int, end: int) -> int:
    """Take in what closes a formula that a span breaks off: `10^{-4` ends with `}$`."""
    for opener, closer in (("{", "}"), ("$", "$")):
        quote = text[start:end]
        opened = quote.count(opener) % 2 if opener == closer else quote.count(opener) > quote.count(closer)
        if opened and text.startswith(closer, end):
            end += 1
    return end
