"""SHACL property paths: read from a shapes graph, shown as SPARQL 1.1 paths, and made into automata, which a plan can walk.

Clauses: SHACL 2.3.1 (property paths), SPARQL 1.1 section 9 (their meaning: a set of nodes, each once, cycles included).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, NamedTuple, TypeAlias

from kg.rdf.namespaces import RDF, SH

Properties: TypeAlias = Mapping[str, Sequence[str]]
Nodes: TypeAlias = Mapping[str, Properties]

_FIRST: Final = f"<{RDF}first>"
_REST: Final = f"<{RDF}rest>"
_NIL: Final = f"<{RDF}nil>"
_DEEPEST: Final = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One predicate (a term), followed from subject to object, or from object to subject if `inverse`."""

    predicate: str
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Paths one after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Paths side by side."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A path followed `least` (0 or 1) times or more; once at most unless `endless`."""

    part: Path
    least: int
    endless: bool


Path: TypeAlias = Step | Chain | Choice | Repeat


class MalformedPathError(ValueError):
    """A value of sh:path that is no property path."""


def list_members(head: str, nodes: Nodes) -> tuple[str, ...] | None:
    """Return the members of an RDF list, or None where it is not a well-formed list."""
    members: list[str] = []
    seen: set[str] = set()
    while head != _NIL:
        first, rest = nodes.get(head, {}).get(_FIRST, ()), nodes.get(head, {}).get(_REST, ())
        if len(first) != 1 or len(rest) != 1 or head in seen:
            return None
        seen.add(head)
        members.append(first[0])
        head = rest[0]
    return tuple(members)


def read_path(term: str, nodes: Nodes, depth: int = 0) -> Path:
    """Return the path that a value of sh:path stands for; MalformedPathError where it stands for none."""
    if term.startswith("<"):
        return Step(term)
    described = nodes.get(term, {})
    if term.startswith('"') or depth > _DEEPEST or not described:
        raise MalformedPathError(term)
    if _FIRST in described:
        return Chain(_several(term, nodes, depth))
    for name, make in _OPERATORS.items():
        values = described.get(f"<{SH}{name}>", ())
        if len(values) == 1:
            return make(values[0], nodes, depth + 1)
    raise MalformedPathError(term)


def _several(head: str, nodes: Nodes, depth: int) -> tuple[Path, ...]:
    members = list_members(head, nodes)
    if members is None or len(members) < 2:
        raise MalformedPathError(head)
    return tuple(read_path(member, nodes, depth + 1) for member in members)


_OPERATORS: Final[Mapping[str, Callable[[str, Nodes, int], Path]]] = {
    "inversePath": lambda term, nodes, depth: _inverse(read_path(term, nodes, depth)),
    "alternativePath": lambda term, nodes, depth: Choice(_several(term, nodes, depth)),
    "zeroOrMorePath": lambda term, nodes, depth: Repeat(read_path(term, nodes, depth), 0, endless=True),
    "oneOrMorePath": lambda term, nodes, depth: Repeat(read_path(term, nodes, depth), 1, endless=True),
    "zeroOrOnePath": lambda term, nodes, depth: Repeat(read_path(term, nodes, depth), 0, endless=False),
}


def _inverse(path: Path) -> Path:
    match path:
        case Step(predicate, inverse):
            return Step(predicate, not inverse)
        case Chain(parts):
            return Chain(tuple(_inverse(part) for part in reversed(parts)))
        case Choice(parts):
            return Choice(tuple(_inverse(part) for part in parts))
        case Repeat(part, least, endless):
            return Repeat(_inverse(part), least, endless)


def path_text(path: Path) -> str:
    """Return a path in the syntax of SPARQL, a lone predicate without its brackets."""
    return path.predicate[1:-1] if isinstance(path, Step) and not path.inverse else _text(path)


def _text(path: Path) -> str:
    match path:
        case Step(predicate, inverse):
            return f"^{predicate}" if inverse else predicate
        case Chain(parts):
            return "(" + "/".join(_text(part) for part in parts) + ")"
        case Choice(parts):
            return "(" + "|".join(_text(part) for part in parts) + ")"
        case Repeat(part, least, endless):
            return _text(part) + ("?" if not endless else "+" if least else "*")


class Edge(NamedTuple):
    """A way of an automaton from one state to another over one predicate."""

    origin: int
    step: Step
    goal: int


class Automaton(NamedTuple):
    """A path as a finite automaton: state 0 is the start, and what is reached in one of the states `ends` is a value."""

    edges: tuple[Edge, ...]
    ends: tuple[int, ...]


class _Part(NamedTuple):
    """A part of a path: whether it may be left out, and the states that it can begin and end with."""

    empty: bool
    first: frozenset[int]
    last: frozenset[int]


def automaton(path: Path) -> Automaton:
    """Return the automaton of a path: one state for each predicate in it, and no empty moves (Glushkov's construction)."""
    made = _Construction()
    whole = made.part(path)
    made.link(frozenset({0}), whole.first)
    edges = (
        Edge(origin, made.steps[goal - 1], goal)
        for origin, goals in sorted(made.links.items())
        for goal in sorted(goals)
    )
    return Automaton(tuple(edges), tuple(sorted(whole.last | {0} if whole.empty else whole.last)))


class _Construction:
    """The steps of a path, numbered from 1, and which can follow which."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.links: dict[int, set[int]] = {}

    def link(self, origins: frozenset[int], goals: frozenset[int]) -> None:
        for origin in origins:
            self.links.setdefault(origin, set()).update(goals)

    def part(self, path: Path) -> _Part:
        match path:
            case Step():
                self.steps.append(path)
                state = frozenset({len(self.steps)})
                return _Part(empty=False, first=state, last=state)
            case Chain(parts):
                return reduce(self._chained, [self.part(part) for part in parts])
            case Choice(parts):
                built = [self.part(part) for part in parts]
                first = frozenset(state for part in built for state in part.first)
                last = frozenset(state for part in built for state in part.last)
                return _Part(any(part.empty for part in built), first, last)
            case Repeat(inner, least, endless):
                built_one = self.part(inner)
                if endless:
                    self.link(built_one.last, built_one.first)
                return built_one._replace(empty=built_one.empty or least == 0)

    def _chained(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        return _Part(
            left.empty and right.empty,
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
        )
