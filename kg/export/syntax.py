"""What a syntax is to the writer of documents: pieces of SQL for the text of a row."""

from __future__ import annotations

from dataclasses import dataclass

from kg.export.survey import fits
from kg.rdf.sql import text


@dataclass(frozen=True, slots=True)
class Syntax:
    """The pieces, each SQL for text.

    `value` (of an object) sees o, local, space, named, lexical, suffix, bare, p, name and coercion (p, name and coercion NULL for the item of a list) and runs before the rows are
    sorted. `graph` and `subject` see a subject that is in no place: g, prev_g, new_g (they differ), starts (it is the first of all), s, ending (the last part of s) and level.
    The others see a row: name, item (it is one of a list), first_s, last_s, first_p, last_p (it is the first or last of its subject, of its predicate), depth (of nesting) and
    level (depth, and 1 more in a named graph); those of a row in place see s too.
    """

    header: str
    footer: str
    value: str
    # What comes before the rows of a graph; it is asked for where the graph changes.
    graph: str
    # What comes before the first row of a subject that is in no place, and then what comes before the object of any row.
    subject: str
    head: str
    # What follows an object, and what follows the last object of a subject that is not in place.
    after: str
    end: str
    # Brackets of nodes and lists in place; the closing ones see the row that holds the opening one.
    node: tuple[str, str]
    list: tuple[str, str]
    # SQL for how much further in the text of what is in place begins, by the row that holds the opening bracket.
    step: str = "1"
    # SQL for the predicate that a triple (p, o) is told under: JSON-LD has two for rdf:type.
    predicate: str = "p"


def shortened(local: str, space: str, prefixes: dict[str, str], form: str, named: str = "") -> str:
    """Return the SQL for an IRI, of which `local` and `space` are the parts (SQL; with `<>`), by its prefix where one fits, and else by `form`, SQL too; `named` says whether one can fit."""
    if not prefixes:
        return form
    cases = " ".join(f"WHEN {text(each)} THEN {text(prefix + ':')}" for each, prefix in prefixes.items())
    return (
        f"coalesce(CASE WHEN {named or fits(local)} THEN (CASE {space} {cases} END) || left({local}, -1) END, {form})"
    )
