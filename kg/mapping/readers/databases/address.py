"""The URL of a database, in the forms that people have: our own, JDBC's, SQLAlchemy's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

from kg.errors import MappingError
from kg.mapping.rules import Database


class System(StrEnum):
    """A database system that is read; the value is the scheme of its URLs."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"


_SCHEMES = {
    "postgresql": System.POSTGRESQL,
    "postgres": System.POSTGRESQL,
    "mysql": System.MYSQL,
    "mariadb": System.MYSQL,
    "sqlite": System.SQLITE,
    "duckdb": System.DUCKDB,
}
_FILES = (System.SQLITE, System.DUCKDB)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is, and who asks. `database` is its name, or the path of its file; 0 is the system's usual port."""

    system: System
    database: str
    host: str = ""
    port: int = 0
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        """Return the URL without the account, for messages."""
        if self.system in _FILES:
            return self.database
        port = f":{self.port}" if self.port else ""
        return f"{self.system}://{self.host}{port}/{self.database}"


def read_address(database: Database, where: str) -> Address:
    """Read a database's URL (`jdbc:` may stand before it, a driver's name after the scheme); the account given beside it wins.

    MappingError where the URL is none, or of another system.
    """
    text = database.url.removeprefix("jdbc:")
    scheme, colon, rest = text.partition(":")
    system = _SCHEMES.get(scheme.partition("+")[0].lower())
    if not colon or system is None:
        known = ", ".join(f"{name}://" for name in System)
        raise MappingError(
            "KG230", f"{scheme!r} is no database that can be read", where=where, advice=f"use a URL of {known}"
        )
    if system in _FILES:
        if not _path(rest):
            raise MappingError(
                "KG230", "the path of the database is missing", where=where, advice=f"write {system}:///path"
            )
        return Address(system, _path(rest))
    try:
        parts = urlsplit(f"{system}:{rest}")
        port = parts.port or 0
    except ValueError as error:
        raise MappingError(
            "KG230", f"the URL of the database is wrong: {error}", where=where, advice="write scheme://host:port/name"
        ) from error
    options = dict(parse_qsl(parts.query))
    user = unquote(parts.username or "") or options.pop("user", "")
    password = unquote(parts.password or "") or options.pop("password", "")
    return Address(
        system,
        unquote(parts.path.removeprefix("/")),
        parts.hostname or "localhost",
        port,
        database.user or user,
        database.password or password,
        tuple(options.items()),
    )


def _path(rest: str) -> str:
    """Return the file of `sqlite:///relative`, `sqlite:////absolute` and JDBC's `sqlite:path`; nothing in it is encoded."""
    return rest.removeprefix("//").removeprefix("/") if rest.startswith("//") else rest
