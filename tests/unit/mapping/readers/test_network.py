"""Files by HTTP: read only from where it is allowed, wherever redirects lead, and within limits."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.mapping.readers import Access
from kg.mapping.readers.network import is_allowed
from kg.mapping.rules import Formulation
from tests.unit.mapping.readers.opened import file_source, opened
from tests.unit.mapping.readers.served import served

CSV = Formulation.CSV


@pytest.mark.parametrize(
    ("url", "prefixes", "allowed"),
    [
        ("http://h/a.csv", (), False),
        ("http://h/a.csv", ("http://h/",), True),
        ("http://h/a.csv", ("http://h",), True),
        ("HTTP://H/a.csv", ("http://h",), True),
        ("http://h/a/b.csv", ("http://h/a",), True),
        ("http://h/ab.csv", ("http://h/a",), False),
        ("http://h.evil/a.csv", ("http://h",), False),
        ("http://h:81/a.csv", ("http://h",), False),
        ("http://h@evil/a.csv", ("http://h",), False),
        ("http://u:p@h/a.csv", ("http://u:p@h",), False),
        ("https://h/a.csv", ("http://h/",), False),
        ("http://h/a/../b.csv", ("http://h/a/",), False),
        ("http://h/a/%2e%2E/b.csv", ("http://h/a/",), False),
        ("http://h/a?x=/../", ("http://h/a",), True),
        ("file:///etc/passwd", ("file:///",), False),
        ("ftp://h/", ("ftp://h/",), False),
    ],
)
def test_a_prefix_ends_where_a_name_does(url: str, prefixes: tuple[str, ...], allowed: bool) -> None:
    assert is_allowed(url, prefixes) is allowed


def answer(path: str, _: bytes) -> tuple[int, dict[str, str], bytes]:
    name = path.partition("?")[0]
    files = {"/data/a.csv": b"a\nx\n", "/data/a.csv.gz": gzip.compress(b"a\ny\n"), "/secret/a.csv": b"a\nsecret\n"}
    if name in files:
        return 200, {}, files[name]
    if name == "/data/moved.csv":
        return 302, {"Location": "/data/a.csv"}, b""
    if name == "/data/stolen.csv":
        return 302, {"Location": "/secret/a.csv"}, b""
    if name == "/data/file.csv":
        return 302, {"Location": "file:///etc/passwd"}, b""
    if name == "/data/round":
        return 302, {"Location": "/data/round"}, b""
    if name == "/data/large.csv":
        return 200, {}, b"a\n" + b"x\n" * 100_000
    return 404, {}, b"none"


def test_a_file_is_read_from_where_it_is_allowed(tmp_path: Path) -> None:
    with served(answer) as base:
        access = Access(network=(f"{base}/data/",), folder=tmp_path)
        for path, value in (("a.csv", "x"), ("a.csv?v=2#top", "x"), ("a.csv.gz", "y"), ("moved.csv", "x")):
            assert opened(file_source(CSV, f"{base}/data/{path}"), ["a"], access=access).values == [value]
        with pytest.raises(
            SourceError, match=r"the network is not to be used for .*/secret/a\.csv; .*--allow-network.*\[KG222\]"
        ):
            opened(file_source(CSV, f"{base}/secret/a.csv"), ["a"], access=access)
    # It is read once in a run.
    assert opened(file_source(CSV, f"{base}/data/a.csv"), ["a"], access=access).values == ["x"]


def test_without_leave_nothing_is_asked() -> None:
    asked = []

    def noted(path: str, _: bytes) -> tuple[int, dict[str, str], bytes]:
        asked.append(path)
        return 200, {}, b"a\n1\n"

    with served(noted) as base, pytest.raises(SourceError, match=r"\[KG222\]"):
        opened(file_source(CSV, f"{base}/a.csv"), ["a"])
    assert asked == []


@pytest.mark.parametrize("name", ["stolen.csv", "file.csv"])
def test_a_redirect_leads_no_further_than_allowed(tmp_path: Path, name: str) -> None:
    with served(answer) as base, pytest.raises(SourceError, match=r"\[KG22[23]\]"):
        opened(
            file_source(CSV, f"{base}/data/{name}"), ["a"], access=Access(network=(f"{base}/data/",), folder=tmp_path)
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "HTTP Error 404"),
        ("round", "HTTP Error 302"),
        ("large.csv", "there is more than 1000 bytes of it"),
    ],
)
def test_a_transfer_that_fails_is_told(tmp_path: Path, name: str, message: str) -> None:
    with served(answer) as base:
        access = Access(network=(base,), folder=tmp_path, download_bytes=1000)
        with pytest.raises(SourceError, match=rf"{name} cannot be read: {message}.*\[KG223\]"):
            opened(file_source(CSV, f"{base}/data/{name}"), ["a"], access=access)
    assert list(tmp_path.iterdir()) == []


def test_a_slow_transfer_is_given_up(tmp_path: Path) -> None:
    with served(answer) as base:
        access = Access(network=(base,), folder=tmp_path, download_seconds=1e-9)
        with pytest.raises(SourceError, match=r"\[KG223\]"):
            opened(file_source(CSV, f"{base}/data/a.csv"), ["a"], access=access)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with served(answer) as base:
        pass
    with pytest.raises(SourceError, match=r"cannot be read: .*refused.*\[KG223\]"):
        opened(file_source(CSV, f"{base}/a.csv"), ["a"], access=Access(network=(base,), folder=tmp_path))
