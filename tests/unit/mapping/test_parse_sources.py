"""Logical sources: files, tables, databases, endpoints and things, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.addresses import parse_database
from kg.mapping.rules import Database, Dialect, Endpoint, File, Formulation, LogicalSource
from tests.unit.mapping.parsing import FIRST_LINE, PREFIXES, fault, parsed, rules, triples_map

MORE = (
    PREFIXES
    + """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix void: <http://rdfs.org/ns/void#> . @prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix td: <https://www.w3.org/2019/wot/td#> . @prefix hctl: <https://www.w3.org/2019/wot/hypermedia#> .
"""
)


def source(folder: Path, described: str) -> LogicalSource:
    """Return the source that a node describes."""
    (rule,) = rules(folder, triples_map('rml:reference "a"', source=f"[ {described} ]"), MORE)
    assert isinstance(rule.source, LogicalSource)
    return rule.source


def file(folder: Path, described: str) -> File:
    """Return the file of a source."""
    access = source(folder, described).access
    assert isinstance(access, File)
    return access


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ('rml:source "data/a.csv"', "{folder}/data/a.csv"),
        ('rml:source "./a.csv"', "{folder}/a.csv"),
        ('rml:source "/abs/a.csv"', "/abs/a.csv"),
        ('rml:source "file:///abs/a%20b.csv"', "/abs/a b.csv"),
        ('rml:source "http://x/a.csv"', "http://x/a.csv"),
        ('rml:source "*.csv"', "{folder}/*.csv"),
        ('rml:source "-" ; rml:referenceFormulation rml:CSV', "-"),
        ("rml:source <http://x/a.csv>", "http://x/a.csv"),
        ("rml:source <file:///abs/a.csv>", "/abs/a.csv"),
        ('rml:source [ a rml:FilePath ; rml:path "a.csv" ]', "a.csv"),
        ('rml:source [ rml:root rml:CurrentWorkingDirectory ; rml:path "./a.csv" ]', "a.csv"),
        ('rml:source [ rml:root rml:MappingDirectory ; rml:path "./a.csv" ]', "{folder}/a.csv"),
        ('rml:source [ a rml:RelativePathSource ; rml:root "/root" ; rml:path "a.csv" ]', "/root/a.csv"),
        ('rml:source [ rml:root "under" ; rml:path "a.csv" ]', "{folder}/under/a.csv"),
        ('rml:source [ rml:root <file:///root> ; rml:path "a.csv" ]', "/root/a.csv"),
        ('rml:source [ rml:root rml:MappingDirectory ; rml:path "/abs/a.csv" ]', "/abs/a.csv"),
        ('rml:source [ csvw:url "data/a.csv" ]', "{folder}/data/a.csv"),
        ('rml:source [ csvw:url "http://x/a.csv"^^xsd:anyURI ]', "http://x/a.csv"),
        ("rml:source [ dcat:downloadURL <http://x/a.csv> ]", "http://x/a.csv"),
        ("rml:source [ dcat:accessURL <http://x/a.csv> ]", "http://x/a.csv"),
        ("rml:source [ void:dataDump <file:///abs/a.csv> ]", "/abs/a.csv"),
        (
            'rml:source [ a td:Thing ; td:hasPropertyAffordance [ td:hasForm [ hctl:hasTarget "http://x/a.csv" ] ] ]',
            "http://x/a.csv",
        ),
    ],
)
def test_a_file_is_found(tmp_path: Path, described: str, expected: str) -> None:
    assert file(tmp_path, described) == File(expected.format(folder=tmp_path))


@pytest.mark.parametrize(
    ("described", "formulation", "iterator"),
    [
        ('rml:source "a.csv" ; rml:referenceFormulation rml:CSV', Formulation.CSV, ""),
        ('rml:source "a.txt" ; rml:referenceFormulation rml:CSVW ; rml:iterator "row"', Formulation.CSV, ""),
        ('rml:source "a.csv.gz"', Formulation.CSV, ""),
        ('rml:source "a.TSV"', Formulation.CSV, ""),
        ('rml:source "a.json"', Formulation.JSON, "$"),
        ('rml:source "a.jsonl.zst"', Formulation.JSON, "$"),
        ('rml:source "a" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$.a[*]"', Formulation.JSON, "$.a[*]"),
        ('rml:source "a.xml"', Formulation.XML, "/"),
        ('rml:source "a.tar.gz" ; rml:referenceFormulation rml:XPath ; rml:iterator "//x"', Formulation.XML, "//x"),
        ('rml:source "a.parquet"', Formulation.PARQUET, ""),
        ('rml:source "a.parquet" ; rml:referenceFormulation rml:CSV', Formulation.PARQUET, ""),
        ('rml:source "a.xlsx" ; rml:referenceFormulation rml:CSV ; rml:iterator "Sheet 2"', Formulation.SHEET, "Sheet 2"),
        ('rml:source "a.ods"', Formulation.SHEET, ""),
        ('rml:source "a.nt" ; rml:referenceFormulation formats:SPARQL_Results_CSV ; rml:iterator "SELECT"', Formulation.SPARQL_CSV, "SELECT"),
        ('rml:source "a.nt" ; rml:referenceFormulation formats:SPARQL_Results_JSON ; rml:query "SELECT"', Formulation.SPARQL_JSON, "SELECT"),
    ],
)  # fmt: skip
def test_a_file_has_a_formulation_and_an_iterator(
    tmp_path: Path, described: str, formulation: Formulation, iterator: str
) -> None:
    found = source(tmp_path, described)
    assert (found.formulation, found.iterator) == (formulation, iterator)


def test_an_xpath_may_have_prefixes(tmp_path: Path) -> None:
    namespaces = " , ".join(f'[ rml:namespacePrefix "{p}" ; rml:namespaceURL "http://{p}/" ]' for p in ("b", "a"))
    described = f'rml:source "a.xml" ; rml:referenceFormulation [ a rml:XPathReferenceFormulation ; rml:namespace {namespaces} ]'
    found = source(tmp_path, described)
    assert found.formulation is Formulation.XML
    assert found.namespaces == (("a", "http://a/"), ("b", "http://b/"))


def test_what_a_source_says_of_its_content(tmp_path: Path) -> None:
    path = 'rml:source [ rml:path "a.csv" ; {} ]'
    assert file(tmp_path, path.format("rml:encoding rml:UTF-16")).encoding == "utf-16"
    assert file(tmp_path, path.format('rml:encoding "latin-1"')).encoding == "iso8859-1"
    for name in ("gzip", "zip", "targz", "tarxz", "zstd"):
        assert file(tmp_path, path.format(f"rml:compression rml:{name}")).compression == name
    assert file(tmp_path, path.format("rml:compression rml:targzip")).compression == "targz"
    assert file(tmp_path, path.format("rml:compression rml:none")).compression == ""
    assert source(tmp_path, path.format('rml:null "NULL" , ""')).nulls == ("", "NULL")


def test_the_properties_of_a_source_come_before_those_of_csvw(tmp_path: Path) -> None:
    table = 'rml:source [ csvw:url "a.csv" ; rml:encoding rml:UTF-8 ; rml:null "x" ; csvw:null "y" ; csvw:dialect [ csvw:encoding "UTF-16" ] ]'
    found = source(tmp_path, table)
    assert isinstance(found.access, File)
    assert found.access.encoding == "utf-8"
    assert found.nulls == ("x", "y")


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ("", Dialect()),
        ('csvw:delimiter ";"', Dialect(delimiter=";")),
        ('csvw:quoteChar "\'" ; csvw:doubleQuote false', Dialect(quote="'", double_quote=False)),
        ('csvw:quoteChar ""', Dialect(quote="")),
        ('csvw:commentPrefix "#" ; csvw:skipRows 2 ; csvw:trim true', Dialect(comment="#", skip_rows=2, trim=True)),
        ("csvw:header false", Dialect(header=False, columns=("one", "two"))),
        ('csvw:header "0"^^xsd:boolean', Dialect(header=False, columns=("one", "two"))),
        ("csvw:headerRowCount 0", Dialect(header=False, columns=("one", "two"))),
        ("csvw:headerRowCount 1 ; csvw:skipBlankRows true", Dialect()),
    ],
)
def test_a_table_has_a_dialect(tmp_path: Path, described: str, expected: Dialect) -> None:
    schema = 'csvw:tableSchema [ csvw:column ( [ csvw:name "one" ] [ csvw:titles "two" ] ) ]'
    assert (
        file(tmp_path, f'rml:source [ csvw:url "a.csv" ; {schema} ; csvw:dialect [ {described} ] ]').dialect == expected
    )


def test_a_suffix_tells_a_tab_unless_something_else_does(tmp_path: Path) -> None:
    assert file(tmp_path, 'rml:source "a.tsv.gz"').dialect == Dialect(delimiter="\t")
    assert file(tmp_path, 'rml:source [ csvw:url "a.tsv" ]').dialect == Dialect(delimiter="\t")
    table = 'rml:source [ csvw:url "a.tsv" ; csvw:dialect [ csvw:delimiter "," ] ]'
    assert file(tmp_path, table).dialect == Dialect()


DATABASE = 'rml:source [ d2rq:jdbcDSN "jdbc:postgresql://h/d" ; d2rq:username "u" ; d2rq:password "p" ]'


@pytest.mark.parametrize(
    ("described", "formulation", "iterator"),
    [
        ('rml:referenceFormulation rml:SQL2008Table ; rml:iterator "t"', Formulation.TABLE, "t"),
        ('rml:referenceFormulation rml:SQLTable ; rml:iterator "\\"T\\""', Formulation.TABLE, '"T"'),
        ('rml:referenceFormulation rml:SQL2008Query ; rml:iterator "SELECT 1"', Formulation.QUERY, "SELECT 1"),
        ('rml:iterator "SELECT 1"', Formulation.QUERY, "SELECT 1"),
        ('rml:tableName "t"', Formulation.TABLE, "t"),
        ('rml:query "SELECT 1" ; rml:referenceFormulation rml:CSV', Formulation.QUERY, "SELECT 1"),
    ],
)
def test_a_database_has_tables_and_queries(
    tmp_path: Path, described: str, formulation: Formulation, iterator: str
) -> None:
    database = Database("postgresql://h/d", "u", "p")
    assert source(tmp_path, f"{DATABASE} ; {described}") == LogicalSource(formulation, database, iterator)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jdbc:duckdb:", Database()),
        ("duckdb:", Database()),
        ("jdbc:duckdb:a.db", Database("duckdb:////folder/a.db")),
        ("jdbc:sqlite:a.db", Database("sqlite:////folder/a.db")),
        ("sqlite:///a.db", Database("sqlite:////folder/a.db")),
        ("sqlite:////abs/a.db", Database("sqlite:////abs/a.db")),
        ("jdbc:sqlite:/abs/a.db", Database("sqlite:////abs/a.db")),
        ("jdbc:postgresql://h:5433/d", Database("postgresql://h:5433/d")),
        ("jdbc:postgresql:d", Database("postgresql://localhost/d")),
        ("jdbc:postgresql://h/d?user=u&password=p%26q&ssl=true", Database("postgresql://h/d", "u", "p&q")),
        ("jdbc:mysql://h/d?useSSL=false", Database("mysql://h/d")),
        ("jdbc:mariadb://h/d", Database("mysql://h/d")),
        ("postgres://u:p%40w@h/d?sslmode=require", Database("postgresql://h/d?sslmode=require", "u", "p@w")),
        ("mysql+pymysql://u@h/d", Database("mysql://h/d", "u")),
        ("postgresql://[::1]:5/d", Database("postgresql://[::1]:5/d")),
    ],
)
def test_names_of_databases(name: str, expected: Database) -> None:
    assert parse_database(name, Path("/folder")) == expected


def test_an_account_that_is_given_apart_comes_first() -> None:
    found = parse_database("mysql://u:p@h/d", Path(), "other", "word")
    assert found == Database("mysql://h/d", "other", "word")
    assert "word" not in repr(found)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("jdbc:sqlserver://h;databaseName=d", "databases of the kind 'sqlserver' are not supported"),
        ("jdbc:oracle:thin:@h:1521:d", "databases of the kind 'oracle' are not supported"),
        ("somewhere", "'somewhere' is no name of a database"),
        ("mysql://h", "the name of the database is missing"),
        ("mysql://h:port/d", "the address of the database is wrong"),
        ("jdbc:sqlite:", "the path of the database is missing"),
    ],
)
def test_a_database_that_cannot_be_had_is_told(tmp_path: Path, name: str, what: str) -> None:
    found = fault(
        tmp_path,
        triples_map('rml:reference "a"', source=f'[ rml:source [\n d2rq:jdbcDSN "{name}" ] ; rml:iterator "t" ]'),
    )
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 1} (<#Map>): {what}")
    assert found.endswith(
        "supported are PostgreSQL, MySQL, MariaDB, SQLite and DuckDB, as in jdbc:postgresql://host/name [KG210]"
    )


@pytest.mark.parametrize(
    ("described", "formulation"),
    [
        ("rml:referenceFormulation formats:SPARQL_Results_CSV", Formulation.SPARQL_CSV),
        ("rml:referenceFormulation formats:SPARQL_Results_XML", Formulation.SPARQL_XML),
        ("rml:referenceFormulation rml:JSONPath", Formulation.SPARQL_JSON),
        ("rml:referenceFormulation rml:CSV", Formulation.SPARQL_CSV),
    ],
)
def test_an_endpoint_has_a_query(tmp_path: Path, described: str, formulation: Formulation) -> None:
    service = "rml:source [ a sd:Service ; sd:endpoint <http://x/sparql> ]"
    found = source(tmp_path, f'{service} ; {described} ; rml:iterator "SELECT *"')
    assert found == LogicalSource(formulation, Endpoint("http://x/sparql"), "SELECT *")


def test_r2rml_takes_the_database_that_is_given(tmp_path: Path) -> None:
    text = triples_map('rml:reference "a"', source='[ rml:tableName "t" ]')
    database = Database("sqlite:////a.db")
    (given,) = parsed(tmp_path, text, database=database).statements
    assert given.source == LogicalSource(Formulation.TABLE, database, "t")
    (session,) = parsed(tmp_path, text).statements
    assert session.source == LogicalSource(Formulation.TABLE, Database(), "t")


@pytest.mark.parametrize(
    ("described", "line", "what", "advice"),
    [
        ("", 0, "the source is missing", "add rml:source"),
        ('rml:source "a.csv" ,\n "b.csv"', 1, "rml:source is given 2 times", "give it once"),
        ("rml:source [ rdf:value 1 ]", 0, "this kind of source is not supported", "use a file (rml:FilePath, csvw:Table)"),
        ("rml:source [ a rml:FilePath ]", 0, "the path of the file is missing", "add rml:path"),
        ("rml:source [ a csvw:Table ]", 0, "the URL of the table is missing", "add csvw:url"),
        ("rml:source [ a d2rq:Database ]", 0, "the name of the database is missing", "add d2rq:jdbcDSN"),
        ("rml:source [ csvw:url [] ]", 0, "the URL of the table is a blank node", "give a text"),
        ("rml:source [ sd:endpoint [] ]", 0, "the address of the endpoint is no IRI", "give one"),
        ("rml:source [ dcat:downloadURL <http://a> , <http://b> ]", 0, "the source has not exactly one address", "give one IRI"),
        ('rml:source [ rml:path "a.csv" ;\n rml:root [] ]', 1, "the root is no folder", "rml:MappingDirectory"),
        ("rml:source [ a sd:Service ]", 0, "the address of the endpoint is missing", "add sd:endpoint"),
        ("rml:source [ a td:Thing ]", 0, "the thing has no address", "hctl:hasTarget"),
        ('rml:source [ a td:Thing ; td:hasForm [ hctl:hasTarget "kafka://h/t" ] ]', 0, "streams such as kafka are not supported", "begins with http"),
        ("rml:source <#Sorce>", 0, "the mapping does not describe the source <#Sorce>", "correct its name"),
        ('rml:source "a.dat"', 0, "the reference formulation is missing", "add rml:referenceFormulation rml:CSV"),
        ('rml:source "a" ;\n rml:referenceFormulation rml:JsonPath', 1, "there is no reference formulation rml:JsonPath", "did you mean rml:JSONPath"),
        ('rml:source "a" ;\n rml:referenceFormulation []', 1, "there is no reference formulation without a name", "known are: rml:CSV"),
        ('rml:source "a" ;\n rml:referenceFormulation rml:SQL2008Table', 1, "a file has no such reference formulation", "use rml:CSV, rml:JSONPath, rml:XPath"),
        (f"{DATABASE} ;\n rml:referenceFormulation rml:JSONPath", 1, "a database has no such reference formulation", "use rml:SQL2008Table, rml:SQL2008Query"),
        ("rml:source [ sd:endpoint <http://x> ] ;\n rml:referenceFormulation rml:SQL2008Query", 1, "a SPARQL endpoint has no such", "use formats:SPARQL_Results_CSV"),
        (DATABASE, 0, "the source does not say which query", "name it with rml:iterator"),
        (f"{DATABASE} ; rml:referenceFormulation rml:SQL2008Table", 0, "the source does not say which table", "rml:iterator"),
        (f'{DATABASE} ; rml:tableName "t" ;\n rml:query "q"', 1, "are given together", "give one of them"),
        ('rml:source [ sd:endpoint <http://x> ] ; rml:referenceFormulation rml:JSONPath ; rml:query "q" ;\n rml:iterator "$"', 1, "an iterator over the results of a query is not supported", "SPARQL_Results_CSV"),
        ('rml:tableName "t" ;\n rml:sqlVersion rml:SQL1979', 1, "http://w3id.org/rml/SQL1979 is no known SQL version", "known are: SQL2008, Oracle"),
        ('rml:source [ rml:path "a.csv" ;\n rml:encoding "utf-9" ]', 1, "there is no encoding 'utf-9'", "use rml:UTF-8"),
        ('rml:source [ rml:path "a.csv" ;\n rml:compression rml:gzipped ]', 1, "there is no compression 'gzipped'", "did you mean gzip"),
        ('rml:source [ rml:path "a.csv" ;\n rml:null ex:none ]', 1, "rml:null is no text", "write it in quotes"),
        ('rml:source [ rml:path "a.csv" ;\n rml:root rml:MappingDir ]', 1, "there is no root rml:MappingDir", "did you mean MappingDirectory"),
        ('rml:source [ csvw:url "a.csv" ; csvw:dialect [\n csvw:delimeter ";" ] ]', 1, "a dialect has no csvw:delimeter", "did you mean delimiter"),
        ('rml:source [ csvw:url "a.csv" ; csvw:dialect [\n csvw:delimiter ";;" ] ]', 1, "csvw:delimiter is ';;', which is not one character", "give one"),
        ('rml:source [ csvw:url "a.csv" ; csvw:dialect [\n csvw:trim "start" ] ]', 1, "csvw:trim is 'start'", "only true and false are supported"),
        ('rml:source [ csvw:url "a.csv" ; csvw:dialect [\n csvw:skipRows "x" ] ]', 1, "csvw:skipRows is no number of rows", "a whole number"),
        ('rml:source [ csvw:url "a.csv" ; csvw:dialect [\n csvw:headerRowCount 2 ] ]', 1, "csvw:headerRowCount over 1 is not supported", "use csvw:skipRows"),
        ('rml:source [ csvw:url "a.csv" ; csvw:dialect [\n csvw:skipInitialSpace true ] ]', 1, "csvw:skipInitialSpace is not supported", "use csvw:trim"),
        ('rml:source [ csvw:url "a.csv" ; csvw:tableSchema [ csvw:column [\n csvw:name "a" ; csvw:datatype xsd:date ] ] ]', 1, "datatypes of a table's columns are not supported", "with rml:datatype"),
        ('rml:source "a.xml" ; rml:referenceFormulation [ a rml:XPathReferenceFormulation ; rml:namespace [\n rml:namespacePrefix "a" ] ]', 1, "a namespace needs a prefix and a URL", "rml:namespaceURL"),
    ],
)  # fmt: skip
def test_a_fault_of_a_source_is_told_with_its_line(
    tmp_path: Path, described: str, line: int, what: str, advice: str
) -> None:
    found = fault(tmp_path, triples_map('rml:reference "a"', source=f"[ {described} ]"), prefixes=MORE)
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2 + line} (<#Map>): ")
    assert what in found
    assert advice in found
