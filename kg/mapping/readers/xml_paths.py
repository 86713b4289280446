"""XPath 1.0: which iterators can be followed while a document is read, and which references look no further than the record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.errors import MappingError

_NCNAME = r"[^\W\d][\w.·-]*"
_TEST = rf"(?:(?:{_NCNAME}:)?(?:{_NCNAME}|\*))"
_STEPS = re.compile(rf"(//?)({_TEST})")
_STREAMED = re.compile(rf"(?://?{_TEST})+")
_STRINGS = re.compile(r"\"[^\"]*\"|'[^']*'")
# What leads out of the record: its parent, other axes, and paths from the root.
_OUTWARD = re.compile(r"\.\.|(?:^|[^\w.)\]*@:\-/])\s*/|\b(?:ancestor|ancestor-or-self|parent|preceding|preceding-sibling|following|following-sibling|namespace)\s*::|\bid\s*\(")  # fmt: skip
# Attributes of what the record is in are known before it.
_ATTRIBUTE_ABOVE = re.compile(rf"(?:\.\./)*@{_TEST}")
_SIMPLE = re.compile(rf"(?:\./)?(?:({_TEST}(?:/{_TEST})*)(?:/(@{_TEST}|text\(\)))?|(@{_TEST}|text\(\)|\.))")


@dataclass(frozen=True, slots=True)
class Pattern:
    """An iterator of steps from the root to children or (`//`) descendants: pairs of whether it is a descendant, and the tag as lxml writes it ("*": any)."""

    steps: tuple[tuple[bool, str], ...]

    @property
    def may_nest(self) -> bool:
        """Whether a record may lie within another."""
        return any(descendant for descendant, _ in self.steps)

    @property
    def last(self) -> str:
        """The tag of the records."""
        return self.steps[-1][1]

    def fits(self, element: Any) -> bool:
        """Return whether an element of a document is a record."""
        return self._fits(element, len(self.steps) - 1)

    def _fits(self, element: Any, at: int) -> bool:
        descendant, tag = self.steps[at]
        if not _is_named(element, tag):
            return False
        parent = element.getparent()
        if at == 0:
            return descendant or parent is None
        while parent is not None:
            if self._fits(parent, at - 1):
                return True
            parent = parent.getparent() if descendant else None
        return False


def _is_named(element: Any, tag: str) -> bool:
    if tag.endswith("*"):
        return isinstance(element.tag, str) and element.tag.startswith(tag[:-1])
    return bool(element.tag == tag)


@dataclass(frozen=True, slots=True)
class Simple:
    """A reference to children by their tags, and then to an attribute (`@id`) or text (`text()`) if any."""

    tags: tuple[str, ...]
    last: str = ""


def pattern_of(iterator: str, namespaces: Mapping[str, str]) -> Pattern | None:
    """Return an iterator as a pattern, or None where it needs the whole document."""
    path = iterator if iterator.startswith("/") else f"/{iterator}"
    if not _STREAMED.fullmatch(path):
        return None
    steps = tuple((slashes == "//", _tag(test, namespaces)) for slashes, test in _STEPS.findall(path))
    # lxml has no way to write a prefix with any name.
    return None if any(tag.endswith("}*") for _, tag in steps) else Pattern(steps)


def is_inward(reference: str) -> bool:
    """Return whether a reference can be answered when the record has been read, and what comes after has not."""
    return bool(_ATTRIBUTE_ABOVE.fullmatch(reference)) or not _OUTWARD.search(_STRINGS.sub("''", reference))


def is_single(reference: str) -> bool:
    """Return whether a reference can find one node at most."""
    return reference == "." or (bool(_ATTRIBUTE_ABOVE.fullmatch(reference)) and not reference.endswith("*"))


def simple(reference: str, namespaces: Mapping[str, str]) -> Simple | None:
    """Return a reference taken apart, where it goes by tags and nothing else."""
    match = _SIMPLE.fullmatch(reference)
    if match is None or "*" in reference:
        return None
    tests, last, only = match.groups()
    tags = tuple(_tag(test, namespaces) for test in tests.split("/")) if tests else ()
    last = last or only or ""
    if last.startswith("@"):
        last = "@" + _tag(last[1:], namespaces)
    return Simple(tags, "" if last == "." else last)


def _tag(test: str, namespaces: Mapping[str, str]) -> str:
    prefix, colon, name = test.rpartition(":")
    return f"{{{namespaces[prefix]}}}{name}" if colon else name


def compiled(path: str, namespaces: Mapping[str, str], where: str = "") -> Any:
    """Return an XPath, ready to be evaluated at an element; MappingError (KG226) where it is none."""
    try:
        return _compiled(path, tuple(sorted(namespaces.items())))
    except ValueError as error:
        known = f"the prefixes are {', '.join(sorted(namespaces))}" if namespaces else "no prefix is declared"
        advice = known if "prefix" in str(error) else "write one such as /list/item, name, @id or a/text()"
        raise MappingError("KG226", f"{path!r} is no XPath: {error}", where=where, advice=advice) from error


@lru_cache(maxsize=1024)
def _compiled(path: str, namespaces: tuple[tuple[str, str], ...]) -> Any:
    from lxml import etree

    try:
        xpath = etree.XPath(path, namespaces=dict(namespaces) or None, smart_strings=False)
        # Prefixes and functions that are not known come out only here.
        xpath(etree.Element("none"))
    except (etree.XPathError, ValueError) as error:
        raise ValueError(str(error).rstrip(".").lower() or "it is empty") from error
    return xpath


def is_node_set(xpath: Any) -> bool:
    """Return whether an XPath gives nodes, and not a text, number or truth value."""
    from lxml import etree

    return isinstance(xpath(etree.Element("none")), list)
