"""Values in which words are found: when they are read, which of them are found, and when the store is better asked itself."""

from __future__ import annotations

import itertools

import pyoxigraph as ox
import pytest

from kg.query import TextSearch, text_search
from kg.serving import texts as module
from kg.serving.texts import Texts, Values

MEMORY = 1 << 30
DATA = """
PREFIX x: <http://x/>
x:a x:name "Model GPT", "modèle gpt"@fr, "a \\"gpt\\" \\\\ \\n\\t" . x:b x:name "Llama", 4000, "0x4e"^^x:hex, x:gpt-5, _:gpt .
GRAPH x:g { x:c x:name "gpt in a graph" } x:d x:other "gpt elsewhere" .
"""


def search(words: str, verb: str = "x:name") -> TextSearch:
    found = text_search(f'SELECT ?m {{ ?m {verb} ?n FILTER CONTAINS(LCASE(STR(?n)), "{words}") }}', {"x": "http://x/"})
    assert found is not None
    return found


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return store


def after(texts: Texts, found: TextSearch, seconds: float) -> str | None:
    texts.took(found, seconds)
    return texts.narrowed(found, 0.0)


def test_values_are_read_once_queries_have_taken_long(store: ox.Store) -> None:
    texts = Texts(store, MEMORY)
    assert texts.narrowed(search("gpt"), 0.0) is None
    assert after(texts, search("gpt"), 0.2) is None
    assert after(texts, search("llama"), 0.2) == search("llama").among(['"Llama"'])
    # One that has never taken long, and one of another property.
    assert texts.narrowed(search("llama", "?m x:name ?k ; x:name"), 0.0) is None
    assert after(texts, search("gpt", "x:other"), 0.2) is None


def test_queries_that_are_quick_are_left_as_they_are(store: ox.Store) -> None:
    texts = Texts(store, MEMORY)
    for _ in range(1000):
        assert after(texts, search("gpt"), 0.004) is None


def test_values_of_all_graphs_that_hold_the_words_are_asked_for(store: ox.Store) -> None:
    narrowed = after(Texts(store, MEMORY), search("gpt"), 1000.0)
    assert narrowed is not None
    _, _, values = narrowed.partition(" VALUES ?n { ")
    values, _, _ = values.partition(" } ")
    for value in ('"Model GPT"', '"modèle gpt"@fr', r'"a \"gpt\" \\ \n\t"', "<http://x/gpt-5>", '"gpt in a graph"'):
        assert value in values
    assert "elsewhere" not in values
    assert "_:" not in values
    assert "Llama" not in values


def test_where_no_value_holds_the_words_none_is_asked_for(store: ox.Store) -> None:
    narrowed = after(Texts(store, MEMORY), search("nothing"), 1000.0)
    assert narrowed == search("nothing").among([])


def test_values_of_any_property_are_read(store: ox.Store) -> None:
    assert after(Texts(store, MEMORY), search("elsewhere", "?p"), 1000.0) == search("elsewhere", "?p").among(
        ['"gpt elsewhere"']
    )


@pytest.mark.parametrize("words", ["4000", "4e"])
def test_where_a_value_is_no_plain_text_the_store_is_asked(store: ox.Store, words: str) -> None:
    assert after(Texts(store, MEMORY), search(words), 1000.0) is None


def test_where_many_values_hold_the_words_the_store_is_asked() -> None:
    lines = "".join(f'"model {number}"\n' for number in range(501))
    assert Values(lines).holding("model") is None
    assert len(Values(lines.partition("\n")[2]).holding("model") or ()) == 500


@pytest.mark.parametrize(("value", "asked"), [(r'"a\\b"', True), (r'"a\\u0062"', False), (r'"a\nu"', False)])
def test_what_looks_like_a_letter_escaped_is_not_written_into_a_query(value: str, asked: bool) -> None:
    assert Values(f"{value}\n").holding('"a') == ([value] if asked else None)


def test_a_value_is_found_once_and_whole() -> None:
    lines = '"ab ab İab"\n"x"\n"\u212aab"@en\n'
    assert Values(lines).holding("ab") == ['"ab ab İab"', '"\u212aab"@en']
    assert Values(lines).holding("iab") == ['"ab ab İab"']
    assert Values(lines).holding("kab") == ['"\u212aab"@en']


def test_values_have_a_part_of_the_memory(store: ox.Store) -> None:
    for number in range(100):
        store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/name"), ox.Literal(f"{number:01000}")))
    assert after(Texts(store, 64 * 50_000), search("llama"), 1000.0) is None
    assert after(Texts(store, 64 * 200_000), search("llama"), 1000.0) is not None
    texts = Texts(store, 64 * 150_000)
    assert after(texts, search("llama"), 1000.0) is not None
    assert after(texts, search("elsewhere", "?p"), 1000.0) is None


def test_of_many_queries_the_first_are_forgotten(store: ox.Store) -> None:
    texts = Texts(store, MEMORY)
    texts.took(search("gpt"), 1000.0)
    for number in range(1000):
        texts.took(search("gpt", f"x:p{number}"), 1.0)
    assert texts.narrowed(search("gpt"), 0.0) is None
    assert len(texts._slow) == len(texts._taken) == 1
    # Values that have been read are kept.
    assert after(texts, search("gpt"), 1000.0) is not None
    for number in range(1000):
        texts.took(search("gpt", f"x:q{number}"), 1.0)
    assert after(texts, search("gpt"), 0.01) is not None


def test_reading_takes_no_longer_than_queries_have(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(module, "monotonic", lambda: float(next(seconds)))
    texts = Texts(store, MEMORY)
    assert after(texts, search("gpt"), 0.5) is None
    begun = next(seconds)
    # Not tried again before they have taken twice as long.
    assert after(texts, search("gpt"), 0.4) is None
    assert next(seconds) == begun + 1
    assert after(texts, search("gpt"), 1000.0) is not None


def test_reading_takes_half_of_the_time_of_a_query(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(module, "monotonic", lambda: float(next(seconds)))
    texts = Texts(store, MEMORY)
    texts.took(search("gpt"), 1000.0)
    assert texts.narrowed(search("gpt"), 1.0) is None
