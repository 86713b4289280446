"""What a mapping refers to in an XML record, gathered in one walk over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from kg.mapping.readers.record import RECORD
from kg.mapping.readers.xml_paths import Simple, compiled, simple
from kg.mapping.readers.xml_values import serialised, string_value, texts_of, values

# Takes a record and the list of values of each reference.
Fill: TypeAlias = Callable[[Any, list[list[str]]], None]


def filler(references: Sequence[str], namespaces: Mapping[str, str]) -> Fill:
    """Return what adds the values of a record to the list of each reference: plain paths in one walk over the record, others by themselves."""
    tree = _Tree()
    others: list[tuple[int, Callable[[Any], list[str]]]] = []
    for number, reference in enumerate(references):
        if reference == RECORD:
            others.append((number, lambda record: [serialised(record)]))
        elif (path := simple(reference, namespaces)) is not None:
            tree.add(number, path)
        else:
            others.append((number, _evaluated(compiled(reference, namespaces))))

    def fill(record: Any, found: list[list[str]]) -> None:
        tree.collect(record, found)
        for number, values_of in others:
            found[number] += values_of(record)

    return fill


def _evaluated(xpath: Any) -> Callable[[Any], list[str]]:
    return lambda record: values(xpath(record))


class _Tree:
    """Plain references as a tree of tags, with what is wanted of the element at each."""

    __slots__ = ("attributes", "children", "texts", "values")

    def __init__(self) -> None:
        self.children: dict[str, _Tree] = {}
        self.values: list[int] = []
        self.texts: list[int] = []
        self.attributes: list[tuple[int, str]] = []

    def add(self, number: int, path: Simple) -> None:
        node = self
        for tag in path.tags:
            node = node.children.setdefault(tag, _Tree())
        if path.last.startswith("@"):
            node.attributes.append((number, path.last[1:]))
        else:
            (node.texts if path.last else node.values).append(number)

    def collect(self, element: Any, found: list[list[str]]) -> None:
        """Add what is wanted of an element and those within it, in the order of the document."""
        for number in self.values:
            found[number].append(string_value(element))
        for number in self.texts:
            found[number] += texts_of(element)
        for number, name in self.attributes:
            value = element.get(name)
            if value is not None:
                found[number].append(value)
        children = self.children
        if not children:
            return
        for child in element:
            node = children.get(child.tag)
            if node is None:
                continue
            # Most are an element of which the text is wanted, and have no other within them: a call for each would double the time.
            if len(node.values) == 1 and not (node.children or node.texts or node.attributes or len(child)):
                found[node.values[0]].append(child.text or "")
            else:
                node.collect(child, found)
