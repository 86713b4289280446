"""What is known of a thing, and whence: its statements with their words, what follows with its formula, what a table says."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from kg.errors import QueryError
from kg.query import Explanation, explain, explanation_text
from kg.settings import DEFAULT_BASE, ONTOLOGY
from tests.unit.query.graph import NAMES, PASSAGES, store

ORION = f"{DEFAULT_BASE}model/one.orion-7b"


def explained(name: str) -> Explanation:
    return explain(store(), name, NAMES)


def entries(name: str, kind: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the entries of a thing by their property's local name."""
    return {
        entry["property"].removeprefix(ONTOLOGY): entry
        for entry in explained(name).entries
        if kind in (None, entry["kind"])
    }


@pytest.mark.parametrize(
    "name",
    [ORION, f"<{ORION}>", "model:one.orion-7b", "Orion-7B", "orion-7b", "ORION-7B"],
)
def test_a_thing_is_found_by_iri_prefixed_name_label_and_part_of_one(name: str) -> None:
    found = explained(name)
    assert (found.iri, found.label) == (ORION, "Orion-7B")


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("one.txt", "passage/one"),
        ("LAION-5B", "dataset/laion-5b"),
        ("LAION5B", "dataset/laion-5b"),
        ("NVIDIA A100 80GB", "accelerator/nvidia-a100-80gb"),
        ("country:FRA", "country/FRA"),
        ("model:three", "model/three"),
    ],
)
def test_other_things_have_names_too(name: str, iri: str) -> None:
    assert explained(name).iri == DEFAULT_BASE + iri


def test_a_thing_found_by_its_iri_is_called_by_its_own_label_before_others() -> None:
    assert explained("dataset:laion-5b").label == "LAION-5B"
    assert explained("model:three").label is None


@pytest.mark.parametrize(
    "name",
    [
        "Nobody",
        "",
        "model:none",
        "http://nowhere.example/",
        "<http://nowhere.example/>",
        "model:a b",
        "http://x/ y",
        "\x00",
        "(((",
        "none:x",
    ],
)
def test_a_name_that_nothing_has_is_an_error_and_no_traceback(name: str) -> None:
    with pytest.raises(QueryError, match=r"KG50[78]"):
        explained(name)


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("sxm4", "accelerator/nvidia-a100-sxm-80gb"),
        ("Franc", "country/FRA"),
        ("run in three", "run/three.pretraining"),
        ("laion", "dataset/laion-5b"),
    ],
)
def test_a_part_of_a_label_is_enough_where_no_other_label_has_it(name: str, iri: str) -> None:
    assert explained(name).iri == DEFAULT_BASE + iri


def test_the_beginning_of_a_label_comes_before_other_parts() -> None:
    """The labels of a model's parts hold its name, too."""
    assert explained("facility of").iri == f"{DEFAULT_BASE}facility/one"
    assert explained("NVIDIA Amp").iri == f"{DEFAULT_BASE}accelerator/nvidia-ampere"
    with pytest.raises(QueryError, match="2 things are called 'Orion'"):
        explained("Orion")


def test_a_name_that_several_have_brings_them() -> None:
    with pytest.raises(QueryError) as caught:
        explained("Orion")
    message = str(caught.value)
    assert "things are called 'Orion'" in message
    assert f"Orion-7B  <{ORION}>" in message
    assert f"Orion-70B  <{DEFAULT_BASE}model/two.orion-70b>" in message
    assert message.endswith("[KG508]")


def test_a_statement_comes_with_its_words_their_place_and_its_rule() -> None:
    passage, facts = PASSAGES[0]
    (fact,) = (fact for fact in facts if fact.property == "parameterCount")
    entry = entries("Orion-7B", "stated")["parameterCount"]
    assert entry == {
        "subject": ORION,
        "label": "Orion-7B",
        "kind": "stated",
        "property": f"{ONTOLOGY}parameterCount",
        "value": "7000000000",
        "unit": "NUM",
        "approximate": False,
        "rule": "tag:params",
        "text": "7 billion",
        "start": fact.start,
        "end": fact.end,
        "source": "one.txt",
    }
    assert passage.text[entry["start"] : entry["end"]] == entry["text"]


def test_the_parts_of_a_thing_are_explained_with_it() -> None:
    found = entries("Orion-7B")
    assert {entry["subject"].removeprefix(DEFAULT_BASE) for entry in explained("Orion-7B").entries} >= {
        *(
            "model/one.orion-7b",
            "run/one.pretraining",
            "dataset/one.pretraining",
            "component/one.image-encoder",
            "facility/one",
        ),
        "accelerator/nvidia-a100-80gb",
    }
    assert found["acceleratorCount"]["value"] == "64"
    assert found["wasDerivedFrom"]["value"] == "LAION-5B", "a thing is called by its label"
    assert found["trainingDuration"]["approximate"] is True


def test_the_thing_itself_comes_first() -> None:
    assert explained("Orion-7B").entries[0]["subject"] == ORION


def test_only_the_passage_of_a_thing_is_heard_about_what_it_shares() -> None:
    """Both passages tell of one accelerator; what one says of it is no evidence for the other's model."""
    for name in ("Orion-7B", "Orion-70B"):
        sources = {entry["source"] for entry in explained(name).entries if "source" in entry}
        assert sources == {"one.txt" if name == "Orion-7B" else "two.txt"}
    shared = {entry["source"] for entry in explained("NVIDIA A100 80GB").entries if "source" in entry}
    assert shared == {"one.txt", "two.txt"}


def test_what_follows_comes_with_formula_inputs_and_assumptions() -> None:
    entry = entries("Orion-7B", "estimated")["trainingEnergy"]
    assert entry["formula"] == "acceleratorCount × thermalDesignPower × trainingDurationHours"
    assert (entry["unit"], entry["method"]) == ("MegaW-HR", "thermal design power")
    assert {source.get("text") for source in entry["inputs"]} >= {"64", "about 2 months", "A100 80GB"}
    assert all(source.get("source", "one.txt") == "one.txt" for source in entry["inputs"])
    assert any("A100" in (source.get("label") or "") for source in entry["inputs"] if "thing" in source)
    assert any("PUE 1" in text for text in entry["assumptions"])
    assert entry["cautions"] == []


def test_what_a_table_says_is_told_as_such() -> None:
    found = entries("country:FRA", "reference")
    assert found["isoAlpha2"]["value"] == "FR"
    assert found["gridYear"]["value"] == "2023"


def test_what_is_not_stated_is_told() -> None:
    assert explained("Orion-7B").not_stated == (f"{ONTOLOGY}releaseYear",)
    assert explained("Orion-70B").not_stated == ()


def test_an_explanation_is_ready_for_json() -> None:
    assert json.loads(json.dumps(asdict(explained("Orion-7B"))))["iri"] == ORION


def test_the_same_question_has_the_same_answer() -> None:
    assert explained("Orion-7B") == explained("Orion-7B")


def test_the_text_tells_all_of_it() -> None:
    text = explanation_text(explained("Orion-7B"))
    lines = text.split("\n")
    assert lines[:2] == ["Orion-7B", ORION]
    assert "  parameterCount = 7000000000" in lines
    assert any(line.startswith("  trainingDuration = about 2 months") for line in lines)
    assert any("“about 2 months”  one.txt, characters " in line and line.endswith("[tag:training]") for line in lines)
    assert any(line.startswith("      = acceleratorCount × ") for line in lines)
    assert any(line.startswith("      assuming ") for line in lines)
    assert lines[-1] == "Not stated: releaseYear"


def test_the_text_of_a_thing_without_a_name_says_so() -> None:
    assert explanation_text(explained("model:three")).startswith(f"(no name is stated)\n{DEFAULT_BASE}model/three\n")


def test_the_text_of_a_thing_of_which_nothing_is_stated_says_so() -> None:
    text = explanation_text(Explanation("http://x/a", "A", (), ()))
    assert text == "A\nhttp://x/a\n\nNothing is stated about it by itself; other things refer to it."


def test_no_text_of_a_passage_drives_the_terminal() -> None:
    text = explanation_text(explained("Orion-70B"))
    assert "evil" in text
    assert all(character.isprintable() or character == "\n" for character in text)
