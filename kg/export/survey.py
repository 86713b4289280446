"""One pass over the quads finds what a writer must know before its first byte: predicates, namespaces, datatypes, blank nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.rdf.namespaces import RDF, XSD
from kg.rdf.prefixes import LOCAL_NAME
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

TYPE = f"<{RDF}type>"
FIRST = f"<{RDF}first>"
NIL = f"<{RDF}nil>"
REIFIES = f"<{RDF}reifies>"
# Literals that are bare in Turtle: those whose lexical form readers keep that make numbers of them.
_BARE = {
    "integer": "0|-?[1-9][0-9]*",
    "decimal": r"-?(?:0|[1-9][0-9]*)\.[0-9]+",
    "double": r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE]-?[0-9]+",
    "boolean": "true|false",
}
# XML has no way to write these, as canonical N-Triples escapes them or, the last two, does not.
_NOT_IN_XML = r"(?:^|[^\\])(?:\\\\)*\\(?:[bf]|u(?:00(?:0[0-8BEFbef]|1[0-9A-Fa-f])|[Ff]{3}[EFef]))"


def parted(relation: str) -> str:
    """Return the SQL of a relation of quads with the parts of their objects: `local` and `space` (of an IRI), or `lexical` and `suffix` (of a literal).

    `named` says whether a prefix can take the place of the space, `bare` whether Turtle writes the literal without quotes. An IRI ends its namespace at the last slash or hash, or where it has none at the last colon; `local` holds the closing bracket.
    """
    return f"""(
        SELECT *, CASE WHEN local IS NOT NULL THEN left(o, length(o) - length(local)) END AS space, coalesce({fits("local")}, false) AS named,
          {_bare("lexical", "suffix")} AS bare
        FROM (SELECT *, {_lexical()} AS lexical FROM (
          SELECT *, CASE WHEN o < '<' THEN split_part(o, '"', -1) END AS suffix,
            CASE WHEN o >= '<' AND o < '_' AND NOT starts_with(o, '<<') THEN {local("o")} END AS local FROM {relation})))"""


def rejoined(relation: str) -> str:
    """Return the SQL of what `parted` gives, for a relation that holds `o`, `space`, `named`, `suffix` and `bare` of it."""
    return f"(SELECT *, CASE WHEN space IS NOT NULL THEN substr(o, length(space) + 1) END AS local, {_lexical()} AS lexical FROM {relation})"


def _lexical() -> str:
    return "CASE WHEN suffix IS NOT NULL THEN substr(o, 2, length(o) - length(suffix) - 2) END"


def _bare(lexical: str, suffix: str) -> str:
    tests = " ".join(
        f"WHEN '^^<{XSD}{name}>' THEN regexp_full_match({lexical}, '{pattern}')" for name, pattern in _BARE.items()
    )
    return f"(CASE {suffix} {tests} ELSE false END)"


def local(iri: str) -> str:
    """Return the SQL of the last part of an IRI, with the closing bracket."""
    return f"coalesce(nullif(regexp_extract({iri}, '[^/#]*$'), {iri}), split_part({iri}, ':', -1))"


def fits(local_name: str) -> str:
    """Return the SQL that says whether the last part of an IRI (SQL, with the closing bracket) can follow a prefix."""
    return f"regexp_full_match({local_name}, '{LOCAL_NAME}>')"


def not_xml(term: str) -> str:
    """Return the SQL that says whether a term is a literal with a character that XML cannot hold."""
    # Most literals have no escapes, and are not looked through.
    return f"(CASE WHEN contains({term}, '\\') AND {term} < '<' THEN regexp_matches({term}, {text(_NOT_IN_XML)}) ELSE false END)"


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found: namespaces (with `<`) by how many terms a prefix would shorten, schemes of IRIs, whether there are blank nodes as objects, whether named graphs, whether triple terms, whether texts that XML cannot hold (where it was asked for)."""

    namespaces: dict[str, int]
    schemes: frozenset[str]
    datatypes: tuple[str, ...]
    blank: bool
    graphs: bool
    triple_terms: bool
    not_xml: bool


# So many namespaces and datatypes are looked at: the ones used most.
_MOST = 1000


def survey(con: duckdb.DuckDBPyConnection, *, graphs: bool, lists: bool = False, reifiers: bool = False) -> Survey:
    """Look through the relation `quads`, with the items of lists in the place of their cells, and with the parts of the triple terms; leaves the tables that `survey_of` reads."""
    triples = "SELECT s, p, o, g FROM quads"
    if lists:
        triples = "SELECT s, p, o, g FROM quads q ANTI JOIN export_cells c ON q.s = c.node UNION ALL SELECT s, p, o, g FROM export_items"
    if reifiers:
        triples += " UNION ALL SELECT rs, rp, ro, NULL FROM export_reifiers"
    subjects = f"(SELECT s, {'g' if graphs else 'NULL::VARCHAR AS g'}, count(*) AS n FROM ({triples}) GROUP BY ALL)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE export_survey AS {of_objects(parted(f'(SELECT *, 1 AS n FROM ({triples}))'))}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE export_named AS {of_subjects(subjects)}")
    return survey_of(con)


def of_objects(relation: str, *, xml: bool = False) -> str:
    """Return the SQL that counts the kinds of triples (p, space, suffix, ...; n: how many) of a relation with the columns of `parted` and n; `xml` asks for what XML cannot hold."""
    return f"""
        SELECT p, CASE WHEN o <> '{NIL}' THEN space END AS space, suffix, named, bare, CASE WHEN p = '{TYPE}' AND space IS NOT NULL THEN o END AS class,
          starts_with(o, '<<') AS term, o >= '_' AS blank, {not_xml("o") if xml else "false"} AS not_xml, sum(n)::BIGINT AS n
        FROM {relation} GROUP BY ALL"""


def of_subjects(relation: str) -> str:
    """Return the SQL that counts the namespaces (space, named, in_graph; n: how many) of a relation of subjects and their graphs (s, g; n: how many triples)."""
    return f"""
        SELECT CASE WHEN term < '_' THEN left(term, length(term) - length(local)) END AS space, {fits("local")} AS named, in_graph, sum(n)::BIGINT AS n
        FROM (SELECT *, {local("term")} AS local FROM (
          SELECT s AS term, g IS NOT NULL AS in_graph, n FROM {relation}
          UNION ALL SELECT g, true, sum(n) FROM {relation} WHERE g IS NOT NULL GROUP BY g))
        GROUP BY ALL"""


def survey_of(con: duckdb.DuckDBPyConnection) -> Survey:
    """Return what the tables `export_survey` and `export_named` say, of `of_objects` and `of_subjects`."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_terms AS
        SELECT space, named, sum(n)::BIGINT AS n FROM (
          SELECT space, named, n FROM export_survey WHERE space IS NOT NULL
          UNION ALL SELECT space, named, n FROM export_named WHERE space IS NOT NULL
          UNION ALL SELECT left(p, length(p) - length({local("p")})), {fits(local("p"))}, n
            FROM (SELECT p, sum(n) AS n FROM export_survey WHERE p <> '{TYPE}' GROUP BY p)
          UNION ALL SELECT left(d, length(d) - length({local("d")})), {fits(local("d"))}, n
            FROM (SELECT substr(suffix, 3) AS d, sum(n) AS n FROM export_survey WHERE starts_with(suffix, '^^') AND NOT bare GROUP BY d))
        GROUP BY ALL""")
    namespaces = con.execute(
        f"SELECT space, sum(n) FROM export_terms WHERE named GROUP BY space ORDER BY sum(n) DESC, space LIMIT {_MOST}"
    ).fetchall()
    schemes = con.execute(
        f"SELECT DISTINCT split_part(space, ':', 1) AS scheme FROM export_terms ORDER BY scheme LIMIT {_MOST}"
    ).fetchall()
    datatypes = con.execute(
        f"SELECT suffix FROM export_survey WHERE starts_with(suffix, '^^') GROUP BY suffix ORDER BY sum(n) DESC, suffix LIMIT {_MOST}"
    ).fetchall()
    found = con.execute(
        """SELECT coalesce(bool_or(blank), false), coalesce((SELECT bool_or(in_graph) FROM export_named), false), coalesce(bool_or(term), false), coalesce(bool_or(not_xml), false)
        FROM export_survey"""
    ).fetchall()[0]
    return Survey(
        {space: int(count) for space, count in namespaces},
        frozenset(scheme.strip("<") for (scheme,) in schemes),
        tuple(suffix for (suffix,) in datatypes),
        *(bool(each) for each in found),
    )
