r"""A small language of patterns over tokens, in which the rules are written.

    peak learning rate [value] (of|=|:) {x:number}

matches words (lower case, hyphens as spaces), and of what is not a word:

    (a|b c)     one of several
    [a|b c]     one of several, or nothing
    step(s)     `step` or `steps`
    {x:number}  a thing of a class (a number, or a scheme of the gazetteer), captured under the name before the colon
    ~3          up to three words or numbers, as few as can be
    < >         where the span of the fact starts and ends, if not with the match
    \(          a sign that is also a sign of this language

A pattern has no repetition, so a match at a given token costs no more than the pattern is long. Patterns are found by
their first words through an index (`Index`), so that a hundred of them cost little more than one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Readable(Protocol):
    """What a pattern is matched on: words, their kinds (see lexer), and for each class where its things start and end."""

    @property
    def low(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def kinds(self) -> str: ...  # noqa: D102
    @property
    def classes(self) -> Mapping[str, Mapping[int, int]]: ...  # noqa: D102


Captures: TypeAlias = tuple[tuple[str, int, int], ...]
Outcome: TypeAlias = "tuple[int, Captures] | None"
_Step: TypeAlias = "Callable[[Readable, int, int, Captures], Outcome]"

_ITEM = re.compile(r"\\(.)|([()\[\]|<>])|\{(?:(\w+):)?([\w-]+)\}|~(\d+)|([^\s()\[\]{}<>|~\\]+(?:\(\w+\))?)")
_OPEN, _CLOSE = "<", ">"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern matched: the tokens of the span of the fact, all tokens matched, and the captures by name."""

    first: int
    last: int
    whole_first: int
    whole_last: int
    captures: Mapping[str, tuple[int, int]]


class Pattern:
    """A compiled pattern; `words` and `classes` are what it can start with."""

    __slots__ = ("_step", "classes", "source", "words")

    def __init__(self, source: str) -> None:
        self.source = source
        node = _Parser(source).parse()
        words, classes, nullable = node.first()
        if nullable or not words | classes or source.lstrip("<[( ").startswith("~"):
            raise ValueError(f"a pattern must start with a word or a class: {source!r}")
        self.words = words
        self.classes = classes
        self._step = node.compiled(_accept)

    def match(self, text: Readable, first: int, limit: int) -> Match | None:
        """Match at token `first`, not beyond `limit`."""
        outcome = self._step(text, first, limit, ())
        if outcome is None:
            return None
        last, captured = outcome
        captures = {name: (start, end) for name, start, end in captured}
        span_first = captures.pop(_OPEN, (first, 0))[0]
        span_last = captures.pop(_CLOSE, (last, 0))[0]
        return Match(span_first, span_last, first, last, captures)


def _accept(_text: Readable, i: int, _limit: int, captures: Captures) -> Outcome:
    return i, captures


_First: TypeAlias = tuple[frozenset[str], frozenset[str], bool]
_NOTHING: frozenset[str] = frozenset()


class _Word:
    __slots__ = ("words",)

    def __init__(self, *words: str) -> None:
        self.words = frozenset(words)

    def first(self) -> _First:
        return self.words, _NOTHING, False

    def compiled(self, then: _Step) -> _Step:
        words = self.words

        def step(text: Readable, i: int, limit: int, captures: Captures) -> Outcome:
            return then(text, i + 1, limit, captures) if i < limit and text.low[i] in words else None

        return step


class _Class:
    __slots__ = ("kind", "name")

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind

    def first(self) -> _First:
        return _NOTHING, frozenset({self.kind}), False

    def compiled(self, then: _Step) -> _Step:
        name, kind = self.name, self.kind

        def step(text: Readable, i: int, limit: int, captures: Captures) -> Outcome:
            last = text.classes[kind].get(i) if kind in text.classes else None
            return None if last is None or last > limit else then(text, last, limit, (*captures, (name, i, last)))

        return step


class _Mark:
    __slots__ = ("sign",)

    def __init__(self, sign: str) -> None:
        self.sign = sign

    def first(self) -> _First:
        return _NOTHING, _NOTHING, True

    def compiled(self, then: _Step) -> _Step:
        sign = self.sign
        return lambda text, i, limit, captures: then(text, i, limit, (*captures, (sign, i, i)))


class _Gap:
    __slots__ = ("most",)

    def __init__(self, most: int) -> None:
        self.most = most

    def first(self) -> _First:
        return _NOTHING, _NOTHING, True

    def compiled(self, then: _Step) -> _Step:
        most = self.most

        def step(text: Readable, i: int, limit: int, captures: Captures) -> Outcome:
            for last in range(i, min(i + most, limit) + 1):
                if last > i and text.kinds[last - 1] not in "WN":
                    return None
                outcome = then(text, last, limit, captures)
                if outcome is not None:
                    return outcome
            return None

        return step


class _Sequence:
    __slots__ = ("items",)

    def __init__(self, items: list[_Node]) -> None:
        self.items = items

    def first(self) -> _First:
        words, classes = _NOTHING, _NOTHING
        for item in self.items:
            more_words, more_classes, nullable = item.first()
            words, classes = words | more_words, classes | more_classes
            if not nullable:
                return words, classes, False
        return words, classes, True

    def compiled(self, then: _Step) -> _Step:
        for item in reversed(self.items):
            then = item.compiled(then)
        return then


class _Choice:
    __slots__ = ("choices", "optional")

    def __init__(self, choices: list[_Node], *, optional: bool) -> None:
        self.choices = choices
        self.optional = optional

    def first(self) -> _First:
        firsts = [choice.first() for choice in self.choices]
        words = frozenset().union(*(first[0] for first in firsts))
        classes = frozenset().union(*(first[1] for first in firsts))
        return words, classes, self.optional or any(first[2] for first in firsts)

    def compiled(self, then: _Step) -> _Step:
        steps = tuple(choice.compiled(then) for choice in self.choices) + ((then,) if self.optional else ())

        def step(text: Readable, i: int, limit: int, captures: Captures) -> Outcome:
            for choice in steps:
                outcome = choice(text, i, limit, captures)
                if outcome is not None:
                    return outcome
            return None

        return step


_Node: TypeAlias = "_Word | _Class | _Mark | _Gap | _Sequence | _Choice"


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.items = list(_ITEM.finditer(source))
        self.position = 0

    def parse(self) -> _Node:
        node = self._choice("")
        if self.position < len(self.items):
            raise ValueError(f"{self.items[self.position].group()!r} closes nothing in {self.source!r}")
        return node

    def _choice(self, closer: str) -> _Node:
        choices: list[_Node] = [self._sequence()]
        while self._sign() == "|":
            self.position += 1
            choices.append(self._sequence())
        if closer:
            if self._sign() != closer:
                raise ValueError(f"{closer!r} is missing in {self.source!r}")
            self.position += 1
        optional = closer == "]"
        plain = [choice for choice in choices if isinstance(choice, _Word)]
        if len(plain) == len(choices) and not optional:
            return _Word(*(word for choice in plain for word in choice.words))
        return choices[0] if len(choices) == 1 and not optional else _Choice(choices, optional=optional)

    def _sequence(self) -> _Node:
        items: list[_Node] = []
        while self.position < len(self.items) and self._sign() not in ("|", ")", "]"):
            item = self.items[self.position]
            self.position += 1
            escaped, sign, name, kind, gap, word = item.groups()
            if sign in (_OPEN, _CLOSE):
                items.append(_Mark(sign))
            elif sign:
                items.append(self._choice(")" if sign == "(" else "]"))
            elif kind:
                items.append(_Class(name or kind, kind))
            elif gap:
                items.append(_Gap(int(gap)))
            elif escaped:
                items.append(_Word(escaped))
            else:
                stem, _, suffix = word.rstrip(")").partition("(")
                items.append(_Word(stem, stem + suffix))
        return items[0] if len(items) == 1 else _Sequence(items)

    def _sign(self) -> str | None:
        return self.items[self.position].group(2) if self.position < len(self.items) else None


T = TypeVar("T")


class Index(Generic[T]):
    """Patterns with what belongs to each, found by the words and classes that they can start with."""

    def __init__(self, entries: Iterator[tuple[Pattern, T]]) -> None:
        self._by_word: dict[str, list[tuple[int, Pattern, T]]] = {}
        self._by_class: dict[str, list[tuple[int, Pattern, T]]] = {}
        for number, (pattern, payload) in enumerate(entries):
            for word in pattern.words:
                self._by_word.setdefault(word, []).append((number, pattern, payload))
            for kind in pattern.classes:
                self._by_class.setdefault(kind, []).append((number, pattern, payload))

    def matches(self, text: Readable, first: int, last: int) -> Iterator[tuple[Match, T]]:
        """Yield the matches between two tokens, leftmost first; a pattern's matches do not overlap."""
        passed: dict[int, int] = {}
        for i in range(first, last):
            for number, pattern, payload in self._starting(text, i):
                if passed.get(number, 0) > i:
                    continue
                match = pattern.match(text, i, last)
                if match is not None:
                    passed[number] = match.whole_last
                    yield match, payload

    def _starting(self, text: Readable, i: int) -> Iterator[tuple[int, Pattern, T]]:
        yield from self._by_word.get(text.low[i], ())
        for kind, entries in self._by_class.items():
            if kind in text.classes and i in text.classes[kind]:
                yield from entries
