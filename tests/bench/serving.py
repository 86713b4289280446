"""How fast `kg serve` answers beside Oxigraph's own server: same store, same queries, same load generator, in turn, in one run.

`python -m tests.bench.serving [QUERY...] [--rows N] [--clients N...] [--seconds S] [--rounds N] [--pause MS] [--oxigraph PROGRAM]` prints a table: requests a second, the 50th and
99th percentile of the time that an answer takes, failures, milliseconds of processor for each request (all processes of the server), and the ratio of requests a second to
Oxigraph's. `kg, no cache` is `kg serve --cache 0`. QUERY is one of those that `--list` shows; without any, all run. `wrk` is needed, and PROGRAM, from the package `oxigraph`.

The store holds the models of the mapping benchmark, 10 triples a row. Before a query is measured, the answers of all servers to it are compared. Servers take turns
in each round; figures are medians of the rounds, and ratios those of runs that followed each other, so that what else the machine does spoils them little.

Each client asks again as soon as it is answered, so that a server which answers more keeps the machine busier, the load generator with it. With `--pause` it waits
before, so that all servers have about the same load: what their tails are then can be compared.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from tests.bench.mapping_cases import CASES as MAPPINGS
from tests.serving import Server, kg_serve, oxigraph_serve, processes

_NS = "https://kg.example/ns#"
_ROWS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
_PROPERTIES = (
    "name parameters organization country trainedOn acceleratorCount trainingDays year dataset".split()  # noqa: SIM905
)
_OXIGRAPH = "oxigraph"
_TICKS = os.sysconf("SC_CLK_TCK")
# So many answers of each query are compared; so many requests are ready for a run of one that never repeats.
_COMPARED, _READY = 10, 100_000
_LUA = """
local requests, place = {}, 0
function init(arguments)
  for path in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", path, {Accept = arguments[2]})
  end
  local pause = tonumber(arguments[3])
  if pause > 0 then
    function delay() return pause end
  end
end
function request()
  place = place % #requests + 1
  return requests[place]
end
function done(all, latency)
  local wrong = all.errors.connect + all.errors.read + all.errors.write + all.errors.timeout
  io.write(string.format('\\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\\n', all.requests - all.errors.status,
    all.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, all.errors.status + wrong))
end
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A query whose names in `$` take other values each time; `turn` says after how many requests they come again (0: never, in a run)."""

    about: str
    text: str
    turn: int = 100
    accept: str = _ROWS
    # Others that are asked in turn, instead of a text of its own.
    each: tuple[str, ...] = ()


CASES = {
    "point": Case("one value of a thing, never the same", "SELECT ?v { <$model> kg:$property ?v }", 0),
    "again": Case("one value of a thing, 100 things in turn", "SELECT ?v { <$model> kg:name ?v }"),
    "star": Case("all that is said of a thing", "SELECT ?p ?o { <$model> ?p ?o }", 0),
    "hops": Case(
        "two steps from a thing", "SELECT ?name ?w { <$model> kg:trainedOn ?a . ?a kg:name ?name ; kg:tdpWatts ?w }", 0
    ),
    "ask": Case("whether a thing has a value", 'ASK { <$model> kg:country "France"@en }', 0),
    "language": Case(
        "a value of a thing in a language", 'SELECT ?v { <$model> kg:country ?v FILTER(LANG(?v) = "en") }', 0
    ),
    "optional": Case(
        "a value of a thing, and another if there is one",
        "SELECT ?name ?v { <$model> kg:name ?name OPTIONAL { <$model> kg:country ?v } }",
        0,
    ),
    "count": Case("how much is said of a thing", "SELECT (COUNT(*) AS ?n) { <$model> ?p ?o }", 0),
    "describe": Case("a thing, described", "DESCRIBE <$model>", 0, TRIPLES),
    "around": Case(
        "a thing and what it names, as a graph",
        "CONSTRUCT { <$model> ?p ?o . ?o ?q ?v } WHERE { <$model> ?p ?o OPTIONAL { ?o ?q ?v } }",
        0,
        TRIPLES,
    ),
    "reverse": Case("what points to a thing", "SELECT ?m { ?m kg:trainedOn <$accelerator> }", 0),
    "mix": Case(
        "all look-ups before, in turn",
        "",
        0,
        f"{_ROWS}, {TRIPLES}",
        ("point", "star", "hops", "ask", "language", "optional", "count", "describe", "around", "reverse"),
    ),
    "join": Case(
        "four joins, 200 rows",
        "SELECT ?m ?name ?acc ?w { ?m kg:organization <$organization> ; kg:name ?name ; kg:trainedOn ?a . ?a kg:name ?acc ; kg:tdpWatts ?w } LIMIT 200",
        20,
    ),
    "top": Case(
        "the largest, over a number",
        "SELECT ?m ?n { ?m kg:parameters ?n FILTER(?n > $number) } ORDER BY DESC(?n) LIMIT 10",
    ),
    "text": Case(
        "names that hold a text",
        'SELECT ?m ?name { ?m kg:name ?name FILTER CONTAINS(LCASE(?name), "model $digits") } LIMIT 20',
        20,
    ),
    "ranked": Case(
        "the largest of many numbers, with names",
        "SELECT ?name ?n { ?m kg:parameters ?n ; kg:name ?name FILTER(?n > $number) } ORDER BY DESC(?n) LIMIT 10",
        5,
    ),
    "groups": Case(
        "counts and means by group",
        "SELECT ?org (COUNT(?m) AS ?models) (AVG(?n) AS ?mean) { ?m kg:organization ?org ; kg:parameters ?n FILTER(?n > $number) } GROUP BY ?org",
        5,
    ),
}


class Things:
    """The names that queries take from the data."""

    def __init__(self, store: ox.Store) -> None:
        self._of = {name: _objects(store, name) for name in ("organization", "trainedOn")}
        self._models = _subjects(store, "parameters")

    def text(self, case: Case, number: int) -> str:
        """Return the query with the values of its number."""
        if case.each:
            number, place = divmod(number, len(case.each))
            case = CASES[case.each[place]]
        number = number % case.turn if case.turn else number
        models, accelerators = self._models, self._of["trainedOn"]
        values = {
            # A step of a prime number, so that what lies together on the disk is not asked together.
            "model": models[number * 7919 % len(models)],
            "property": _PROPERTIES[number // len(models) % len(_PROPERTIES)],
            "organization": self._of["organization"][number % len(self._of["organization"])],
            "accelerator": accelerators[number % len(accelerators)],
            "number": f"{(number + 1) * 997_000_003 % 10**12}",
            "digits": f"{10 + number % 90}5",
        }
        return f"PREFIX kg: <{_NS}> {Template(case.text).substitute(values)}"


def _objects(store: ox.Store, name: str) -> list[str]:
    found = {quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode(_NS + name), None)}  # type: ignore[union-attr]
    return sorted(found)


def _subjects(store: ox.Store, name: str) -> list[str]:
    return sorted(quad.subject.value for quad in store.quads_for_pattern(None, ox.NamedNode(_NS + name), None))  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the load generator measured: requests a second, milliseconds, failures, and milliseconds of processor for each request."""

    rate: float
    p50: float
    p99: float
    errors: int
    cpu: float


def make_store(folder: Path, rows: int) -> Path:
    """Map the models of the mapping benchmark and load them."""
    case = MAPPINGS["models"]
    case.make(folder, rows)
    kg = [sys.executable, "-c", "from kg.cli import main; main()", "map", str(folder / case.mapping)]
    subprocess.run([*kg, "-o", str(folder / "data.nt")], check=True, capture_output=True)
    place = folder / "store"
    store = ox.Store(str(place))
    store.bulk_load(path=str(folder / "data.nt"), format=ox.RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()
    del store
    # What was just written need not be in memory, and who is asked first is not to be the one that waits for the disk.
    for path in place.iterdir():
        path.read_bytes()
    return place


def content(body: bytes) -> Counter[str]:
    """Return the rows, triples or truth of an answer in JSON or N-Triples, in no order."""
    if not body.startswith(b"{"):
        return Counter(set(body.decode().splitlines()))
    document = json.loads(body)
    rows = document["results"]["bindings"] if "results" in document else [document["boolean"]]
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


def answer(server: Server, case: Case, text: str) -> Counter[str]:
    """Return what a server answers; the run ends where it does not."""
    found = server.ask(f"{server.query}?query={quote(text)}", headers={"Accept": case.accept}, timeout=120)
    if found.status != 200:
        raise SystemExit(f"{server.url} answers {found.status} to {text}: {found.text[:500]}")
    return content(found.body)


def compare(servers: dict[str, Server], case: Case, things: Things) -> float:
    """Check that all servers answer alike; return the seconds that Oxigraph takes for an answer."""
    taken = []
    for number in range(min(_COMPARED, case.turn or _COMPARED)):
        text = things.text(case, number)
        start = time.perf_counter()
        wanted = answer(servers[_OXIGRAPH], case, text)
        taken.append(time.perf_counter() - start)
        for name, server in servers.items():
            # Twice, as the second answer may come from a cache.
            for _ in range(2):
                if answer(server, case, text) != wanted:
                    raise SystemExit(f"{name} has another answer to {text}")
    return statistics.median(taken)


def warm(server: Server, case: Case, things: Things) -> None:
    """Ask what comes again until every process of a server has seen it."""
    for number in range(case.turn):
        for _ in range(4):
            answer(server, case, things.text(case, number))


def load(server: Server, case: Case, paths: Path, clients: int, seconds: float, pause: int = 0) -> Run:
    """Have so many clients ask a server for so long, each of them so many milliseconds after an answer."""
    script = paths.with_name("turns.lua")
    script.write_text(_LUA, encoding="utf-8")
    used = _processor(server)
    command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "120s"]
    done = subprocess.run(
        [*command, "-s", str(script), server.url, "--", str(paths), case.accept, str(pause)],
        capture_output=True,
        text=True,
        check=True,
    )
    used = _processor(server) - used
    found: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    count = max(1, found["requests"])
    return Run(count / found["seconds"], found["p50"], found["p99"], found["errors"], used / count * 1e3)


def _processor(server: Server) -> float:
    """Return the seconds of processor that a server has used."""
    total = 0
    for pid in processes(server.process.pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def measure(name: str, servers: dict[str, Server], things: Things, folder: Path, chosen: argparse.Namespace) -> None:
    """Run a query with all servers and numbers of clients, and print its rows."""
    case = CASES[name]
    one = compare(servers, case, things)
    for server in servers.values():
        warm(server, case, things)
    paths, start = folder / "paths.txt", itertools.count(_COMPARED, _READY)
    for clients in chosen.clients:
        # Long enough for each client to have some answers.
        seconds = max(chosen.seconds, min(60.0, 2.5 * clients * one / (os.cpu_count() or 1)))
        rounds: list[dict[str, Run]] = []
        for turn in range(chosen.rounds):
            found: dict[str, Run] = {}
            # Who begins changes, as does what the machine does beside.
            for server_name in sorted(servers, reverse=bool(turn % 2)):
                server, first = servers[server_name], next(start)
                texts = (things.text(case, number) for number in range(first, first + (case.turn or _READY)))
                paths.write_text("".join(f"{server.query}?query={quote(text)}\n" for text in texts), encoding="utf-8")
                found[server_name] = load(server, case, paths, clients, seconds, chosen.pause)
            rounds.append(found)
        for server_name in servers:
            _print(name, clients, server_name, rounds)


def _print(name: str, clients: int, server: str, rounds: list[dict[str, Run]]) -> None:
    runs = [each[server] for each in rounds]
    rate, p50, p99, cpu = (
        statistics.median(getattr(run, what) for run in runs) for what in ("rate", "p50", "p99", "cpu")
    )
    ratio, tail = (
        statistics.median(getattr(each[server], what) / getattr(each[_OXIGRAPH], what) for each in rounds)
        for what in ("rate", "p99")
    )
    errors = sum(run.errors for run in runs)
    print(
        f"| {name} | {clients} | {server} | {rate:.{0 if rate > 50 else 1}f} | {p50:.2f} | {p99:.2f} | {errors} | {cpu:.3f} | {ratio:.2f} | {tail:.2f} |",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("queries", nargs="*", choices=[[], *CASES], help="which queries")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=float, default=3.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pause", type=int, default=0, help="of each client after an answer, in milliseconds")
    parser.add_argument("--oxigraph", default=shutil.which(_OXIGRAPH) or _OXIGRAPH, help="Oxigraph's server")
    parser.add_argument("--list", action="store_true")
    chosen = parser.parse_args()
    if chosen.list:
        for name, case in CASES.items():
            print(f"{name:9} {case.about}")
        return
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as path, contextlib.ExitStack() as stack:
        folder = Path(path)
        place = make_store(folder, chosen.rows)
        things = Things(ox.Store.read_only(str(place)))
        # Oxigraph's server knows no limit of time; so none of ours is reached.
        servers = {
            _OXIGRAPH: stack.enter_context(oxigraph_serve(chosen.oxigraph, place, read_only=True)),
            "kg, no cache": stack.enter_context(kg_serve(place, "--timeout", "120", "--cache", "0")),
            "kg": stack.enter_context(kg_serve(place, "--timeout", "120")),
        }
        print(
            "| query | clients | server | requests/s | p50 ms | p99 ms | errors | CPU ms | rate / Oxigraph | p99 / Oxigraph |"
        )
        print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|")
        for name in chosen.queries or CASES:
            measure(name, servers, things, folder, chosen)


if __name__ == "__main__":
    main()
