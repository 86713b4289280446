"""Terms of RDF as SQL expressions for DuckDB: their parts, and whether a lexical form is well-formed.

All expressions take a term in canonical N-Triples syntax.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kg.rdf import lexical as spaces
from kg.rdf.namespaces import RDF, XSD

if TYPE_CHECKING:
    import duckdb

FORMS: Final = spaces.FORMS
INTEGERS: Final = tuple(
    name for name, form in FORMS.items() if name.lower().endswith(("integer", "long", "int", "short", "byte"))
)


def quoted(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def fill(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Make a temporary table of rows; `columns` are its columns with their types. Lists as parameters take a tenth of the time of VALUES."""
    fields = [column.split() for column in columns.split(", ")]
    if rows:
        cells = ", ".join(f"unnest(${place}::{kind}[]) AS {field}" for place, (field, kind) in enumerate(fields, 1))
        lists = [list(column) for column in zip(*rows, strict=True)]
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells}", lists)
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")


def words(literal: str) -> str:
    """Return the lexical form of a literal, in Python."""
    # The escapes of a literal in canonical N-Triples are those of a string in JSON.
    form = literal.rpartition('"')[0]
    return str(json.loads(form + '"')) if "\\" in form else form[1:]


def mark(term: str) -> str:
    """Return SQL of what follows a literal's lexical form: '' (xsd:string), '@tag' or '^^<datatype>'."""
    return f"split_part({term}, '\"', -1)"


def lexical(term: str) -> str:
    """Return SQL of a literal's lexical form with its escapes left in: right for all datatypes but strings."""
    return f"substr({term}, 2, length({term}) - length({mark(term)}) - 2)"


def text(term: str) -> str:
    """Return SQL of SPARQL's STR(): the lexical form or the IRI, without escapes; NULL for a blank node."""
    # The escapes of a literal in canonical N-Triples are those of a string in JSON.
    literal = f"left({term}, length({term}) - length({mark(term)}))"
    unescaped = f"CASE WHEN contains({term}, '\\') THEN json_extract_string({literal}, '$') ELSE {lexical(term)} END"
    return f"CASE WHEN starts_with({term}, '\"') THEN {unescaped} WHEN starts_with({term}, '<') THEN substr({term}, 2, length({term}) - 2) END"


def language(term: str) -> str:
    """Return SQL of a literal's language tag in lower case; '' for any other term."""
    return f"CASE WHEN starts_with({term}, '\"') AND starts_with({mark(term)}, '@') THEN lower(substr({mark(term)}, 2)) ELSE '' END"


def well_formed(datatype: str, term: str, form: str, end: str) -> str:
    """Return SQL that says whether a term, with the lexical form and the mark in the given columns, is a well-formed literal of a datatype (an IRI)."""
    if datatype == f"{RDF}langString":
        return f"starts_with({end}, '@')"
    expected = "" if datatype == f"{XSD}string" else f"^^<{datatype}>"
    typed = f"starts_with({term}, '\"') AND {end} = {quoted(expected)}"
    within = spaces.is_form(datatype, form)
    return f"{typed} AND {within}" if within else typed
