"""`kg map` as a user runs it: what it writes, says and leaves behind."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard

from tests.e2e.conftest import kg
from tests.shared import ROOT

PREFIXES = """@prefix rml: <http://w3id.org/rml/> .
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix ex: <http://example.org/> .
"""
LINES = [
    '<http://example.org/1> <http://example.org/name> "a, \\"b\\"" .',
    '<http://example.org/2> <http://example.org/name> "é葉😀" .',
]
CSV = 'id,name,url\n1,"a, ""b""",http://x/1\n2,é葉😀,no iri\n'
URLS = (
    '; rml:predicateObjectMap [ rml:predicate ex:url ; rml:objectMap [ rml:reference "url" ; rml:termType rml:IRI ] ]'
)


def mapping(source: str = "a.csv", more: str = "", reference: str = "name") -> str:
    return (
        f'{PREFIXES}<#M> rml:logicalSource [ rml:source "{source}" ; rml:referenceFormulation rml:CSV ] ;\n'
        f'  rml:subjectMap [ rml:template "http://example.org/{{id}}" ] ;\n'
        f'  rml:predicateObjectMap [ rml:predicate ex:name ; rml:objectMap [ rml:reference "{reference}" ] ] {more} .\n'
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a table and a mapping of its names."""
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "m.ttl").write_text(mapping(), encoding="utf-8")
    return tmp_path


def run(
    place: Path, *arguments: str, status: int = 0, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    done = kg("map", *arguments, cwd=place, input=stdin)
    assert done.returncode == status, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_data_goes_to_standard_output_and_talk_elsewhere(place: Path) -> None:
    done = run(place, "m.ttl", "--format", "nt", "--sorted")
    assert done.stdout.decode().splitlines() == LINES
    assert done.stderr == b""


def test_rows_that_do_not_fit_are_status_1(place: Path) -> None:
    (place / "m.ttl").write_text(mapping(more=URLS), encoding="utf-8")
    done = run(place, "m.ttl", "-o", "out.nt", "--rejects", "bad.jsonl", status=1)
    assert done.stdout == b""
    assert b'a.csv, row 2: "no iri" is no IRI (m.ttl, line ' in done.stderr
    (reject,) = (place / "bad.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"row": 2, "reason": '"no iri" is no IRI'}.items() <= json.loads(reject).items()
    assert len((place / "out.nt").read_text(encoding="utf-8").splitlines()) == 3


def test_empty_fields_where_numbers_are_wanted_are_told_with_what_to_do(place: Path) -> None:
    (place / "a.csv").write_text("id,name\n1,\n2,7\n", encoding="utf-8")
    number = "; rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "
    number += '"name" ; rml:datatype <http://www.w3.org/2001/XMLSchema#integer> ] ]'
    (place / "m.ttl").write_text(mapping(more=number), encoding="utf-8")
    said = run(place, "m.ttl", "-o", "out.nt", status=1).stderr
    assert b'a.csv, row 1: "" is no xsd:integer' in said
    assert b'`rml:null ""` at the rml:source' in said
    source = '[ a rml:RelativePathSource ; rml:root rml:MappingDirectory ; rml:path "a.csv" ; rml:null "" ]'
    (place / "m.ttl").write_text(mapping(more=number).replace('"a.csv"', source), encoding="utf-8")
    assert run(place, "m.ttl", "-o", "out.nt").stderr == b""
    assert len((place / "out.nt").read_text(encoding="utf-8").splitlines()) == 2


def test_strict_leaves_the_older_file_alone(place: Path) -> None:
    (place / "m.ttl").write_text(mapping(more=URLS), encoding="utf-8")
    (place / "out.nt").write_text("older", encoding="utf-8")
    done = run(place, "m.ttl", "-o", "out.nt", "--strict", status=3)
    assert b"KG207" in done.stderr
    assert (place / "out.nt").read_text(encoding="utf-8") == "older"
    assert names(place) == ["a.csv", "m.ttl", "out.nt"]


@pytest.mark.parametrize(
    "arguments", [("none.ttl",), ("m.ttl", "--colour"), ("m.ttl", "--threads", "0"), ("m.ttl", "--changes", "x.rdfp"), ("m.ttl", "-o", "d/", "--changes", "x.txt")]
)  # fmt: skip
def test_wrong_usage_is_status_2(place: Path, arguments: tuple[str, ...]) -> None:
    run(place, *arguments, status=2)
    assert names(place) == ["a.csv", "m.ttl"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("m.ttl",), "KG251"),
        (("m.ttl", "-o", "x.csv"), "KG251"),
        (("m.ttl", "-o", "x.nt", "--memory", "much"), "KG250"),
        (("m.ttl", "-o", "x.nt", "--db", "foo://x"), "KG230"),
        (("m.ttl", "-o", "a.csv/x.nt"), "KG003"),
        (("m.ttl", "-o", "x.nt", "--rejects", "none/bad.jsonl"), "KG003"),
        (("m.ttl", "-o", "-", "--format", "nt", "--engine", "spark"), "KG261"),
    ],
)
def test_other_faults_are_status_3_and_leave_nothing(place: Path, arguments: tuple[str, ...], code: str) -> None:
    assert code.encode() in run(place, *arguments, status=3).stderr
    assert names(place) == ["a.csv", "m.ttl"]


def test_without_the_extra_spark_is_not_found_but_told(place: Path) -> None:
    """An absent package is shown by one that cannot be imported."""
    code = "import sys; sys.modules['sqlglot'] = None; from kg.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "map", "m.ttl", "-o", "x.nt", "--engine", "spark"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert 'pip install "aimodel-kg[spark]" [KG262]' in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_column_is_told_with_its_line_and_what_may_be_meant(place: Path) -> None:
    (place / "m.ttl").write_text(mapping(reference="nmae"), encoding="utf-8")
    said = run(place, "m.ttl", "-o", "x.nt", status=3).stderr.decode()
    assert "m.ttl, line 6 (<#M>)" in said
    assert "did you mean name? it has the columns id, name, url [KG205]" in said


def test_standard_input_is_a_source(place: Path) -> None:
    (place / "m.ttl").write_text(mapping("-"), encoding="utf-8")
    assert run(place, "m.ttl", "--format", "nt", "--sorted", stdin=CSV.encode()).stdout.decode().splitlines() == LINES


@pytest.mark.parametrize("kind", ["gz", "zst", "glob", "folder"])
def test_sources_may_be_packed_or_many(place: Path, kind: str) -> None:
    head, one, two = CSV.splitlines()
    if kind == "gz":
        (place / "s.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    elif kind == "zst":
        (place / "s.csv.zst").write_bytes(zstandard.ZstdCompressor().compress(CSV.encode()))
    else:
        (place / "s").mkdir()
        for name, row in (("1.csv", one), ("2.csv", two)):
            (place / "s" / name).write_text(f"{head}\n{row}\n", encoding="utf-8")
    source = {"gz": "s.csv.gz", "zst": "s.csv.zst", "glob": "s/*.csv", "folder": "s"}[kind]
    (place / "m.ttl").write_text(mapping(source), encoding="utf-8")
    assert run(place, "m.ttl", "--format", "nt", "--sorted").stdout.decode().splitlines() == LINES


def test_relative_iris_start_with_the_base(place: Path) -> None:
    (place / "m.ttl").write_text(mapping().replace("http://example.org/{id}", "x/{id}"), encoding="utf-8")
    out = run(place, "m.ttl", "--format", "nt", "--base", "https://me.example/").stdout.decode()
    assert {line.split()[0] for line in out.splitlines()} == {"<https://me.example/x/1>", "<https://me.example/x/2>"}


def test_looks_write_no_data(place: Path) -> None:
    assert b"2 rules" not in run(place, "m.ttl", "--explain").stdout
    assert run(place, "m.ttl", "--explain").stdout.decode().startswith("scan a.csv: 1 rule over 2 rows")
    assert sorted(run(place, "m.ttl", "--dry-run").stdout.decode().splitlines()) == LINES
    assert run(place, "m.ttl", "--lint").stdout == b""
    (place / "m.ttl").write_text(mapping(reference="id"), encoding="utf-8")
    assert b"look like xsd:integer" in run(place, "m.ttl", "--lint", status=1).stdout
    assert names(place) == ["a.csv", "m.ttl"]


def big(place: Path, rows: int) -> None:
    (place / "a.csv").write_text(
        "id,name\n" + "".join(f"{n},{n * 7919 % 1000003}\n" for n in range(rows)), encoding="utf-8"
    )


@pytest.mark.parametrize("output", ["out.nt", "out.ttl", "out.parquet", "run/"])
def test_a_full_disk_leaves_what_was_there(place: Path, output: str) -> None:
    big(place, 60_000)
    target = place / output.rstrip("/")
    if output.endswith("/"):
        (place / "b.csv").write_bytes((place / "a.csv").read_bytes())
        more = mapping("b.csv").removeprefix(PREFIXES).replace("<#M>", "<#N>").replace("ex:name", "ex:other")
        (place / "m.ttl").write_text(mapping() + more, encoding="utf-8")
    else:
        target.write_text("older", encoding="utf-8")
    before = names(place)
    # The parts of a run fit, and its graph does not.
    blocks = {"out.parquet": 100, "run/": 420}.get(output, 1000)
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({blocks * 1024},) * 2); from kg.cli import main; main()"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, "map", "m.ttl", "-o", output], cwd=place, env=environment, capture_output=True, check=False, timeout=60
    )  # fmt: skip
    assert done.returncode == 3, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert b"too large" in done.stderr.lower()
    assert names(place) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.slow
def test_a_run_that_is_stopped_leaves_nothing(
    place: Path, tmp_path_factory: pytest.TempPathFactory, number: int
) -> None:
    big(place, 2_000_000)
    scratch = tmp_path_factory.mktemp("scratch")
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from kg.cli import main; main()"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    (place / "out.ttl").write_text("older", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", code, "map", "m.ttl", "-o", "out.ttl"], cwd=place, env=environment, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        while not list(scratch.glob("kg-map-*")) and process.poll() is None:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said.decode()
    assert b"KG001" in said
    assert b"Traceback" not in said
    assert (place / "out.ttl").read_text(encoding="utf-8") == "older"
    assert names(place) == ["a.csv", "m.ttl", "out.ttl"]
    assert not list(scratch.iterdir())


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(place: Path) -> Iterator[str]:
    """Serve the folder on this machine; return the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(place))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_the_network_is_used_only_if_allowed(place: Path, web: str) -> None:
    (place / "m.ttl").write_text(mapping(f"{web}a.csv"), encoding="utf-8")
    said = run(place, "m.ttl", "--format", "nt", status=3).stderr.decode()
    assert "KG222" in said
    assert f"--allow-network {web}" in said
    run(place, "m.ttl", "--format", "nt", "--allow-network", f"{web}other/", status=3)
    done = run(place, "m.ttl", "--format", "nt", "--sorted", "--allow-network", web)
    assert done.stdout.decode().splitlines() == LINES


R2RML = f"""{PREFIXES}<#M> rr:logicalTable [ rr:tableName "t" ] ; rr:subjectMap [ rr:template "http://example.org/{{id}}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:name ; rr:objectMap [ rr:column "name" ] ] ."""


def test_r2rml_reads_the_database_that_is_named(place: Path) -> None:
    con = sqlite3.connect(place / "t.db")
    con.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    con.executemany("INSERT INTO t VALUES (?, ?)", [(1, 'a, "b"'), (2, "é葉😀")])
    con.commit()
    con.close()
    (place / "r.ttl").write_text(R2RML, encoding="utf-8")
    done = run(place, "r.ttl", "--format", "nt", "--sorted", "--db", f"sqlite:///{place}/t.db")
    assert done.stdout.decode().splitlines() == LINES
    (place / "r.ttl").write_text(R2RML.replace('"name"', '"name" ; rr:termType rr:IRI'), encoding="utf-8")
    said = run(place, "r.ttl", "--format", "nt", "--db", f"sqlite:///{place}/t.db", status=1).stderr.decode()
    assert "1 row was set aside" in said


YARRRML = """prefixes:
  ex: http://example.org/
mappings:
  m:
    sources:
      - ['a.csv~csv']
    s: http://example.org/$(id)
    po:
      - [ex:name, $(name)]
"""
OLD = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> . @prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix ex: <http://example.org/> .
<#M> a rr:TriplesMap ; rml:logicalSource [ rml:source "a.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://example.org/{id}" ] ; rr:predicateObjectMap [ rr:predicate ex:name ; rr:objectMap [ rml:reference "name" ] ] .
"""


@pytest.mark.parametrize(("name", "text"), [("m.yml", YARRRML), ("old.ttl", OLD)])
def test_older_and_shorter_languages_say_the_same(place: Path, name: str, text: str) -> None:
    (place / name).write_text(text, encoding="utf-8")
    assert run(place, name, "--format", "nt", "--sorted").stdout.decode().splitlines() == LINES


def test_targets_get_their_quads(place: Path) -> None:
    said = 'rml:reference "name" ; rml:logicalTarget [ rml:target [ a rml:FilePath ; rml:path "t.nt.gz" ] ; rml:compression rml:gzip ]'
    (place / "m.ttl").write_text(mapping().replace('rml:reference "name"', said), encoding="utf-8")
    run(place, "m.ttl", "-o", "out.nq", "--sorted")
    assert gzip.decompress((place / "t.nt.gz").read_bytes()).decode().splitlines() == LINES
    assert (place / "out.nq").read_bytes() == b""


def test_functions_of_users_are_run(place: Path) -> None:
    (place / "f.py").write_text(
        "import pyarrow.compute as pc\nfrom kg.mapping.functions import function\n\n"
        '@function("http://example.org/shout", {"text": "http://example.org/text"})\ndef shout(text):\n    return pc.utf8_upper(text)\n',
        encoding="utf-8",
    )
    call = 'rml:functionExecution [ rml:function ex:shout ; rml:input [ rml:parameter ex:text ; rml:inputValueMap [ rml:reference "name" ] ] ]'
    (place / "m.ttl").write_text(mapping().replace('rml:reference "name"', call), encoding="utf-8")
    run(place, "m.ttl", "--format", "nt", status=3)
    out = run(place, "m.ttl", "--format", "nt", "--sorted", "--functions", "f.py").stdout.decode()
    assert [line.split(" ", 2)[2] for line in out.splitlines()] == ['"A, \\"B\\"" .', '"É葉😀" .']


def test_a_run_goes_on_from_an_older_one(place: Path) -> None:
    run(place, "m.ttl", "-o", "old/")
    (place / "a.csv").write_text("id,name\n2,é葉😀\n3,new\n", encoding="utf-8")
    done = run(place, "m.ttl", "-o", "new/", "--since", "old", "--changes", "c.rdfp")
    assert done.stdout == b""
    assert done.stderr.decode().startswith("1 parts, 0 of them taken over; 1 quads added, 1 removed")
    run(place, "m.ttl", "-o", "full/")
    assert (place / "new/graph.nq.zst").read_bytes() == (place / "full/graph.nq.zst").read_bytes()
    assert (place / "c.rdfp").read_text(encoding="utf-8").splitlines() == [
        "TX .", f"D {LINES[0]}", 'A <http://example.org/3> <http://example.org/name> "new" .', "TC .",
    ]  # fmt: skip


def test_the_output_is_read_by_others(place: Path) -> None:
    for suffix in ("nq", "ttl", "trig", "rdf", "jsonld"):
        run(place, "m.ttl", "-o", f"out.{suffix}")
        assert {str(quad.triple) + " ." for quad in ox.parse(path=str(place / f"out.{suffix}"))} == set(LINES)
