"""Names that are spelled nearly like a text are found."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from kg.pages.search import Index
from kg.pages.similar import Similar, distances, folded, likeness, parts
from tests.unit.pages.graph import EX, StoreGraph, store

SYLLABLES = ("sy", "na", "pse", "lla", "gpt", "tron", "for", "mer", "vi", "dia", "tu", "ring", "al", "be", "ta", "ku")
NAMES = """ex:s rdfs:label "Synapse-70B" . ex:m rdfs:label "Synapse-7B" . ex:n rdfs:label "NVIDIA" ; skos:altLabel "Nvidia Corporation" . ex:c rdfs:label "Café au lait"@fr .
ex:l rdfs:label "Llama 3.1" . ex:k rdfs:label "東京スパコン" . ex:r rdfs:label "Яндекс" . ex:g rdfs:label "Google" . ex:h rdfs:label "🤗" .
ex:o rdfs:label "Colossus of the northern seas" ."""


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(StoreGraph(store(NAMES)))


def made(count: int) -> list[str]:
    rolled = random.Random(count)  # noqa: S311 - the same names each time
    return [
        f"{''.join(rolled.choices(SYLLABLES, k=rolled.randint(2, 4))).title()}-{rolled.randint(1, 999)}B"
        for _ in range(count)
    ]


def edited(name: str, rolled: random.Random) -> str:
    """Return a name with a letter left out, doubled, replaced, or swapped with the next."""
    at = rolled.randrange(len(name) - 1)
    kinds = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + "x" + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return rolled.choice(kinds)


@pytest.mark.parametrize(
    ("asked", "thing"),
    [
        ("Synapse 70 B", "s"),
        ("SYNAPSE70B", "s"),
        ("Sinapse-70B", "s"),
        ("Synapse-70B (base)", "s"),
        ("synapse model 70B", "s"),
        ("Synaspe-70B", "s"),
        ("Nvida", "n"),
        ("NVIDDIA", "n"),
        ("Nvidia Coporation", "n"),
        ("cafe au laît", "c"),
        ("Lama 3.1", "l"),
        ("東京スバコン", "k"),
        ("Яндкес", "r"),
        ("Gogle", "g"),
    ],
)
def test_a_name_that_is_spelled_otherwise_is_found_first(index: Index, asked: str, thing: str) -> None:
    assert index.named(asked, 5)[0].iri == EX + thing


def test_the_beginning_of_a_name_may_be_spelled_otherwise(index: Index) -> None:
    assert {hit.iri for hit in index.named("Synaspe", 5)} >= {f"{EX}s", f"{EX}m"}
    assert [hit.iri for hit in index.named("Colosuss", 5)] == [f"{EX}o"]
    assert index.named("Col", 5)[0].score > index.named("Colosuss", 5)[0].score


@pytest.mark.parametrize("asked", ["nothing is called so", "", "!", "zz", "Ω"])
def test_what_is_like_no_name_finds_nothing(index: Index, asked: str) -> None:
    assert index.named(asked, 5) == []


def test_only_what_is_equal_is_rated_so(index: Index) -> None:
    assert [hit.score for hit in index.named("nvidia", 1)] == [100]
    assert index.named("N.V.I.D.I.A", 1)[0].score == 98
    assert all(hit.score <= 95 for hit in index.named("Nvida", 5))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("the big Synapse-70B instruct model", ["Synapse-70B"]),
        ("weights of the SYNAPSE 70B, quantised", ["Synapse-70B"]),
        ("a café au lait as it should be", ["Café au lait"]),
        ("the Llama 3.1 models of another company", ["Llama 3.1"]),
        # What more of a text is called is the better.
        ("Google, or Synapse-70B, or so", ["Synapse-70B", "Google"]),
        # Not a part of a word, nor of a number, nor too little of the text.
        ("the new Llama 3.1.2 of this company", []),
        ("the googleplex is an office building", []),
        ("Google is one of very many words that were written into this cell", []),
    ],
)
def test_names_that_are_words_of_a_text_are_found_after_all_that_are_like_it(
    index: Index, asked: str, names: list[str]
) -> None:
    found = index.named(asked, 5)
    assert [hit.name for hit in found] == names
    assert all(27 <= hit.score < 50 for hit in found)
    assert index.named("Sinapse-70B", 1)[0].score > 50


def test_a_name_that_is_like_a_text_is_rated_by_that() -> None:
    index = Index(StoreGraph(store('ex:a rdfs:label "Synapse-70B" . ex:b rdfs:label "Synapse" .')))
    hits = {hit.name: hit.score for hit in index.named("Synapse-70B (base)", 5)}
    assert hits["Synapse-70B"] > 60 > 50 > hits["Synapse"]


def test_parts_of_a_text() -> None:
    assert parts("GPT 3.5 turbo") == {
        "gpt3.5": 6 / 11,
        "3.5turbo": 8 / 11,
        "3.5": 3 / 11,
        "gpt": 3 / 11,
        "turbo": 5 / 11,
    }
    assert next(iter(parts("GPT 3.5 turbo"))) == "3.5turbo"
    for none in ("", "!", "one", "a b"):
        assert parts(none) == {}
    assert len(parts("ab " * 100)) <= 12
    assert len(parts(" ".join(map(chr, range(0x4E00, 0x4E00 + 300))))) <= 40 * 12


def test_names_by_their_letters_are_bounded_and_all_of_one_name_are_found() -> None:
    similar = Similar(["other", *["model"] * 5000, "Mo-del", "end"])
    assert similar.within(["end", "none"]) == [5002]
    assert similar.within(["end", "model", "other"]) == [5002, *range(1, 100)]
    assert similar.within([]) == Similar([]).within(["a"]) == []


def test_nearly_all_edited_names_are_found_first() -> None:
    names = sorted(set(made(2000)))
    similar, first = Similar(names), 0
    rolled = random.Random(5)  # noqa: S311 - the same letters each time
    for name in rolled.sample(names, 30):
        asked = folded(edited(name, rolled))
        best = max(similar.nearest(asked), key=lambda at: (likeness(asked, folded(names[at])), -at))
        first += names[best] == name
    assert first >= 25


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ångström", "angstrom"), ("Straße", "STRASSE"), ("ﬁne-tune", "Fine Tune"), ("GPT 3 5", "gpt-3.5"), ("Ⅳ", "iv")],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("3.1", "31"), ("C++", "C"), ("F#", "F"), ("か", "が"), ("7B", "70B")])
def test_names_that_are_not_the_same(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def table(asked: str, name: str) -> list[int]:
    """Return the last row of the table of optimal string alignment, as in the books."""
    rows = [list(range(len(name) + 1))]
    for at, letter in enumerate(asked, 1):
        row = [at]
        for to, other in enumerate(name, 1):
            least = min(rows[-1][to] + 1, row[-1] + 1, rows[-1][to - 1] + (letter != other))
            if at > 1 and to > 1 and asked[at - 2 : at] == name[to - 2 : to][::-1]:
                least = min(least, rows[-2][to - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1]


def test_distances_are_those_of_the_table() -> None:
    rolled = random.Random(7)  # noqa: S311 - the same words each time
    words = ["".join(rolled.choices("abc", k=rolled.randint(0, 9))) for _ in range(2000)]
    for asked, name in pairwise(words):
        last = table(asked, name)
        assert distances(asked, name) == (last[-1], min(last)), (asked, name)


def test_many_names_alike_are_bounded() -> None:
    similar = Similar(["model"] * 5000 + ["madel"])
    assert len(similar.nearest("modle")) <= 100


def test_no_names_are_no_error() -> None:
    assert Similar([]).nearest("a") == []
