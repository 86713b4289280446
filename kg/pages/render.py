"""Fills the templates; whatever is put into them is escaped."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from kg.pages.entity import Property

# What ends a script element, or a line in old engines: written as escapes of JSON, which mean the same.
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def render(template: str, **values: object) -> str:
    """Return a page; jinja2.UndefinedError where a template needs a value that is not given."""
    return _environment().get_template(template).render(**values)


def part(template: str, **values: object) -> Markup:
    """Return a part of a page."""
    return Markup(_environment().get_template(template).render(values))  # noqa: S704 - a template escapes what it is given


def json_island(content: object) -> Markup:
    """Return JSON that is safe inside a script element."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    for character, escape in _IN_SCRIPT.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 - nothing is left that could end the element


def template_text(name: str) -> str:
    """Return a template as it is written."""
    return files("kg.pages").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["island"] = json_island
    environment.filters["thousands"] = _thousands
    environment.filters["query"] = _query
    environment.filters["row"] = _row
    return environment


def _row(property_: Property) -> Markup:
    """Return a property with its values; of one that stands on many pages what it was for the first."""
    return _shared_row(property_) if property_.shared else _made_row(property_)


@lru_cache(4096)
def _shared_row(property_: Property) -> Markup:
    return _made_row(property_)


def _made_row(property_: Property) -> Markup:
    made: Markup = _macros().row(property_)  # type: ignore[attr-defined]
    return made


@cache
def _macros() -> object:
    return _environment().get_template("macros.html").module


def _source(name: str) -> str | None:
    try:
        return template_text(name)
    except FileNotFoundError:
        return None


def _thousands(count: int) -> str:
    return f"{count:,}"


def _query(text: str) -> str:
    """Return a text as a value in the query of an address."""
    return quote(text, safe="")
