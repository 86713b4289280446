"""Shapes as rows: a shapes graph read into targets, paths and constraints, each shape knowing what of it our own engine does not cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from kg.errors import ShapesError
from kg.rdf.namespaces import OWL, RDF, RDFS, SH
from kg.resources import resource
from kg.validation.constraints import TRUE, Constraint, read_constraints
from kg.validation.paths import MalformedPathError, Nodes, path_text, read_path
from kg.validation.paths import Path as PropertyPath

Triple: TypeAlias = tuple[str, str, str]
TargetKind: TypeAlias = Literal["class", "node", "subjects", "objects"]

TYPE: Final = f"<{RDF}type>"
SUBCLASS: Final = f"<{RDFS}subClassOf>"
SHAPE_TYPES: Final = frozenset({f"<{SH}NodeShape>", f"<{SH}PropertyShape>"})
_TARGETS: Final[Mapping[str, TargetKind]] = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjects",
    "targetObjectsOf": "objects",
}
TARGET_PREDICATES: Final = frozenset(f"<{SH}{name}>" for name in _TARGETS)
_ADVANCED_TARGET: Final = f"<{SH}target>"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the focus nodes of a shape come from; `term` is a class, a node or a predicate."""

    kind: TargetKind
    term: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (no path) or a property shape.

    `term` is its IRI or blank node, `name` a short name for people; `severity`, `messages` and `properties` are terms; `faults` says in words what
    our own engine does not cover.
    """

    term: str
    name: str
    path: PropertyPath | None
    severity: str
    messages: tuple[str, ...]
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[str, ...]
    deactivated: bool
    faults: tuple[str, ...]

    @property
    def uses(self) -> tuple[str, ...]:
        """The shapes that this one refers to, its property shapes first."""
        return (*self.properties, *(term for constraint in self.constraints for term in constraint.shapes))


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of a shapes graph by term, and the graph itself, which the reference validator reads; `sources` says for each triple's subject its file."""

    by_term: Mapping[str, Shape]
    triples: tuple[Triple, ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def roots(self) -> tuple[Shape, ...]:
        """The shapes that have targets of their own and are not switched off."""
        return tuple(
            shape
            for shape in self.by_term.values()
            if not shape.deactivated and (shape.targets or _has_advanced_target(shape))
        )

    def reach(self, root: str) -> tuple[Shape, ...]:
        """Return a shape and all that it refers to, directly or not, itself first; switched-off ones end the way."""
        found: dict[str, Shape] = {}
        waiting = [root]
        while waiting:
            term = waiting.pop()
            if term not in found:
                found[term] = self.by_term[term]
                if not found[term].deactivated:
                    waiting.extend(reversed(found[term].uses))
        return tuple(found.values())

    def faults(self, root: str) -> tuple[str, ...]:
        """Return in words what our own engine does not cover of a shape and all that it refers to."""
        faults = tuple(
            f"{shape.name} {fault}" for shape in self.reach(root) if not shape.deactivated for fault in shape.faults
        )
        return (*faults, f"{self.by_term[root].name} is recursive") if self._recursive(root) else faults

    def _recursive(self, root: str) -> bool:
        done: set[str] = set()
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(self.by_term[root].uses))]
        path = {root}
        while stack:
            term, uses = stack[-1]
            following = next(uses, None)
            if following is None:
                stack.pop()
                path.discard(term)
                done.add(term)
            elif following in path:
                return True
            elif following not in done:
                path.add(following)
                stack.append((following, iter(self.by_term[following].uses)))
        return False


def _has_advanced_target(shape: Shape) -> bool:
    return any("sh:target " in f"{fault} " for fault in shape.faults)


def load_shapes(paths: Iterable[Path] | None = None) -> Shapes:
    """Read shapes from files, or from the .ttl files directly in folders (None: our own).

    ShapesError KG301 where there are none, or a file is not RDF.
    """
    paths = [resource("shapes")] if paths is None else list(paths)
    files = [file for path in paths for file in (sorted(path.glob("*.ttl")) if path.is_dir() else [path])]
    triples: list[Triple] = []
    sources: dict[str, str] = {}
    for number, file in enumerate(files):
        for triple in _triples(file, number):
            triples.append(triple)
            sources.setdefault(triple[0], file.name)
    if not triples:
        places = ", ".join(str(path) for path in paths)
        raise ShapesError(
            "KG301",
            "there are no shapes here",
            where=places,
            advice="name a Turtle file, or a folder that has .ttl files in it",
        )
    return read_shapes(triples, sources)


def _triples(file: Path, number: int) -> Iterator[Triple]:
    """Yield the triples of a file with its blank nodes numbered in the order in which they come."""
    import pyoxigraph as ox

    names: dict[str, str] = {}

    def named(term: object) -> str:
        text = str(term)
        return names.setdefault(text, f"_:s{number}b{len(names)}") if text.startswith("_:") else text

    try:
        for quad in ox.parse(path=file, base_iri=file.resolve().as_uri()):
            yield named(quad.subject), named(quad.predicate), named(quad.object)
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise ShapesError(
            "KG301", f"this is not well-formed RDF: {error.msg}", where=f"{file}{line}", advice="correct the file"
        ) from error
    except (OSError, ValueError) as error:
        raise ShapesError(
            "KG301", f"the shapes cannot be read: {error}", where=str(file), advice="name a Turtle file"
        ) from error


def read_shapes(triples: Iterable[Triple], sources: Mapping[str, str] | None = None) -> Shapes:
    """Read the shapes of a graph of canonical N-Triples terms."""
    kept = tuple(dict.fromkeys(triples))
    nodes: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value in kept:
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(value)
    reader = _Reader(nodes)
    return Shapes(MappingProxyType(reader.read()), kept, MappingProxyType(dict(sources or {})))


class _Reader:
    """Reads the shapes with targets and all that they refer to."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._classes = self._meta_classes()
        self._components = self._custom_parameters()
        self._shapes: dict[str, Shape] = {}

    def read(self) -> dict[str, Shape]:
        waiting = [(term, "") for term in self._nodes if self._targets(term) or _ADVANCED_TARGET in self._nodes[term]]
        while waiting:
            term, parent = waiting.pop(0)
            if term not in self._shapes:
                shape = self._shapes[term] = self._shape(term, parent)
                waiting.extend((used, shape.name) for used in shape.uses)
        return self._shapes

    def _meta_classes(self) -> frozenset[str]:
        """Return rdfs:Class and its sub-classes in the shapes graph: an instance that is a shape too targets its own instances."""
        found = {f"<{RDFS}Class>", f"<{OWL}Class>"}
        while (
            more := {term for term, described in self._nodes.items() if found & set(described.get(SUBCLASS, ()))}
            - found
        ):
            found |= more
        return frozenset(found)

    def _custom_parameters(self) -> Mapping[str, str]:
        """Return the predicates that are parameters of constraint components declared in the shapes graph, with the component."""
        return {
            path: component
            for component, described in self._nodes.items()
            for parameter in described.get(f"<{SH}parameter>", ())
            for path in self._nodes.get(parameter, {}).get(f"<{SH}path>", ())
        }

    def _targets(self, term: str) -> tuple[Target, ...]:
        described = self._nodes.get(term, {})
        targets = [
            Target(kind, value) for name, kind in _TARGETS.items() for value in described.get(f"<{SH}{name}>", ())
        ]
        types = described.get(TYPE, ())
        if self._classes.intersection(types) and term.startswith("<"):
            shape = any(predicate.startswith(f"<{SH}") for predicate in described) or SHAPE_TYPES.intersection(types)
            # The vocabulary of SHACL describes itself with classes; those are no shapes.
            if shape and not term.startswith(f"<{SH}"):
                targets.append(Target("class", term))
        return tuple(dict.fromkeys(targets))

    def _shape(self, term: str, parent: str) -> Shape:
        described = self._nodes.get(term, {})
        path, faults = self._path(term)
        constraints, uncovered = read_constraints(term, path, self._nodes, self._components)
        name = (
            short(term)
            if term.startswith("<")
            else "/".join(part for part in (parent, short(path_text(path)) if path else "shape") if part)
        )
        severities = described.get(f"<{SH}severity>", ())
        return Shape(
            term=term,
            name=name,
            path=path,
            severity=severities[0] if severities else f"<{SH}Violation>",
            messages=tuple(sorted(described.get(f"<{SH}message>", ()))),
            targets=self._targets(term),
            constraints=constraints,
            properties=tuple(described.get(f"<{SH}property>", ())),
            deactivated=TRUE in described.get(f"<{SH}deactivated>", ()),
            faults=(
                *faults,
                *uncovered,
                *self._reference_faults(described),
                *(("has several severities",) if len(severities) > 1 else ()),
            ),
        )

    def _path(self, term: str) -> tuple[PropertyPath | None, tuple[str, ...]]:
        values = self._nodes.get(term, {}).get(f"<{SH}path>", ())
        if not values:
            return None, ()
        try:
            path = read_path(values[0], self._nodes)
        except MalformedPathError:
            return None, ("has a sh:path that is no property path",)
        return path, (("has several values of sh:path",) if len(values) > 1 else ())

    def _reference_faults(self, described: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
        wrong = [
            value for value in described.get(f"<{SH}property>", ()) if f"<{SH}path>" not in self._nodes.get(value, {})
        ]
        wrong_nodes = [
            value for value in described.get(f"<{SH}node>", ()) if f"<{SH}path>" in self._nodes.get(value, {})
        ]
        return (
            *(f"has the sh:property {short(value)}, which is no property shape" for value in wrong),
            *(f"has the sh:node {short(value)}, which is no node shape" for value in wrong_nodes),
        )


def short(term: str) -> str:
    """Return the last part of an IRI: what follows its last `#` or `/`."""
    iri = term.strip("<>")
    return iri.rpartition("#")[2] or iri.rpartition("/")[2] or iri if "#" in iri else iri.rpartition("/")[2] or iri
