"""What the expressions of a triples map or view are evaluated on, and which references that allows."""

from __future__ import annotations

from dataclasses import dataclass

from kg.mapping.parse.faults import nearest
from kg.mapping.parse.graph import Graph, Node
from kg.mapping.rules import Field, Source, View

INDEX, ROOT = "#", "<it>"


@dataclass(frozen=True, slots=True)
class Scope:
    """The source on whose records expressions are evaluated (None: a record that only the data knows), and the base of relative IRIs.

    `owner` is the triples map or view; `once` says that it has no logical source, so that there is nothing to refer to.
    """

    source: Source | None
    base: str
    owner: Node
    once: bool = False

    def check(self, graph: Graph, node: Node, at: str, reference: str) -> None:
        """Raise an error if a reference at a property of a node can never be resolved."""
        if self.once:
            raise graph.fault(
                node,
                f"there is nothing that {reference!r} refers to: the triples map has no logical source",
                f"add {graph.word('logicalSource')}, or use constants",
                at=at,
            )
        if isinstance(self.source, View):
            check_key(graph, node, at, reference, self.source)


def check_key(graph: Graph, node: Node, at: str, reference: str, view: View) -> None:
    """Raise an error if a logical view has no such key, or if it is one of records (RML-LV, section on logical view expressions)."""
    known = keys(view)
    if known.get(reference):
        return
    values = [key for key, allowed in known.items() if allowed and not key.endswith(INDEX)]
    if reference in known:
        inner = [key for key in values if key.startswith(f"{reference}.")]
        raise graph.fault(
            node,
            f"{reference!r} holds records of the source, no value",
            f"refer to a field: {', '.join(inner or values)}",
            at=at,
            code="KG205",
        )
    indexes = [key for key in known if key.endswith(INDEX)] if reference.endswith(INDEX) else []
    raise graph.fault(
        node,
        f"the logical view has no field {reference!r}",
        nearest(reference, [*values, *indexes]),
        at=at,
        code="KG205",
    )


def keys(view: View) -> dict[str, bool]:
    """Return the keys of a logical view's iterations, each with whether a reference may name it."""
    found = {INDEX: True, ROOT: False}
    for each in view.fields:
        found.update(field_keys(each))
    for join in view.joins:
        for each in join.fields:
            found.update(field_keys(each))
    return found


def field_keys(of: Field, prefix: str = "") -> dict[str, bool]:
    """Return the keys of a field and of those within, each with whether a reference may name it."""
    name = f"{prefix}{of.name}"
    found = {name: of.expression is not None, f"{name}.{INDEX}": True}
    for each in of.fields:
        found.update(field_keys(each, f"{name}."))
    return found
