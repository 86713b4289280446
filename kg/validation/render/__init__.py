"""A report as text: for people (text, html), for programs (json, ttl), for editors and continuous integration (sarif, junit).

Pure functions of the report: the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, Literal, TypeAlias, cast, get_args

from kg.validation.results import Report

Format: TypeAlias = Literal["text", "json", "ttl", "html", "sarif", "junit"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)


def render(report: Report, format_: str) -> str:
    """Return a report in one of FORMATS; KeyError for another."""
    if format_ not in FORMATS:
        raise KeyError(format_)
    # A format is a module of its name, which is only loaded when it is asked for.
    renderer = getattr(import_module(f"kg.validation.render.{format_}"), f"render_{format_}")
    return cast("Callable[[Report], str]", renderer)(report)
