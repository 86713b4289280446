"""A query as a request asks it: what its answer is made from."""

from __future__ import annotations

from typing import NamedTuple

from kg.query import Reading
from kg.serving.execute import Query
from kg.serving.messages import Request
from kg.serving.negotiation import encoding
from kg.serving.protocol import Operation


class Question(NamedTuple):
    """A query, the graphs that the request names for it, and what its client likes: media types or the name of a format, and a content coding."""

    text: str
    host: str
    likes: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    coding: str
    # Graphs that the text names, and what its relative IRIs are resolved against.
    mentioned: tuple[str, ...]
    base: str

    @property
    def scoped(self) -> bool:
        """Whether it is asked of other graphs than the default graph of the store."""
        return self.default_graphs is not None or self.named_graphs is not None

    def query(self, rows: int, seconds: float) -> Query:
        """Return what is to be evaluated, and how long and for how many rows."""
        return Query(
            self.text, self.likes, self.default_graphs, self.named_graphs, self.mentioned, rows, seconds, self.base
        )


def question(request: Request, asked: Operation, reading: Reading, origin: str) -> Question:
    """Return the question of a request to a server whose address is `origin`."""
    return Question(
        asked.text,
        request.header("host"),
        asked.format_ or request.header("accept"),
        asked.default_graphs,
        asked.named_graphs,
        encoding(request.header("accept-encoding")),
        mentioned(reading),
        origin + "/sparql",
    )


def mentioned(reading: Reading) -> tuple[str, ...]:
    """Return the graphs that a text names by IRIs in full."""
    return tuple(graph for graph in reading.graphs if graph is not None and ":" in graph)
