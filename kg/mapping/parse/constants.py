"""Constants: terms that a mapping holds in full."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.mapping.parse.expressions import constant
from kg.mapping.parse.graph import Node
from kg.mapping.parse.languages import is_language_tag
from kg.mapping.parse.positions import DATATYPE, IRIS, Position
from kg.mapping.parse.reader import Reader
from kg.mapping.rules import Constant, ConstantTerm, TermMap, TermType
from kg.mapping.vocabulary import Language
from kg.rdf.lexical import fits
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.terms import XSD_STRING, iri, literal

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\\]+")
_NEED_MORE = (RDF + "langString", RDF + "dirLangString")


def constant_term(reader: Reader, node: Node, value: Node, position: Position, at: str) -> ConstantTerm:
    """Return the term that is a property's value, if it may stand in a position."""
    graph = reader.graph
    if isinstance(value, ox.NamedNode):
        return ConstantTerm(iri(value.value))
    if not isinstance(value, ox.Literal):
        raise graph.fault(node, f"a constant {position.noun} is no blank node", "give an IRI, or a term map", at=at)
    if TermType.LITERAL not in position.allowed:
        raise graph.fault(node, f"the literal {value.value!r} is no {position.noun}", "give an IRI", at=at)
    if value.direction is not None:
        raise graph.fault(
            node, "a literal with a direction is not supported", "leave the direction away", at=at, code="KG209"
        )
    return _typed(reader, node, value.value, value.datatype.value, value.language, at)


def _typed(
    reader: Reader, node: Node, text: str, datatype: str, language: str | None = None, at: str = "constant"
) -> ConstantTerm:
    """Return a literal, whose text must be in the lexical space of its datatype."""
    if not fits(datatype, text):
        raise reader.graph.fault(
            node,
            f"the constant {text!r} is no {datatype.replace(XSD, 'xsd:')}",
            "correct it, or give another datatype",
            at=at,
        )
    return ConstantTerm(literal(text, datatype, language))


def bare_constant(reader: Reader, node: Node, value: Node, position: Position, at: str) -> ConstantTerm:
    """Return the bare IRI of a datatype, or a language tag in lower case."""
    graph = reader.graph
    if position is DATATYPE:
        text = constant_term(reader, node, value, position, at).text[1:-1]
        if text in _NEED_MORE:
            raise graph.fault(node, "literals of this datatype need a language tag", "give a language instead", at=at)
        return ConstantTerm(text)
    if not isinstance(value, ox.Literal) or not is_language_tag(value.value):
        shown = repr(value.value) if isinstance(value, ox.Literal) else "what is no text"
        raise graph.fault(node, f"{shown} is no language tag", "one is like en or pt-BR", at=at)
    return ConstantTerm(value.value.lower())


def meant(
    reader: Reader, value: ox.NamedNode | ox.Literal, position: Position, given: TermType | None
) -> ox.NamedNode | ox.Literal:
    """Return the IRI that a text stands for in older mappings, whose generators wrote IRIs as texts, or the constant as it is."""
    if reader.graph.language not in (Language.RML_2014, Language.R2RML) or not isinstance(value, ox.Literal):
        return value
    wanted = given in IRIS or TermType.LITERAL not in position.allowed
    is_plain = value.language is None and value.datatype.value == XSD_STRING
    return ox.NamedNode(value.value) if wanted and is_plain and _ABSOLUTE.fullmatch(value.value) else value


def constant_map(
    reader: Reader,
    node: Node,
    position: Position,
    given: TermType | None,
    datatype: TermMap | ConstantTerm | None,
    language: TermMap | ConstantTerm | None,
) -> ConstantTerm | TermMap:
    """Return the term of a term map with a constant, to which its term type, datatype and language may say nothing contrary."""
    graph = reader.graph
    value = meant(reader, constant(reader, node, "constant"), position, given)
    is_iri = isinstance(value, ox.NamedNode)
    if given is not None and given not in (IRIS if is_iri else (TermType.LITERAL,)):
        raise graph.fault(
            node,
            f"the constant is {'an IRI' if is_iri else 'a literal'}, and the term type {given.value} says otherwise",
            f"write <{value.value}>" if given in IRIS else f"take {graph.word('termType')} away",
            at="termType",
        )
    term = constant_term(reader, node, value, position, "constant")
    if datatype is None and language is None:
        return term
    if not isinstance(value, ox.Literal) or value.language is not None or value.datatype.value != XSD_STRING:
        raise graph.fault(
            node, "the constant has no room for another datatype or language", "write it in the constant itself"
        )
    if isinstance(language, ConstantTerm):
        return ConstantTerm(literal(value.value, language=language.text))
    if isinstance(datatype, ConstantTerm):
        return _typed(reader, node, value.value, datatype.text)
    return TermMap(Constant(value.value), TermType.LITERAL, "", datatype, language, (), graph.place(node))
