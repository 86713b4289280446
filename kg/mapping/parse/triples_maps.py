"""Triples maps to statements: subjects, predicates, objects and graphs multiplied out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import MappingError
from kg.mapping.parse.collections import gathered
from kg.mapping.parse.conditions import conditioned
from kg.mapping.parse.graph import Node
from kg.mapping.parse.joins import unsupported
from kg.mapping.parse.positions import Part, distinct
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.parse.triples import (
    Statement as Said,
)
from kg.mapping.parse.triples import (
    classes,
    predicate_objects,
    scope_of,
    subject_graphs,
    subjects,
    triples_maps,
)
from kg.mapping.rules import (
    Collection,
    Database,
    Expression,
    Formulation,
    Gather,
    Joined,
    LogicalSource,
    Rule,
    Source,
    Statement,
    Target,
    Term,
    TermMap,
)

# The one record of a triples map that has no logical source (RML-Core, section on triples maps).
_ONCE = LogicalSource(Formulation.QUERY, Database(), "SELECT 1 AS once")
_IN_DEFAULT_GRAPH: tuple[tuple[Term | None, tuple[Target, ...]], ...] = ((None, ()),)


def statements(reader: Reader) -> Iterator[Statement]:
    """Yield the statements of all triples maps, in the order of the file; what is wrong is collected."""
    found = triples_maps(reader)
    if not found:
        word = reader.graph.word
        reader.faults.add(
            MappingError(
                "KG204",
                "the mapping has no triples map",
                where=reader.graph.file,
                advice=f"a triples map has {word('logicalSource')} and {word('subjectMap')}",
            )
        )
    for node in found:
        yield from _of_triples_map(reader, node)


def _of_triples_map(reader: Reader, node: Node) -> tuple[Statement, ...]:
    graph, faults = reader.graph, reader.faults
    scope = Scope(None, reader.base, node)
    with faults.caught():
        scope = scope_of(reader, node)
    subject_parts: tuple[Part, ...] = ()
    graphs: tuple[tuple[Term | None, tuple[Target, ...]], ...] = ()
    said: list[Said] = []
    with faults.caught():
        subject_parts = subjects(reader, node, scope)
    with faults.caught():
        graphs = subject_graphs(reader, node, scope)
    with faults.caught():
        said += classes(reader, node)
    for each in graph.all(node, "predicateObjectMap"):
        with faults.caught():
            said += predicate_objects(reader, each, scope)
    if graph.is_a(node, "NonAssertedTriplesMap"):
        if graph.is_a(node, "AssertedTriplesMap"):
            faults.add(
                graph.fault(node, "a triples map is asserted or not, never both", "take one of the classes away")
            )
        return ()
    try:
        return _multiplied(reader, scope, subject_parts, graphs, said)
    except MappingError as error:
        faults.add(error)
        return ()


def _multiplied(
    reader: Reader,
    scope: Scope,
    subject_parts: Iterable[Part],
    graphs: tuple[tuple[Term | None, tuple[Target, ...]], ...],
    said: list[Said],
) -> tuple[Statement, ...]:
    source = scope.source or _ONCE
    rules: list[Rule] = []
    collections = _Collections(source)
    for subject in subject_parts:
        for each in said:
            for graph, targets in distinct((*graphs, *each.graphs)) or _IN_DEFAULT_GRAPH:
                rules.append(_rule(reader, source, subject, each, graph, targets))
                collections.add(rules[-1], subject.term, rules[-1].object, graph=graph)
        if not said:
            for graph, targets in graphs or _IN_DEFAULT_GRAPH:
                collections.note(subject.term, graph, distinct((*subject.targets, *targets)))
    return distinct((*rules, *collections.statements()))


def _rule(
    reader: Reader, source: Source, subject: Part, said: Said, graph: Term | None, targets: tuple[Target, ...]
) -> Rule:
    if isinstance(subject.term, Joined) and isinstance(said.object.term, Joined):
        raise unsupported(reader, said.node, "a quad whose subject and object are joined both")
    predicate = said.predicate.term
    assert not isinstance(predicate, Joined)  # noqa: S101 - no predicate map joins
    made = said.object.term
    if isinstance(made, Gather):
        # Without the quad that leads to it, there is no collection.
        made = conditioned(reader, said.node, made, distinct((*said.conditions, *_conditions(subject))))
    held = distinct((*said.conditions, *said.object.conditions, *subject.conditions))
    return Rule(
        source,
        subject.term,
        conditioned(reader, said.node, predicate, held),
        made,
        graph,
        distinct((*subject.targets, *said.predicate.targets, *said.object.targets, *targets)),
        said.place,
    )


def _conditions(part: Part) -> tuple[Expression, ...]:
    return (*part.conditions, *(part.term.conditions if isinstance(part.term, TermMap) else ()))


class _Collections:
    """The collections of a triples map's quads: each goes where the quads go that lead to it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._targets: dict[tuple[Gather, Term | None], set[tuple[Target, ...]]] = {}

    def add(self, rule: Rule, *terms: Term | Joined, graph: Term | None) -> None:
        """Note the collections in a quad's terms."""
        for term in terms:
            self.note(term, graph, rule.targets)

    def note(self, term: Term | Joined, graph: Term | None, targets: tuple[Target, ...]) -> None:
        """Note the collections in a term, in a graph."""
        for gather in gathered(term):
            self._targets.setdefault((gather, graph), set()).add(targets)

    def statements(self) -> Iterator[Collection]:
        """Yield the collections in the order in which they were noted."""
        for (gather, graph), sets in self._targets.items():
            if () in sets:
                yield Collection(self._source, gather, graph)
            elsewhere = dict.fromkeys(sorted({each for targets in sets for each in targets}, key=repr))
            if elsewhere:
                yield Collection(self._source, gather, graph, tuple(elsewhere))
