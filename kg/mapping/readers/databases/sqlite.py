"""SQLite, through Python's own driver. A value has a type there, not a column: what a column is declared as counts where all its values are so."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from kg.errors import MappingError, SourceError
from kg.mapping.addresses import Address
from kg.mapping.readers.databases.names import Case, Identifiers, quoted
from kg.mapping.readers.databases.relation import Connection, Relation, RelationColumn
from kg.mapping.readers.databases.staging import Rows, Staging
from kg.rdf.namespaces import XSD

# What a declared type has in its name -> the XSD type, in the order in which they are looked for.
_DECLARED = (
    ("BOOL", "boolean"),
    ("INT", "integer"),
    ("DATETIME", "dateTime"),
    ("TIMESTAMP", "dateTime"),
    ("DATE", "date"),
    ("TIME", "time"),
    ("REAL", "double"),
    ("FLOA", "double"),
    ("DOUB", "double"),
    ("DEC", "decimal"),
    ("NUMERIC", "decimal"),
)
_FORMS = {
    "boolean": r"CASE WHEN {} = '0' THEN 'false' WHEN regexp_full_match({}, '-?\d+') THEN 'true' ELSE {} END",
    "dateTime": r"regexp_replace({}, '^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)', '\1T\2')",
}
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
# Texts of the XSD types that SQLite does not have.
_LEXICAL = {
    "boolean": "true|false",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "date": rf"-?\d{{4,}}-\d\d-\d\d{_ZONE}",
    "time": rf"\d\d:\d\d:\d\d(\.\d+)?{_ZONE}",
    "dateTime": rf"-?\d{{4,}}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?{_ZONE}",
}

_COLUMNS = "SELECT name, type, pk FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1 ORDER BY cid"
_UNIQUE = """
    SELECT max(i.name) FROM pragma_index_list(?, ?) AS l, pragma_index_info(l.name, ?) AS i
    WHERE l."unique" AND NOT l.partial GROUP BY l.name HAVING count(*) = 1
"""


def connect(address: Address, where: str) -> Connection:
    """Open a file of SQLite; SourceError where that fails."""
    return _SQLite(address, where)


class _SQLite:
    """A file of SQLite, opened so that it can only be read."""

    identifiers = Identifiers('"', Case.IGNORED, Case.IGNORED)

    def __init__(self, address: Address, where: str) -> None:
        self.where = where
        self.path = Path(address.database)
        try:
            # DuckDB asks for rows from a thread of its own, but from one at a time.
            self.connection = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
            self.connection.execute("SELECT 1 FROM sqlite_schema").close()
        except sqlite3.Error as error:
            raise SourceError(
                "KG232",
                f"the database {address} cannot be opened: {error}",
                where=where,
                advice="check that the file exists and is one of SQLite",
            ) from error

    def schemas(self) -> Sequence[str]:
        return [row[1] for row in self._rows("PRAGMA database_list")]

    def tables(self, schema: str | None) -> Sequence[str]:
        listed = (
            f"SELECT name FROM {quoted(schema or 'main')}.sqlite_schema WHERE type IN ('table', 'view') ORDER BY name"
        )
        return [row[0] for row in self._rows(listed)]

    def table(self, schema: str | None, name: str) -> Relation:
        place = schema or "main"
        described = self._rows(_COLUMNS, name, place)
        unique = {row[0] for row in self._rows(_UNIQUE, name, place, place)}
        if len(key := [column for column, _, number in described if number]) == 1:
            unique.update(key)
        columns = (RelationColumn(column, declared, column in unique) for column, declared, _ in described)
        return Relation(f"{quoted(place)}.{quoted(name)}", tuple(columns))

    def query(self, text: str) -> Relation:
        # A view tells the declared types of its columns, and is refused for what is no SELECT; but it gives new names to columns of one name.
        self._rows(f"CREATE TEMP VIEW kg_query AS {text}")
        declared = [row[1] for row in self._rows(_COLUMNS, "kg_query", "temp")]
        self._rows("DROP VIEW temp.kg_query")
        with self._cursor(text) as cursor:
            names = [column[0] for column in cursor.description]
        return Relation("", tuple(map(RelationColumn, names, declared)), text)

    def read(self, relation: Relation, columns: Sequence[RelationColumn], staging: Staging) -> Sequence[str | None]:
        names = [column.name for column in relation.columns]
        if relation.query is not None:
            text, places = relation.query, [names.index(column.name) for column in columns]
        else:
            text = f"SELECT {', '.join(quoted(column.name) for column in columns) or '1'} FROM {relation.sql}"
            places = list(range(len(columns)))
        declared = [_declared(column.type) for column in columns]
        rows = Rows(places)
        with self._cursor(text) as cursor:
            batches = rows.batches(lambda number: self._fetched(cursor, number))
            staging.fill(rows.schema, batches, [_FORMS.get(name, "{}") for name in declared])
        return [
            _datatype(name if _fits(staging, number, name) else "", kinds)
            for number, (name, kinds) in enumerate(zip(declared, rows.kinds, strict=True))
        ]

    def close(self) -> None:
        self.connection.close()

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._cursor(query, *values) as cursor:
            return cursor.fetchall()

    def _cursor(self, query: str, *values: str) -> closing[sqlite3.Cursor]:
        try:
            return closing(self.connection.execute(query, values))
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise MappingError(
                "KG234",
                f"SQLite refuses the query: {error}",
                where=self.where,
                advice="a query is one SELECT in the database's SQL; try it there",
            ) from error

    def _fetched(self, cursor: sqlite3.Cursor, number: int) -> Sequence[Sequence[Any]]:
        try:
            return cursor.fetchmany(number)
        except sqlite3.Error as error:
            raise SourceError("KG236", f"reading {self.path} broke off: {error}", where=self.where) from error


def _declared(type_name: str) -> str:
    return next((name for part, name in _DECLARED if part in type_name.upper()), "")


def _fits(staging: Staging, number: int, name: str) -> bool:
    """Tell whether all staged values of a column have the form of an XSD type; that of numbers follows from the values' types."""
    pattern = _LEXICAL.get(name)
    if pattern is None:
        return True
    checked = f"SELECT bool_and(regexp_full_match(c{number}, ?)) FROM {quoted(staging.name)}"
    row = staging.con.execute(checked, [pattern]).fetchone()
    return row is not None and row[0] is not False


def _datatype(name: str, kinds: set[type]) -> str | None:
    """Return the datatype of a column from what it is declared as and the types of its values."""
    of_values = {int: "integer", float: "double", bytes: "hexBinary"}
    numbers = kinds <= {int, float}
    if name in ("boolean", "integer"):
        fits = kinds <= {int} or (name == "boolean" and kinds <= {int, str})
    elif name in ("double", "decimal"):
        fits = numbers
    else:
        fits = bool(name) and kinds <= {str}
    if not fits:
        name = (
            "double" if kinds == {int, float} else of_values.get(next(iter(kinds), str), "") if len(kinds) == 1 else ""
        )
    return XSD + name if name else None
