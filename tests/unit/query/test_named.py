"""The named questions: each has a name, says what it asks, and is a query."""

from __future__ import annotations

import re

import pytest

from kg.errors import QueryError
from kg.query import question, questions, run
from tests.shared import ROOT
from tests.unit.query.graph import store

QUESTIONS = questions()


def test_there_is_one_for_each_file_in_the_order_of_their_numbers() -> None:
    files = sorted((ROOT / "kg" / "query" / "questions").glob("*.rq"))
    assert len(files) == 25
    assert [f"{number:02}-{each.name}.rq" for number, each in enumerate(QUESTIONS, 1)] == [file.name for file in files]
    assert len({each.name for each in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("each", QUESTIONS, ids=lambda each: each.name)
def test_a_question_is_a_sentence_and_its_query_declares_its_prefixes(each: object) -> None:
    from kg.query import Question

    assert isinstance(each, Question)
    assert each.text.endswith("?")
    assert each.query.startswith(f"# {each.text}\n")
    run(store(), each.query, {})
    used = set(re.findall(r"\b([a-z]+):\w", re.sub(r"<[^>]*>|\"[^\"]*\"|#.*", "", each.query)))
    assert used == set(re.findall(r"PREFIX (\w+):", each.query)), (
        "each prefix is used, so that the file can be copied elsewhere"
    )


def test_a_question_is_found_by_name_and_by_number() -> None:
    first = QUESTIONS[0]
    assert question(first.name) == question("1") == first
    assert question("25") == QUESTIONS[-1]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("trained-in-singapor", "did you mean trained-in-singapore"),
        ("durashuns", "did you mean durations"),
        ("26", "kg query --list"),
        ("", "kg query --list"),
        ("../../etc/passwd", ""),
    ],
)
def test_an_unknown_name_brings_the_nearest(name: str, advice: str) -> None:
    with pytest.raises(QueryError, match=r"there is no question .*KG506") as caught:
        question(name)
    assert advice in str(caught.value)
