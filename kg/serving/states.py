"""The state of the data that a front answers from, and the way to a newer one."""

from __future__ import annotations

import asyncio
import pickle
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

import pyoxigraph as ox

from kg.serving.channel import Channel, connect
from kg.serving.messages import Problem
from kg.serving.settings import Hold, Setup, Version, short
from kg.serving.work import State
from kg.serving.worker import prefixes_of
from kg.serving.writer import BEGUN, Ask, Change, Update, unavailable
from kg.store import open_store

_GRACE = 2.0
# How often it is looked whether a state is there that was asked for.
_LOOK = 0.05
# How often, and with how many seconds between, a writer is looked for that is not there.
_TIMES, _PAUSE = 50, 0.1


@dataclass(frozen=True, slots=True)
class Open:
    """A state that is open in this process; as long as anybody has it, its folder stays."""

    state: State
    store: ox.Store
    prefixes: Mapping[str, str]
    # Tells this state from all others, also those of other runs of the server.
    tag: str
    hold: Hold


class Writing:
    """The way to the process that changes the store; one task at a time."""

    def __init__(self, setup: Setup) -> None:
        self._address = setup.folder / "writer"
        self._channel: Channel | None = None
        self._lock = asyncio.Lock()

    async def do(self, task: Update | Change | Ask, seconds: float) -> object:
        """Have a task done; Problem where it cannot be, or takes too long."""
        async with self._lock:
            channel = await self._connected()
            start, begun = monotonic(), False
            channel.send(b"T", pickle.dumps(task))
            try:
                async with asyncio.timeout(seconds + _GRACE):
                    kind, payload = await channel.receive()
                    if kind == BEGUN:
                        begun = True
                        _, payload = await channel.receive()
            except EOFError:
                self._channel = None
                channel.close()
                raise _lost(task, begun=begun, over=monotonic() - start >= seconds) from None
            except TimeoutError:
                self._channel = None
                channel.close()
                raise _late(task, seconds) from None
            except asyncio.CancelledError:
                # The answer to this task would be taken for that to the next one.
                self._channel = None
                channel.close()
                raise
        result = pickle.loads(payload)  # noqa: S301 - the writer is ours
        if isinstance(result, Problem):
            raise result
        return result

    async def _connected(self) -> Channel:
        if self._channel is not None and not self._channel.lost:
            return self._channel
        # A writer that was ended is started again by the supervisor, soon.
        for _ in range(_TIMES):
            sock = socket.socket(socket.AF_UNIX)
            sock.setblocking(False)
            try:
                with short(self._address) as name:
                    await asyncio.get_running_loop().sock_connect(sock, name)
            except OSError:
                sock.close()
                await asyncio.sleep(_PAUSE)
                continue
            self._channel = await connect(sock)
            return self._channel
        raise unavailable("KG608", "the store cannot be reached; nothing was sent to it")


def _lost(task: Update | Change | Ask, *, begun: bool, over: bool) -> Problem:
    """Return what is known of a task whose process has ended."""
    if isinstance(task, Ask):
        return unavailable("KG608", "the process that writes was lost: what was written last cannot be read yet")
    if not begun:
        return unavailable(
            "KG608", "the process that writes was lost before it began with the update; nothing of it is kept"
        )
    if over:
        # It may have been about to commit.
        what = f"the update took longer than {task.seconds:g} seconds and was ended; most likely nothing of it is kept, but look before you send it again"
        return unavailable("KG606", what)
    what = (
        "the process that writes was lost; the update is kept whole or not at all: look which before you send it again"
    )
    return unavailable("KG606", what)


def _late(task: Update | Change | Ask, seconds: float) -> Problem:
    """Return what is known of a task that was not done in time, and which nothing has ended."""
    if isinstance(task, Ask):
        return unavailable("KG608", f"what was written last could not be read within {seconds:g} seconds")
    what = f"the update was not done within {seconds:g} seconds, and may be done yet; look before you send it again"
    return unavailable("KG606", what)


class Reader:
    """Gives the state to answer from: the newest one, or while that is being opened, the one before."""

    def __init__(self, setup: Setup, writing: Writing | None, event: Callable[[str], None]) -> None:
        self.setup, self.writing, self.event = setup, writing, event
        self.version = Version(setup.folder)
        self._open: Open | None = None
        self._renewing: asyncio.Task[Open] | None = None

    @property
    def at_hand(self) -> Open | None:
        """The state, if it need not be waited for."""
        found, number = self._open, self.version.number
        if found is not None and found.state.number != number:
            if self.writing is not None:
                return None
            self._renewal(number)
        return found

    async def current(self) -> Open:
        """Return the state. After an update it is always the newest, so that who wrote reads what was written."""
        found, number = self.at_hand, self.version.number
        while found is None or found.state.number < number:
            # Who goes away while a state is opened does not stop it for others.
            found = await asyncio.shield(self._renewal(number))
        return found

    def _renewal(self, number: int) -> asyncio.Task[Open]:
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(number))
            self._renewing.add_done_callback(self._renewed)
        return self._renewing

    async def _renew(self, number: int) -> Open:
        state = State(number, str(self.setup.folder / str(number)))
        if self.writing is not None and not state.folder.is_dir():
            state = await self._made(self.writing, state)
        opened = await asyncio.get_running_loop().run_in_executor(None, self._opened, state)
        self._open = opened
        self.event("state_opened")
        return opened

    async def _made(self, writing: Writing, state: State) -> State:
        """Ask for the newest state, as this one is no more; return this one if it is there after all."""
        asking = asyncio.create_task(writing.do(Ask(), self.setup.settings.seconds))
        while not (await asyncio.wait({asking}, timeout=_LOOK))[0]:
            if state.folder.is_dir():
                asking.cancel()
                return state
        newest = asking.result()
        assert isinstance(newest, State)  # noqa: S101 - that is what Ask gives
        return newest

    def _opened(self, state: State) -> Open:
        hold = Hold(state.folder)
        tag = (
            (self.setup.folder / "tag").read_text("ascii")
            if self.writing
            else (state.folder / ".tag").read_text("ascii")
        )
        tag = f"{tag}-{state.number}" if self.writing else tag
        return Open(state, open_store(state.store), prefixes_of(state, self.setup), tag, hold)

    def _renewed(self, task: asyncio.Task[Open]) -> None:
        self._renewing = None
        if not task.cancelled() and task.exception() is not None:
            # The state before still answers; the next request tries again.
            self.event("state_failed")
