"""The named questions: one .rq file each, whose first comment line is the question."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from kg.errors import QueryError


@dataclass(frozen=True, slots=True)
class Question:
    """A shipped query: its name, the question in words, and its SPARQL."""

    name: str
    text: str
    query: str


def questions() -> tuple[Question, ...]:
    """Return all named questions, in the order of their file names (`01-trained-in-singapore.rq` is called `trained-in-singapore`)."""
    found = sorted(
        (file for file in files("kg.query").joinpath("questions").iterdir() if file.name.endswith(".rq")),
        key=lambda file: file.name,
    )
    return tuple(_question(file.name, file.read_text(encoding="utf-8")) for file in found)


def question(name: str) -> Question:
    """Return a question by its name or its number; QueryError with the nearest names where there is none."""
    known = {each.name: each for each in questions()}
    numbered = {str(number): each for number, each in enumerate(known.values(), 1)}
    if name in known or name in numbered:
        return known.get(name) or numbered[name]
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=3, cutoff=0.4)
    raise QueryError(
        "KG506",
        f"there is no question {name!r}",
        advice=f"did you mean {' or '.join(near)}?" if near else "`kg query --list` shows them",
    )


def _question(file: str, query: str) -> Question:
    text = query.partition("\n")[0].lstrip("# ").strip()
    return Question(file.removesuffix(".rq").partition("-")[2], text, query)
