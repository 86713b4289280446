"""Values of every datatype are written for people, and what is not what it says it is can be told from what is."""

from __future__ import annotations

import re

import pytest

from tests.unit.pages.graph import EX, site, sound, text


def shown(value: str) -> str:
    """Return what a reader sees as the value of a property."""
    html = sound(site(f'ex:a rdfs:label "A" ; ex:told {value} .').entity(EX + "a"))
    found = re.search(r"<dd>(.*?)</dd>", html, re.DOTALL)
    assert found is not None
    return text(found.group(1))


@pytest.mark.parametrize(
    ("literal", "seen"),
    [
        ('"2023-12-06"^^xsd:date', "6 December 2023"),
        ('"1066-10-14"^^xsd:date', "14 October 1066"),
        ('"2023-12-06T14:30:00Z"^^xsd:dateTime', "6 December 2023, 14:30 UTC"),
        ('"1815"^^xsd:gYear', "1815"),
        ('"1899-12"^^xsd:gYearMonth', "December 1899"),
        ('"--05"^^xsd:gMonth', "May"),
        ('"--12-25"^^xsd:gMonthDay', "25 December"),
        ('"12:34:56Z"^^xsd:time', "12:34:56 UTC"),
        ('"P1Y2M3DT4H5M6S"^^xsd:duration', "1 year 2 months 3 days 4 hours 5 minutes 6 seconds"),
        ('"-P1D"^^xsd:dayTimeDuration', "minus 1 day"),
        ('"NaN"^^xsd:double', "NaN"),
        ('"INF"^^xsd:double', "INF"),
        ('"https://x.example/a b"^^xsd:anyURI', "https://x.example/a b"),
    ],
)
def test_a_literal_is_written_for_people(literal: str, seen: str) -> None:
    assert shown(literal) == seen


@pytest.mark.parametrize(
    ("literal", "seen"),
    [
        ('"many"^^xsd:integer', "many integer"),
        ('"2020-13-45"^^xsd:date', "2020-13-45 date"),
        ('"maybe"^^xsd:boolean', "maybe boolean"),
        ('"--13-01"^^xsd:gMonthDay', "--13-01 g month day"),
        ('"--01-45"^^xsd:gMonthDay', "--01-45 g month day"),
        ('"P"^^xsd:duration', "P duration"),
        ('"PT"^^xsd:duration', "PT duration"),
        ('"-0044-03-15"^^xsd:date', "-0044-03-15 date"),
        ('"١٨١٥"^^xsd:gYear', "١٨١٥ g year"),
    ],
)
def test_what_cannot_be_read_stands_as_it_is_with_its_datatype(literal: str, seen: str) -> None:
    assert shown(literal) == seen


def test_nothing_is_told_in_words() -> None:
    assert shown('""') == "empty text"
    assert shown("[]") == "something that nothing is said of"


def test_dates_stand_in_their_order() -> None:
    assert shown('"2020-01-01"^^xsd:date , "1066-10-14"^^xsd:date') == "14 October 1066 1 January 2020"


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("http://ada.example/?a=1&b=2#x", "ada.example/?a=1&b=2#x"),
        ("http://xmlns.com/foaf/0.1/", "xmlns.com/foaf/0.1/"),
        ("http://www.wikidata.org/entity/Q462", "Q462"),
        ("mailto:ada@people.example", "ada@people.example"),
    ],
)
def test_a_link_to_another_site_has_a_name_that_says_something(iri: str, name: str) -> None:
    assert shown(f"<{iri}>").startswith(f"{name} ↗")


def test_a_very_long_address_makes_no_long_name() -> None:
    html = sound(site(f"ex:a ex:p <{EX}{'segment-' * 200}end> .").entity(EX + "a"))
    assert f"{('segment-' * 8)[:60]}…segment-segment-end<" in html


def test_what_is_too_deep_to_show_is_not_called_shown() -> None:
    deep = "[ ex:p " * 6 + "1" + " ]" * 6
    assert shown(deep).endswith("a node that only the data show")
    assert shown("_:b . _:b ex:p _:b").endswith("a node shown above")
