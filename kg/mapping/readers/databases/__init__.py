"""Databases: rows of a table, or of a SELECT, to a relation of the session, by R2RML's rules for names (section 3) and types (section 10).

ADBC's driver reads PostgreSQL: it is Apache Arrow's, and gives columns without a Python loop. PyMySQL reads MySQL and MariaDB: it is the most used one that is free to
ship, and needs no compiler. SQLite's and DuckDB's are there anyway. Drivers are loaded when a URL asks for them.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.errors import MappingError, SourceError
from kg.mapping.addresses import Address, System, read_address
from kg.mapping.readers.databases.names import Case, match, missing
from kg.mapping.readers.databases.relation import Connection, Relation, RelationColumn
from kg.mapping.readers.databases.staging import Staging
from kg.mapping.rules import Column, Database, Formulation, LogicalSource, Table

if TYPE_CHECKING:
    import duckdb

    from kg.mapping.readers.access import Access


def open_database(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view `name` of a table (`Formulation.TABLE`) or SELECT (`Formulation.QUERY`) of a database, and say what its columns are.

    The database is only read. MappingError where the mapping names what is not there (KG205, KG233) or the query is wrong (KG234, KG235);
    SourceError where the database cannot be read (KG231, KG232, KG236).
    """
    where = str(source.place)
    assert isinstance(source.access, Database)  # noqa: S101 - the caller has looked
    address = read_address(source.access, where)
    staging = Staging(con, name, source.nulls, numbered, access, where)
    try:
        if address.system is System.DUCKDB:
            from kg.mapping.readers.databases.duckdb_file import open_file

            return open_file(address, source, references, staging)
        connection = _connected(address, where)
    except ModuleNotFoundError as error:
        raise SourceError(
            "KG231",
            f"{address.system} needs the Python package {error.name}, which is not installed",
            where=where,
            advice="pip install 'aimodel-kg[databases]'",
        ) from error
    with contextlib.closing(connection):
        return _opened(connection, source, references, staging)


def _opened(connection: Connection, source: LogicalSource, references: Sequence[str], staging: Staging) -> Table:
    text, where = source.iterator.strip(), str(source.place)
    if source.formulation is Formulation.QUERY:
        relation, owner = _queried(connection, text, where), "the result of the query"
    else:
        relation, owner = _table(connection, text, where), f"the table {text}"
    columns = [_column(connection, relation, reference, owner, where) for reference in references]
    # Two references may name one column, which is read once.
    distinct = list(dict.fromkeys(columns))
    datatypes = connection.read(relation, distinct, staging)
    places = {
        column: Column(f"c{number}", datatype)
        for number, (column, datatype) in enumerate(zip(distinct, datatypes, strict=True))
    }
    return Table(
        staging.name,
        {reference: places[column] for reference, column in zip(references, columns, strict=True)},
        tuple(reference for reference, column in zip(references, columns, strict=True) if column.unique),
    )


def _connected(address: Address, where: str) -> Connection:
    """Connect to a server, or open a file of SQLite."""
    match address.system:
        case System.POSTGRESQL:
            from kg.mapping.readers.databases.postgresql import connect
        case System.MYSQL:
            from kg.mapping.readers.databases.mysql import connect
        case _:
            from kg.mapping.readers.databases.sqlite import connect
    return connect(address, where)


def _queried(connection: Connection, text: str, where: str) -> Relation:
    relation = connection.query(text.rstrip("; \t\r\n"))
    names = [_plain(column.name, connection.identifiers.columns) for column in relation.columns]
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise MappingError(
            "KG235",
            f"the query has two columns with the name {twice[0]}",
            where=where,
            advice="give each column a name of its own with AS",
        )
    return relation


def _plain(name: str, case: Case) -> str:
    return name.lower() if case is Case.IGNORED else name


def _table(connection: Connection, text: str, where: str) -> Relation:
    identifiers = connection.identifiers
    *before, last = identifiers.table(text)
    schema = None
    if before:
        schemas = connection.schemas()
        schema = match(before[-1], schemas, identifiers.tables)
        if schema is None or len(before) > 1:
            raise missing("KG233", "schema", ".".join(part.text for part in before), schemas, "the database", where)
    tables = connection.tables(schema)
    found = match(last, tables, identifiers.tables)
    if found is None:
        raise missing("KG233", "table", text, tables, f"the schema {schema}" if schema else "the database", where)
    return connection.table(schema, found)


def _column(connection: Connection, relation: Relation, reference: str, owner: str, where: str) -> RelationColumn:
    identifiers = connection.identifiers
    names = [column.name for column in relation.columns]
    found = match(identifiers.column(reference), names, identifiers.columns)
    if found is None:
        raise missing("KG205", "column", reference, names, owner, where)
    return relation.columns[names.index(found)]


__all__ = ["open_database"]
