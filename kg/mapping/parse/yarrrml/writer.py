"""What the parts of a YARRRML document share while it is written as triples of RML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import pyoxigraph as ox

from kg.errors import MappingError
from kg.mapping.parse.faults import Faults, nearest
from kg.mapping.parse.graph import Graph, Node
from kg.mapping.parse.templates import template_text
from kg.mapping.parse.yarrrml.items import Item, fault, unknown_key
from kg.mapping.parse.yarrrml.prefixes import UnknownPrefixError, expanded
from kg.mapping.rules import Reference, Template
from kg.mapping.vocabulary import RML
from kg.rdf.namespaces import RDF

# A reference, whose brackets are balanced or escaped.
_REFERENCE = re.compile(r"\$\(((?:\\.|\((?:\\.|[^\\()])*\)|[^\\)])*)\)", re.DOTALL)
_ESCAPED = re.compile(r"\\([()_:\\])")


@dataclass(slots=True)
class Writer:
    """The document's triples so far, its prefixes and external references, and the mapping that is being read."""

    graph: Graph
    prefixes: dict[str, str]
    external: dict[str, str]
    faults: Faults = field(default_factory=Faults)
    sources: dict[str, Item] = field(default_factory=dict)
    targets: dict[str, Node] = field(default_factory=dict)
    mappings: dict[str, list[ox.NamedNode]] = field(default_factory=dict)  # the triples maps of each
    mapping: str = ""

    def add(self, subject: Node, name: str, value: Node | str, line: int) -> None:
        """Say something of a node with a property of RML or an IRI; a text is a literal."""
        value = ox.Literal(value) if isinstance(value, str) else value
        self.graph.add(subject, name if ":" in name else RML + name, value, line)

    def blank(self, subject: Node, name: str, line: int) -> ox.BlankNode:
        """Return a new node that a property of another names."""
        node = ox.BlankNode()
        self.add(subject, name, node, line)
        return node

    def fault(self, item: Item | int, what: str, advice: str, code: str = "KG215") -> MappingError:
        """Return an error at an item or line."""
        line = item if isinstance(item, int) else item.line
        return fault(self.graph.file, line, what, advice, self.mapping, code)

    def keys(self, item: Item, known: Mapping[str, tuple[str, ...]]) -> dict[str, Item]:
        """Return the values of a collection by the full names of its keys, of which `known` gives the short ones."""
        if item.keys is None:
            raise self.fault(item, "a collection of keys is missing", f"its keys are: {', '.join(known)}")
        full = {short: name for name, shorts in known.items() for short in (name, *shorts)}
        found: dict[str, Item] = {}
        for key, value in item.keys.items():
            name = full.get(key)
            if name is None:
                raise unknown_key(self.graph.file, item, key, tuple(full), self.mapping)
            if name in found:
                raise self.fault(item.key_lines[key], f"the key {name!r} is given twice, by two names", "give it once")
            found[name] = value
        return found

    def others(self, item: Item) -> list[ox.NamedNode]:
        """Return the triples maps of the mapping that a text names."""
        name = self.text(item)
        if name not in self.mappings:
            raise self.fault(item, f"there is no mapping {name!r}", nearest(name, self.mappings))
        return self.mappings[name]

    def text(self, item: Item) -> str:
        """Return the text of an item, with external references filled in."""
        if item.text is None:
            raise self.fault(item, "a text is missing", "write one")
        return self.filled(item.text)

    def filled(self, text: str) -> str:
        """Return a text in which external references are replaced by their values."""

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            return self.external.get(name[1:], match.group()) if name.startswith("_") else match.group()

        return _REFERENCE.sub(value, text)

    def iri(self, item: Item, text: str) -> ox.NamedNode:
        """Return the IRI that a text names, with or without prefix."""
        try:
            return ox.NamedNode(self.expanded(item, text, strict=True))
        except ValueError as error:
            advice = "write $(name) for a reference" if "{" in text else "write one with a prefix, or in full"
            raise self.fault(item, f"{text!r} is no IRI", advice) from error

    def expanded(self, item: Item, text: str, *, strict: bool) -> str:
        """Return a text with the namespace of its prefix."""
        if strict and text == "a":
            return RDF + "type"
        try:
            return expanded(text, self.prefixes, strict=strict)
        except UnknownPrefixError as error:
            self._no_prefix(item, error.prefix)

    def _no_prefix(self, item: Item, prefix: str) -> NoReturn:
        known = nearest(prefix, self.prefixes)
        advice = f"add it to 'prefixes'; {known}" if known.startswith("did") else "add it to 'prefixes'"
        raise self.fault(item, f"the prefix {prefix!r} is not defined", advice)

    def expression(self, node: Node, item: Item, text: str, *, iri: bool) -> None:
        """Say how a value is made: by a reference, a template or a constant, which is an IRI or a text."""
        pieces = pieces_of(text)
        references = [piece for piece, is_reference in pieces if is_reference]
        if len(pieces) == 1 and references:
            self.add(node, "reference", references[0], item.line)
        elif references:
            first, is_reference = pieces[0]
            if not is_reference:
                pieces[0] = (self.expanded(item, first, strict=iri), False)
            template = Template(tuple(Reference(piece) if ref else plain(piece) for piece, ref in pieces))
            self.add(node, "template", template_text(template), item.line)
        elif not iri:
            self.add(node, "constant", plain(self.expanded(item, text, strict=False)), item.line)
        else:
            self._constant_iri(node, item, text)

    def _constant_iri(self, node: Node, item: Item, text: str) -> None:
        full = self.expanded(item, text, strict=True)
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", full):
            self.add(node, "constant", self.iri(item, text), item.line)
        else:
            # One that is relative is resolved when the mapping runs.
            self.add(node, "template", template_text(Template((plain(full),))), item.line)


def pieces_of(text: str) -> list[tuple[str, bool]]:
    """Return the texts and references (True) of a template of YARRRML, in their order."""
    found, end = [], 0
    for match in _REFERENCE.finditer(text):
        if match.start() > end:
            found.append((text[end : match.start()], False))
        found.append((plain(match.group(1)), True))
        end = match.end()
    if end < len(text) or not found:
        found.append((text[end:], False))
    return found


def plain(text: str) -> str:
    """Return a text without the backslashes before brackets, underscores and colons."""
    return _ESCAPED.sub(r"\1", text)
