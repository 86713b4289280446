"""`kg build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import FAIL_ON, base_option, iri, place, printable
from kg.cli.talk import Talk
from kg.settings import TITLE, TURTLE_LIMIT, Settings

if TYPE_CHECKING:
    from kg.pipeline import Built


@click.command("build")
@click.argument("sources", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The directory of the release; an older release there is replaced whole.",
)
@base_option
@click.option(
    "--title", default=TITLE, show_default=True, help="What the graph is called on its pages and in what describes it."
)
@click.option("--license", "license_", metavar="IRI", callback=iri, help="The licence of the graph.")
@click.option(
    "--turtle-limit",
    type=click.IntRange(0),
    default=TURTLE_LIMIT,
    show_default=True,
    help="Leave graph.ttl out over so many triples.",
)
@click.option(
    "--threads", type=click.IntRange(0), default=0, help="Threads of the database; 0: as many as the work is worth."
)
@click.option(
    "--fail-on",
    type=click.Choice([*FAIL_ON, "never"]),
    default="never",
    show_default=True,
    help="End with status 1 if a finding is as bad as this.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print no summary.")
def command(
    sources: tuple[str, ...],
    output: Path,
    base: str,
    title: str,
    license_: str | None,
    turtle_limit: int,
    threads: int,
    fail_on: str,
    quiet: bool,
) -> int:
    """Build a release from SOURCES: passages in .txt, .md or .jsonl files, folders of them, or - for standard input.

    The passages are read for facts, mapped onto the ontology, completed by what follows from them, and validated. The release is a directory with the
    graph (graph.nq.zst, graph.ttl), the report of validation, an embedded SPARQL store, a manifest and a description.

    \b
    Examples:
      kg build seeds -o build
      kg build passages.jsonl notes/ -o build --base https://data.example.org/id/
    """
    from kg.model import Severity
    from kg.pipeline import build

    with Talk() as talk:
        built = build(sources, output, Settings(base, turtle_limit, threads, title, license_), talk.progress)
    if not quiet:
        click.echo(printable(_summary(built)), err=True)
    return 0 if fail_on == "never" else built.report.exit_status(Severity(fail_on))


def _summary(built: Built) -> str:
    """Return what a person wants to know: what was read, what was made, what to look at, and what to do next."""
    counted = {
        severity: sum(finding.severity == severity for finding in built.report.findings)
        for severity in ("violation", "warning", "info")
    }
    lines = [
        f"Read {_many(built.passages, 'passage')}: {_many(built.facts, 'fact')}.",
        f"Wrote {_many(built.quads, 'quad')} to {built.folder}: "
        + ", ".join(f"{count:,} {name}" for name, count in built.counts.items() if name in _SHOWN)
        + ".",
        "Found "
        + ", ".join(_many(count, severity) for severity, count in counted.items())
        + f"; see {built.folder / 'report.html'}.",
    ]
    worst = [finding for finding in built.report.findings if finding.severity == "violation"]
    lines += [f"  ✗ {place(finding)}: {finding.message}" for finding in worst[:_WORST]]
    if len(worst) > _WORST:
        lines.append(f"  and {_many(len(worst) - _WORST, 'violation')} more.")
    lines.append(f"Next: kg query {built.folder} --list, or kg explain {built.folder} NAME.")
    return "\n".join(lines)


# So many violations are told in the summary.
_WORST = 10
_SHOWN = ("Model", "Dataset", "Benchmark", "Accelerator", "Facility", "ExtractedStatement", "DerivedQuantity")


def _many(number: int, noun: str) -> str:
    plural = {"info": "notes"}.get(noun, noun + "s")
    return f"{number:,} {'note' if noun == 'info' and number == 1 else noun if number == 1 else plural}"
