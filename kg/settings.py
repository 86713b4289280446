"""What a user can set, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass

ONTOLOGY = "https://kg.example/ns#"
SHAPES = "https://kg.example/shapes#"
DEFAULT_BASE = "https://kg.example/id/"
TURTLE_LIMIT = 2_000_000
TITLE = "Knowledge graph of AI models"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a build.

    `base` is the IRI that minted names start with (it ends in `/` or `#`); `turtle_limit` the number of triples over which a release
    carries no graph.ttl; `threads` the number of DuckDB threads, or 0 for all cores; `title` is what the graph is called in what describes it, `license` the IRI of its
    licence (None: not said).
    """

    base: str = DEFAULT_BASE
    turtle_limit: int = TURTLE_LIMIT
    threads: int = 0
    title: str = TITLE
    license: str | None = None
