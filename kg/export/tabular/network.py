"""GraphML and GEXF for Gephi, yEd and networkx: things are nodes, their literals attributes, links between things edges."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from kg.export.tabular.facts import FORMS, LONG_DIGITS, STEP, node_sql, read_facts
from kg.export.tabular.sql import copy_lines, relation
from kg.rdf.namespaces import RDF, RDFS
from kg.rdf.prefixes import shortened
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

# What XML cannot hold becomes U+FFFD. Ends of lines and tabs are written as references, or readers would make spaces of them; `>` might end a CDATA section.
_MACROS = r"""
CREATE OR REPLACE TEMP MACRO kg_xml(x) AS CASE WHEN regexp_matches(x, '[\x00-\x1f&<>"\x{FFFE}\x{FFFF}]') THEN
  regexp_replace(replace(replace(replace(replace(replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), chr(9), '&#9;'), chr(10), '&#10;'), chr(13), '&#13;'),
    '[\x00-\x1f\x{FFFE}\x{FFFF}]', chr(65533), 'g') ELSE x END;
CREATE OR REPLACE TEMP MACRO kg_number(x) AS replace(ltrim(x, '+'), 'INF', 'Infinity');
"""


@dataclass(frozen=True, slots=True)
class _Attribute:
    """An attribute of nodes: its place, its name, and its type (string, long or double)."""

    place: int
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class _Syntax:
    """How a format writes its parts; the SQL pieces are expressions over escaped columns."""

    before: str
    attribute: str
    nodes: str
    value: str  # over `place` and `content`
    node: str  # over `id`, `label` and `content`
    between: str
    edge: str  # over `source`, `target` and `property`
    after: str


_GRAPHML = _Syntax(
    before='<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
    '<key id="p" for="edge" attr.name="property" attr.type="string"/>\n',
    attribute='<key id="d{place}" for="node" attr.name={name} attr.type="{type}"/>\n',
    nodes='<graph edgedefault="directed">\n',
    value="""'<data key="d' || place || '">' || content || '</data>'""",
    node="""'<node id="' || id || '">' || content || '</node>'""",
    between="",
    edge="""'<edge source="' || source || '" target="' || target || '"><data key="p">' || property || '</data></edge>'""",
    after="</graph>\n</graphml>\n",
)
_GEXF = _Syntax(
    before='<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">\n'
    '<graph defaultedgetype="directed" mode="static">\n<attributes class="node">\n',
    attribute='<attribute id="{place}" title={name} type="{type}"/>\n',
    nodes="</attributes>\n<nodes>\n",
    value="""'<attvalue for="' || place || '" value="' || content || '"/>'""",
    node="""'<node id="' || id || '" label="' || label || '">' || CASE WHEN content = '' THEN '' ELSE '<attvalues>' || content || '</attvalues>' END || '</node>'""",
    between="</nodes>\n<edges>\n",
    # Of edges between the same two nodes Gephi keeps one of each kind.
    edge="""'<edge id="' || (row_number() OVER () - 1) || '" source="' || source || '" target="' || target || '" kind="' || property || '" label="' || property || '"/>'""",
    after="</edges>\n</graph>\n</gexf>\n",
)
_SYNTAXES = {"graphml": _GRAPHML, "gexf": _GEXF}


def write_network(
    con: duckdb.DuckDBPyConnection, target: IO[bytes], folder: Path, format_: str, prefixes: dict[str, str]
) -> None:
    """Write `quads` as nodes and edges in a format (graphml or gexf); `folder` holds what is on the way.

    A node has an attribute for each property with literals: the values in order, joined by `; `, or a number where every node has one at most and all fit one type.
    A character that XML cannot hold becomes U+FFFD.
    """
    con.execute(_MACROS)
    read_facts(con)
    syntax, attributes = _SYNTAXES[format_], _attributes(con, prefixes)
    target.write(syntax.before.encode())
    for attribute in attributes:
        target.write(
            syntax.attribute.format(place=attribute.place, name=quoteattr(attribute.name), type=attribute.type).encode()
        )
    target.write(syntax.nodes.encode())
    copy_lines(con, _nodes(con, syntax, attributes, prefixes), target, folder)
    target.write(syntax.between.encode())
    edges = f"""SELECT kg_xml({node_sql("s")}) AS source, kg_xml(value) AS target, edge.property FROM (SELECT DISTINCT subject, value, edge.property FROM fact JOIN edge USING (col)) AS edge
      JOIN subject USING (subject) ORDER BY edge.subject, edge.value, edge.property"""
    copy_lines(con, f"SELECT {syntax.edge} FROM ({edges})", target, folder)
    target.write(syntax.after.encode())


def _attributes(con: duckdb.DuckDBPyConnection, prefixes: dict[str, str]) -> tuple[_Attribute, ...]:
    """Return the attributes by place, and make `edge` (col, property), `attribute` (col, place) and `joined` (subject, place, content): values that are not alone."""
    found = con.execute(
        f"""SELECT p, col, col - sort, longest FROM (SELECT col, max(length(value)) AS longest FROM fact GROUP BY col) JOIN sort ON sort = col - col % {STEP} ORDER BY p, col"""
    ).fetchall()
    forms: defaultdict[str, set[str]] = defaultdict(set)
    cols: defaultdict[str, list[int]] = defaultdict(list)
    edges = [(-1, "")]  # an empty list of columns has no type in DuckDB
    for p, col, form, longest in found:
        name = p[1:-1]
        if FORMS[form] != "link":
            cols[name].append(col)
            forms[name].add(FORMS[form] if FORMS[form] != "integer" or longest <= LONG_DIGITS else "text")
        elif name != RDF + "type":
            edges.append((col, shortened(name, prefixes)))
    places = {name: place for place, name in enumerate(cols, 1)}
    relation(con, "edge", ("col", "property"), edges)
    relation(
        con, "attribute", ("col", "place"), [(-1, -1), *((col, places[name]) for name in cols for col in cols[name])]
    )
    con.execute("UPDATE edge SET property = kg_xml(property)")
    con.execute(
        """CREATE TEMP TABLE joined AS SELECT subject, place, array_to_string(list_sort(list(DISTINCT value)), '; ') AS content, min(value) <> max(value) AS many
        FROM fact JOIN attribute USING (col) SEMI JOIN (SELECT subject, place FROM fact JOIN attribute USING (col) GROUP BY ALL HAVING count(*) > 1) USING (subject, place)
        GROUP BY ALL"""
    )
    many = {place for (place,) in con.execute("SELECT DISTINCT place FROM joined WHERE many").fetchall()}

    def type_of(name: str) -> str:
        if places[name] not in many:
            if forms[name] == {"integer"}:
                return "long"
            if forms[name] <= {"decimal", "double"}:
                return "double"
        return "string"

    names = {name: "label" if name == RDFS + "label" else shortened(name, prefixes) for name in places}
    return (_Attribute(0, "type", "string"), *(_Attribute(places[name], names[name], type_of(name)) for name in places))


def _nodes(
    con: duckdb.DuckDBPyConnection, syntax: _Syntax, attributes: tuple[_Attribute, ...], prefixes: dict[str, str]
) -> str:
    """Return the query of the lines of the nodes: the subjects by their names, then what is linked to and has nothing said about it."""
    types = con.execute(
        f"SELECT DISTINCT value FROM fact JOIN sort ON sort = col - col % {STEP} WHERE p = {text(f'<{RDF}type>')} AND kind = '<>'"
    ).fetchall()
    relation(
        con,
        "type_name",
        ("value", "name"),
        [("", ""), *((value, shortened(value, prefixes) if value[:2] != "_:" else value) for (value,) in types)],
    )
    numbers = ", ".join(str(attribute.place) for attribute in attributes if attribute.type != "string") or "-1"
    label = next((attribute.place for attribute in attributes if attribute.name == "label"), -1)
    con.execute(
        f"""CREATE TEMP TABLE linked AS SELECT DISTINCT value FROM fact SEMI JOIN edge USING (col)
        ANTI JOIN (SELECT {node_sql("s")} AS value FROM subject) USING (value)"""
    )
    data = f"""SELECT subject, place, CASE WHEN place IN ({numbers}) THEN kg_number(value) ELSE kg_xml(value) END AS content
          FROM fact JOIN attribute USING (col) ANTI JOIN joined USING (subject, place)
        UNION ALL SELECT subject, place, CASE WHEN place IN ({numbers}) THEN kg_number(content) ELSE kg_xml(content) END FROM joined
        UNION ALL SELECT subject, 0, kg_xml(array_to_string(list_sort(list(DISTINCT name)), '; '))
          FROM fact JOIN sort ON sort = col - col % {STEP} AND p = {text(f"<{RDF}type>")} AND kind = '<>' JOIN type_name USING (value) GROUP BY subject"""
    lines = f"""SELECT subject, kg_xml({node_sql("s")}) AS id, coalesce(label, id) AS label, coalesce(content, '') AS content FROM subject LEFT JOIN (
        SELECT subject, array_to_string(list_transform(list_sort(list((place, {syntax.value}))), lambda pair: pair[2]), '') AS content, any_value(content) FILTER (place = {label}) AS label
        FROM ({data}) GROUP BY subject) USING (subject) ORDER BY subject"""
    return f"""SELECT {syntax.node} FROM ({lines})
      UNION ALL SELECT {syntax.node} FROM (SELECT kg_xml(value) AS id, id AS label, '' AS content FROM linked ORDER BY value)"""
