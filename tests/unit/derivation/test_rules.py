"""Each rule gives the right value and no value where an input is missing; each flag is raised where it should be and nowhere else."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pytest

from kg.derivation import derive
from kg.model import Finding
from kg.rdf.vocabulary import load_vocabulary
from kg.resources import resource
from kg.settings import DEFAULT_BASE, ONTOLOGY
from tests.facts import graph_of, told
from tests.session import session
from tests.shared import ROOT
from tests.unit.derivation.cases import (
    CASES,
    DIMENSIONS,
    FLAGS,
    batch,
    chip,
    context,
    count,
    lasting,
    params,
    throughput,
    tokens,
)

Values = dict[str, tuple[float, str, str]]
RULES = ROOT / "kg" / "derivation"


@dataclass(frozen=True, slots=True)
class Derived:
    """What was derived of all cases, by the name of a case's passage."""

    con: duckdb.DuckDBPyConnection
    values: dict[str, Values]
    flags: dict[str, list[Finding]]


@pytest.fixture(scope="module")
def derived() -> Iterator[Derived]:
    """Return the cases in one graph, as it is in life: what one passage says has no effect on what follows for another."""
    passages = [told(f"case-{number}", *CASES[name].claims) for number, name in enumerate(CASES)]
    passages += [told(f"flag-{number}", *FLAGS[name][0]) for number, name in enumerate(FLAGS)]
    with session() as con:
        flags: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in graph_of(con, passages):
            flags[(finding.source or "").removesuffix(".txt")].append(finding)
        values: defaultdict[str, Values] = defaultdict(dict)
        for iri, name, precision, number, unit, level in con.execute(
            "SELECT iri, property, at_precision, lexical, unit, level FROM derived_values"
        ).fetchall():
            key = name.removeprefix(ONTOLOGY) + (f"@{precision}" if precision else "")
            passage = iri.removeprefix(f"{DEFAULT_BASE}derived/").partition(".")[0]
            assert key not in values[passage], f"{passage} has {key} twice"
            values[passage][key] = (float(number), unit, level)
        yield Derived(con, values, flags)


@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_its_values_and_no_others(derived: Derived, name: str) -> None:
    found = derived.values.get(f"case-{list(CASES).index(name)}", {})
    expected = CASES[name].values
    assert set(found) == set(expected)
    for key, (number, unit, level) in expected.items():
        assert found[key][1:] == (unit, level), key
        assert math.isclose(found[key][0], number, rel_tol=1e-9), key


@pytest.mark.parametrize("name", CASES)
def test_a_case_raises_its_flags(derived: Derived, name: str) -> None:
    found = derived.flags.get(f"case-{list(CASES).index(name)}", [])
    assert {finding.code for finding in found} == CASES[name].flags


@pytest.mark.parametrize("name", FLAGS)
def test_flags_are_raised_and_no_others(derived: Derived, name: str) -> None:
    found = [finding.code for finding in derived.flags.get(f"flag-{list(FLAGS).index(name)}", [])]
    assert sorted(found) == sorted(FLAGS[name][1].split())


def test_every_rule_has_a_case_in_which_it_gives_a_value() -> None:
    rules = set(
        re.findall(
            r"SELECT run, (?:run|model)(?: AS subject)?, '(\w+)'",
            (RULES / "quantities.sql").read_text(encoding="utf-8"),
        )
    )
    assert len(rules) > 15
    assert {key.partition("@")[0] for case in CASES.values() for key in case.values} == rules


def test_every_flag_has_a_case_in_which_it_is_raised() -> None:
    codes = set(re.findall(r"SELECT '([a-z0-9-]+)'", (RULES / "flags.sql").read_text(encoding="utf-8")))
    assert len(codes) > 10
    raised = {code for _, flags in FLAGS.values() for code in flags.split()} | {
        code for case in CASES.values() for code in case.flags
    }
    assert raised == codes


def test_no_message_has_a_hole_or_an_endless_number(derived: Derived) -> None:
    messages = [finding.message for findings in derived.flags.values() for finding in findings]
    assert len(messages) > 20
    for message in messages:
        assert message, "a message is NULL where a number in it is"
        assert not re.search(r"\b(inf|nan|NULL)\b", message), message
        assert message.endswith("."), message


def test_no_value_is_0_or_has_more_digits_than_a_double_is_sure_of(derived: Derived) -> None:
    rows = derived.con.execute("SELECT lexical FROM derived_values").fetchall()
    assert len(rows) > 50
    for (text,) in rows:
        assert float(text) > 0
        assert len(text.partition("E")[0].replace(".", "").strip("0")) <= 15, text


def test_every_derived_thing_tells_its_formula_and_what_it_comes_from(derived: Derived) -> None:
    rows = derived.con.execute(
        "SELECT v.iri, v.formula, (SELECT count(*) FROM derived_inputs i WHERE i.iri = v.iri), "
        "(SELECT count(*) FROM derived_assumptions a WHERE a.iri = v.iri), v.level FROM derived_values v"
    ).fetchall()
    for iri, formula, inputs, assumptions, level in rows:
        assert formula, iri
        assert inputs > 0, iri
        assert (level == "estimated") == (assumptions > 0), iri


def test_an_input_is_of_the_passage_of_the_run_or_of_the_reference_tables(derived: Derived) -> None:
    """Several passages tell of one accelerator, but only one of them of this run."""
    rows = derived.con.execute("SELECT DISTINCT iri, input FROM derived_inputs").fetchall()
    assert len(rows) > 100
    for iri, given in rows:
        passage = iri.removeprefix(f"{DEFAULT_BASE}derived/").partition(".")[0]
        kind, _, name = given.removeprefix(DEFAULT_BASE).partition("/")
        assert kind in ("statement", "accelerator", "country", "component")
        if kind == "statement":
            assert name.startswith(f"{passage}."), (iri, given)


def assumptions(derived: Derived, name: str, key: str) -> set[str]:
    iri = f"{DEFAULT_BASE}derived/case-{list(CASES).index(name)}.pretraining.{key}"
    return {
        text
        for (text,) in derived.con.execute("SELECT assumption FROM derived_assumptions WHERE iri = ?", [iri]).fetchall()
    }


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("duration in days", "trainingDurationHours", set()),
        (
            "duration in months",
            "trainingDurationHours",
            {"1 month = 2629746 s (the mean Gregorian month, QUDT MO_MeanGREGORIAN)"},
        ),
        ("duration in years", "trainingDurationHours", {"1 year = 31557600 s (365.25 days, QUDT YR)"}),
        ("peak of a product", "hardwarePeakCompute", set()),
        (
            "peak of a variant",
            "hardwarePeakCompute",
            {"form factor or memory not stated: the figures of nvidia-a100-sxm-80gb are taken"},
        ),
        ("peak without a precision", "hardwarePeakCompute", {"precision not stated: the dense BF16 peak is taken"}),
        ("peak at another precision", "hardwarePeakCompute", {"the dense BF16 peak is taken, whatever the precision"}),
        (
            "emissions",
            "co2eEmissions",
            {
                "accelerators only, at their thermal design power all the time, PUE 1",
                "the mean grid mix of the country in 2023",
            },
        ),
    ],
)
def test_what_is_taken_for_granted_is_said(derived: Derived, name: str, key: str, expected: set[str]) -> None:
    assert assumptions(derived, name, key) == expected


def test_a_flag_leads_back_to_the_words_of_its_first_input(derived: Derived) -> None:
    (finding,) = derived.flags[f"flag-{list(FLAGS).index('operations over the peak')}"]
    passage = told("x", *FLAGS["operations over the peak"][0])[0]
    assert finding.start is not None
    assert finding.text == passage.text[finding.start : finding.end] == str(round(1.001 * 100 * 312e12 * 864000 / 6e9))
    assert finding.path == f"{ONTOLOGY}impliedUtilization"
    assert (finding.entity or "").endswith(f"/run/flag-{list(FLAGS).index('operations over the peak')}.pretraining")


def test_a_flag_on_a_shared_accelerator_leads_back_to_its_own_passage(derived: Derived) -> None:
    places = {
        finding.source: finding.start
        for findings in derived.flags.values()
        for finding in findings
        if finding.code == "no-tdp"
    }
    assert len(places) >= 3
    for source, start in places.items():
        kind, _, number = (source or "").removesuffix(".txt").partition("-")
        claims = list(CASES.values())[int(number)].claims if kind == "case" else list(FLAGS.values())[int(number)][0]
        assert start is not None
        assert told("x", *claims)[0].text[start:].startswith("google-tpu-v5p")


def test_a_caution_stands_at_the_value_that_it_is_about(derived: Derived) -> None:
    def cautions(name: str) -> set[tuple[str, bool | None]]:
        number = list(FLAGS).index(name)
        rows = derived.con.execute(
            "SELECT iri, implausible FROM derived_cautions WHERE contains(iri, ?)", [f"/flag-{number}.pretraining."]
        ).fetchall()
        return {(iri.rpartition(".")[2], implausible) for iri, implausible in rows}

    assert cautions("operations over the peak") == {("impliedUtilization", True)}
    assert cautions("operations near the peak") == {("impliedUtilization", None)}
    assert cautions("batch of broken sequences") == set(), "what is only worth knowing is no caution"


def test_an_empty_graph_derives_nothing() -> None:
    with session() as con:
        assert graph_of(con, []) == ()
        assert con.execute("SELECT count(*) FROM derived_rows").fetchall() == [(0,)]


def test_what_stands_twice_is_counted_once() -> None:
    """Quads may repeat before they are written; a sum over them must not."""
    claims = CASES["trained parameters beside a component of known size"].claims
    with session() as con:
        first = graph_of(con, [told("p", *claims)])
        before = con.execute("SELECT DISTINCT iri, lexical FROM derived_values ORDER BY ALL").fetchall()
        con.execute("DELETE FROM quads WHERE g = ?", [f"<{DEFAULT_BASE}graph/derived>"])
        con.execute("INSERT INTO quads FROM quads")
        assert derive(con, load_vocabulary(), DEFAULT_BASE) == first
        assert con.execute("SELECT iri, lexical FROM derived_values ORDER BY ALL").fetchall() == before


def test_numbers_beyond_all_measure_do_not_stop_the_build() -> None:
    huge = 10**60
    claims = (
        count(huge),
        lasting(huge, "year"),
        params(huge),
        tokens(huge),
        throughput(huge),
        batch(huge, "sequences"),
        context(huge),
    )
    layers = tuple(type(each)(each.subject, each.property, 10**40) for each in DIMENSIONS)
    with session() as con:
        graph_of(con, [told("p", *claims, *layers, chip("nvidia-a100-80gb"))])
        rows = con.execute("SELECT lexical, datatype FROM derived_values").fetchall()
        assert len(rows) > 5
        for lexical, datatype in rows:
            assert re.fullmatch(r"\d+" if datatype.endswith("integer") else r"\d+(\.\d+)?(E\d+)?", lexical), lexical


def test_the_values_of_a_property_have_the_datatype_of_the_ontology(derived: Derived) -> None:
    rows = derived.con.execute("SELECT DISTINCT datatype FROM derived_values").fetchall()
    assert {kind.rpartition("#")[2] for (kind,) in rows} == {"integer", "decimal", "double"}
    assert (resource("ontology") / "derived-quantity.ttl").is_file()
