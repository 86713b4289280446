"""What a table says of a thing agrees with what the graph says, contradicts it, or neither."""

from __future__ import annotations

import pytest

from kg.serving.agreement import Agreement, agreement, wanted
from kg.serving.messages import Problem
from tests.unit.pages.graph import EX, StoreGraph, store

DATA = """ex:a rdfs:label "A" ; ex:maker ex:g , ex:n ; ex:size 1500 ; ex:share 0.50 ; ex:open true ; ex:day "2024-05-01"^^xsd:date ; ex:note "Very quick" ; ex:blank [] .
ex:g rdfs:label "Google" ; skos:altLabel "Alphabet's Google" . ex:n rdfs:label "NVIDIA"@en . """


@pytest.fixture(scope="module")
def graph() -> StoreGraph:
    return StoreGraph(store(DATA))


@pytest.mark.parametrize(
    ("name", "value", "rate"),
    [
        ("maker", "GOOGLE", 1),
        ("maker", "nvidia", 1),
        ("maker", "alphabets google", 1),
        ("maker", f"{EX}g", 1),
        ("maker", {"id": f"{EX}g"}, 1),
        ("maker", ["Intel", "Google"], 1),
        ("maker", "Intel", -1),
        ("maker", "Gogle", 0),
        ("size", 1500, 1),
        ("size", "1,500", 1),
        ("size", "1.5e3", 1),
        ("size", 1500.0, 1),
        ("size", "1501", -1),
        ("size", "15000", -1),
        ("size", "many", -1),
        ("share", 0.5, 1),
        ("open", True, 1),
        ("open", "yes", 1),
        ("open", False, -1),
        ("day", "2024-05-01", 1),
        ("day", "2024-05-02", -1),
        ("note", "very  Quick", 1),
        ("note", "slow", -1),
        ("blank", "x", 0),
        ("nothing", "x", 0),
        ("size", "", 0),
        ("size", None, 0),
    ],
)
def test_a_value(graph: StoreGraph, name: str, value: object, rate: int) -> None:
    found = agreement(graph, f"{EX}a", wanted([{"pid": f"{EX}{name}", "v": value}]))
    assert found == Agreement(int(rate == 1), int(rate == -1))


@pytest.mark.parametrize(
    ("agree", "contradict", "name", "score"),
    [(0, 0, 80, 80), (1, 0, 80, 86.7), (0, 1, 80, 53.3), (1, 1, 80, 65), (2, 0, 100, 100), (0, 2, 100, 50)],
)
def test_a_score_is_a_mean_in_which_a_property_weighs_half_a_name(
    agree: int, contradict: int, name: float, score: float
) -> None:
    assert Agreement(agree, contradict).score(name) == score


@pytest.mark.parametrize("asked", ["x", [1], [{}], [{"pid": 1, "v": 2}], [{"pid": "x"}] * 21])
def test_what_are_no_properties_is_refused(asked: object) -> None:
    with pytest.raises(Problem) as refused:
        wanted(asked)
    assert refused.value.status == 400
