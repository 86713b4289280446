"""Runs of mappings over files: duplicates, joins, rejects, outputs, and the same bytes whatever the threads and the memory."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import duckdb
import pyarrow.parquet
import pyoxigraph as ox
import pytest
import rdflib
import zstandard

from kg.errors import KgError, MappingError
from kg.mapping import Settings, map_files, output_of
from kg.mapping.explain import explained, first_lines, lint
from kg.mapping.parse import parse_mapping
from kg.mapping.run import Summary, opened, told
from tests.unit.mapping.mappings import csv, triples_map, write

E = "http://example.org/"


def run(folder: Path, turtle: str, output: str = "out.nq", **settings: object) -> list[str]:
    """Map and return the lines of the output, sorted."""
    summarised(folder, turtle, output, **settings)
    return sorted((folder / output).read_text(encoding="utf-8").splitlines())


def summarised(folder: Path, turtle: str, output: str = "out.nq", **settings: object) -> Summary:
    rejects = settings.pop("rejects", None)
    assert rejects is None or isinstance(rejects, Path)
    chosen = Settings(base="http://base/", **settings)  # type: ignore[arg-type]
    return map_files(write(folder, turtle), output_of(str(folder / output)), chosen, rejects=rejects)


def explanation(folder: Path, turtle: str) -> str:
    settings = Settings(base="http://base/")
    with opened(parse_mapping(write(folder, turtle), "http://base/"), settings) as opened_run:
        return "\n".join(explained(opened_run))


def name(subject: str, value: str) -> str:
    return f'<{E}{subject}> <{E}p> "{value}" .'


def test_each_quad_is_written_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,x\n1,x\n2,y\n2,z\n", encoding="utf-8")
    assert run(tmp_path, triples_map('rml:reference "n"', source=csv("a.csv"))) == [
        name("1", "x"),
        name("2", "y"),
        name("2", "z"),
    ]


def test_two_maps_that_say_the_same_say_it_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,x\n2,y\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,n\n1,x\n3,z\n", encoding="utf-8")
    maps = triples_map('rml:reference "n"', source=csv("a.csv"), name="A")
    maps += triples_map('rml:reference "n"', source=csv("b.csv"), name="B")
    assert run(tmp_path, maps) == [name("1", "x"), name("2", "y"), name("3", "z")]


def test_keys_are_proven_and_only_the_rest_is_made_distinct(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,org,n\n1,o,x\n2,o,x\n", encoding="utf-8")
    maps = triples_map('rml:reference "n"', source=csv("a.csv"), name="A")
    maps += triples_map(
        'rml:predicate ex:q ; rml:objectMap [ rml:reference "n" ]',
        'rml:predicate ex:r ; rml:objectMap [ rml:template "{org}{n}" ; rml:termType rml:Literal ]',
        source=csv("a.csv"),
        subject='rml:template "http://example.org/org/{org}"',
        name="B",
    )
    told = explanation(tmp_path, maps)
    assert "1 rule over 2 rows, streamed: subjects are unique" in told
    assert "1 rule over 2 rows, streamed: subjects repeat, so columns are made distinct first" in told
    assert "1 rule over 2 rows, through DISTINCT: subjects repeat" in told
    assert len(run(tmp_path, maps)) == 4


def test_a_key_that_repeats_late_is_noticed(tmp_path: Path) -> None:
    lines = [f"{number},x" for number in range(30_000)] + ["7,x"]
    (tmp_path / "a.csv").write_text("id,n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert len(run(tmp_path, triples_map('rml:reference "n"', source=csv("a.csv")))) == 30_000


JOIN = 'rml:parentTriplesMap <#P> ; rml:joinCondition [ rml:child "k" ; rml:parent "k" ]'


@pytest.mark.parametrize(
    ("parents", "how"),
    [("k,x\n1,a\n2,b\n", "a look-up, for its keys are unique"), ("k,x\n1,a\n1,b\n2,b\n,c\n", "an inner join")],
)
def test_joins_find_all_pairs_and_null_finds_none(tmp_path: Path, parents: str, how: str) -> None:
    (tmp_path / "c.csv").write_text("id,k\n1,1\n2,2\n3,3\n4,\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text(parents, encoding="utf-8")
    child = csv("c.csv").replace(" ]", ' ; rml:null "" ]', 1)
    source = '[ rml:source [ a rml:FilePath ; rml:root rml:MappingDirectory ; rml:path "%s" ; rml:null "" ] ; rml:referenceFormulation rml:CSV ]'
    maps = triples_map(JOIN, source=source % "c.csv", name="C")
    maps += triples_map(source=source % "p.csv", subject='rml:template "http://example.org/p/{x}"', name="P")
    assert child
    rows = [line.split(",") for line in parents.splitlines()[1:]]
    expected = sorted(f"<{E}{key}> <{E}p> <{E}p/{x}> ." for key, x in rows if key)
    assert run(tmp_path, maps) == expected
    assert how in explanation(tmp_path, maps)


def test_unfit_rows_are_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,url\n1,http://x/1\n2,no iri\n3,http://x/3\n", encoding="utf-8")
    turtle = triples_map('rml:reference "url" ; rml:termType rml:IRI', source=csv("a.csv"))
    summary = summarised(tmp_path, turtle, rejects=tmp_path / "bad.jsonl")
    assert [(reject.row, reject.reason) for reject in summary.rejects] == [(2, '"no iri" is no IRI')]
    (line,) = (tmp_path / "bad.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert told["source"].endswith("a.csv")
    assert (told["row"], told["reason"]) == (2, '"no iri" is no IRI')
    assert "mapping.rml.ttl, line" in told["rule"]
    assert len((tmp_path / "out.nq").read_text(encoding="utf-8").splitlines()) == 2


def test_strict_runs_write_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,url\n1,http://x/1\n2,no iri\n", encoding="utf-8")
    turtle = triples_map('rml:reference "url" ; rml:termType rml:IRI', source=csv("a.csv"))
    (tmp_path / "out.nq").write_text("older", encoding="utf-8")
    with pytest.raises(MappingError, match=r"row 2: .*no iri.*KG207"):
        summarised(tmp_path, turtle, strict=True)
    assert (tmp_path / "out.nq").read_text(encoding="utf-8") == "older"
    assert not list(tmp_path.glob(".out*")), "nothing is left behind"


@pytest.mark.parametrize(
    ("object_map", "reason"),
    [
        ('rml:reference "v" ; rml:languageMap [ rml:reference "v" ]', '"a b" is no language tag'),
        ('rml:reference "v" ; rml:datatypeMap [ rml:reference "v" ]', '"a b" is no IRI'),
        ('rml:template "http://x/{v}" ; rml:termType rml:UnsafeIRI', '"http://x/a b" is no IRI'),
        ('rml:template "{v}:x" ; rml:termType rml:UnsafeIRI', '"a b:x" is no IRI'),
    ],
)
def test_each_kind_of_unfit_value_has_its_reason(tmp_path: Path, object_map: str, reason: str) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,a b\n", encoding="utf-8")
    summary = summarised(tmp_path, triples_map(object_map, source=csv("a.csv")))
    assert [reject.reason for reject in summary.rejects] == [reason]
    assert (tmp_path / "out.nq").read_text(encoding="utf-8") == ""


def big(folder: Path) -> str:
    chance = random.Random(5)  # noqa: S311 - data, no secret
    rows = "".join(f"{n},Name {n} é\u4e00,{chance.randrange(50)}\n" for n in range(20_000))
    (folder / "a.csv").write_text("id,n,g\n" + rows, encoding="utf-8")
    return triples_map(
        'rml:reference "n"',
        'rml:predicate ex:in ; rml:objectMap [ rml:template "http://example.org/group/{g}" ]',
        source=csv("a.csv"),
    ) + triples_map(
        'rml:reference "g"', source=csv("a.csv"), subject='rml:template "http://example.org/group/{g}"', name="G"
    )


@pytest.mark.parametrize("output", ["out.nq", "out.nt.zst", "out.ttl", "out.parquet"])
def test_sorted_output_has_the_same_bytes_whatever_the_means(tmp_path: Path, output: str) -> None:
    turtle = big(tmp_path)
    seen = set()
    for threads, memory in ((1, None), (2, None), (4, "200MB")):
        summarised(tmp_path, turtle, output, ordered=True, threads=threads, memory=memory)
        seen.add((tmp_path / output).read_bytes())
    assert len(seen) == 1


def test_every_syntax_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,n\n1,"x ""q"" \\ y"\n2,"two\nlines"\n3,é😀\n', encoding="utf-8")
    turtle = triples_map('rml:reference "n"', source=csv("a.csv"))
    expected = {str(quad.triple) for quad in ox.parse("\n".join(run(tmp_path, turtle)), format=ox.RdfFormat.N_QUADS)}
    assert len(expected) == 3
    for suffix in ("nt", "ttl", "trig", "rdf", "jsonld", "n3"):
        summarised(tmp_path, turtle, f"out.{suffix}")
        found = ox.parse(path=str(tmp_path / f"out.{suffix}"))
        assert {str(quad.triple) for quad in found} == expected, suffix
    summarised(tmp_path, turtle, "out.parquet")
    rows = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert {f"{row['s']} {row['p']} {row['o']}" for row in rows} == expected
    for suffix, opened_file in (
        ("nq.gz", gzip.decompress),
        ("nq.zst", zstandard.ZstdDecompressor().decompressobj().decompress),
    ):
        summarised(tmp_path, turtle, f"out.{suffix}")
        lines = opened_file((tmp_path / f"out.{suffix}").read_bytes()).decode("utf-8")
        assert {line.removesuffix(" .") for line in lines.splitlines()} == expected
    summarised(tmp_path, turtle, "out.rj")
    found_json = json.loads((tmp_path / "out.rj").read_text(encoding="utf-8"))
    assert {value["value"] for subject in found_json.values() for value in subject[f"{E}p"]} == {
        'x "q" \\ y',
        "two\nlines",
        "é😀",
    }
    assert len(rdflib.Graph().parse(tmp_path / "out.nt")) == 3


def test_triples_of_several_graphs_are_one_in_a_syntax_without_graphs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n\n1,x\n", encoding="utf-8")
    turtle = triples_map(
        'rml:predicate ex:p ; rml:objectMap [ rml:reference "n" ] ; rml:graph ex:g, ex:h, rml:defaultGraph',
        source=csv("a.csv"),
    )
    assert len(run(tmp_path, turtle)) == 3
    assert run(tmp_path, turtle, "out.nt") == [name("1", "x")]


def test_a_quad_whose_graph_is_missing_is_dropped(tmp_path: Path) -> None:
    """R2RML, section 11.1: a graph map that makes no term makes no quad."""
    (tmp_path / "a.csv").write_text("id,n,g\n1,x,\n2,y,h\n", encoding="utf-8")
    source = '[ rml:source [ a rml:FilePath ; rml:root rml:MappingDirectory ; rml:path "a.csv" ; rml:null "" ] ; rml:referenceFormulation rml:CSV ]'
    turtle = triples_map(
        'rml:predicate ex:p ; rml:objectMap [ rml:reference "n" ] ; rml:graphMap [ rml:template "http://g/{g}" ]',
        source=source,
    )
    assert run(tmp_path, turtle) == [f'<{E}2> <{E}p> "y" <http://g/h> .']
    assert run(tmp_path, turtle, "out.nt") == [name("2", "y")]


@pytest.mark.parametrize(
    ("path", "syntax", "words"),
    [
        ("out", None, "end it in one of"),
        ("-", None, "--format"),
        ("x.zip", None, "end it in"),
        ("x.parquet.gz", None, "Parquet"),
    ],
)
def test_an_output_that_says_no_syntax_is_refused(path: str, syntax: str | None, words: str) -> None:
    with pytest.raises(KgError, match=words):
        output_of(path, syntax)


def test_the_linter_knows_the_data(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n,size,org\n1,x,5,o\n2,y,7,o\n", encoding="utf-8")
    maps = triples_map(
        'rml:reference "n"', 'rml:predicate ex:size ; rml:objectMap [ rml:reference "size" ]', source=csv("a.csv")
    )
    maps += triples_map(
        'rml:reference "n"', source=csv("a.csv"), subject='rml:template "http://example.org/org/{org}"', name="O"
    )
    settings = Settings()
    with opened(parse_mapping(write(tmp_path, maps), "http://base/"), settings) as opened_run:
        found = [f"{advice.what}; {advice.advice}" for advice in lint(opened_run)]
        lines = list(first_lines(opened_run, 1))
    assert any("org repeats" in each for each in found)
    assert any("'size' look like xsd:integer" in each for each in found)
    assert not any("'n' look" in each for each in found)
    assert len(lines) == 3


def test_many_properties_of_a_row_are_written_with_and_without_an_order(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(150)]
    rows = ["id," + ",".join(names)]
    rows += [
        f"{row}," + ",".join("" if (row + n) % 3 == 0 or row == 7 else f"v{row}-{n}" for n in range(150))
        for row in range(20)
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    source = f'[ rml:source [ a rml:FilePath ; rml:path "{tmp_path / "a.csv"}" ; rml:null "" ] ; rml:referenceFormulation rml:CSV ]'
    said = [f'rml:predicate ex:{each} ; rml:objectMap [ rml:reference "{each}" ]' for each in names]
    expected = sorted(
        f'<{E}{row}> <{E}c{n}> "v{row}-{n}" .' for row in range(20) for n in range(150) if (row + n) % 3 and row != 7
    )
    turtle = triples_map(*said, source=source)
    assert run(tmp_path, turtle) == expected
    run(tmp_path, turtle, "sorted.nq", ordered=True)
    assert (tmp_path / "sorted.nq").read_text(encoding="utf-8").splitlines() == expected


def test_memory_does_not_grow_with_the_number_of_properties(tmp_path: Path) -> None:
    value = "v" * 60
    (tmp_path / "a.csv").write_text("id,v\n" + "".join(f"{n},{value}{n}\n" for n in range(2100)), encoding="utf-8")
    said = [f'rml:predicate ex:p{number} ; rml:objectMap [ rml:reference "v" ]' for number in range(800)]
    summarised(tmp_path, triples_map(*said, source=csv("a.csv")), memory="250MB", threads=1)
    with (tmp_path / "out.nq").open("rb") as lines:
        assert sum(1 for _ in lines) == 800 * 2100


def test_a_reference_that_is_not_there_is_told_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("k\n1\n", encoding="utf-8")
    parent = triples_map("rml:constant 1", source=csv("p.csv"), subject='rml:template "http://p/{k}"', name="P")
    first = len((write(tmp_path, "")).read_text(encoding="utf-8").splitlines()) + 1
    for said, line, missing in (
        ('\nrml:termType rml:Literal ;\nrml:reference "nmae"', 2, "a.csv has no column nmae; did you mean name"),
        ('\nrml:template\n"{id} {nmae}" ; rml:termType rml:Literal', 2, "a.csv has no column nmae"),
        (
            'rml:parentTriplesMap <#P> ;\nrml:joinCondition [ rml:child "id" ;\nrml:parent "key" ]',
            2,
            "p.csv has no column key",
        ),
    ):
        with pytest.raises(MappingError) as caught:
            run(tmp_path, triples_map(said, source=csv("a.csv")) + parent)
        assert f"line {first + line} (<#Map>)" in caught.value.where
        assert missing in str(caught.value)


def test_a_field_that_is_not_there_is_told_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    view = f'<#V> a rml:LogicalView ; rml:viewOn {csv("a.csv")} ;\nrml:field [ a rml:ExpressionField ; rml:fieldName "k" ;\nrml:reference "key" ] .\n'
    first = len((write(tmp_path, "")).read_text(encoding="utf-8").splitlines()) + 1
    with pytest.raises(MappingError) as caught:
        run(tmp_path, view + triples_map('rml:reference "k"', source="<#V>", subject='rml:template "http://x/{k}"'))
    assert f"line {first + 2} " in caught.value.where


@pytest.mark.parametrize("said", ['rr:tableName "people"', 'rr:sqlQuery "SELECT * FROM people"'])
def test_tables_of_no_database_ask_for_one(tmp_path: Path, said: str) -> None:
    text = f'@prefix rr: <http://www.w3.org/ns/r2rml#> .\n<#M> rr:logicalTable [ {said} ] ; rr:subjectMap [ rr:template "http://x/{{id}}" ; rr:class <http://x/C> ] .\n'
    (tmp_path / "m.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=r"names no database.*--db URL.*\[KG233\]"):
        map_files(tmp_path / "m.ttl", output_of(str(tmp_path / "o.nt")), Settings())


def test_a_stop_within_a_function_in_python_is_a_stop() -> None:
    def stop(_: str) -> str:
        raise KeyboardInterrupt

    with duckdb.connect() as con:
        text = duckdb.sqltype("VARCHAR")
        con.create_function("stop", stop, [text], text)
        with pytest.raises(KeyboardInterrupt), told():
            con.execute("SELECT stop('x')").fetchall()
        con.remove_function("stop")
