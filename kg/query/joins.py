"""Queries that need every row of several properties, joined: the store looks up row after row in the next property, where to read both and join them is far quicker."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kg.query.tokens import KEYWORDS, Token, is_plain, prologue, tokens

# Each query that needs all rows has one of these words, and few others have.
_NEEDS_ALL = re.compile(r"\b(?:COUNT|SUM|AVG|MIN|MAX|SAMPLE|GROUP|ORDER|DISTINCT)\b", KEYWORDS)
_AGGREGATES = frozenset(("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE"))
# Behind these, all rows are needed whatever the limit.
_SORTING = frozenset(("GROUP", "ORDER"))
# What may follow the patterns of a group, and is met only by rows that these have.
_BEHIND = frozenset(("OPTIONAL", "MINUS", "BIND"))
# Of a condition with these, it is not known from one pattern whether it holds, or it may be another the next time.
_UNSTEADY = frozenset(("EXISTS", "RAND", "UUID", "STRUUID", "BNODE", "NOW"))
# As the store guesses them: what has a value that is given has few rows, what has a class has more, and all else many.
_GIVEN, _CLASS, _ANY = range(3)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern of a query: how it is written, its variables, and the conditions on these that its rows must meet, as SPARQL.

    The subject is the first variable. `guess` puts patterns in the order in which the store begins with them, `span` is where it stands if it is one that need not be there.
    """

    text: str
    variables: tuple[str, ...]
    guess: int
    conditions: tuple[str, ...] = ()
    span: tuple[int, int] | None = None

    @property
    def rows(self) -> str:
        """What finds the rows of the pattern by itself, to stand between braces."""
        return f"{{ SELECT {' '.join(self.variables)} {{ {self.text} }} }}"


@dataclass(frozen=True, slots=True)
class Joins:
    """A query that needs all rows of the patterns that it begins with: `required` are those that must be there, `optional` others, each by itself."""

    required: tuple[Pattern, ...]
    optional: tuple[Pattern, ...]
    # What declares prefixes.
    prologue: str
    _before: str
    _between: str
    _after: str
    # Where the text begins that is behind the patterns.
    _place: int

    @property
    def start(self) -> Pattern:
        """The pattern with which the store begins."""
        return min(self.required, key=lambda pattern: pattern.guess)

    def joined(self, whole: Sequence[Pattern]) -> str:
        """Return the query with these patterns read whole, in this order, and joined."""
        patterns = [pattern.rows for pattern in whole if pattern.span is None]
        patterns += [f"{pattern.text} ." for pattern in self.required if pattern not in whole]
        after, done = [], 0
        for pattern in self.optional:
            if pattern in whole and pattern.span is not None:
                start, end = (place - self._place for place in pattern.span)
                after += [self._after[done:start], pattern.rows]
                done = end
        return f"{self._before} {' '.join(patterns)} {self._between} {''.join(after)}{self._after[done:]}"


def joins(text: str, prefixes: Mapping[str, str]) -> Joins | None:
    """Read a query that needs all rows of several patterns of one property each; None where it does not, or not plainly.

    `prefixes` are those that it may use without saying so.
    """
    if not is_plain(text) or not _NEEDS_ALL.search(text):
        return None
    try:
        _, place = prologue(text, prefixes)
        found = tokens(text, place)
        return _Reader(text, found, *_group(found)).read(text[:place])
    except (IndexError, KeyError, ValueError):
        return None


def _group(found: Sequence[Token]) -> tuple[int, int]:
    """Return the places behind the brace that opens the pattern of a query which needs all rows of it, and of the brace that ends it; ValueError for another query."""
    signs = [token.sign for token in found]
    start, end = signs.index("{"), len(signs) - 1 - signs[::-1].index("}")
    form, behind = set(signs[:start]), set(signs[end:])
    needs_all = not form.isdisjoint(_AGGREGATES) or not behind.isdisjoint(_SORTING)
    if (
        signs[0] != "SELECT"
        or not form.isdisjoint(("REDUCED", "FROM", "EXISTS"))
        or not (needs_all or ("DISTINCT" in form and "LIMIT" not in behind))
    ):
        raise ValueError("not all rows are needed")
    return start + 1, end


class _Reader:
    """Reads the pattern of a query; IndexError or ValueError where it is another than those that are known here."""

    def __init__(self, text: str, found: Sequence[Token], start: int, end: int) -> None:
        self._text, self._tokens, self._at, self._end = text, found, start, end
        self._required: list[Pattern] = []
        # Conditions, each with its variables, and where they stand.
        self._conditions: list[tuple[str, set[str]]] = []
        self._filters: list[str] = []

    def read(self, prologue: str) -> Joins:
        opened = self._tokens[self._at - 1].end
        while self._tokens[self._at].sign not in _BEHIND | {"}"}:
            if self._sign == "FILTER":
                self._filters.append(self._filter())
            else:
                self._triples()
            # One, and not two.
            self._at += self._sign == "."
        place = self._tokens[self._at].start
        optional = self._behind()
        # Behind the group there may be another, as of VALUES.
        if len(self._required) + len(optional) < 2 or not self._required or self._at != self._end:
            raise ValueError("nothing to join")
        return Joins(
            tuple(map(self._conditioned, self._required)),
            tuple(optional),
            prologue,
            self._text[:opened],
            " ".join(self._filters),
            self._text[place:],
            place,
        )

    @property
    def _sign(self) -> str:
        return self._tokens[self._at].sign

    def _conditioned(self, pattern: Pattern) -> Pattern:
        conditions = [text for text, variables in self._conditions if variables <= set(pattern.variables)]
        return Pattern(pattern.text, pattern.variables, pattern.guess, tuple(conditions))

    def _triples(self) -> None:
        """Read what is said of one subject."""
        subject = self._term(("variable",))
        while True:
            verb = "a" if self._tokens[self._at].text == "a" else self._term(("iri", "name"))
            self._at += verb == "a"
            while True:
                self._required.append(_pattern(subject, verb, self._object()))
                if self._sign != ",":
                    break
                self._at += 1
            if self._sign != ";":
                break
            self._at += 1
            if self._sign in (".", "}"):
                break
        # A triple pattern that ends otherwise has a part that is not known here, such as a path.
        if self._sign not in (".", "}", "FILTER") and self._sign not in _BEHIND:
            raise ValueError("another pattern")

    def _term(self, kinds: Collection[str]) -> str:
        token = self._tokens[self._at]
        if token.kind not in kinds:
            raise ValueError("another term")
        self._at += 1
        return token.text

    def _object(self) -> str:
        start = self._tokens[self._at].start
        is_text = self._tokens[self._at].kind == "text"
        self._term(("variable", "iri", "name", "text", "number"))
        if is_text and self._sign == "^^":
            self._at += 1
            self._term(("iri", "name"))
        elif is_text and self._tokens[self._at].kind == "tag":
            self._at += 1
        return self._text[start : self._tokens[self._at - 1].end]

    def _filter(self) -> str:
        """Step over a FILTER and return it; note the condition where it hangs on nothing but the values of its variables."""
        start = self._tokens[self._at].start
        begun = self._at = self._at + 1
        while self._sign not in ("(", "{"):
            self._at += 1
        self._skip()
        inside = self._tokens[begun : self._at]
        text = self._text[start : inside[-1].end]
        if not any(token.sign in _UNSTEADY for token in inside):
            self._conditions.append((text, {_name(token.text) for token in inside if token.kind == "variable"}))
        return text

    def _skip(self) -> None:
        """Step over what stands in parentheses or braces."""
        depth = 0
        while True:
            sign = self._sign
            depth += (sign in ("(", "{")) - (sign in (")", "}"))
            self._at += 1
            if not depth:
                return

    def _behind(self) -> list[Pattern]:
        """Step over what follows the patterns up to the end of the group, and return those that need not be there."""
        found = []
        known = {variable for pattern in self._required for variable in pattern.variables}
        while self._sign != "}":
            begun = self._at
            if self._sign == "OPTIONAL":
                pattern = self._optional()
                # One whose value is known already has few rows.
                if pattern is not None and [each for each in pattern.variables if each in known] == [
                    pattern.variables[0]
                ]:
                    found.append(pattern)
            elif self._sign == "FILTER":
                self._filter()
            elif self._sign in ("BIND", "MINUS"):
                self._at += 1
                self._skip()
            elif self._sign == ".":
                # That there are not two is seen by the store, to which this part is given as it stands.
                self._at += 1
            else:
                raise ValueError("another pattern")
            known |= {_name(token.text) for token in self._tokens[begun : self._at] if token.kind == "variable"}
        return found

    def _optional(self) -> Pattern | None:
        """Step over what need not be there, and return it if it is one pattern."""
        begun = self._at = self._at + 1
        self._skip()
        end, self._at = self._at, begun + 1
        outer, self._required = self._required, []
        try:
            self._triples()
            self._at += self._sign == "."
            inner = self._required
        except ValueError:
            inner = []
        self._required = outer
        if self._at != end - 1 or len(inner) != 1:
            self._at = end
            return None
        self._at = end
        span = self._tokens[begun].end, self._tokens[end - 1].start
        return Pattern(inner[0].text, inner[0].variables, inner[0].guess, span=span)


def _pattern(subject: str, verb: str, object_: str) -> Pattern:
    is_variable = object_.startswith(("?", "$"))
    variables = dict.fromkeys(map(_name, (subject, object_) if is_variable else (subject,)))
    guess = _ANY if is_variable else _CLASS if verb == "a" else _GIVEN
    return Pattern(f"{subject} {verb} {object_}", tuple(variables), guess)


def _name(variable: str) -> str:
    """Return how a variable is written here: it may be written in two ways."""
    return "?" + variable[1:]
