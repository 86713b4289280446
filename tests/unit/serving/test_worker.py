"""What a worker makes of queries that are quicker answered in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.query import TextSearch, text_search
from kg.serving.execute import Query, execute
from kg.serving.messages import Problem
from kg.serving.settings import ServeSettings, Setup
from kg.serving.work import State
from kg.serving.worker import Data

TEXT = 'PREFIX x: <http://x/> SELECT ?s { ?s x:name ?n FILTER CONTAINS(?n, "gpt") }'


class Reply:
    """What is sent for one query."""

    def __init__(self) -> None:
        self.media = ""
        self.body = b""

    def plan(self) -> None:
        """Nobody waits for it."""

    def begin(self, media: str) -> None:
        self.media = media

    def send(self, data: bytes) -> None:
        self.body += data


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the queries that the store is asked, as they come."""
    found: list[str] = []

    def noting(store: ox.Store, query: Query, *others: Any) -> Any:
        found.append(query.text)
        return execute(store, query, *others)

    monkeypatch.setattr("kg.serving.worker.execute", noting)
    # However quick the machine is, this takes long.
    monkeypatch.setattr("kg.serving.texts._QUICK", -1.0)
    monkeypatch.setattr("kg.serving.texts._FIRST", 0.0)
    return found


@pytest.fixture
def data(tmp_path: Path) -> Data:
    store = ox.Store(str(tmp_path / "store"))
    store.load(
        b'<http://x/a> <http://x/name> "gpt-4" . <http://x/b> <http://x/name> "llama" .', format=ox.RdfFormat.TURTLE
    )
    store.flush()
    del store
    return Data(State(1, str(tmp_path)), Setup(ServeSettings(), tmp_path, ""))


def search(text: str) -> TextSearch:
    found = text_search(text, {})
    assert found is not None
    return found


def answer(data: Data, text: str, accept: str = "text/csv") -> bytes:
    reply: Any = Reply()
    data.answer(Query(text, accept), reply)
    return bytes(reply.body)


def test_a_query_that_looks_for_text_is_asked_of_the_values_that_hold_it(data: Data, asked: list[str]) -> None:
    assert answer(data, TEXT) == b"s\r\nhttp://x/a\r\n"
    # To read values takes no longer than queries have, which on two of them may be too short a time.
    data._texts.took(search(TEXT), 1000.0)
    assert answer(data, TEXT) == b"s\r\nhttp://x/a\r\n"
    assert asked == [TEXT, TEXT.replace("FILTER", ' VALUES ?n { "gpt-4" } FILTER')]


def test_what_is_wrong_with_a_query_is_told_in_its_own_words(data: Data, asked: list[str]) -> None:
    wrong = f"{TEXT} LIMIT many"
    data._texts.took(search(wrong), 1000.0)
    with pytest.raises(Problem, match=f"line 1, column {wrong.index('many') + 1}"):
        answer(data, wrong)
    assert [text.count("VALUES") for text in asked] == [1, 0]


JOIN = "SELECT (COUNT(*) AS ?n) { ?m <http://x/name> ?name ; <http://x/of> ?o }"


@pytest.fixture
def many(tmp_path: Path) -> Data:
    store = ox.Store(str(tmp_path / "store"))
    node = ox.NamedNode
    store.extend(
        ox.Quad(node(f"http://x/{number}"), node(f"http://x/{verb}"), node("http://x/a"))
        for number in range(1001)
        for verb in ("name", "of")
    )
    store.flush()
    del store
    return Data(State(1, str(tmp_path)), Setup(ServeSettings(), tmp_path, ""))


def test_a_query_that_needs_all_rows_reads_properties_whole(many: Data, asked: list[str]) -> None:
    assert answer(many, JOIN) == b"n\r\n1001\r\n"
    assert [text.count("SELECT") for text in asked] == [3]


def test_what_is_wrong_behind_patterns_is_told_in_its_own_words(many: Data, asked: list[str]) -> None:
    wrong = f"{JOIN} LIMIT many"
    with pytest.raises(Problem, match=f"line 1, column {wrong.index('many') + 1}"):
        answer(many, wrong)
    assert [text.count("SELECT") for text in asked] == [3, 1]


def test_a_query_is_asked_as_it_is_where_that_is_wanted(many: Data, asked: list[str]) -> None:
    reply: Any = Reply()
    many.answer(Query(JOIN, "text/csv"), reply, plain=True)
    assert reply.body == b"n\r\n1001\r\n"
    assert asked == [JOIN]


def test_a_query_of_chosen_graphs_is_asked_as_it_is(many: Data, asked: list[str]) -> None:
    reply: Any = Reply()
    many.answer(Query(JOIN, "text/csv", default_graphs=("http://x/g",)), reply)
    assert reply.body == b"n\r\n0\r\n"
    assert asked == [JOIN]
