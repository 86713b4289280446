"""Databases that a mapping names, by a JDBC name or a URL."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from kg.mapping.rules import Database

_SERVERS = {"postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
_FILES = ("sqlite", "duckdb")
KINDS = "PostgreSQL, MySQL, MariaDB, SQLite and DuckDB"
_KIND = re.compile(r"(?:(jdbc):)?([A-Za-z0-9]+)(?:\+[A-Za-z0-9]+)?:(.*)", re.DOTALL)


def parse_database(name: str, folder: Path, user: str = "", password: str = "") -> Database:
    """Return the database of `jdbc:postgresql://host:port/name`, `mysql://user:password@host/name`, `jdbc:sqlite:path` and the like.

    Paths count from a folder. A user in the name gives way to one that is given apart. ValueError says what is not supported.
    """
    match = _KIND.fullmatch(name.strip())
    if match is None:
        raise ValueError(f"{name!r} is no name of a database")
    jdbc, kind, rest = match.group(1), match.group(2).lower(), match.group(3)
    if kind in _FILES:
        return _file(kind, rest, folder)
    if kind not in _SERVERS:
        raise ValueError(f"databases of the kind {kind!r} are not supported")
    return _server(_SERVERS[kind], rest, user, password, keep=not jdbc)


def _file(kind: str, rest: str, folder: Path) -> Database:
    # As everywhere, three slashes are followed by a path that counts from somewhere, four by one from the root.
    path = rest.partition("?")[0].removeprefix("///").removeprefix("file:")
    if not path:
        if kind == "duckdb":
            return Database()
        raise ValueError("the path of the database is missing")
    return Database(f"{kind}:///{folder / path}")


def _server(kind: str, rest: str, user: str, password: str, *, keep: bool) -> Database:
    # JDBC takes a bare name for a database of this machine; its options are for its own drivers.
    located = rest if rest.startswith("//") else f"//localhost/{rest.lstrip('/')}"
    try:
        parts = urlsplit(f"{kind}:{located}")
        host, port = parts.hostname or "localhost", parts.port
    except ValueError as error:
        raise ValueError(f"the address of the database is wrong: {error}") from error
    if not parts.path.strip("/"):
        raise ValueError("the name of the database is missing")
    options = parse_qsl(parts.query, keep_blank_values=True)
    found = dict(options)
    query = "&".join(f"{quote(key)}={quote(value)}" for key, value in options if key not in ("user", "password"))
    address = f"[{host}]" if ":" in host else host
    url = f"{kind}://{address}{f':{port}' if port else ''}{parts.path}{f'?{query}' if keep and query else ''}"
    return Database(
        url,
        user or unquote(parts.username or "") or found.get("user", ""),
        password or unquote(parts.password or "") or found.get("password", ""),
    )
