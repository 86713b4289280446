"""What statements need of their sources: which references, and whether records are numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.mapping.plan.values import expressions, read_by, references
from kg.mapping.rules import (
    Call,
    Collection,
    ConstantTerm,
    Expression,
    Field,
    Gather,
    Joined,
    LogicalSource,
    Place,
    QuotedTriple,
    Reference,
    Reifier,
    Rule,
    Source,
    Statement,
    Term,
    TermMap,
    View,
)


@dataclass(slots=True)
class Needs:
    """The references that are read of a source, in the order of their first use, and whether its records are told apart by number."""

    references: dict[str, None] = field(default_factory=dict)
    numbered: bool = False


def needs_of(statements: Iterable[Statement]) -> dict[Source, Needs]:
    """Return what each source must offer, joined sources included."""
    found: dict[Source, Needs] = {}
    for statement in statements:
        for source, part in _parts(statement):
            needs = found.setdefault(source, Needs())
            if isinstance(part, Gather):
                needs.numbered = True
            elif isinstance(part, TermMap):
                needs.numbered |= part.expression is None
                needs.references.update(dict.fromkeys(name for each in expressions(part) for name in references(each)))
            elif part is not None:
                needs.references.update(dict.fromkeys(references(part)))
    return found


def calls_of(statements: Iterable[Statement]) -> Iterator[Call]:
    """Yield the calls of functions in statements and in the views that they read, those within others left to the others."""
    views: dict[View, None] = {}
    for statement in statements:
        for source, part in _parts(statement):
            views.update(dict.fromkeys(_views(source)))
            for each in expressions(part) if isinstance(part, TermMap) else (part,):
                if isinstance(each, Call):
                    yield each
    for view in views:
        for each_field in view.fields:
            yield from _field_calls(each_field)


def place_of(reference: str, source: LogicalSource, statements: Iterable[Statement]) -> Place | None:
    """Return where statements, or the views that they read, first name a reference of a source."""
    return next((each.place for each in _read(source, statements) if each.name == reference), None)


def _read(source: LogicalSource, statements: Iterable[Statement]) -> Iterator[Reference]:
    for statement in statements:
        for at, part in _parts(statement):
            if at == source and not isinstance(part, Gather):
                for each in expressions(part) if isinstance(part, TermMap) else (part,):
                    yield from read_by(each)
            for view in _views(at):
                if view.on == source:
                    for of in view.fields:
                        yield from _field_references(of)
                for join in view.joins:
                    for here, _ in join.conditions if view.on == source else ():
                        yield from read_by(here)


def _field_references(within: Field) -> Iterator[Reference]:
    yield from read_by(within.expression)
    for each in within.fields:
        yield from _field_references(each)


def _views(source: Source) -> Iterator[View]:
    if isinstance(source, View):
        yield source
        yield from _views(source.on)
        for join in source.joins:
            yield from _views(join.parent)


def _field_calls(within: Field) -> Iterator[Call]:
    if isinstance(within.expression, Call):
        yield within.expression
    for each in within.fields:
        yield from _field_calls(each)


def _parts(statement: Statement) -> Iterator[tuple[Source, TermMap | Gather | Expression | None]]:
    """Yield each source with what is read of it."""
    yield statement.source, None
    if isinstance(statement, Collection):
        yield from _of(statement.source, statement.gather)
        if statement.graph is not None:
            yield from _of(statement.source, statement.graph)
        return
    for part in _terms(statement):
        yield from _of(statement.source, part)


def _terms(rule: Rule) -> Iterator[Term | Joined]:
    yield from (rule.subject, rule.predicate, rule.object)
    if rule.graph is not None:
        yield rule.graph


def _of(source: Source, part: Term | Joined) -> Iterator[tuple[Source, TermMap | Gather | Expression | None]]:
    if isinstance(part, Joined):
        for here, there in part.conditions:
            yield source, here
            yield part.source, there
        yield from _of(part.source, part.term)
    elif isinstance(part, TermMap):
        yield source, part
    elif isinstance(part, Gather):
        yield source, part
        # The records of a member's own source are listed in their order.
        yield from ((member.source, part) for member in part.members if isinstance(member, Joined))
        for member in part.members if part.head is None else (*part.members, part.head):
            yield from _of(source, member)
    else:
        yield from _within(source, part)


def _within(
    source: Source, part: ConstantTerm | QuotedTriple | Reifier
) -> Iterator[tuple[Source, TermMap | Gather | Expression | None]]:
    triple = part.triple if isinstance(part, Reifier) else part
    if isinstance(triple, QuotedTriple):
        for each in (triple.subject, triple.predicate, triple.object):
            yield from _of(source, each)
