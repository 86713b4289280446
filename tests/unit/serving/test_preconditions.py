"""What a client says of a graph before it changes it, and whether that is so."""

from __future__ import annotations

import pytest

from kg.serving import preconditions as module
from kg.serving.messages import Problem, Request
from kg.serving.preconditions import Changes, Preconditions, graph_tag, preconditions

RUN = "0a1b2c"
GRAPH = "http://x/g"
ANY = ("*",)


def asked(**headers: str) -> Preconditions:
    return preconditions(Request("PUT", "/store", "", {name.replace("_", "-"): text for name, text in headers.items()}))


def tag(number: int, graph: str | None = GRAPH, run: str = RUN, form: object = "text/turtle") -> str:
    return graph_tag(f"{run}-{number}", graph, form)


def fits(changes: Changes, asked: Preconditions, graph: str | None = GRAPH, *, there: bool = True) -> bool:
    try:
        changes.check(asked, graph, there=there)
    except Problem as problem:
        return problem.status != 412
    return True


def matches(changes: Changes, *tags: str, graph: str | None = GRAPH) -> bool:
    """Return whether a graph has one of the tags; what is said of If-None-Match is the opposite."""
    found = fits(changes, Preconditions(match=tags), graph)
    assert fits(changes, Preconditions(none_match=tags), graph) is not found
    return found


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("*", ANY),
        (" * ", ANY),
        ('"a"', ('"a"',)),
        ('W/"a"', ('W/"a"',)),
        ('""', ('""',)),
        ('"a", W/"b" ,"c"', ('"a"', 'W/"b"', '"c"')),
        (', "a",, "b",', ('"a"', '"b"')),
        ('"a,b", "*"', ('"a,b"', '"*"')),
        ('"\xe9\\"', ('"\xe9\\"',)),
        ("", ()),
        (" , ", ()),
    ],
)
def test_lists_of_tags(text: str, tags: tuple[str, ...]) -> None:
    assert asked(if_match=text) == Preconditions(match=tags)
    assert asked(if_none_match=text) == Preconditions(none_match=tags)


@pytest.mark.parametrize(
    "text", ["a", '"a', 'a"', '"a" "b"', '"a"b', '*, "a"', '"a", *', 'w/"a"', 'W/ "a"', '"a b"', "'a'", '"a\x7f"', "**"]
)
def test_what_is_no_list_of_tags_is_refused(text: str) -> None:
    for name in ("if_match", "if_none_match"):
        with pytest.raises(Problem) as caught:
            asked(**{name: text})
        assert caught.value.status == 400


def test_who_says_nothing_asks_nothing() -> None:
    assert asked() == Preconditions()
    for there in (True, False):
        assert fits(Changes(RUN, 1), asked(), there=there)


@pytest.mark.parametrize("there", [True, False])
def test_any_tag(*, there: bool) -> None:
    changes = Changes(RUN, 1)
    assert fits(changes, Preconditions(match=ANY), there=there) is there
    assert fits(changes, Preconditions(none_match=ANY), there=there) is not there
    assert not fits(changes, Preconditions(match=ANY, none_match=ANY), there=there)
    # Nothing has no tag.
    assert fits(changes, Preconditions(match=(tag(1),)), there=there) is there
    assert fits(changes, Preconditions(none_match=(tag(1),)), there=there) is not there


def test_a_tag_holds_until_its_graph_is_changed() -> None:
    changes = Changes(RUN, 5)
    assert matches(changes, tag(5))
    assert matches(changes, '"other"', tag(5, form="gzip"))
    changes.one("http://x/other", 6)
    changes.one(None, 7)
    assert matches(changes, tag(5))
    assert matches(changes, tag(7))
    changes.one(GRAPH, 8)
    assert not matches(changes, tag(5), tag(7))
    assert matches(changes, tag(7), tag(8))
    assert matches(changes, tag(7, None), graph=None)
    changes.all(9)
    assert not matches(changes, tag(8))
    assert not matches(changes, tag(8, None), graph=None)
    assert matches(changes, tag(9))


def test_other_tags() -> None:
    changes = Changes(RUN, 5)
    for other in (
        tag(4),
        tag(6),
        tag(5, "http://x/other"),
        tag(5, None),
        tag(5, "None"),
        tag(5, run="ffffff"),
        f'"{RUN}-5"',
        tag(5)[1:-1],
        tag(5).replace("-5-", "-05-").replace(RUN, RUN.upper()),
        '"*"',
        "",
    ):
        assert not matches(changes, other), other
    assert not matches(changes, tag(5, "None"), graph=None)


def test_a_weak_tag_is_enough_only_where_none_may_fit() -> None:
    changes = Changes(RUN, 5)
    weak = (f"W/{tag(5)}",)
    assert not fits(changes, Preconditions(match=weak))
    assert not fits(changes, Preconditions(none_match=weak))


def test_more_graphs_than_are_known_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KNOWN", 3)
    changes = Changes(RUN, 1)
    for number in range(2, 12):
        changes.one(f"urn:{number}", number)
        assert len(changes._each) <= 3
        assert matches(changes, tag(number, f"urn:{number}"), graph=f"urn:{number}")
        assert not matches(changes, tag(number - 1, f"urn:{number}"), graph=f"urn:{number}")
    # What is not known of a graph counts as changed.
    assert not matches(changes, tag(2, "urn:2"), graph="urn:2")
