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


def bare(lexical: str, suffix: str) -> str:
    """Return the SQL that says whether Turtle writes a literal (SQL of its lexical form and of what follows the quotes) without quotes."""
    tests = " ".join(
        f"WHEN '^^<{XSD}{name}>' THEN regexp_full_match({lexical}, '{pattern}')" for name, pattern in _BARE.items()
    )
    return f"(CASE {suffix} {tests} ELSE false END)"


def parted(relation: str) -> str:
    """Return the SQL of a relation of quads with, for its objects, `local` and `space` (the parts of an IRI) or `lexical` and `suffix` (those of a literal).

    An IRI ends its namespace at the last slash or hash, or where it has none at the last colon; `local` holds the closing bracket.
    """
    return f"""(
        SELECT *, CASE WHEN o < '<' THEN substr(o, 2, length(o) - length(suffix) - 2) END AS lexical,
          CASE WHEN local IS NOT NULL THEN left(o, length(o) - length(local)) END AS space
        FROM (SELECT *, CASE WHEN o < '<' THEN split_part(o, '"', -1) END AS suffix,
                CASE WHEN o >= '<' AND o < '_' AND NOT starts_with(o, '<<') THEN {local("o")} END AS local FROM {relation}))"""


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


def survey(
    con: duckdb.DuckDBPyConnection, *, graphs: bool, lists: bool = False, reifiers: bool = False, xml: bool = False
) -> Survey:
    """Look through the relation `quads`, with the items of lists in the place of their cells, and with the parts of the triple terms; leaves the temporary table `export_survey` (p, space, suffix, blank, ...; n: how many)."""
    triples = "SELECT s, p, o, g FROM quads"
    if lists:
        triples = "SELECT s, p, o, g FROM quads q ANTI JOIN export_cells c ON q.s = c.node UNION ALL SELECT s, p, o, g FROM export_items"
    if reifiers:
        triples += " UNION ALL SELECT rs, rp, ro, NULL FROM export_reifiers"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_survey AS
        SELECT p, space, suffix, named, literal_bare, subject_space, subject_named, graph_space, graph_named, in_graph, class, term, not_xml, o >= '_' AS blank, count(*) AS n
        FROM (
          SELECT p, {not_xml("o") if xml else "false"} AS not_xml, CASE WHEN o >= '_' THEN '_' END AS o, starts_with(o, '<<') AS term, CASE WHEN p = '{TYPE}' AND local IS NOT NULL THEN o END AS class, CASE WHEN o <> '{NIL}' THEN space END AS space, suffix, coalesce({fits("local")}, false) AS named,
            CASE WHEN suffix IS NULL THEN false ELSE {bare("lexical", "suffix")} END AS literal_bare,
            CASE WHEN s < '_' THEN left(s, length(s) - length(subject)) END AS subject_space, coalesce({fits("subject")}, false) AS subject_named,
            {"CASE WHEN g < '_' THEN left(g, length(g) - length(graph)) END" if graphs else "NULL::VARCHAR"} AS graph_space,
            {f"coalesce({fits('graph')}, false)" if graphs else "false"} AS graph_named, {"g IS NOT NULL" if graphs else "false"} AS in_graph
          FROM (SELECT *, {local("s")} AS subject {f", {local('g')} AS graph" if graphs else ""} FROM {parted(f"({triples})")}))
        GROUP BY ALL""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_terms AS
        SELECT space, named, sum(n)::BIGINT AS n FROM (
          SELECT space, named, n FROM export_survey WHERE space IS NOT NULL
          UNION ALL SELECT subject_space, subject_named, n FROM export_survey WHERE subject_space IS NOT NULL
          UNION ALL SELECT graph_space, graph_named, n FROM export_survey WHERE graph_space IS NOT NULL
          UNION ALL SELECT left(p, length(p) - length({local("p")})), {fits(local("p"))}, n FROM export_survey WHERE p <> '{TYPE}'
          UNION ALL SELECT left(d, length(d) - length({local("d")})), {fits(local("d"))}, n
            FROM (SELECT substr(suffix, 3) AS d, n FROM export_survey WHERE starts_with(suffix, '^^') AND NOT literal_bare))
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
        "SELECT coalesce(bool_or(blank), false), coalesce(bool_or(in_graph), false), coalesce(bool_or(term), false), coalesce(bool_or(not_xml), false) FROM export_survey"
    ).fetchone()
    return Survey(
        {space: int(count) for space, count in namespaces},
        frozenset(scheme.strip("<") for (scheme,) in schemes),
        tuple(suffix for (suffix,) in datatypes),
        *(bool(each) for each in found or (False, False, False, False)),
    )
