"""Turns terms into what a page shows: a link with a label, a number with its unit, a date, a text, or a node in place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import pyoxigraph as ox

from kg.pages.addresses import Addresses, outward
from kg.pages.graph import Term
from kg.pages.labels import Text, brief
from kg.pages.names import FIRST, NIL, NUMBER, NUMBERS, REST, TYPE, UNIT_TEXT, UNITS
from kg.pages.numbers import Number, measured, sign
from kg.pages.reading import Node, first_iri, first_literal, is_true, key
from kg.rdf.labels import humanised, local_name
from kg.rdf.namespaces import RDF, XSD
from kg.settings import ONTOLOGY

Kind: TypeAlias = Literal["link", "text", "number", "time", "truth", "node", "list", "triple", "cut"]

# Texts longer than this are cut, with the whole on demand; longer than the second, the page does without the rest.
_LONG = 600
_HUGE = 100_000
_DEEPEST = 4
_MOST_ITEMS = 200
_DEEPER = "a node that only the data show"
NUMERIC = frozenset(
    XSD + name
    for name in (
        *("integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger"),
        *("positiveInteger", "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong"),
        *("unsignedShort", "unsignedByte"),
    )
)
# What is said of a text by its datatype is told of all but these: a number that is none has to be seen.
_PLAIN = frozenset((XSD + "string", RDF + "langString", XSD + "anyURI"))
_MEASURED = (XSD + "double", XSD + "float")
_NOT_FINITE = ("NaN", "INF", "-INF", "+INF")
_ZONE = r"(Z|[+-]\d{2}:\d{2})?"
_DATE = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:T(\d{{2}}:\d{{2}})(?::\d{{2}}(?:\.\d+)?)?)?{_ZONE}", re.ASCII)
_YEAR = re.compile(rf"\d{{4,}}{_ZONE}", re.ASCII)
_YEAR_MONTH = re.compile(rf"(\d{{4,}})-(\d{{2}}){_ZONE}", re.ASCII)
_MONTH = re.compile(rf"--(\d{{2}}){_ZONE}", re.ASCII)
_MONTH_DAY = re.compile(rf"--(\d{{2}})-(\d{{2}}){_ZONE}", re.ASCII)
_TIME = re.compile(rf"(\d{{2}}:\d{{2}}(?::\d{{2}})?)(?:\.\d+)?{_ZONE}", re.ASCII)
_DURATION = re.compile(
    r"(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
# What says something by itself; other ends of addresses, such as `0.1` and `?a=1`, tell nothing without their beginning.
_WORD = re.compile(r"[^\W\d_][^?=&]{2,}", re.DOTALL)
_LONGEST_MONTH = 31
_SPANS = ("year", "month", "day", "hour", "minute", "second")


class Link(NamedTuple):
    """A thing by its name: `href` is where to find it (None: no link is safe), `outside` says that this is not this site."""

    label: Text
    iri: str
    href: str | None
    outside: bool = False
    hint: str = ""


class Value(NamedTuple):
    """A value as a page shows it; which fields count is said by `kind`.

    `exact` is the lexical form, `rest` what follows a text that is cut, `parts` the properties of a node in place, `items` those of a list.
    """

    kind: Kind
    term: Term
    text: str = ""
    exact: str = ""
    rest: str = ""
    lost: int = 0
    language: str | None = None
    datatype: str = ""
    number: Number | None = None
    unit: str = ""
    approximate: bool = False
    link: Link | None = None
    parts: tuple[Part, ...] = ()
    items: tuple[Value, ...] = ()

    @property
    def order(self) -> tuple[int, float, str]:
        """Where the value stands among others: numbers by size, then all else by what is shown."""
        if self.kind == "number":
            try:
                return 0, float(self.exact), self.exact
            except ValueError:
                return 1, 0, self.exact
        # A date stands where its year puts it, not its day.
        name = self.link.label.text if self.link else self.exact if self.kind == "time" else self.text
        return (3 if self.kind in ("node", "list") else 2), 0, f"{name.casefold()}\0{name}"


@dataclass(frozen=True, slots=True)
class Part:
    """A property of a node in place, and its values."""

    link: Link
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes terms: `names` are the labels of IRIs, `nodes` what is shown in place, `unit_of` the unit of a property's numbers."""

    addresses: Addresses
    names: Mapping[str, Text]
    nodes: Mapping[str, Node]
    unit_of: Callable[[str], str | None]
    here: Callable[[str], bool]
    # What was written before on other pages, by IRI.
    terms: dict[str, Link] = field(default_factory=dict)

    def name(self, iri: str) -> Text:
        """Return the label of an IRI, or a readable form of it."""
        return self.names.get(iri) or Text(brief(humanised(iri) if "#" in iri else local_name(iri)), named=False)

    def term(self, iri: str) -> Link:
        """Return a property or class as a link; without a label it is called by the words of its name."""
        known = self.terms.get(iri)
        if known is None:
            known = self.link(iri)
            if not known.label.named:
                known = known._replace(label=Text(humanised(iri), named=False))
            if iri in self.names:
                self.terms[iri] = known
        return known

    def link(self, iri: str) -> Link:
        """Return a thing as a link: to its page here, where the site has one, else to itself if that is safe."""
        if self.here(iri):
            return Link(self.name(iri), iri, self.addresses.url(iri))
        # What cannot be followed is shown as it is.
        away = outward(iri)
        name = self.name(iri) if away else Text(iri, named=False)
        if away and not name.named and not _WORD.fullmatch(name.text):
            name = Text(brief(iri.partition("://")[2] or iri), named=False)
        return Link(name, iri, away, outside=away is not None)

    def value(self, term: Term, prop: str | None = None, within: tuple[str, ...] = ()) -> Value:
        """Return a term as a value of a property; `within` are the nodes that it stands in."""
        if isinstance(term, ox.Literal):
            return self._literal(term, prop)
        if isinstance(term, ox.Triple):
            return self._triple(term)
        if key(term) == NIL:
            return Value("list", term)
        node = self.nodes.get(key(term))
        if node is None or key(term) in within:
            return self._named(term, above=key(term) in within)
        if len(within) >= _DEEPEST:
            return self._named(term)
        return self._node(term, node, (*within, key(term)))

    def _named(self, term: ox.NamedNode | ox.BlankNode, *, above: bool = False) -> Value:
        if isinstance(term, ox.NamedNode):
            return Value("link", term, link=self.link(term.value))
        return Value("cut", term, text="a node shown above" if above else _DEEPER)

    def _node(self, term: ox.NamedNode | ox.BlankNode, node: Node, within: tuple[str, ...]) -> Value:
        amount = first_literal(node, *NUMBERS)
        if amount is not None and (NUMBER in node or any(unit in node for unit in UNITS) or UNIT_TEXT in node):
            return self._quantity(term, node, amount)
        if FIRST in node:
            return Value("list", term, items=self._items(node, within))
        link = self.link(term.value) if isinstance(term, ox.NamedNode) else None
        return Value("node", term, link=link, parts=self.parts(node, within))

    def parts(self, node: Node, within: tuple[str, ...]) -> tuple[Part, ...]:
        """Return the properties of a node in place, its types last unless it has nothing else."""
        found = [
            Part(
                self.term(prop),
                tuple(sorted((self.value(term, prop, within) for term in terms), key=lambda value: value.order)),
            )
            for prop, terms in node.items()
            if prop != TYPE or len(node) == 1
        ]
        return tuple(sorted(found, key=lambda part: part.link.label.text.casefold()))

    def _quantity(self, term: Term, node: Node, amount: ox.Literal) -> Value:
        unit = first_literal(node, UNIT_TEXT) or first_literal(node, *UNITS)
        iri = first_iri(node, *UNITS)
        known = sign(unit.value if unit else local_name(iri) if iri else "", amount.value)
        written = self._literal(amount, None)
        shown, unit_ = measured(amount.value, known)
        if shown is not None:
            written = written._replace(number=shown, unit=unit_)
        return written._replace(term=term, approximate=is_true(node, ONTOLOGY + "approximate"))

    def _items(self, node: Node, within: tuple[str, ...]) -> tuple[Value, ...]:
        items: list[Value] = []
        seen = set()
        place: Node | None = node
        while place is not None and FIRST in place and id(place) not in seen and len(items) < _MOST_ITEMS:
            seen.add(id(place))
            items += [self.value(term, None, within) for term in sorted(place[FIRST], key=str)]
            place = next((self.nodes.get(key(term)) for term in place.get(REST, ()) if key(term) != NIL), None)
        return tuple(items)

    def _triple(self, triple: ox.Triple) -> Value:
        terms = (triple.subject, triple.predicate, triple.object)
        return Value("triple", triple, items=tuple(self.value(term, None, ("",) * _DEEPEST) for term in terms))

    def _literal(self, literal: ox.Literal, prop: str | None) -> Value:
        text, datatype = literal.value, literal.datatype.value
        if datatype in NUMERIC:
            unit = sign((self.unit_of(prop) if prop else None) or "", text)
            shown, unit = measured(text, unit)
            if shown is not None:
                return Value("number", literal, exact=text, number=shown, unit=unit)
        elif datatype == XSD + "boolean" and text in ("true", "false", "1", "0"):
            return Value("truth", literal, text="yes" if text in ("true", "1") else "no", exact=text)
        elif datatype in _TIMES and (told := _TIMES[datatype](text)):
            return Value("time", literal, text=told, exact=text)
        elif datatype == XSD + "anyURI" and (away := outward(text)):
            return Value("link", literal, link=Link(Text(text), text, away, outside=True))
        plain = datatype in _PLAIN or (datatype in _MEASURED and text in _NOT_FINITE)
        strange = "" if plain else humanised(datatype)
        return Value(
            "text",
            literal,
            text=text[:_LONG],
            rest=text[_LONG:_HUGE],
            lost=max(0, len(text) - _HUGE),
            language=literal.language,
            datatype=strange,
        )


def day(lexical: str) -> str | None:
    """Return a date or a time for people: `6 December 2023`, `6 December 2023, 14:30 UTC`; None for what is none."""
    match = _DATE.fullmatch(lexical)
    if match is None:
        return None
    try:
        date = dt.date.fromisoformat(match.group(1))
    except ValueError:
        return None
    time = f", {match.group(2)}{_zone(match.group(3))}" if match.group(2) else ""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}{time}"


def _year(lexical: str) -> str | None:
    return lexical.removesuffix("Z") if _YEAR.fullmatch(lexical) else None


def _year_month(lexical: str) -> str | None:
    match = _YEAR_MONTH.fullmatch(lexical)
    month = _month_name(match.group(2)) if match else None
    return f"{month} {match.group(1)}" if match and month else None


def _month(lexical: str) -> str | None:
    match = _MONTH.fullmatch(lexical)
    return _month_name(match.group(1)) if match else None


def _month_day(lexical: str) -> str | None:
    match = _MONTH_DAY.fullmatch(lexical)
    month = _month_name(match.group(1)) if match else None
    return f"{int(match.group(2))} {month}" if match and month and 1 <= int(match.group(2)) <= _LONGEST_MONTH else None


def _time(lexical: str) -> str | None:
    match = _TIME.fullmatch(lexical)
    return f"{match.group(1)}{_zone(match.group(2))}" if match else None


def _duration(lexical: str) -> str | None:
    """Return a duration in words: `P1Y2M` as `1 year 2 months`."""
    match = _DURATION.fullmatch(lexical)
    if match is None:
        return None
    parts = [
        f"{number} {span if number == '1' else f'{span}s'}"
        for number, span in zip(match.groups()[1:], _SPANS, strict=True)
        if number is not None
    ]
    return ("minus " if match.group(1) else "") + " ".join(parts)


def _zone(zone: str | None) -> str:
    return " UTC" if zone == "Z" else f" {zone}" if zone else ""


def _month_name(number: str) -> str | None:
    return _MONTHS[int(number) - 1] if 1 <= int(number) <= len(_MONTHS) else None


_MONTHS: Sequence[str] = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_TIMES: Mapping[str, Callable[[str], str | None]] = {
    **{XSD + name: day for name in ("date", "dateTime", "dateTimeStamp")},
    **{XSD + name: _duration for name in ("duration", "dayTimeDuration", "yearMonthDuration")},
    XSD + "gYear": _year,
    XSD + "gYearMonth": _year_month,
    XSD + "gMonth": _month,
    XSD + "gMonthDay": _month_day,
    XSD + "time": _time,
}
