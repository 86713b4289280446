"""The least that tells a thing from others of its name, for programs that show it in a small frame or beside a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kg.pages.context import Context
from kg.pages.entity import Property, Said, said
from kg.pages.labels import Text
from kg.pages.values import Value

# What a frame of 480 by 320 pixels can hold.
_PROPERTIES, _LINKS, _VALUES = 6, 3, 3
_LONGEST = 240
_LONGEST_VALUE = 80


class Line(NamedTuple):
    """A property by its name, the first of its values as plain texts, and how many more there are."""

    name: Text
    values: tuple[str, ...]
    more: int


def preview(context: Context, iri: str, languages: Sequence[str]) -> Mapping[str, Any] | None:
    """Return what a preview shows of a thing, or of a term that the graph merely uses; None where nothing is known of it.

    There are no links in it but the one to the page of the thing: others would lead to pages that must not be framed.
    """
    found = said(context, iri, languages)
    definition = context.definition(iri, languages)
    if found is None and iri not in context.vocabulary.terms:
        return None
    write = context.writer([iri], languages)
    described = (*(found.descriptions if found else ()), *([definition] if definition else ()))
    return {
        "name": found.title if found else write.term(iri).label,
        "href": context.canonical(context.addresses.url(iri)),
        "types": [each.label for each in found.types] if found else [],
        "description": _shortened(described[0]) if described else None,
        "lines": _lines(found) if found else [],
    }


def _lines(found: Said) -> list[Line]:
    lines: dict[bool, list[Line]] = {True: [], False: []}
    for group in found.groups:
        lines[group.name == "Connections"] += [line for each in group.properties if (line := _line(each)).values]
    # What it is connected with tells a thing from others better than its tenth number.
    linked = lines[True][: max(_LINKS, _PROPERTIES - len(lines[False]))]
    return [*linked, *lines[False]][:_PROPERTIES]


def _line(each: Property) -> Line:
    texts = tuple(text for told in each.told[:_VALUES] if (text := _plain(told.value)))
    return Line(each.link.label, texts, each.count - len(texts))


def _plain(value: Value) -> str:
    """Return a value as a text; nothing for what has parts of its own."""
    if value.kind in ("node", "list", "triple", "cut"):
        return ""
    if value.link:
        return _cut(value.link.label.text, _LONGEST_VALUE)
    if value.number:
        power = "" if value.number.exponent is None else f"e{value.number.exponent}"
        return f"{value.number.text}{power} {value.unit}".strip()
    return _cut(value.text, _LONGEST_VALUE)


def _shortened(text: Text) -> Text:
    return text._replace(text=_cut(text.text, _LONGEST))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
