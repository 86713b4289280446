"""The parts of an SVG picture: elements, links, marks and text whose width is known before a browser sees it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

# What no XML document may hold, and the characters that turn the direction of all text after them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_NARROW = frozenset("fijlrt.,:;'|!()[] ")
_BROAD = frozenset("mwMW@%…")

# The mean widths of letters in the broadest font of our pages (DejaVu Sans), as parts of the size of the text: a label must not run over.
_WIDTHS = {"narrow": 0.36, "broad": 0.96, "capital": 0.73, "wide": 1.05, "other": 0.62}


def clean(text: object) -> str:
    """Return a text as one line, without what XML forbids or what turns the direction of the text around it."""
    return " ".join(_UNSAFE.sub("", str(text)).split())


def number(value: float) -> str:
    """Write a coordinate, with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; children that are no Markup and all attributes are escaped, and attributes that are None are left out.

    `class_` stands for class, and `_` in a name for `-`.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(number(value) if isinstance(value, float) else clean(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(escape(child if isinstance(child, Markup) else clean(child)) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")  # noqa: S704 - all parts are escaped


def picture(
    name: str,
    size: tuple[float, float],
    title: str,
    description: str,
    parts: Iterable[Markup],
    scale: float = 1.0,
    variant: str = "",
) -> Markup:
    """Return the whole SVG. It is a group and no image, for the links in it are to be reached by keyboard and screen reader.

    `scale` says how many pixels a unit of its size takes where there is room. `name` is its class, and the start of the ids of its title and description: one page holds at most one picture of a
    name and a `variant`.
    """
    own = f"{name}-{variant}" if variant else name
    return element(
        "svg",
        element("title", title, id=f"{own}-title"),
        element("desc", description, id=f"{own}-description"),
        *parts,
        class_=f"picture {name} {variant}".rstrip(),
        viewBox=f"0 0 {number(size[0])} {number(size[1])}",
        width=size[0] * scale,
        height=size[1] * scale,
        role="group",
        aria_labelledby=f"{own}-title",
        aria_describedby=f"{own}-description",
        xmlns="http://www.w3.org/2000/svg",
    )


def linked(href: str | None, label: str, *parts: Markup, class_: str) -> Markup:
    """Return parts as a link with a name for those who do not see it, or as a group with that name if there is no page to go to."""
    title = element("title", label)
    if href is None:
        return element("g", title, *parts, class_=class_, role="img", aria_label=label)
    return element("a", title, *parts, class_=class_, href=href, aria_label=label)


def width(text: str, size: float) -> float:
    """Return how broad a text of a font size is, at most, in the units of the size."""
    return size * sum(_WIDTHS[_breadth(letter)] for letter in text)


def shorten(text: str, room: float, size: float) -> str:
    """Return as much of the text as fits into the room, with … where it was cut."""
    text = clean(text)
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


@lru_cache(4096)
def abridge(text: str, room: float, size: float) -> str:
    """Return as much of both ends of the text as fits into the room, with … where it was cut: names of a kind often differ at their end."""
    text = clean(text)
    if width(text, size) <= room:
        return text
    kept = len(text) - 1
    while kept > 2 and width(_ends(text, kept), size) > room:
        kept -= 1
    return _ends(text, kept)


def _ends(text: str, kept: int) -> str:
    return text[: kept // 3].rstrip() + "…" + text[len(text) - kept + kept // 3 :].lstrip()


def in_words(items: Iterable[str]) -> str:
    """Join items as a sentence does: `a, b and c`."""
    *most, last = [*items] or [""]
    return f"{', '.join(most)} and {last}" if most else last


@lru_cache(4096)
def _breadth(letter: str) -> str:
    if letter in _NARROW or unicodedata.combining(letter):
        return "narrow"
    if letter in _BROAD:
        return "broad"
    if unicodedata.east_asian_width(letter) in "WF":
        return "wide"
    return "capital" if letter.isupper() else "other"
