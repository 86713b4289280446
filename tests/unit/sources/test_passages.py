"""Reading passages: character for character, whatever stands beside them, and in whatever order they are named."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model import Finding, Passage, Severity
from kg.sources import Reading, read_passages
from kg.sources.passages import TABLE_SUFFIXES

Files = dict[str, bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Files], Path]:
    def make(files: Files) -> Path:
        for name, data in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path

    return make


def named(reading: Reading) -> dict[str, str]:
    return {passage.name: passage.text for passage in reading.passages}


def told(reading: Reading) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.severity.value, Path(finding.source or "").name) for finding in reading.findings]


def only(reading: Reading) -> Finding:
    (finding,) = reading.findings
    return finding


@pytest.mark.parametrize(
    "data",
    [
        b"plain",
        b"two\r\nlines\r\n\rand a half",
        "葉篤正 é e\u0301 \U0001f600\U0001f468\u200d\U0001f469".encode(),
        b"\xef\xbb\xbfmarked",
        b" \t padded \n\n",
        "\x01\x0b\x0c\x1b[31m\x7f\u2028\x85".encode(),
        b"<model>X</model> & <b>",
    ],
)
def test_a_file_is_read_character_for_character(folder: Callable[[Files], Path], data: bytes) -> None:
    """Offsets count in the text as it stands in the file, so that nothing may be mended in it."""
    path = folder({"a.txt": data}) / "a.txt"
    reading = read_passages([str(path)])
    assert reading.passages == (Passage(str(path), "a", data.decode("utf-8"), hashlib.sha256(data).hexdigest()),)
    assert reading.passages[0].text.encode("utf-8") == data
    assert reading.findings == ()


def test_a_folder_is_read_with_all_that_is_in_it_but_notes_and_hidden_files(folder: Callable[[Files], Path]) -> None:
    root = folder(
        {
            "a.txt": b"A",
            "B.MD": b"B",
            "deep/er/c.txt": b"C",
            "d.jsonl": b'{"id": "d1", "text": "D"}\n',
            "README.md": b"no",
            "deep/readme.txt": b"no",
            "LICENSE.txt": b"no",
            "Changelog.md": b"no",
            ".hidden.txt": b"no",
            ".git/e.txt": b"no",
            "deep/.cache/f.txt": b"no",
            "g.csv": b"no",
            "h.pdf": b"no",
            "i": b"no",
        }
    )
    (root / "folder.txt").mkdir()
    assert named(read_passages([str(root)])) == {"a": "A", "B": "B", "c": "C", "d1": "D"}


def test_notes_and_files_of_any_suffix_are_read_where_they_are_named(folder: Callable[[Files], Path]) -> None:
    root = folder({"README.md": b"A", ".hidden": b"B", "notes": b"C", "d.text": b"D"})
    sources = [str(root / name) for name in ("README.md", ".hidden", "notes", "d.text")]
    assert named(read_passages(sources)) == {"README": "A", ".hidden": "B", "notes": "C", "d": "D"}


def test_a_hidden_folder_may_be_named_itself(folder: Callable[[Files], Path]) -> None:
    assert named(read_passages([str(folder({".data/a.txt": b"A"}) / ".data")])) == {"a": "A"}


def test_standard_input_is_one_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO("é\r\n".encode())

    monkeypatch.setattr(sys, "stdin", Input())
    assert read_passages(["-", "-"]).passages == (
        Passage("-", "stdin", "é\r\n", hashlib.sha256("é\r\n".encode()).hexdigest()),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with subprocess.Popen([sys.executable, "-c", f"open({str(pipe)!r}, 'w').write('piped')"]):
        assert named(read_passages([str(pipe)])) == {"pipe": "piped"}


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_a_table_is_sent_to_the_command_for_tables(folder: Callable[[Files], Path], suffix: str) -> None:
    path = folder({f"a{suffix.upper()}": b"a,b"}) / f"a{suffix.upper()}"
    with pytest.raises(SourceError, match=r"this is a table, not a passage; .*kg map.*\[KG103\]"):
        read_passages([str(path)])


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([], r"^no source is named; .*\[KG101\]$"),
        (["none.txt"], r"^none\.txt: no such file or folder; check .*\[KG101\]$"),
        ([""], r"holds no passages|no such file"),
        (["a\0b"], r"no such file or folder"),
        (["empty"], r"^empty: this folder holds no passages; passages are .*\[KG102\]$"),
    ],
)
def test_a_source_that_is_none_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "README.md").write_text("nothing to read")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=message):
        read_passages(sources)


def test_every_source_that_is_none_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").touch()
    (tmp_path / "good.txt").write_text("good")
    with pytest.raises(SourceError) as caught:
        read_passages(["one.txt", "good.txt", "t.csv", "two.txt"])
    message = str(caught.value)
    assert message.startswith("3 sources cannot be read:")
    assert all(
        part in message
        for part in ("\n  one.txt: no such file", "\n  t.csv: this is a table", "\n  two.txt: no such file")
    )
    assert "good.txt" not in message


@pytest.mark.parametrize(
    ("data", "code", "severity", "words"),
    [
        (b"", "empty-passage", Severity.WARNING, ("empty",)),
        (b" \r\n\t\xc2\xa0\n", "empty-passage", Severity.WARNING, ("empty",)),
        (b"ab\0c", "binary", Severity.VIOLATION, ("byte 2 is NUL",)),
        (b"\x89PNG\r\n\x1a\n\0\0", "binary", Severity.VIOLATION, ("byte 8 is NUL",)),
        (b"ok\nna\xefve\n", "invalid-utf8", Severity.VIOLATION, ("Byte 5 ", "line 2", "0xEF", "iconv")),
        (b"\xff\xfea", "invalid-utf8", Severity.VIOLATION, ("Byte 0 ", "line 1", "0xFF")),
        (b"\xed\xa0\x80", "invalid-utf8", Severity.VIOLATION, ("0xED",)),
        (b"cut \xf0\x9f\x98", "invalid-utf8", Severity.VIOLATION, ("Byte 4 ", "0xF0")),
    ],
)
def test_a_file_that_is_no_text_is_a_finding_and_the_others_are_read(
    folder: Callable[[Files], Path], data: bytes, code: str, severity: Severity, words: tuple[str, ...]
) -> None:
    root = folder({"bad.txt": data, "good.txt": b"good"})
    reading = read_passages([str(root)])
    assert named(reading) == {"good": "good"}
    finding = only(reading)
    assert (finding.code, finding.severity, finding.source) == (code, severity, str(root / "bad.txt"))
    assert all(word in finding.message for word in words), finding.message


def test_nothing_but_what_is_no_text_is_an_error_that_tells_all(folder: Callable[[Files], Path]) -> None:
    root = folder({"a.txt": b"\0"})
    with pytest.raises(SourceError, match=r"a\.txt: This is no text: byte 0 is NUL; give a UTF-8 text file \[KG104\]"):
        read_passages([str(root / "a.txt")])
    folder({"b.txt": b""})
    with pytest.raises(
        SourceError,
        match=r"(?s)no passage could be read:\n .*a\.txt: This is no text.*\n .*b\.txt: The passage is empty.*\[KG104\]",
    ):
        read_passages([str(root)])


def test_a_file_that_cannot_be_opened_is_a_finding(
    folder: Callable[[Files], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder({"bad.txt": b"secret", "good.txt": b"good"})
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "bad.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    reading = read_passages([str(root)])
    assert named(reading) == {"good": "good"}
    assert told(reading) == [("unreadable", "violation", "bad.txt")]
    assert "Permission denied" in only(reading).message


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_file_name_that_is_no_utf_8_does_not_stop_the_build(tmp_path: Path) -> None:
    """Python holds it with lone surrogates, which no file of a release could be written with."""
    path = os.path.join(os.fsencode(tmp_path), b"b\xff.txt")  # noqa: PTH118 - a name in bytes
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"text")
    (passage,) = read_passages([str(tmp_path)]).passages
    assert passage.text == "text"
    assert (passage.name, Path(passage.source).name) == ("b\ufffd", "b\ufffd.txt")


def lines(*records: object) -> bytes:
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records).encode()


def test_each_line_of_json_is_a_passage(folder: Callable[[Files], Path]) -> None:
    text = 'é 葉 \U0001f600 "q"\r\n<model>X</model>'
    path = folder({"p.jsonl": lines({"id": "one", "text": text, "more": [1]}, {"text": "zwei", "id": 2})}) / "p.jsonl"
    reading = read_passages([str(path)])
    assert reading.findings == ()
    assert reading.passages == (
        Passage(f"{path}#2", "2", "zwei", hashlib.sha256(b"zwei").hexdigest()),
        Passage(f"{path}#one", "one", text, hashlib.sha256(text.encode()).hexdigest()),
    )
    assert [passage.file for passage in reading.passages] == ["p.jsonl#2", "p.jsonl#one"]


@pytest.mark.parametrize(
    "record",
    [
        {"text": "x"},
        {"id": None, "text": "x"},
        {"id": "", "text": "x"},
        {"id": " ", "text": "x"},
        {"id": [1], "text": "x"},
        {"id": 1.5, "text": "x"},
    ],
)
def test_a_record_without_an_id_is_called_by_its_line(
    folder: Callable[[Files], Path], record: dict[str, object]
) -> None:
    path = folder({"p.ndjson": b"\n\n" + lines(record)}) / "p.ndjson"
    (passage,) = read_passages([str(path)]).passages
    assert (passage.source, passage.name) == (f"{path}#3", "3")


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b'\xef\xbb\xbf{"text": "a"}\n', 1),
        (b'{"text": "a"}\r\n{"text": "b"}\r\n', 2),
        (b'\n \t\n{"text": "a"}\n\n', 1),
        (b'{"text": "a"}\n{"text": "b"}', 2),
        (b'{"text": "a\\u2028\\u0085b"}', 1),
        ('{"text": "a\u2028\x85b"}\n'.encode(), 1),
    ],
)
def test_lines_of_json_come_as_systems_write_them(folder: Callable[[Files], Path], data: bytes, count: int) -> None:
    reading = read_passages([str(folder({"p.jsonl": data}) / "p.jsonl")])
    assert len(reading.passages) == count
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (b'{"text": "a"', "bad-record", "no JSON: Expecting ',' delimiter at column 13"),
        (b"not json", "bad-record", "no JSON"),
        (b'{"text": "a"} {"text": "b"}', "bad-record", "no JSON: Extra data"),
        (b'{"id": "x"}', "bad-record", 'needs a "text"'),
        (b'{"text": 5}', "bad-record", 'needs a "text"'),
        (b'{"text": null}', "bad-record", 'needs a "text"'),
        (b'["text"]', "bad-record", 'needs a "text"'),
        (b"null", "bad-record", 'needs a "text"'),
        (b'{"text": ""}', "empty-passage", "empty"),
        (b'{"text": "a\\u0000b"}', "binary", "NUL"),
        (b'{"text": "a\xff"}', "invalid-utf8", "not UTF-8"),
        (b'{"text": "\\ud800"}', "bad-record", "surrogate"),
        (b'{"id": "\\udfff", "text": "a"}', "bad-record", "surrogate"),
        (b"[" * 100_000, "bad-record", "too deep a nesting"),
        (b'{"text": "a", "n": ' + b"1" * 5000 + b"}", "bad-record", "too long a number"),
    ],
)
def test_a_line_that_is_no_record_is_a_finding_at_that_line(
    folder: Callable[[Files], Path], line: bytes, code: str, words: str
) -> None:
    path = (
        folder({"p.jsonl": b'{"id": "good", "text": "good"}\n' + line + b'\n{"id": "also", "text": "also"}\n'})
        / "p.jsonl"
    )
    reading = read_passages([str(path)])
    assert set(named(reading)) == {"good", "also"}
    finding = only(reading)
    assert finding.code == code
    assert words in finding.message
    # What is wrong with a text is told of the record, what is wrong with a line of the line.
    assert finding.source in (f"{path}:2", f"{path}#2")


def test_a_pair_of_surrogates_is_a_character(folder: Callable[[Files], Path]) -> None:
    path = folder({"p.jsonl": b'{"text": "\\ud83d\\ude00"}\n'}) / "p.jsonl"
    assert [passage.text for passage in read_passages([str(path)]).passages] == ["\U0001f600"]


def test_one_content_is_read_once(folder: Callable[[Files], Path]) -> None:
    root = folder(
        {
            "b.txt": b"same",
            "a.txt": b"same",
            "sub/c.txt": b"same",
            "d.txt": b"other",
            "p.jsonl": lines({"id": "z", "text": "same"}),
        }
    )
    reading = read_passages([str(root)])
    assert named(reading) == {"a": "same", "d": "other"}
    assert told(reading) == [
        ("duplicate-passage", "info", "b.txt"),
        ("duplicate-passage", "info", "c.txt"),
        ("duplicate-passage", "info", "p.jsonl#z"),
    ]
    assert all(f"{root / 'a.txt'}" in finding.message for finding in reading.findings)


def test_a_difference_of_one_byte_is_another_content(folder: Callable[[Files], Path]) -> None:
    root = folder({"a.txt": b"same", "b.txt": b"same\n", "c.txt": b"same\r\n"})
    assert len(read_passages([str(root)]).passages) == 3


def test_passages_of_one_name_get_names_of_their_own(folder: Callable[[Files], Path]) -> None:
    root = folder({"x/a.txt": b"one", "y/a.txt": b"two", "z/A.md": b"three", "b.txt": b"four"})
    reading = read_passages([str(root)])
    names = {text: name for name, text in named(reading).items()}
    assert names["four"] == "b"
    for text, stem in (("one", "a"), ("two", "a"), ("three", "A")):
        assert names[text] == f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    assert sorted(told(reading)) == [
        ("same-name", "info", "A.md"),
        ("same-name", "info", "a.txt"),
        ("same-name", "info", "a.txt"),
    ]


def test_a_name_of_its_own_is_not_that_of_another(folder: Callable[[Files], Path]) -> None:
    taken = f"a-{hashlib.sha256(b'one').hexdigest()[:8]}"
    root = folder({"x/a.txt": b"one", "y/a.txt": b"two", f"{taken}.txt": b"three"})
    reading = read_passages([str(root)])
    assert named(reading)[taken] == "three"
    assert len(named(reading)) == 3


def test_names_and_order_do_not_depend_on_the_order_of_the_sources(folder: Callable[[Files], Path]) -> None:
    records = lines({"id": "a", "text": "three"}, {"id": "a", "text": "four"}, {"id": "c", "text": "one"})
    root = folder({"x/a.txt": b"one", "y/a.txt": b"two", "p.jsonl": records, "b.txt": b"two"})
    sources = [str(root / name) for name in ("x/a.txt", "y", "p.jsonl", "b.txt")]
    first = read_passages(sources)
    assert len(first.passages) == 4
    for order in permutations(sources):
        again = read_passages(order)
        assert again.passages == first.passages
        assert set(again.findings) == set(first.findings)


def test_many_files_come_sorted_by_name(folder: Callable[[Files], Path]) -> None:
    names = [f"n{number}" for number in range(40)]
    random.Random(7).shuffle(names)  # noqa: S311 - no secret
    root = folder({f"{name}.txt": name.encode() for name in names})
    assert [passage.name for passage in read_passages([str(root)]).passages] == sorted(names)
