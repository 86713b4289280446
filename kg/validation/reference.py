"""The reference validator, pySHACL, for what our own engine does not cover: SPARQL, custom components, recursion, odd shapes.

Where its reading is known to differ from the specification, tests/property/test_validation.py says so.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kg.errors import ShapesError
from kg.rdf.namespaces import OWL, SH, XSD
from kg.validation.messages import default_message
from kg.validation.paths import path_text
from kg.validation.results import Result
from kg.validation.shapes import SHAPE_TYPES, SUBCLASS, TARGET_PREDICATES, TYPE, Shape, Shapes, Triple
from kg.validation.sql import words

if TYPE_CHECKING:
    import duckdb
    from rdflib import Graph
    from rdflib.term import Node

# rdflib and pySHACL keep what they need for a run in their modules, so only one run goes on at a time.
_LOCK: Final = threading.Lock()
# Parts of SHACL that pySHACL passes over in silence: an answer without them would not be complete.
_UNKNOWN_TO_BOTH: Final = ("uses sh:js", "uses sh:values", "uses sh:reifierShape", "uses sh:reificationRequired")
_FLAGS: Final = frozenset(
    f"<{SH}{name}>" for name in ("uniqueLang", "closed", "deactivated", "qualifiedValueShapesDisjoint")
)
_ONE: Final = f'"1"^^<{XSD}boolean>'
_IMPORTS: Final = f"<{OWL}imports>"
_DECLARE: Final = f"<{SH}declare>"
_ADVANCED: Final = ("uses sh:target", "uses sh:expression")


def reference_results(
    con: duckdb.DuckDBPyConnection,
    shapes: Shapes,
    roots: Collection[Shape],
    quads: str,
    subclasses: Mapping[str, frozenset[str]],
) -> tuple[Result, ...]:
    """Return what pySHACL finds for the given shapes with targets, terms as canonical N-Triples, each result once.

    ShapesError KG303 for a part of SHACL that neither engine knows, KG304 where pySHACL says that the shapes are ill-formed or fails.
    """
    faults = [fault for root in roots for fault in shapes.faults(root.term)]
    unknown = [fault for fault in faults if fault.endswith(_UNKNOWN_TO_BOTH)]
    if unknown:
        raise ShapesError(
            "KG303", f"no engine here covers this: {'; '.join(unknown)}", advice="state it with SHACL Core or SPARQL"
        )
    stated = con.execute(f"SELECT DISTINCT s, p, o FROM {quads}").fetchall()
    known = ((lower, SUBCLASS, upper) for upper, lowers in subclasses.items() for lower in lowers)
    report = _run(
        (*stated, *known), _asked_for(shapes, roots), advanced=any(fault.endswith(_ADVANCED) for fault in faults)
    )
    return tuple(sorted(set(_results(report, shapes)), key=Result.sort_key))


def _asked_for(shapes: Shapes, roots: Collection[Shape]) -> Iterator[Triple]:
    """Yield the shapes graph as pySHACL is to read it.

    The shapes that are not asked for lose their targets, but may still be referred to. Two things are said as the
    specification has them, because pySHACL reads them otherwise: a flag of `1` is not on, and the prefixes of an
    imported ontology count too.
    """
    wanted = {root.term for root in roots}
    others = {root.term for root in shapes.roots if root.term not in wanted}
    implicit = {
        term
        for term in others
        if any(target.term == term and target.kind == "class" for target in shapes.by_term[term].targets)
    }
    for subject, predicate, value in shapes.triples:
        target = subject in others and predicate in TARGET_PREDICATES
        typed = subject in implicit and predicate == TYPE and value not in SHAPE_TYPES
        if not target and not typed and not (predicate in _FLAGS and value == _ONE):
            yield subject, predicate, value
    yield from _imported_prefixes(shapes)


def _imported_prefixes(shapes: Shapes) -> Iterator[Triple]:
    """Yield the prefix declarations of imported ontologies as ones of those that import them (SHACL 5.2.1)."""
    imports: dict[str, list[str]] = {}
    declared: dict[str, list[str]] = {}
    for subject, predicate, value in shapes.triples:
        if predicate == _IMPORTS:
            imports.setdefault(subject, []).append(value)
        elif predicate == _DECLARE:
            declared.setdefault(subject, []).append(value)
    for ontology in imports:
        waiting, seen = [ontology], {ontology}
        while waiting:
            for imported in imports.get(waiting.pop(), ()):
                if imported not in seen:
                    seen.add(imported)
                    waiting.append(imported)
                    yield from ((ontology, _DECLARE, declaration) for declaration in declared.get(imported, ()))


def _run(data: Iterable[Triple], shapes: Iterable[Triple], *, advanced: bool) -> Graph:
    """Run pySHACL and return its report. The only place that imports it: it takes as long to import as all else together."""
    import pyshacl
    from rdflib import Graph

    with _LOCK, _quiet():
        graphs = _graph(data), _graph(shapes)
        try:
            _, report, text = pyshacl.validate(graphs[0], shacl_graph=graphs[1], advanced=advanced, inplace=True)
        except Exception as error:  # pySHACL lets errors of every kind through, its own and Python's
            raise _ill_formed(str(error)) from error
    if not isinstance(report, Graph):  # a failure (SHACL 3.4.1) comes in its place
        raise _ill_formed(text)
    return report


def _ill_formed(text: str) -> ShapesError:
    words = " ".join(text.split())
    return ShapesError("KG304", f"the reference validator rejects the shapes: {words}", advice="correct the shapes")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep literals as they are written, and pySHACL's and rdflib's loggers silent; put everything back afterwards."""
    import rdflib

    normalize = rdflib.NORMALIZE_LITERALS
    loggers = logging.getLogger("pyshacl-validate"), logging.getLogger("rdflib.term")
    disabled = [logger.disabled for logger in loggers]
    handlers = list(loggers[0].handlers)
    rdflib.NORMALIZE_LITERALS = False
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
        loggers[0].handlers = handlers
        for logger, state in zip(loggers, disabled, strict=True):
            logger.disabled = state


def _graph(triples: Iterable[Triple]) -> Graph:
    from rdflib import Graph

    graph = Graph()
    terms: dict[str, Any] = {}
    for triple in triples:
        subject, predicate, value = (
            terms[term] if term in terms else terms.setdefault(term, _node(term)) for term in triple
        )
        graph.add((subject, predicate, value))
    return graph


def _node(term: str) -> Node:
    from rdflib import BNode, Literal, URIRef

    if term.startswith("<"):
        return URIRef(term[1:-1])
    if term.startswith("_:"):
        return BNode(term[2:])
    lexical, mark = words(term), term.rpartition('"')[2]
    if mark.startswith("@"):
        return Literal(lexical, lang=mark[1:])
    return Literal(lexical, datatype=URIRef(mark[3:-1]) if mark else None, normalize=False)


def _term(node: Node) -> str:
    from rdflib import BNode, Literal

    from kg.rdf.terms import iri, literal

    if isinstance(node, Literal):
        return literal(str(node), str(node.datatype) if node.datatype else None, node.language)
    return f"_:{node}" if isinstance(node, BNode) else iri(str(node))


def _results(report: Graph, shapes: Shapes) -> Iterator[Result]:
    from rdflib import BNode
    from rdflib.namespace import SH as TERMS

    for result in set(report.objects(None, TERMS.result)):

        def value(predicate: Node, result: Node = result) -> str | None:
            found = report.value(result, predicate)
            return None if found is None else _term(found)

        source = value(TERMS.sourceShape) or ""
        shape = shapes.by_term.get(source)
        path = report.value(result, TERMS.resultPath)
        component = value(TERMS.sourceConstraintComponent) or ""
        messages = tuple(sorted(_term(message) for message in report.objects(result, TERMS.resultMessage)))
        own = shape is not None and not shape.messages and component.startswith(f"<{SH}") and "SPARQL" not in component
        yield Result(
            focus=value(TERMS.focusNode) or "",
            path=path_text(shape.path)
            if isinstance(path, BNode) and shape and shape.path
            else None
            if path is None
            else str(path),
            value=value(TERMS.value),
            shape=source,
            component=component[1:-1],
            severity=value(TERMS.resultSeverity) or "",
            messages=(default_message(shape, component[1:-1]),) if own and shape else messages,
        )
