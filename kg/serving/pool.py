"""The workers of a front: each does one thing at a time, is killed when that takes too long, and replaced when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine

from kg.serving.channel import Channel, connect
from kg.serving.messages import Answer, Problem
from kg.serving.settings import Setup
from kg.serving.work import BEGUN, END, FAILED, JOB, PIECE, PLANNED, Begun, Job

# A worker ends a query by itself when its time is up and rows have come; one that gives no row is killed so many seconds later.
_GRACE = 0.5
# A worker whose client has gone may end what it does within so many seconds: to start another takes about as long.
_LEFT_ALONE = 0.5
# A job that takes longer than so many seconds is a slow one, and others begin beside it.
_QUICK = 0.05
_WAITING = 512
_PAUSE = 1.0
_RETRY = {"retry-after": "10"}


class _Worker:
    """A process and the channel to it."""

    def __init__(self, process: subprocess.Popen[bytes], channel: Channel) -> None:
        self.process, self.channel = process, channel
        # Whether it was this server that ended it.
        self.killed = False
        # Whether it was ended because its job took too long.
        self.late = False
        # Whether its job is a quick one so far.
        self.quick = False
        # Whether it answers its query in another way than it stands.
        self.planned = False
        # What will say that its job is no quick one, and then, that it takes too long.
        self.timer: asyncio.TimerHandle | None = None

    async def reply(self) -> tuple[bytes, bytes]:
        """Return the first frame of what it says to its job; EOFError where it is gone."""
        self.planned = False
        kind, payload = await self.channel.receive()
        while kind == PLANNED:
            self.planned = True
            kind, payload = await self.channel.receive()
        return kind, payload

    def kill(self) -> None:
        """End it at once."""
        self.killed = True
        self.process.kill()
        self.channel.close()


class Pool:
    """So many workers, of which `lanes` have quick jobs at a time: more than there are processors would only be in each other's way.

    `event` is told the name of what happens to them: "worker_started", "worker_killed", "worker_lost".
    """

    def __init__(self, setup: Setup, size: int, event: Callable[[str], None], lanes: int = 1) -> None:
        self.setup, self.size, self.event, self.lanes = setup, size, event, lanes
        # How many workers have a job that is a quick one so far.
        self.quick = 0
        self.idle: list[_Worker] = []
        self.all: set[_Worker] = set()
        self.waiting: deque[asyncio.Future[_Worker]] = deque()
        self.closed = False
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all workers."""
        await asyncio.gather(*(self._spawn() for _ in range(self.size)))

    async def stop(self) -> None:
        """End all workers."""
        self.closed = True
        await asyncio.gather(*self.tasks)
        for worker in list(self.all):
            worker.kill()
            worker.process.wait()

    async def do(self, job: Job, seconds: float) -> Answer:
        """Have a job done; Problem where that cannot be, takes longer than so many seconds, or no worker is free within them.

        A worker that was lost, and not by our hand, is no fault of the job: another does it, once. So it does where the memory was too little for a plan, and without it.
        """
        for last in (False, True):
            worker = await self._take(seconds)
            self._watch(worker, seconds)
            try:
                worker.channel.send(JOB, pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
                kind, payload = await worker.reply()
            except EOFError:
                self._drop(worker)
                if worker.late:
                    raise Problem(
                        503, f"the answer takes longer than {seconds:g} seconds", code="KG603", headers=_RETRY
                    ) from None
                self.event("worker_lost")
                status = await _status(worker)
                if status >= 0:
                    raise Problem(500, "the server failed at this request") from None
                if last or not (worker.planned or status == -signal.SIGKILL):
                    raise Problem(
                        503,
                        "the engine failed on this, most likely because it takes more memory than is allowed",
                        code="KG604",
                        headers=_RETRY,
                    ) from None
                job = job._replace(plain=worker.planned)
                continue
            except asyncio.CancelledError:
                self._abandon(worker)
                raise
            finally:
                if worker.timer is not None:
                    worker.timer.cancel()
            if kind == FAILED:
                self._give(worker)
                problem: Problem = pickle.loads(payload)  # noqa: S301 - the worker is ours
                raise problem
            assert kind == BEGUN  # noqa: S101 - an answer begins so
            begun: Begun = pickle.loads(payload)  # noqa: S301 - the worker is ours
            if begun.body is not None:
                self._give(worker)
                return Answer(begun.status, begun.headers, begun.body)
            self._leave(worker)
            answer = Answer(begun.status, begun.headers)
            answer.pieces = pieces = self._pieces(worker, answer, seconds)
            # A generator that has not begun would not end the worker when it is closed.
            await anext(pieces)
            return answer
        raise AssertionError

    async def _pieces(self, worker: _Worker, answer: Answer, seconds: float) -> AsyncIterator[bytes]:
        """Yield an empty piece, then those of a body."""
        whole = False
        try:
            async with asyncio.timeout(2 * seconds + _GRACE):
                yield b""
                while True:
                    kind, payload = await worker.channel.receive()
                    if kind == PIECE:
                        yield payload
                        continue
                    assert kind == END  # noqa: S101 - nothing else follows
                    answer.trailers.update(pickle.loads(payload))  # noqa: S301 - the worker is ours
                    whole = True
                    return
        except (EOFError, TimeoutError) as error:
            raise ConnectionResetError("the worker is gone") from error
        finally:
            if whole:
                self._give(worker)
            else:
                self._abandon(worker)

    async def _take(self, seconds: float) -> _Worker:
        free = None if self.waiting else self._free()
        if free is not None:
            return free
        if len(self.waiting) >= _WAITING:
            raise Problem(503, "too many queries wait", code="KG605", headers=_RETRY)
        future: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except (TimeoutError, asyncio.CancelledError) as error:
            if future.done() and not future.cancelled():
                self._give(future.result())
            if isinstance(error, TimeoutError):
                raise Problem(503, "too many queries wait", code="KG605", headers=_RETRY) from None
            raise

    def _free(self) -> _Worker | None:
        """Return a worker that is free to begin a job, if there is one and few others have one that is quick."""
        while self.idle and self.quick < self.lanes:
            worker = self.idle.pop()
            if not worker.channel.lost:
                self.quick += 1
                worker.quick = True
                return worker
            self._drop(worker)
        return None

    def _watch(self, worker: _Worker, seconds: float) -> None:
        """Look after the time that a job takes."""
        worker.timer = asyncio.get_running_loop().call_later(_QUICK, self._slow, worker, seconds + _GRACE - _QUICK)

    def _slow(self, worker: _Worker, left: float) -> None:
        worker.timer = asyncio.get_running_loop().call_later(left, self._late, worker)
        self._leave(worker)

    def _late(self, worker: _Worker) -> None:
        worker.late = True
        self.event("worker_killed")
        worker.kill()

    def _leave(self, worker: _Worker) -> None:
        """Count the job of a worker no more among the quick ones, so that another may begin."""
        if worker.quick:
            worker.quick = False
            self.quick -= 1
            self._next()

    def _next(self) -> None:
        """Let those who wait longest have workers that are free."""
        while self.waiting:
            if self.waiting[0].done():
                self.waiting.popleft()
                continue
            worker = self._free()
            if worker is None:
                return
            self.waiting.popleft().set_result(worker)

    def _give(self, worker: _Worker) -> None:
        """Take back a worker whose job is done."""
        if worker.channel.lost:
            self._drop(worker)
            return
        self.idle.append(worker)
        self._leave(worker)
        self._next()

    def _abandon(self, worker: _Worker) -> None:
        """Leave a worker alone whose answer nobody wants any more: it is used again if it ends soon, else killed."""
        self._leave(worker)
        if not self.closed and not worker.channel.lost:
            self._later(self._ending(worker))
        else:
            self._drop(worker)

    async def _ending(self, worker: _Worker) -> None:
        try:
            async with asyncio.timeout(_LEFT_ALONE):
                while True:
                    kind, payload = await worker.channel.receive()
                    if kind in (END, FAILED) or (kind == BEGUN and pickle.loads(payload).body is not None):  # noqa: S301 - the worker is ours
                        break
        except (EOFError, TimeoutError):
            self._drop(worker)
        else:
            self._give(worker)

    def _drop(self, worker: _Worker) -> None:
        """End a worker and start another in its place."""
        if worker not in self.all:
            return
        self.all.discard(worker)
        with contextlib.suppress(ValueError):
            self.idle.remove(worker)
        self._leave(worker)
        if worker.process.poll() is None and not worker.channel.lost:
            worker.kill()
        else:
            worker.channel.close()
        if not self.closed:
            self._later(self._replace(worker))

    def _later(self, work: Coroutine[None, None, None]) -> None:
        """Do something that nobody waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _replace(self, worker: _Worker) -> None:
        await _status(worker)
        if not self.closed:
            await self._spawn()

    async def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - of this package
                [sys.executable, "-c", "from kg.serving.worker import main; main()", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        worker = _Worker(process, await connect(ours))
        self.all.add(worker)
        worker.channel.send(b"S", pickle.dumps(self.setup))
        try:
            await worker.channel.receive()
        except EOFError:
            # One that cannot even start is not started again and again without a pause.
            await asyncio.sleep(_PAUSE)
            self._drop(worker)
            return
        self.event("worker_started")
        self._give(worker)


async def _status(worker: _Worker) -> int:
    """Return how a process ended that has hung up; one that only hung up is killed."""
    for _ in range(100):
        status = worker.process.poll()
        if status is not None:
            return status
        await asyncio.sleep(0.01)
    worker.process.kill()
    return worker.process.wait()
