"""Reads queries that are look-ups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

import pyoxigraph as ox

from kg.query.lookup import MOST, Part, RowLookup, Step, Test, takes
from kg.query.lookup_graph import Construction, Description, GraphLookup, Write
from kg.query.lookup_lone import MOST_LISTED, PLACES, CountLookup, ListLookup, Pattern
from kg.query.tokens import (
    IRI,
    KEYWORDS,
    LANGUAGE,
    NAME,
    SPACE,
    TEXT,
    TYPE,
    VARIABLE,
    cut,
    is_plain,
    named,
    prologue,
)

# What stands behind a name, a variable or a tag; of anything else it might be a part.
_END = rf"(?={SPACE}|[;,}}<]|\.(?:{SPACE}|\}}))"
_COUNT = rf"\({SPACE}*COUNT{SPACE}*\({SPACE}*(?P<counted>\*|(?P<distinct>DISTINCT{SPACE}+)?{VARIABLE}){SPACE}*\){SPACE}*AS{SPACE}+(?P<number>{VARIABLE}){SPACE}*\)"
_FORM = re.compile(
    rf"{SPACE}*(?:(?P<ask>ASK)|SELECT(?:(?P<variables>{SPACE}*\*|(?:{SPACE}+{VARIABLE})+)|{SPACE}*{_COUNT})){SPACE}*(?:WHERE{SPACE}*)?\{{",
    KEYWORDS,
)
_CONSTRUCT = re.compile(rf"{SPACE}*CONSTRUCT{SPACE}*(?P<short>WHERE{SPACE}*)?\{{", KEYWORDS)
_WHERE = re.compile(rf"{SPACE}*(?:WHERE{SPACE}*)?\{{", KEYWORDS)
_DESCRIBE = re.compile(rf"{SPACE}*DESCRIBE(?:{SPACE}*{IRI})+{SPACE}*", KEYWORDS)
_Found = TypeVar("_Found")
# IRIs, the texts around them, constants, parts and tests.
_Known: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[Any, ...], tuple[Part, ...], tuple[Test, ...]]
_LANG = rf"LANG{SPACE}*\({SPACE}*{VARIABLE}{SPACE}*\){SPACE}*"
_IS = rf"{_LANG}={SPACE}*{TEXT}{SPACE}*"
_BELONGS = rf"LANGMATCHES{SPACE}*\({SPACE}*{_LANG},{SPACE}*{TEXT}{SPACE}*\){SPACE}*"
_TOKEN = re.compile(
    rf"""{SPACE}*(?:(?P<iri>{IRI})
    | (?P<variable>{VARIABLE}){_END}
    | (?P<name>{NAME}){_END}
    | (?P<a>a)(?={SPACE})
    | (?P<text>{TEXT})(?:@(?P<language>{LANGUAGE}){_END}|\^\^(?P<datatype>{NAME}){_END}|(?=[ \t\r\n;,.}}]))
    | (?P<filter>(?ai:FILTER(?:{SPACE}*\({SPACE}*(?:{_IS}(?:\|\|{SPACE}*{_IS})*|{_BELONGS})\)|{SPACE}+{_BELONGS})))
    | (?P<optional>(?ai:OPTIONAL){SPACE}*\{{)
    | (?P<sign>[.;,}}]))""",
    re.VERBOSE,
)
_MATCHES = re.compile(rf"FILTER{SPACE}*\(?{SPACE}*LANGMATCHES", KEYWORDS)
_COMPARED = re.compile(rf"(?P<variable>{VARIABLE}){SPACE}*\){SPACE}*[=,]{SPACE}*(?P<text>{TEXT})")
_RANGE = re.compile(LANGUAGE)
_REST = re.compile(rf"{SPACE}*(?:LIMIT{SPACE}+([0-9]{{1,9}}){SPACE}*)?", KEYWORDS)


def lookup(text: str, prefixes: Mapping[str, str]) -> RowLookup | None:
    """Read a query that is a look-up of rows; None where it is none. `prefixes` are those that it may use without saying so."""
    return _read(text, prefixes, _rows)


def graph_lookup(text: str, prefixes: Mapping[str, str], write: Write) -> GraphLookup | None:
    """Read a query that is a look-up of a graph, which `write` writes; None where it is none."""
    return _read(text, prefixes, lambda text, place, known: _graph(text, place, known, write))


def _read(
    text: str, prefixes: Mapping[str, str], read: Callable[[str, int, Mapping[str, str]], _Found]
) -> _Found | None:
    if not is_plain(text):
        return None
    try:
        known, place = prologue(text, prefixes)
        return read(text, place, known)
    except (KeyError, ValueError):
        return None


def _rows(text: str, place: int, prefixes: Mapping[str, str]) -> RowLookup:
    form = _matched(_FORM.match(text, place))
    pattern = _tokens(text, form.end())
    rest = _matched(_REST.fullmatch(text, pattern[-1].end()))
    if rest[1] and not form["variables"]:
        raise ValueError("a limit of what is no list")
    return _Reader(prefixes, pattern).rows(text, form, None if rest[1] is None else int(rest[1]))


def _graph(text: str, place: int, prefixes: Mapping[str, str], write: Write) -> GraphLookup:
    if _DESCRIBE.fullmatch(text, place):
        return Description(*cut(text, (iri.span() for iri in re.compile(IRI).finditer(text, place))), (), (), (), write)
    form = _matched(_CONSTRUCT.match(text, place))
    template = _tokens(text, form.end())
    where = None if form["short"] else _matched(_WHERE.match(text, template[-1].end()))
    pattern = template if where is None else _tokens(text, where.end())
    if _matched(_REST.fullmatch(text, pattern[-1].end()))[1]:
        raise ValueError("a limit of what is no list")
    return _Reader(prefixes, template if where is None else template + pattern).graph(text, template, pattern, write)


def _matched(match: re.Match[str] | None) -> re.Match[str]:
    if match is None:
        raise ValueError("something that is no part of a look-up")
    return match


def _tokens(text: str, place: int) -> list[re.Match[str]]:
    """Return the tokens up to the brace that ends the pattern; ValueError where something is no part of a look-up."""
    found = []
    depth = 1
    while depth:
        token = _matched(_TOKEN.match(text, place))
        found.append(token)
        place = token.end()
        depth += (token["optional"] is not None) - (token["sign"] == "}")
    return found


class _Reader:
    """Reads the patterns of one query; KeyError or ValueError where it is no look-up."""

    def __init__(self, prefixes: Mapping[str, str], tokens: list[re.Match[str]]) -> None:
        self._prefixes = prefixes
        self._tokens = tokens
        self._iris = [token for token in tokens if token["iri"]]
        constants = [token for token in tokens if _is_constant(token)]
        self._constants = tuple(map(self._constant, constants))
        self._places = {id(token): place for place, token in enumerate((*self._iris, *constants))}
        self._known = len(self._places)
        self._variables: dict[str, int] = {}
        # Variables that may have no value.
        self._perhaps: set[str] = set()

    def graph(
        self, text: str, template: list[re.Match[str]], pattern: list[re.Match[str]], write: Write
    ) -> Construction:
        """Return the look-up of which each solution of a pattern makes what a template says."""
        iris, texts = cut(text, (token.span("iri") for token in self._iris))
        parts, tests = self._group(iter(pattern))
        if any(token["filter"] or token["optional"] for token in template):
            raise ValueError("more than triples in a template")
        made = self._made
        triples = tuple((made(about), made(verb), made(value)) for about, verb, value in _triples(template[:-1]))
        return Construction(iris, texts, self._constants, parts, tests, write, triples)

    def rows(self, text: str, form: re.Match[str], limit: int | None) -> RowLookup:
        """Return the look-up whose patterns are the tokens."""
        iris, texts = cut(text, (token.span("iri") for token in self._iris))
        parts, tests = self._group(iter(self._tokens))
        known = (iris, texts, self._constants, parts, tests)
        if form["ask"]:
            return RowLookup(*known, "", None, MOST)
        if form["counted"]:
            return self._count(known, form)
        columns = self._columns(form["variables"])
        cells = tuple((f'"{name}":', place) for name, place in columns if place >= 0)
        head = _head([name for name, _ in columns])
        found = RowLookup(*known, head, cells, MOST if limit is None else limit)
        if not (cells and found.is_lone and parts[0].steps[0].subject < 0):
            return found
        # A list of things, whose names are short.
        names = tuple(token["variable"] or "" for token in next(_triples(self._tokens[:-1])))
        most = MOST_LISTED + 1 if limit is None else limit
        pattern = Pattern(parts[0].steps[0], len(iris), self._constants, names)
        return ListLookup(*known, head, cells, most, pattern.listed(form["variables"], most))

    def _count(self, known: _Known, form: re.Match[str]) -> RowLookup:
        """Return the look-up that counts solutions."""
        name = form["number"][1:]
        if name in self._variables:
            raise ValueError("a number in the place of a value")
        place = -1 if form["counted"] == "*" else self._variables[re.split("[?$]", form["counted"])[1]]
        distinct = form["distinct"] is not None
        head = _head([name]) + f'{{"{name}":'
        asked = ""
        if RowLookup(*known, head, None, MOST).is_lone:
            iris, _, constants, parts, _ = known
            (step,) = parts[0].steps
            values = [each for each, number in zip(PLACES, step[:3], strict=True) if number < 0]
            value = values[place - len(iris) - len(constants)] if distinct else ""
            asked = Pattern(step, len(iris), constants).counted(value)
        return CountLookup(*known, head, None, MOST, asked, place, distinct)

    def _group(self, tokens: Iterator[re.Match[str]]) -> tuple[tuple[Part, ...], tuple[Test, ...]]:
        """Return the parts up to the brace that ends a group, and what is tested of all of them."""
        parts: list[Part] = []
        filters: list[str] = []
        triples: list[re.Match[str]] = []
        behind = False
        for token in tokens:
            if token["sign"] == "." and behind:
                behind = False
            elif token["filter"] or token["optional"] or token["sign"] == "}":
                behind = True
                if triples:
                    parts.append(Part(tuple(map(self._step, _triples(triples)))))
                    triples = []
                if token["filter"]:
                    filters.append(token["filter"])
                elif token["optional"]:
                    parts.append(self._optional(tokens))
                else:
                    # What is tested may stand behind the test.
                    return tuple(parts), tuple(map(self._test, filters))
            else:
                behind = False
                triples.append(token)
        raise ValueError("a brace that does not end")

    def _optional(self, tokens: Iterator[re.Match[str]]) -> Part:
        before = self._known
        outside = set(self._variables)
        parts, tests = self._group(tokens)
        if len(parts) != 1 or parts[0].optional:
            raise ValueError("more than patterns and tests of them")
        self._perhaps |= self._variables.keys() - outside
        return Part(parts[0].steps, tests, optional=True, terms=self._known - before)

    def _test(self, text: str) -> Test:
        compared = list(_COMPARED.finditer(text))
        variable, *others = {found["variable"][1:] for found in compared}
        if others:
            raise ValueError("tests of two variables")
        languages = {found["text"][1:-1] for found in compared}
        ranges = _MATCHES.match(text) is not None
        if ranges:
            if not all(map(_RANGE.fullmatch, languages)):
                raise ValueError("a range of languages beyond those that are named")
            languages = set(map(str.lower, languages))
        return Test(self._variables[variable], frozenset(languages), ranges)

    def _constant(self, token: re.Match[str]) -> Any:
        if token["a"]:
            return TYPE
        if token["name"]:
            return named(token["name"], self._prefixes)
        value = token["text"][1:-1]
        if token["datatype"]:
            return ox.Literal(value, datatype=named(token["datatype"], self._prefixes))
        return ox.Literal(value, language=token["language"])

    def _place(self, token: re.Match[str]) -> int:
        if not token["variable"]:
            return self._places[id(token)]
        name = token["variable"][1:]
        if name in self._perhaps:
            raise ValueError("what may have no value is used again")
        return self._variables.get(name, -1)

    def _made(self, token: re.Match[str]) -> int:
        """Return the place of a term that triples are made of."""
        return self._variables[token["variable"][1:]] if token["variable"] else self._places[id(token)]

    def _step(self, terms: tuple[re.Match[str], re.Match[str], re.Match[str]]) -> Step:
        subject, predicate, object_ = places = tuple(map(self._place, terms))
        if subject < 0 and object_ < 0:
            raise ValueError("the pattern hangs on nothing that is known")
        for token, place in zip(terms, places, strict=True):
            if place < 0:
                if token["variable"][1:] in self._variables:
                    raise ValueError("a variable stands twice in a pattern")
                self._variables[token["variable"][1:]] = self._known
                self._known += 1
        return Step(
            subject,
            predicate,
            object_,
            takes(subject=subject < 0, predicate=predicate < 0, object_=object_ < 0),
        )

    def _columns(self, variables: str) -> tuple[tuple[str, int], ...]:
        """Return the names, and where their terms are found (-1: nowhere)."""
        names = sorted(self._variables) if variables.strip() == "*" else [each[1:] for each in variables.split()]
        if len(set(names)) < len(names):
            raise ValueError("a variable is asked for twice")
        return tuple((name, self._variables.get(name, -1)) for name in names)


def _head(names: list[str]) -> str:
    """Return what results with these columns begin with."""
    quoted = ",".join(f'"{name}"' for name in names)
    return f'{{"head":{{"vars":[{quoted}]}},"results":{{"bindings":['


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
