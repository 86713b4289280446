"""Fills the templates; whatever is put into them is escaped."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from kg.pages.pieces import filters

# What ends a script element, or a line in old engines: written as escapes of JSON, which mean the same.
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def render(template: str, **values: object) -> str:
    """Return a page; jinja2.UndefinedError where a template needs a value that is not given."""
    return _template(template).render(values)


def part(template: str, **values: object) -> Markup:
    """Return a part of a page."""
    return Markup(_template(template).render(values))  # noqa: S704 - a template escapes what it is given


def json_island(content: object) -> Markup:
    """Return JSON that is safe inside a script element."""
    text = _JSON.encode(content)
    for character, escape in _IN_SCRIPT.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 - nothing is left that could end the element


def template_text(name: str) -> str:
    """Return a template as it is written."""
    return files("kg.pages").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


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
    environment.filters |= filters()
    return environment


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
