"""A release or an RDF file as an object: counted, queried, and handed over to the libraries that people work with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from kg.loading.table import Table, to_pandas, to_polars
from kg.loading.values import NUMERIC, from_term, python_value, to_term
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.prefixes import prefixes, shortened

if TYPE_CHECKING:
    import duckdb
    import networkx as nx
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyoxigraph as ox
    import rdflib

    from kg.release import Release


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class of a graph: its name with a prefix, its IRI, what it is called, how many things it has, and whether they are evidence or terms and not of the world."""

    name: str
    iri: str
    label: str
    count: int
    evidence: bool


def load(target: str | os.PathLike[str]) -> LoadedGraph:
    """Open a release (the folder that `kg build` writes) or an RDF file of any syntax; what is in it is read when it is asked for.

    The syntax of a file follows from its suffix: .nt .nq .ttl .trig .rdf .owl .xml .jsonld .json, with .gz or .zst. ReleaseError (KG404, KG405) where there is no
    release, SourceError (KG151) for a file of another kind; what is wrong in a file shows when it is read.
    """
    from kg.errors import SourceError
    from kg.rdf.quads import rdf_syntax
    from kg.release import open_release

    path = Path(target)
    if not path.is_file():
        return LoadedGraph(path, open_release(path))
    if rdf_syntax(path) is None:
        raise SourceError("KG151", "the name does not say which RDF syntax this is", where=str(path))
    return LoadedGraph(path, None)


@dataclass(frozen=True, repr=False)
class LoadedGraph:
    """A graph that `kg.load` opened. `len(graph)` counts quads; iteration gives the classes, the largest first.

    `path` is the release or file; `release` what its manifest says (None for a file). Nothing here changes the graph.
    """

    path: Path
    release: Release | None

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that queries know without a declaration, and names are written with: prefix to namespace."""
        from kg.settings import DEFAULT_BASE

        return prefixes(self.release.base if self.release else DEFAULT_BASE)

    @cached_property
    def store(self) -> ox.Store:
        """The SPARQL store (pyoxigraph); its default graph is the merge of all graphs. That of a release is for reading only; that of a file is in memory."""
        from kg.rdf.quads import parse_file
        from kg.store import memory_store, open_store

        return open_store(self.release.store) if self.release else memory_store(parse_file(self.path))

    def query(self, sparql: str, bound: Mapping[str, object] | None = None) -> Table:
        """Answer a SPARQL query as a table of Python values; QueryError (KG502 to KG504) where it is no query, or none that is answered.

        SELECT has a column for each variable, CONSTRUCT and DESCRIBE have `s`, `p` and `o`, ASK has the one column `answer`. IRIs are texts; numbers, truth
        values, dates and times have their type; a variable without a value is None. `bound` gives variables of SELECT their values (numbers, texts, terms of pyoxigraph), so
        that no value needs to be pasted into the query.
        """
        import pyoxigraph as ox

        from kg.query import run

        terms = {name: to_term(value) for name, value in (bound or {}).items()}
        found = run(self.store, sparql, self.prefixes, terms)
        if isinstance(found, ox.QueryBoolean):
            return Table(("answer",), [(bool(found),)])
        if isinstance(found, ox.QueryTriples):
            triples = sorted(found, key=str)
            return Table(("s", "p", "o"), [tuple(from_term(term) for term in triple) for triple in triples])
        names = [variable.value for variable in found.variables]
        return Table(names, [tuple(from_term(solution[name]) for name in names) for solution in found])

    def table(self, class_: str) -> Table:
        """Return the things of a class as a table: `id` (the IRI), and a column for each property, with its type.

        The class is named by its IRI, with a prefix (`kg:Model`), or by its last part (`Model`). A property with several values of one thing has lists in its
        column. QueryError (KG672) where no thing has the class.
        """
        from kg.analysis import class_ as found
        from kg.export.tabular.facts import typed

        tables = {table.iri: table for table in self._tables}
        iri = found((each for each in tables if each), class_, self.prefixes)
        arrow = self._connection.sql(typed(tables[iri])).to_arrow_table()
        return Table(arrow.column_names, arrow=arrow)

    def to_arrow(self) -> pa.Table:
        """Return each quad once, sorted, as a pyarrow Table.

        `s`, `p`, `o` and `g` are terms of N-Triples (`g` is null in the default graph). For the object, `kind` is iri, blank or literal, `value` its IRI, label or lexical form,
        `datatype` and `language` those of a literal, and `number` the value of a numeric one as a double.
        """
        return self._connection.sql(_QUADS, params={"numeric": list(NUMERIC)}).to_arrow_table()

    def to_pandas(self) -> pd.DataFrame:
        """Return the quads as a pandas DataFrame with the columns of `to_arrow`; QueryError (KG675) where pandas is not installed."""
        return to_pandas(self.to_arrow())

    def to_polars(self) -> pl.DataFrame:
        """Return the quads as a Polars DataFrame with the columns of `to_arrow`; QueryError (KG675) where Polars is not installed."""
        return to_polars(self.to_arrow())

    @overload
    def to_rdflib(self, *, graphs: Literal[True] = True) -> rdflib.Dataset: ...
    @overload
    def to_rdflib(self, *, graphs: Literal[False]) -> rdflib.Graph: ...
    def to_rdflib(self, *, graphs: bool = True) -> rdflib.Dataset | rdflib.Graph:
        """Return an rdflib Dataset, or the merge of all graphs as one Graph; literals stay as they are written. All of it is in memory: some kilobytes a quad."""
        import rdflib

        from kg.loading.rdf import add_quads
        from kg.rdf.quads import parse_file

        made = rdflib.Dataset() if graphs else rdflib.Graph()
        for prefix, namespace in self.prefixes.items():
            made.bind(prefix, namespace, override=True, replace=True)
        add_quads(made, parse_file(self.release.graph if self.release else self.path))
        return made

    def to_networkx(self, *, parts: bool = True, evidence: bool = False) -> nx.MultiDiGraph[str]:
        """Return the things and the links between them as a networkx MultiDiGraph; a node is an IRI or `_:label`.

        A node has `label`, `kind` (its class in words), `type` and `types` (IRIs), and `attributes`: its literals by property, each a value of Python or a list. An edge has
        the properties on its way as key, `label` (the property in words) and `path` (their IRIs). Evidence and passages are no nodes unless `evidence`; without `parts`, what one thing
        alone holds (a run, its hardware allocation) is merged into it.
        """
        from kg.analysis import entities

        graph = entities(self._connection, parts=parts, evidence=evidence)
        for node in graph:
            graph.nodes[node]["attributes"] = {}
        for subject, prop, values in self._connection.execute(_LITERALS).fetchall():
            node = subject[1:-1] if subject.startswith("<") else subject
            if node in graph:
                found = [python_value(each["lexical"], each["datatype"]) for each in values]
                name = shortened(prop[1:-1], self.prefixes)
                graph.nodes[node]["attributes"][name] = found[0] if len(found) == 1 else found
        return graph

    @cached_property
    def classes(self) -> tuple[ClassCount, ...]:
        """The classes, the largest first."""
        from kg.analysis.entities import property_names
        from kg.rdf.labels import humanised
        from kg.rdf.machinery import is_machinery

        names = property_names(self._connection)
        rows = self._connection.execute(_CLASSES).fetchall()
        return tuple(
            ClassCount(
                shortened(iri, self.prefixes), iri, names.get(f"<{iri}>") or humanised(iri), count, is_machinery(iri)
            )
            for iri, count in rows
        )

    def __iter__(self) -> Iterator[ClassCount]:
        return iter(self.classes)

    def __len__(self) -> int:
        if self.release:
            return int(self.release.manifest["quads"])
        return int(self._one("SELECT count(*) FROM (SELECT DISTINCT s, p, o, g FROM quads)"))

    def __repr__(self) -> str:
        """Name the graph; what is in it only where it is known without reading."""
        read = self.release is not None or "_connection" in self.__dict__
        return f"kg.load({str(self.path)!r})" + (f"  # {len(self):,} quads" if read else "")

    def _repr_html_(self) -> str:
        """Show in a notebook what is in the graph: counts by class with some things of each, and the prefixes."""
        from kg.loading.html import overview

        return overview(self, self._connection)

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """A database session that holds the relation `quads`."""
        import duckdb

        from kg.rdf.quads import read_quads
        from kg.rdf.relations import no_progress_bar
        from kg.rdf.terms import macros

        con = duckdb.connect()
        no_progress_bar(con)
        con.execute("SET TimeZone = 'UTC'")
        con.execute(macros())
        read_quads(con, [self.release.graph if self.release else self.path])
        return con

    @cached_property
    def _tables(self) -> tuple[Any, ...]:
        from kg.export.tabular.facts import read_facts, read_tables

        read_facts(self._connection)
        return read_tables(self._connection, self.prefixes)

    def _one(self, sql: str) -> Any:
        # To the end: DuckDB takes no other question while a result is unread.
        return self._connection.execute(sql).fetchall()[0][0]


_CLASSES = f"SELECT o[2:-2] AS iri, count(DISTINCT s) FROM quads WHERE p = '<{RDF}type>' AND starts_with(o, '<') GROUP BY iri ORDER BY 2 DESC, 1"
_LITERALS = """SELECT s, p, list({lexical: kg_lexical(o), datatype: kg_datatype(o)} ORDER BY o) FROM (SELECT DISTINCT s, p, o FROM quads WHERE starts_with(o, '"'))
    GROUP BY s, p ORDER BY s, p"""
_QUADS = f"""
WITH once AS (SELECT DISTINCT s, p, o, g FROM quads),
     told AS (SELECT *, CASE WHEN starts_with(o, '<') THEN 'iri' WHEN starts_with(o, '_') THEN 'blank' ELSE 'literal' END AS kind,
       nullif(regexp_extract(o, '^"(?s:.*)"@([a-zA-Z0-9-]+)$', 1), '') AS language FROM once),
     typed AS (SELECT s, p, o, g, kind,
       CASE kind WHEN 'iri' THEN o[2:-2] WHEN 'blank' THEN o[3:] ELSE kg_lexical(o) END AS value,
       CASE WHEN kind <> 'literal' THEN NULL WHEN language IS NOT NULL THEN '{RDF}langString' ELSE coalesce(nullif(kg_datatype(o), ''), '{XSD}string') END AS datatype,
       language FROM told)
SELECT *, CASE WHEN list_contains($numeric::VARCHAR[], datatype) THEN TRY_CAST(value AS DOUBLE) END AS number FROM typed ORDER BY s, p, o, g
"""
