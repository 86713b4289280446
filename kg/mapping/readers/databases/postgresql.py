"""PostgreSQL, through the driver of Apache Arrow (ADBC): rows arrive in binary COPY and as Arrow batches, no row passes through Python.

Whole numbers, floats, booleans, bytes and text come as they are stored; all else is cast to text by the server, so that no digit is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from kg.errors import MappingError, SourceError
from kg.mapping.addresses import Address
from kg.mapping.readers.databases.names import Case, Identifiers, quoted
from kg.mapping.readers.databases.natural import DATE_TIME, DOUBLE, HEX, PLAIN
from kg.mapping.readers.databases.relation import Connection, Relation, RelationColumn
from kg.mapping.readers.databases.staging import Staging
from kg.rdf.namespaces import XSD

if TYPE_CHECKING:
    import pyarrow as pa

_CAST = "{}::text"
_ZONE = r"regexp_replace({}, '([+-]\d\d)$', '\1:00')"

# The server's type -> the XSD type, the SQL that the server gets, the SQL of the lexical form; what is not here is text as the server prints it.
_TYPES: dict[str, tuple[str, str, str]] = {
    "int2": ("integer", "{}", PLAIN),
    "int4": ("integer", "{}", PLAIN),
    "int8": ("integer", "{}", PLAIN),
    "oid": ("integer", _CAST, "{}"),
    "numeric": ("decimal", _CAST, "{}"),
    "float4": ("double", "{}", DOUBLE),
    "float8": ("double", "{}", DOUBLE),
    "bool": ("boolean", "{}", PLAIN),
    "date": ("date", _CAST, "{}"),
    "time": ("time", _CAST, "{}"),
    "timetz": ("time", _CAST, _ZONE),
    "timestamp": ("dateTime", _CAST, DATE_TIME),
    # The session's zone is UTC.
    "timestamptz": ("dateTime", _CAST, r"regexp_replace(replace({}, ' ', 'T'), '\+00$', 'Z')"),
    "bytea": ("hexBinary", "{}", HEX),
    "text": ("", "{}", "{}"),
    "varchar": ("", "{}", "{}"),
    # A cast would take away the spaces to which CHAR(n) is filled.
    "bpchar": ("", "{}", "{}"),
}
# As the server would print it: a cast is not that for all types (inet).
_OTHER = ("", "CASE WHEN {} IS NOT NULL THEN pg_catalog.format('%s', {}) END", "{}")

_BEFORE_REASON = re.compile(r".*(failed|ERROR): +")

_SESSION = {
    "default_transaction_read_only": "on",
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",
}

_TABLES = """
    SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND CASE WHEN $1 = '' THEN pg_catalog.pg_table_is_visible(c.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema') ELSE n.nspname = $1 END
    ORDER BY c.relname
"""

# Columns of which a constraint or index of their own says that no value occurs twice; one over some rows only does not say it, nor
# does one whose table has children, for it does not hold for the rows of these.
_UNIQUE = """
    SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = CAST($1 AS pg_catalog.regclass) AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indpred IS NULL
      AND (SELECT relkind = 'p' OR NOT relhassubclass FROM pg_catalog.pg_class WHERE oid = i.indrelid)
"""


def connect(address: Address, where: str) -> Connection:
    """Connect to a PostgreSQL server; SourceError where that fails."""
    return _PostgreSQL(address, where)


class _PostgreSQL:
    """A connection to a PostgreSQL server; each statement is a transaction of its own that can only read."""

    identifiers = Identifiers('"', Case.FOLDED, Case.FOLDED)

    def __init__(self, address: Address, where: str) -> None:
        import adbc_driver_postgresql.dbapi

        self.where = where
        self.address = address
        try:
            self.connection = adbc_driver_postgresql.dbapi.connect(_uri(address), autocommit=True)
        except adbc_driver_postgresql.dbapi.Error as error:
            raise SourceError(
                "KG232",
                f"the database {address} cannot be reached: {_said(error)}",
                where=where,
                advice="check the address, the account, and that the server runs",
            ) from error

    def schemas(self) -> Sequence[str]:
        return self._list("SELECT nspname FROM pg_catalog.pg_namespace ORDER BY nspname")

    def tables(self, schema: str | None) -> Sequence[str]:
        return self._list(_TABLES, schema or "")

    def table(self, schema: str | None, name: str) -> Relation:
        sql = f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)
        unique = self._list(_UNIQUE, sql)
        return Relation(sql, tuple(self._columns(f"SELECT * FROM {sql}", frozenset(unique))))

    def query(self, text: str) -> Relation:
        # A text that can be prepared by itself is one statement, so it stays within the brackets. A comment may end it.
        columns = self._columns(text, frozenset())
        if not columns:
            raise self._refused(ValueError("it is no SELECT"))
        return Relation(f"(\n{text}\n) AS kg", tuple(columns), text)

    def read(self, relation: Relation, columns: Sequence[RelationColumn], staging: Staging) -> Sequence[str | None]:
        types = [_TYPES.get(column.type, _OTHER) for column in columns]
        wanted = [sql.replace("{}", quoted(column.name)) for column, (_, sql, _) in zip(columns, types, strict=True)]
        with self.connection.cursor() as cursor:
            self._execute(cursor, f"SELECT {', '.join(wanted) or '1'} FROM {relation.sql}")
            reader = cursor.fetch_record_batch()
            staging.fill(reader.schema, self._batches(reader), [form for _, _, form in types])
        return [XSD + name if name else None for name, _, _ in types]

    def close(self) -> None:
        self.connection.close()

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        try:
            for batch in reader:
                # A database without an encoding may hold text that is no UTF-8.
                batch.validate(full=True)
                yield batch
        except (pa.ArrowException, OSError) as error:
            raise SourceError("KG236", f"reading {self.address} broke off: {_said(error)}", where=self.where) from error

    def _columns(self, query: str, unique: frozenset[str]) -> list[RelationColumn]:
        import adbc_driver_postgresql.dbapi

        with self.connection.cursor() as cursor:
            try:
                schema = cursor.adbc_execute_schema(query)
            except adbc_driver_postgresql.dbapi.Error as error:
                raise self._refused(error) from error
        return [RelationColumn(field.name, self._type(field), field.name in unique) for field in schema]

    def _type(self, field: pa.Field) -> str:
        """Return the server's name of a column's type, of which the driver tells since its version 1.13."""
        told = (field.metadata or {}).get(b"POSTGRESQL:type")
        if told is None:
            raise SourceError(
                "KG231",
                "this version of adbc-driver-postgresql does not tell the types of columns",
                where=self.where,
                advice="pip install --upgrade 'aimodel-kg[databases]'",
            )
        return str(told, "utf-8")

    def _list(self, query: str, *values: str) -> list[str]:
        with self.connection.cursor() as cursor:
            self._execute(cursor, query, values)
            return [str(row[0]) for row in cursor.fetchall()]

    def _execute(self, cursor: Any, query: str, values: Sequence[str] = ()) -> None:
        import adbc_driver_postgresql.dbapi

        try:
            cursor.execute(query, values or None)
        except adbc_driver_postgresql.dbapi.Error as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> MappingError:
        return MappingError(
            "KG234",
            f"PostgreSQL refuses the query: {_said(error)}",
            where=self.where,
            advice="a query is one SELECT in the database's SQL; try it there",
        )


def _uri(address: Address) -> str:
    account = quote(address.user, safe="") + (f":{quote(address.password, safe='')}" if address.password else "")
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    options = {"application_name": "kg", "connect_timeout": "30", **dict(address.options), "client_encoding": "UTF8"}
    options["options"] = f"{options.get('options', '')} {session}".strip()
    host = f"[{address.host}]" if ":" in address.host else address.host
    port = f":{address.port}" if address.port else ""
    at = f"{account}@" if account else ""
    return f"postgresql://{at}{host}{port}/{quote(address.database, safe='')}?{urlencode(options, quote_via=quote)}"


def _said(error: Exception) -> str:
    """Return what the server says, with its hint; a failure to connect has no such parts, but a text that ends with the reason."""
    details = dict(getattr(error, "details", None) or ())
    parts = [details.get(name, b"").decode() for name in (b"PG_DIAG_MESSAGE_PRIMARY", b"PG_DIAG_MESSAGE_HINT")]
    return "; ".join(part.rstrip(".") for part in parts if part) or _BEFORE_REASON.sub(
        "", str(error).strip().splitlines()[0]
    )
