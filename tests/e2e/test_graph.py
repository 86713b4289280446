"""`kg graph` from the command line, on a release of the seeds."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click import UsageError
from click.testing import CliRunner, Result

from kg.cli import group
from kg.errors import KgError
from tests.e2e.conftest import kg

QUESTIONS = (
    ("shared",),
    ("shared", "Synapse-70B", "Flamingo-XL-v2"),
    ("central",),
    ("chain", "Synapse-70B", "Cosmos-1-70B"),
    ("communities",),
    ("around", "LAION-5B", "--depth", "2"),
)


def ask(*arguments: str | Path) -> Result:
    """Ask within this process: that spares the start of one for each question."""
    return CliRunner().invoke(group, ["graph", *map(str, arguments)], standalone_mode=False)


named = pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)


@named
def test_rows_are_the_same_in_csv_and_json(release: Path, question: tuple[str, ...]) -> None:
    rows = json.loads(ask(release, *question, "--format", "json").stdout)
    table = list(csv.DictReader(io.StringIO(ask(release, *question, "--format", "csv").stdout)))
    assert len(rows) == len(table) > 1
    assert list(rows[0]) == list(table[0])
    assert all("iri" in name or value for row in table for name, value in row.items())


@named
def test_a_picture_is_written_by_the_suffix(release: Path, tmp_path: Path, question: tuple[str, ...]) -> None:
    done = ask(release, *question, "-o", tmp_path / "a.svg")
    assert (done.return_value, done.output) == (0, "")
    root = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314
    assert [node.tag.rpartition("}")[2] for node in root][:2] == ["title", "desc"]
    assert ask(release, *question, "-o", tmp_path / "a.png").return_value == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("question", ["communities", "central"])
def test_a_question_has_one_answer_whatever_the_hash_seed(release: Path, question: str) -> None:
    pictures = [
        kg("graph", release, question, "--format", "svg", env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")
    ]
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith(b"<?xml")


def test_a_release_and_its_turtle_have_the_same_things(release: Path) -> None:
    answers = [ask(target, "shared", "--format", "json").stdout for target in (release, release / "graph.ttl")]
    assert answers[0] == answers[1] != "[]\n"


def test_what_is_known_of_the_seeds_is_found(release: Path) -> None:
    done = ask(release, "shared", "Synapse-70B", "Flamingo-XL-v2", "--format", "json")
    assert {row["shared"] for row in json.loads(done.stdout)} == {"NVIDIA A100 80GB", "CLIP ViT-L/14"}
    rows = json.loads(ask(release, "central", "--class", "accelerator", "--by", "use", "--format", "json").stdout)
    assert (rows[0]["thing"], rows[0]["use"]) == ("NVIDIA A100 80GB", 3)
    chain = ask(release, "chain", "Sphinx-Max-70B", "Cosmos-1-70B", "--without", "Country").stdout
    assert "Singapore" not in chain
    assert chain.startswith("Sphinx-Max-70B —")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("chain Synapse-70B", "is about 2 things, and 1 are named"),
        ("shared Synapse-70B", "is about 0 or 2 things"),
        ("nothing", "is not one of"),
        ("around Synaps-70B", "did you mean Synapse-70B"),
        ("around MMMU --parts --without Nothing", "KG672"),
        ("central --class Nothing", "KG672"),
        ("chain Synapse-70B Sphinx-Max-70B --without Dataset --without Accelerator --without Country", "KG673"),
        ("central -o nowhere/a.svg", "KG511"),
    ],
)
def test_what_cannot_be_answered_is_told(release: Path, arguments: str, message: str) -> None:
    done = ask(release, *arguments.split())
    assert isinstance(done.exception, KgError | UsageError)
    assert message in str(done.exception)
    assert done.stdout == ""


def test_a_name_of_several_things_ends_with_their_addresses(release: Path) -> None:
    done = kg("graph", release, "around", "CLIP ViT-L/14")
    assert (done.returncode, done.stdout) == (3, b"")
    assert "3 things have this name: https://kg.example/id/component/" in done.stderr.decode()


def test_a_missing_library_for_png_is_told_and_nothing_is_written(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    done = ask(release, "shared", "-o", tmp_path / "a.png")
    assert isinstance(done.exception, KgError)
    assert done.exception.code == "KG674"
    assert not (tmp_path / "a.png").exists()


def test_labels_drive_no_terminal_and_no_browser(tmp_path: Path) -> None:
    file = tmp_path / "evil.ttl"
    name = "<script>x</script>\\u001b[31m"
    file.write_text(
        f"@prefix kg: <https://kg.example/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f'<urn:a> a kg:Model ; rdfs:label "{name}" ; kg:evaluatedOn <urn:b> . <urn:b> a kg:Benchmark ; rdfs:label "B" .',
        encoding="utf-8",
    )
    assert "\x1b" not in ask(file, "around", "urn:b").stdout
    svg = ask(file, "around", "urn:b", "--format", "svg").stdout
    assert "<script" not in svg
    assert "\x1b" not in svg
    assert "&lt;script" in svg
