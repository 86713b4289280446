"""Options and readers that several commands share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from kg.settings import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model import Finding

FAIL_ON = ("violation", "warning", "info")


def _base(_: click.Context, __: click.Parameter, value: str) -> str:
    import pyoxigraph as ox

    try:
        ox.NamedNode(value)
        fits = re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^?#]+[/#]", value) is not None
    except ValueError:
        fits = False
    if not fits:
        raise click.BadParameter("it must be an absolute IRI that ends in / or #, such as https://data.example.org/id/")
    return value


def base_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --base."""
    return click.option(
        "--base", default=DEFAULT_BASE, show_default=True, callback=_base, help="What the IRIs of things start with."
    )(function)


def format_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option --format, `text` or `json`, as the parameter `format_`; `what` is its help."""
    return click.option(
        "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True, help=what
    )


def iri(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return an option's value if it is an IRI or absent, else a usage error."""
    import pyoxigraph as ox

    try:
        return ox.NamedNode(value).value if value is not None else None
    except ValueError:
        raise click.BadParameter("it must be an IRI, such as https://creativecommons.org/licenses/by/4.0/") from None


def place(finding: Finding) -> str:
    """Return where a finding stands: the source and the characters, as far as they are known."""
    if not finding.source:
        return finding.entity or "graph"
    return finding.source + (f", characters {finding.start}-{finding.end}" if finding.start is not None else "")


def printable(text: str) -> str:
    """Return a text without what would drive the terminal: it may quote a passage, a file or another machine."""
    return "".join(
        character if character.isprintable() or character == "\n" else " " if character.isspace() else "\ufffd"
        for character in text
    )


def write_output(data: bytes, output: str) -> None:
    """Write bytes to a file, or to standard output for `-`; QueryError where the file cannot be written."""
    from kg.export import opened

    with opened(output) as stream:
        stream.write(data)


_UNITS = {"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


def size(text: str) -> int:
    """Return the bytes that a text such as 512MB stands for; a usage error where it stands for none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?B?)", text.strip().upper())
    unit = match.group(2) if match else ""
    if match is None:
        raise click.UsageError(f"{text!r} is no size; write it like 512MB or 2GB.")
    return int(float(match.group(1)) * _UNITS[unit if unit.endswith("B") or not unit else unit + "B"])
