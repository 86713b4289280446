"""Worker processes: killed, lost, waited for, and replaced."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.serving import pool as module
from kg.serving.execute import Query
from kg.serving.messages import Answer, Problem
from kg.serving.pool import Pool
from kg.serving.settings import ServeSettings, Setup
from kg.serving.work import Dump, Job, Parse, State
from tests.unit.serving.wire import LOOPS, until

NODES = 300
COUNT = Query("SELECT (COUNT(*) AS ?n) { ?s <urn:next> ?o }", "application/json")
# Gives no row for hours.
ENDLESS = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }")
# Gives many rows, each of them fast.
STREAM = Query(f"SELECT ?a ?d ?g ('{'text' * 500}' AS ?t) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}", "text/csv")
# Wants all the memory there is.
_DOUBLED = " ".join(f"BIND(CONCAT(?t{number}, ?t{number}) AS ?t{number + 1})" for number in range(22))
GREEDY = Query(f"SELECT (STRLEN(?t22) AS ?n) {{ BIND('{'a' * 1000}' AS ?t0) {_DOUBLED} }}")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    folder = tmp_path_factory.mktemp("state")
    store = ox.Store(str(folder / "store"))
    store.extend(
        ox.Quad(ox.NamedNode(f"urn:n{number}"), ox.NamedNode("urn:next"), ox.NamedNode(f"urn:n{(number + 1) % NODES}"))
        for number in range(NODES)
    )
    store.flush()
    del store
    return State(1, str(folder))


Test = Callable[[Pool, Counter[str]], Coroutine[Any, Any, None]]


def run(state: State, test: Test, *, size: int = 1, memory: int = 0, loop: str = "uvloop") -> None:
    """Run a test on a pool of workers of its own."""

    async def main() -> None:
        events: Counter[str] = Counter()
        setup = Setup(ServeSettings(memory=memory), state.folder.parent, "test")
        pool = Pool(setup, size, lambda name: events.update([name]))
        await pool.start()
        started = list(pool.all)
        try:
            await asyncio.wait_for(test(pool, events), 60)
        finally:
            await pool.stop()
        assert len(started) == size
        for worker in started:
            assert worker.process.poll() is not None

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(main())


async def counted(pool: Pool, state: State, seconds: float = 20) -> int:
    answer = await pool.do(Job(state, COUNT), seconds)
    assert answer.status == 200, answer.body
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


async def body(answer: Answer) -> bytes:
    return b"".join([piece async for piece in answer.pieces]) if answer.pieces else answer.body


async def settled(pool: Pool, size: int = 1) -> None:
    """Wait until so many workers are idle."""
    for _ in range(1000):
        if len(pool.idle) == size:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(pool.idle)} of {size} workers are idle")


def pid(pool: Pool) -> int:
    (worker,) = pool.all
    return worker.process.pid


@pytest.mark.parametrize("loop", LOOPS)
def test_jobs_one_after_the_other_and_at_once(state: State, loop: str) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        assert await counted(pool, state) == NODES
        assert await asyncio.gather(*(counted(pool, state) for _ in range(30))) == [NODES] * 30
        await settled(pool, 2)
        assert events == {"worker_started": 2}

    run(state, test, size=2, loop=loop)


def test_all_kinds_of_work(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        dumped = await pool.do(Job(state, Dump(None, "application/n-triples")), 20)
        assert len(dumped.body.splitlines()) == NODES
        parsed = await pool.do(Job(state, Parse(b"<a> <b> 1 .", "text/turtle", "http://x/")), 20)
        assert parsed.body.startswith(b"<http://x/a> <http://x/b> ")
        for wrong, status in (
            (Parse(b"no", "text/turtle", "http://x/"), 400),
            (Dump("urn:nope"), 404),
            (Dump(None, "image/png"), 406),
            (Query("nonsense"), 400),
        ):
            with pytest.raises(Problem) as caught:
                await pool.do(Job(state, wrong), 20)
            assert (caught.value.status, bool(caught.value.code)) == (status, isinstance(wrong, Query))
        assert await counted(pool, state) == NODES

    run(state, test)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_stream_whole_and_left(state: State, loop: str) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        job = Job(state, Query(STREAM.text, STREAM.accept, rows=5000))
        whole = await pool.do(job, 30)
        data = await body(whole)
        assert data.count(b"\r\n") == 5001
        assert whole.trailers == {"kg-truncated": "rows"}
        await settled(pool)
        assert events == {"worker_started": 1}
        packed = await pool.do(Job(state, job.work, "gzip"), 30)
        assert packed.headers["content-encoding"] == "gzip"
        assert len(await body(packed)) < len(data) // 2
        left = await pool.do(Job(state, STREAM), 30)
        assert left.pieces is not None
        await anext(left.pieces)
        await left.pieces.aclose()  # type: ignore[attr-defined]
        await settled(pool)
        assert await counted(pool, state) == NODES
        assert events["worker_started"] == 2

    run(state, test, loop=loop)


def test_a_stream_that_nobody_begins_to_read_holds_no_worker(state: State) -> None:
    """As where HEAD is asked."""

    async def test(pool: Pool, events: Counter[str]) -> None:
        for _ in range(3):
            answer = await pool.do(Job(state, STREAM), 30)
            assert answer.pieces is not None
            await answer.pieces.aclose()  # type: ignore[attr-defined]
        assert await counted(pool, state) == NODES

    run(state, test)


@pytest.mark.parametrize("work", [COUNT, Query("nonsense")], ids=["answer", "problem"])
def test_a_job_that_nobody_waits_for_leaves_its_worker_if_it_ends_soon(state: State, work: Query) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        worker = pid(pool)
        os.kill(worker, signal.SIGSTOP)
        job = asyncio.create_task(pool.do(Job(state, work), 30))
        await asyncio.sleep(0.05)
        job.cancel()
        await asyncio.wait([job])
        os.kill(worker, signal.SIGCONT)
        await settled(pool)
        assert await counted(pool, state) == NODES
        assert (pid(pool), events) == (worker, {"worker_started": 1})

    run(state, test)


def test_a_worker_that_is_killed_while_idle(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        os.kill(pid(pool), signal.SIGKILL)
        assert await counted(pool, state) == NODES
        os.kill(pid(pool), signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert await counted(pool, state) == NODES
        await settled(pool)
        assert events["worker_started"] == 3

    run(state, test)


def test_a_job_whose_worker_is_killed_is_done_again(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        worker = pid(pool)
        os.kill(worker, signal.SIGSTOP)
        counting = asyncio.create_task(counted(pool, state))
        await asyncio.sleep(0.1)
        os.kill(worker, signal.SIGKILL)
        assert await counting == NODES
        assert events == {"worker_started": 2, "worker_lost": 1}

    run(state, test)


def test_a_job_is_done_again_only_once(state: State) -> None:
    """Else one that needs too much of something would take a worker after the other."""

    async def test(pool: Pool, events: Counter[str]) -> None:
        job = asyncio.create_task(pool.do(Job(state, ENDLESS), 30))
        for started in (1, 2):
            while events["worker_started"] < started or pool.idle:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            os.kill(pid(pool), signal.SIGKILL)
        with pytest.raises(Problem) as caught:
            await job
        assert (caught.value.status, caught.value.code) == (503, "KG604")
        assert await counted(pool, state) == NODES
        assert events["worker_lost"] == 2

    run(state, test)


def test_a_job_that_takes_too_long_is_ended(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        before = pid(pool)
        start = time.monotonic()
        with pytest.raises(Problem) as caught:
            await pool.do(Job(state, ENDLESS), 0.3)
        assert 0.3 <= time.monotonic() - start < 5
        assert (caught.value.status, caught.value.code) == (503, "KG603")
        assert "retry-after" in caught.value.headers
        assert events["worker_killed"] == 1
        assert await counted(pool, state) == NODES
        assert until(lambda: not Path(f"/proc/{before}").exists())

    run(state, test)


def test_a_job_that_takes_too_much_memory(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        with pytest.raises(Problem) as caught:
            await pool.do(Job(state, GREEDY), 60)
        assert (caught.value.status, caught.value.code) == (503, "KG604")
        assert await counted(pool, state) == NODES

    run(state, test, memory=300 << 20)


def test_a_query_whose_plan_takes_too_much_memory_is_answered_as_it_stands(tmp_path: Path) -> None:
    """What many things share has many values: all pairs of these are found one by one, but cannot be kept."""
    store = ox.Store(str(tmp_path / "store"))
    node = ox.NamedNode
    named = [(f"urn:s{number}", verb, "urn:hub") for number in range(2000) for verb in ("urn:of", "urn:in")]
    named += [("urn:hub", "urn:has", f"urn:o{number}") for number in range(600)]
    store.bulk_extend(ox.Quad(node(subject), node(verb), node(value)) for subject, verb, value in named)
    store.flush()
    del store
    query = Query("SELECT (COUNT(*) AS ?n) { ?s <urn:of> ?hub ; <urn:in> ?in . ?hub <urn:has> ?value }", "text/csv")

    async def test(pool: Pool, events: Counter[str]) -> None:
        answer = await pool.do(Job(State(1, str(tmp_path)), query), 60)
        assert answer.body == b"n\r\n1200000\r\n"
        assert events["worker_lost"] == 1

    run(State(1, str(tmp_path)), test, memory=250 << 20)


def test_a_fault_of_ours_is_told_as_one(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        with pytest.raises(Problem) as caught:
            await pool.do(Job(State(2, str(state.folder / "nowhere")), COUNT), 20)
        assert caught.value.status == 500
        assert await counted(pool, state) == NODES

    run(state, test)


def test_nobody_does_what_nobody_waits_for(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        before = pid(pool)
        task = asyncio.create_task(pool.do(Job(state, ENDLESS), 60))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await counted(pool, state) == NODES
        assert not Path(f"/proc/{before}").exists()

    run(state, test)


def test_a_worker_whose_client_is_gone_is_used_again_if_it_ends_soon(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Soon enough for a busy machine.
    monkeypatch.setattr(module, "_LEFT_ALONE", 20)

    async def test(pool: Pool, events: Counter[str]) -> None:
        before = pid(pool)
        for _ in range(3):
            task = asyncio.create_task(pool.do(Job(state, COUNT), 60))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await counted(pool, state) == NODES
        assert pid(pool) == before

    run(state, test)


def test_many_wait_and_none_is_forgotten(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAITING", 20)

    async def test(pool: Pool, events: Counter[str]) -> None:
        busy = asyncio.create_task(pool.do(Job(state, ENDLESS), 0.5))
        await asyncio.sleep(0.1)
        waiting = [asyncio.create_task(counted(pool, state)) for _ in range(20)]
        await asyncio.sleep(0.01)
        with pytest.raises(Problem) as caught:
            await counted(pool, state)
        assert (caught.value.status, caught.value.code) == (503, "KG605")
        for each in waiting[::2]:
            each.cancel()
        with pytest.raises(Problem):
            await busy
        assert await asyncio.gather(*waiting[1::2]) == [NODES] * 10
        await settled(pool)

    run(state, test)


def test_one_who_waits_too_long_is_told(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        busy = asyncio.create_task(pool.do(Job(state, ENDLESS), 1.0))
        await asyncio.sleep(0.1)
        with pytest.raises(Problem) as caught:
            await counted(pool, state, 0.2)
        assert caught.value.code == "KG605"
        with pytest.raises(Problem):
            await busy
        assert await counted(pool, state) == NODES

    run(state, test)


def test_a_worker_that_comes_when_the_time_is_up_is_not_lost(state: State) -> None:
    async def test(pool: Pool, events: Counter[str]) -> None:
        worker = pool.idle.pop()
        loop = asyncio.get_running_loop()
        waiting = asyncio.create_task(pool._take(0.05))
        await asyncio.sleep(0)
        loop.call_later(0.049, pool._give, worker)
        # Both come in the same round of the loop.
        time.sleep(0.1)
        (found,) = await asyncio.gather(waiting, return_exceptions=True)
        if isinstance(found, Problem):
            assert found.code == "KG605"
        else:
            assert found is worker
            pool._give(worker)
        assert pool.idle == [worker]

    run(state, test, loop="asyncio")


def test_workers_that_cannot_start_are_not_started_without_end(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    async def main() -> None:
        events: Counter[str] = Counter()
        pool = Pool(Setup(ServeSettings(), state.folder.parent, "test"), 1, lambda name: events.update([name]))
        spawned = 0
        spawn = pool._spawn

        async def counting() -> None:
            nonlocal spawned
            spawned += 1
            await spawn()

        pool._spawn = counting  # type: ignore[method-assign]
        task = asyncio.create_task(pool.start())
        await asyncio.sleep(2.5)
        assert 1 <= spawned <= 4
        assert not events
        task.cancel()
        await pool.stop()

    asyncio.run(main())


def test_workers_end_with_their_front(state: State) -> None:
    """However it ends: their socket is closed."""

    async def test(pool: Pool, events: Counter[str]) -> None:
        (worker,) = pool.all
        pool.closed = True
        worker.channel.close()
        for _ in range(500):
            if worker.process.poll() is not None:
                break
            await asyncio.sleep(0.01)
        assert worker.process.poll() == 0

    run(state, test)
