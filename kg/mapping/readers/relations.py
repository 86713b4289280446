"""Relations of the running session: its tables and views, frames given from Python, and queries over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import duckdb

from kg.errors import MappingError
from kg.mapping.readers.access import Access
from kg.mapping.readers.databases.names import missing
from kg.mapping.readers.sql import identifier, said
from kg.mapping.readers.typed import NAMES, column_named, typed_view
from kg.mapping.rules import Database, Formulation, LogicalSource, Table

_TABLES = "SELECT table_name FROM information_schema.tables ORDER BY 1"
_KEYS = """
    SELECT constraint_column_names[1] FROM duckdb_constraints()
    WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND len(constraint_column_names) = 1 AND lower(table_name) = lower($1)
"""


def open_relation(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a table of the session, or of one SELECT in its SQL. See `open_source`."""
    where = str(source.place)
    if not isinstance(source.access, Database):
        raise MappingError(
            "KG224",
            f"a {source.formulation} is not in a file",
            where=where,
            advice="name a database, or another reference formulation",
        )
    _register(con, access)
    is_query = source.formulation is Formulation.QUERY
    try:
        scan = _query(con, source.iterator, references, where) if is_query else _table(con, source.iterator, where)
        # The rows of a query may come in another order at each scan.
        kind = "TABLE" if numbered and is_query else "VIEW"
        number = "row_number() OVER () - 1" if numbered else None
        owner = "the result of the query" if is_query else f"the table {source.iterator}"
        table = typed_view(con, scan, owner, references, source.nulls, name, number=number, where=where, kind=kind)
    except duckdb.CatalogException as error:
        raise (_refused(said(error), where) if con.execute(_TABLES).fetchall() else _nowhere(where)) from error
    except duckdb.Error as error:
        raise _refused(said(error), where) from error
    return table if is_query else Table(table.name, table.columns, _keys(con, source.iterator, references))


def _register(con: duckdb.DuckDBPyConnection, access: Access) -> None:
    known = {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE temporary").fetchall()}
    for name, frame in access.frames.items():
        if name not in known:
            # A relation belongs to its own connection; its rows go anywhere.
            con.register(name, frame.to_arrow_table() if isinstance(frame, duckdb.DuckDBPyRelation) else frame)


def _table(con: duckdb.DuckDBPyConnection, name: str, where: str) -> str:
    known = [table for (table,) in con.execute(_TABLES).fetchall()]
    # A name may hold a dot.
    scan = identifier(name) if name in known else ".".join(identifier(part.text) for part in NAMES.table(name))
    try:
        con.execute(f"SELECT * FROM {scan} LIMIT 0")
    except duckdb.CatalogException:
        raise (missing("KG233", "table", name, known, "the session", where) if known else _nowhere(where)) from None
    return scan


def _query(con: duckdb.DuckDBPyConnection, query: str, references: Sequence[str], where: str) -> str:
    """Return the one SELECT that a text holds, as a FROM item: a mapping reads, and changes nothing."""
    statements = con.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise _refused("it is not one SELECT", where)
    text = str(statements[0].query)
    # What follows the end of the statement is a comment at most.
    text = next((text[:start] for start, _ in duckdb.tokenize(text) if text.startswith(";", start)), text)
    columns = [name for name, *_ in con.execute(f"DESCRIBE {text}").fetchall()]
    for column, count in Counter(columns).items():
        if count > 1 and column in {column_named(reference, columns) for reference in references}:
            raise MappingError(
                "KG235",
                f"the query has {count} columns with the name {column}",
                where=where,
                advice="give each column a name of its own with AS",
            )
    # A comment at the end of the query must not hide the bracket.
    return f"(\n{text}\n) AS kg_query"


def _keys(con: duckdb.DuckDBPyConnection, table: str, references: Sequence[str]) -> tuple[str, ...]:
    unique = [name for (name,) in con.execute(_KEYS, [NAMES.table(table)[-1].text]).fetchall()]
    return tuple(reference for reference in references if column_named(reference, unique) is not None)


def _nowhere(where: str) -> MappingError:
    return MappingError(
        "KG233",
        "the mapping names no database for this table or query, and the session has no tables",
        where=where,
        advice="give --db URL, as in --db postgresql://me@localhost/models; from Python, give frames",
    )


def _refused(what: str, where: str) -> MappingError:
    return MappingError(
        "KG234",
        f"the query cannot be used: {what}",
        where=where,
        advice="a query is one SELECT over the tables of the session",
    )
