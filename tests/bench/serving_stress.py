"""What becomes of `kg serve` when many clients ask it while its workers are killed.

`python -m tests.bench.serving_stress [--seconds N] [--clients N] [--every SECONDS] [--fronts]` serves the store of the benchmark (`tests.bench.serving`), has clients
ask its queries, and kills a worker at random every so often; with `--fronts` a front in its turn, too. Each answer is compared with that of the library to the same
query. It prints what failed, and memory and open files of all processes as time goes by, and ends with 1 where an answer was wrong, a request failed in another
way than by 503 with Retry-After, or processes, memory or files grew.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from tests.bench.serving import CASES, Things, content, make_store
from tests.serving import Server, kg_serve, processes

# So many forms of each query; some of those at a time are in the cache, some not.
_FORMS = 20
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and the rows, triples or truth that its answer must have."""

    target: str
    accept: str
    wanted: Counter[str]


@dataclass(slots=True)
class Found:
    """What clients met with."""

    right: int = 0
    busy: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def questions(store: ox.Store) -> list[Question]:
    """Return all forms of all queries, with what the library answers."""
    things = Things(store)
    found = []
    for case in CASES.values():
        for number in range(min(_FORMS, case.turn or _FORMS)):
            text = things.text(case, number)
            results = store.query(text)
            format_ = ox.RdfFormat.N_TRIPLES if isinstance(results, ox.QueryTriples) else ox.QueryResultsFormat.JSON
            body = results.serialize(format=format_)  # type: ignore[arg-type]
            found.append(Question(f"/sparql?query={quote(text)}", case.accept, content(body or b"")))
    return found


def client(server: Server, asked: list[Question], seed: int, done: threading.Event, found: Found) -> None:
    """Ask at random until told to stop; a connection that broke is opened anew."""
    chance = random.Random(seed)
    connection = http.client.HTTPConnection(server.host, timeout=120)
    while not done.is_set():
        question = chance.choice(asked)
        start = time.monotonic()
        try:
            connection.request("GET", question.target, headers={"Accept": question.accept})
            response = connection.getresponse()
            status, retry, body = response.status, response.headers.get("Retry-After"), response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status, retry, body = 0, None, repr(error).encode()
        taken = time.monotonic() - start
        right = status == 200 and content(body) == question.wanted
        with found.lock:
            found.slowest = max(found.slowest, taken)
            if right:
                found.right += 1
            elif status == 503 and retry:
                found.busy += 1
            else:
                (found.wrong if status == 200 else found.failed).append(f"{status} {question.target} {body[:200]!r}")
    connection.close()


def named(server: Server, module: str) -> list[int]:
    """Return the processes of a server that run a module."""
    found = []
    for pid in processes(server.process.pid):
        with contextlib.suppress(OSError):
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def held(server: Server) -> tuple[int, int, int]:
    """Return how many processes a server has, the bytes of memory that they hold, and how many files they have open."""
    found = processes(server.process.pid)
    files = 0
    for pid in found:
        with contextlib.suppress(OSError):
            files += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return len(found), server.memory(), files


def show(when: str, state: tuple[int, int, int]) -> None:
    """Print a row of the table."""
    print(f"| {when} | {state[0]} | {state[1] >> 20} | {state[2]} |", flush=True)


def kill(server: Server, module: str, chance: random.Random) -> int:
    """Kill a process that runs a module; return how many were."""
    pids = named(server, module)
    if not pids:
        return 0
    with contextlib.suppress(ProcessLookupError):
        os.kill(chance.choice(pids), signal.SIGKILL)
        return 1
    return 0


def settled(server: Server, wanted: int) -> tuple[int, int, int]:
    """Return what a server holds once it has as many processes again as it should, and clients are gone."""
    for _ in range(100):
        if held(server)[0] == wanted:
            break
        time.sleep(0.1)
    time.sleep(1)
    return held(server)


def stress(server: Server, asked: list[Question], chosen: argparse.Namespace) -> bool:
    """Have clients ask and workers killed; print what was found, and return whether all went well."""
    found, done, chance = Found(), threading.Event(), random.Random(1)
    count = len(processes(server.process.pid))
    threads = [
        threading.Thread(target=client, args=(server, asked, number, done, found)) for number in range(chosen.clients)
    ]
    print("| at | processes | memory MB | open files |\n|---|--:|--:|--:|")
    show("start", settled(server, count))
    for thread in threads:
        thread.start()
    start, killed, fronts = time.monotonic(), 0, 0
    shown, first = 0, (0, 0, 0)
    while time.monotonic() - start < chosen.seconds:
        time.sleep(chosen.every * chance.uniform(0.5, 1.5))
        killed += kill(server, "kg.serving.worker", chance)
        if chosen.fronts and chance.random() < 1 / 30:
            fronts += kill(server, "kg.serving.front", chance)
        if (time.monotonic() - start) * _SHOWN >= chosen.seconds * (shown + 1):
            shown += 1
            state = held(server)
            first = first if any(first) else state
            show(f"{time.monotonic() - start:.0f} s", state)
    done.set()
    for thread in threads:
        thread.join()
    last = settled(server, count)
    show("end, idle", last)
    total = found.right + found.busy + len(found.wrong) + len(found.failed)
    print(
        f"\n{total} requests of {chosen.clients} clients in {chosen.seconds:g} s, {killed} workers and {fronts} fronts killed: {found.right} right answers, "
        f"{len(found.wrong)} wrong, {found.busy} times 503 with Retry-After, {len(found.failed)} failed otherwise; the slowest took {found.slowest:.1f} s"
    )
    for line in (*found.wrong[:5], *found.failed[:5]):
        print(line)
    # A front that was killed takes the connections that it had with it.
    fine = not found.wrong and (chosen.fronts or not found.failed)
    return fine and last[0] == count and last[1] <= first[1] * 1.2 and last[2] <= first[2]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two kills")
    parser.add_argument("--fronts", action="store_true", help="kill fronts, too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-stress-") as path:
        place = make_store(Path(path), chosen.rows)
        asked = questions(ox.Store.read_only(str(place)))
        # A small cache, so that workers have work.
        with kg_serve(place, "--cache", "1MB") as server:
            fine = stress(server, asked, chosen)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
