"""How long validation takes, by our own plans and by pySHACL, on graphs like those of a build: `python -m tests.bench.validation`.

The graphs are made up: passages with a model, a run, its hardware and data, and a statement with its span for each value. One in ten
has something wrong with it. Times are of one run each, with the shapes read and the findings traced to their spans.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import duckdb

from kg.rdf.namespaces import OA, QUDT, RDF, XSD
from kg.settings import DEFAULT_BASE, ONTOLOGY
from kg.validation import Engine, load_shapes, validate

SIZES = (10_000, 100_000, 1_000_000)
PYSHACL_UP_TO = 100_000


def _iri(kind: str, name: str) -> str:
    return f"<{DEFAULT_BASE}{kind}/{name}>"


def _kg(name: str) -> str:
    return f"<{ONTOLOGY}{name}>"


def _integer(number: int) -> str:
    return f'"{number}"^^<{XSD}integer>'


def _decimal(number: str) -> str:
    return f'"{number}"^^<{XSD}decimal>'


def passage(number: int) -> Iterator[tuple[str, str, str, str]]:
    """Yield the quads of one passage."""
    name, bad = f"p{number:07}", number % 10 == 0
    graph, source = _iri("graph", name), _iri("passage", name)
    model, run = _iri("model", f"{name}.m"), _iri("run", f"{name}.pretraining")
    allocation, facility, data = _iri("allocation", name), _iri("facility", name), _iri("dataset", name)
    quantity = _iri("statement", f"{name}.90-98.trainingDuration")

    def of(subject: str, *pairs: tuple[str, str]) -> Iterator[tuple[str, str, str, str]]:
        for predicate, value in pairs:
            yield subject, predicate, value, graph

    type_ = f"<{RDF}type>"
    yield from of(
        source,
        (type_, _kg("Passage")),
        (_kg("fileName"), f'"{name}.txt"'),
        (_kg("sha256"), f'"{number:064x}"'),
        (_kg("characterCount"), _integer(2000 + number)),
    )
    values = {
        model: [
            ("name", f'"Model-{number}"'),
            ("parameterCount", _integer(0 if bad else 7_000_000_000 + number)),
            ("layerCount", _integer(80)),
            ("hiddenSize", _integer(8192)),
            ("releaseYear", _integer(1824 if number % 30 == 0 else 2024)),
            ("architecture", '"decoder-only transformer"'),
        ],
        run: [
            ("acceleratorCount", _integer(512)),
            ("optimizer", '"AdamW"'),
            ("adamBeta1", _decimal("0.9")),
            ("adamBeta2", _decimal("0.95")),
            ("peakLearningRate", _decimal("0.00015")),
            ("minLearningRate", _decimal("0.1" if number % 20 == 0 else "0.000001")),
            ("globalBatchSize", _integer(2048)),
            ("contextLength", _integer(8192)),
            ("precision", '"bfloat16"'),
        ],
        data: [("tokenCount", _integer(1_500_000_000_000 + number))],
    }
    yield from of(model, (type_, _kg("Model")), (_kg("describedIn"), source), (_kg("hasTrainingRun"), run))
    yield from of(
        run,
        (type_, _kg("TrainingRun")),
        (_kg("hasAllocation"), allocation),
        (_kg("atFacility"), facility),
        (_kg("trainedOn"), data),
        (_kg("trainingDuration"), quantity),
    )
    yield from of(
        allocation,
        (type_, _kg("HardwareAllocation")),
        (_kg("accelerator"), _iri("accelerator", "nvidia-a100-80gb")),
        (_kg("acceleratorCount"), _integer(512)),
    )
    yield from of(facility, (type_, _kg("Facility")), (_kg("country"), _iri("country", "SGP")))
    yield from of(data, (type_, _kg("Dataset")))
    yield from of(
        quantity,
        (type_, f"<{QUDT}QuantityValue>"),
        (f"<{QUDT}numericValue>", _integer(3)),
        (_kg("unitText"), '"month"'),
    )
    place = 0
    for subject, stated in values.items():
        for local, value in stated:
            place += 20
            statement = _iri("statement", f"{name}.{place}-{place + 8}.{local}")
            span = f"{source[:-1]}#char={place},{place + 8}>"
            yield from of(subject, (_kg(local), value))
            yield from of(
                statement,
                (type_, _kg("ExtractedStatement")),
                (f"<{RDF}subject>", subject),
                (f"<{RDF}predicate>", _kg(local)),
                (f"<{RDF}object>", value),
                (_kg("rule"), f'"grammar:{local}"'),
                (_kg("level"), '"stated"'),
                (_kg("verbatim"), '"some words"'),
                (f"<{OA}hasSource>", source),
                (f"<{OA}hasSelector>", span),
            )
            yield from of(
                span,
                (type_, f"<{OA}TextPositionSelector>"),
                (f"<{OA}start>", _integer(place)),
                (f"<{OA}end>", _integer(place + 8)),
                (f"<{OA}exact>", '"some words"'),
            )


def graph(size: int) -> duckdb.DuckDBPyConnection:
    """Return a connection whose relation of quads has about `size` rows."""
    con = duckdb.connect()
    con.execute("CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
    reference = f"<{DEFAULT_BASE}graph/reference>"
    type_ = f"<{RDF}type>"
    rows = [
        (_iri("accelerator", "nvidia-a100-80gb"), type_, _kg("GPU"), reference),
        (_iri("country", "SGP"), type_, _kg("Country"), reference),
        (_iri("country", "SGP"), _kg("isoAlpha3"), '"SGP"', reference),
    ]
    made = number = 0
    while made < size:
        rows += passage(number)
        number += 1
        if len(rows) > 50_000 or made + len(rows) >= size:
            made += len(rows)
            columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
            con.execute("INSERT INTO quads SELECT unnest($1), unnest($2), unnest($3), unnest($4)", columns)
            rows = []
    return con


def measure(con: duckdb.DuckDBPyConnection, engine: Engine) -> tuple[float, int]:
    """Return the seconds of a validation and the number of its findings."""
    start = perf_counter()
    report = validate(con, load_shapes(), engine=engine)
    return perf_counter() - start, len(report.findings)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="numbers of triples")
    sizes = parser.parse_args().sizes
    print(f"{'triples':>10} {'findings':>9} {'own plans':>10} {'pySHACL':>10} {'ratio':>7}")
    for size in sizes:
        con = graph(size)
        (rows,) = con.execute("SELECT count(*) FROM quads").fetchone() or (0,)
        own, findings = measure(con, "relational")
        if size > PYSHACL_UP_TO:
            print(f"{rows:>10,} {findings:>9,} {own:>9.2f}s {'-':>10} {'-':>7}")
            continue
        other, same = measure(con, "pyshacl")
        if same != findings:
            sys.exit(f"the engines differ: {findings} findings and {same}")
        print(f"{rows:>10,} {findings:>9,} {own:>9.2f}s {other:>9.2f}s {other / own:>6.0f}x")


if __name__ == "__main__":
    main()
