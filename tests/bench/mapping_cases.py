"""The inputs of the mapping benchmark: what each case maps, made anew from a seed."""

from __future__ import annotations

import csv
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.servers import SERVERS
from tests.shared import shared_path

_PREFIXES = """@prefix rml: <http://w3id.org/rml/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://example.org/> .
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A mapping with its data: `make` writes both into a folder for so many rows."""

    about: str
    make: Callable[[Path, int], None]
    mapping: str = "mapping.ttl"
    hand: bool = False  # SQL by hand does the same
    peers: bool = False  # other engines read it
    compared: bool = False  # engines' triples are compared


def _source(file: str, formulation: str, iterator: str = "") -> str:
    found = f'rml:iterator "{iterator}" ; ' if iterator else ""
    return f'rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ; rml:path "{file}" ] ; {found}rml:referenceFormulation rml:{formulation} ]'


def _property(name: str, value: str) -> str:
    return f"rml:predicateObjectMap [ rml:predicate ex:{name} ; rml:objectMap [ {value} ] ]"


def _triples_map(name: str, source: str, subject: str, *properties: str) -> str:
    parts = (source, f'rml:subjectMap [ rml:template "http://example.org/{subject}" ]', *properties)
    return f"<http://example.org/map/{name}> " + " ; ".join(parts) + " .\n"


def _mapping(folder: Path, *maps: str) -> None:
    (folder / "mapping.ttl").write_text(_PREFIXES + "".join(maps), encoding="utf-8")


def _table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _models(folder: Path, rows: int) -> None:
    shared = shared_path("bench")
    subprocess.run([sys.executable, str(shared / "generate.py"), str(rows), str(folder)], check=True)
    shutil.copyfile(shared / "mapping.rml.ttl", folder / "mapping.rml.ttl")


def _records(rows: int) -> Iterator[dict[str, object]]:
    chance = random.Random(1)
    for number in range(rows):
        tags = [f"tag {chance.randrange(1000)}" for _ in range(number % 4)]
        runs = [{"gpu": f"gpu-{chance.randrange(50)}", "days": chance.randrange(100)} for _ in range(1 + number % 2)]
        yield {"id": number, "name": f"Model {number}", "size": chance.randrange(10**12), "tags": tags, "runs": runs}


_JSON_MAPS = (
    _property("name", 'rml:reference "$.name"'),
    _property("size", 'rml:reference "$.size"'),
    _property("tag", 'rml:reference "$.tags[*]"'),
    _property("gpu", 'rml:reference "$.runs[*].gpu"'),
)


def _json(folder: Path, rows: int) -> None:
    with (folder / "data.json").open("w", encoding="utf-8") as file:
        for number, record in enumerate(_records(rows)):
            file.write(("[\n" if number == 0 else ",\n") + json.dumps(record))
        file.write("\n]\n")
    _mapping(folder, _triples_map("m", _source("data.json", "JSONPath", "$[*]"), "model/{$.id}", *_JSON_MAPS))


def _xml(folder: Path, rows: int) -> None:
    with (folder / "data.xml").open("w", encoding="utf-8") as file:
        file.write("<models>\n")
        for each in _records(rows):
            tags = "".join(f"<tag>{tag}</tag>" for tag in each["tags"])  # type: ignore[attr-defined]
            file.write(
                f'<model id="{each["id"]}"><name>{each["name"]}</name><size>{each["size"]}</size><tags>{tags}</tags></model>\n'
            )
        file.write("</models>\n")
    said = (
        _property("name", 'rml:reference "name"'),
        _property("size", 'rml:reference "size"'),
        _property("tag", 'rml:reference "tags/tag"'),
    )
    _mapping(folder, _triples_map("m", _source("data.xml", "XPath", "/models/model"), "model/{@id}", *said))


def _parquet(folder: Path, rows: int) -> None:
    _models(folder, rows)
    copies = [
        f"COPY (FROM read_csv('{folder}/{name}.csv', all_varchar = true)) TO '{folder}/{name}.parquet' (FORMAT parquet)"
        for name in ("models", "accelerators")
    ]
    # In a process of its own: what this one holds, those that it measures would seem to hold.
    subprocess.run([sys.executable, "-c", f"import duckdb; duckdb.execute({'; '.join(copies)!r})"], check=True)
    text = (folder / "mapping.rml.ttl").read_text(encoding="utf-8")
    text = text.replace(".csv", ".parquet")
    (folder / "mapping.rml.ttl").write_text(text, encoding="utf-8")


def _postgresql(folder: Path, rows: int) -> None:
    _models(folder, rows)
    server = SERVERS.get("postgresql")
    server.run(
        "CREATE TABLE models (model_id text PRIMARY KEY, name text, params bigint, org text, country text, accelerator_id text,"
        " accel_count integer, training_days numeric, year integer, dataset_id text);\n"
        "CREATE TABLE accelerators (accelerator_id text PRIMARY KEY, accel_name text, vendor text, tdp_w integer);\n"
        f"\\copy models FROM '{folder}/models.csv' CSV HEADER\n"
        f"\\copy accelerators FROM '{folder}/accelerators.csv' CSV HEADER\n"
        "ANALYZE;\n"
    )
    address = server.url.replace("://", f"://{server.user}@")
    source = f'rml:source [ <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#jdbcDSN> "{address}" ]'
    text = (folder / "mapping.rml.ttl").read_text(encoding="utf-8")
    for name in ("models", "accelerators"):
        text = text.replace(
            f'rml:source "{name}.csv" ; rml:referenceFormulation ql:CSV', f'{source} ; rr:tableName "{name}"'
        )
    (folder / "mapping.rml.ttl").write_text(text, encoding="utf-8")


def _join(folder: Path, rows: int) -> None:
    chance = random.Random(2)
    _table(folder / "left.csv", ("id", "key", "name"), ((n, chance.randrange(rows), f"Left {n}") for n in range(rows)))
    _table(folder / "right.csv", ("key", "name"), ((n, f"Right {n}") for n in range(rows)))
    condition = 'rml:joinCondition [ rml:child "key" ; rml:parent "key" ]'
    link = f"rml:parentTriplesMap <http://example.org/map/right> ; {condition}"
    _mapping(
        folder,
        _triples_map(
            "left",
            _source("left.csv", "CSV"),
            "left/{id}",
            _property("name", 'rml:reference "name"'),
            _property("to", link),
        ),
        _triples_map("right", _source("right.csv", "CSV"), "right/{key}", _property("label", 'rml:reference "name"')),
    )


def _duplicates(folder: Path, rows: int) -> None:
    chance = random.Random(3)
    _table(
        folder / "data.csv",
        ("id", "org", "country"),
        ((n, f"Org {chance.randrange(rows // 10)}", f"Land {chance.randrange(200)}") for n in range(rows)),
    )
    said = (
        _property("name", 'rml:reference "org"'),
        _property("in", 'rml:template "http://example.org/land/{country}"'),
    )
    _mapping(folder, _triples_map("org", _source("data.csv", "CSV"), "org/{org}", *said))


def _wide(folder: Path, rows: int) -> None:
    names = [f"c{number}" for number in range(200)]
    _table(folder / "data.csv", ("id", *names), ((n, *(f"v {n} {c}" for c in range(200))) for n in range(rows // 20)))
    _mapping(
        folder,
        _triples_map(
            "m", _source("data.csv", "CSV"), "row/{id}", *(_property(name, f'rml:reference "{name}"') for name in names)
        ),
    )


def _many(folder: Path, rows: int) -> None:
    _table(folder / "data.csv", ("id", "a", "b"), ((n, f"A {n}", f"B {n}") for n in range(rows // 100)))
    source = _source("data.csv", "CSV")
    said = (_property("a", 'rml:reference "a"'), _property("b", 'rml:reference "b"'))
    _mapping(folder, *(_triples_map(f"m{number}", source, f"thing{number}/{{id}}", *said) for number in range(500)))


CASES = {
    "models": Case(
        "CSV, 10 columns, a join with a small table: 10 triples a row",
        _models,
        "mapping.rml.ttl",
        hand=True,
        peers=True,
        compared=True,
    ),
    "json": Case("one JSON array of records with nested arrays", _json, peers=False),
    "xml": Case("XML with repeated elements", _xml),
    "parquet": Case("the same as models, from Parquet", _parquet, "mapping.rml.ttl"),
    "postgresql": Case("the same as models, from tables of a PostgreSQL server", _postgresql, "mapping.rml.ttl"),
    "join": Case("a join of as many rows with as many rows", _join, peers=True),
    "duplicates": Case("ten rows a subject: DISTINCT is needed", _duplicates, peers=True),
    "wide": Case("200 columns (a twentieth of the rows)", _wide, peers=True),
    "many": Case("500 triples maps over one source (a hundredth of the rows)", _many),
}

_XSD = "http://www.w3.org/2001/XMLSchema#"


def by_hand(folder: str, target: str) -> None:
    """Write the triples of the case `models` with one COPY, as one would by hand: no mapping is read, nothing is proven."""
    import duckdb

    from kg.rdf.terms import macros

    con = duckdb.connect(config={"preserve_insertion_order": "false"})
    con.execute(macros())
    kg = "https://kg.example/ns#"

    def read(file: str) -> str:
        with (Path(folder) / file).open(encoding="utf-8") as stream:
            names = next(csv.reader(stream))
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        return f"read_csv('{folder}/{file}', columns = {{{columns}}}, auto_detect = false, header = true, quote = '\"', escape = '\"', nullstr = '\uffff')"

    objects = {
        f"{kg}name": "kg_plain(name)",
        f"{kg}parameters": f"kg_typed(params, '{_XSD}integer')",
        f"{kg}organization": "kg_iri('https://kg.example/org/' || kg_encode(org))",
        f"{kg}country": "kg_tagged(country, 'en')",
        f"{kg}trainedOn": "j",
        f"{kg}acceleratorCount": f"kg_typed(accel_count, '{_XSD}integer')",
        f"{kg}trainingDays": f"kg_typed(training_days, '{_XSD}decimal')",
        f"{kg}year": f"kg_typed(year, '{_XSD}gYear')",
        f"{kg}dataset": "kg_iri('https://kg.example/dataset/' || kg_encode(dataset_id))",
    }
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    lines = ", ".join(
        [f"s || ' <{rdf_type}> <{kg}Model> .'", *(f"s || ' <{p}> ' || {o} || ' .'" for p, o in objects.items())]
    )
    accelerator = "kg_iri('https://kg.example/accelerator/' || kg_encode(vendor) || '/' || kg_encode(accelerator_id))"
    models = (
        f"SELECT m.*, kg_iri('https://kg.example/model/' || kg_encode(model_id)) AS s, j FROM {read('models.csv')} AS m "
        f"LEFT JOIN (SELECT accelerator_id AS k, {accelerator} AS j FROM {read('accelerators.csv')}) ON k = accelerator_id"
    )
    others = (
        f"concat_ws(chr(10), s || ' <{rdf_type}> <{kg}Accelerator> .', s || ' <{kg}name> ' || kg_plain(accel_name) || ' .', "
        f"s || ' <{kg}tdpWatts> ' || kg_typed(tdp_w, '{_XSD}integer') || ' .')"
    )
    select = (
        f"SELECT concat_ws(chr(10), {lines}) FROM ({models}) UNION ALL "
        f"SELECT {others} FROM (SELECT *, {accelerator} AS s FROM {read('accelerators.csv')})"
    )
    packed = ", COMPRESSION zstd" if target.endswith(".zst") else ""
    con.execute(
        f"COPY ({select}) TO '{target}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'{packed})"
    )
