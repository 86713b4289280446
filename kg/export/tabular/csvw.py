"""CSV on the Web: a file per class, a file per property with many links, and the metadata that makes triples of their rows again."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from kg.export.tabular.catalogue import write_json
from kg.export.tabular.facts import Column, Table, node_sql, raw, read_facts, read_tables
from kg.export.tabular.sql import copy_csv, quoted
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

METADATA = "csv-metadata.json"
_DAY, _TIME, _ZONE = (
    "-?[0-9]{4,}-[0-9]{2}-[0-9]{2}",
    r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?",
    "(Z|[+-][0-9]{2}:[0-9]{2})?",
)
# What values of the datatypes that the metadata can name, but that stay text in tables, look like; where one does not, the column is of strings.
_LOOKS = {
    "anyURI": ".*",
    "date": f"{_DAY}{_ZONE}",
    "dateTime": f"{_DAY}T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "gYear": f"-?[0-9]{{4,}}{_ZONE}",
    "gYearMonth": f"-?[0-9]{{4,}}-[0-9]{{2}}{_ZONE}",
    "gMonthDay": f"--[0-9]{{2}}-[0-9]{{2}}{_ZONE}",
    "duration": r"-?P([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?",
    "string": ".*",
}


@dataclass(frozen=True, slots=True)
class _Marks:
    """What separates the values of a cell, and what a cell without any holds: neither occurs in the values of the column."""

    separator: str
    null: str


def write_csvw(
    con: duckdb.DuckDBPyConnection, folder: Path, prefixes: Mapping[str, str], base: str
) -> tuple[Table, ...]:
    """Write the files and csv-metadata.json; return the tables of the classes.

    A blank node becomes an IRI of the base's host, as section 3.5 of RDF 1.1 proposes: CSV on the Web has no blank nodes.
    """
    read_facts(con)
    tables = read_tables(con, prefixes)
    genid = urljoin(base, "/.well-known/genid/")
    con.execute(
        f"""CREATE OR REPLACE TEMP MACRO kg_node(x) AS CASE WHEN starts_with(x, '_:') THEN {text(genid)} || substr(x, 3) ELSE x END;
        CREATE TEMP TABLE node AS SELECT subject, kg_node({node_sql("s")}) AS id FROM subject"""
    )
    columns = {c.number: c for table in tables for c in table.columns}
    marks, sound = _marks(con, columns), _sound(con, columns)
    targets = _targets(con, tables)
    described = []
    for table in tables:
        links = tuple(c for c in table.columns if c.form == "link" and c.many)
        cells = tuple(c for c in table.columns if c not in links)
        _write_cells(con, folder / f"{table.name}.csv", table, cells, marks)
        described.append(
            _table(table, cells, marks, sound, targets, typed=all(c.property != RDF + "type" for c in links))
        )
        for column in links:
            name = f"{table.name}.{column.name}.csv"
            query = f"""SELECT id, kg_node(value) AS {quoted(column.name)} FROM (SELECT DISTINCT subject, value FROM fact
              SEMI JOIN (SELECT subject FROM member WHERE class = {table.number}) USING (subject) WHERE col = {column.number}) JOIN node USING (subject) ORDER BY subject, value"""
            copy_csv(con, query, folder / name)
            described.append(_link_table(name, table, column, targets))
    write_json(
        folder / METADATA,
        {
            "@context": "http://www.w3.org/ns/csvw",
            "dialect": {"trim": False, "commentPrefix": None},
            "tables": described,
        },
    )
    return tables


def _write_cells(
    con: duckdb.DuckDBPyConnection, path: Path, table: Table, columns: tuple[Column, ...], marks: Mapping[int, _Marks]
) -> None:
    def cell(c: Column) -> str:
        value = f"c{c.number}"
        if c.form == "link":
            return f"kg_node({value})"
        mark = marks[c.number]
        if c.many:
            # A cell with nothing in it is no value at all; two empty texts are the one, since triples are a set.
            value = f"CASE WHEN {value} = [''] THEN {text(mark.separator)} ELSE array_to_string({value}, {text(mark.separator)}) END"
        return f"coalesce({value}, {text(mark.null)})" if mark.null else value

    cells = "".join(f", {cell(c)} AS {quoted(c.name)}" for c in columns)
    copy_csv(con, f"SELECT id{cells} FROM ({raw(table)}) JOIN node USING (subject) ORDER BY subject", path)


def _marks(con: duckdb.DuckDBPyConnection, columns: Mapping[int, Column]) -> dict[int, _Marks]:
    """Return for each column of literals marks that none of its values holds."""

    def first(candidates: Iterator[str], test: str, wanted: set[int]) -> dict[int, str]:
        """Return for each column the first candidate for which no value passes the test."""
        chosen: dict[int, str] = {}
        while wanted - chosen.keys():
            mark = next(candidates)
            rows = con.execute(f"SELECT DISTINCT col FROM fact WHERE {test}", [mark]).fetchall()
            used = {col for (col,) in rows}
            chosen |= dict.fromkeys(wanted - chosen.keys() - used, mark)
        return chosen

    # A separator that ends unlike it begins cannot arise where a value and a separator meet.
    def separators() -> Iterator[str]:
        return itertools.chain(("|", ";", "\u241f"), (f"<{number}>" for number in itertools.count()))

    literal = {number for number, c in columns.items() if c.form != "link"}
    separator = first(separators(), "contains(value, $1)", literal)
    null = first(
        itertools.chain(("", "NULL"), (f"NULL-{number}" for number in itertools.count())), "value = $1", literal
    )
    many = {number for number, c in columns.items() if c.many}
    # A list that holds an empty text and nothing else is written as two, so that the empty cell stays free; a cell's parts are compared with null too.
    return {number: _Marks(separator[number], null[number]) for number in literal | (many & literal)}


def _sound(con: duckdb.DuckDBPyConnection, columns: Mapping[int, Column]) -> set[int]:
    """Return the columns of text whose values all look as their datatype says."""
    looks = {
        number: _LOOKS[c.datatype.removeprefix(XSD)]
        for number, c in columns.items()
        if c.form == "text" and c.datatype.removeprefix(XSD) in _LOOKS
    }
    return {number for number, look in looks.items() if look == ".*" or _all_look(con, number, look)}


def _all_look(con: duckdb.DuckDBPyConnection, number: int, look: str) -> bool:
    unlike = con.execute(
        f"SELECT 1 FROM fact WHERE col = {number} AND NOT regexp_full_match(value, $1) LIMIT 1", [look]
    )
    return unlike.fetchone() is None


def _targets(con: duckdb.DuckDBPyConnection, tables: tuple[Table, ...]) -> dict[tuple[int, int], str]:
    """Return for each (class, column) of links the smallest table that has a row for everything linked to, where there is one.

    A column with one link a row is left out where some row has none: validators differ on whether a key may be missing.
    """
    sizes = {table.number: (table.rows, table.name) for table in tables}
    links = {(t.number, c.number): c for t in tables for c in t.columns if c.form == "link"}
    numbers = ", ".join(str(number) for number in sorted({number for _, number in links})) or "-1"
    con.execute(
        f"""CREATE TEMP TABLE link AS SELECT class, col, subject, target.subject AS target FROM fact JOIN member USING (subject)
        LEFT JOIN (SELECT subject, {node_sql("s")} AS value FROM subject) AS target USING (value) WHERE col IN ({numbers})"""
    )
    found: defaultdict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for number, col, rows, holder in con.execute(
        """SELECT class, col, rows, holder FROM
          (SELECT link.class, col, member.class AS holder, count(*) AS n FROM link JOIN member ON member.subject = target GROUP BY ALL)
        JOIN (SELECT class, col, count(*) AS n, count(DISTINCT subject) AS rows FROM link GROUP BY ALL) USING (class, col, n)"""
    ).fetchall():
        column = links.get((number, col))
        if column and (column.many or rows == sizes[number][0]):
            found[number, col].append(sizes[holder])
    return {key: min(candidates)[1] for key, candidates in found.items()}


def _variable(name: str) -> str:
    """Return a column's name as CSV on the Web and URI templates want it: percent-encoded outside ASCII."""
    return quote(name, safe="")


def _identity() -> dict[str, Any]:
    return {"titles": "id", "name": "id", "datatype": "anyURI", "required": True, "suppressOutput": True}


def _link(column: Column) -> dict[str, Any]:
    name = _variable(column.name)
    return {
        "titles": column.name,
        "name": name,
        "datatype": "anyURI",
        "propertyUrl": column.property,
        "valueUrl": f"{{+{name}}}",
    }


def _literal(column: Column, marks: _Marks, *, sound: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"titles": column.name, "name": _variable(column.name), "propertyUrl": column.property}
    local = column.datatype.removeprefix(XSD)
    if column.language:
        described |= {"datatype": "string", "lang": column.language}
    elif column.form != "text" or sound:
        described["datatype"] = local
    elif re.match(rf"{re.escape(XSD)}|{re.escape(RDF)}", column.datatype):
        described["datatype"] = "string"
    else:
        described["datatype"] = {"base": "string", "@id": column.datatype}
    if column.many:
        described["separator"] = marks.separator
    if marks.null:
        described["null"] = marks.null
    return described


def _table(
    table: Table,
    cells: tuple[Column, ...],
    marks: Mapping[int, _Marks],
    sound: set[int],
    targets: Mapping[tuple[int, int], str],
    *,
    typed: bool,
) -> dict[str, Any]:
    columns = [
        _identity(),
        *(_link(c) if c.form == "link" else _literal(c, marks[c.number], sound=c.number in sound) for c in cells),
    ]
    if table.iri and typed:
        columns.append({"name": "class.iri", "virtual": True, "propertyUrl": RDF + "type", "valueUrl": table.iri})
    keys = [_foreign(c.name, targets[table.number, c.number]) for c in cells if (table.number, c.number) in targets]
    return {
        "url": f"{table.name}.csv",
        "tableSchema": {"columns": columns, "aboutUrl": "{+id}", "primaryKey": "id"}
        | ({"foreignKeys": keys} if keys else {}),
    }


def _link_table(name: str, table: Table, column: Column, targets: Mapping[tuple[int, int], str]) -> dict[str, Any]:
    keys = [_foreign("id", table.name)]
    if target := targets.get((table.number, column.number)):
        keys.append(_foreign(column.name, target))
    schema = {
        "columns": [_identity(), _link(column)],
        "aboutUrl": "{+id}",
        "primaryKey": ["id", _variable(column.name)],
        "foreignKeys": keys,
    }
    return {"url": quote(name), "tableSchema": schema}


def _foreign(column: str, table: str) -> dict[str, Any]:
    return {
        "columnReference": _variable(column),
        "reference": {"resource": quote(f"{table}.csv"), "columnReference": "id"},
    }
