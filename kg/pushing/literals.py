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
from kg.rdf.quads import read_lines
from kg.validation.sql import FORMS, lexical, mark, quoted, well_formed

if TYPE_CHECKING:
    import duckdb

# Every form of which there is no other: most literals, which need no second look. Whole numbers of ten digits are decimals to Virtuoso.
_FIXED: Final = {
    "integer": "(0|-?[1-9][0-9]{0,8})",
    "boolean": "(true|false)",
    "gYear": "[1-9][0-9]{3}",
    "date": "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}",
    "dateTime": "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?",
}
# Of a store that gives back all digits, these too.
_EXACT: Final = {
    "integer": "(0|-?[1-9][0-9]{0,17})",
    "decimal": r"-?(0|[1-9][0-9]{0,8})\.[0-9]{0,8}[1-9]",
}

# So many literals are written anew in memory, more on disk.
_IN_MEMORY: Final = 500_000


def _canonical(profile: Profile) -> str:
    """Return an SQL string: the regular expression of literals that are in canonical form."""
    fixed = _FIXED if profile.digits else _FIXED | _EXACT
    return quoted("|".join(rf'"{form}"\^\^<{XSD}{name}>' for name, form in fixed.items()))


# A line whose object is a literal of XSD, and this object: subjects and properties hold no quote mark.
_TYPED: Final = f"contains(line, '\"^^<{XSD}')"
_OBJECT: Final = "line[strpos(line, '\"'):-3]"


def find_ill_typed(con: duckdb.DuckDBPyConnection, profile: Profile) -> int:
    """Make the table `ill_typed` (line, reason) of the triples whose literal is not in the lexical space of its datatype, or loses its value in the store.

    The triples are those of `plain` and `blank`; the table `ill_forms` (term, reason) has the literals. Return the number of the triples.
    """
    whens = "".join(
        f" WHEN {quoted(f'^^<{XSD}{name}>')} THEN CASE WHEN NOT ({well_formed(XSD + name, 'term', 'form', 'mark')}) THEN 'no value of its datatype'"
        + (f" ELSE {quoted(f'{profile.title} loses its value')}" if name in profile.destroys else "")
        + " END"
        for name in FORMS
    )
    triples = f"(SELECT line FROM plain UNION ALL SELECT s || ' ' || p || ' ' || o || ' .' FROM blank) WHERE {_TYPED}"
    # Each literal is looked at once, however many triples have it.
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ill_forms AS
        SELECT term, reason FROM (
          SELECT term, CASE mark{whens} END AS reason FROM (
            SELECT term, {mark("term")} AS mark, {lexical("term")} AS form FROM (SELECT DISTINCT {_OBJECT} AS term FROM {triples})))
        WHERE reason IS NOT NULL
        """
    )
    con.execute("CREATE OR REPLACE TEMP TABLE ill_typed (line VARCHAR, reason VARCHAR)")
    if _count(con, "ill_forms"):
        con.execute(
            f"INSERT INTO ill_typed SELECT line, reason FROM (SELECT line, {_OBJECT} AS term FROM {triples}) JOIN ill_forms USING (term)"
        )
    return _count(con, "ill_typed")


def sound(con: duckdb.DuckDBPyConnection) -> str:
    """Return SQL that says of the column `line` whether its object is not one of `ill_forms`."""
    if not _count(con, "ill_forms"):
        return "true"
    return f"NOT ({_TYPED} AND {_OBJECT} IN (SELECT term FROM ill_forms))"


def canonical_lines(con: duckdb.DuckDBPyConnection, lines: Path, profile: Profile, name: str) -> tuple[str, bool]:
    """Return SQL of the columns `line` and `form`: the N-Triples lines of a file as they are, and with literals in canonical form; and whether any form is another.

    The literals whose form is another are kept in the table `name`_forms (old, new).
    """
    source = read_lines(lines)
    same = f"SELECT line, line AS form FROM {source}"
    if not profile.rewrites:
        return same, False
    marks = ", ".join(quoted(f"^^<{XSD}{name}>") for name in profile.rewrites)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name}_forms (old VARCHAR, new VARCHAR)")
    # Each literal is looked at once: the conditions must not go before the DISTINCT.
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE found AS
        WITH terms AS MATERIALIZED (SELECT DISTINCT {_OBJECT} AS term FROM {source} WHERE {_TYPED})
        SELECT row_number() OVER () AS number, term FROM terms
        WHERE {mark("term")} IN ({marks}) AND NOT regexp_full_match(term, {_canonical(profile)})
        """
    )
    if count := _count(con, "found"):
        with tempfile.TemporaryDirectory(prefix="kg-forms-") as folder:
            before, after = Path(folder) / "before.nt", Path(folder) / "after.nt"
            write_lines(
                con, "SELECT '<urn:x:' || number || '> <urn:x:form> ' || term || ' .' AS line FROM found", before
            )
            _through_oxigraph(before, after, None if count < _IN_MEMORY else Path(folder) / "store")
            new = "regexp_extract(line, '^\\S+ \\S+ (.*) \\.$', 1)"
            con.execute(
                f"""
                INSERT INTO {name}_forms SELECT term, {_coarse("new", profile)} AS form FROM found JOIN (
                  SELECT regexp_extract(line, '^<urn:x:([0-9]+)>', 1)::BIGINT AS number, {new} AS new FROM {read_lines(after)}) USING (number)
                WHERE form <> term
                """
            )
    con.execute("DROP TABLE found")
    if not _count(con, f"{name}_forms"):
        return same, False
    return (
        f"""SELECT line, CASE WHEN new IS NULL THEN line ELSE left(line, length(line) - length(term) - 2) || new || ' .' END AS form
      FROM (SELECT line, CASE WHEN {_TYPED} THEN {_OBJECT} END AS term FROM {source}) LEFT JOIN {name}_forms ON term = old""",
        True,
    )


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
      WHEN regexp_full_match({term}, {_canonical(profile)}) THEN {term}
      WHEN regexp_matches({term}, '#(double|float)>$') THEN '"' || {rounded} || '"' || {mark(term)}
      WHEN regexp_matches({term}, '#(integer|decimal)>$') THEN '"' || {exact} || '"^^<{XSD}decimal>' END, {term})"""


def write_lines(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the column `line` of a query, a line a row, as it is."""
    con.execute(
        f"COPY (SELECT line FROM ({query})) TO {quoted(str(path))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')"
    )


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
