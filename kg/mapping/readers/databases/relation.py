"""What a database says of a table or query before its rows are read, and what is asked of a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.mapping.readers.databases.names import Identifiers
from kg.mapping.readers.databases.staging import Staging


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """A column: its name, the server's name of its type, and whether no value of it occurs twice."""

    name: str
    type: str
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or query: what stands for it after FROM, and its columns. `query` is the text of a query."""

    sql: str
    columns: tuple[RelationColumn, ...]
    query: str | None = None


class Connection(Protocol):
    """A connection to a database, which reads only. Errors of the driver come as SourceError or MappingError (KG23x)."""

    identifiers: Identifiers

    def schemas(self) -> Sequence[str]:
        """Return the names of the schemas."""

    def tables(self, schema: str | None) -> Sequence[str]:
        """Return the names of the tables and views in a schema, None being where unqualified names are looked for."""

    def table(self, schema: str | None, name: str) -> Relation:
        """Return a table that is there."""

    def query(self, text: str) -> Relation:
        """Return what one SELECT gives; MappingError where it is none or wrong."""

    def read(self, relation: Relation, columns: Sequence[RelationColumn], staging: Staging) -> Sequence[str | None]:
        """Stage columns, and return the natural datatype of each (an IRI, or None for plain text)."""

    def close(self) -> None:
        """Close the connection."""
