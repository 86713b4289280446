"""Facts become rows with IRIs: what gets a name of its own, what is shared, and that each statement is told once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pyoxigraph as ox
import pytest

from kg.errors import MappingError
from kg.model import Level, Value
from kg.rdf.reference import load_reference
from kg.rdf.vocabulary import load_vocabulary
from kg.resolution import Rows, load, resolve
from kg.resolution.resolve import RELATIONS, FactRow, SubjectRow
from kg.settings import ONTOLOGY
from tests.facts import Claim, Told, told
from tests.session import session

BASE = "https://x.example/id/"
XSD = "http://www.w3.org/2001/XMLSchema#"
NAMED = Claim("model:Orion 7B", "name", "Orion 7B")


def rows_of(*passages: Told) -> Rows:
    return resolve(passages, load_reference(), load_vocabulary(), BASE)


def row_of(*claims: Claim, name: str = "p") -> FactRow:
    """Return the row of the last claim."""
    return rows_of(told(name, *claims)).facts[-1]


def subjects(rows: Rows, column: str) -> list[SubjectRow]:
    return [row for row in rows.subjects if getattr(row, column) is not None]


def local(iri: str | None) -> str | None:
    return None if iri is None else iri.removeprefix(BASE)


def test_a_passage_has_an_iri_a_graph_and_its_file() -> None:
    passage, facts = told("002_7e82", NAMED, source="some/where/002_7e82.txt")
    (row,) = rows_of((passage, facts)).passages
    assert (row.iri, row.graph) == (f"{BASE}passage/002_7e82", f"{BASE}graph/002_7e82")
    assert (row.file, row.sha256, row.characters) == ("002_7e82.txt", passage.sha256, len(passage.text))


@pytest.mark.parametrize(
    ("source", "name", "file"),
    [
        ("a/b.txt", "b", "b.txt"),
        ("a/p.jsonl#one", "one", "p.jsonl#one"),
        ("a/p.jsonl#a#b/c", "a#b/c", "p.jsonl#a#b/c"),
        ("C#/notes.txt", "notes", "notes.txt"),
        ("C#.txt", "C#", "C#.txt"),
        ("-", "stdin", "-"),
    ],
)
def test_the_file_of_a_passage_is_named_without_its_folder(source: str, name: str, file: str) -> None:
    assert rows_of(told(name, source=source)).passages[0].file == file


@pytest.mark.parametrize("name", ["derived", "reference", "Derived"])
def test_a_passage_never_has_a_graph_of_ours(name: str) -> None:
    (row,) = rows_of(told(name)).passages
    assert row.graph == f"{BASE}graph/passage.{name.lower()}"
    assert row.iri == f"{BASE}passage/{name.lower()}"


def test_every_name_of_a_thing_is_told() -> None:
    rows = rows_of(
        told(
            "p",
            NAMED,
            Claim("component:vision-encoder", "frozen", value=True),
            Claim("tokenizer", "vocabularySize", 32000, "tokens"),
            Claim("run:pretraining", "acceleratorCount", 64, "NUM"),
            Claim("accelerator", "name", "nvidia-h100-80gb", words="H100 80GB"),
            Claim("run:sft", "trainingStage", "SFT"),
            Claim("dataset:pretraining", "tokenCount", 10**12, "tokens"),
            Claim("dataset:sft", "exampleCount", 5, "examples"),
            Claim("cluster", "interconnect", "NVLink"),
            Claim("facility", "country", "FRA", words="France"),
        )
    )
    names = {
        (column, local(getattr(row, column)), row.label)
        for row in rows.subjects
        for column in ("model", "component", "data", "facility", "cluster", "allocation", "accelerator", "run")
        if getattr(row, column) is not None and not (column == "run" and row.run_of is None)
    }
    assert names == {
        ("model", "model/p.orion-7b", "Orion 7B"),
        ("component", "component/p.vision-encoder", "vision encoder of Orion 7B"),
        ("component", "component/p.tokenizer", "tokenizer of Orion 7B"),
        ("run", "run/p.pretraining", "pretraining run of Orion 7B"),
        ("run", "run/p.sft", "sft run of Orion 7B"),
        ("data", "dataset/p.pretraining", "pretraining dataset of Orion 7B"),
        ("data", "dataset/p.sft", "sft dataset of Orion 7B"),
        ("cluster", "cluster/p", "cluster of Orion 7B"),
        ("facility", "facility/p", "facility of Orion 7B"),
        ("allocation", "allocation/p.pretraining", None),
        ("allocation", "allocation/p.pretraining", "NVIDIA H100 80GB"),
        ("accelerator", "accelerator/nvidia-h100-80gb", "NVIDIA H100 80GB"),
    }
    runs = {local(row.run): (local(row.run_data), local(row.run_facility)) for row in subjects(rows, "run_of")}
    assert runs == {"run/p.pretraining": ("dataset/p.pretraining", "facility/p"), "run/p.sft": ("dataset/p.sft", None)}
    (allocation,) = subjects(rows, "run_allocation")
    assert (allocation.allocation_count, local(allocation.allocation_cluster)) == ("64", "cluster/p")


def test_a_model_without_a_name_is_named_after_its_passage_and_has_no_label() -> None:
    rows = rows_of(
        told("p", Claim("model:_unnamed", "parameterCount", 7, "NUM"), Claim("run:pretraining", "technique", "ZeRO"))
    )
    (model,) = subjects(rows, "model")
    assert (model.model, model.label) == (f"{BASE}model/p", None)
    (run,) = subjects(rows, "run_of")
    assert (run.run_of, run.label) == (f"{BASE}model/p", "pretraining run in p")


def test_a_passage_that_says_nothing_still_tells_of_a_model_and_of_no_run() -> None:
    rows = rows_of(told("p"))
    assert [local(row.model) for row in rows.subjects] == ["model/p"]
    assert rows.facts == []


def test_a_name_that_a_component_has_is_its_label() -> None:
    rows = rows_of(
        told(
            "p", NAMED, Claim("component:image-encoder", "name", "CLIP ViT-L/14"), Claim("facility", "name", "Jean Zay")
        )
    )
    assert [row.label for row in subjects(rows, "component")] == ["CLIP ViT-L/14"]
    assert [row.label for row in subjects(rows, "facility")] == ["Jean Zay"]


def test_two_accelerators_are_one_allocation() -> None:
    rows = rows_of(
        told(
            "p",
            Claim("accelerator", "name", "nvidia-a100", words="A100"),
            Claim("accelerator", "name", "nvidia-h100", words="H100"),
            Claim("accelerator", "name", "nvidia-a100", words="A100 again"),
        )
    )
    found = [(local(row.allocation), local(row.allocation_accelerator)) for row in subjects(rows, "accelerator")]
    assert found == [
        ("allocation/p.pretraining", "accelerator/nvidia-a100"),
        ("allocation/p.pretraining", "accelerator/nvidia-h100"),
    ]


def test_two_counts_leave_the_count_of_the_allocation_open() -> None:
    counts = [
        Claim("run:pretraining", "acceleratorCount", 64, "NUM"),
        Claim("run:pretraining", "acceleratorCount", 128, "NUM"),
    ]
    for claims, count in ((counts, None), (counts[:1] * 2, "64")):
        (row,) = subjects(rows_of(told("p", *claims)), "run_allocation")
        assert row.allocation_count == count


def test_hardware_belongs_to_the_run_that_the_passage_is_about() -> None:
    rows = rows_of(
        told("p", Claim("run:finetuning", "acceleratorCount", 8, "NUM"), Claim("run:pretraining", "technique", "ZeRO"))
    )
    assert {local(row.run) for row in subjects(rows, "run_allocation")} == {"run/p.finetuning"}


def test_what_is_said_of_an_accelerator_is_said_of_the_one_around_it() -> None:
    claims = (
        Claim("accelerator", "name", "nvidia-a100-80gb", words="A100 80GB"),
        Claim("accelerator", "name", "nvidia-h100-80gb", words="H100 80GB"),
        Claim("accelerator", "memorySize", 80, "GigaBYTE", words="80GB", at=15),
        Claim("accelerator", "manufacturer", "NVIDIA"),
    )
    facts = {(row.property.removeprefix(ONTOLOGY), local(row.subject)) for row in rows_of(told("p", *claims)).facts}
    assert ("memorySize", "accelerator/nvidia-h100-80gb") in facts
    assert ("manufacturer", "accelerator/nvidia-a100-80gb") in facts


def test_the_value_of_a_hardware_slot_is_the_name_of_the_accelerator() -> None:
    row = row_of(Claim("accelerator", "name", "nvidia-a100-80gb", words="NVIDIA A100 80GB GPUs"))
    assert (row.value, row.datatype, row.text) == ("NVIDIA A100 80GB", XSD + "string", "NVIDIA A100 80GB GPUs")


@pytest.mark.parametrize(
    ("subject", "name", "value", "unit", "lexical", "datatype"),
    [
        ("model:x", "parameterCount", 70_400_000_000, None, "70400000000", "integer"),
        ("model:x", "parameterCount", 10**25, None, "1" + "0" * 25, "integer"),
        ("run:pretraining", "weightDecay", Decimal("0.10"), None, "0.1", "decimal"),
        ("run:pretraining", "adamEpsilon", Decimal("1E-8"), None, "0.00000001", "decimal"),
        ("run:pretraining", "epochCount", 3, None, "3", "decimal"),
        ("run:pretraining", "epochCount", Decimal("1E+2"), None, "100", "decimal"),
        ("run:pretraining", "achievedThroughput", Decimal("3.2E+14"), "FLOPS", "3.2E14", "double"),
        ("run:pretraining", "achievedThroughput", 320_000_000_000_000, "FLOPS", "3.2E14", "double"),
        ("run:pretraining", "achievedThroughput", Decimal("0.5"), "FLOPS", "5.0E-1", "double"),
        ("component:e", "frozen", True, None, "true", "boolean"),
        ("component:e", "frozen", False, None, "false", "boolean"),
        ("model:x", "architecture", 'a\n"b" \\ 葉', None, 'a\n"b" \\ 葉', "string"),
        ("run:pretraining", "trainingDuration", Decimal("2.50"), "month", "2.5", "decimal"),
        ("run:pretraining", "trainingDuration", 10, "week", "10", "integer"),
    ],
)
def test_a_value_has_the_canonical_form_of_its_datatype(
    subject: str, name: str, value: Value, unit: str | None, lexical: str, datatype: str
) -> None:
    row = row_of(Claim(subject, name, value, unit))
    assert (row.value, row.datatype, row.object) == (lexical, XSD + datatype, None)


def test_a_number_with_a_unit_is_a_quantity_and_plain_only_where_it_does_not_mislead() -> None:
    duration = row_of(Claim("run:pretraining", "trainingDuration", 10, "week"))
    assert (duration.plain, duration.quantity, duration.quantity_value) == (
        None,
        duration.statement,
        duration.statement,
    )
    assert (duration.number, duration.number_type, duration.unit_text) == ("10", XSD + "integer", "week")
    assert duration.unit == "http://qudt.org/vocab/unit/WK"
    count = row_of(Claim("dataset:pretraining", "tokenCount", 5, "tokens"))
    assert (count.plain, count.quantity, count.quantity_value) == ("5", None, count.statement)
    bare = row_of(Claim("run:pretraining", "globalBatchSize", 2048))
    assert (bare.plain, bare.quantity_value, bare.number, bare.unit_text) == ("2048", None, None, None)
    text = row_of(Claim("dataset:pretraining", "imageResolution", "224x224", "pixel"))
    assert (text.plain, text.quantity_value, text.unit_text) == ("224x224", None, "pixel")


def test_a_unit_that_no_table_knows_keeps_its_words() -> None:
    row = row_of(Claim("run:pretraining", "reportedCompute", 4, "gigafurlongs"))
    assert (row.unit, row.unit_text, row.number) == (None, "gigafurlongs", "4")


def test_evidence_travels_with_the_value() -> None:
    row = row_of(
        NAMED,
        Claim(
            "run:pretraining",
            "trainingDuration",
            2,
            "month",
            words="about 2 months",
            approximate=True,
            level=Level.ESTIMATED,
        ),
    )
    assert (row.text, row.start, row.end) == ("about 2 months", 9, 23)
    assert (row.approximate, row.level, row.rule, row.slot) == (True, "estimated", "tag:training", "training")
    assert row.selector == f"{BASE}passage/p#char=9,23"
    assert row.statement == f"{BASE}statement/p.9-23.trainingDuration"
    assert row_of(NAMED).approximate is None


def test_each_member_of_a_list_is_a_statement() -> None:
    rows = rows_of(told("p", Claim("model:x", "inputModality", ("image", "text", "image"), words="image and text")))
    assert [(row.value, local(row.statement)) for row in rows.facts] == [
        ("image", "statement/p.0-14.inputModality.image"),
        ("text", "statement/p.0-14.inputModality.text"),
    ]


def test_no_statement_is_lost_or_shared_however_alike_two_are() -> None:
    alike = ("C", "C+", "C++", "C#", "C!", "c" * 70, "c" * 70 + "d")
    claims = (
        Claim("model:x", "mlTask", alike, words="words"),
        Claim("run:pretraining", "mlTask", alike, words="words", at=0),
        Claim("component:a", "name", "one", words="words", at=0),
        Claim("component:b", "name", "two", words="words", at=0),
        Claim("component:b", "name", "three", words="words", at=0),
    )
    rows = rows_of(told("p", *claims), told("p2", *claims))
    assert len(rows.facts) == 2 * (2 * len(alike) + 3)
    assert len({row.statement for row in rows.facts}) == len(rows.facts)
    assert len({(row.statement.partition(".")[0], row.subject, row.property, row.value) for row in rows.facts}) == len(
        rows.facts
    )
    for row in rows.facts:
        assert ox.NamedNode(row.statement).value == row.statement


def test_the_same_said_twice_in_the_same_place_is_said_once() -> None:
    twice = (Claim("model:x", "layerCount", 80), Claim("model:y", "layerCount", 80, at=0))
    assert len(rows_of(told("p", *twice)).facts) == 1
    elsewhere = (Claim("model:x", "layerCount", 80), Claim("model:x", "layerCount", 80))
    assert len(rows_of(told("p", *elsewhere)).facts) == 2


@pytest.mark.parametrize(
    ("subject", "name", "term"),
    [
        ("run:pretraining", "acceleratorCount", "acceleratorCount"),
        ("accelerator", "name", "accelerator"),
        ("model:_unnamed", "name", "name"),
        ("facility", "country", "country"),
    ],
)
def test_what_is_not_stated_is_said_of_the_passage(subject: str, name: str, term: str) -> None:
    rows = rows_of(told("p", Claim(subject, name, None, words="")))
    assert rows.facts == []
    assert [(local(row.passage_iri), row.property) for row in rows.unstated] == [("passage/p", ONTOLOGY + term)]
    assert [local(row.model) for row in rows.subjects] == ["model/p"], "what is not stated makes no thing"


def test_a_hyper_parameter_has_a_setting_and_nothing_else_has() -> None:
    assert (
        row_of(Claim("run:sft", "peakLearningRate", Decimal("3e-5"))).setting == f"{BASE}setting/p.sft.peakLearningRate"
    )
    assert row_of(Claim("model:x", "layerCount", 80)).setting is None


def test_a_named_component_has_a_design_that_passages_share() -> None:
    encoder = Claim("component:image-encoder", "name", "CLIP ViT-L/14")
    rows = rows_of(told("a", encoder), told("b", encoder))
    assert {row.design for row in rows.facts} == {f"{BASE}component/clip-vit-l-14"}
    assert len({row.subject for row in rows.facts}) == 2
    assert [(local(thing.iri), thing.label, thing.unlinked, local(thing.graph)) for thing in rows.things] == [
        ("component/clip-vit-l-14", "CLIP ViT-L/14", None, "graph/reference")
    ]
    assert row_of(Claim("component:audio-encoder", "name", "custom audio encoder")).design is None
    assert row_of(NAMED).design is None, "a model is no component"


def test_what_a_table_knows_is_shared_and_what_none_knows_belongs_to_its_passage() -> None:
    claims = (
        Claim("dataset:pretraining", "wasDerivedFrom", "LAION-5B"),
        Claim("dataset:pretraining", "wasDerivedFrom", "our proprietary clips"),
        Claim("model:x", "evaluatedOn", "MMMU"),
        Claim("facility", "country", "FRA"),
        Claim("accelerator", "manufacturer", "NVIDIA"),
        Claim("model:x", "developedBy", "Nobody Labs"),
    )
    things = {
        (local(thing.iri), thing.kind, thing.unlinked, thing.proprietary, local(thing.graph))
        for thing in rows_of(told("a", *claims), told("b", *claims)).things
    }
    assert things == {
        ("dataset/laion-5b", "Dataset", None, None, "graph/reference"),
        ("dataset/a.our-proprietary-clips", "Dataset", True, True, "graph/a"),
        ("dataset/b.our-proprietary-clips", "Dataset", True, True, "graph/b"),
        ("benchmark/mmmu", "Benchmark", None, None, "graph/reference"),
        ("country/FRA", "Country", None, None, "graph/reference"),
        ("organization/nvidia", "Organization", None, None, "graph/reference"),
        ("organization/nobody-labs", "Organization", True, None, "graph/a"),
        ("organization/nobody-labs", "Organization", True, None, "graph/b"),
    }


def test_a_shared_thing_has_one_label_however_it_is_spelt() -> None:
    spellings = ("Frob-22B", "frob 22b", "Frob 22B")
    for order in permutations(spellings):
        rows = rows_of(*(told(str(number), Claim("component:e", "name", name)) for number, name in enumerate(order)))
        assert [(local(thing.iri), thing.label) for thing in rows.things] == [("component/frob-22b", "Frob 22B")]


def test_a_base_component_is_the_design_of_that_name() -> None:
    assert local(row_of(Claim("component:e", "basedOn", "CLIP ViT-L/14")).object) == "component/clip-vit-l-14"
    assert local(row_of(Claim("component:e", "basedOn", "our encoder")).object) == "component/p.our-encoder"


def test_a_property_that_the_ontology_lacks_is_an_error() -> None:
    with pytest.raises(MappingError, match="no term 'parameterCuont'"):
        rows_of(told("p", Claim("model:x", "parameterCuont", 5)))


def keyed(rows: Rows) -> list[list[object]]:
    return [sorted(getattr(rows, name), key=repr) for name in RELATIONS]


def test_the_order_of_passages_does_not_matter() -> None:
    passages = [
        told(
            "a", NAMED, Claim("component:e", "name", "ViT-22B"), Claim("dataset:pretraining", "wasDerivedFrom", "CC3M")
        ),
        told(
            "b", NAMED, Claim("component:e", "name", "vit 22b"), Claim("dataset:pretraining", "wasDerivedFrom", "cc3m")
        ),
        told("c", Claim("accelerator", "manufacturer", "Nvidia"), Claim("model:x", "developedBy", "nobody labs")),
        told("d", Claim("accelerator", "manufacturer", "NVIDIA"), Claim("model:x", "developedBy", "Nobody Labs")),
    ]
    first = keyed(rows_of(*passages))
    for order in permutations(passages):
        assert keyed(rows_of(*order)) == first


def iris(rows: Rows) -> Sequence[str]:
    found = [row.iri for row in rows.passages] + [row.iri for row in rows.things]
    found += [
        value
        for row in rows.facts
        for value in (
            row.subject,
            row.property,
            row.object,
            row.statement,
            row.selector,
            row.setting,
            row.design,
            row.unit,
            row.datatype,
        )
        if value
    ]
    return found


@pytest.mark.parametrize("name", ["葉篤正", "a b/c", "..", "#", "%", "é\u0301", "'\"<>\\", "\U0001f600"])
def test_every_iri_is_one_whatever_a_passage_is_called_and_says(name: str) -> None:
    rows = rows_of(
        told(
            name,
            Claim(f"model:{name}", "name", name),
            Claim(f"component:{name}", "name", name),
            Claim("model:x", "mlTask", (name, "b")),
            Claim("dataset:pretraining", "wasDerivedFrom", name),
            Claim("model:x", "developedBy", name),
            Claim("accelerator", "name", name, words="x"),
            Claim("run:pretraining", "optimizer", name),
        )
    )
    found = iris(rows)
    assert len(found) > 20
    for iri in found:
        assert ox.NamedNode(iri).value == iri


def test_rows_become_tables_also_where_there_are_none() -> None:
    with session() as con:
        load(con, rows_of())
        assert {name for (name,) in con.execute("SHOW TABLES").fetchall()} >= set(RELATIONS)
        load(con, rows_of(told("p", NAMED)))
        assert con.execute('SELECT value, "start", approximate FROM facts').fetchall() == [("Orion 7B", 0, None)]


def test_a_count_of_pods_is_stated_with_its_unit_and_is_no_count_of_accelerators() -> None:
    rows = rows_of(told("p", Claim("run:pretraining", "acceleratorCount", 8, "pods")))
    assert [(row.plain, row.number, row.unit_text) for row in rows.facts] == [(None, "8", "pods")]
    assert [row.allocation_count for row in subjects(rows, "run_allocation")] in ([], [None])
