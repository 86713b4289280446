"""`kg diff` from the command line: what people, programs and other stores make of it."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.rdf.quads import parse_file
from tests.e2e.conftest import kg
from tests.shared import ROOT

_EX = "http://x/"
OLD = """
@prefix x: <http://x/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
x:falcon a x:Model ; rdfs:label "Falcon" ; x:parameters 40 ; x:trainedOn x:c4, x:pile ; x:size [ x:value 1 ; x:unit "GB" ] ; x:ratio 1.0 .
x:c4 a x:Dataset ; rdfs:label "C4" .
x:pile a x:Dataset ; rdfs:label "The <Pile>" .
x:opt a x:Model ; rdfs:label "OPT" .
"""
NEW = """
@prefix x: <http://x/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
x:falcon rdfs:label "Falcon" ; a x:Model ; x:parameters 41 ; x:trainedOn x:c4, x:web ; x:size [ x:unit "GB" ; x:value 2 ] ; x:ratio 1.00 .
x:c4 a x:Dataset ; rdfs:label "C4" .
x:pile a x:Dataset ; rdfs:label "The <Pile>" .
x:web a x:Dataset ; rdfs:label "RefinedWeb<script>alert(1)</script>\\u001B[31m" .
"""
TEXT = """\
Things: 1 new, 1 changed, 1 gone. Statements: 8 added, 8 removed.

Dataset
  + RefinedWeb<script>alert(1)</script>�[31m  <http://x/web>
      + rdf:type: <http://x/Dataset>
      + rdfs:label: "RefinedWeb<script>alert(1)</script>�[31m"

Model
  ~ Falcon  <http://x/falcon>
      ~ parameters: 40 → 41
      ~ ratio: 1.0 → 1.00
      ~ size: [unit: "GB"; value: 1] → [unit: "GB"; value: 2]
      - trainedOn: The <Pile> (<http://x/pile>)
      + trainedOn: RefinedWeb<script>alert(1)</script>�[31m (<http://x/web>)
  - OPT  <http://x/opt>
      - rdf:type: <http://x/Model>
      - rdfs:label: "OPT"
"""


@pytest.fixture
def graphs(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "old.ttl").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.ttl").write_text(NEW, encoding="utf-8")
    return tmp_path / "old.ttl", tmp_path / "new.ttl"


def test_text_tells_what_has_changed_in_the_world(graphs: tuple[Path, Path]) -> None:
    done = kg("diff", *graphs)
    assert (done.returncode, done.stderr.decode()) == (1, "")
    assert done.stdout.decode() == TEXT


def test_equal_graphs_say_nothing_and_end_with_0(graphs: tuple[Path, Path], tmp_path: Path) -> None:
    old, _ = graphs
    copy = tmp_path / "copy.nq.gz"
    lines = [f"{quad} .\n" for quad in parse_file(old)]
    with gzip.open(copy, "wt", encoding="utf-8") as stream:
        stream.writelines(line.replace("_:b0", "_:other") for line in reversed(lines))
    done = kg("diff", old, copy)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("nowhere", "nowhere"), 3, "KG404"),
        (("old.ttl", "bad.ttl"), 3, "KG151"),
        (("old.ttl",), 2, "Missing argument"),
        (("old.ttl", "new.ttl", "-o", "no/such/folder/x.html"), 3, "KG511"),
    ],
)
def test_errors_end_with_their_status(
    arguments: tuple[str, ...], status: int, message: str, graphs: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "bad.ttl").write_text("<x> <y>")
    done = kg("diff", *arguments, cwd=tmp_path)
    assert done.returncode == status
    assert message in done.stderr.decode()
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("name", "start"), [("x.rdfp", "TX ."), ("x.ru", "DELETE"), ("x.json", "{"), ("x.txt", "Things")]
)
def test_the_suffix_names_the_format(name: str, start: str, graphs: tuple[Path, Path], tmp_path: Path) -> None:
    assert kg("diff", *graphs, "-o", tmp_path / name).returncode == 1
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_an_update_makes_the_new_graph_in_a_store(graphs: tuple[Path, Path]) -> None:
    done = kg("diff", *graphs, "--format", "update")
    store = ox.Store()
    store.extend(parse_file(graphs[0]))
    store.update(done.stdout.decode())
    found, wanted = ox.Dataset(store), ox.Dataset(parse_file(graphs[1]))
    for dataset in (found, wanted):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    # The store holds the values of numbers, and not how they are written.
    assert {str(quad).replace('"1.00"', '"1"') for quad in wanted} == set(map(str, found))


def test_json_tells_counts_and_values(graphs: tuple[Path, Path]) -> None:
    found = json.loads(kg("diff", *graphs, "--format", "json").stdout)
    assert (found["new"], found["changed"], found["gone"]) == (1, 1, 1)
    assert found["quads"] == {"removed": 8, "added": 8}
    (falcon,) = [thing for group in found["groups"] for thing in group["things"] if thing["name"]["label"] == "Falcon"]
    changes = {change["property"]["iri"]: change for change in falcon["changes"]}
    assert changes[_EX + "parameters"]["replaced"] is True
    assert changes[_EX + "parameters"]["new"][0]["term"] == '"41"^^<http://www.w3.org/2001/XMLSchema#integer>'


def test_the_page_is_whole_and_lets_nothing_in(graphs: tuple[Path, Path], tmp_path: Path) -> None:
    kg("diff", *graphs, "-o", tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page.replace("&#39;", "'")
    assert "<script" not in page
    assert "RefinedWeb&lt;script&gt;" in page
    assert re.findall(r"<(h\d)>", page) == ["h1", "h2", "h3", "h2", "h3", "h3"]
    assert re.findall("<(del|ins)>", page) == [*["ins"] * 2, *["del", "ins"] * 4, *["del"] * 2]


def test_limit_counts_what_it_leaves_out(graphs: tuple[Path, Path]) -> None:
    done = kg("diff", *graphs, "--limit", "1").stdout.decode()
    assert "Things: 1 new, 1 changed, 1 gone." in done
    assert "2 more things have changed (--limit 0 tells all)" in done
    assert kg("diff", *graphs, "--limit", "0").stdout.decode() == TEXT


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of the seeds, of which one says something else."""
    folder = tmp_path_factory.mktemp("other")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    (passage,) = folder.glob("seeds/002_*.txt")
    passage.write_text(passage.read_text(encoding="utf-8").replace("35 billion", "36 billion"), encoding="utf-8")
    assert kg("build", folder / "seeds", "-o", folder / "build", "-q").returncode == 0
    return folder / "build"


def test_evidence_does_not_drown_what_has_changed(release: Path, other: Path) -> None:
    done = kg("diff", release, other)
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "~ parameter count: 35000000000 → 36000000000" in text
    assert "evidence (" in text
    assert "verbatim" not in text
    everything = kg("diff", release, other, "--all").stdout.decode()
    assert "verbatim" in everything
    assert "--all" not in everything


def test_a_statement_in_another_graph_is_no_change_of_the_world(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text("<x:a> <x:p> <x:b> <x:g> .\n")
    (tmp_path / "b.nq").write_text("<x:a> <x:p> <x:b> <x:h> .\n")
    done = kg("diff", tmp_path / "a.nq", tmp_path / "b.nq")
    assert done.returncode == 1
    assert done.stdout.decode() == (
        "Statements: 1 added, 1 removed.\n"
        "Not told, but among these (--all tells it): statements in other graphs than before (1 added, 1 removed).\n"
    )
    by_graph = kg("diff", tmp_path / "a.nq", tmp_path / "b.nq", "--all", "--by", "graph").stdout.decode()
    assert by_graph.splitlines()[1:] == [
        "",
        "g",
        "  ~ <x:a>",
        "      - p: <x:b>",
        "",
        "h",
        "  ~ <x:a>",
        "      + p: <x:b>",
    ]


def test_the_same_graphs_give_the_same_bytes(release: Path, other: Path) -> None:
    for format_ in ("text", "html", "json", "patch", "update"):
        one, two = (
            kg("diff", release, other, "--format", format_, env={"PYTHONHASHSEED": seed}).stdout for seed in "12"
        )
        assert one
        assert one == two


@pytest.mark.slow
def test_poison_ends_with_an_error(tmp_path: Path) -> None:
    clique = "".join(f"_:k{one} <x:p> _:k{two} .\n" for one in range(10) for two in range(10) if one != two)
    (tmp_path / "a.nt").write_text(clique)
    assert kg("diff", tmp_path / "a.nt", tmp_path / "a.nt").returncode == 0
    (tmp_path / "b.nt").write_text(clique.replace("_:k", "_:j"))
    done = kg("diff", tmp_path / "a.nt", tmp_path / "b.nt")
    assert done.returncode == 3
    assert "KG660" in done.stderr.decode()
