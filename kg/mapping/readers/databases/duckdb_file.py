"""A file of DuckDB, read through a connection of its own and as the tables of the session are, lists and structs included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from kg.errors import SourceError
from kg.mapping.addresses import Address
from kg.mapping.readers.access import Access
from kg.mapping.readers.databases.staging import Staging
from kg.mapping.readers.relations import open_relation
from kg.mapping.readers.sql import identifier, said
from kg.mapping.rules import Database, LogicalSource, Table


def open_file(address: Address, source: LogicalSource, references: Sequence[str], staging: Staging) -> Table:
    """Make the relation of a table or SELECT of a file of DuckDB, which is opened so that it can only be read."""
    where = str(source.place)
    try:
        own = duckdb.connect(address.database, read_only=True, config={"autoinstall_known_extensions": "false"})
    except duckdb.Error as error:
        raise SourceError(
            "KG232",
            f"the database {address} cannot be opened: {said(error)}",
            where=where,
            advice="check that the file exists, is one of DuckDB, and that no other program writes to it",
        ) from error
    with own:
        within = replace(source, access=Database())
        table = open_relation(own, within, references, staging.name, numbered=staging.numbered, access=Access())
        query = f"SELECT * FROM {identifier(staging.name)}"
        relation = own.sql(query)
        types = zip(map(identifier, relation.columns), relation.types, strict=True)
        staging.stage(own, query, ", ".join(f"{column}::{kind} AS {column}" for column, kind in types))
    return table
