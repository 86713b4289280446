"""CSV files as CSVW describes them."""

from __future__ import annotations

import pyoxigraph as ox

from kg.mapping.parse.faults import nearest
from kg.mapping.parse.graph import Node
from kg.mapping.parse.reader import Reader
from kg.mapping.rules import Dialect
from kg.mapping.vocabulary import CSVW
from kg.rdf.namespaces import RDF

_KNOWN = {
    *("commentPrefix", "delimiter", "doubleQuote", "encoding", "header", "headerRowCount", "lineTerminators", "null"),
    *("quoteChar", "skipBlankRows", "skipColumns", "skipInitialSpace", "skipRows", "trim"),
}
_TRUE, _FALSE = ("true", "1"), ("false", "0")


def dialect(reader: Reader, table: Node, usual: Dialect) -> Dialect:
    """Return the dialect of a csvw:Table, which is the usual one save for what is said of it."""
    graph = reader.graph
    node = graph.one(table, CSVW + "dialect")
    columns = _columns(reader, table)
    if node is None:
        return usual
    for iri in graph.properties(node):
        name = iri.removeprefix(CSVW)
        if name != iri and name not in _KNOWN:
            raise graph.fault(
                node, f"a dialect has no csvw:{name}", nearest(name, sorted(_KNOWN)), at=iri, code="KG208"
            )
    _refuse(reader, node)
    header = _flag(reader, node, "header", default=_number(reader, node, "headerRowCount", 1) > 0)
    return Dialect(
        delimiter=_character(reader, node, "delimiter", usual.delimiter),
        quote=_character(reader, node, "quoteChar", '"', empty=True),
        double_quote=_flag(reader, node, "doubleQuote", default=True),
        comment=graph.text(node, CSVW + "commentPrefix") or "",
        header=header,
        skip_rows=_number(reader, node, "skipRows", 0),
        trim=_flag(reader, node, "trim", default=False),
        columns=() if header else columns,
    )


def _refuse(reader: Reader, node: Node) -> None:
    """Raise an error for what would change the rows and cannot be had."""
    graph = reader.graph
    for name, most in (("headerRowCount", 1), ("skipColumns", 0)):
        if _number(reader, node, name, 0) > most:
            raise graph.fault(
                node, f"csvw:{name} over {most} is not supported", "use csvw:skipRows", at=CSVW + name, code="KG209"
            )
    if _flag(reader, node, "skipInitialSpace", default=False):
        raise graph.fault(
            node, "csvw:skipInitialSpace is not supported", "use csvw:trim", at=CSVW + "skipInitialSpace", code="KG209"
        )


def _columns(reader: Reader, table: Node) -> tuple[str, ...]:
    """Return the names of the columns of a table's schema: the member of a list each, or in the order of the file."""
    graph = reader.graph
    schema = graph.one(table, CSVW + "tableSchema")
    if schema is None:
        return ()
    columns = graph.all(schema, CSVW + "column", CSVW + "columns")
    if len(columns) == 1 and graph.said(columns[0], RDF + "first"):
        columns = graph.items(schema, CSVW + ("column" if graph.said(schema, CSVW + "column") else "columns"))
    for each in columns:
        if graph.said(each, CSVW + "datatype"):
            raise graph.fault(
                each,
                "datatypes of a table's columns are not supported",
                f"give them in the term maps, with {graph.word('datatype')}",
                at=CSVW + "datatype",
                code="KG209",
            )
    names = [graph.text(each, CSVW + "name") or graph.text(each, CSVW + "titles") for each in columns]
    return tuple(name for name in names if name is not None)


def _character(reader: Reader, node: Node, name: str, default: str, *, empty: bool = False) -> str:
    text = reader.graph.text(node, CSVW + name)
    if text is None:
        return default
    if len(text) == 1 or (empty and not text):
        return text
    raise reader.graph.fault(
        node, f"csvw:{name} is {text!r}, which is not one character", "give one", at=CSVW + name, code="KG210"
    )


def _flag(reader: Reader, node: Node, name: str, *, default: bool) -> bool:
    text = reader.graph.text(node, CSVW + name)
    if text is None:
        return default
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise reader.graph.fault(
        node, f"csvw:{name} is {text!r}", "only true and false are supported", at=CSVW + name, code="KG210"
    )


def _number(reader: Reader, node: Node, name: str, default: int) -> int:
    value = reader.graph.one(node, CSVW + name)
    if value is None:
        return default
    if isinstance(value, ox.Literal) and value.value.isdecimal():
        return int(value.value)
    raise reader.graph.fault(
        node, f"csvw:{name} is no number of rows", "give a whole number of 0 or more", at=CSVW + name, code="KG210"
    )
