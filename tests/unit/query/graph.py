"""A graph of hand-made facts as a store, for the tests of queries."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.rdf.prefixes import prefixes
from kg.release import write_quads
from kg.settings import DEFAULT_BASE
from kg.store import memory_store
from tests.facts import Claim, graph_of, told
from tests.session import session

NAMES = prefixes(DEFAULT_BASE)
_HARDWARE = (
    Claim("run:pretraining", "acceleratorCount", 64, "NUM"),
    Claim("accelerator", "name", "nvidia-a100-80gb", words="A100 80GB"),
    Claim("run:pretraining", "trainingDuration", 2, "month", words="about 2 months", approximate=True),
)
PASSAGES = (
    told(
        "one",
        Claim("model:Orion-7B", "name", "Orion-7B"),
        Claim("model:Orion-7B", "parameterCount", 7_000_000_000, "NUM", words="7 billion"),
        *_HARDWARE,
        Claim("model:Orion-7B", "releaseYear", None, words=""),
        Claim("dataset:pretraining", "wasDerivedFrom", "LAION-5B"),
        Claim("component:image-encoder", "name", "CLIP ViT-L/14"),
        Claim("facility", "country", "FRA", words="France"),
    ),
    told(
        "two",
        Claim("model:Orion-70B", "name", "Orion-70B"),
        Claim("model:Orion-70B", "architecture", "evil \x1b[31m\x9b0m\x07 text"),
        *_HARDWARE,
    ),
    told("three", Claim("run:pretraining", "technique", "ZeRO")),
)


@cache
def store() -> ox.Store:
    """Return the store of the passages."""
    with session() as con, tempfile.TemporaryDirectory() as folder:
        graph_of(con, PASSAGES)
        return memory_store(ox.parse(path=write_quads(con, Path(folder))))
