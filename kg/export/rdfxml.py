"""RDF/XML: a description a subject, without nesting; its text is made like that of the other documents."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.export.document import order_predicates
from kg.export.survey import Survey, not_xml
from kg.export.syntax import Syntax
from kg.rdf.namespaces import RDF
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

_ADVICE = "write another format, such as Turtle"
# The last part of a predicate that is a name of XML (see kg.rdf.xml), without the closing bracket.
_NAME = re.compile(r"[^\W\d][\w.-]*$")


def rdf_xml(con: duckdb.DuckDBPyConnection, found: Survey, prefixes: dict[str, str]) -> Syntax:
    """Return the syntax of RDF/XML; QueryError (KG513) where it cannot hold a predicate or a text."""
    fault = con.execute(f"SELECT s, p FROM quads WHERE {not_xml('o')} LIMIT 1").fetchone() if found.not_xml else None
    if fault:
        what = f"RDF/XML cannot hold the control character in the {fault[1][1:-1]} of {fault[0]}"
        raise QueryError("KG513", what, advice=_ADVICE)
    names, spaces = _names(con, prefixes)
    cases = " ".join(f"WHEN {text(p)} THEN {text(name)}" for p, name in names.items())
    declared = "".join(
        f'\n  xmlns:{prefix}="{_attribute(space)}"' for space, prefix in sorted(spaces.items(), key=lambda e: e[1])
    )
    rdf = spaces[RDF]

    def node(term: str, about: str) -> str:
        return f"CASE WHEN {term} < '_' THEN '{rdf}:{about}=\"' || {_escaped_iri(term)} ELSE '{rdf}:nodeID=\"' || {term}[3:] END || '\"'"

    # What is escaped in canonical N-Triples are quotes, backslashes and controls.
    plain = _escaped("kg_lexical(o)")
    lexical = f"CASE WHEN contains(o, '\\') THEN replace(replace({plain}, '\"', '&quot;'), chr(13), '&#xD;') ELSE {_escaped('lexical')} END"
    syntax = Syntax(
        header=f'<?xml version="1.0" encoding="UTF-8"?>\n<{rdf}:RDF{declared}>\n',
        footer=f"</{rdf}:RDF>\n",
        value=f"""CASE WHEN o >= '<' THEN ' ' || {node("o", "resource")} || '/>'
            ELSE CASE WHEN suffix = '' THEN '' WHEN starts_with(suffix, '@') THEN ' xml:lang="' || suffix[2:] || '"'
              ELSE ' {rdf}:datatype="' || {_escaped_iri("suffix[3:]")} || '"' END || '>' || {lexical} || '</' || name || '>' END""",
        graph="''",
        subject=f"""'  <{rdf}:Description ' || {node("s", "about")} || E'>\\n'""",
        head="'    <' || name",
        after="E'\\n'",
        end=f"E'  </{rdf}:Description>\\n'",
        node=("", "''"),
        list=("", "''"),
    )
    order_predicates(con, syntax, f"CASE p {cases} END" if cases else "p", "NULL::VARCHAR")
    return syntax


def _names(con: duckdb.DuckDBPyConnection, prefixes: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return predicate to name of the element, and namespace to prefix; the name is the longest one that the predicate ends in."""
    known = {space[1:]: prefix for space, prefix in prefixes.items()}
    names: dict[str, str] = {}
    spaces: dict[str, str] = {}

    def prefix_of(space: str, *liked: str) -> str:
        taken = {*spaces.values(), *known.values()}
        return known.get(space) or next(
            name for name in chain(liked, map("ns{}".format, count(1))) if name not in taken
        )

    spaces[RDF] = prefix_of(RDF, "rdf")
    for (predicate,) in con.execute("SELECT DISTINCT p FROM export_survey ORDER BY p").fetchall():
        iri = predicate[1:-1]
        found = _NAME.search(iri)
        if not found or found.start() == 0:
            what = f"RDF/XML cannot hold the predicate {iri}, which does not end in a name"
            raise QueryError("KG513", what, advice=_ADVICE)
        space = iri[: found.start()]
        if space not in spaces:
            spaces[space] = prefix_of(space)
        names[predicate] = f"{spaces[space]}:{found.group()}"
    return names, spaces


def _escaped(value: str) -> str:
    return f"replace(replace(replace({value}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"


def _escaped_iri(iri: str) -> str:
    # An IRI holds no quotes and no angle brackets but those around it.
    return f"replace(substr({iri}, 2, length({iri}) - 2), '&', '&amp;')"


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
