from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.pages import Site, SiteSettings
from kg.pages.editor import Asked, Fault, Rows, Triples, Truth
from kg.pages.editor.page import SHOWN
from tests.unit.pages.graph import StoreGraph, sound, store


@dataclass(frozen=True)
class Question:
    name: str
    text: str
    query: str


QUESTIONS = (
    Question("models", "Which models are there?", "SELECT ?m WHERE { ?m a kg:Model }"),
    Question("odd&name", "a < b?", "ASK {}"),
)
XSD = "http://www.w3.org/2001/XMLSchema#"


def page(asked: Asked | None = None, questions: Sequence[Question] = QUESTIONS) -> str:
    # Questions are offered to a graph that speaks as they do.
    site = Site(StoreGraph(store("ex:m a kg:Model .")), SiteSettings(title="A graph"))
    return sound(site.query(questions, asked))


def test_without_a_script_the_page_is_a_form_that_asks_by_get() -> None:
    html = page()
    assert '<form id="ask" class="ask" action="/query" method="get"' in html
    assert '<button formaction="/sparql">' in html
    assert '<textarea id="query" name="query"' in html
    for format_ in ("csv", "json", "xml", "ttl", "jsonld"):
        assert f'<option value="{format_}">' in html


def test_no_script_and_no_style_stands_in_the_page() -> None:
    html = page(Asked("x", results=Rows(("a",), ((ox.Literal(1),),))))
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count("<script src=") + html.count('<script type="module" src=')


def test_a_question_is_shown_by_its_name_and_one_of_no_such_name_is_passed_over() -> None:
    html = page(Asked(question="models"))
    assert '<label for="query">Which models are there?</label>' in html
    assert "SELECT ?m WHERE { ?m a kg:Model }</textarea>" in html
    assert 'href="/query?question=odd%26name"' in html
    assert "Your query" in page(Asked(question="no such"))


def test_a_query_that_is_given_goes_before_the_question_and_stays_text() -> None:
    html = page(Asked("</textarea><script>alert(1)</script>", "models"))
    assert "<script>alert" not in html
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in html


def test_rows_become_a_table_of_safe_links_and_text() -> None:
    row = (
        ox.NamedNode("https://kg.example/id/model/a"),
        ox.NamedNode("javascript:alert(1)"),
        ox.NamedNode("http://elsewhere.example/x"),
        ox.Literal("<img src=x onerror=alert(1)>", language="en"),
        ox.Literal("2020-01-01", datatype=ox.NamedNode(f"{XSD}date")),
        None,
    )
    html = page(Asked("q", results=Rows(tuple("abcdef"), (row,)), seconds=0.5))
    assert '<a href="/id/model/a" title="https://kg.example/id/model/a"><bdi>model:a</bdi></a>' in html
    assert 'href="javascript:' not in html
    assert '<a href="http://elsewhere.example/x" title="http://elsewhere.example/x" rel="external noreferrer">' in html
    assert "<img" not in html
    assert '<span class="tag">xsd:date</span>' in html
    assert '<td data-label="f"></td>' in html
    assert "1 row in 0.50 s" in html


def test_numbers_of_very_many_digits_are_powers_of_ten_with_all_digits_on_demand() -> None:
    large, small = ox.Literal("14040000000000000000000000", datatype=ox.NamedNode(f"{XSD}integer")), ox.Literal(42)
    html = page(Asked("q", results=Rows(("n",), ((large,), (small,)))))
    assert '<data value="14040000000000000000000000" title="14040000000000000000000000">1.404 × 10²⁵</data>' in html
    assert '<data value="42">42</data>' in html
    assert '<th scope="col" class="figure">n</th>' in html


def test_triples_are_rows_of_three() -> None:
    triple = ox.Triple(
        ox.NamedNode("https://kg.example/id/a"), ox.NamedNode("https://kg.example/ns#name"), ox.Literal("A")
    )
    html = page(Asked("q", results=Triples((triple,))))
    assert '<th scope="col">predicate</th>' in html
    assert "<bdi>kg:name</bdi>" in html


def test_an_answer_of_yes_or_no_is_said() -> None:
    assert "<strong>Yes</strong>" in page(Asked("q", results=Truth(holds=True)))
    assert "<strong>No</strong>" in page(Asked("q", results=Truth(holds=False)))


def test_a_fault_shows_its_line_marked_and_its_message_stays_text() -> None:
    query = "SELECT *\nWHERE {\n  ?s <p ?o\n}\n# five\n# six"
    html = page(Asked(query, results=Fault("<b>line 3, column 6</b>", 3, 6)))
    assert "&lt;b&gt;line 3, column 6" in html
    assert (
        '<span class="line here"><span class="number">3<span class="hidden"> (here)</span></span>  ?s <mark>&lt;p ?o</mark>'
        in html
    )
    assert "# five" in html
    assert html.count('class="line"') == 4
    assert '<pre tabindex="0"' not in page(Asked(query, results=Fault("time is up")))


def test_what_is_left_out_is_said() -> None:
    rows = Rows(("n",), tuple((ox.Literal(number),) for number in range(SHOWN + 1)))
    html = page(Asked("q", results=rows, truncated="rows"))
    assert html.count("<tr><td") == SHOWN
    assert "<strong>Truncated.</strong>" in html
    assert f"The first {SHOWN:,} are shown" in html
    assert "time was up" in page(Asked("q", results=Rows(("n",), ()), truncated="time"))
    assert "Truncated" not in page(Asked("q", results=rows))
