"""Requests read off bytes: the same however these are cut, and never more than the limits allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.serving.intake import Asked, Intake
from kg.serving.limits import HttpLimits
from kg.serving.messages import Problem
from tests.unit.serving.wire import get, post

_LIMITS = HttpLimits(target=200, headers=400, header_count=10, body=300)
_NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=8).map(lambda name: f"x-{name}")
_VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
_REQUESTS = st.builds(
    lambda path, headers, body: post(body, *headers, path=f"/{path}") if body else get(f"/{path}?{path}", *headers),
    st.text("abcXYZ0189-._~%2F", max_size=30),
    st.dictionaries(_NAMES, _VALUES, max_size=5).map(
        lambda found: [f"{name}: {value}" for name, value in found.items()]
    ),
    st.binary(max_size=50),
)


def taken(*parts: bytes) -> list[object]:
    """Return what can be told of each request, and the status of what is wrong with the last one."""
    intake = Intake(_LIMITS, "peer")
    for part in parts:
        intake.feed(part)
    return [
        (each.request.method, each.request.path, each.request.query, each.request.headers, each.request.body, each.keep)
        if isinstance(each, Asked)
        else each.status
        for each in intake.ready
    ]


@given(st.lists(_REQUESTS, min_size=1, max_size=4), st.data())
def test_requests_are_the_same_however_they_are_cut(requests: list[bytes], data: st.DataObject) -> None:
    raw = b"".join(requests)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=6)))
    parts = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    whole = taken(raw)
    assert len(whole) == len(requests)
    assert taken(*parts) == whole
    assert taken(*requests) == whole


@given(st.binary(max_size=200), st.integers(1, 50))
def test_whatever_comes_is_taken_or_refused(raw: bytes, size: int) -> None:
    intake = Intake(_LIMITS)
    for start in range(0, len(raw), size):
        intake.feed(raw[start : start + size])
    problems = [each for each in intake.ready if isinstance(each, Problem)]
    assert len(problems) <= 1
    assert all(400 <= each.status <= 505 for each in problems)
    assert intake.closed or not problems


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (get("/" + "a" * 300), 414),
        (get("/", "x-a: " + "b" * 500), 431),
        (get("/", *(f"x-{number}: 1" for number in range(20))), 431),
        (post(b"c" * 301), 413),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (get("/", "Host: there"), 400),
        (get("/", version="0.9"), 505),
        (post(b"d", "Transfer-Encoding: chunked"), 400),
        (post(b"e", "Expect: everything"), 417),
    ],
)
def test_what_is_too_much_or_wrong_is_refused_and_nothing_after_it_is_read(raw: bytes, status: int) -> None:
    assert taken(get("/first") + raw + get("/after"))[1:] == [status]


def test_a_part_that_never_ends_is_refused() -> None:
    intake = Intake(_LIMITS)
    intake.feed(b"GET / HTTP/1.1\r\nHost: here\r\nx-a: ")
    fed = 0
    while not intake.closed:
        intake.feed(b"b" * 50)
        fed += 50
    assert fed <= _LIMITS.headers + _LIMITS.target + 50
    assert [each.status for each in intake.ready if isinstance(each, Problem)] == [431]


def test_which_part_comes_in_and_whether_its_client_waits() -> None:
    intake = Intake(_LIMITS)
    head, _, body = post(b"body", "Expect: 100-continue").partition(b"\r\n\r\n")
    intake.feed(head)
    assert (intake.part, intake.expects) == ("headers", False)
    intake.feed(b"\r\n\r\n")
    assert (intake.part, intake.expects) == ("body", True)
    intake.feed(body[:2])
    assert (intake.part, intake.expects) == ("body", False)
    intake.feed(body[2:])
    assert (intake.part, len(intake.ready)) == ("", 1)
