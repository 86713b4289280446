"""What was done of a push, on disk before the next step, so that another push goes on there. JSON Lines, a file a store and graph."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from kg.errors import PushError

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Work:
    """What a push is about: where it goes and the content it brings (`sha256` of all lines, the sizes of the chunks)."""

    store: str
    graph: str
    staging: str
    sha256: str
    chunks: tuple[int, ...]

    @property
    def record(self) -> dict[str, Any]:
        """The first line of its journal."""
        sizes = hashlib.sha256(json.dumps(self.chunks).encode()).hexdigest()
        return {
            "kg-push": _FORMAT,
            "store": self.store,
            "graph": self.graph,
            "staging": self.staging,
            "sha256": self.sha256,
            "chunks": len(self.chunks),
            "sizes": sizes,
        }


def journal_folder() -> Path:
    """Return where journals are kept: $XDG_STATE_HOME/kg/push, or ~/.local/state/kg/push."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "kg" / "push"


class Journal:
    """The journal of one graph of one store, locked while it is open."""

    def __init__(self, folder: Path, store: str, graph: str) -> None:
        name = hashlib.sha256(f"{store}\n{graph}".encode()).hexdigest()[:32]
        self.path = folder / f"{name}.jsonl"
        self._graph = graph
        self._file: IO[str] | None = None
        self._head: dict[str, Any] = {}
        self.sent: dict[int, str] = {}  # number of a chunk -> its sha256
        self.swapping = False

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise self._fault(error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise PushError(
                "KG629",
                f"another push to <{self._graph}> of this store is running",
                where=str(self.path),
                advice="wait for its end",
            ) from error
        self._file.seek(0)
        text = self._file.read()
        # The last line is half there where a process was killed as it wrote it.
        whole = text[: text.rfind("\n") + 1]
        self._file.truncate(len(whole.encode()))
        self._read(whole)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def staging(self) -> str | None:
        """The staging graph of a push that did not come to its end."""
        return self._head.get("staging")

    def resumes(self, work: Work) -> bool:
        """Say whether the push that did not come to its end is this one."""
        return self._head == work.record

    def start(self, work: Work) -> None:
        """Begin anew."""
        self.clear()
        self._head = work.record
        self._write(self._head)

    def chunk(self, number: int, sha256: str) -> None:
        """Note that the store has taken a chunk."""
        self.sent[number] = sha256
        self._write({"chunk": number, "sha256": sha256})

    def swap(self) -> None:
        """Note that the staging graph was verified and takes the place of the graph now."""
        self.swapping = True
        self._write({"swapping": True})

    def clear(self) -> None:
        """Forget what was noted: nothing is left to do."""
        assert self._file is not None  # noqa: S101 - the journal is open
        self._head, self.sent, self.swapping = {}, {}, False
        try:
            self._file.truncate(0)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._fault(error) from error

    def _read(self, text: str) -> None:
        try:
            records = [json.loads(line) for line in text.splitlines()]
            if not records or records[0].get("kg-push") != _FORMAT:
                return
            self._head = records[0]
            self.sent = {int(each["chunk"]): str(each["sha256"]) for each in records if "chunk" in each}
            self.swapping = any("swapping" in each for each in records)
        except (ValueError, TypeError, KeyError, AttributeError):
            # What cannot be read is taken as nothing done: the content is then sent again, which does no harm.
            self._head, self.sent, self.swapping = {}, {}, False

    def _write(self, record: dict[str, Any]) -> None:
        assert self._file is not None  # noqa: S101 - the journal is open
        try:
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._fault(error) from error

    def _fault(self, error: OSError) -> PushError:
        return PushError(
            "KG631",
            f"the journal cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(self.path),
            advice="name another folder with --journal",
        )
