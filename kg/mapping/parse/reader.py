"""What the parts of the front end share while they read one mapping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import MappingError
from kg.mapping.parse.faults import Faults, nearest, one
from kg.mapping.parse.graph import Graph, Node
from kg.mapping.rules import Database, Source, Target
from kg.mapping.vocabulary import CLASSES, PROPERTIES, PROPERTIES_OF, RML
from kg.rdf.namespaces import RDF


@dataclass(slots=True)
class Reader:
    """One mapping: its triples, the folder from which its paths count, and what was read of it so far."""

    graph: Graph
    folder: Path
    base: str
    database: Database
    digest: str  # of the file's content
    faults: Faults = field(default_factory=Faults)
    sources: dict[Node, Source] = field(default_factory=dict)
    targets: dict[Node, Target] = field(default_factory=dict)
    reading: list[Node] = field(default_factory=list)  # from the outermost to the innermost thing that refers to others
    _parts: dict[Node, set[str]] = field(default_factory=dict)
    _numbers: dict[tuple[Node, Node], int] = field(default_factory=dict)

    def plays(self, node: Node, part: str) -> None:
        """Note the part that a node plays in the mapping, one of `PROPERTIES_OF`."""
        self._parts.setdefault(node, set()).add(part)

    def name(self, node: Node, owner: Node) -> str:
        """Return the name of a term map in its triples map: the same each time, and one that no other has, in this mapping or another."""
        return f"{self.digest}-{self._numbers.setdefault((node, owner), len(self._numbers) + 1)}"

    def check_vocabulary(self) -> None:
        """Note what is no term of RML, and what is said of a thing of which it means nothing."""
        for node in self.graph.nodes:
            for name in self.graph.properties(node):
                if ":" not in name:
                    self._check_property(node, name)
            for each in self.graph.types(node):
                if each.startswith(RML):
                    self._check_class(node, each.removeprefix(RML))

    def _check_property(self, node: Node, name: str) -> None:
        if name not in PROPERTIES:
            self.faults.add(_unknown(self.graph, node, name, name, PROPERTIES))
            return
        parts = self._parts.get(node)
        if parts and not any(name in PROPERTIES_OF[part] for part in parts):
            of = [part for part, names in PROPERTIES_OF.items() if name in names]
            self.faults.add(
                self.graph.fault(
                    node,
                    f"{self.graph.word(name)} means nothing on {_one_of(sorted(parts))}",
                    f"it belongs on {_one_of(of)}",
                    at=name,
                )
            )

    def _check_class(self, node: Node, name: str) -> None:
        # A class tells nothing that the properties do not, save for those that are known; one in other capitals is let pass.
        if name.lower() not in {each.lower() for each in CLASSES}:
            self.faults.add(_unknown(self.graph, node, RDF + "type", name, CLASSES))


def _unknown(graph: Graph, node: Node, at: str, name: str, known: Iterable[str]) -> MappingError:
    advice = nearest(name, sorted(graph.word(each).rpartition(":")[2] for each in known))
    if not advice.startswith("did"):
        advice = "correct it, or take it away"
    return graph.fault(node, f"RML has no term {name!r}", advice, at=at, code="KG208")


def _one_of(parts: list[str]) -> str:
    return " or ".join(map(one, parts))
