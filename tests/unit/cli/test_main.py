"""What all commands share: help at once, errors in one message, and the exit status that scripts rely on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

import kg.targets
from kg import __version__
from kg.cli import COMMANDS, main
from kg.errors import QueryError
from tests.shared import ROOT
from tests.unit.cli.running import Runner, python

HEAVY = (
    "duckdb",
    "ibis",
    "rdflib",
    "pyoxigraph",
    "pyshacl",
    "networkx",
    "pandas",
    "pyarrow",
    "rich",
    "zstandard",
    "numpy",
    "kg.pipeline",
    "kg.targets",
)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["-h"], ["--version"], *([command, "--help"] for command in COMMANDS), ["nonsense"], []],
    ids=" ".join,
)
def test_help_waits_for_no_library(arguments: list[str]) -> None:
    program = f"""
import sys
from kg.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
print("LOADED", *(name for name in {HEAVY!r} if name in sys.modules))
"""
    done = python(program)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().splitlines()[-1] == "LOADED"


def test_help_lists_every_command_with_a_line(kg: Runner) -> None:
    done = kg("--help")
    assert (done.status, done.err) == (0, "")
    for name, (_, line) in COMMANDS.items():
        assert any(text.split()[:1] == [name] and line[:30] in text for text in done.out.splitlines()), name
    assert kg("-h").out == done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_begins_with_what_the_list_says_of_it(kg: Runner, command: str) -> None:
    done = kg(command, "--help")
    assert done.status == 0
    assert f"Usage: kg {command}" in done.out
    assert "Example" in done.out
    assert "\x08" not in done.out
    assert "\\b" not in done.out


def test_the_commands_are_the_files() -> None:
    files = {path.stem for path in (ROOT / "kg" / "cli").glob("*.py")} - {"__init__", "options", "talk"}
    assert files == set(COMMANDS)
    assert list(COMMANDS) == sorted(COMMANDS)


def test_the_version_is_told(kg: Runner) -> None:
    done = kg("--version")
    assert (done.status, done.out, done.err) == (0, f"kg {__version__}\n", "")


@pytest.mark.parametrize(
    ("name", "near"), [("bild", "build"), ("exprot", "export"), ("validat", "validate"), ("BUILD", None), ("xyz", None)]
)
def test_an_unknown_command_brings_the_nearest(kg: Runner, name: str, near: str | None) -> None:
    done = kg(name, "seeds")
    assert (done.status, done.out) == (2, "")
    assert f"There is no command {name!r}." in done.err
    assert (f"Did you mean {near!r}?" in done.err) == (near is not None)


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ["--none"],
            ["build"],
            ["build", "seeds"],
            ["build", "-o", "x"],
            ["build", "seeds", "-o", "x", "--threads", "-1"],
        ),
        *(
            ["build", "seeds", "-o", "x", "--fail-on", "odd"],
            ["build", "seeds", "-o", "x", "--turtle-limit", "many"],
            ["extract"],
            ["explain", "x"],
        ),
        *(
            ["export"],
            ["export", "x", "--format", "odd"],
            ["export", "x"],
            ["stats"],
            ["stats", "x", "y"],
            ["validate"],
            ["validate", "x", "--engine", "odd"],
        ),
        *(
            ["query"],
            ["query", "x"],
            ["query", "x", "ASK {}", "--named", "1"],
            ["query", "x", "ASK {}", "-f", "q.rq"],
            ["query", "--named", "1"],
        ),
        *(["query", "--list", "--format", "csv"], ["query", "x", "ASK {}", "--format", "odd"]),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_tells_the_right_one(kg: Runner, arguments: list[str]) -> None:
    done = kg(*arguments)
    assert (done.status, done.out) == (2, "")
    assert "Usage: kg" in done.err
    assert "Error: " in done.err


def test_no_command_shows_the_help(kg: Runner) -> None:
    done = kg()
    assert done.status == 2
    assert "Commands:" in done.err + done.out


@pytest.mark.parametrize(
    "base",
    [
        "http://x.example/",
        "https://data.example.org/id/",
        "https://x.example/ns#",
        "urn:x:/",
        "https://x.example/é/",
        "http://[::1]:80/",
        "tag:a,2024:x/",
    ],
)
def test_a_base_is_an_absolute_iri_that_ends_in_a_slash_or_hash(
    kg: Runner, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    seen = []

    def build(sources: object, target: object, settings: object, progress: object) -> None:
        seen.append(getattr(settings, "base", None))
        raise QueryError("KG000", "enough")

    monkeypatch.setattr("kg.pipeline.build", build)
    assert kg("build", "seeds", "-o", "x", "--base", base).status == 3
    assert seen == [base]


@pytest.mark.parametrize(
    "base",
    [
        "",
        "x",
        "/",
        "#",
        "x/",
        "http://x.example",
        "http://x.example/?q=/",
        "http://x.example/#a#",
        "ht tp://x/",
        "http://x y/",
        "http://x/<>#",
        "x y#",
        "http://x/%zz/",
        "://x/",
        "http://x/\ue000/",
        "http://x/{/",
    ],
)
def test_another_base_is_wrong_usage(kg: Runner, base: str) -> None:
    done = kg("build", "seeds", "-o", "x", "--base", base)
    assert done.status == 2
    assert "it must be an absolute IRI that ends in / or #, such as https://data.example.org/id/" in " ".join(
        done.err.split()
    )


def test_a_setting_may_come_from_the_environment(kg: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_BUILD_BASE", "nonsense")
    assert "it must be an absolute IRI" in " ".join(kg("build", "seeds", "-o", "x").err.split())


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def stats(target: str) -> None:
        raise error

    monkeypatch.setattr(kg.targets, "stats", stats)


def test_an_error_of_ours_is_one_message_and_3(kg: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, QueryError("KG507", "nothing is called 'x'", where="a.ttl", advice="give another"))
    done = kg("stats", "x")
    assert (done.status, done.out, done.err) == (3, "", "kg: a.ttl: nothing is called 'x'; give another [KG507]\n")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(28, "No space left on device", "out.csv"), "kg: out.csv: no space left on device [KG003]\n"),
        (OSError(5, "Input/output error"), "kg: input or output: input/output error [KG003]\n"),
        (PermissionError(13, "Permission denied", "/root/x"), "kg: /root/x: permission denied [KG003]\n"),
        (MemoryError(), "kg: the memory of this machine is used up; give less at a time [KG002]\n"),
        (
            click.Abort(),
            "kg: stopped before the end; nothing was written, and what was there before is unchanged [KG001]\n",
        ),
    ],
)
def test_what_the_system_refuses_is_one_message_and_3(
    kg: Runner, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    failing(monkeypatch, error)
    done = kg("stats", "x")
    assert (done.status, done.out, done.err) == (3, "", message)


def test_an_interrupt_is_one_message_and_3(kg: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    done = kg("stats", "x")
    assert (done.status, done.out) == (3, "")
    assert (
        done.err.strip()
        == "kg: stopped before the end; nothing was written, and what was there before is unchanged [KG001]"
    )


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError())
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ZeroDivisionError):
        main(["stats", "x"])
    signal.signal(signal.SIGTERM, before)


def test_no_message_drives_the_terminal(kg: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(
        monkeypatch,
        QueryError("KG512", "the endpoint says \x1b[2J\x9b0m\x07\u202e\tboo\r\nnext line", where="\x1b]0;title\x07"),
    )
    error = kg("stats", "x").err
    assert all(character.isprintable() or character == "\n" for character in error)
    assert "boo \nnext line" in error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_command_with_one_message(number: signal.Signals) -> None:
    program = "import kg.targets, time\ndef stats(target):\n    print('running', flush=True)\n    time.sleep(30)\nkg.targets.stats = stats\nfrom kg.cli import main\nmain(['stats', 'x'])\n"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 3
    assert "kg: stopped before the end" in err
    assert "Traceback" not in err


_MUCH = """
import kg.targets
kg.targets.stats = lambda target: [("group", "x" * 1000, 1)] * 20000
kg.targets.query = lambda target, text, format_: b"x" * 20_000_000
from kg.cli import main
main({arguments!r})
"""


@pytest.mark.parametrize(
    "arguments", [["stats", "x"], ["stats", "x", "--format", "csv"], ["query", "x", "ASK {}"]], ids=" ".join
)
def test_a_reader_that_has_seen_enough_is_no_error(arguments: list[str]) -> None:
    """As `kg … | head -1` does: status 0 and not a word, since 1 means findings."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", _MUCH.format(arguments=arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(100)
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=30) == 0
    assert err == b""


def test_an_export_into_a_pipe_that_closes_is_no_error(graph: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    program = f"from kg.cli import main\nmain(['export', {str(graph)!r}, '--format', 'nq'])"
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=30) == 0
    assert err == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize("arguments", [["stats", "x"], ["query", "x", "ASK {}"]], ids=" ".join)
def test_a_full_disk_at_standard_output_is_told(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = python(_MUCH.format(arguments=arguments), full)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"no space left on device [KG003]" in done.stderr
    assert done.returncode in (3, 120)


def test_help_feels_instant() -> None:
    best = 10.0
    for _ in range(3):
        start = time.perf_counter()
        assert python("from kg.cli import main\nmain(['--help'])").returncode == 0
        best = min(best, time.perf_counter() - start)
    assert best < 1.5
