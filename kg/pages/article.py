"""What stands on the page of a thing, as HTML: its head, what is said of it, what was read in it, what links to it.

It is written here and not in templates, like the pieces that it is made of: each text that is put in goes through `escaped`, or is a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from kg.pages import pieces
from kg.pages.entity import Said
from kg.pages.evidence import Evidence
from kg.pages.incoming import Incoming
from kg.pages.labels import Text
from kg.pages.pieces import escaped, link, text
from kg.pages.readings import Piece, Reading
from kg.pages.render import json_island, part
from kg.pages.thing import Holding, Instances
from kg.pages.values import Link

# So many letters of a description are enough for one who searches, and a few more are not worth a cut.
_SHORT, _FEW_MORE = 300, 5
# Of more languages than these, the data tell.
_LANGUAGES = 24
_RECORD = ' class="record"'
_DOT = '<span aria-hidden="true"> · </span>'
_UNNAMED = '<p class="quiet">The graph gives this no name; it is called after what the graph says of it.</p>'
_BARE = '<p class="quiet">The graph gives this no name; it is called after the end of its IRI.</p>'
_ODD = ' <span class="level odd"><span aria-hidden="true">⚠</span> does not add up</span>'
_HERE = '<span class="hidden">This is the value of: </span><span aria-hidden="true">← </span>'


def head(thing: Mapping[str, Any], level: int = 1, prefix: str = "") -> Markup:
    """Return the head of a thing as `kg.pages.thing` tells it: the heading is of `level`, and ids begin with `prefix`.

    A section of a page of many, of a deeper level, has no forms.
    """
    said: Said = thing["said"]
    title = said.title
    unnamed = "" if title.named else ' class="unnamed"'
    names = ", ".join(map(text, said.other_names))
    address = f'<code class="iri" id="{escaped(prefix)}iri"><bdi>{escaped(said.iri)}</bdi></code>'
    copy = f'<button type="button" class="copy" hidden data-copy="{escaped(prefix)}iri">Copy</button>'
    lines = [
        '<header class="head">\n',
        _types(thing["types"]),
        f"<h{level}{unnamed}>{text(title)}</h{level}>\n",
        "" if title.named else _UNNAMED if said.node else _BARE,
        f'<p class="aka"><span class="quiet">Also called</span> {names}</p>' if names else "",
        _translations(thing["translations"]),
        *(f'<p class="lead">{text(each)}</p>' for each in said.descriptions),
        f'<p class="address"><span class="hidden">IRI: </span>{address} {copy}</p>\n',
    ]
    if level == 1:
        query = f'<li><a href="{escaped(thing["sparql"])}">Open in SPARQL</a></li>' if thing["sparql"] else ""
        forms = pieces.forms(thing["forms"])
        lines.append(f'<ul class="forms" aria-label="Other forms of this page">\n{forms}{query}</ul>\n')
    lines.append("</header>\n")
    return Markup("".join(lines))  # noqa: S704 - all texts in it are escaped


def body(thing: Mapping[str, Any], level: int = 1, prefix: str = "") -> Markup:
    """Return what stands below the head; sections of a deeper level than that of a page are no regions of their own."""
    here = _Part(level, prefix)
    instances = _instances(thing["class_page"]) if thing["class_page"] else ""
    held = _held(here, thing["holds"]) if thing["holds"] else ""
    parts = (instances, *_said(here, thing["said"]), held, *_around(here, thing))
    return Markup("".join(parts))  # noqa: S704 - all texts in it are escaped


def meta(thing: Mapping[str, Any]) -> str:
    """Return what the head of the page of a thing says of it: what it is, for people who find it, and the same as data for search engines."""
    described = ""
    if thing["said"].descriptions:
        short = escaped(_shortened(thing["said"].descriptions[0].text))
        described = f'<meta name="description" content="{short}">\n<meta property="og:description" content="{short}">'
    return f'{described}<script type="application/ld+json">{json_island(thing["island"])}</script>\n'


def content(thing: Mapping[str, Any]) -> str:
    """Return the content of the page of a thing."""
    shown = part("list.html", list=thing["list"]) if thing["list"] else body(thing) + thing["within"]
    return f'<article class="thing">\n{head(thing)}{shown}{_legend(tuple(thing["legend"]))}</article>\n'


def section(thing: Mapping[str, Any], prefix: str) -> Markup:
    """Return a thing as a section of a page of many."""
    return Markup('<article class="thing">\n{}{}</article>').format(head(thing, 2, prefix), body(thing, 2, prefix))


@lru_cache
def _legend(found: tuple[tuple[str, str], ...]) -> Markup:
    return part("legend.html", legend=found)


def _shortened(plain: str) -> str:
    """Return the beginning of a text, up to the end of a word, where it is much longer than what is shown of it."""
    return plain if len(plain) <= _SHORT + _FEW_MORE else f"{plain[: _SHORT - 3].rsplit(' ', 1)[0]}..."


@dataclass(frozen=True, slots=True)
class _Part:
    """A page, or a section of one: the depth of its heading, and what its ids begin with."""

    level: int
    prefix: str

    def region(self, name: str) -> str:
        return f' aria-labelledby="{name}"' if self.level == 1 else ""

    def section(self, name: str, title: str, content: str, attributes: str | None = None) -> str:
        heading = f'<h{self.level + 1} id="{escaped(self.prefix)}{name}">{title}</h{self.level + 1}>'
        opened = self.region(name) if attributes is None else attributes
        return f"<section{opened}>\n{heading}\n{content}\n</section>\n"


def _said(here: _Part, said: Said) -> Iterator[str]:
    if said.own:
        yield here.section("own", "In short", _own(said.own))
    for number, group in enumerate(said.groups, 1):
        name = f"group-{number}"
        record = f"{here.region(name)}{_RECORD}" if group.name == "Record" else None
        yield here.section(name, escaped(group.name), pieces.properties(group.properties), record)
    if said.not_stated:
        missing = ", ".join(map(link, said.not_stated))
        told = f"<p>The source was read for these and does not say: {missing}.</p>"
        yield here.section("unstated", "Not stated", told)
    if said.leftover:
        yield here.section("leftover", "As sources put it", pieces.properties(said.leftover))


def _around(here: _Part, thing: Mapping[str, Any]) -> Iterator[str]:
    if thing["readings"]:
        text_ = thing["full_text"]
        passage = _passage(text_, here) if text_ else ""
        read = "".join(_readings(thing["readings"], here.prefix, anchored=not text_))
        yield here.section("readings", "What was read here", f'{passage}<ol class="readings">\n{read}</ol>')
    if thing["picture"]:
        frame = '<div class="picture-frame" tabindex="0" role="region" aria-label="The picture">'
        yield here.section("around", "Around it", f"{frame}{thing['picture']}</div>")
    if thing["incoming"]:
        rows = "".join(map(_incoming, thing["incoming"]))
        yield here.section("incoming", "What links here", f'<dl class="facts">\n{rows}</dl>')
    if thing["said"].graphs:
        rows = "".join(_graph(graph, count) for graph, count in thing["said"].graphs)
        record = f"{_RECORD}{here.region('graphs')}"
        yield here.section("graphs", "Where it is said", f'<ul class="links">{rows}</ul>', record)


def _translations(names: Sequence[tuple[Text, str | None]]) -> str:
    """Return what a thing is called in other languages, each a link to the page in that language where there is one."""
    shown = []
    for name, href in names[:_LANGUAGES]:
        tag = escaped(name.language or "")
        called = f'<a href="{escaped(href)}" hreflang="{tag}">{text(name)}</a>' if href else text(name)
        shown.append(f'{called} <span class="tag" title="language">{tag}</span>')
    more = f" and {len(names) - _LANGUAGES:,} more in the data" if len(names) > _LANGUAGES else ""
    return f'<p class="aka"><span class="quiet">In other languages</span> {", ".join(shown)}{more}</p>' if shown else ""


def _types(types: Sequence[Link]) -> str:
    if not types:
        return ""
    found = (f'<a href="{escaped(each.href or "")}">{text(each.label)}</a>' for each in types)
    return f'<p class="types">{_DOT.join(found)}</p>'


def _instances(page: Instances) -> str:
    things = f"{page.count:,} {'thing' if page.count == 1 else 'things'} of this class"
    return f'<p class="instances"><a class="button" href="{escaped(page.href)}">{things}</a></p>'


def _held(here: _Part, holds: Holding) -> str:
    """Return what a named graph holds."""
    told = f"{holds.count:,} {'statement' if holds.count == 1 else 'statements'}"
    if holds.query:
        told = f'<a href="{escaped(holds.query)}">{told}</a>'
    about = ""
    if holds.things:
        few = f"{len(holds.things)} of the things" if holds.more else "the things"
        about = f"<p>These are {few} that it speaks of:</p>{pieces.links(holds.things)}"
    return here.section("held", "What this graph holds", f"<p>This is a named graph of {told}.</p>{about}")


def _own(own: Evidence) -> str:
    what = ""
    if own.value:
        unit = f' <span class="unit">{escaped(own.unit)}</span>' if own.unit and not own.value.unit else ""
        what = f'<span class="what">{pieces.show(own.value)}{unit}</span> '
    odd = _ODD if own.implausible else ""
    return f'<p class="told">{what}{pieces.level(own.level)}{odd}</p>\n{pieces.proof(own, True)}'


def _passage(found: Iterable[Piece], here: _Part) -> str:
    role = "region" if here.level == 1 else "group"
    marked = []
    for piece in found:
        for mark in piece.opened:
            anchor = f' id="{escaped(here.prefix)}{escaped(mark.anchor)}"' if mark.anchor else ""
            hint = f' title="{escaped(mark.hint)}"' if mark.hint else ""
            marked.append(f"<mark{anchor}{hint}>")
        marked += [escaped(piece.text), "</mark>" * piece.closed]
    label = 'aria-label="The text, with what was read marked"'
    return f'<div class="passage" tabindex="0" role="{role}" {label}>{"".join(marked)}</div>\n'


def _readings(found: Iterable[Reading], prefix: str, *, anchored: bool) -> Iterator[str]:
    before: tuple[int | None, int | None] = None, None
    for each in found:
        quote = each.evidence.quote
        if quote is None:
            continue
        here = quote.start, quote.end
        anchor = f' id="{escaped(prefix)}{escaped(each.anchor)}"' if each.anchor and anchored else ""
        same = ' class="same"' if quote.start is not None and here == before else ""
        value = pieces.show(each.evidence.value, True) if each.evidence.value else ""
        place = f"{quote.start}–{quote.end} · " if quote.start is not None else ""
        yield f'<li{anchor}{same}><span class="what"><q><bdi>{escaped(quote.words)}</bdi></q></span>\n'
        kind = f'<span class="quiet">{text(each.property.label)}</span>'
        yield f'<span class="says">{link(each.subject)} {kind} {value}</span>\n'
        yield f'<span class="origin">{place}<code>{escaped(each.evidence.rule)}</code></span></li>\n'
        before = here


def _incoming(each: Incoming) -> str:
    count = f'<span class="count">{each.count:,}{" or more" if each.at_least else ""}</span>'
    rest = ""
    if each.all:
        and_more = " and more" if each.at_least else ""
        rest = f'<p class="more"><a href="{escaped(each.all)}">All {each.count:,}{and_more}</a></p>'
    return f"<div><dt>{_HERE}{link(each.link)} {count}</dt>\n<dd>{pieces.links(each.links)}{rest}</dd></div>\n"


def _graph(graph: Link, count: int) -> str:
    told = f"{count:,} {'statement' if count == 1 else 'statements'}"
    return f'<li>{link(graph)} <span class="count">{told}</span></li>'
