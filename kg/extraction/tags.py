"""Reads the seven tags of a passage, and says where they are faulty.

A tag is `<name>` or `</name>` with the name of a slot and nothing else between the brackets. Everything that merely
looks like markup is text: `<sup>2</sup>`, `a < b`, and an unknown `<foo>` (which is told, as it may be a misspelt tag).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.extraction.lexer import words
from kg.model import Finding, Severity, Slot

SLOTS = {slot.value: slot for slot in Slot}

# Bounded on both sides of the name, so that a text of nothing but "<" is read in linear time.
_MARKUP = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_-]{0,30})((?:\s[^<>]{0,200})?/?)>")
# Findings quote no more than this.
_LONGEST_QUOTE = 400
_FORMATTING = words(
    "a b big blockquote br center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li math "
    "mark ol p pre q s samp small span strike strong sub sup table tbody td th thead tr tt u ul var"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A pair of tags: `start` and `end` are the span of what stands between them, `outer_start` and `outer_end` include the pair itself."""

    slot: Slot
    start: int
    end: int
    outer_start: int
    outer_end: int


@dataclass(frozen=True, slots=True)
class Markup:
    """What tags a text has: the well-formed pairs by start, the spans of all slot tags (pairs or not) in order, and the faults."""

    tags: tuple[Tag, ...]
    cuts: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...]


def read_tags(text: str, source: str) -> Markup:
    """Pair the tags of a text; offsets count its code points.

    A closing tag ends the nearest open tag of its name. Tags that cross are told and not read; tags within tags are
    told and read.
    """
    findings: list[Finding] = []
    cuts: list[tuple[int, int]] = []
    pairs: list[Tag] = []
    waiting: dict[str, list[re.Match[str]]] = {}
    for match in _MARKUP.finditer(text):
        closing, name, rest = match.groups()
        if name not in SLOTS or rest:
            findings.extend(_not_a_tag(match, source))
            continue
        cuts.append(match.span())
        if not closing:
            waiting.setdefault(name, []).append(match)
        elif waiting.get(name):
            opening = waiting[name].pop()
            pairs.append(Tag(SLOTS[name], opening.end(), match.start(), opening.start(), match.end()))
        else:
            message = f"</{name}> closes nothing: no <{name}> is open before it."
            findings.append(_finding("stray-closing-tag", message, source, match))
    for name, left in waiting.items():
        for opening in left:
            message = f"<{name}> is never closed: add </{name}> after its value."
            findings.append(_finding("unclosed-tag", message, source, opening))
    tags, faults = _well_nested(sorted(pairs, key=lambda tag: (tag.outer_start, tag.outer_end)), text, source)
    findings.extend(faults)
    return Markup(tuple(tags), tuple(cuts), tuple(findings))


def _not_a_tag(match: re.Match[str], source: str) -> list[Finding]:
    """Return what to say about markup that is no tag: nothing about formatting, once per opening about the rest."""
    closing, name, _ = match.groups()
    if name in SLOTS:
        message = f"{match.group()} is read as text: a tag is <{name}> with nothing after the name."
        return [_finding("malformed-tag", message, source, match)]
    if closing or name.lower() in _FORMATTING:
        return []
    meant = name.lower().replace("-", "_")
    if meant in SLOTS:
        message = f"{match.group()} is read as text: did you mean <{meant}>?"
        return [_finding("unknown-tag", message, source, match)]
    message = f"{match.group()} is no tag of a passage and is read as text."
    return [_finding("unknown-tag", message, source, match, Severity.INFO)]


def _well_nested(pairs: list[Tag], text: str, source: str) -> tuple[list[Tag], list[Finding]]:
    """Split off the pairs that cross another; told once a pair, against its nearest neighbour, so that the work stays linear."""
    crossing: set[Tag] = set()
    findings: list[Finding] = []
    stack: list[Tag] = []
    for tag in pairs:
        while stack and stack[-1].outer_end <= tag.outer_start:
            stack.pop()
        if stack:
            outer = stack[-1]
            names = f"<{tag.slot}> starts inside <{outer.slot}>"
            span = (tag.outer_start, tag.outer_end)
            if tag.outer_end > outer.outer_end:
                crossing |= {tag, outer}
                message = f"{names} and ends outside it: neither is read as a tag."
                findings.append(_found("crossing-tags", message, source, span, text))
            else:
                findings.append(_found("nested-tag", f"{names}: both are read.", source, span, text))
        stack.append(tag)
    return [tag for tag in pairs if tag not in crossing], findings


def _finding(
    code: str, message: str, source: str, match: re.Match[str], severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(code, severity, message, source, match.start(), match.end(), match.group())


def _found(code: str, message: str, source: str, span: tuple[int, int], text: str) -> Finding:
    start, end = span
    quote = text[start:end] if end - start <= _LONGEST_QUOTE else None
    return Finding(code, Severity.WARNING, message, source, start, end, quote)


def inner_text(text: str, tag: Tag) -> str:
    """Return the content of a tag without the tags of slots inside it."""
    content = text[tag.start : tag.end]
    return _MARKUP.sub(lambda match: "" if match.group(2) in SLOTS and not match.group(3) else match.group(), content)
