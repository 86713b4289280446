"""A site without a server: its pages in parts, in other processes, are those that one process makes one by one."""

from __future__ import annotations

import pickle

import pyoxigraph as ox
import pytest

from kg.pages import Overview, SiteSettings, StaticAddresses, StaticSite
from tests.unit.pages.graph import BASE, EX, KG, RELEASE, StoreGraph, store

MODELS = " ".join(
    f'ex:m{number} a kg:Model ; rdfs:label "Model {number:03}" ; kg:trainedOn ex:d .' for number in range(60)
)
ADDRESSES = StaticAddresses(BASE)


def static(data: str = MODELS, overview: Overview | None = None) -> StaticSite:
    return StaticSite(StoreGraph(store(data)), SiteSettings(base=BASE, page_size=8), ADDRESSES, overview)


def test_pages_of_a_class_are_the_same_in_parts_and_one_by_one() -> None:
    site = static()
    last = site.last_page(KG + "Model")
    assert last == 8
    whole = list(site.class_pages(KG + "Model"))
    assert len(dict(whole)) == last
    parts = [
        page for first in range(1, last + 1, 3) for page in site.class_pages(KG + "Model", first, min(last, first + 2))
    ]
    assert parts == whole
    assert [page for _, page in whole] == [
        site.class_page(KG + "Model", {"page": [str(number)]}) for number in range(1, last + 1)
    ]


@pytest.mark.parametrize("data", [MODELS, RELEASE], ids=["models", "release"])
def test_an_overview_from_another_process_makes_the_same_pages(data: str) -> None:
    first = static(data)
    again = pickle.loads(pickle.dumps(Overview(StoreGraph(store(data)))))  # noqa: S301 - ours
    other = static(data, again)
    assert first.home() == other.home()
    assert first.class_names() == other.class_names() != ()
    things = [quad.subject.value for quad in store(data) if isinstance(quad.subject, ox.NamedNode)]
    assert things
    assert all(list(first.pages_of(thing)) == list(other.pages_of(thing)) for thing in things)
    assert not [question for question in other._graph.asked if "GROUP BY ?c ORDER BY" in question]  # type: ignore[attr-defined]


def test_what_points_to_a_thing_by_a_property_is_the_same_near_and_far() -> None:
    # What very many point to is asked of the store anew each time.
    many = " ".join(f"ex:n{number} ex:of ex:hub ; ex:at ex:few ." for number in range(1200))
    graph = StoreGraph(store(f"{MODELS} {many} ex:few ex:of ex:hub ."))
    for thing, prop, count in ((EX + "d", KG + "trainedOn", 60), (EX + "hub", EX + "of", 1201)):
        near = [subject for subject, _ in graph.pointing(thing, prop)]
        quads = graph.store.quads_for_pattern(None, ox.NamedNode(prop), ox.NamedNode(thing), ox.DefaultGraph())
        assert near == [quad.subject for quad in quads]
        assert len(near) == count
