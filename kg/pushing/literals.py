"""Literals that a store refuses, loses or writes anew: found beforehand, and compared by a canonical form.

The canonical form of a literal is what Oxigraph's encoding makes of it: one form for each value ("01" and "+1" are "1", "1.10" is "1.1", "1e10" and "1E10" are
"10000000000"). Both sides of a comparison go through it, so that a store may write a value as it likes, but not change it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.pushing.profiles import Profile
from kg.rdf.namespaces import XSD
from kg.validation.sql import FORMS, lexical, mark, quoted, well_formed

if TYPE_CHECKING:
    import duckdb

# Every form of which there is no other: most literals, which need no second look. Whole numbers of ten digits are decimals to Virtuoso.
_CANONICAL: Final = "|".join(
    rf'"{form}"\^\^<{XSD}{name}>'
    for name, form in {
        "integer": "(0|-?[1-9][0-9]{0,8})",
        "boolean": "(true|false)",
        "gYear": "[1-9][0-9]{3}",
        "date": "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}",
    }.items()
)

# So many literals are written anew in memory, more on disk.
_IN_MEMORY: Final = 500_000


def find_ill_typed(con: duckdb.DuckDBPyConnection, profile: Profile) -> int:
    """Make the table `ill_typed` (s, p, o, g, reason) of `quads` whose literal is not in the lexical space of its datatype, or loses its value in the store.

    Return the number of its rows.
    """
    whens = "".join(
        f" WHEN {quoted(f'^^<{XSD}{name}>')} THEN CASE WHEN NOT ({well_formed(XSD + name, 'o', 'form', 'mark')}) THEN 'no value of its datatype'"
        + (f" ELSE {quoted(f'{profile.title} loses its value')}" if name in profile.destroys else "")
        + " END"
        for name in FORMS
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ill_typed AS
        SELECT s, p, o, g, reason FROM (
          SELECT s, p, o, g, CASE mark{whens} END AS reason FROM (
            SELECT s, p, o, g, {mark("o")} AS mark, {lexical("o")} AS form FROM quads WHERE contains(o, '"^^<{XSD}')))
        WHERE reason IS NOT NULL
        """
    )
    return _count(con, "ill_typed")


def canonical_lines(con: duckdb.DuckDBPyConnection, lines: Path, profile: Profile, name: str) -> str:
    """Return SQL of the columns `line` and `form`: the N-Triples lines of a file as they are, and with literals in canonical form.

    The literals whose form is another are kept in the table `name`_forms (old, new).
    """
    source = read_lines(lines)
    if not profile.rewrites:
        return f"SELECT line, line AS form FROM {source}"
    marks = ", ".join(quoted(f"^^<{XSD}{name}> .") for name in profile.rewrites)
    # The literals of these datatypes hold no quote mark: what stands between the last two is the lexical form.
    term = f"""CASE WHEN split_part(line, '"', -1) IN ({marks}) THEN '"' || split_part(line, '"', -2) || '"' || left(split_part(line, '"', -1), -2) ELSE '' END"""
    with tempfile.TemporaryDirectory(prefix="kg-forms-") as folder:
        before, after = Path(folder) / "before.nt", Path(folder) / "after.nt"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name}_forms (old VARCHAR, new VARCHAR)")
        con.execute("CREATE OR REPLACE TEMP SEQUENCE form_numbers")
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE found AS SELECT nextval('form_numbers') AS number, term FROM (
              SELECT DISTINCT {term} AS term FROM {source}) WHERE term <> '' AND NOT regexp_full_match(term, {quoted(_CANONICAL)})
            """
        )
        if count := _count(con, "found"):
            write_lines(
                con, "SELECT '<urn:x:' || number || '> <urn:x:form> ' || term || ' .' AS line FROM found", before
            )
            _through_oxigraph(before, after, None if count < _IN_MEMORY else Path(folder) / "store")
            new = "regexp_extract(line, '^\\S+ \\S+ (.*) \\.$', 1)"
            con.execute(
                f"""
                INSERT INTO {name}_forms SELECT term, {_coarse("new", profile)} FROM found JOIN (
                  SELECT regexp_extract(line, '^<urn:x:([0-9]+)>', 1)::BIGINT AS number, {new} AS new FROM {read_lines(after)}) USING (number)
                """
            )
        con.execute("DROP TABLE found")
    if not _count(con, f"{name}_forms"):
        return f"SELECT line, line AS form FROM {source}"
    return f"""SELECT line, CASE WHEN new IS NULL THEN line ELSE left(line, length(line) - length(term) - 2) || new || ' .' END AS form
      FROM (SELECT line, {term} AS term FROM {source}) LEFT JOIN {name}_forms ON term = old"""


def _through_oxigraph(before: Path, after: Path, folder: Path | None) -> None:
    import pyoxigraph as ox

    store = ox.Store() if folder is None else ox.Store(str(folder))
    store.bulk_load(path=str(before), format=ox.RdfFormat.N_TRIPLES)
    store.dump(output=str(after), format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())


def _coarse(term: str, profile: Profile) -> str:
    """Return SQL of a canonical term cut to the digits that a store gives back."""
    if not profile.digits:
        return term
    number = f"TRY_CAST(split_part({term}, '\"', 2) AS DOUBLE)"
    rounded = f"format('{{:.{profile.digits - 1}e}}', {number})"
    exact = f"format('{{:.{profile.decimal_digits - 1}e}}', {number})"
    return f"""coalesce(CASE
      WHEN regexp_full_match({term}, {quoted(_CANONICAL)}) THEN {term}
      WHEN regexp_matches({term}, '#(double|float)>$') THEN '"' || {rounded} || '"' || {mark(term)}
      WHEN regexp_matches({term}, '#(integer|decimal)>$') THEN '"' || {exact} || '"^^<{XSD}decimal>' END, {term})"""


def read_lines(path: Path) -> str:
    """Return SQL of a relation with the column `line`: the lines of a file."""
    if path.stat().st_size == 0:
        return "(SELECT ''::VARCHAR AS line WHERE false)"
    # The separator is a control character, which canonical N-Triples only has escaped: each line is one column.
    return (
        f"read_csv({quoted(str(path))}, columns = {{'line': 'VARCHAR'}}, header = false, auto_detect = false, "
        "delim = '\x01', quote = '', escape = '', max_line_size = 67108864)"
    )


def write_lines(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the column `line` of a query, a line a row, as it is."""
    con.execute(
        f"COPY (SELECT line FROM ({query})) TO {quoted(str(path))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')"
    )


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
