"""MySQL and MariaDB, through PyMySQL: rows arrive unbuffered, each value as the text into which the server puts it, and go on in Arrow batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import MappingError, SourceError
from kg.mapping.addresses import Address
from kg.mapping.readers.databases.names import Case, Identifiers, quoted
from kg.mapping.readers.databases.relation import Connection, Relation, RelationColumn
from kg.mapping.readers.databases.staging import Rows, Staging
from kg.rdf.namespaces import XSD

if TYPE_CHECKING:
    import pymysql

_BOOLEAN = "CASE WHEN {} = '0' THEN 'false' WHEN {} <> '0' THEN 'true' END"
_BIT = "CASE WHEN {} = '00' THEN 'false' WHEN {} <> '00' THEN 'true' END"
# As text, the server gives six digits of a FLOAT; of the DOUBLE with the same value it gives all, and the shortest text follows from that.
_FLOAT = "CAST(CAST(CAST({} AS DOUBLE) AS FLOAT) AS VARCHAR)"

# Our name of the server's type -> the XSD type and the SQL of the lexical form; what is not here is text or bytes.
_TYPES = {
    "decimal": ("decimal", "{}"),
    "integer": ("integer", "{}"),
    "boolean": ("boolean", _BOOLEAN),
    "bit": ("boolean", _BIT),
    "float": ("double", _FLOAT),
    "double": ("double", "{}"),
    "date": ("date", "{}"),
    "time": ("time", "{}"),
    "timestamp": ("dateTime", "replace({}, ' ', 'T')"),
    "datetime": ("dateTime", "replace({}, ' ', 'T')"),
    "year": ("gYear", "{}"),
}
# Two values of such a type can have one text: TINYINT(1) holds more than 0 and 1, and local time goes back an hour each autumn.
_NOT_ONE_TO_ONE = ("boolean", "timestamp")

_ALL_ROWS = 2**64 - 1

_UNIQUE = """
    SELECT max(column_name) FROM information_schema.statistics
    WHERE table_schema = COALESCE(%s, DATABASE()) AND table_name = %s AND non_unique = 0
    GROUP BY index_name HAVING count(*) = 1 AND max(column_name) IS NOT NULL
"""


def connect(address: Address, where: str) -> Connection:
    """Connect to a MySQL or MariaDB server; SourceError where that fails."""
    return _MySQL(address, where)


class _MySQL:
    """A connection to a MySQL or MariaDB server, whose one transaction can only read."""

    def __init__(self, address: Address, where: str) -> None:
        import pymysql
        import pymysql.converters
        import pymysql.cursors

        self.where = where
        self.address = address
        # Parameters are written, but results stay the text that the server sends.
        writers: Any = {
            kind: write for kind, write in pymysql.converters.conversions.items() if not isinstance(kind, int)
        }
        try:
            self.connection: pymysql.Connection[pymysql.cursors.SSCursor] = pymysql.connect(
                host=address.host,
                port=address.port or 3306,
                user=address.user or None,
                password=address.password,
                database=address.database or None,
                charset="utf8mb4",
                connect_timeout=30,
                conv=writers,
                cursorclass=pymysql.cursors.SSCursor,
            )
        except (pymysql.MySQLError, OSError, RuntimeError) as error:
            raise SourceError(
                "KG232",
                f"the database {address} cannot be reached: {_said(error)}",
                where=where,
                advice="check the address, the account, and that the server runs",
            ) from error
        self._rows("START TRANSACTION READ ONLY")
        ((mode, folded),) = self._rows("SELECT @@sql_mode, @@lower_case_table_names")
        delimiter = '"' if "ANSI_QUOTES" in mode.split(",") else "`"
        self.identifiers = Identifiers(delimiter, Case.IGNORED, Case.KEPT if folded == "0" else Case.IGNORED)

    def schemas(self) -> Sequence[str]:
        return [row[0] for row in self._rows("SELECT schema_name FROM information_schema.schemata ORDER BY 1")]

    def tables(self, schema: str | None) -> Sequence[str]:
        listed = (
            "SELECT table_name FROM information_schema.tables WHERE table_schema = COALESCE(%s, DATABASE()) ORDER BY 1"
        )
        return [row[0] for row in self._rows(listed, (schema,))]

    def table(self, schema: str | None, name: str) -> Relation:
        sql = f"{quoted(schema, '`')}.{quoted(name, '`')}" if schema else quoted(name, "`")
        unique = {row[0] for row in self._rows(_UNIQUE, (schema, name))}
        return Relation(sql, self._columns(f"SELECT * FROM {sql} LIMIT 0", frozenset(unique)))

    def query(self, text: str) -> Relation:
        # What can be prepared by itself is one statement, so it stays within brackets, where what is no SELECT, or has two columns of one
        # name, is refused. Only with a limit does MariaDB keep the order there; but WITH cannot have brackets of its own.
        self._rows("PREPARE kg_query FROM %s", (text,))
        try:
            return self._within(f"((\n{text}\n) LIMIT {_ALL_ROWS}) AS kg", text)
        except MappingError:
            return self._within(f"(\n{text}\n) AS kg", text)

    def _within(self, sql: str, text: str) -> Relation:
        return Relation(sql, self._columns(f"SELECT * FROM {sql} LIMIT 0", frozenset()), text)

    def read(self, relation: Relation, columns: Sequence[RelationColumn], staging: Staging) -> Sequence[str | None]:
        names = [column.name for column in relation.columns]
        if relation.query is not None and not any(column.type == "float" for column in columns):
            text, places = relation.query, [names.index(column.name) for column in columns]
        else:
            wanted = [quoted(column.name, "`") + (" + 0e0" if column.type == "float" else "") for column in columns]
            text, places = f"SELECT {', '.join(wanted) or '1'} FROM {relation.sql}", list(range(len(columns)))
        rows = Rows(places)
        types = [_TYPES.get(column.type, ("", "{}")) for column in columns]
        with self._cursor(text) as cursor:
            batches = rows.batches(lambda number: self._fetched(cursor, number))
            staging.fill(rows.schema, batches, [form for _, form in types])
        return [
            XSD + (name or "hexBinary") if name or bytes in kinds else None
            for (name, _), kinds in zip(types, rows.kinds, strict=True)
        ]

    def close(self) -> None:
        self.connection.close()

    def _columns(self, query: str, unique: frozenset[str]) -> tuple[RelationColumn, ...]:
        with self._cursor(query) as cursor:
            described: Any = cursor.description or ()
            found = [(name, _type_name(code, length)) for name, code, _, length, *_ in described]
        return tuple(RelationColumn(name, kind, name in unique and kind not in _NOT_ONE_TO_ONE) for name, kind in found)

    def _rows(self, query: str, values: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        with self._cursor(query, values) as cursor:
            return list(cursor.fetchall())

    def _cursor(self, query: str, values: Sequence[object] | None = None) -> pymysql.cursors.SSCursor:
        import pymysql

        cursor = self.connection.cursor()
        try:
            cursor.execute(query, values)
        except pymysql.MySQLError as error:
            raise MappingError(
                "KG234",
                f"MySQL refuses the query: {_said(error)}",
                where=self.where,
                advice="a query is one SELECT in the database's SQL; try it there",
            ) from error
        return cursor

    def _fetched(self, cursor: pymysql.cursors.SSCursor, number: int) -> Sequence[Sequence[Any]]:
        import pymysql

        try:
            return cursor.fetchmany(number)
        except (pymysql.MySQLError, OSError, UnicodeDecodeError) as error:
            raise SourceError("KG236", f"reading {self.address} broke off: {_said(error)}", where=self.where) from error


def _type_name(code: int, length: int) -> str:
    """Return our name of a column's type in the protocol ("" for text and bytes); TINYINT(1) is what the server makes of BOOLEAN."""
    from pymysql.constants import FIELD_TYPE

    if code == FIELD_TYPE.TINY:
        return "boolean" if length == 1 else "integer"
    if code == FIELD_TYPE.BIT:
        return "bit" if length == 1 else ""
    return {
        FIELD_TYPE.DECIMAL: "decimal",
        FIELD_TYPE.NEWDECIMAL: "decimal",
        FIELD_TYPE.SHORT: "integer",
        FIELD_TYPE.LONG: "integer",
        FIELD_TYPE.INT24: "integer",
        FIELD_TYPE.LONGLONG: "integer",
        FIELD_TYPE.FLOAT: "float",
        FIELD_TYPE.DOUBLE: "double",
        FIELD_TYPE.DATE: "date",
        FIELD_TYPE.NEWDATE: "date",
        FIELD_TYPE.TIME: "time",
        FIELD_TYPE.TIMESTAMP: "timestamp",
        FIELD_TYPE.DATETIME: "datetime",
        FIELD_TYPE.YEAR: "year",
    }.get(code, "")


def _said(error: Exception) -> str:
    return str(error.args[-1]) if error.args else type(error).__name__
