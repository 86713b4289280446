"""The test suites of RML: their cases from the manifests, and one run of a case by the command line."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.cli import main
from tests.conformance.datasets import Change, dataset, unpacked
from tests.conformance.servers import Server
from tests.conformance.web import served
from tests.shared import shared_path

# Suite -> the number of its cases.
SUITES = {
    "rml-core": 76,
    "rml-io": 73,
    "rml-io-registry": 102,
    "rml-fnml": 20,
    "rml-cc": 35,
    "rml-lv": 41,
    "rml-star": 18,
}
# What relative IRIs start with where a manifest does not say it.
_BASE = "http://example.com/base/"
_ERROR = 3

_DRIVERS = {"com.mysql.cj.jdbc.Driver": "mysql", "org.postgresql.Driver": "postgresql"}
# Addresses of the web in mappings, of which a server of our own is a copy.
_FILES_OF_THE_SUITE = re.compile(r"http://w3id\.org/rml/resources/rml-io/\w+/")
_DBPEDIA = "http://dbpedia.org/sparql/"

# Gives the running server of a system (postgresql, mysql).
Servers = Callable[[str], Server]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a suite: its folder, whether an error is expected, and the files of its output, the default one first."""

    suite: str
    name: str
    iri: str
    title: str
    folder: Path
    base: str
    error: bool
    outputs: tuple[str, ...]

    def __str__(self) -> str:
        return self.name

    @property
    def database(self) -> str | None:
        """Return the system of the case's database (postgresql, mysql, sqlserver), if it has one."""
        text = (self.folder / "mapping.ttl").read_text(encoding="utf-8")
        driver = re.search(r'd2rq:jdbcDriver\s+"([^"]+)"', text)
        if driver is not None:
            return _DRIVERS.get(driver[1], "sqlserver")
        return "postgresql" if "CONNECTIONDSN" in text else None


@dataclass(frozen=True, slots=True)
class Result:
    """What the command did: its exit status, what it said, and the folder in which it ran."""

    status: int
    said: str
    folder: Path


def load_cases(suite: str) -> tuple[Case, ...]:
    """Return the cases of a suite in the order of their names; a manifest that lacks some is an error."""
    folder = shared_path("suites", suite, "test-cases")
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    quads: Any = ox.parse(path=folder / "manifest.ttl")
    named = {
        quad.object.value: quad.subject.value
        for quad in quads
        if quad.predicate.value == "http://purl.org/dc/terms/identifier"
    }
    cases = tuple(_case(suite, named[row["ID"]], folder, row) for row in sorted(rows, key=lambda row: row["ID"]))
    assert len(cases) == SUITES[suite], f"{suite} has {SUITES[suite]} cases, {len(cases)} were found"
    return cases


def _case(suite: str, iri: str, suite_folder: Path, row: dict[str, str]) -> Case:
    error = row["error"] == "true"
    places = (suite_folder / row["ID"], suite_folder / "valid" / row["ID"], suite_folder / "invalid" / row["ID"])
    folder = next(place for place in places if (place / "mapping.ttl").is_file())
    # The table has room for three files, and RMLTTC0002e has four.
    present = [path.name for path in folder.iterdir() if re.match(r"(output|default|dump\d)\.", path.name)]
    outputs = sorted(present, key=lambda name: (name.startswith("dump"), name))
    assert bool(outputs) or error, f"{row['ID']} has no expected output"
    return Case(
        suite,
        row["ID"],
        iri,
        row["title"].strip('"'),
        folder,
        row.get("base_iri") or _BASE,
        error,
        () if error else tuple(outputs),
    )


def run(case: Case, folder: Path, servers: Servers, *options: str) -> Result:
    """Run a case in a copy of its folder that has no output yet."""
    shutil.copytree(case.folder, folder, ignore=shutil.ignore_patterns("output.*", "default.*", "dump*"))
    with _prepared(case, folder, servers) as more:
        output = case.outputs[0] if case.outputs else "output.nq"
        star = ["--star", "legacy"] if case.suite == "rml-star" else []
        arguments = ["map", "mapping.ttl", "-o", output, "--base", case.base, "--strict", *star, *more, *options]
        status, said = _called(arguments, folder)
    return Result(status, said, folder)


def fault(case: Case, result: Result, expected: Path, change: Change | None = None) -> str:
    """Return how a result differs from what is expected ("": not at all): an error, or the files of the folder `expected`, after `change` to their literals."""
    if case.error:
        # The mapping or a source is to blame, not the machine.
        told = result.status == _ERROR and re.search(r"\[KG[12]\d\d\]", result.said)
        return "" if told else f"an error was expected, the status is {result.status}\n{result.said}"
    if result.status != 0:
        return f"the status is {result.status}\n{result.said}"
    return "\n".join(filter(None, (_difference(case, name, result.folder, expected, change) for name in case.outputs)))


def _difference(case: Case, name: str, folder: Path, expected: Path, change: Change | None) -> str:
    if not (folder / name).is_file():
        return f"{name} is missing"
    found = dataset(folder / name, case.base)
    wanted = dataset(expected / name, case.base, *filter(None, [change]))
    lacks, has = sorted(wanted - found), sorted(found - wanted)
    packed = [
        (document.encoding, document.packing) for document in (unpacked(folder / name), unpacked(expected / name))
    ]
    if packed[0] != packed[1]:
        return f"{name} is packed as {packed[0]}, not as {packed[1]}"
    return (
        "\n".join([f"{name}:", *(f"- {quad}" for quad in lacks), *(f"+ {quad}" for quad in has)])
        if lacks or has
        else ""
    )


@contextlib.contextmanager
def _prepared(case: Case, folder: Path, servers: Servers) -> Iterator[list[str]]:
    """Put a real server of this machine in the place of one that the mapping names; give the options that it takes."""
    mapping = folder / "mapping.ttl"
    text = mapping.read_text(encoding="utf-8")
    with contextlib.ExitStack() as stack:
        options = []
        if case.database is not None:
            server = servers(case.database)
            server.run(_script(folder))
            account = {"$CONNECTIONDSN": f"jdbc:{server.url}", "CONNECTIONDSN": f"jdbc:{server.url}"}
            for placeholder, value in {**account, "$USERNAME": server.user, "$PASSWORD": ""}.items():
                text = text.replace(placeholder, value)
        if _FILES_OF_THE_SUITE.search(text) or _DBPEDIA in text:
            address = stack.enter_context(served(folder, _television(case), {"foaf": "http://xmlns.com/foaf/0.1/"}))
            text = _FILES_OF_THE_SUITE.sub(address, text).replace(_DBPEDIA, f"{address}sparql/")
            options = ["--allow-network", address]
        mapping.write_text(text, encoding="utf-8")
        yield options


def _script(folder: Path) -> str:
    """Return the SQL that fills the database; one case of rml-io has a file of CSV instead."""
    path = folder / "resource.sql"
    if path.is_file():
        # The scripts of MySQL name its database, and one of PostgreSQL was copied from there.
        return re.sub(r"^USE \w+;", "", path.read_text(encoding="utf-8"))
    (path,) = folder.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = list(csv.reader(file))
    types = ["integer" if all(row[n].isdigit() for row in rows) else "text" for n in range(len(names))]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    values = ", ".join("(" + ", ".join(f"'{value}'" for value in row) + ")" for row in rows)
    return f"CREATE TABLE {path.stem} ({columns}); INSERT INTO {path.stem} VALUES {values};"


def _television(case: Case) -> str:
    """Return the part of DBpedia that the case asks for, made of the names that it expects."""
    show = '<urn:show> a dbo:TelevisionShow ; rdfs:label "The Big Bang Theory"@en ; dbo:starring'
    names = (case.folder / "output.nq").read_text(encoding="utf-8") if case.name == "RMLIOREGTC0011a" else ""
    actors = ", ".join(sorted({line.split(" ", 1)[0] for line in names.splitlines() if line.strip()}))
    prefixes = "@prefix dbo: <http://dbpedia.org/ontology/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    return f"{prefixes}{names}\n{show} {actors} ." if actors else ""


def _called(arguments: list[str], folder: Path) -> tuple[int, str]:
    """Run the command line in this process, in a folder; return its status and what it says."""
    said = io.StringIO()
    before, handler = Path.cwd(), signal.getsignal(signal.SIGTERM)
    os.chdir(folder)
    try:
        with contextlib.redirect_stderr(said):
            main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0), said.getvalue()
    finally:
        os.chdir(before)
        signal.signal(signal.SIGTERM, handler)
    raise AssertionError("the command line ends with a status")
