"""Files: those of the pages by name only, those of a release whole or in part."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kg.serving.messages import Answer, Problem, Request
from kg.serving.statics import RELEASE, Statics, matches, release_file

CONTENT = bytes(range(256)) * 2000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "graph.ttl").write_bytes(CONTENT)
    (tmp_path / "secret").write_text("secret")
    return tmp_path


def get(folder: Path, name: str = "graph.ttl", **headers: str) -> tuple[Answer, bytes]:
    request = Request("GET", "/", "", {key.replace("_", "-"): value for key, value in headers.items()})
    answer = release_file(request, folder, name, "tag")

    async def body() -> bytes:
        return b"".join([piece async for piece in answer.pieces]) if answer.pieces else answer.body

    return answer, asyncio.run(body())


def problem(folder: Path, name: str = "graph.ttl", **headers: str) -> Problem:
    with pytest.raises(Problem) as caught:
        get(folder, name, **headers)
    return caught.value


def test_a_whole_file(folder: Path) -> None:
    answer, body = get(folder)
    assert (answer.status, body) == (200, CONTENT)
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"].startswith("text/turtle")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-99", 10, 100),
        ("bytes=500000-", 500000, None),
        ("bytes=-7", -7, None),
        ("bytes=0-99999999", 0, None),
        ("bytes=-99999999", 0, None),
        (" bytes=5-6 ", 5, 7),
    ],
)
def test_a_part(folder: Path, wanted: str, start: int, end: int | None) -> None:
    answer, body = get(folder, range=wanted)
    assert (answer.status, body) == (206, CONTENT[start:end])
    first = start % len(CONTENT)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(body) - 1}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    "wanted",
    [
        *("bytes=0-1,3-4", "lines=0-1", "bytes=-", "bytes=a-b", "0-1"),
        # The last byte before the first, even behind the end: no range at all (RFC 9110, 14.1.1), which is as if there were none.
        *("bytes=5-2", "bytes=1-0", "bytes=600000-599999"),
        # More digits than Python reads.
        *(f"bytes={'9' * 5000}-", f"bytes=0-{'9' * 5000}", f"bytes=-{'9' * 5000}", "bytes=\u0661-\u0662"),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_what_is_no_part_gives_all(folder: Path, wanted: str) -> None:
    answer, body = get(folder, range=wanted)
    assert (answer.status, body) == (200, CONTENT)


@pytest.mark.parametrize("wanted", ["bytes=512000-", "bytes=999999-1000000", "bytes=-0"])
def test_a_part_that_is_not_there(folder: Path, wanted: str) -> None:
    found = problem(folder, range=wanted)
    assert (found.status, found.headers["content-range"]) == (416, "bytes */512000")


def test_a_part_is_for_get_alone(folder: Path) -> None:
    answer = release_file(Request("HEAD", "/", "", {"range": "bytes=0-1"}), folder, "graph.ttl", "tag")
    assert (answer.status, answer.headers["content-length"]) == (200, str(len(CONTENT)))
    assert "content-range" not in answer.headers


def test_a_part_of_another_file_is_not_given(folder: Path) -> None:
    tag = get(folder)[0].headers["etag"]
    assert get(folder, range="bytes=0-1", if_range=tag)[0].status == 206
    assert get(folder, range="bytes=0-1", if_range='"other"')[0].status == 200


def test_a_file_that_the_client_has(folder: Path) -> None:
    tag = get(folder)[0].headers["etag"]
    answer, body = get(folder, if_none_match=f'"x", W/{tag}')
    assert (answer.status, body, answer.headers["etag"]) == (304, b"", tag)
    assert get(folder, if_none_match='"x"')[0].status == 200
    assert get(folder, if_none_match="*")[0].status == 304


@pytest.mark.parametrize("name", ["secret", "../graph.ttl", "/etc/passwd", "", ".", "report.json", "graph.ttl/"])
def test_no_other_file(folder: Path, name: str) -> None:
    assert problem(folder, name).status == 404


def test_a_release_has_them() -> None:
    assert len(set(RELEASE)) == len(RELEASE) > 3


def test_files_of_pages_by_their_names_only() -> None:
    statics = Statics()
    names = list(statics._found)
    assert names
    request = Request("GET", "/", "", {})
    answer = statics.answer(request, names[0])
    assert (answer.status, answer.body) == (200, statics._found[names[0]][0])
    again = Request("GET", "/", "", {"if-none-match": answer.headers["etag"]})
    assert statics.answer(again, names[0]).status == 304
    for name in ("", "..", "../__init__.py", "../../errors.py", names[0] + "/", "/" + names[0], "%2e%2e/x"):
        with pytest.raises(Problem):
            statics.answer(request, name)


def test_tags() -> None:
    assert matches("*", '"a"')
    assert matches('W/"a"', '"a"')
    assert matches('"b" , "a"', 'W/"a"')
    assert not matches('"ab"', '"a"')
