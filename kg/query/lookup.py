"""Look-ups: queries that begin at a thing and follow what is said of it, or with it, read once and answered for any thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.query.tokens import (
    IRI,
    KEYWORDS,
    LANGUAGE,
    NAME,
    SPACE,
    TEXT,
    TYPE,
    VARIABLE,
    Form,
    cut,
    is_plain,
    named,
    prologue,
)

# What stands behind a name, a variable or a tag; of anything else it might be a part.
_END = rf"(?={SPACE}|[;,}}<]|\.(?:{SPACE}|\}}))"
_FORM = re.compile(
    rf"{SPACE}*(?:(?P<ask>ASK)|SELECT(?P<variables>{SPACE}*\*|(?:{SPACE}+{VARIABLE})+)){SPACE}*(?:WHERE{SPACE}*)?\{{",
    KEYWORDS,
)
_TOKEN = re.compile(
    rf"""{SPACE}*(?:(?P<iri>{IRI})
    | (?P<variable>{VARIABLE}){_END}
    | (?P<name>{NAME}){_END}
    | (?P<a>a)(?={SPACE})
    | (?P<text>{TEXT})(?:@(?P<language>{LANGUAGE}){_END}|\^\^(?P<datatype>{NAME}){_END}|(?=[ \t\r\n;,.}}]))
    | (?P<sign>[.;,}}]))""",
    re.VERBOSE,
)
_REST = re.compile(rf"{SPACE}*(?:LIMIT{SPACE}+([0-9]{{1,9}}){SPACE}*)?", KEYWORDS)
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_DEFAULT = ox.DefaultGraph()
# So many statements are read for an answer, and so long may be a value; more take longer than others should wait.
_MOST, _LONG = 200, 10_000


class _Step(NamedTuple):
    """A pattern: where its terms are found among those that are known (-1: it is what is looked for), and which of them it makes known, in their order."""

    subject: int
    predicate: int
    object: int
    takes: Callable[[ox.Quad], tuple[Any, ...]]


def _nothing(_: ox.Quad) -> tuple[Any, ...]:
    return ()


def _subject(quad: ox.Quad) -> tuple[Any, ...]:
    return (quad.subject,)


def _subject_and_predicate(quad: ox.Quad) -> tuple[Any, ...]:
    return (quad.subject, quad.predicate)


def _predicate(quad: ox.Quad) -> tuple[Any, ...]:
    return (quad.predicate,)


def _object(quad: ox.Quad) -> tuple[Any, ...]:
    return (quad.object,)


def _predicate_and_object(quad: ox.Quad) -> tuple[Any, ...]:
    return (quad.predicate, quad.object)


@dataclass(frozen=True, slots=True)
class Lookup(Form):
    """A query whose patterns hang on things that it names, each on what is known before it; `iris` are those between its braces.

    It is answered without being parsed by the store, so that it is read more strictly than what the store sees in the end (`kg.query.pattern_reader`).
    """

    _constants: tuple[Any, ...]
    _steps: tuple[_Step, ...]
    # What an answer begins with, and how the columns that may have a value are named in it, with where their terms are found; None is a query that asks whether
    # there is any.
    _head: str
    _columns: tuple[tuple[str, int], ...] | None
    _limit: int

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return what the default graph says of these things as SPARQL 1.1 Query Results JSON, as the store itself writes it.

        None where it is more than `rows` (0: any number), takes long, or leaves out rows of a join, or where an IRI is none: that is for the store's own evaluation.
        """
        found = self._found(store, iris)
        if found is None:
            return None
        if self._columns is None:
            return b'{"head":{},"boolean":true}' if found else b'{"head":{},"boolean":false}'
        if 0 < self._limit < len(found) and len(self._steps) > 1:
            # The store joins in an order of its own: which rows are the first must not depend on who answers.
            return None
        found = found[: self._limit]
        if rows and len(found) > rows:
            return None
        columns = self._columns
        try:
            written = ["{" + ",".join([name + _json(row[place]) for name, place in columns]) + "}" for row in found]
        except TypeError:
            return None
        return f"{self._head}{','.join(written)}]}}}}".encode()

    def _found(self, store: ox.Store, iris: Sequence[str]) -> list[tuple[Any, ...]] | None:
        """Return the solutions, each all terms that are known in the end."""
        # A base IRI, which queries here have, takes the dots out of a path.
        if "/." in " ".join(iris):
            return None
        left = _MOST
        try:
            solutions = [(*map(ox.NamedNode, iris), *self._constants)]
            for subject, predicate, object_, takes in self._steps:
                longer = []
                for terms in solutions:
                    about = terms[subject] if subject >= 0 else None
                    verb = terms[predicate] if predicate >= 0 else None
                    if isinstance(about, ox.Literal) or not (verb is None or isinstance(verb, ox.NamedNode)):
                        continue
                    value = terms[object_] if object_ >= 0 else None
                    for quad in store.quads_for_pattern(about, verb, value, _DEFAULT):
                        left -= 1
                        if left < 0:
                            return None
                        longer.append(terms + takes(quad))
                solutions = longer
        except (OSError, RuntimeError, TypeError, ValueError):
            return None
        return solutions


def _json(term: Any) -> str:
    """Return a term as results in JSON have it; TypeError where it is of RDF 1.2, or long."""
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{quoted(term.value)}}}'
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":"{term.value}"}}'
    if not isinstance(term, ox.Literal) or term.direction is not None:
        raise TypeError
    text = term.value
    if len(text) > _LONG:
        raise TypeError
    value = f'{{"type":"literal","value":{quoted(text)}'
    if term.language is not None:
        return f'{value},"xml:lang":"{term.language}"}}'
    datatype = term.datatype.value
    return f"{value}}}" if datatype == _STRING else f'{value},"datatype":"{datatype}"}}'


def lookup(text: str, prefixes: Mapping[str, str]) -> Lookup | None:
    """Read a query that is a look-up; None where it is none. `prefixes` are those that it may use without saying so."""
    if not is_plain(text):
        return None
    try:
        known, place = prologue(text, prefixes)
    except ValueError:
        return None
    form = _FORM.match(text, place)
    if form is None:
        return None
    tokens = list(_tokens(text, form.end()))
    if not tokens or tokens[-1]["sign"] != "}":
        return None
    rest = _REST.fullmatch(text, tokens[-1].end())
    if rest is None or (form["ask"] and rest[1]):
        return None
    try:
        return _Reader(known).read(text, form, tokens[:-1], int(rest[1] or _MOST))
    except (KeyError, ValueError):
        return None


def _tokens(text: str, place: int) -> Iterator[re.Match[str]]:
    """Yield the tokens up to the brace that ends the pattern, or up to what is no part of a look-up."""
    while (token := _TOKEN.match(text, place)) is not None:
        yield token
        place = token.end()
        if token["sign"] == "}":
            return


class _Reader:
    """Reads the patterns of one query; KeyError or ValueError where it is no look-up."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._constants: list[Any] = []
        self._variables: dict[str, int] = {}

    def read(self, text: str, form: re.Match[str], tokens: list[re.Match[str]], limit: int) -> Lookup:
        """Return the look-up whose patterns are these tokens."""
        written = [token for token in tokens if token["iri"]]
        iris, texts = cut(text, (token.span("iri") for token in written))
        triples = list(_triples(tokens))
        self._constants = [self._constant(token) for token in tokens if _is_constant(token)]
        places = {id(token): place for place, token in enumerate(written)}
        constants = (token for token in tokens if _is_constant(token))
        places |= {id(token): len(iris) + place for place, token in enumerate(constants)}
        known = len(iris) + len(self._constants)
        steps = []
        for subject, predicate, object_ in triples:
            step = self._step(*(self._place(token, places) for token in (subject, predicate, object_)))
            for token, place in zip((subject, predicate, object_), step[:3], strict=True):
                if place < 0:
                    if token["variable"][1:] in self._variables:
                        raise ValueError("a variable stands twice in a pattern")
                    self._variables[token["variable"][1:]] = known
                    known += 1
            steps.append(step)
        if form["ask"]:
            return Lookup(iris, texts, tuple(self._constants), tuple(steps), "", None, limit)
        columns = self._columns(form["variables"])
        head = f'{{"head":{{"vars":[{",".join(name for name, _ in columns)}]}},"results":{{"bindings":['
        cells = tuple((f"{name}:", place) for name, place in columns if place >= 0)
        return Lookup(iris, texts, tuple(self._constants), tuple(steps), head, cells, limit)

    def _constant(self, token: re.Match[str]) -> Any:
        if token["a"]:
            return TYPE
        if token["name"]:
            return named(token["name"], self._prefixes)
        value = token["text"][1:-1]
        if token["datatype"]:
            return ox.Literal(value, datatype=named(token["datatype"], self._prefixes))
        return ox.Literal(value, language=token["language"])

    def _place(self, token: re.Match[str], places: Mapping[int, int]) -> int:
        return self._variables.get(token["variable"][1:], -1) if token["variable"] else places[id(token)]

    def _step(self, subject: int, predicate: int, object_: int) -> _Step:
        if subject < 0 and object_ < 0:
            raise ValueError("the pattern hangs on nothing that is known")
        takes = {
            (False, False, False): _nothing,
            (True, False, False): _subject,
            (True, True, False): _subject_and_predicate,
            (False, True, False): _predicate,
            (False, False, True): _object,
            (False, True, True): _predicate_and_object,
        }
        return _Step(subject, predicate, object_, takes[subject < 0, predicate < 0, object_ < 0])

    def _columns(self, variables: str) -> tuple[tuple[str, int], ...]:
        """Return the names as JSON has them, and where their terms are found (-1: nowhere)."""
        names = sorted(self._variables) if variables.strip() == "*" else [each[1:] for each in variables.split()]
        if len(set(names)) < len(names):
            raise ValueError("a variable is asked for twice")
        return tuple((f'"{name}"', self._variables.get(name, -1)) for name in names)


def _is_constant(token: re.Match[str]) -> bool:
    return bool(token["a"] or token["name"] or token["text"])


def _triples(tokens: list[re.Match[str]]) -> Iterator[tuple[re.Match[str], re.Match[str], re.Match[str]]]:
    """Yield subject, predicate and object of each pattern; ValueError where tokens are none."""
    # How many terms there are yet; behind an object, a sign tells with which of them the next pattern begins anew.
    terms: list[re.Match[str]] = []
    for token in tokens:
        if not token["sign"]:
            if len(terms) == 3:
                raise ValueError("four terms")
            if (token["text"] and len(terms) < 2) or (token["a"] and len(terms) != 1):
                raise ValueError("a text or a verb in another's place")
            terms.append(token)
            if len(terms) == 3:
                yield terms[0], terms[1], terms[2]
        elif len(terms) == 3:
            del terms[{".": 0, ";": 1, ",": 2}[token["sign"]] :]
        else:
            raise ValueError("a sign in a term's place")
    if len(terms) in (1, 2):
        raise ValueError("a pattern without an end")
