"""Validation: SHACL over the relation of quads, with findings that lead back to the words of the source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from kg.errors import ShapesError
from kg.rdf.vocabulary import Vocabulary, load_vocabulary
from kg.validation.findings import collect
from kg.validation.reference import reference_results
from kg.validation.relational import drop_tables, evaluate, idle_shapes, subclass_relation
from kg.validation.render import FORMATS, render
from kg.validation.results import Report, Result, ShapeFinding
from kg.validation.shapes import Shapes, load_shapes, read_shapes
from kg.validation.terms import unknown_in_data, unknown_in_shapes

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "FORMATS",
    "Engine",
    "Report",
    "Result",
    "ShapeFinding",
    "Shapes",
    "load_shapes",
    "read_shapes",
    "render",
    "validate",
]

Engine: TypeAlias = Literal["auto", "relational", "pyshacl"]


def validate(
    con: duckdb.DuckDBPyConnection,
    shapes: Shapes,
    *,
    vocabulary: Vocabulary | None = None,
    engine: Engine = "auto",
    quads: str = "quads",
) -> Report:
    """Check the relation of quads (s, p, o, g; the union of its graphs) against shapes.

    Instances of a class that the vocabulary (None: that of our ontology) or the data has as a sub-class count for its
    super-classes too; terms of our namespace that the vocabulary lacks are findings (`unknown-term`). The engine "auto" checks with relational
    plans and gives pySHACL the shapes, each with all that it refers to, that these do not cover; "relational" raises
    ShapesError (KG302) for such shapes; "pyshacl" checks everything there, slowly.
    """
    delegated = _delegated(shapes, engine)
    own = [root for root in shapes.roots if root.term not in delegated]
    terms = load_vocabulary() if vocabulary is None else vocabulary
    known = frozenset(term.name for term in terms)
    subclasses = subclass_relation(con, quads, _class_pairs(terms))
    unknown = (*unknown_in_shapes(shapes, known), *unknown_in_data(con, quads, known))
    asked = [shapes.by_term[term] for term in delegated]
    others = reference_results(con, shapes, asked, quads, subclasses) if asked else ()
    try:
        numbered = evaluate(con, shapes, own, quads, subclasses)
        findings, labels = collect(con, shapes, numbered, (*others, *unknown), quads)
        idle = idle_shapes(con, numbered)
    finally:
        drop_tables(con)
    conforms = not any(isinstance(finding, ShapeFinding) for finding in findings)
    return Report(conforms, findings, idle, tuple(delegated.values()), labels)


def _delegated(shapes: Shapes, engine: Engine) -> dict[str, str]:
    """Return the shapes with targets that the reference validator is to check, with the reason."""
    if engine == "pyshacl":
        return {root.term: f"{root.name}: asked for" for root in shapes.roots}
    found = {root.term: why for root in shapes.roots if (why := shapes.faults(root.term))}
    if found and engine == "relational":
        faults = "; ".join(dict.fromkeys(fault for why in found.values() for fault in why))
        raise ShapesError(
            "KG302", f"the relational engine does not cover this: {faults}", advice='use the engine "auto"'
        )
    return {term: f"{shapes.by_term[term].name}: {'; '.join(why)}" for term, why in found.items()}


def _class_pairs(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield the direct sub-classes of the ontology with their super-classes, as terms."""
    for term in vocabulary:
        if term.kind == "class":
            for parent in term.parents:
                yield f"<{term.iri}>", f"<{vocabulary.term(parent).iri}>"
