"""The commands: what they print, where, and with which status."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.cli.options import place, printable
from kg.cli.talk import Talk
from kg.model import Finding, Severity
from kg.query import questions
from kg.settings import DEFAULT_BASE, Settings
from tests.unit.cli.running import Runner

PASSAGE = "<model>Orion-7B</model> has <params>7 billion parameters</params>.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.txt").write_text(PASSAGE, encoding="utf-8")
    return tmp_path


# extract


def test_extract_prints_facts_as_lines_and_findings_apart(kg: Runner, folder: Path) -> None:
    (folder / "torn.txt").write_bytes(b"\xff\x1b[31m")
    done = kg("extract", "p.txt", "torn.txt")
    assert done.status == 0
    facts = [json.loads(line) for line in done.out.splitlines()]
    found = {fact["property"]: fact for fact in facts}
    assert found["name"]["value"] == "Orion-7B"
    assert (found["parameterCount"]["value"], found["parameterCount"]["slot"]) == (7_000_000_000, "params")
    for fact in facts:
        assert fact["source"] == "p.txt"
        assert PASSAGE[fact["start"] : fact["end"]] == fact["text"]
    assert "violation: torn.txt: Byte 0 (line 1, 0xFF) is not UTF-8" in done.err
    assert "[invalid-utf8]" in done.err


def test_extract_is_silent_in_a_pipe(kg: Runner, folder: Path) -> None:
    assert all(
        line.startswith(("info: ", "warning: ", "violation: ")) for line in kg("extract", "p.txt").err.splitlines()
    )


# build


class Built:
    """A build that was made by nobody."""

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        self.folder = Path("out")
        self.passages, self.facts, self.quads = 1, 2_345, 67_890
        self.counts = {"Model": 1, "Dataset": 3, "TextSpan": 99}
        self.report = self
        self.findings = findings

    def exit_status(self, fail_on: Severity) -> int:
        return int(any(finding.severity.rank >= fail_on.rank for finding in self.findings))


WRONG = Finding("utilization-above-1", Severity.VIOLATION, "It is \x1b[31mtoo much.", "p.txt", 3, 9)
ODD = Finding("batch-not-integer", Severity.INFO, "It is odd.", "p.txt")


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Put in place of the pipeline what remembers how it was called; `built` is what it returns."""
    state: dict[str, Any] = {"built": Built()}

    def call(sources: Any, target: Any, settings: Any, progress: Any) -> Built:
        state["called"] = (sources, target, settings)
        built = state["built"]
        assert isinstance(built, Built)
        return built

    monkeypatch.setattr("kg.pipeline.build", call)
    return state


def test_build_hands_its_settings_on(kg: Runner, build: dict[str, Any]) -> None:
    assert kg("build", "a.txt", "-", "b", "-o", "out").status == 0
    assert build["called"] == (("a.txt", "-", "b"), Path("out"), Settings())
    kg("build", "a", "--output", "out", "--base", "https://x.example/", "--turtle-limit", "5", "--threads", "2")
    assert build["called"] == (("a",), Path("out"), Settings("https://x.example/", 5, 2))


def test_build_tells_what_was_made_on_standard_error(kg: Runner, build: dict[str, Any]) -> None:
    build["built"] = Built((WRONG, ODD))
    done = kg("build", "a", "-o", "out")
    assert done.out == ""
    assert done.err.splitlines() == [
        "Read 1 passage: 2,345 facts.",
        "Wrote 67,890 quads to out: 1 Model, 3 Dataset.",
        "Found 1 violation, 0 warnings, 1 note; see out/report.html.",
        "  ✗ p.txt, characters 3-9: It is \ufffd[31mtoo much.",
        "Next: kg query out --list, or kg explain out NAME.",
    ]
    assert kg("build", "a", "-o", "out", "-q").err == ""


def test_build_tells_some_violations_and_how_many_more_there_are(kg: Runner, build: dict[str, Any]) -> None:
    build["built"] = Built((WRONG,) * 25)
    lines = kg("build", "a", "-o", "out").err.splitlines()
    assert sum(line.startswith("  ✗ ") for line in lines) == 10
    assert "  and 15 violations more." in lines


@pytest.mark.parametrize(
    ("findings", "fail_on", "status"),
    [
        ((WRONG,), "never", 0),
        ((WRONG,), "violation", 1),
        ((WRONG,), "info", 1),
        ((ODD,), "violation", 0),
        ((ODD,), "warning", 0),
        ((ODD,), "info", 1),
        ((), "info", 0),
    ],
)
def test_build_fails_on_findings_only_if_told_to(
    kg: Runner, build: dict[str, Any], findings: tuple[Finding, ...], fail_on: str, status: int
) -> None:
    build["built"] = Built(findings)
    assert kg("build", "a", "-o", "out", "--fail-on", fail_on).status == status


# query


def test_query_lists_the_named_questions(kg: Runner) -> None:
    done = kg("query", "--list")
    assert done.status == 0
    assert len(done.out.splitlines()) == len(questions())
    assert done.out.startswith(f" 1  {questions()[0].name} ")
    assert [each["name"] for each in json.loads(kg("query", "--list", "--format", "json").out)] == [
        each.name for each in questions()
    ]


def test_query_answers_a_text_a_file_standard_input_and_a_named_question(
    kg: Runner, graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "SELECT ?n { ?m kg:parameterCount ?n ; a kg:Model }"
    expected = kg("query", graph, text)
    assert (expected.status, expected.err) == (0, "")
    assert "7000000000" in expected.out
    (tmp_path / "q.rq").write_text(text)
    assert kg("query", graph, "-f", tmp_path / "q.rq") == expected
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert kg("query", graph, "-f", "-") == expected
    assert "Orion-7B" in kg("query", graph, "--named", "durations").out
    assert kg("query", graph, "--named", "19").out == kg("query", graph, "--named", "durations").out


def test_query_writes_formats_and_files(kg: Runner, graph: Path, tmp_path: Path) -> None:
    text = "SELECT ?f { ?p kg:fileName ?f } ORDER BY ?f"
    assert list(csv.reader(io.StringIO(kg("query", graph, text, "--format", "csv").out))) == [
        ["f"],
        ["one.txt"],
        ["three.txt"],
        ["two.txt"],
    ]
    done = kg("query", graph, text, "--format", "json", "-o", tmp_path / "a.json")
    assert (done.status, done.out) == (0, "")
    assert len(json.loads((tmp_path / "a.json").read_text())["results"]["bindings"]) == 3
    assert "@prefix kg:" in kg("query", graph, "CONSTRUCT WHERE { ?p kg:fileName ?f }").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["SELECT"], "KG503"),
        (["SELECT * { SERVICE <http://x/> {} }"], "KG502"),
        (["ASK {}", "--format", "ttl"], "KG505"),
        (["--named", "nonsense"], "KG506"),
        (["--named", ""], "KG506"),
        (["-f", "none.rq"], "KG510"),
        (["-f", "."], "KG510"),
        (["ASK {}", "-o", "none/a.json"], "KG511"),
    ],
)
def test_query_tells_what_is_wrong(kg: Runner, graph: Path, arguments: list[str], code: str) -> None:
    done = kg("query", graph, *arguments)
    assert (done.status, done.out) == (3, "")
    assert f"[{code}]" in done.err
    assert "Traceback" not in done.err


def test_query_tells_where_a_query_is_none(kg: Runner, graph: Path) -> None:
    done = kg("query", graph, "SELECT * {\n ?s none:x ?o }")
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith(
        "kg: query, line 2, column 5: the query is not SPARQL: the prefix none: is not declared; "
    )
    done = kg("query", graph, "DELETE WHERE { ?s ?p ?o }")
    assert (done.status, done.out) == (3, "")
    assert "DELETE begins an update" in done.err
    assert "POST" not in done.err


@pytest.mark.parametrize("target", ["none", "none.ttl"])
@pytest.mark.parametrize(
    "command",
    [["query", "ASK {}"], ["explain", "x"], ["stats"], ["export", "--format", "ttl"], ["validate"]],
    ids=lambda command: command[0],
)
def test_a_target_that_is_not_there_is_told(kg: Runner, command: list[str], target: str) -> None:
    name, *more = command
    done = kg(name, target, *more)
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith(f"kg: {target}: there is no such release")
    assert "[KG404]" in done.err


def test_a_query_from_a_file_in_another_encoding_is_told(kg: Runner, graph: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"# \xff\nASK {}")
    assert "[KG510]" in kg("query", graph, "-f", tmp_path / "q.rq").err


# explain, stats, export


def test_explain_prints_text_or_json(kg: Runner, graph: Path) -> None:
    text = kg("explain", graph, "Orion-7B")
    assert (text.status, text.err) == (0, "")
    assert text.out.startswith(f"Orion-7B\n{DEFAULT_BASE}model/one.orion-7b\n")
    found = json.loads(kg("explain", graph, "Orion-7B", "--format", "json").out)
    assert set(found) == {"iri", "label", "entries", "not_stated"}
    assert len(found["entries"]) > 5


def test_stats_prints_a_table_csv_or_json(kg: Runner, graph: Path) -> None:
    table = kg("stats", graph)
    assert (table.status, table.err) == (0, "")
    assert table.out.startswith("graph\n  quads ")
    rows = list(csv.reader(io.StringIO(kg("stats", graph, "--format", "csv").out)))
    found = json.loads(kg("stats", graph, "--format", "json").out)
    assert rows[0] == ["group", "name", "count"]
    assert [[row["group"], row["name"], str(row["count"])] for row in found] == rows[1:]
    assert ["class", "kg:Model", "3"] in rows


def test_export_writes_to_files_and_to_standard_output(kg: Runner, graph: Path, tmp_path: Path) -> None:
    assert kg("export", graph, "-o", tmp_path / "a.nq").out == ""
    assert (tmp_path / "a.nq").read_bytes() == graph.read_bytes()
    assert kg("export", graph, "--format", "nq").out == graph.read_text(encoding="utf-8")
    assert kg("export", graph, "-o", tmp_path / "noname", "--format", "ttl").status == 0
    assert (tmp_path / "noname").read_text(encoding="utf-8").startswith("@prefix ")


def test_export_tells_what_is_wrong(kg: Runner, graph: Path, tmp_path: Path) -> None:
    assert "[KG509]" in kg("export", graph, "-o", tmp_path / "a.docx").err
    assert "[KG511]" in kg("export", graph, "-o", tmp_path / "none" / "a.ttl").err
    (tmp_path / "torn.ttl").write_text("<s> <p>")
    assert "[KG151]" in kg("export", tmp_path / "torn.ttl", "--format", "nt").err
    assert list(tmp_path.iterdir()) == [tmp_path / "torn.ttl"]


# validate


def test_validate_prints_a_report_and_its_status(kg: Runner, graph: Path, tmp_path: Path) -> None:
    done = kg("validate", graph, "--format", "json", "--fail-on", "info")
    assert done.status == 1
    assert json.loads(done.out)
    assert kg("validate", graph, "-o", tmp_path / "r.txt").out == ""
    assert (tmp_path / "r.txt").read_text(encoding="utf-8")
    shapes = tmp_path / "none.ttl"
    assert "[KG301]" in kg("validate", graph, "--shapes", shapes).err


# what they share


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (WRONG, "p.txt, characters 3-9"),
        (replace(WRONG, start=0), "p.txt, characters 0-9"),
        (ODD, "p.txt"),
        (replace(ODD, source=None, entity="https://x/a"), "https://x/a"),
        (replace(ODD, source=None), "graph"),
    ],
)
def test_a_finding_has_a_place(finding: Finding, expected: str) -> None:
    assert place(finding) == expected


def test_what_is_printed_drives_no_terminal() -> None:
    assert printable("a\x1b[1m\x00\x9b é葉\U0001f600\tb\u00a0c\r\nd") == "a\ufffd[1m\ufffd\ufffd é葉\U0001f600 b c \nd"


def test_progress_is_shown_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Talk() as talk:
        talk.progress("read", 1, 5)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Talk() as talk:
        talk.progress("read", 0, 0)
        talk.progress("extract", 1, 5)
    assert capsys.readouterr().out == ""
