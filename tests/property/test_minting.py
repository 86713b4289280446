"""Names become IRIs: whatever a name is, its slug is part of an IRI, and minting it again changes nothing."""

from __future__ import annotations

import re
import unicodedata

import pyoxigraph as ox
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.rdf.minting import minted, slug
from kg.rdf.prefixes import prefixes, shortened
from tests.property.strategies import texts

BASE = "https://kg.example/id/"


@given(texts)
def test_a_slug_is_a_name_that_an_iri_may_hold(name: str) -> None:
    part = slug(name)
    assert part
    assert not set(part) & set("./#?%&:@ ")
    assert ox.NamedNode(BASE + part).value == BASE + part


@given(texts)
def test_a_slug_of_a_slug_is_the_same(name: str) -> None:
    assert slug(slug(name)) == slug(name)


@given(texts)
def test_spelling_and_case_do_not_matter(name: str) -> None:
    assert slug(f"  {unicodedata.normalize('NFD', name)} ") == slug(unicodedata.normalize("NFC", name))
    if name.isascii():
        assert slug(name.upper()) == slug(name.lower())


def is_of_a_word(character: str) -> bool:
    return all(unicodedata.category(part)[0] in "LNM" for part in unicodedata.normalize("NFKC", character).lower())


@given(st.text(st.characters(categories=("Ll", "Lo", "Nd", "Mn", "Mc"), max_codepoint=0x1FFFF).filter(is_of_a_word)))
def test_letters_digits_and_their_marks_are_kept(name: str) -> None:
    word = "a" + name
    assert slug(word) == unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).lower())


@given(st.lists(texts, min_size=1, max_size=3))
def test_the_parts_of_a_minted_name_can_be_told_apart(parts: list[str]) -> None:
    assert minted(BASE, "model", *parts).removeprefix(f"{BASE}model/").split(".") == [slug(part) for part in parts]


@given(texts, st.sampled_from(["model/", "", "run/"]))
def test_a_shortened_name_stands_for_the_iri(text: str, kind: str) -> None:
    """Whatever is shown with a prefix may be copied into a query or a Turtle file."""
    names = prefixes(BASE)
    iri = f"{BASE}{kind}{text}"
    assume(not re.search(r'[\x00-\x20<>"{}|^`\\]', iri))
    short = shortened(iri, names)
    if not short.startswith("<"):
        declared = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in names.items())
        (quad,) = ox.parse(f"{declared} {short} {short} {short} .", format=ox.RdfFormat.TURTLE)
        assert quad.subject.value == iri
        ox.Store().query(f"SELECT * {{ {short} ?p {short} }}", prefixes=names)
    else:
        assert short == f"<{iri}>"
