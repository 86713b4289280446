"""Lists and containers (RML-CC) to SQL: their heads as terms, and the quads that they consist of.

Members of one record are a list; records that give the same head add theirs, in the order of the source.
"""

from __future__ import annotations

import hashlib

from kg.errors import MappingError
from kg.mapping.plan.terms import Made, term
from kg.mapping.plan.values import Catalog, Scope, Value, name, product, quoted, value
from kg.mapping.rules import Collection, Gather, Joined, Term, TermMap, TermType
from kg.rdf.namespaces import RDF

_LIST = f"{RDF}List"
_FIRST, _REST, _TYPE = (quoted(f"<{RDF}{local}>") for local in ("first", "rest", "type"))
_NIL = quoted(f"<{RDF}nil>")


def head(gather: Gather, scope: Scope, graph: Term | None = None) -> Made:
    """Return the term that stands for a collection in the record's other quads in a graph: a list of them where members multiply to several."""
    members, faults = _members(gather, scope)
    named, more = _named(gather, scope, graph)
    nil = _NIL if gather.kind == _LIST else named
    empty = nil if gather.allow_empty else "NULL"
    if gather.cartesian:
        heads = (
            f"list_transform({members}, lambda m, i: {named} || '_' || i)"
            if gather.head is None
            else f"list_transform({members}, lambda m: {named})"
        )
        return Made(heads, many=True, faults=(*faults, *more))
    return Made(f"CASE WHEN len({members}) > 0 THEN {named} ELSE {empty} END", faults=(*faults, *more))


def collection_quads(collection: Collection, catalog: Catalog) -> str:
    """Return a SELECT of the columns s, p, o, g: what the collection consists of."""
    gather = collection.gather
    table = catalog.tables[collection.source]
    scope = Scope(table.columns, catalog)
    members, _ = _members(gather, scope)
    if collection.graph is not None and term(collection.graph, scope).many:
        raise MappingError(
            "KG209",
            "a list or container cannot be in several graphs of one record",
            where=str(collection.place),
            advice="give its graph map one value for each record",
        )
    named, _ = _named(gather, scope, collection.graph)
    graph = term(collection.graph, scope).sql if collection.graph is not None else "NULL::VARCHAR"
    known = f" AND {graph} IS NOT NULL" if collection.graph is not None else ""
    rows = f"{name(table.name)} AS r"
    if gather.cartesian:
        heads = f"{named} || '_' || i" if gather.head is None else named
        lists = f"list_transform({members}, lambda m, i: {{'head': {heads}, 'members': m}})"
        source = f"SELECT u.head AS head, u.members AS members, g FROM (SELECT unnest({lists}) AS u, {graph} AS g FROM {rows} WHERE true{known})"
    else:
        source = (
            f"SELECT {named} AS head, {members} AS members, {graph} AS g, r.kg_row AS n FROM {rows} WHERE true{known}"
        )
        if gather.head is not None:
            # Records with the same head, in one graph, make one collection.
            source = f"SELECT head, flatten(list(members ORDER BY n)) AS members, g FROM ({source}) GROUP BY head, g"
    minimum = 0 if gather.allow_empty and gather.kind != _LIST else 1
    whole = f"SELECT * FROM ({source}) WHERE head IS NOT NULL AND len(members) >= {minimum}"
    return _list_quads(whole) if gather.kind == _LIST else _container_quads(whole, gather.kind)


def _list_quads(whole: str) -> str:
    # The first node is the head; the others have labels of their own, made of the head's and the graph's.
    label = "'_:l' || md5(head || ' ' || coalesce(g, '')) || '_' || {}"
    node = f"CASE WHEN i = 1 THEN head ELSE {label.format('i')} END"
    rest = f"CASE WHEN i = n THEN {_NIL} ELSE {label.format('(i + 1)')} END"
    each = f"SELECT head, g, len(members) AS n, unnest(members) AS m, unnest(range(1, len(members) + 1)) AS i FROM ({whole})"
    return (
        f"SELECT q.s, q.p, q.o, g FROM (SELECT unnest([{{'s': {node}, 'p': {_FIRST}, 'o': m}}, "
        f"{{'s': {node}, 'p': {_REST}, 'o': {rest}}}]) AS q, g FROM ({each}))"
    )


def _container_quads(whole: str, kind: str) -> str:
    member = f"'<{RDF}_' || i || '>'"
    each = f"SELECT head, g, unnest(members) AS m, unnest(range(1, len(members) + 1)) AS i FROM ({whole})"
    return (
        f"SELECT head AS s, {_TYPE} AS p, {quoted(f'<{kind}>')} AS o, g FROM ({whole}) "
        f"UNION ALL SELECT head, {member}, m, g FROM ({each})"
    )


def _named(gather: Gather, scope: Scope, graph: Term | None) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a collection's own name; without a term map it is a blank node of the record's.

    A blank node names one collection in each graph, so that the graphs can be merged.
    """
    if gather.head is not None:
        made = term(gather.head, scope)
        if graph is None or not isinstance(gather.head, TermMap) or gather.head.term_type is not TermType.BLANK_NODE:
            return made.sql, made.faults
        return f"({made.sql} || '_' || md5({term(graph, scope).sql}))", made.faults
    label = hashlib.sha256(gather.name.encode()).hexdigest()[:8]
    return f"('_:c{label}_' || {scope.alias}.kg_row)", ()


def _members(gather: Gather, scope: Scope) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of the list of members, without what is missing; of the list of lists where they multiply."""
    made = [_member(each, scope) for each in gather.members]
    faults = tuple(fault for each in made for fault in each.faults)
    lists = [each.sql if each.many else f"[{each.sql}]" for each in made]
    if gather.cartesian:
        combined = product(
            [Value(f"list_filter({each}, lambda x: x IS NOT NULL)", many=True) for each in lists],
            lambda pieces: f"[{', '.join(pieces)}]",
        )
        return combined.sql, faults
    return f"list_filter(flatten([{', '.join(lists)}]), lambda x: x IS NOT NULL)", faults


def _member(part: Term | Joined, scope: Scope) -> Made:
    if not isinstance(part, Joined):
        return term(part, scope)
    # The records of the other side that fit this one, in their order.
    table = scope.catalog.tables[part.source]
    theirs = Scope(table.columns, scope.catalog, "q")
    made = term(part.term, theirs)
    tests = [f"{value(there, theirs).sql} = {value(here, scope).sql}" for here, there in part.conditions]
    found = f"SELECT list(m ORDER BY n) FROM (SELECT {made.sql} AS m, q.kg_row AS n FROM {name(table.name)} AS q WHERE {' AND '.join(tests) or 'true'})"
    return Made(f"coalesce(({found}), [])", many=True, faults=made.faults)
