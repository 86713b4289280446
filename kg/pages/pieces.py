"""The pieces that stand on pages by the thousand, as HTML: texts, links, values, and properties with what stands behind them.

They are written here and not in templates, which take several times as long for them. Each text that is put in goes through `escaped`, or is a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import ParamSpec

from markupsafe import Markup, escape

from kg.pages.entity import Property, Told
from kg.pages.evidence import Evidence, Quote
from kg.pages.labels import Text
from kg.pages.links import LinkRelation
from kg.pages.thing import Form
from kg.pages.values import Link, Value

P = ParamSpec("P")
_SPECIAL = re.compile("[&<>\"']")
# So many values of a property, and sources of a value, stand on a page unfolded; of more nodes in place than these none does.
_FEW_VALUES, _FEW_SOURCES, _FEW_NODES = 8, 6, 3
_ABOUT = '<span class="about" title="approximately">≈<span class="hidden"> approximately</span></span> '
_LEVELS = {
    "": "",
    "stated": '<span class="level stated"><span aria-hidden="true">❝</span> stated</span>',
    "derived": '<span class="level derived"><span aria-hidden="true">=</span> derived</span>',
    "estimated": '<span class="level estimated"><span aria-hidden="true">≈</span> estimated</span>',
    "reference": '<span class="level reference"><span aria-hidden="true">▤</span> reference</span>',
}


def filters() -> dict[str, Callable[..., Markup]]:
    """Return the pieces by the names that templates have for them."""
    found = (text, link, links, forms, relations, show, level, proof, properties)
    return {piece.__name__: _marked(piece) for piece in found}


def escaped(plain: str) -> str:
    """Return a text as it stands in HTML, in an attribute, too."""
    return str(escape(plain)) if _SPECIAL.search(plain) else plain


def text(value: Text) -> str:
    """Return a text in its language."""
    return f"<bdi{_language(value.language)}>{escaped(value.text)}</bdi>"


def link(each: Link) -> str:
    """Return a thing as a link, or as its IRI where none is safe."""
    if not each.href:
        return f'<span class="iri">{text(each.label)}</span>'
    if each.outside:
        away = '<span class="away" aria-hidden="true">↗</span><span class="hidden"> (another site)</span>'
        return f'<a href="{escaped(each.href)}" rel="external noreferrer">{text(each.label)}{away}</a>'
    return f'<a href="{escaped(each.href)}">{text(each.label)}</a>'


def links(found: Iterable[Link]) -> str:
    """Return links as a list."""
    return f'<ul class="links">{"".join([f"<li>{link(each)}</li>" for each in found])}</ul>'


def forms(found: Iterable[Form]) -> str:
    """Return the other forms of a page as items of a list, a line each."""
    return "".join(
        f'<li><a href="{escaped(each.href)}" type="{escaped(each.type)}">{escaped(each.name)}</a></li>\n'
        for each in found
    )


def relations(found: Iterable[LinkRelation]) -> str:
    """Return link relations for the head of a page, a line each."""
    lines = []
    for each in found:
        type_ = f' type="{escaped(each.type)}"' if each.type else ""
        lines.append(f'<link rel="{escaped(each.rel)}" href="{escaped(each.href)}"{type_}>\n')
    return "".join(lines)


def show(value: Value, brief: bool = False) -> str:
    """Return a value; `brief` leaves out what is cut."""
    kind = value.kind
    if kind == "link" and value.link:
        return link(value.link)
    if kind == "number":
        return _number(value)
    if kind == "text":
        return _text(value, brief=brief)
    if kind == "time":
        return f'<time datetime="{escaped(value.exact)}">{escaped(value.text)}</time>'
    if kind == "truth":
        return f'<data value="{escaped(value.exact)}">{escaped(value.text)}</data>'
    if kind == "list":
        items = "".join(f"<li>{show(item, brief)}</li>" for item in value.items)
        return f'<ol class="list">{items}</ol>' if items else '<span class="quiet">empty list</span>'
    if kind == "triple":
        return f'<span class="triple">⟪ {"".join(f"{show(item, True)} " for item in value.items)}⟫</span>'
    return _node(value) if kind == "node" else f'<span class="quiet">{escaped(value.text)}</span>'


def level(name: str) -> str:
    """Return how far to trust a value, as a badge; nothing where the graph does not say."""
    known = _LEVELS.get(name)
    return f'<span class="level other">{escaped(name)}</span>' if known is None else known


def proof(each: Evidence, here: bool = False) -> str:
    """Return what stands behind a value; `here` leaves out the link to it."""
    return "".join(('<div class="proof">\n', *_proof(each, here=here), "</p>\n</div>"))


def properties(found: Iterable[Property]) -> str:
    """Return properties with their values."""
    rows = "".join(f"{_shared_row(each) if each.shared else _row(each)}\n" for each in found)
    return f'<dl class="facts">\n{rows}</dl>'


def _marked(piece: Callable[P, str]) -> Callable[P, Markup]:
    def made(*args: P.args, **kwargs: P.kwargs) -> Markup:
        return Markup(piece(*args, **kwargs))  # noqa: S704 - a piece escapes what it is given

    return made


def _language(tag: str | None) -> str:
    return f' lang="{escaped(tag)}"' if tag else ""


def _number(value: Value) -> str:
    number = value.number
    if number is None:
        return ""
    hint = number.exact or (value.exact if number.exponent is not None else "")
    title = f' title="{escaped(hint)}"' if hint else ""
    power = "" if number.exponent is None else str(number.exponent).replace("-", "−")
    more = f'<span class="power"> × 10<sup>{power}</sup></span>' if power else ""
    unit = f' <span class="unit"><bdi>{escaped(value.unit)}</bdi></span>' if value.unit else ""
    about = _ABOUT if value.approximate else ""
    return (
        f'<data class="number" value="{escaped(value.exact)}"{title}>{about}{escaped(number.text)}{more}</data>{unit}'
    )


def _text(value: Value, *, brief: bool) -> str:
    if not value.text.strip():
        return '<span class="quiet">empty text</span>'
    language = _language(value.language)
    cut = "…" if brief and value.rest else ""
    found = f'<bdi class="text"{language}>{escaped(value.text)}{cut}</bdi>'
    if value.rest and not brief:
        size = len(value.text) + len(value.rest) + value.lost
        lost = f'<p class="quiet">{value.lost:,} more are in the data.</p>' if value.lost else ""
        whole = f'<bdi class="text"{language}>{escaped(value.text)}{escaped(value.rest)}</bdi>{lost}'
        found += f'<details class="rest"><summary>show all {size:,} characters</summary>{whole}</details>'
    if value.language:
        found += f' <span class="tag" title="language">{escaped(value.language)}</span>'
    if value.datatype:
        found += f' <span class="tag" title="datatype">{escaped(value.datatype)}</span>'
    return found


def _node(value: Value) -> str:
    if not value.parts and not value.link:
        return '<span class="quiet">something that nothing is said of</span>'
    comma = '<span class="comma">, </span>'
    parts = "".join(
        f"<div><dt>{link(part.link)}</dt><dd>{comma.join(map(show, part.values))}</dd></div>\n" for part in value.parts
    )
    opened = ""
    if value.link and value.link.href:
        name = escaped(value.link.label.text)
        arrow = f'<span aria-hidden="true">→</span><span class="hidden">{name}</span>'
        opened = f'<a class="open" href="{escaped(value.link.href)}">{arrow}</a>'
    return f'<div class="node">\n<dl>\n{parts}</dl>\n{opened}</div>'


def _quote(each: Quote) -> str:
    before = f'<bdi class="around">{escaped(each.before)}</bdi>' if each.before else ""
    after = f'<bdi class="around">{escaped(each.after)}</bdi>' if each.after else ""
    source = link(each.source) if each.source else ""
    if each.start is not None and each.end is not None:
        place = f"characters {each.start} to {each.end}"
        source += f', <a href="{escaped(each.place)}">{place}</a>' if each.place else f", {place}"
    words = f"<p>{before}<mark><bdi>{escaped(each.words)}</bdi></mark>{after}</p>"
    return f'<figure class="quote">\n<blockquote>{words}</blockquote>\n<figcaption>{source}</figcaption>\n</figure>'


def _proof(each: Evidence, *, here: bool) -> Iterable[str]:
    if each.quote:
        yield _quote(each.quote)
    if each.formula:
        method = f' <span class="quiet">by {escaped(each.method)}</span>' if each.method else ""
        precision = f' <span class="quiet">at {escaped(each.precision)}</span>' if each.precision else ""
        yield f'<p class="formula"><code>{escaped(each.formula)}</code>{method}{precision}</p>'
    if each.inputs:
        yield '<p class="sub">From</p>\n<ul class="inputs">\n'
        for input_ in each.inputs:
            words = f" <q><bdi>{escaped(input_.words)}</bdi></q>" if input_.words else ""
            yield f"<li>{link(input_.link)}{words}</li>\n"
        yield "</ul>\n"
    if each.assumptions:
        yield f'<p class="sub">Assuming</p>\n<ul>{_lines(each.assumptions)}</ul>\n'
    if each.cautions:
        yield '<p class="sub"><span aria-hidden="true">⚠</span> Caution</p>\n'
        yield f'<ul class="cautions">{_lines(each.cautions)}</ul>\n'
    yield '<p class="origin">'
    if each.approximate:
        yield "<span>The source hedges it.</span> "
    if each.rule:
        yield f"<span>Read by rule <code>{escaped(each.rule)}</code>.</span> "
    if each.node and each.node.href and not here:
        yield f'<a href="{escaped(each.node.href)}">The record of it</a>'


def _lines(found: Iterable[str]) -> str:
    return "".join(f"<li><bdi>{escaped(line)}</bdi></li>" for line in found)


def _told(each: Told) -> str:
    value = each.value
    wide = " wide" if value.kind == "node" else ""
    about = _ABOUT if value.kind == "number" and not value.approximate and each.approximate else ""
    what = f'<div class="told{wide}">\n<span class="what">{about}{show(value)}</span>\n'
    badge = level(each.level)
    if not each.evidence:
        return f"{what}{badge}</div>"
    sources = f' <span class="tally">{len(each.evidence)} sources</span>' if len(each.evidence) > 1 else ""
    odd = "does not add up" if each.implausible else "caution" if each.cautions else ""
    if odd:
        odd = f' <span class="level odd"><span aria-hidden="true">⚠</span> {odd}</span>'
    why = "".join(map(proof, each.evidence[:_FEW_SOURCES]))
    if len(each.evidence) > _FEW_SOURCES:
        why += f'<p class="quiet">and {len(each.evidence) - _FEW_SOURCES:,} more in the data</p>'
    return f'{what}<details class="why"><summary>{badge}{sources}{odd}</summary>\n{why}</details>\n</div>'


@lru_cache(4096)
def _shared_row(property_: Property) -> str:
    """Return a property that stands on many pages: it is what it was for the first."""
    return _row(property_)


def _row(property_: Property) -> str:
    told = property_.told
    title = f' title="{escaped(property_.definition.text)}"' if property_.definition else ""
    if len(told) > _FEW_NODES and sum(each.value.kind == "node" for each in told) > _FEW_NODES:
        values = f'<div class="nodes">{"".join(map(_told, told))}</div>'
        values = f'<details class="fold"><summary>{property_.count:,} entries</summary>\n{values}</details>\n'
    else:
        values = "".join(map(_told, told[:_FEW_VALUES]))
        if len(told) > _FEW_VALUES:
            rest = "".join(map(_told, told[_FEW_VALUES:]))
            summary = f"<summary>{len(told) - _FEW_VALUES:,} more</summary>"
            values += f'<details class="fold">{summary}{rest}</details>'
    if property_.more:
        values += f'<p class="more"><a href="{escaped(property_.more)}">All {property_.count:,} values</a></p>'
    return f"<div>\n<dt{title}>{link(property_.link)}</dt>\n<dd>{values}</dd>\n</div>"
