"""What a query begins with, and what its names stand for."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.query.tokens import LONGEST, Form, cut, is_plain, named, prologue, tokens


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ASK { ?s ?p ?o }", True),
        ("A" * LONGEST, True),
        ("A" * (LONGEST + 1), False),
        ("ASK { <http://x/\\u0061> ?p ?o }", False),
        ("ASK { <http://x/../a> ?p ?o }", False),
    ],
)
def test_what_stands_for_something_else_is_not_plain(text: str, plain: bool) -> None:
    assert is_plain(text) is plain


def test_the_last_of_several_prefixes_counts() -> None:
    text = " prefix x: <http://x/>PREFIX y:<http://y/>\nPREFIX x: <http://z/> ASK"
    known, place = prologue(text, {"x": "http://before/", "w": "http://w/"})
    assert known == {"x": "http://z/", "y": "http://y/", "w": "http://w/"}
    assert text[place:] == " ASK"


def test_a_prefix_stands_for_an_iri() -> None:
    with pytest.raises(ValueError, match="host"):
        prologue("PREFIX x: <http://[> ASK {}", {})


def test_a_name_stands_for_an_iri() -> None:
    assert named("x:a", {"x": "http://x/"}) == ox.NamedNode("http://x/a")
    assert named("x:", {"x": "http://x/"}) == ox.NamedNode("http://x/")
    with pytest.raises(KeyError):
        named("y:a", {"x": "http://x/"})
    with pytest.raises(ValueError, match="IRI"):
        named("x:a", {"x": "no IRI "})


@pytest.mark.parametrize(
    ("text", "iris", "texts"),
    [
        ("ASK {}", (), ("ASK {}",)),
        ("ASK { <a:b> ?p <c:d> }", ("a:b", "c:d"), ("ASK { <", "> ?p <", "> }")),
        ("DESCRIBE <a:b>", ("a:b",), ("DESCRIBE <", ">")),
    ],
)
def test_other_things_take_the_places_of_iris(text: str, iris: tuple[str, ...], texts: tuple[str, ...]) -> None:
    found = cut(text, [(text.index(f"<{iri}>"), text.index(f"<{iri}>") + len(iri) + 2) for iri in iris])
    assert found == (iris, texts)
    assert Form(*found).text(iris) == text
    assert Form(*found).text(["x:y"] * len(iris)) == "x:y".join(texts)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<http://x/a>a?b", ["iri", "word", "variable"]),
        ('x:a-b "text"@en-GB.', ["name", "text", "tag", "sign"]),
        ("'say \"so\"' ''", ["text", "text"]),
        ("12 1.5 ^^ && <= <", ["number", "number", "sign", "sign", "sign", "sign"]),
        ("?a<?b", ["variable", "sign", "variable"]),
        ("x:a.}", ["name", "sign", "sign"]),
    ],
)
def test_tokens_are_told_apart(text: str, wanted: list[str]) -> None:
    assert [token.kind for token in tokens(text, 0)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "x:a.b",
        "x:a%20",
        "x:a:b",
        "?ä",
        "1e5",
        "1.",
        '"""text"""',
        "'''text'''",
        "'text",
        '"text"@en--ltr',
        "[]",
        "_:b",
        "% none",
        "LIMIT5",
    ],
)
def test_what_might_be_read_otherwise_is_no_token(text: str) -> None:
    with pytest.raises(ValueError, match="no token"):
        tokens(text, 0)


def test_comments_are_no_tokens() -> None:
    text = "# PREFIX w: <http://w/>\nPREFIX x: # <http://z/>\n <http://x/>"
    assert prologue(text, {}) == ({}, 0)
    text = "# PREFIX w: <http://w/>\n\t# and\rPREFIX x: <http://x/># ASK\n ASK#x\n{ x:a# b\n ?p<http://x/#o>'#' }# }"
    known, place = prologue(text, {})
    assert known == {"x": "http://x/"}
    assert [token.text for token in tokens(text, place)] == ["ASK", "{", "x:a", "?p", "<http://x/#o>", "'#'", "}"]
    assert tokens("# ASK", 0) == []
    with pytest.raises(ValueError, match="no token"):
        tokens("ASK { [] ?p ?o } # [", 0)
