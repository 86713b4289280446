"""Addresses of databases, in the forms that people have: our own URLs, JDBC's, SQLAlchemy's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from kg.errors import MappingError
from kg.mapping.rules import Database


class System(StrEnum):
    """A database system that is read; the value is the scheme of its URLs."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"


KINDS = "PostgreSQL, MySQL, MariaDB, SQLite and DuckDB"
_ALIASES = {"postgres": "postgresql", "mariadb": "mysql"}
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


def parse_database(name: str, folder: Path, user: str = "", password: str = "") -> Database:
    """Return the database that a mapping names: `jdbc:postgresql://host:port/name`, `mysql://user:password@host/name`, `jdbc:sqlite:path` and the like.

    Paths count from a folder. A user in the name gives way to one that is given apart. ValueError says what is not supported.
    """
    address = _parsed(name)
    if address.system in _FILES:
        # What follows a question mark is for a driver.
        path = address.database.partition("?")[0].removeprefix("file:")
        if not path and address.system is System.DUCKDB:
            return Database()
        if not path:
            raise ValueError("the path of the database is missing")
        return Database(f"{address.system}:///{folder / path}")
    if not address.database.strip("/"):
        raise ValueError("the name of the database is missing")
    # JDBC's options are for its own drivers.
    options = () if name.strip().startswith("jdbc:") else address.options
    query = "&".join(f"{quote(key)}={quote(value)}" for key, value in options)
    host = f"[{address.host}]" if ":" in address.host else address.host
    place = f"{host}:{address.port}" if address.port else host
    return Database(
        f"{address.system}://{place}/{quote(address.database)}{f'?{query}' if query else ''}",
        user or address.user,
        password or address.password,
    )


def read_address(database: Database, where: str) -> Address:
    """Read a database's URL; the account given beside it wins. MappingError where the URL is none, or of another system."""
    try:
        found = _parsed(database.url)
    except ValueError as error:
        raise _refused(str(error), where) from error
    if not found.database and found.system in _FILES:
        raise _refused("the path of the database is missing", where)
    return replace(found, user=database.user or found.user, password=database.password or found.password)


def _refused(what: str, where: str) -> MappingError:
    urls = "postgresql://host:port/name, mysql://host:port/name, sqlite:///path or duckdb:///path"
    return MappingError("KG230", what, where=where, advice=f"use a URL such as {urls}")


def _parsed(text: str) -> Address:
    """Read an address; `jdbc:` may stand before it, and a driver's name after the scheme (`mysql+pymysql:`). ValueError where it is none."""
    scheme, colon, rest = text.strip().removeprefix("jdbc:").partition(":")
    if not colon:
        raise ValueError(f"{text!r} is no name of a database")
    kind = scheme.partition("+")[0].lower()
    try:
        system = System(_ALIASES.get(kind, kind))
    except ValueError:
        raise ValueError(f"databases of the kind {kind!r} are not supported") from None
    if system in _FILES:
        return Address(system, _path(rest))
    try:
        # JDBC takes a bare name for a database of this machine.
        parts = urlsplit(f"{system}:{rest}")
        port = parts.port or 0
    except ValueError as error:
        raise ValueError(f"the address of the database is wrong: {error}") from error
    options = dict(parse_qsl(parts.query))
    user, password = options.pop("user", ""), options.pop("password", "")
    return Address(
        system,
        unquote(parts.path.removeprefix("/")),
        parts.hostname or "localhost",
        port,
        unquote(parts.username or "") or user,
        unquote(parts.password or "") or password,
        tuple(options.items()),
    )


def _path(rest: str) -> str:
    """Return the file of `sqlite:///relative`, `sqlite:////absolute` and JDBC's `sqlite:path`; nothing in it is encoded."""
    return rest.removeprefix("//").removeprefix("/") if rest.startswith("//") else rest
