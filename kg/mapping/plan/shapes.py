"""The shapes of a scan's rows: text of several lines, a line, or columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from kg.mapping.plan.values import Value, product

# The terms of a rule: subject, predicate, object, and graph if it names one.
Quad: TypeAlias = tuple[Value, Value, Value, Value | None]
# So many lines are one call of a function, which has a limit of arguments in every engine.
_LINES = 40
_END, _ENDED = "' .'", "' .\n'"


class Shape(StrEnum):
    """What the rows of a scan are."""

    TEXT = "text"  # column `text`: lines of N-Quads, each with its end, or none; columns `key` and `doubt`, which `Told` explains
    LINES = "lines"  # column `line`: one line of N-Quads
    QUADS = "quads"  # columns s, p, o, g


@dataclass(frozen=True, slots=True)
class Told:
    """SQL of what texts tell beside: a hash of what should come once, NULL where there is nothing to prove; and whether a row may be unfit for a rule."""

    key: str = "NULL::UBIGINT"
    doubt: str = "false"


def shaped(
    quads: Sequence[Quad], rows: str, shape: Shape, graphs: bool, *, distinct: bool, told: Told | None = None
) -> str:
    """Return the SELECT that shapes quads over rows; with `distinct`, what a row says several times is said once."""
    if shape is Shape.TEXT:
        return _text(quads, rows, graphs, told or Told(), distinct=distinct)
    if shape is Shape.QUADS:
        members = [_listed(_struct(quad), distinct) for quad in quads]
        return f"SELECT q.s, q.p, q.o, q.g FROM (SELECT unnest({_concatenated(members)}) AS q FROM ({rows})) WHERE q.s IS NOT NULL"
    lines = [_listed(_line(quad, graphs), distinct) for quad in quads]
    return f"SELECT line FROM (SELECT unnest({_concatenated(lines)}) AS line FROM ({rows})) WHERE line IS NOT NULL"


def _text(quads: Sequence[Quad], rows: str, graphs: bool, told: Told, *, distinct: bool) -> str:
    single = [quad for quad in quads if not _is_many(quad)]
    texts = [_block(single[start : start + _LINES], graphs) for start in range(0, len(single), _LINES)]
    lists = [_listed(_line(quad, graphs, _ENDED), distinct).sql for quad in quads if _is_many(quad)]
    texts += [f"array_to_string({each}, '')" for each in lists]
    text, key = texts[0], told.key
    if len(texts) > 1:
        # A row comes once for each of its texts, so that a vector of rows holds one of them at a time, however many there are.
        text = f"CASE part {' '.join(f'WHEN {number} THEN {each}' for number, each in enumerate(texts))} END"
        rows = f"SELECT * FROM ({rows}) CROSS JOIN range({len(texts)}) AS parts(part)"
        key = f"CASE WHEN part = 0 THEN {key} END"
    return f"SELECT {text} AS text, {key} AS key, {told.doubt} AS doubt FROM ({rows})"


def _is_many(quad: Quad) -> bool:
    return any(part is not None and part.many for part in quad)


def _block(quads: Sequence[Quad], graphs: bool) -> str:
    """Return the SQL of the lines of quads in one text: a single call where no term is missing, as is the rule."""
    pieces: list[str] = []
    known: dict[str, None] = {}
    for quad in quads:
        terms = [part.sql for part in quad if part is not None]
        known.update(dict.fromkeys(term for term in terms if not _is_literal(term)))
        pieces += _spaced(terms if graphs else terms[:3], _ENDED)
    whole = f"concat({', '.join(_merged(pieces))})"
    if not known:
        return whole
    lines = ", ".join(_line(quad, graphs, _ENDED).sql for quad in quads)
    return f"CASE WHEN {' AND '.join(f'{term} IS NOT NULL' for term in known)} THEN {whole} ELSE concat({lines}) END"


def _listed(made: Value, distinct: bool) -> Value:
    return Value(f"list_distinct({made.sql})", many=True) if made.many and distinct else made


def _concatenated(members: Sequence[Value]) -> str:
    """Return the SQL of one list of all members."""
    single = [member.sql for member in members if not member.many]
    lists = [member.sql for member in members if member.many]
    if single:
        lists.insert(0, f"[{', '.join(single)}]")
    return lists[0] if len(lists) == 1 else f"flatten([{', '.join(lists)}])"


def _line(quad: Quad, graphs: bool, end: str = _END) -> Value:
    """Return the SQL of a quad's line, NULL where a term is missing."""

    def joined(terms: list[str]) -> str:
        shown = terms if graphs else terms[:3]
        text = f"({' || '.join(_merged(_spaced(shown, end)))})"
        # What is in no graph is no quad.
        return text if len(shown) == len(terms) else f"CASE WHEN {terms[3]} IS NOT NULL THEN {text} END"

    return product([part for part in quad if part is not None], joined)


def _spaced(terms: Sequence[str], end: str) -> list[str]:
    """Return terms with what stands between and after them."""
    return [piece for number, term in enumerate(terms) for piece in ((["' '"] if number else []) + [term])] + [end]


def _merged(pieces: Sequence[str]) -> list[str]:
    """Return pieces of SQL with neighbouring literals made one."""
    out: list[str] = []
    for piece in pieces:
        if out and _is_literal(piece) and _is_literal(out[-1]):
            out[-1] = out[-1][:-1] + piece[1:]
        else:
            out.append(piece)
    return out


def _is_literal(sql: str) -> bool:
    return sql.startswith("'")


def _struct(quad: Quad) -> Value:
    def packed(terms: list[str]) -> str:
        graph = terms[3] if len(terms) > 3 else "NULL::VARCHAR"
        tests = [f"{term} IS NOT NULL" for term in terms if not _is_literal(term)]
        struct = f"{{'s': {terms[0]}, 'p': {terms[1]}, 'o': {terms[2]}, 'g': {graph}}}"
        return f"CASE WHEN {' AND '.join(tests)} THEN {struct} END" if tests else struct

    return product([part for part in quad if part is not None], packed)
