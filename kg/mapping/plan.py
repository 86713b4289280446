"""Rules to relational plans: one scan a source, however many rules read it.

A plan is an Ibis expression over the columns that the engine describes; it yields the columns s, p, o, g (terms in N-Triples syntax; g is NULL
for the default graph) and one row for each quad. Rows in which a reference is NULL make no quad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, cast

import ibis
import ibis.expr.datatypes as dt
from ibis.backends.sql.datatypes import DuckDBType

from kg.errors import MappingError
from kg.mapping.rules import Join, Reference, Rule, Source, Table, TermMap, TermType

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CHILD, _PARENT = "child_", "parent_"
_XSD = "http://www.w3.org/2001/XMLSchema#"


# Functions of the engine, which kg.rdf.terms defines for DuckDB. Each is one node of a plan, however much it does.
_of_the_engine: Callable[[Callable[..., str]], Callable[..., ir.StringValue]] = ibis.udf.scalar.builtin


@_of_the_engine
def kg_encode(value: str) -> str:  # type: ignore[empty-body]
    """Make a value safe for an IRI."""


@_of_the_engine
def kg_iri(value: str) -> str:  # type: ignore[empty-body]
    """Make an IRI of a value that is one."""


@_of_the_engine
def kg_checked_iri(value: str, base: str) -> str:  # type: ignore[empty-body]
    """Return a value that is an IRI, or relative to `base`; an error for any other."""


@_of_the_engine
def kg_checked_tag(value: str) -> str:  # type: ignore[empty-body]
    """Return a value that is a language tag; an error for any other."""


@_of_the_engine
def kg_blank(value: str) -> str:  # type: ignore[empty-body]
    """Make a blank node with a label of its own for each value."""


@_of_the_engine
def kg_plain(value: str) -> str:  # type: ignore[empty-body]
    """Make a literal without datatype."""


@_of_the_engine
def kg_typed(value: str, datatype: str) -> str:  # type: ignore[empty-body]
    """Make a literal with a datatype, given by its IRI."""


@_of_the_engine
def kg_tagged(value: str, tag: str) -> str:  # type: ignore[empty-body]
    """Make a literal with a language tag."""


def compiled(rules: Sequence[Rule], tables: Mapping[Source, Table]) -> tuple[str, ...]:
    """Return the SQL of the plans, one SELECT of s, p, o, g each; the errors are those of `plans`."""
    return tuple(str(ibis.to_sql(plan, dialect="duckdb")) for plan in plans(rules, tables))


def plans(rules: Sequence[Rule], tables: Mapping[Source, Table]) -> Iterator[ir.Table]:
    """Yield the plans that together make the quads of the rules: one for each source, and one for each pair of sources that are joined.

    MappingError where a rule names a column that its source lacks.
    """
    for (source, join), group in groupby(sorted(rules, key=_scan), key=lambda rule: (rule.source, rule.join)):
        rows = _rows(tables[source])
        yield _quads(_joined(rows, _rows(tables[join.source]), join) if join else rows, group)


def _rows(table: Table) -> ir.Table:
    return ibis.table({column: DuckDBType.from_string(kind) for column, kind in table.columns}, name=table.name)


def _scan(rule: Rule) -> tuple[str, ...]:
    join = rule.join
    return (
        rule.source.kind,
        rule.source.location,
        *((join.source.kind, join.source.location, *map(str, join.conditions)) if join else ()),
    )


def _joined(child: ir.Table, parent: ir.Table, join: Join) -> ir.Table:
    """Return the joined rows; the columns carry the prefix `child_` or `parent_`."""
    ours = child.rename({_CHILD + name: name for name in child.columns})
    theirs = parent.rename({_PARENT + name: name for name in parent.columns})
    conditions = [
        _equal(_column(ours, _CHILD, mine, "rml:child"), _column(theirs, _PARENT, other, "rml:parent"))
        for mine, other in join.conditions
    ]
    return ours.join(theirs, conditions) if conditions else ours.cross_join(theirs)


def _equal(one: ir.Column, other: ir.Column) -> ir.BooleanValue:
    """Return whether two keys are equal; of different types, they are so as text."""
    comparable = one.type().is_numeric() and other.type().is_numeric()
    return one == other if comparable or type(one.type()) is type(other.type()) else _text(one) == _text(other)


def _quads(rows: ir.Table, rules: Iterable[Rule]) -> ir.Table:
    """Return one row a quad.

    Every row of the source becomes an array with a member for each subject and graph, which holds an array of what is said of it; both are unnested.
    """
    said: dict[tuple[TermMap, TermMap | None], list[Rule]] = {}
    for rule in rules:
        said.setdefault((rule.subject, rule.graph), []).append(rule)
    things = []
    for (subject, graph), about in said.items():
        own, its = (_CHILD, _PARENT) if about[0].join else ("", "")
        pairs = [
            ibis.struct({"p": _term(rule.predicate, rows, own, rule), "o": _term(rule.object, rows, its, rule)})
            for rule in about
        ]
        where = _term(graph, rows, own, about[0]) if graph else ibis.null("string")
        things.append(ibis.struct({"s": _term(subject, rows, own, about[0]), "g": where, "said": ibis.array(pairs)}))
    thing = rows.select(thing=ibis.array(things).unnest() if len(things) > 1 else things[0])
    pair = thing.select(s=thing.thing["s"], g=thing.thing["g"], pair=thing.thing["said"].unnest())
    quads = pair.select("s", p=pair.pair["p"], o=pair.pair["o"], g="g")
    return cast("ir.Table", quads.filter(quads.s.notnull(), quads.p.notnull(), quads.o.notnull()))


def _column(rows: ir.Table, prefix: str, name: str, where: str) -> ir.Column:
    if prefix + name not in rows.columns:
        known = ", ".join(column[len(prefix) :] for column in rows.columns if column.startswith(prefix))
        raise MappingError("KG205", f"there is no column {name!r}", where=where, advice=f"the source has: {known}")
    return rows[prefix + name]


def _text(column: ir.Value) -> ir.StringValue:
    """Return a column as text; a point in time as XSD writes it, with a `T`."""
    if column.type().is_string():
        return cast("ir.StringValue", column)
    text = cast("ir.StringValue", column.cast("string"))
    return text.replace(" ", "T") if _natural(column.type()) == "dateTime" else text


def _term(term: TermMap, rows: ir.Table, prefix: str, rule: Rule) -> ir.StringValue:
    """Return the expression of a term in N-Triples syntax, NULL where a reference is NULL."""
    if term.constant:
        return ibis.literal(str(term.parts[0]))
    value = _value(term, rows, prefix, rule)
    if term.term_type is TermType.IRI:
        return kg_iri(value if term.encode else kg_checked_iri(value, term.base))
    if term.term_type is TermType.BLANK_NODE:
        return kg_blank(value)
    if term.language is not None:
        return kg_tagged(value, _bare(term.language, rows, prefix, rule))
    if term.datatype is not None:
        return kg_typed(value, _bare(term.datatype, rows, prefix, rule))
    natural = (
        _natural(rows[prefix + term.parts[0].name].type())
        if isinstance(term.parts[0], Reference) and len(term.parts) == 1
        else None
    )
    return kg_typed(value, _XSD + natural) if natural else kg_plain(value)


def _value(term: TermMap, rows: ir.Table, prefix: str, rule: Rule) -> ir.StringValue:
    """Return the parts, joined: the bare value of a template or reference."""
    joined: ir.StringValue | None = None
    for part in term.parts:
        if isinstance(part, Reference):
            text = _text(_column(rows, prefix, part.name, rule.origin or rule.source.location))
            piece = kg_encode(text) if term.encode else text
        else:
            piece = ibis.literal(part)
        joined = piece if joined is None else joined + piece
    assert joined is not None  # noqa: S101 - a term map has at least one part
    return joined


def _bare(term: TermMap, rows: ir.Table, prefix: str, rule: Rule) -> ir.StringValue:
    """Return the IRI of a datatype, or a language tag."""
    if term.constant:
        return ibis.literal(str(term.parts[0]))
    value = _value(term, rows, prefix, rule)
    if term.term_type is TermType.IRI:
        return value if term.encode else kg_checked_iri(value, term.base)
    return kg_checked_tag(value)


def _natural(datatype: dt.DataType) -> str | None:
    """Return the local name of the XSD datatype that a typed column has by itself (R2RML, section 10.2); None for text."""
    if datatype.is_boolean():
        return "boolean"
    # A sum of integers has 128 bits, which Ibis knows as a decimal of 38 digits.
    if datatype.is_integer() or datatype == dt.Decimal(38, 0, nullable=datatype.nullable):
        return "integer"
    if isinstance(datatype, dt.Timestamp):
        return None if datatype.timezone else "dateTime"
    kinds: dict[type[dt.DataType], str] = {dt.Decimal: "decimal", dt.Date: "date", dt.Time: "time"}
    return "double" if datatype.is_floating() else kinds.get(type(datatype))
