"""Requests, and problems as they are told."""

from __future__ import annotations

import json

import pytest

from kg.serving.messages import REASONS, Problem, Request, decoded


def test_parameters_in_their_order() -> None:
    request = Request("GET", "/", "b=1&a=%C3%A9+x&b=&c&d=%26", {})
    assert request.parameters() == [("b", "1"), ("a", "é x"), ("b", ""), ("c", ""), ("d", "&")]
    assert Request("GET", "/", "", {}).parameters() == []


@pytest.mark.parametrize("text", ["a=%FF", "%E9", "&".join(["a=b"] * 101)])
def test_parameters_that_cannot_be_read(text: str) -> None:
    with pytest.raises(Problem) as caught:
        decoded(text)
    assert caught.value.status == 400


def test_a_media_type() -> None:
    assert Request("POST", "/", "", {"content-type": " Text/Turtle ; charset=x"}).media_type == "text/turtle"
    assert Request("POST", "/", "", {}).media_type == ""


def test_a_problem_in_both_forms() -> None:
    problem = Problem(503, 'too "long"\n<script>é', code="KG603", headers={"retry-after": "1"})
    answer = problem.answer()
    assert answer.status == 503
    assert (answer.headers["content-type"], answer.headers["retry-after"]) == ("application/problem+json", "1")
    assert json.loads(answer.body) == {
        "title": "Service Unavailable",
        "status": 503,
        "detail": 'too "long"\n<script>é',
        "code": "KG603",
    }
    plain = problem.answer(plain=True)
    assert plain.headers["content-type"].startswith("text/plain")
    assert plain.body.decode() == 'too "long"\n<script>é [KG603]\n'


def test_each_status_has_a_reason_that_a_line_can_hold() -> None:
    assert all(reason.isprintable() and reason.isascii() for reason in REASONS.values())
