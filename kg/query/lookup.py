"""Look-ups: queries that begin at a thing and follow what is said of it, or with it, read once and answered for any thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.query.tokens import Form

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_DEFAULT = ox.DefaultGraph()
# So many statements are read for an answer, and so long may be a value; more take longer than others should wait.
MOST, LONG = 200, 10_000


class Step(NamedTuple):
    """A pattern: where its terms are found among those that are known (-1: it is what is looked for), and which of them it makes known, in their order."""

    subject: int
    predicate: int
    object: int
    takes: Callable[[ox.Quad], tuple[Any, ...]]


class Test(NamedTuple):
    """A condition on the term at a place: that it is a text in one of these languages ("": in none), and with `ranges` that it is in one that belongs to them."""

    place: int
    languages: frozenset[str]
    ranges: bool

    def holds(self, terms: Sequence[Any]) -> bool:
        """Return whether it holds."""
        term = terms[self.place]
        if not isinstance(term, ox.Literal):
            return False
        language = term.language or ""
        if not self.ranges:
            return language in self.languages
        return any(f"{language.lower()}-".startswith(f"{each}-") for each in self.languages)


class Part(NamedTuple):
    """Patterns that stand together; where nothing fits all of an optional part and its tests, what it would have made known, so many terms, has no value."""

    steps: tuple[Step, ...]
    tests: tuple[Test, ...] = ()
    optional: bool = False
    terms: int = 0


def takes(*, subject: bool, predicate: bool, object_: bool) -> Callable[[ox.Quad], tuple[Any, ...]]:
    """Return what takes those terms of a statement that a pattern makes known."""
    return _TAKES[subject, predicate, object_]


_TAKES: dict[tuple[bool, bool, bool], Callable[[ox.Quad], tuple[Any, ...]]] = {
    (False, False, False): lambda _: (),
    (True, False, False): lambda quad: (quad.subject,),
    (True, True, False): attrgetter("subject", "predicate"),
    (False, True, False): lambda quad: (quad.predicate,),
    (False, False, True): lambda quad: (quad.object,),
    (False, True, True): attrgetter("predicate", "object"),
}


class Statements:
    """Statements of the default graph, of which no more are read than an answer may take."""

    def __init__(self, store: ox.Store, most: int = MOST) -> None:
        self._read = store.quads_for_pattern
        self._left = most

    def matching(self, subject: Any, predicate: Any, object_: Any) -> list[ox.Quad]:
        """Return the statements that have these terms (None: any); ValueError where there are too many."""
        found = list(islice(self._read(subject, predicate, object_, _DEFAULT), self._left + 1))
        self._left -= len(found)
        if self._left < 0:
            raise ValueError("too many statements")
        return found

    def follow(self, steps: Iterable[Step], solutions: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return solutions of which each goes on with what fits the patterns; ValueError where too much does."""
        for subject, predicate, object_, takes in steps:
            longer: list[tuple[Any, ...]] = []
            for terms in solutions:
                about = terms[subject] if subject >= 0 else None
                verb = terms[predicate] if predicate >= 0 else None
                if isinstance(about, ox.Literal) or not (verb is None or isinstance(verb, ox.NamedNode)):
                    continue
                value = terms[object_] if object_ >= 0 else None
                longer += [terms + takes(quad) for quad in self.matching(about, verb, value)]
            solutions = longer
        return solutions

    def follow_if_any(self, part: Part, solutions: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return solutions of which each goes on with what fits an optional part, if anything does."""
        nothing = (None,) * part.terms
        longer: list[tuple[Any, ...]] = []
        for terms in solutions:
            found = self.follow(part.steps, [terms])
            if part.tests:
                found = [row for row in found if all(test.holds(row) for test in part.tests)]
            longer += found or [terms + nothing]
        return longer


@dataclass(frozen=True, slots=True)
class Lookup(Form):
    """A query whose patterns hang on things that it names, each on what is known before it; `iris` are those behind its first brace or DESCRIBE.

    It is answered without being parsed by the store, so that it is read more strictly than what the store sees in the end (`kg.query.pattern_reader`).
    """

    _constants: tuple[Any, ...]
    _parts: tuple[Part, ...]
    _tests: tuple[Test, ...]

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return what the default graph says of these things.

        None where it is more than `rows` (0: any number), takes long, or leaves out rows of a join, or where an IRI is none: that is for the store's own evaluation.
        """
        raise NotImplementedError

    def _known(self, iris: Sequence[str]) -> tuple[Any, ...]:
        """Return the terms that are known at first; ValueError where an IRI is none."""
        return (*self.nodes(iris), *self._constants)

    def _solutions(self, statements: Statements, known: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Return the solutions, each all terms that are known in the end, or None in the place of those that there may be and are not."""
        solutions = [known]
        for part in self._parts:
            if part.optional:
                solutions = statements.follow_if_any(part, solutions)
            else:
                solutions = statements.follow(part.steps, solutions)
        return [row for row in solutions if all(test.holds(row) for test in self._tests)] if self._tests else solutions


@dataclass(frozen=True, slots=True)
class RowLookup(Lookup):
    """A look-up of rows, or of whether there is any."""

    # What an answer begins with, and how the columns that may have a value are named in it, with where their terms are found; None is a query that asks whether
    # there is any.
    _head: str
    _columns: tuple[tuple[str, int], ...] | None
    _limit: int

    @property
    def is_lone(self) -> bool:
        """Whether it is one pattern, and nothing is tested."""
        return len(self._parts) == 1 and len(self._parts[0].steps) == 1 and not (self._parts[0].optional or self._tests)

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return the rows as SPARQL 1.1 Query Results JSON, as the store itself writes it."""
        found = self._found(store, iris)
        if found is None:
            return None
        if self._columns is None:
            return b'{"head":{},"boolean":true}' if found else b'{"head":{},"boolean":false}'
        if 0 < self._limit < len(found) and sum(len(part.steps) for part in self._parts) > 1:
            # The store joins in an order of its own: which rows are the first must not depend on who answers.
            return None
        found = found[: self._limit]
        if rows and len(found) > rows:
            return None
        columns = self._columns
        try:
            written = [
                "{" + ",".join([name + as_json(row[place]) for name, place in columns if row[place] is not None]) + "}"
                for row in found
            ]
        except TypeError:
            return None
        return f"{self._head}{','.join(written)}]}}}}".encode()

    def _found(self, store: ox.Store, iris: Sequence[str]) -> list[tuple[Any, ...]] | None:
        try:
            return self._solutions(Statements(store), self._known(iris))
        except (OSError, RuntimeError, TypeError, ValueError):
            return None


def as_json(term: Any) -> str:
    """Return a term as results in JSON have it; TypeError where it is of RDF 1.2, or long."""
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{quoted(term.value)}}}'
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":"{term.value}"}}'
    if not isinstance(term, ox.Literal) or term.direction is not None:
        raise TypeError
    text = term.value
    if len(text) > LONG:
        raise TypeError
    value = f'{{"type":"literal","value":{quoted(text)}'
    if term.language is not None:
        return f'{value},"xml:lang":"{term.language}"}}'
    datatype = term.datatype.value
    return f"{value}}}" if datatype == _STRING else f'{value},"datatype":"{datatype}"}}'
