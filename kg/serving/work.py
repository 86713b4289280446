"""What a front has a worker do, and what comes back. What each query needs is a tuple: others take several times as long to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg.serving.execute import Query


class State(NamedTuple):
    """A state of the data that never changes: its number, and the name of the folder with its store, and its release, if it is one."""

    number: int
    name: str

    @property
    def folder(self) -> Path:
        """The folder."""
        return Path(self.name)

    @property
    def store(self) -> Path:
        """The folder of the store."""
        return self.folder / "store"


@dataclass(frozen=True, slots=True)
class Dump:
    """Write all triples of a graph (None: the default graph)."""

    graph: str | None
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Parse:
    """Read RDF that nobody has looked at, and give it back as N-Triples."""

    data: bytes
    media: str
    base: str


@dataclass(frozen=True, slots=True)
class Page:
    """Make a page or a document: what was asked for, and what the client likes to get."""

    method: str
    path: str
    query: str
    accept: str
    languages: tuple[str, ...]
    origin: str


class Job(NamedTuple):
    """One piece of work on one state; `coding` is the content coding of the answer ("" for none)."""

    state: State
    work: Query | Dump | Parse | Page
    coding: str = ""
    # Whether a query is to be answered as it stands.
    plain: bool = False


class Begun(NamedTuple):
    """The head of an answer; a whole one brings its body, another is followed by pieces, and by trailers at the end."""

    status: int
    headers: dict[str, str]
    body: bytes | None = None


# Kinds of frames.
JOB = b"J"
BEGUN = b"B"
PIECE = b"P"
END = b"E"
FAILED = b"F"
READY = b"R"
# A query is answered in another way than it stands, which may take more memory.
PLANNED = b"A"
