from __future__ import annotations

import re
from itertools import combinations

import pytest

from kg.drawing import Edge, Node, neighbourhood, neighbourhoods
from tests.unit.pages.pictures.reading import hrefs, of_class, read, texts

MODEL = [
    Node("m", "Model A", "model"),
    Node("r", "run of A", "training run", "/r"),
    Node("f", "facility", "facility", "/f"),
    Node("c", "Singapore", "country", "/c"),
    Node("b", "a benchmark", "", "/b"),
    Node("x", "Model B", "model", "/x"),
]
EDGES = [
    Edge("m", "r", "training run"),
    Edge("r", "f", "at facility"),
    Edge("f", "c", "country"),
    Edge("m", "b", "evaluated on"),
    Edge("x", "m", "based on"),
]


def boxes(picture: str) -> dict[str, tuple[float, float, float, float]]:
    """Return left, top, right and bottom of the box of each label."""
    found = {}
    for group in (*of_class(read(picture), "node"),):
        rect = next(child for child in group if child.tag.endswith("rect"))
        x, y, width, height = (float(rect.get(name) or "") for name in ("x", "y", "width", "height"))
        found[group.get("aria-label") or ""] = (x, y, x + width, y + height)
    return found


def many(count: int) -> tuple[list[Node], list[Edge]]:
    others = [Node(f"n{number}", f"thing {number}", "thing", f"/n{number}") for number in range(count)]
    return [Node("m", "M"), *others], [Edge("m", other.key, "part") for other in others]


def test_what_leads_to_a_thing_stands_left_of_it_and_what_it_leads_to_right_step_by_step() -> None:
    found = boxes(neighbourhood("m", MODEL, EDGES))
    here = found["Model A (model)"]
    assert found["based on: Model B (model)"][2] < here[0]
    steps = [
        here[0],
        *(
            found[name][0]
            for name in (
                "training run: run of A (training run)",
                "at facility: facility (facility)",
                "country: Singapore (country)",
            )
        ),
    ]
    assert steps == sorted(set(steps))


def narrow(nodes: list[Node], edges: list[Edge]) -> str:
    """Return the second of the pictures, the one for narrow windows."""
    both = neighbourhoods("m", nodes, edges, limit=24)
    assert both.count("<svg") == 2
    return both[both.rindex("<svg") :]


def test_a_narrow_picture_has_what_leads_to_a_thing_above_it_and_what_it_leads_to_below() -> None:
    picture = narrow(MODEL, EDGES)
    found = boxes(picture)
    top, here = found["based on: Model B (model)"], found["Model A (model)"]
    below = [found["evaluated on: a benchmark"], found["training run: run of A (training run)"]]
    assert top[3] < here[1] < here[3] < below[0][1] < below[0][3] < below[1][1]
    # Of what is further away the broad picture of this function says nothing either.
    assert len(found) == 4
    assert len(boxes(str(neighbourhoods("m", MODEL, EDGES)).removesuffix(picture))) == 4
    assert narrow(MODEL[:1], [])


@pytest.mark.parametrize("count", [0, 1, 12, 13, 60])
def test_a_narrow_picture_fits_the_narrowest_window_and_nothing_lies_on_another(count: int) -> None:
    nodes, edges = many(count)
    others = [Node(f"o{number}", f"other {number}", "", f"/o{number}") for number in range(count)]
    picture = narrow([*nodes, *others], [*edges, *(Edge(other.key, "m", "of " * 50) for other in others)])
    wide, high = map(float, read(picture).get("viewBox", "").split()[2:])
    # A window of 320 pixels, less what the page and the frame have at their sides.
    assert wide <= 246
    found = list(boxes(picture).values())
    assert all(0 <= left < right <= wide and 0 <= top < bottom <= high for left, top, right, bottom in found)
    assert all(one[3] <= other[1] or other[3] <= one[1] for one, other in combinations(found, 2))
    properties = [float(text.get("y") or "") for text in of_class(read(picture), "property")]
    assert len(properties) == 2 * (count > 0)
    assert not any(top < y < bottom for y in properties for _, top, _, bottom in found)


def test_ids_of_both_pictures_are_their_own() -> None:
    ids = re.findall(r' id="([^"]*)"', neighbourhoods("m", MODEL, EDGES))
    assert len(ids) == len(set(ids)) == 4


def test_every_thing_with_a_page_is_a_link_to_it() -> None:
    assert sorted(hrefs(read(neighbourhood("m", MODEL, EDGES)))) == ["/b", "/c", "/f", "/r", "/x"]


def test_the_order_of_nodes_and_edges_does_not_change_a_byte() -> None:
    assert neighbourhood("m", MODEL, EDGES) == neighbourhood("m", MODEL[::-1], [*EDGES[::-1], EDGES[0]])


@pytest.mark.parametrize("count", [0, 1, 12, 13, 300])
def test_boxes_never_lie_on_each_other_and_all_that_is_left_out_is_counted(count: int) -> None:
    nodes, edges = many(count)
    picture = neighbourhood("m", nodes, edges, more_href="/all")
    found = boxes(picture)
    for one, other in combinations(found.values(), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    named = sum("thing" in name for name in found)
    more = [int(text) for name in found for text in re.findall(r"^(\d+) more", name)]
    assert named + sum(more) == count
    assert ("/all" in hrefs(read(picture))) == bool(more)
    assert named <= 12


def test_small_groups_are_shown_whole_before_great_ones_take_the_room() -> None:
    nodes, edges = many(30)
    nodes += [Node("a", "only one", "", "/a")]
    picture = neighbourhood("m", nodes, [*edges, Edge("m", "a", "zeal")], limit=6)
    assert "zeal: only one" in boxes(picture)
    assert "+25 more" in texts(read(picture))


def test_circles_of_statements_end_and_unknown_things_are_passed_over() -> None:
    edges = [
        Edge("m", "r", "to"),
        Edge("r", "m", "back"),
        Edge("m", "m", "self"),
        Edge("m", "gone", "to"),
        Edge("r", "r", "self"),
    ]
    assert set(boxes(neighbourhood("m", MODEL[:2], edges))) == {"Model A (model)", "to: run of A (training run)"}


def test_hostile_labels_stay_text() -> None:
    nodes = [Node("m", "</text><script>alert(1)</script>"), Node("x", '"><img onerror=x>', "&amp;", '/"onload="x')]
    picture = neighbourhood("m", nodes, [Edge("m", "x", "<b>")])
    assert "<script" not in picture
    assert "<img" not in picture
    root = read(picture)
    assert hrefs(root) == ['/"onload="x']
    assert "onload" not in {name for element in root.iter() for name in element.attrib}


def test_the_picture_has_a_name_and_a_description() -> None:
    root = read(neighbourhood("m", MODEL, EDGES))
    said = {element.get("id"): element.text for element in root if element.get("id")}
    assert said[root.get("aria-labelledby")] == "What Model A is connected with"
    assert said[root.get("aria-describedby")] == (
        "5 things are shown. It leads to others by evaluated on (1) and training run (1). Others lead to it by based on (1)."
    )


def test_a_thing_that_is_not_among_the_nodes_cannot_be_the_middle() -> None:
    with pytest.raises(KeyError):
        neighbourhood("elsewhere", MODEL, EDGES)
