"""`kg graph`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from kg.cli.options import printable, write_output

if TYPE_CHECKING:
    from kg.analysis import Answer, Value

# Question: how many things it is about.
QUESTIONS = {"shared": (0, 2), "central": (0,), "chain": (2,), "communities": (0,), "around": (1,)}
FORMATS = ("table", "csv", "json", "svg", "png")
_NAMED = 4  # of the things in one cell
_BROAD = 60  # characters of a cell


@click.command("graph")
@click.argument("target")
@click.argument("question", type=click.Choice(list(QUESTIONS)))
@click.argument("things", nargs=-1)
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="CLASS",
    help="Of central and shared things, those of this class only. May be repeated.",
)
@click.option(
    "--users",
    default="kg:Model",
    show_default=True,
    metavar="CLASS",
    help="The class of the things that share something, or use what is central.",
)
@click.option(
    "--by",
    type=click.Choice(["use", "degree", "betweenness", "pagerank"]),
    default="degree",
    show_default=True,
    help="What makes a thing central.",
)
@click.option(
    "--depth", type=click.IntRange(1, 10), default=1, show_default=True, help="How many links around a thing."
)
@click.option(
    "--resolution",
    type=click.FloatRange(0.01, 100),
    default=1.0,
    show_default=True,
    help="More makes more and smaller communities.",
)
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True, help="How many rows, or chains.")
@click.option(
    "--without",
    multiple=True,
    metavar="CLASS",
    help="Leave out the things of a class, and all ways over them. May be repeated.",
)
@click.option(
    "--parts", is_flag=True, help="Show runs, hardware allocations, facilities and settings as things of their own."
)
@click.option("--evidence", is_flag=True, help="Take evidence, passages and terms of vocabularies for things, too.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="table if neither this nor the suffix of the file says it."
)
@click.option("-o", "--output", default="-", help="Write to a file: a picture for .svg and .png, rows for others.")
def command(
    target: str,
    question: str,
    things: tuple[str, ...],
    classes: tuple[str, ...],
    users: str,
    by: str,
    depth: int,
    resolution: float,
    limit: int,
    without: tuple[str, ...],
    parts: bool,
    evidence: bool,
    format_: str | None,
    output: str,
) -> int:
    """Ask how the things in TARGET (a release or an RDF file) are connected, as a table or as a picture.

    QUESTION is one of: shared (what models have in common, or just two THINGS), central (what the others hang on), chain (the shortest ways from one of two
    THINGS to the other), communities (what belongs together), around (what one of the THINGS is connected with). A thing is named by its label or its IRI.

    \b
    Examples:
      kg graph build shared
      kg graph build shared Synapse-70B Flamingo-XL-v2
      kg graph build central --class Accelerator --class Dataset --by pagerank
      kg graph build chain Synapse-70B Cosmos-1-70B -o chain.svg
    """
    from kg import targets

    if len(things) not in QUESTIONS[question]:
        wanted = " or ".join(str(count) for count in QUESTIONS[question])
        raise click.UsageError(f"The question {question} is about {wanted} things, and {len(things)} are named.")
    chosen = format_ or _format_of(output)
    answer = targets.graph(
        target,
        question,
        things,
        classes=classes,
        users=users,
        by=by,
        depth=depth,
        resolution=resolution,
        limit=limit,
        without=without,
        parts=parts,
        evidence=evidence,
    )
    write_output(_written(answer, chosen), output)
    if answer.note and chosen not in ("svg", "png"):
        click.echo(printable(answer.note), err=True)
    return 0


def _format_of(output: str) -> str:
    suffix = PurePath(output).suffix.lower().removeprefix(".")
    return suffix if suffix in FORMATS else "table"


def _written(answer: Answer, format_: str) -> bytes:
    if format_ in ("svg", "png"):
        from kg.analysis import draw, png

        svg = draw(answer.picture)
        return svg.encode() if format_ == "svg" else png(svg)
    if format_ == "json":
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        return (json.dumps(rows, indent=2, ensure_ascii=False) + "\n").encode()
    if format_ == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(
            [["; ".join(cell) if isinstance(cell, tuple) else cell for cell in row] for row in answer.rows]
        )
        return text.getvalue().encode()
    return (_lines(answer) or _table(answer)).encode()


def _lines(answer: Answer) -> str:
    return "".join(f"{_one_line(line)}\n" for line in answer.lines)


def _table(answer: Answer) -> str:
    """Return aligned columns without the IRIs, numbers to the right."""
    shown = [place for place, name in enumerate(answer.columns) if not name.endswith(("iri", "iris"))]
    numeric = [bool(answer.rows) and all(isinstance(row[place], int | float) for row in answer.rows) for place in shown]
    cells = [
        [answer.columns[place] for place in shown],
        *([_cell(row[place]) for place in shown] for row in answer.rows),
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(shown))]
    cells.insert(1, ["─" * width for width in widths])
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cells
    ]
    count = len(answer.rows)
    return "\n".join([*lines, "(no row)" if not count else "(1 row)" if count == 1 else f"({count} rows)", ""])


def _cell(value: Value) -> str:
    if isinstance(value, tuple):
        more = len(value) - _NAMED
        return _one_line(", ".join(value[:_NAMED]) + (f" and {more} more" if more > 0 else ""))
    if isinstance(value, float):
        return f"{value:.4f}"
    text = _one_line("" if value is None else str(value))
    return text if len(text) <= _BROAD else text[: _BROAD - 1] + "…"


def _one_line(text: str) -> str:
    return printable(text.replace("\n", " "))
