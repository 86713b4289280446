"""What a page was made of is noted: a statement that names nothing of it cannot change the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest

from kg.pages import Overview, SiteSettings, StaticAddresses, StaticSite
from kg.pages.graph import ANYTHING, Graph
from kg.pages.noting import NotingGraph
from tests.unit.pages.graph import BASE, EX, KG, RELEASE, StoreGraph, store

ADDRESSES = StaticAddresses(BASE)
THING = ox.NamedNode(EX + "orion")
ASK = "SELECT ?o ?s WHERE { ?s rdfs:label ?o }"


def held(data: str = RELEASE) -> tuple[StoreGraph, NotingGraph]:
    graph = StoreGraph(store(data))
    return graph, NotingGraph(graph)


@pytest.mark.parametrize(
    "ask",
    [
        lambda graph: graph.node(EX + "orion"),
        lambda graph: graph.objects(EX + "orion", KG + "name"),
        lambda graph: list(graph.graphs(EX + "orion")),
        lambda graph: list(graph.pointing(EX + "orion")),
        lambda graph: graph.select(ASK, {"s": THING}),
    ],
    ids=["node", "objects", "graphs", "pointing", "select"],
)
def test_each_question_is_noted_and_answered_as_by_the_graph(ask: Callable[[Graph], object]) -> None:
    plain, noting = held()
    answer = ask(noting)
    assert answer == ask(plain)
    assert answer
    assert noting.taken() == {EX + "orion"}
    assert noting.taken() == set()


def test_what_is_asked_about_by_its_property_is_the_thing_and_not_the_property() -> None:
    plain, noting = held()
    by = KG + "describedIn"
    assert list(noting.pointing(EX + "one", by)) == list(plain.pointing(EX + "one", by)) != []
    assert noting.taken() == {EX + "one"}


def test_a_question_about_everything_notes_nothing() -> None:
    _, noting = held()
    assert noting.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    assert noting.select(ASK, {"o": ox.Literal("Orion-7B")})
    assert noting.taken() == set()


def test_a_blank_node_changes_with_any_change() -> None:
    # Its label is another in the next graph, though nothing of it has changed.
    _, noting = held("ex:a ex:has [ rdfs:label 'inner' ] .")
    blank = noting.objects(EX + "a", EX + "has")[0]
    assert isinstance(blank, ox.BlankNode)
    assert noting.node(blank)
    assert noting.taken() == {EX + "a", ANYTHING}


def test_what_is_known_already_is_noted_where_it_is_told() -> None:
    _, noting = held()
    noting.note([EX + "one"])
    noting.note(each for each in (EX + "two", EX + "one"))
    assert noting.taken() == {EX + "one", EX + "two"}


def filled(quads: Iterable[ox.Quad]) -> ox.Store:
    found = ox.Store()
    found.extend(quads)
    return found


def page(data: ox.Store, thing: str, overview: Overview) -> tuple[list[tuple[str, str]], list[str], set[str], str]:
    """Return the pages of a thing, its description, what was looked at for them, and what is the same on all pages."""
    noting = NotingGraph(StoreGraph(data))
    site = StaticSite(noting, SiteSettings(base=BASE), ADDRESSES, overview)
    around = site.surroundings()
    noting.taken()
    found = list(site.pages_of(thing))
    return found, sorted(map(str, site.description(thing))), noting.taken(), around


@pytest.mark.parametrize("thing", ["orion", "one", "chip", "allocation", "said", "worked"])
def test_a_statement_that_names_nothing_of_a_page_cannot_change_it(thing: str) -> None:
    # All stores are filled in one order, which is the one that they answer in.
    quads = list(store(RELEASE))
    overview = Overview(StoreGraph(filled(quads)))
    pages, description, seen, around = page(filled(quads), EX + thing, overview)
    assert pages
    harmless, changing = 0, 0
    for triple in {(quad.subject, quad.predicate, quad.object) for quad in quads}:
        gone = [quad for quad in quads if (quad.subject, quad.predicate, quad.object) == triple]
        left = filled(quad for quad in quads if quad not in gone)
        named = {
            term.value
            for quad in gone
            for term in (quad.subject, quad.object, quad.graph_name)
            if isinstance(term, ox.NamedNode)
        }
        named |= {name.partition("#")[0] for name in named}
        other = page(left, EX + thing, overview)
        if other[3] != around:
            # With what stands around them all pages are made anew.
            continue
        same = other[:2] == (pages, description)
        if named.isdisjoint(seen):
            harmless += 1
            assert same, f"{triple} is on the page of {thing}, which did not look at any of {named}"
        changing += not same
    # There is something of both kinds to look at.
    assert harmless
    assert changing
