"""Whatever a graph says, each format tells it to a reader that is not ours."""

from __future__ import annotations

import io
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from csvw import CSVW
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.export.tabular import write_file, write_folder
from kg.rdf.namespaces import XSD
from kg.rdf.xml import NOT_IN_XML
from tests.unit.export.tabular.graphs import (
    BASE,
    LABEL,
    NAMES,
    TYPE,
    catalogue,
    iri,
    quad,
    rebuilt,
    rows_of,
    session,
    triples,
    typed,
)

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.text("|;\u241f<>01,\"'\\\n\r\t \0NUL-_:", max_size=6),
    st.sampled_from(["", "NULL", "|", ";", "\\N", "null", " a ", "#", "\ufeff", "\r\n", '"', "<0>", "true", "INF"]),
)
LITERAL = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXT, st.sampled_from(["en", "de-at", "zh-hans"])),
    TEXT.map(lambda text: ox.Literal(text, datatype=ox.NamedNode("https://x.example/unit#m"))),
    st.integers(-(10**17), 10**17).map(lambda number: typed(str(number), "integer")),
    st.booleans().map(lambda truth: typed(str(truth).lower(), "boolean")),
    st.dates().map(lambda day: typed(day.isoformat(), "date")),
)
SUBJECT = st.sampled_from("abcd")
PREDICATE = st.sampled_from([iri("p"), iri("q"), iri("P"), ox.NamedNode("https://y.example/p"), LABEL])
QUAD = st.one_of(
    st.builds(quad, SUBJECT, PREDICATE, LITERAL, st.sampled_from([None, "one", "two"])),
    st.builds(quad, SUBJECT, PREDICATE, SUBJECT.map(iri), st.sampled_from([None, "one"])),
    st.builds(quad, SUBJECT, st.just(TYPE), st.sampled_from(["C", "D", "c"]).map(iri)),
)
QUADS = st.lists(QUAD, min_size=1, max_size=40)
NASTY = [
    quad("a", "p", ox.Literal("")),
    quad("a", "p", ox.Literal("|")),
    quad("b", "p", ox.Literal("")),
    quad("c", "p", ox.Literal("NULL")),
    quad("d", "q", ox.Literal("; | \u241f <0>")),
    quad("d", "q", ox.Literal('\r\n\ta,"b" \'\\\x00\x0b\x7f\ufffe')),
    quad("d", LABEL, ox.Literal("x", language="en")),
    quad("d", LABEL, ox.Literal("x", language="de")),
    quad("d", TYPE, iri("C")),
    quad("d", TYPE, iri("D")),
    quad("a", TYPE, iri("C")),
    quad("a", "P", ox.BlankNode("b0")),
    quad(ox.BlankNode("b0"), "P", iri("a")),
    quad("a", "count", typed("5", "integer")),
    quad("b", "count", typed("five", "integer")),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder that hypothesis may use for each example anew."""
    with tempfile.TemporaryDirectory(prefix="kg-test-") as name:
        yield Path(name)


def exported(quads: list[ox.Quad], format_: str, at: Path) -> Path:
    """Write quads in a format; return the folder or file."""
    at = Path(tempfile.mkdtemp(dir=at))
    out = at / "out"
    with session(quads, at) as con:
        if format_ in ("parquet", "csv", "neo4j"):
            out.mkdir()
            write_folder(con, out, format_, NAMES, BASE)
        else:
            with out.open("wb") as stream:
                write_file(con, stream, at, format_.removesuffix(" file"), NAMES)
    return out


def common(test: Any) -> Any:
    """Give a test arbitrary graphs, and one with what is known to be hard."""
    wrapped = given(quads=QUADS)(example(quads=NASTY)(test))
    return settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])(
        wrapped
    )


@common
def test_a_parquet_table_per_class_tells_every_triple(folder: Path, quads: list[ox.Quad]) -> None:
    out = exported(quads, "parquet", folder)
    found: set[str] = set()
    for table in catalogue(out):
        rows = pq.read_table(out / table["file"]).to_pylist()
        assert len(rows) == table["rows"]
        assert [row["id"] for row in rows] == sorted(
            {row["id"] for row in rows}, key=lambda name: f"<{name}>" if name[:2] != "_:" else name
        )
        found |= rebuilt(rows, table["class"], table["columns"])
    assert found == triples(quads)


@common
def test_the_parquet_file_holds_every_quad_and_the_parts_of_its_object(folder: Path, quads: list[ox.Quad]) -> None:
    rows = pq.read_table(exported(quads, "parquet file", folder)).to_pylist()
    lines = {" ".join(part for part in (row["s"], row["p"], row["o"], row["g"]) if part) for row in rows}
    assert len(rows) == len(lines) == len(set(quads))
    assert {str(next(iter(ox.parse(f"{line} .", format=ox.RdfFormat.N_QUADS)))) for line in lines} == {
        str(each) for each in quads
    }
    for row in rows:
        term = next(iter(ox.parse(f"<s:s> <p:p> {row['o']} .", format=ox.RdfFormat.N_TRIPLES))).object
        if isinstance(term, ox.Literal):
            assert (row["kind"], row["value"], row["datatype"], row["language"]) == (
                "literal",
                term.value,
                term.datatype.value,
                term.language,
            )
        else:
            kind = "iri" if isinstance(term, ox.NamedNode) else "blank"
            assert (row["kind"], row["datatype"], row["language"]) == (kind, None, None)
            assert row["value"] == (term.value if kind == "iri" else f"_:{term.value}")


@common
def test_the_views_of_a_database_tell_every_triple(folder: Path, quads: list[ox.Quad]) -> None:
    with duckdb.connect(str(exported(quads, "duckdb", folder)), read_only=True) as con:
        columns: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for view, name, prop, datatype, language, _ in con.execute("FROM columns").fetchall():
            columns[view].append({"name": name, "property": prop, "datatype": datatype, "language": language})
        found: set[str] = set()
        for view, class_, things in con.execute("FROM classes").fetchall():
            read = con.execute(f'FROM "{view}"')
            names = [each[0] for each in read.description]
            rows = [dict(zip(names, row, strict=True)) for row in read.fetchall()]
            assert len(rows) == things
            found |= rebuilt(rows, class_, columns[view])
        statements = con.execute("SELECT count(*) FROM statements").fetchone()
    assert found == triples(quads)
    assert statements == (len(set(quads)),)


@common
def test_csv_on_the_web_makes_the_triples_again(folder: Path, quads: list[ox.Quad]) -> None:
    out = exported(quads, "csv", folder)
    # The one thing that is lost: that a value of a built-in datatype was none.
    lost = {each.triple for each in quads if str(each.object) == str(typed("five", "integer"))}
    expected = {str(each.triple) for each in quads if each.triple not in lost} | {
        str(ox.Triple(each.subject, each.predicate, ox.Literal("five"))) for each in lost
    }
    assert csv2rdf(out / "csv-metadata.json") == {
        line.replace("_:b0", f"<{BASE.removesuffix('id/')}.well-known/genid/b0>") for line in expected
    }


def csv2rdf(metadata: Path) -> set[str]:
    """Return the triples of "Generating RDF from Tabular Data on the Web" (minimal mode), of what the library csvw makes of files and metadata."""
    group = CSVW(str(metadata), validate=True)
    assert group.is_valid, group.warnings
    found: set[str] = set()
    for table in group.tables:
        for row in table.iterdicts(strict=True):
            for column in table.tableSchema.columns:
                values = row.get(column.header)
                if column.suppressOutput or (values is None and not column.virtual):
                    continue
                # The library reads an IRI as its parts.
                cells = {name: value.unsplit() for name, value in row.items() if hasattr(value, "unsplit")}
                subject, predicate = (
                    ox.NamedNode(template.expand(cells))
                    for template in (column.inherit("aboutUrl"), column.propertyUrl)
                )
                for value in values if isinstance(values, list) else [values]:
                    found.add(str(ox.Triple(subject, predicate, _csvw_object(column, cells, value))))
    return found


def _csvw_object(column: Any, cells: dict[str, str], value: Any) -> ox.NamedNode | ox.Literal:
    if column.valueUrl:
        return ox.NamedNode(column.valueUrl.expand(cells))
    language = column.inherit("lang")
    if language and language != "und":
        return ox.Literal(value, language=language)
    datatype = column.inherit("datatype")
    return ox.Literal(
        datatype.formatted(value), datatype=ox.NamedNode(datatype.at_props.get("id") or XSD + datatype.base)
    )


@common
def test_the_files_for_neo4j_hold_every_node_value_and_link_once(folder: Path, quads: list[ox.Quad]) -> None:
    out = exported(quads, "neo4j", folder)
    script = (out / "import.sh").read_text(encoding="utf-8")
    marked = re.search(r"--array-delimiter=(.)(?:\+([0-9A-F]{4}))?", script)
    assert marked
    delimiter = chr(int(marked[2], 16)) if marked[2] else marked[1]
    ids: list[str] = []
    values: set[tuple[str, str]] = set()
    for path in sorted(out.glob("nodes-*.csv")):
        assert f"--nodes={path.name}" in script
        for row in csv_with_nulls(path):
            ids.append(row["iri:ID"] or "")
            for header, cell in row.items():
                if cell is not None and header not in ("iri:ID", ":LABEL"):
                    values |= {(ids[-1], part) for part in (cell.split(delimiter) if header.endswith("[]") else [cell])}
    assert len(ids) == len(set(ids))
    nodes = {each.subject for each in quads} | {
        each.object for each in quads if not isinstance(each.object, ox.Literal) and each.predicate != TYPE
    }
    assert set(ids) == {name(each) for each in nodes}
    assert values == {(name(each.subject), each.object.value) for each in quads if isinstance(each.object, ox.Literal)}
    links = rows_of(out / "relationships.csv")
    expected = {
        (name(each.subject), each.predicate.value, name(each.object))
        for each in quads
        if not isinstance(each.object, ox.Literal) and each.predicate != TYPE
    }
    assert len(links) == len(expected)
    assert {(row[":START_ID"], row[":END_ID"]) for row in links} == {(subject, value) for subject, _, value in expected}


def name(term: Any) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def csv_with_nulls(path: Path) -> Iterator[dict[str, str | None]]:
    """Yield the rows of a CSV file; a cell without quotes and without text is none."""
    text = path.read_bytes().decode()  # with its line ends as they are
    cells = re.compile(r'("(?:[^"]|"")*"|[^,"\n]*)(,|\n)')
    rows: list[list[str | None]] = [[]]
    for match in cells.finditer(text):
        cell = match[1]
        rows[-1].append(cell[1:-1].replace('""', '"') if cell.startswith('"') else cell or None)
        if match[2] == "\n":
            rows.append([])
    header, *found = rows[:-1]
    for row in found:
        yield dict(zip(map(str, header), row, strict=True))


@pytest.mark.parametrize("format_", ["graphml", "gexf"])
@common
def test_nodes_have_their_values_and_links(folder: Path, format_: str, quads: list[ox.Quad]) -> None:
    data = exported(quads, format_, folder).read_bytes()
    graph = (
        nx.read_graphml(io.BytesIO(data), force_multigraph=True)
        if format_ == "graphml"
        else nx.read_gexf(io.BytesIO(data))
    )
    nodes = {each.subject for each in quads} | {
        each.object for each in quads if not isinstance(each.object, ox.Literal) and each.predicate != TYPE
    }
    assert set(graph) == {name(each) for each in nodes}
    links = {
        (name(each.subject), name(each.object), each.predicate.value)
        for each in quads
        if not isinstance(each.object, ox.Literal) and each.predicate != TYPE
    }
    assert graph.number_of_edges() == len(links) or not graph.is_multigraph()
    assert {(source, target) for source, target, *_ in graph.edges} == {link[:2] for link in links}
    for subject in {each.subject for each in quads}:
        wanted = "; ".join(
            sorted(
                {
                    each.object.value
                    for each in quads
                    if each.subject == subject and each.predicate == iri("q") and isinstance(each.object, ox.Literal)
                }
            )
        )
        value = graph.nodes[name(subject)].get(f"<{BASE}q>", "")
        if isinstance(value, str):
            assert value == NOT_IN_XML.sub("\ufffd", wanted)
        else:
            assert value == int(wanted)
