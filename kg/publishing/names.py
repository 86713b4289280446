"""Names without a server: an index in files that a script looks into, and all names from A to Z for readers without one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import duckdb

from kg.pages import StaticAddresses, StaticSite
from kg.pages.labels import Text
from kg.pages.names import OTHER_NAMES, PREDICATE, QUANTITY_KIND, TYPE
from kg.pages.releases import Letters
from kg.pages.values import Link
from kg.rdf.labels import LABELS

# A file of the index holds about so many names, one that everything shares no more than the second number.
_SHARD, _MOST = 1000, 5000
_LONGEST_KEY = 12
_PER_PAGE = 500
_FETCHED = 10_000
_LONGEST = 200
_WORD = re.compile(r"\w+")


def gathered(con: duckdb.DuckDBPyConnection, addresses: StaticAddresses) -> None:
    """Fill the relation `names` (iri, name, main, class, address) with what things are called, without the evidence."""
    terms = {f"<{prop}>": rank for rank, prop in enumerate((*LABELS, *OTHER_NAMES))}
    con.execute("CREATE OR REPLACE TEMP TABLE ranks (p VARCHAR, rank INTEGER)")
    con.executemany("INSERT INTO ranks VALUES (?, ?)", list(terms.items()))
    con.create_function("kg_text", _text, ["VARCHAR"], "VARCHAR")
    con.create_function("kg_address", addresses.url, ["VARCHAR"], "VARCHAR")
    con.create_function("kg_held", addresses.holds, ["VARCHAR"], "BOOLEAN")
    con.create_function("kg_words", _words, ["VARCHAR"], "VARCHAR[]")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE names AS
        WITH types AS (SELECT s, min(o) AS class FROM quads WHERE p = '<{TYPE}>' AND o[1] = '<' GROUP BY s),
        evidence AS (SELECT DISTINCT s FROM quads WHERE p IN ('<{PREDICATE}>', '<{QUANTITY_KIND}>')),
        told AS (SELECT s, o, min(rank) AS rank FROM quads JOIN ranks USING (p) ANTI JOIN evidence USING (s) WHERE s[1] = '<' AND o[1] = '"' GROUP BY s, o),
        said AS (SELECT s, kg_text(o) AS name, min(rank) AS rank FROM told GROUP BY ALL)
        SELECT s[2:-2] AS iri, name, rank = min(rank) OVER (PARTITION BY s) AND rank < {len(LABELS)} AS main, types.class[2:-2] AS class, kg_address(s[2:-2]) AS address
        FROM said LEFT JOIN types USING (s) WHERE name <> '' AND kg_held(s[2:-2])"""
    )


def index(con: duckdb.DuckDBPyConnection, site: StaticSite) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the index: `search/index.json` says which file holds the names with a word of which beginning."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE words AS SELECT DISTINCT unnest(kg_words(name)) AS word, name, class, address FROM names"""
    )
    named = con.execute("SELECT DISTINCT class FROM names WHERE class IS NOT NULL ORDER BY class").fetchall()
    classes = [row[0] for row in named]
    types = {class_: number for number, class_ in enumerate(classes)}
    root = site.addresses.root
    shards: dict[str, list[object]] = {}
    for length in range(1, _LONGEST_KEY + 1):
        # A beginning that too many names share is made longer, as long as that tells them apart.
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE keys AS SELECT left(word, {length}) AS key, count(*) AS n FROM words
            GROUP BY key HAVING n <= {_SHARD} OR bool_and(length(word) <= {length}) OR {length} = {_LONGEST_KEY}"""
        )
        con.execute(
            f"""SELECT key, n, name, address, class FROM (SELECT DISTINCT key, n, name, address, class FROM words JOIN keys ON key = left(word, {length}))
            QUALIFY row_number() OVER (PARTITION BY key ORDER BY length(name), name, address) <= {_MOST}
            ORDER BY key, length(name), name, address"""
        )
        for (key, count), rows in groupby(_fetched(con), lambda row: row[:2]):
            content = [
                [name, address.removeprefix(root), types.get(class_, -1)] for _, _, name, address, class_ in rows
            ]
            shards[key] = [_file(key), len(content), *([1] if count > _MOST else [])]
            yield f"search/{_file(key)}.json", _json(content)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE words AS SELECT * FROM words WHERE left(word, {length}) NOT IN (SELECT key FROM keys)"
        )
    shown = [site.term(class_).text for class_ in classes]
    yield "search/index.json", _json({"root": root, "types": shown, "shards": shards})


def pages(con: duckdb.DuckDBPyConnection, site: StaticSite) -> Iterator[tuple[str, str]]:
    """Yield the search page, and the pages of all names, each with its address."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE listed AS SELECT row_number() OVER (ORDER BY lower(strip_accents(name)), name, address) - 1 AS place, * FROM
        (SELECT DISTINCT name, address, iri FROM names WHERE main)"""
    )
    starts = con.execute(
        f"SELECT min_by(name, place), max_by(name, place) FROM listed GROUP BY place // {_PER_PAGE} ORDER BY min(place)"
    ).fetchall()
    letters = [
        Letters(_first(first), _first(last), f"{site.addresses.root}search/names-{number}.html")
        for number, (first, last) in enumerate(starts, 1)
    ]
    yield site.addresses.page("search"), site.names(letters)
    for number, each in enumerate(letters, 1):
        rows = con.execute(
            f"SELECT name, iri, address FROM listed WHERE place // {_PER_PAGE} = ? ORDER BY place", [number - 1]
        ).fetchall()
        yield (
            each.href,
            site.names_page([Link(Text(name), iri, address) for name, iri, address in rows], number, letters),
        )


def _fetched(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the query that ran last."""
    while rows := con.fetchmany(_FETCHED):
        yield from rows


def _text(term: str) -> str:
    """Return the text of a canonical literal, as much of it as a name needs."""
    end = term.rindex('"')
    text = term[1:end]
    if "\\" in text:
        text = re.sub(r"\\(.)", lambda match: {"n": " ", "r": " ", "t": " "}.get(match[1], match[1]), text)
    return " ".join(text[:_LONGEST].split())


def _words(name: str) -> list[str]:
    """Return the words of a name as the script makes them: without case, and without marks over letters."""
    if not name.isascii():
        name = "".join(
            letter for letter in unicodedata.normalize("NFD", name) if unicodedata.category(letter)[0] != "M"
        )
    return list(dict.fromkeys(_WORD.findall(name.lower())))


def _first(name: str) -> str:
    return name[:3].strip()


def _file(key: str) -> str:
    """Return a name for a file that is safe, whatever the letters of its key."""
    plain = key.isascii() and key.isalnum()
    return f"n-{key}" if plain else f"x-{key.encode().hex()}"


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
