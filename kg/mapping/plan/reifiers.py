"""Triple terms as RDF 1.2 has them: as objects only. Where a mapping makes one a subject, a blank node that reifies it takes its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.mapping.rules import ConstantTerm, Joined, QuotedTriple, Reifier, Rule, Statement, Term
from kg.rdf.namespaces import RDF

_REIFIES = ConstantTerm(f"<{RDF}reifies>")


def as_rdf12(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements without triple terms as subjects, and those that say what their reifiers reify."""
    for statement in statements:
        if not isinstance(statement, Rule):
            yield statement
            continue
        met: list[tuple[Term | Joined, Term | Joined]] = []
        subject = _subject(statement.subject, met)
        value = _object(statement.object, met)
        yield Rule(
            statement.source,
            subject,
            statement.predicate,
            value,
            statement.graph,
            statement.targets,
            statement.place,
        )
        for reifier, triple in met:
            yield Rule(statement.source, reifier, _REIFIES, triple, statement.graph, statement.targets, statement.place)


def _subject(part: Term | Joined, met: list[tuple[Term | Joined, Term | Joined]]) -> Term | Joined:
    """Return what may be a subject; a reifier and its triple are added to `met`."""
    inner = part.term if isinstance(part, Joined) else part
    if not isinstance(inner, QuotedTriple):
        return part
    triple = _triple(inner, part, met)
    found = _like(part, Reifier(triple)), _like(part, triple)
    met.append(found)
    return found[0]


def _object(part: Term | Joined, met: list[tuple[Term | Joined, Term | Joined]]) -> Term | Joined:
    inner = part.term if isinstance(part, Joined) else part
    return _like(part, _triple(inner, part, met)) if isinstance(inner, QuotedTriple) else part


def _triple(triple: QuotedTriple, part: Term | Joined, met: list[tuple[Term | Joined, Term | Joined]]) -> QuotedTriple:
    """Return a triple term whose own subject and object are in order."""
    subject = _subject(_like(part, triple.subject), met)
    value = _object(_like(part, triple.object), met)
    return QuotedTriple(_bare(subject), triple.predicate, _bare(value))


def _like(part: Term | Joined, term: Term) -> Term | Joined:
    """Return a term that is joined as another one is."""
    return Joined(term, part.source, part.conditions) if isinstance(part, Joined) else term


def _bare(part: Term | Joined) -> Term:
    return part.term if isinstance(part, Joined) else part


def has_triple_term(rule: Rule) -> bool:
    """Return whether a term of a rule is a triple term."""
    return any(isinstance(_bare(part), QuotedTriple) for part in (rule.subject, rule.object))
