"""Logical views (RML-LV): fields of records, nested and joined."""

from __future__ import annotations

from dataclasses import replace

from kg.errors import MappingError
from kg.mapping.parse.expressions import expression, expression_kind
from kg.mapping.parse.graph import Node
from kg.mapping.parse.joins import join_conditions
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import INDEX, ROOT, Scope, field_keys, keys
from kg.mapping.parse.sources import logical_source, reference_formulation
from kg.mapping.rules import Field, Formulation, LogicalSource, Source, View, ViewJoin

_ALL_ROWS = (Formulation.CSV, Formulation.PARQUET, Formulation.TABLE, Formulation.QUERY, Formulation.SPARQL_CSV)
_DEFAULT_ITERATORS = {Formulation.JSON: "$", Formulation.XML: "/"}


def source_of(reader: Reader, node: Node) -> Source:
    """Return the logical source or logical view that a node describes."""
    if node not in reader.sources:
        is_view = reader.graph.said(node, "viewOn") or reader.graph.is_a(node, "LogicalView")
        reader.sources[node] = _view(reader, node) if is_view else logical_source(reader, node)
    return reader.sources[node]


def _view(reader: Reader, node: Node) -> View:
    graph = reader.graph
    reader.plays(node, "logical view")
    for name in ("referenceFormulation", "iterator", "source"):
        if graph.said(node, name):
            raise _fault(
                reader, node, f"a logical view has no {graph.word(name)}", "it belongs on what the view is on", at=name
            )
    if node in reader.reading:
        raise _fault(reader, node, "the logical view is made of itself", "take the circle apart")
    reader.reading.append(node)
    try:
        on = graph.one(node, "viewOn")
        if on is None:
            raise _fault(reader, node, "the logical view is on nothing", f"add {graph.word('viewOn')}")
        below = source_of(reader, on)
        if not graph.said(node, "field"):
            raise _fault(reader, node, "the logical view has no field", f"add {graph.word('field')}")
        view = View(below, _fields(reader, node, node, below, _formulation_of(below)), (), graph.place(node))
        for join in graph.all(node, "leftJoin", "innerJoin"):
            inner = join in graph.all(node, "innerJoin")
            view = replace(view, joins=(*view.joins, _join(reader, join, view, node, inner=inner)))
    finally:
        reader.reading.pop()
    for each in graph.all(node, "structuralAnnotation"):
        reader.plays(each, "annotation")
    return view


def _formulation_of(source: Source) -> Formulation | None:
    """Return what references of a source are written in; None for a view's fields."""
    return source.formulation if isinstance(source, LogicalSource) else None


def _fields(
    reader: Reader,
    node: Node,
    owner: Node,
    on: Source | None,
    formulation: Formulation | None,
    *,
    in_values: bool = False,
) -> tuple[Field, ...]:
    """Return the fields of a view or field, whose expressions are evaluated on `on` (None: records that only the data knows)."""
    graph = reader.graph
    found: dict[str, Field] = {}
    for each in graph.all(node, "field"):
        made = _field(reader, each, owner, on, formulation, in_values=in_values)
        if made.name in found:
            raise _fault(
                reader, each, f"two fields have the name {made.name!r}", "give one another name", at="fieldName"
            )
        found[made.name] = made
    return tuple(found.values())


def _field(
    reader: Reader, node: Node, owner: Node, on: Source | None, formulation: Formulation | None, *, in_values: bool
) -> Field:
    graph = reader.graph
    if node in reader.reading:
        raise _fault(reader, node, "the field lies within itself", "take the circle apart")
    reader.plays(node, "field")
    reader.reading.append(node)
    try:
        name = _name(reader, node)
        kind = expression_kind(reader, node)
        iterable = graph.is_a(node, "IterableField") or any(
            graph.said(node, each) for each in ("iterator", "referenceFormulation")
        )
        if kind is not None and iterable:
            raise _fault(reader, node, "a field has an expression or an iterator, not both", "take one away")
        if iterable:
            return _iterable(reader, node, name, owner, on, formulation, in_values=in_values)
        return _expression_field(reader, node, name, owner, on, in_values=in_values)
    finally:
        reader.reading.pop()


def _name(reader: Reader, node: Node) -> str:
    graph = reader.graph
    name = graph.text(node, "fieldName")
    if name is None:
        raise _fault(reader, node, "the field has no name", f"add {graph.word('fieldName')}")
    if not name or "." in name or name in (INDEX, ROOT):
        raise _fault(
            reader, node, f"{name!r} is no name of a field", "use letters, digits and underscores", at="fieldName"
        )
    return name


def _expression_field(
    reader: Reader, node: Node, name: str, owner: Node, on: Source | None, *, in_values: bool
) -> Field:
    graph = reader.graph
    if in_values:
        raise _fault(
            reader,
            node,
            "a field within a value holds records",
            f"add {graph.word('referenceFormulation')} and {graph.word('iterator')}",
        )
    value = expression(reader, node, Scope(on, reader.base, owner))
    if value is None:
        raise _fault(
            reader,
            node,
            f"the field {name!r} has neither an expression nor an iterator",
            f"add {graph.word('reference')} or {graph.word('iterator')}",
        )
    within = _fields(reader, node, owner, None, None, in_values=True)
    return Field(name, value, fields=within, place=graph.place(node))


def _iterable(
    reader: Reader,
    node: Node,
    name: str,
    owner: Node,
    on: Source | None,
    formulation: Formulation | None,
    *,
    in_values: bool,
) -> Field:
    graph = reader.graph
    given, namespaces = reference_formulation(reader, node)
    if in_values and given is None:
        raise _fault(
            reader,
            node,
            "nothing says what the value is written in",
            f"add {graph.word('referenceFormulation')} rml:JSONPath, rml:XPath or rml:CSV",
        )
    if not in_values and formulation is None:
        raise _fault(
            reader, node, "the fields of a logical view hold no records", "put this field within one that holds a value"
        )
    if not in_values and given not in (None, formulation):
        raise _fault(
            reader,
            node,
            "the reference formulation differs from that of what the field lies in",
            "it may only do so within a field that has an expression",
            at="referenceFormulation",
        )
    if namespaces and namespaces != getattr(on, "namespaces", ()):
        raise graph.fault(
            node,
            "prefixes of its own for a field are not supported",
            "declare them in the logical source",
            at="referenceFormulation",
            code="KG209",
        )
    inner = given if in_values else formulation
    iterator = graph.text(node, "iterator")
    if iterator is None and inner not in _ALL_ROWS:
        iterator = _DEFAULT_ITERATORS.get(inner) if inner is not None else None
    return Field(
        name,
        iterator=iterator or "",
        formulation=inner if in_values else None,
        fields=_fields(reader, node, owner, None, inner),
        place=graph.place(node),
    )


def _join(reader: Reader, node: Node, child: View, owner: Node, *, inner: bool) -> ViewJoin:
    graph = reader.graph
    reader.plays(node, "view join")
    given = graph.one(node, "parentLogicalView")
    parent = source_of(reader, given) if given is not None else None
    if not isinstance(parent, View):
        raise _fault(
            reader,
            node,
            "the join names no logical view",
            f"give one with {graph.word('parentLogicalView')}",
            at="parentLogicalView",
        )
    here, there = Scope(child, reader.base, owner), Scope(parent, reader.base, owner)
    conditions = join_conditions(reader, node, here, there)
    if not conditions:
        raise _fault(reader, node, "the join has no condition", f"add {graph.word('joinCondition')}")
    fields = _fields(reader, node, owner, parent, None)
    if not fields:
        raise _fault(reader, node, "the join adds no field", f"add {graph.word('field')}")
    taken = keys(child)
    for each in fields:
        if each.fields or each.expression is None:
            raise _fault(reader, node, f"the joined field {each.name!r} has fields of its own", "take them away")
        if taken.keys() & field_keys(each).keys():
            raise _fault(
                reader,
                node,
                f"the view has a field {each.name!r} already",
                "give the joined field another name",
                at="field",
            )
    return ViewJoin(parent, conditions, fields, inner)


def _fault(reader: Reader, node: Node, what: str, advice: str, *, at: str | None = None) -> MappingError:
    return reader.graph.fault(node, what, advice, at=at, code="KG213")
