"""The triples of a release or an RDF file as relations of lines: parsed in C, and taken apart only where something in them has to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import PushError
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.quads import columns_of, rdf_syntax, read_lines, triple_terms, write_lines
from kg.rdf.relations import no_progress_bar
from kg.rdf.sql import text
from kg.release import open_release
from kg.settings import DEFAULT_BASE

if TYPE_CHECKING:
    import duckdb

_MEMORY: Final = "400MB"
# What is surely canonical N-Quads: hosts by name, characters of the first plane, tags of a language, a script and a region. All else is for the parser to judge.
_CHARACTER: Final = (
    r"(?:[A-Za-z0-9._~!$&''()*+,;=:@\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}-]|%[0-9A-Fa-f]{2})"
)
_IRI: Final = rf"<[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/{_CHARACTER}*)*|{_CHARACTER}+)(?:\?(?:{_CHARACTER}|[/?])*)?(?:#(?:{_CHARACTER}|[/?])*)?>"
_LABEL: Final = "_:[A-Za-z0-9]+"
_STRING: Final = r'"(?:[^"\\\x00-\x1f\x7f\x{FFFE}\x{FFFF}]|\\[btnfr"\\])*"'
_LITERAL: Final = rf"{_STRING}(?:@[a-z]{{2,3}}(?:-[a-z]{{4}})?(?:-(?:[a-z]{{2}}|[0-9]{{3}}))?|\^\^{_IRI})?"
_TRIPLE: Final = rf"(?:{_IRI}|{_LABEL}) {_IRI} (?:{_IRI}|{_LABEL}|{_LITERAL}) "
_CANONICAL: Final = {"N_TRIPLES": rf"{_TRIPLE}\.", "N_QUADS": rf"{_TRIPLE}(?:(?:{_IRI}|{_LABEL}) )?\."}
# A datatype that a canonical literal does not name: xsd:string, rdf:langString, rdf:dirLangString.
_IMPLIED: Final = rf"(contains(line, 'tring>') AND regexp_matches(line, '\^\^<(?:{XSD}s|{RDF}(?:l|dirL)angS)tring>'))"
# A subject, an object or a graph that is a blank node. Whatever ends in a literal ends in its quote mark, datatype or tag.
_BLANK: Final = r"(contains(line, '_:') AND regexp_matches(line, '^_:|^[^ ]+ [^ ]+ _:| _:[^ ]+ \.$'))"
_TRIPLE_TERM: Final = "(contains(line, ' <<') AND regexp_matches(line, '^[^ ]+ [^ ]+ <<'))"
# Only a literal holds spaces or quote marks: the graph is the second word after the last mark, or the fourth of a line without one.
_GRAPH: Final = "nullif(CASE WHEN contains(line, '\"') THEN split_part(split_part(line, '\"', -1), ' ', 2) ELSE split_part(line, ' ', 4) END, '.')"


@contextmanager
def opened(target: str, folder: Path, base: str | None) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Yield a database session, which spills into `folder`, with the relations of a release or a file, and the base of its IRIs.

    `plain` (line, g) has the triples without blank nodes as canonical N-Triples with their graphs (NULL: the default graph); `blank` (s, p, o, g) has the others
    as terms, blank nodes numbered in the order in which they come. SourceError for what is not RDF, and for triple terms; PushError where memory or disk do not suffice.
    """
    import duckdb

    release = None if Path(target).is_file() else open_release(Path(target))
    with duckdb.connect(str(folder / "push.duckdb")) as con:
        no_progress_bar(con)
        try:
            con.execute(f"SET memory_limit = '{_MEMORY}'; SET temp_directory = {text(str(folder / 'spill'))}")
            # How many lines a file has is guessed too low: a join holds what is named last, which is what fits into memory.
            con.execute("SET disabled_optimizers = 'build_side_probe_side'")
            graph = release.graph if release else Path(target)
            lines = graph
            if not is_canonical(con, graph):
                lines = folder / "source.nq"
                write_lines(graph, lines, number=False)
            con.execute(f"CREATE TEMP VIEW lines AS SELECT line FROM {read_lines(lines)}")
            # What is canonical holds none.
            if lines != graph and _any(con, "lines", _TRIPLE_TERM):
                raise triple_terms(graph)
            has_blank = _any(con, "lines", _BLANK)
            # Numbers are given in the order of lines; from here on no order of rows counts.
            _number(con, has_blank)
            con.execute("SET preserve_insertion_order = false")
            _split(con, graphs=rdf_syntax(graph) in ("N_QUADS", "TRIG", "JSON_LD"), has_blank=has_blank)
            yield con, base or (release.base if release else DEFAULT_BASE)
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise PushError(
                "KG635",
                f"the push cannot go on: {str(error).splitlines()[0]}",
                where=target,
                advice="free space where temporary files are, or name another place in TMPDIR; then give the same command again",
            ) from error


def is_canonical(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Say whether a file is surely lines of canonical N-Triples or N-Quads, which no parser would write in another way."""
    import duckdb

    syntax = rdf_syntax(path)
    if syntax not in _CANONICAL or path.suffix == ".gz" or path.stat().st_size == 0:
        return False
    other = f"NOT coalesce(regexp_full_match(line, '{_CANONICAL[syntax]}'), false) OR {_IMPLIED}"
    try:
        return not _any(con, read_lines(path), other)
    except duckdb.Error:
        # No UTF-8, control characters, lines too long for a buffer: the parser says what is wrong, and where, or writes the lines.
        return False


def _any(con: duckdb.DuckDBPyConnection, lines: str, condition: str) -> bool:
    """Say whether a condition holds for any line."""
    # A filter does not look at the second half of a condition where the first decides; an aggregate would.
    return con.execute(f"SELECT 1 FROM {lines} WHERE {condition} LIMIT 1").fetchone() is not None


def _number(con: duckdb.DuckDBPyConnection, has_blank: bool) -> None:
    """Make the table `blank`."""
    con.execute("CREATE TEMP TABLE blank (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
    if not has_blank:
        return
    rows = f"(SELECT * FROM (SELECT row_number() OVER () AS row, line FROM lines) WHERE {_BLANK})"
    con.execute(f"CREATE TEMP TABLE labelled AS {columns_of(rows, 'row')}")
    places = " UNION ALL ".join(
        f"SELECT {term} AS label, 3 * row + {place} AS place FROM labelled WHERE starts_with({term}, '_:')"
        for place, term in enumerate("sog")
    )
    con.execute(
        f"""
        CREATE TEMP TABLE numbered AS
        SELECT label, '_:b' || (row_number() OVER (ORDER BY min(place)) - 1) AS name FROM ({places}) GROUP BY label
        """
    )
    terms = ", ".join(f"coalesce(_{term}.name, {term}) AS {term}" for term in "sog")
    joins = " ".join(f"LEFT JOIN numbered AS _{term} ON _{term}.label = {term}" for term in "sog")
    con.execute(f"INSERT INTO blank BY NAME SELECT p, {terms} FROM labelled {joins}")
    con.execute("DROP TABLE labelled; DROP TABLE numbered")


def _split(con: duckdb.DuckDBPyConnection, *, graphs: bool, has_blank: bool) -> None:
    """Make the view `plain`."""
    source = f"(SELECT line FROM lines WHERE NOT {_BLANK})" if has_blank else "lines"
    triple = "CASE WHEN g IS NULL THEN line ELSE left(line, length(line) - length(g) - 2) || '.' END AS line, g"
    split = f"SELECT {triple} FROM (SELECT line, {_GRAPH} AS g FROM {source})"
    con.execute(f"CREATE TEMP VIEW plain AS {split if graphs else f'SELECT line, NULL::VARCHAR AS g FROM {source}'}")
