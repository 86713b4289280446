"""A mapping file to rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg.errors import MappingError
from kg.mapping.rules import Join, Part, Reference, Rule, Source, SourceKind, TermMap, TermType
from kg.mapping.vocabulary import CSVW, D2RQ, RML, current

_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# The pieces of a template: escaped characters, references, text.
_TEMPLATE = re.compile(r"\\(.)|\{((?:[^{}\\]|\\.)*)\}|([^\\{}]+)|(.)", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal


class _Graph:
    """The mapping's triples, by subject and (today's) predicate, in the order of the file."""

    def __init__(self, path: Path, base: str) -> None:
        self.path = path
        self.of: defaultdict[Node, defaultdict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        try:
            for quad in ox.parse(path=str(path), base_iri=base, without_named_graphs=True):
                self.of[quad.subject][current(quad.predicate.value)].append(quad.object)
        except OSError as error:
            raise MappingError(
                "KG201", f"the mapping cannot be read: {error.strerror or error}", where=str(path)
            ) from error
        except (SyntaxError, ValueError) as error:
            raise MappingError("KG202", f"the mapping is no Turtle: {error}", where=str(path)) from error

    def all(self, node: Node, name: str) -> list[Node]:
        """Return the objects of `rml:name`; a mapping's order never matters for what it makes."""
        return self.of[node][RML + name] if node in self.of else []

    def one(self, node: Node, name: str) -> Node | None:
        """Return the only object of `rml:name`, or None."""
        found = self.all(node, name)
        if len(found) > 1:
            raise self.fault(node, f"rml:{name} is given {len(found)} times", "give it once")
        return found[0] if found else None

    def fault(self, node: Node, what: str, advice: str) -> MappingError:
        """Return an error that names the node of the mapping."""
        name = node.value.rsplit("/", 1)[-1] if isinstance(node, ox.NamedNode) else "a node without name"
        return MappingError("KG203", f"{name}: {what}", where=str(self.path), advice=advice)


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a term map stands: its default term type and what it may be."""

    name: str
    constant: str
    default: TermType
    allowed: tuple[TermType, ...]


_SUBJECT = _Position("subjectMap", "subject", TermType.IRI, (TermType.IRI, TermType.BLANK_NODE))
_PREDICATE = _Position("predicateMap", "predicate", TermType.IRI, (TermType.IRI,))
_OBJECT = _Position("objectMap", "object", TermType.IRI, (TermType.IRI, TermType.BLANK_NODE, TermType.LITERAL))
_CLASS = _Position("classMap", "class", TermType.IRI, (TermType.IRI,))
_GRAPH = _Position("graphMap", "graph", TermType.IRI, (TermType.IRI, TermType.BLANK_NODE))
_DATATYPE = _Position("datatypeMap", "datatype", TermType.IRI, (TermType.IRI,))
_LANGUAGE = _Position("languageMap", "language", TermType.LITERAL, (TermType.LITERAL,))
_NO_GRAPH: tuple[TermMap | None, ...] = (None,)
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_TERM_TYPES = {RML + "IRI": TermType.IRI, RML + "BlankNode": TermType.BLANK_NODE, RML + "Literal": TermType.LITERAL}


def parse_mapping(path: Path, base: str) -> tuple[Rule, ...]:
    """Read a mapping in RML, RML of 2014 or R2RML; relative IRIs that it makes are resolved against `base`.

    MappingError names the file and the node that is wrong. Relative file names count from the mapping's folder.
    """
    return tuple(_Parser(_Graph(path, base), base).rules())


class _Parser:
    def __init__(self, graph: _Graph, base: str) -> None:
        self.graph = graph
        self.base = base

    def rules(self) -> Iterator[Rule]:
        maps = [node for node in self.graph.of if self.graph.all(node, "logicalSource")]
        if not maps:
            raise MappingError(
                "KG204",
                "the mapping has no triples map",
                where=str(self.graph.path),
                advice="a triples map has an rml:logicalSource and an rml:subjectMap",
            )
        for node in maps:
            yield from self._triples_map(node)

    def _triples_map(self, node: Node) -> Iterator[Rule]:
        source = self._source(node)
        subject_nodes, subject = self._subject(node)
        graphs = self._graphs(subject_nodes)
        origin = node.value if isinstance(node, ox.NamedNode) else ""

        def rules(
            predicate: TermMap, objects: list[tuple[TermMap, Join | None]], here: list[TermMap | None]
        ) -> Iterator[Rule]:
            for (term, join), graph in product(objects, here or _NO_GRAPH):
                yield Rule(source, subject, predicate, term, graph, join, origin)

        for cls in [value for part in subject_nodes for value in self.graph.all(part, "class")]:
            yield from rules(self._constant(_RDF_TYPE, _PREDICATE), [(self._constant(cls, _CLASS), None)], graphs)
        for pom in self.graph.all(node, "predicateObjectMap"):
            objects: list[tuple[TermMap, Join | None]] = [(term, None) for term in self._terms(pom, _OBJECT)]
            objects += [
                self._joined(source, inner)
                for inner in self.graph.all(pom, "objectMap")
                if self.graph.all(inner, "parentTriplesMap")
            ]
            own = graphs + [graph for graph in self._graphs([pom]) if graph not in graphs]
            predicates = self._terms(pom, _PREDICATE)
            if not predicates or not objects:
                raise self.graph.fault(
                    pom, "a predicate-object map needs a predicate and an object", "add rml:predicate and rml:objectMap"
                )
            for predicate in predicates:
                yield from rules(predicate, objects, own)

    def _subject(self, node: Node) -> tuple[list[Node], TermMap]:
        found = self._terms(node, _SUBJECT)
        if len(found) != 1:
            raise self.graph.fault(
                node, f"a triples map has exactly one subject map, not {len(found)}", "add or remove rml:subjectMap"
            )
        return self.graph.all(node, "subjectMap"), found[0]

    def _joined(self, source: Source, node: Node) -> tuple[TermMap, Join | None]:
        parent = self.graph.one(node, "parentTriplesMap")
        if parent is None or not self.graph.all(parent, "logicalSource"):
            raise self.graph.fault(
                node, "rml:parentTriplesMap names no triples map", "name one that this mapping holds"
            )
        parent_source = self._source(parent)
        _, subject = self._subject(parent)
        conditions = tuple(
            sorted(
                (self._text(condition, "child"), self._text(condition, "parent"))
                for condition in self.graph.all(node, "joinCondition")
            )
        )
        if not conditions and parent_source == source:
            return subject, None
        return subject, Join(parent_source, conditions)

    def _source(self, node: Node) -> Source:
        logical = self.graph.one(node, "logicalSource")
        assert logical is not None  # noqa: S101 - the callers found one
        query, table = self.graph.one(logical, "query"), self.graph.one(logical, "tableName")
        if query is not None:
            return Source(SourceKind.QUERY, query.value)
        if table is not None:
            return Source(SourceKind.RELATION, table.value)
        source = self.graph.one(logical, "source")
        formulation = self.graph.one(logical, "referenceFormulation")
        name = current(formulation.value) if formulation is not None else ""
        if isinstance(source, ox.Literal) and name == RML + "CSV":
            return Source(SourceKind.CSV, str(self.graph.path.parent / source.value))
        if source is not None and self.graph.of[source][D2RQ + "jdbcDSN"] == [ox.Literal("jdbc:duckdb:")]:
            iterator = self._text(logical, "iterator")
            return Source(SourceKind.QUERY if name == RML + "SQL2008Query" else SourceKind.RELATION, iterator)
        if source is not None and self.graph.of[source][CSVW + "url"]:
            return Source(SourceKind.CSV, str(self.graph.path.parent / self.graph.of[source][CSVW + "url"][0].value))
        raise self.graph.fault(
            node,
            "this kind of source is not supported",
            'use a CSV file, or a table or query of the session (d2rq:jdbcDSN "jdbc:duckdb:")',
        )

    def _text(self, node: Node, name: str) -> str:
        value = self.graph.one(node, name)
        if not isinstance(value, ox.Literal):
            raise self.graph.fault(node, f"rml:{name} is missing", f"add rml:{name} with a text")
        return value.value

    def _terms(self, node: Node, position: _Position) -> list[TermMap]:
        """Return the term maps at a position: constants by shortcut, and maps that refer to no other triples map."""
        maps = [
            self._term_map(inner, position)
            for inner in self.graph.all(node, position.name)
            if not self.graph.all(inner, "parentTriplesMap")
        ]
        return [self._constant(value, position) for value in self.graph.all(node, position.constant)] + maps

    def _graphs(self, nodes: list[Node]) -> list[TermMap | None]:
        """Return the graph maps of subject maps or of a predicate-object map; None stands for the default graph."""
        maps = [term for node in nodes for term in self._terms(node, _GRAPH)]
        return [
            None if term.constant and current(str(term.parts[0])[1:-1]) == f"{RML}defaultGraph" else term
            for term in maps
        ]

    def _constant(self, value: Node, position: _Position) -> TermMap:
        kind = TermType.IRI if isinstance(value, ox.NamedNode) else TermType.LITERAL
        if isinstance(value, ox.BlankNode) or kind not in position.allowed:
            raise self.graph.fault(
                value, f"this constant is no {position.constant}", f"give an {' or '.join(position.allowed)}"
            )
        return TermMap((str(value),), kind, constant=True)

    def _term_map(self, node: Node, position: _Position) -> TermMap:
        constant = self.graph.one(node, "constant")
        if constant is not None:
            return self._constant(constant, position)
        datatype, language = self._inner(node, _DATATYPE), self._inner(node, _LANGUAGE)
        reference, template = self.graph.one(node, "reference"), self.graph.one(node, "template")
        if reference is not None:
            parts: tuple[Part, ...] = (Reference(reference.value),)
        elif template is not None:
            parts = self._template(node, template.value)
        else:
            raise self.graph.fault(
                node, "a term map needs rml:constant, rml:reference or rml:template", "add one of them"
            )
        literal_by_default = position is _OBJECT and (
            reference is not None or datatype is not None or language is not None
        )
        given = self.graph.one(node, "termType")
        default = TermType.LITERAL if literal_by_default else position.default
        term_type = _TERM_TYPES.get(current(given.value)) if given is not None else default
        if term_type not in position.allowed:
            raise self.graph.fault(
                node, f"no {position.constant} is of this term type", f"use one of: {', '.join(position.allowed)}"
            )
        if ((datatype or language) and term_type is not TermType.LITERAL) or (datatype and language):
            raise self.graph.fault(
                node, "only a literal has a datatype or a language, and only one of them", "take the other away"
            )
        encode = template is not None and term_type is TermType.IRI
        if encode:
            parts = self._absolute(node, parts)
        return TermMap(parts, term_type, encode=encode, base=self.base, datatype=datatype, language=language)

    def _absolute(self, node: Node, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Return the parts of a template of IRIs, after the base if they begin with no scheme; what they hold as text must be part of an IRI."""
        for part in parts:
            bad = _NOT_IN_IRI.search(part) if isinstance(part, str) else None
            if bad:
                raise self.graph.fault(
                    node, f"the template of an IRI holds {bad.group()!r}", "percent-encode it, or make it a literal"
                )
        return parts if isinstance(parts[0], str) and _SCHEME.match(parts[0]) else (self.base, *parts)

    def _inner(self, node: Node, position: _Position) -> TermMap | None:
        """Return the datatype or language map, whose value is a bare IRI or tag."""
        value, inner = self.graph.one(node, position.constant), self.graph.one(node, position.name)
        if inner is not None:
            if self.graph.one(inner, "constant") is None:
                return self._term_map(inner, position)
            value = self.graph.one(inner, "constant")
        if value is None:
            return None
        self._constant(value, position)
        if position is _LANGUAGE and not _LANGUAGE_TAG.fullmatch(value.value):
            raise self.graph.fault(node, f"{value.value!r} is no language tag", "one is like en or pt-BR")
        return TermMap(
            (value.value.lower() if position is _LANGUAGE else value.value,), position.default, constant=True
        )

    def _template(self, node: Node, text: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        for escaped, reference, plain, stray in _TEMPLATE.findall(text):
            if stray:
                raise self.graph.fault(
                    node, f"the template {text!r} has an unbalanced {stray!r}", "write \\{ for a brace that is meant"
                )
            if reference:
                parts.append(Reference(re.sub(r"\\(.)", r"\1", reference)))
            elif parts and isinstance(parts[-1], str):
                parts[-1] += escaped + plain
            else:
                parts.append(escaped + plain)
        if not any(isinstance(part, Reference) for part in parts):
            raise self.graph.fault(node, f"the template {text!r} has no reference", "use rml:constant")
        return tuple(parts)
