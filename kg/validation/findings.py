"""From results to findings: who found it, what it says, and where in the source it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kg.model import Finding, Severity
from kg.rdf.namespaces import RDFS, SH, SKOS
from kg.settings import ONTOLOGY
from kg.validation.evidence import place
from kg.validation.messages import chosen_message, default_message
from kg.validation.results import Result, ShapeFinding, order
from kg.validation.shapes import Shape, Shapes, short
from kg.validation.sql import quoted, words
from kg.validation.terms import UnknownTerm

if TYPE_CHECKING:
    import duckdb

SEVERITIES: Final = {
    f"<{SH}Violation>": Severity.VIOLATION,
    f"<{SH}Warning>": Severity.WARNING,
    f"<{SH}Info>": Severity.INFO,
}
_LABELS: Final = (f"<{RDFS}label>", f"<{SKOS}prefLabel>", f"<{ONTOLOGY}name>")
_CHUNK: Final = 1000  # rows of one INSERT


def collect(
    con: duckdb.DuckDBPyConnection,
    shapes: Shapes,
    numbered: Sequence[Shape],
    others: Sequence[Result | UnknownTerm],
    quads: str,
) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """Return the findings of `kg_result` (its shapes by number) and of others, the worst first, and the labels of entities.

    Each finding has its place in the source; the labels are of the entities that something was found about.
    """
    _tell(con, numbered, others)
    try:
        if con.execute("SELECT 1 FROM kg_told LIMIT 1").fetchone() is None:
            return (), {}
        told = con.execute(
            "SELECT k.id, k.shape, k.focus, k.path, k.value, k.component, p.source, p.start, p.stop, p.words "
            f"FROM kg_told k LEFT JOIN ({place(con, quads)}) p ON p.id = k.id"
        ).fetchall()
        labels = _labels(con, quads)
    finally:
        con.execute("DROP TABLE IF EXISTS temp.kg_told")
    found = {
        _of_shape(numbered[shape], focus, path, value, component, span)
        if shape >= 0
        else _of_other(others[-1 - number], shapes, span)
        for number, shape, focus, path, value, component, span in map(_spanned, told)
    }
    return tuple(sorted(found, key=order)), labels


def _spanned(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row of `kg_told` with its place in one, the terms of source and words as texts."""
    *told, source, start, stop, said = row
    return *told, (source and words(source), start, stop, said and words(said))


def _tell(con: duckdb.DuckDBPyConnection, numbered: Sequence[Shape], others: Sequence[Result | UnknownTerm]) -> None:
    """Make `kg_told`: what was found, each once. Other findings have the shape -1 and the number -1 - (their place)."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE kg_told "
        "(id INTEGER, shape INTEGER, focus VARCHAR, path VARCHAR, value VARCHAR, component VARCHAR)"
    )
    if numbered:
        con.execute(
            "INSERT INTO kg_told SELECT row_number() OVER (), * FROM (SELECT DISTINCT r.shape, r.focus, "
            "coalesce(substr(r.path, 2, length(r.path) - 2), h.path), r.value, r.component "
            "FROM kg_result r JOIN kg_shape h ON h.shape = r.shape WHERE r.asked)"
        )
    for first in range(0, len(others), _CHUNK):
        lines = ", ".join(
            f"({-1 - first - offset}, -1, {_identity(other)}, NULL)"
            for offset, other in enumerate(others[first : first + _CHUNK])
        )
        con.execute(f"INSERT INTO kg_told VALUES {lines}")


def _labels(con: duckdb.DuckDBPyConnection, quads: str) -> dict[str, str]:
    """Return the label of each entity that something was found about: rdfs:label, else skos:prefLabel, else kg:name."""
    wanted = ", ".join(quoted(term) for term in _LABELS)
    stated = con.execute(
        f"SELECT q.s, q.p, q.o FROM {quads} q WHERE q.p IN ({wanted}) AND q.s IN (SELECT focus FROM kg_told)"
    ).fetchall()
    labels: dict[str, str] = {}
    for entity, _, label in sorted(stated, key=lambda row: (_LABELS.index(row[1]), '"@en' not in row[2], row[2])):
        labels.setdefault(plain(entity), words(label))
    return labels


def _identity(other: Result | UnknownTerm) -> str:
    """Return SQL of the focus, path and value of a finding."""
    cells = (
        (other.entity, other.iri, None) if isinstance(other, UnknownTerm) else (other.focus, other.path, other.value)
    )
    return ", ".join("NULL" if cell is None else quoted(cell) for cell in cells)


def _of_shape(
    shape: Shape, focus: str, path: str | None, value: str | None, component: str, span: Sequence[Any]
) -> Finding:
    iri = f"{SH}{component}ConstraintComponent"
    messages = shape.messages or (default_message(shape, iri),)
    return _finding(shape.name, Result(focus, path, value, shape.term, iri, shape.severity, messages), span)


def _of_other(other: Result | UnknownTerm, shapes: Shapes, span: Sequence[Any]) -> Finding:
    if isinstance(other, Result):
        shape = shapes.by_term.get(other.shape)
        return _finding(shape.name if shape else short(other.shape), other, span)
    source, start, stop, said = (other.source, None, None, None) if other.source else span
    return Finding(
        code="unknown-term",
        severity=Severity.VIOLATION,
        message=other.message,
        source=source,
        start=start,
        end=stop,
        text=said,
        entity=plain(other.entity),
        path=other.iri,
    )


def _finding(code: str, result: Result, span: Sequence[Any]) -> Finding:
    source, start, stop, said = span
    return ShapeFinding(
        code=code,
        severity=SEVERITIES.get(result.severity, Severity.VIOLATION),
        message=chosen_message(result.messages),
        source=source,
        start=start,
        end=stop,
        text=said,
        entity=plain(result.focus),
        path=result.path,
        value=None if result.value is None else plain(result.value),
        shape=plain(result.shape),
        component=result.component,
        result=result,
    )


def plain(term: str) -> str:
    """Return an IRI without its brackets, any other term as it is."""
    return term[1:-1] if term.startswith("<") else term
