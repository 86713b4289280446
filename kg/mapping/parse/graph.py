"""A mapping's triples with the lines that they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg.errors import MappingError
from kg.mapping.rules import Place
from kg.mapping.vocabulary import R2RML, RML, RML_2014, Language, current, spelled
from kg.rdf.namespaces import RDF

Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_POSITION = re.compile(r"^Parser error at line \d+ (?:between )?columns? (\d+)(?: and \d+)?: ")
_TYPE = RDF + "type"


@dataclass(frozen=True, slots=True)
class Said:
    """An object of a triple, the line on which the triple ends, and its place in the order of the file."""

    value: Node
    line: int
    order: int


@dataclass(slots=True)
class Graph:
    """Triples by subject and predicate (in the terms of today's RML, see `current`), in the order of the file.

    The labels of blank nodes are random: they are keys here, and are neither shown nor sorted by.
    """

    file: str
    language: Language = Language.RML
    base: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    names: dict[Node, str] = field(default_factory=dict)  # of nodes that have one for people but no IRI in the file
    _said: dict[Node, dict[str, dict[Node, Said]]] = field(default_factory=dict)
    _referrers: dict[Node, Node] = field(default_factory=dict)
    _count: int = 0

    def add(self, subject: Node, predicate: str, value: Node, line: int) -> None:
        """Add a triple; one that is there already stays as it is."""
        name = current(predicate).removeprefix(RML)
        said = self._said.setdefault(subject, {}).setdefault(name, {})
        if value not in said:
            said[value] = Said(value, line, self._count)
            self._count += 1
            self._referrers.setdefault(value, subject)

    @property
    def nodes(self) -> Iterable[Node]:
        """All subjects, in the order of the file."""
        return self._said

    def properties(self, node: Node) -> Iterable[str]:
        """Return the properties that are said of a node: local names of RML's, IRIs of others."""
        return self._said.get(node, {})

    def those_said(self, node: Node, names: Iterable[str]) -> list[str]:
        """Return those of the properties that are said of a node."""
        of = self._said.get(node, {})
        return [name for name in names if name in of]

    def said(self, node: Node, *names: str) -> list[Said]:
        """Return what properties, local names of RML or IRIs, say of a node, in the order of the file."""
        of = self._said.get(node)
        if of is None:
            return []
        found = [each for name in names if name in of for each in of[name].values()]
        return sorted(found, key=lambda each: each.order) if len(names) > 1 else found

    def all(self, node: Node, *names: str) -> list[Node]:
        """Return the values of properties in the order of the file."""
        return [each.value for each in self.said(node, *names)]

    def one(self, node: Node, name: str) -> Node | None:
        """Return the only value of a property, or None; an error for several."""
        found = self.said(node, name)
        if len(found) > 1:
            raise self.repeated(node, f"{self.word(name)} is given {len(found)} times", "give it once", name)
        return found[0].value if found else None

    def repeated(self, node: Node, what: str, advice: str, *names: str) -> MappingError:
        """Return an error where properties of a node come for the second time."""
        second = self.said(node, *names)[1]
        return MappingError("KG203", what, where=str(self._place(node, self._begins(second))), advice=advice)

    def text(self, node: Node, name: str) -> str | None:
        """Return the only value of a property, which is a literal, or None."""
        value = self.one(node, name)
        if value is None or isinstance(value, ox.Literal):
            return value.value if value is not None else None
        raise self.fault(node, f"{self.word(name)} is no text", "write it in quotes", at=name)

    def types(self, node: Node) -> set[str]:
        """Return the IRIs of a node's classes."""
        return {current(value.value) for value in self.all(node, _TYPE) if isinstance(value, ox.NamedNode)}

    def is_a(self, node: Node, name: str) -> bool:
        """Whether a node is of a class of RML."""
        return RML + name in self.types(node)

    def items(self, node: Node, name: str) -> list[Node]:
        """Return the members of the RDF list that a property has as its value."""
        head, found, seen = self.one(node, name), [], set()
        while head is not None and head != ox.NamedNode(RDF + "nil"):
            first, rest = self.all(head, RDF + "first"), self.all(head, RDF + "rest")
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise self.fault(node, f"the value of {self.word(name)} is no list", "write it in parentheses", at=name)
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    def word(self, name: str) -> str:
        """Return a property as it is written in this file's language."""
        return self.short(name) if ":" in name else spelled(name, self.language)

    def short(self, iri: str) -> str:
        """Return an IRI with the file's prefix, or relative to its base, if there is one."""
        for prefix, namespace in self.prefixes.items():
            local = iri[len(namespace) :]
            if namespace and iri.startswith(namespace) and re.fullmatch(r"[\w.-]+", local):
                return f"{prefix}:{local}"
        base = self.base.partition("#")[0]
        return f"<{iri[len(base) :]}>" if base and iri.startswith(base) and iri != base else f"<{iri}>"

    def name(self, node: Node) -> str:
        """Return the name of a node for people; for a blank node that of the nearest thing with a name that leads to it."""
        path: list[Node] = []
        while node not in self.names and node not in path:
            path.append(node)
            if isinstance(node, ox.NamedNode):
                self.names[node] = self.short(node.value)
            else:
                node = self._referrers.get(node, node)
        found = self.names.get(node, "")
        self.names.update(dict.fromkeys(path, found))
        return found

    def line(self, node: Node, name: str | None = None) -> int:
        """Return the line on which something is said of a node, or on which the node begins; 0 where it is not known."""
        said = self.said(node, name) if name else []
        if said:
            return self._begins(said[0])
        own = [each.line for values in self._said.get(node, {}).values() for each in values.values()]
        if own:
            return min(own)
        referrer = self._referrers.get(node)
        naming = self._said[referrer].values() if referrer is not None else ()
        return min((values[node].line for values in naming if node in values), default=0)

    def _begins(self, said: Said) -> int:
        """Return the line on which an object begins: a triple whose object stands in brackets ends where they close."""
        return self.line(said.value) if isinstance(said.value, ox.BlankNode) else said.line

    def _place(self, node: Node, line: int) -> Place:
        return Place(self.file, line, self.name(node))

    def place(self, node: Node, name: str | None = None) -> Place:
        """Return where a node, or a property of it, stands."""
        return self._place(node, self.line(node, name))

    def fault(self, node: Node, what: str, advice: str, *, at: str | None = None, code: str = "KG203") -> MappingError:
        """Return an error at a node, or at a property of it."""
        return MappingError(code, what, where=str(self.place(node, at)), advice=advice)


class _Lines:
    """Gives a text line by line, so that whoever reads has not seen more than the line that `line` counts."""

    def __init__(self, content: bytes) -> None:
        self.line = 0
        self._stream = BytesIO(content.removeprefix(b"\xef\xbb\xbf"))
        self._ended = True

    def read(self, size: int = -1) -> bytes:
        """Return the rest of the line, or as much of it as is asked for."""
        chunk = self._stream.readline(size)
        self.line += self._ended and bool(chunk)
        self._ended = chunk.endswith(b"\n")
        return chunk


def read_graph(path: Path, content: bytes, base: str) -> Graph:
    """Return the triples of an RDF file, whose syntax the suffix tells (Turtle else); triples of named graphs count like others."""
    syntax = ox.RdfFormat.from_extension(path.suffix.removeprefix(".")) or ox.RdfFormat.TURTLE
    lines, graph = _Lines(content), Graph(str(path))
    original: set[str] = set()
    try:
        parser = ox.parse(lines, format=syntax, base_iri=base)  # type: ignore[arg-type]
        for quad in parser:
            original.add(quad.predicate.value)
            graph.add(quad.subject, quad.predicate.value, quad.object, lines.line)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or lines.line
        said = _POSITION.sub(r"in column \1: ", str(getattr(error, "msg", None) or error))
        raise MappingError(
            "KG202",
            f"the mapping is no {syntax.name}: {said}",
            where=str(Place(str(path), line)),
            advice="correct this line",
        ) from error
    graph.base = parser.base_iri or base
    graph.prefixes = dict(parser.prefixes)
    graph.language = _language(original)
    return graph


def _language(predicates: set[str]) -> Language:
    spaces = [space for space in (RML, RML_2014, R2RML) if any(iri.startswith(space) for iri in predicates)]
    if not spaces or RML in spaces:
        return Language.RML
    return Language.RML_2014 if RML_2014 in spaces else Language.R2RML
