"""A DuckDB file: the quads over a table of their terms, and a view per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.export.tabular.facts import FORMS, Column, Table, cast, form_sql, read_facts, read_tables, terms_sql, wanted_sql
from kg.export.tabular.sql import quoted
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

_NAMES = ("terms", "kinds", "quads", "statements", "classes", "columns")
_STATEMENTS = """
CREATE VIEW statements AS SELECT a.value AS s, b.value AS p, c.value AS o, kinds.form, kinds.datatype, kinds.language, d.value AS g
  FROM quads JOIN terms AS a ON a.id = quads.s JOIN terms AS b ON b.id = quads.p JOIN terms AS c ON c.id = quads.o JOIN kinds ON kinds.kind = c.kind
  LEFT JOIN terms AS d ON d.id = quads.g
"""


def write_database(con: duckdb.DuckDBPyConnection, path: Path, prefixes: Mapping[str, str]) -> None:
    """Write the file at `path`, which must not exist.

    `terms` (id, value, kind) has each term once, by its text, and `kinds` (kind, form, datatype, language) says what it is; `quads` (s, p, o, g) are ids of terms, `statements`
    shows them in words. `classes` and `columns` tell what the view of each class shows.
    """
    import duckdb

    read_facts(con)
    tables = read_tables(con, prefixes, _NAMES)
    con.execute(f"ATTACH {text(str(path))} AS written")
    terms = "(SELECT s AS term FROM quads UNION SELECT p FROM quads UNION SELECT o FROM quads UNION SELECT g FROM quads WHERE g IS NOT NULL)"
    con.execute(
        f"""CREATE TEMP TABLE term AS SELECT (row_number() OVER (ORDER BY term))::INTEGER AS id, term, kind, value FROM {terms_sql("term", terms)};
        CREATE TEMP TABLE shape AS SELECT kind, {wanted_sql()} AS wanted FROM (SELECT DISTINCT kind FROM term);
        CREATE TEMP TABLE formed AS SELECT id, value, kind, {form_sql()} AS form FROM term JOIN shape USING (kind);
        CREATE TABLE written.kinds AS SELECT (row_number() OVER (ORDER BY kind, form))::SMALLINT AS kind, {text_list(FORMS)}[form + 1] AS form,
            CASE WHEN kind = '<>' THEN NULL WHEN kind = '' THEN '{XSD}string' WHEN starts_with(kind, '@') THEN '{RDF}langString' ELSE substr(kind, 4, length(kind) - 4) END AS datatype,
            CASE WHEN starts_with(kind, '@') THEN substr(kind, 2) END AS language
          FROM (SELECT DISTINCT kind, form FROM formed);
        CREATE TEMP TABLE numbered AS SELECT (row_number() OVER (ORDER BY kind, form))::SMALLINT AS number, kind, form FROM (SELECT DISTINCT kind, form FROM formed);
        CREATE TABLE written.terms AS SELECT id, value, number AS kind FROM formed JOIN numbered USING (kind, form) ORDER BY id;
        CREATE TABLE written.quads AS SELECT a.id AS s, b.id AS p, c.id AS o, d.id AS g FROM (SELECT DISTINCT s, p, o, g FROM quads)
          JOIN term AS a ON a.term = s JOIN term AS b ON b.term = p JOIN term AS c ON c.term = o LEFT JOIN term AS d ON d.term = g ORDER BY ALL"""
    )
    ids = dict(con.execute("SELECT value, id FROM written.terms WHERE id IN (SELECT p FROM written.quads)").fetchall())
    classes = dict(
        con.execute("SELECT class, id FROM class JOIN term ON term.value = iri AND term.kind = '<>'").fetchall()
    )
    kinds = {
        (form, datatype or "", language or ""): kind
        for kind, form, datatype, language in con.execute("FROM written.kinds").fetchall()
    }
    views = [_view(table, classes.get(table.number), ids, kinds) for table in tables]
    con.execute("DETACH written")
    # A view remembers the names of its tables, not the file that was attached.
    with duckdb.connect(str(path)) as file:
        file.execute(_STATEMENTS)
        for view in views:
            file.execute(view)
        described = [(table.name, table.iri or None, table.rows) for table in tables]
        columns = [
            (t.name, c.name, c.property, c.datatype or None, c.language or None, c.many)
            for t in tables
            for c in t.columns
        ]
        file.execute("CREATE TABLE classes (name VARCHAR, class VARCHAR, things BIGINT)")
        file.execute(
            "CREATE TABLE columns (name VARCHAR, col VARCHAR, property VARCHAR, datatype VARCHAR, language VARCHAR, many BOOLEAN)"
        )
        if described:
            file.executemany("INSERT INTO classes VALUES (?, ?, ?)", described)
        if columns:
            file.executemany("INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?)", columns)


def text_list(values: Sequence[str]) -> str:
    """Return texts as a list in SQL."""
    return f"[{', '.join(text(value) for value in values)}]"


def _view(table: Table, class_: int | None, ids: Mapping[str, int], kinds: Mapping[tuple[str, str, str], int]) -> str:
    """Return the statement that makes the view of a table."""
    types = ids.get(RDF + "type", -1)
    things = (
        f"IN (SELECT s FROM quads WHERE p = {types} AND o = {class_})"
        if table.iri
        else f"NOT IN (SELECT s FROM quads WHERE p = {types})"
    )

    def values(column: Column) -> str:
        test = f"p = {ids[column.property]} AND terms.kind = {kinds[column.form, column.datatype, column.language]}"
        return (
            f"list_sort(list(DISTINCT value) FILTER ({test}))" if column.many else f"any_value(value) FILTER ({test})"
        )

    found = "".join(f", {values(c)} AS c{c.number}" for c in table.columns)
    columns = "".join(f", {cast(c)} AS {quoted(c.name)}" for c in table.columns)
    return f"""CREATE VIEW {quoted(table.name)} AS SELECT terms.value AS id{columns}
      FROM (SELECT s{found} FROM quads JOIN terms ON terms.id = o WHERE s {things} GROUP BY s) JOIN terms ON terms.id = s ORDER BY s"""
