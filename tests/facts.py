"""Hand-made facts: what a passage says, in a line each, with a text in which the words stand where the facts say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import duckdb

from kg.derivation import derive
from kg.mapping import run_mapping
from kg.model import Fact, Finding, Level, Passage, Slot, Value
from kg.rdf.reference import load_reference
from kg.rdf.vocabulary import load_vocabulary
from kg.resolution import load, load_tables, resolve
from kg.resources import resource
from kg.settings import DEFAULT_BASE

Told: TypeAlias = tuple[Passage, tuple[Fact, ...]]

_SLOTS = {
    ("model", "name"): Slot.MODEL,
    ("model", "parameterCount"): Slot.PARAMS,
    ("run", "acceleratorCount"): Slot.GPU_COUNT,
    ("accelerator", "name"): Slot.HARDWARE,
    ("run", "trainingDuration"): Slot.TRAINING,
    ("facility", "country"): Slot.COUNTRY,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of a subject; `words` stand in the text (default: the value), `at` is their place where another claim has the same one.

    The slot follows from subject and property as in a tagged passage, unless `tagged` is false.
    """

    subject: str
    property: str
    value: Value
    unit: str | None = None
    words: str | None = None
    at: int | None = None
    approximate: bool = False
    level: Level = Level.STATED
    tagged: bool = True


def told(name: str, *claims: Claim, source: str | None = None) -> Told:
    """Return a passage of that name and the facts of the claims, their words one after the other."""
    text = ""
    facts = []
    source = source or f"{name}.txt"
    for claim in claims:
        words = claim.words if claim.words is not None else str(claim.value)
        start = len(text) if claim.at is None else claim.at
        if claim.at is None:
            text += f"{words} "
        slot = _SLOTS.get((claim.subject.partition(":")[0], claim.property)) if claim.tagged else None
        facts.append(
            Fact(
                source,
                slot,
                *(claim.subject, claim.property, claim.value, claim.unit, claim.approximate, claim.level),
                *(text[start : start + len(words)], start, start + len(words)),
                f"tag:{slot}" if slot else "grammar:test",
            )
        )
    text = text or "nothing "
    return Passage(source, name, text, hashlib.sha256(text.encode()).hexdigest()), tuple(facts)


def graph_of(con: duckdb.DuckDBPyConnection, passages: Iterable[Told], base: str = DEFAULT_BASE) -> tuple[Finding, ...]:
    """Make the quads of passages, of the reference entries that they point to and of what follows; return the flags."""
    mappings = resource("ontology") / "mappings"
    load(con, resolve(passages, load_reference(), load_vocabulary(), base))
    run_mapping(con, [mappings / "passages.rml.ttl"], base)
    load_tables(con, load_reference(), resource("ontology") / "reference", base)
    run_mapping(con, [mappings / "reference.rml.ttl"], base)
    flags = derive(con, load_vocabulary(), base)
    run_mapping(con, [mappings / "derived.rml.ttl"], base)
    return flags
