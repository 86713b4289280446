"""Turtle and TriG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.export.document import order_predicates
from kg.export.survey import NIL, TYPE, Survey, local
from kg.export.syntax import Syntax, shortened
from kg.rdf.prefixes import shortened as shortened_iri
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

_INDENT = "repeat('    ', level + 1)"


def turtle(con: duckdb.DuckDBPyConnection, found: Survey, prefixes: dict[str, str]) -> Syntax:
    """Return the syntax of Turtle, or where the survey has graphs that of TriG; `prefixes`: namespace (with `<`) to prefix."""

    def short(iri: str, ending: str = "") -> str:
        ending = ending or local(iri)
        return shortened(ending, f"left({iri}, length({iri}) - length({ending}))", prefixes, iri)

    used = "".join(f"@prefix {prefix}: {space}> .\n" for space, prefix in prefixes.items())
    syntax = Syntax(
        header=used,
        footer="}\n" if found.graphs else "",
        value=_value(found, prefixes),
        graph=f"CASE WHEN prev_g IS NULL THEN '' ELSE E'}}\\n' END || E'\\n' || {short('g')} || E' {{'",
        subject=f"E'\\n' || repeat('    ', level) || CASE WHEN s < '_' THEN {short('s', 'ending')} ELSE s END || ' '",
        head=f"""CASE WHEN item THEN ' ' WHEN first_s AND depth = 0 THEN name || ' '
            WHEN first_p THEN {_INDENT} || name || ' ' ELSE {_INDENT} || '    ' END""",
        after="CASE WHEN item OR last_s THEN '' WHEN last_p THEN E' ;\\n' ELSE E' ,\\n' END",
        end="E' .\\n'",
        node=("[\n", f"E'\\n' || {_INDENT} || CASE WHEN first_p OR item THEN '' ELSE '    ' END || ']'"),
        list=("(", "' )'"),
        step="CASE WHEN first_p OR item THEN 1 ELSE 2 END",
    )
    order_predicates(con, syntax, f"CASE WHEN p = '{TYPE}' THEN 'a' ELSE {short('p')} END", "NULL::VARCHAR")
    return syntax


def _value(found: Survey, prefixes: dict[str, str]) -> str:
    names = {prefix: space[1:] for space, prefix in prefixes.items()}
    datatypes = "".join(
        f" WHEN {text(suffix)} THEN '\"' || lexical || '\"^^' || {text(shortened_iri(suffix[3:-1], names))}"
        for suffix in found.datatypes
    )
    typed = f"CASE suffix{datatypes} ELSE o END" if datatypes else "o"
    return f"""CASE WHEN o < '<' THEN CASE WHEN NOT starts_with(suffix, '^') THEN o WHEN bare THEN lexical ELSE {typed} END
        WHEN o < '_' THEN CASE WHEN o = '{NIL}' THEN '()' ELSE {shortened("local", "space", prefixes, "o", "named")} END ELSE o END"""
