"""`kg query`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kg.cli.options import write_output


@click.command("query")
@click.argument("target", required=False)
@click.argument("query", required=False)
@click.option(
    "-f", "--file", "file", type=click.Path(path_type=Path), help="Read the query from a file; - is standard input."
)
@click.option("--named", metavar="NAME", help="Ask a named question, by its name or number.")
@click.option("--list", "listed", is_flag=True, help="List the named questions.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "ttl", "nt"]),
    help="table if nothing else is said; ttl for graphs.",
)
@click.option("-o", "--output", default="-", help="Write to a file.")
def command(
    target: str | None,
    query: str | None,
    file: Path | None,
    named: str | None,
    listed: bool,
    format_: str | None,
    output: str,
) -> int:
    """Ask TARGET (a release, an RDF file, or the address of a SPARQL endpoint) a QUERY in SPARQL.

    The default graph is the merge of all graphs; GRAPH ?g tells which passage says something. The prefixes of our graphs need no declaration.

    \b
    Examples:
      kg query --list
      kg query build --named trained-in-singapore
      kg query build 'SELECT ?model ?n { ?model kg:parameterCount ?n }' --format csv
    """
    from kg import targets
    from kg.query import question

    if listed:
        write_output(_listing(format_ or "table"), output)
        return 0
    given = [value for value in (query, file, named) if value is not None]
    if target is None or len(given) != 1:
        raise click.UsageError(
            "Name a target and give one query: a text, -f FILE, or --named NAME. `kg query --list` shows the named questions."
        )
    text = question(named).query if named is not None else _read(file) if file is not None else str(query)
    write_output(targets.query(target, text, format_), output)
    return 0


def _read(file: Path) -> str:
    from kg.errors import QueryError

    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError("KG510", f"the query cannot be read: {error}", where=str(file)) from error


def _listing(format_: str) -> bytes:
    from kg.query import questions

    known = questions()
    if format_ == "json":
        return (
            json.dumps([{"name": each.name, "question": each.text} for each in known], indent=2, ensure_ascii=False)
            + "\n"
        ).encode()
    if format_ != "table":
        raise click.UsageError("The list of questions comes as table or json.")
    width = max(len(each.name) for each in known)
    return "".join(
        f"{number:>2}  {each.name.ljust(width)}  {each.text}\n" for number, each in enumerate(known, 1)
    ).encode()
