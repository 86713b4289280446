"""The terms of the mapping vocabularies, and how older ones are read as RML of the W3C community group."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

RML = "http://w3id.org/rml/"
RML_2014 = "http://semweb.mmlab.be/ns/rml#"
R2RML = "http://www.w3.org/ns/r2rml#"
QUERY_LANGUAGE = "http://semweb.mmlab.be/ns/ql#"
FUNCTIONS_2014 = "http://semweb.mmlab.be/ns/fnml#"
TARGETS_2014 = "http://semweb.mmlab.be/ns/rml-target#"
COMPRESSION_2014 = "http://semweb.mmlab.be/ns/rml-compression#"
FNO = "https://w3id.org/function/ontology#"
CSVW = "http://www.w3.org/ns/csvw#"
D2RQ = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
DCAT = "http://www.w3.org/ns/dcat#"
FORMATS = "http://www.w3.org/ns/formats/"
HYPERMEDIA = "https://www.w3.org/2019/wot/hypermedia#"
SPARQL_SERVICE = "http://www.w3.org/ns/sparql-service-description#"
THING = "https://www.w3.org/2019/wot/td#"
VOID = "http://rdfs.org/ns/void#"
# Vocabularies that a mapping is written in, and that what it makes is not.
LANGUAGES = frozenset(
    (RML, RML_2014, R2RML, QUERY_LANGUAGE, FUNCTIONS_2014, TARGETS_2014, COMPRESSION_2014, FNO, D2RQ, FORMATS)
)


class Language(StrEnum):
    """The mapping language that a file is written in: how its terms are spelled in what people are told."""

    RML = "RML"
    RML_2014 = "RML of 2014"
    R2RML = "R2RML"
    YARRRML = "YARRRML"


# Terms of R2RML and RML of 2014 whose names changed; all others kept theirs.
_RENAMED = {
    R2RML + "logicalTable": RML + "logicalSource",
    R2RML + "column": RML + "reference",
    R2RML + "sqlQuery": RML + "query",
    R2RML + "RefObjectMap": RML + "RefObjectMap",
    QUERY_LANGUAGE + "CSV": RML + "CSV",
    QUERY_LANGUAGE + "JSONPath": RML + "JSONPath",
    QUERY_LANGUAGE + "XPath": RML + "XPath",
    TARGETS_2014 + "EncodingUTF8": RML + "UTF-8",
    COMPRESSION_2014 + "GZip": RML + "gzip",
    COMPRESSION_2014 + "Zip": RML + "zip",
    COMPRESSION_2014 + "TarGZip": RML + "targz",
    COMPRESSION_2014 + "TarXz": RML + "tarxz",
    FUNCTIONS_2014 + "functionValue": RML + "functionValue",
    FUNCTIONS_2014 + "FunctionTermMap": RML + "FunctionTermMap",
    FUNCTIONS_2014 + "Execution": RML + "FunctionExecution",
    FUNCTIONS_2014 + "execution": RML + "functionExecution",
    FUNCTIONS_2014 + "function": RML + "function",
    FUNCTIONS_2014 + "return": RML + "return",
    FUNCTIONS_2014 + "input": RML + "input",
    FUNCTIONS_2014 + "Input": RML + "Input",
    FUNCTIONS_2014 + "parameter": RML + "parameter",
    FUNCTIONS_2014 + "value": RML + "inputValue",
    FUNCTIONS_2014 + "valueMap": RML + "inputValueMap",
    FUNCTIONS_2014 + "ValueMap": RML + "ExpressionMap",
    RML + "targzip": RML + "targz",
    RML + "SQLQuery": RML + "SQL2008Query",
    RML + "SQLTable": RML + "SQL2008Table",
    RML + "CSVW": RML + "CSV",
}
_OLDER = (R2RML, RML_2014, TARGETS_2014, COMPRESSION_2014)


def current(iri: str) -> str:
    """Return the term of today's RML for a term of RML, RML of 2014 or R2RML; other IRIs are returned as they are."""
    if iri in _RENAMED:
        return _RENAMED[iri]
    for old in _OLDER:
        if iri.startswith(old):
            return RML + iri[len(old) :]
    return iri


_OF_RML_2014 = frozenset(
    {"logicalSource", "source", "referenceFormulation", "iterator", "reference", "query", "languageMap"}
)
_IN_R2RML = {"logicalSource": "logicalTable", "reference": "column", "query": "sqlQuery", "source": "tableName"}
_IN_YARRRML = {
    "logicalSource": "sources",
    "subjectMap": "subjects",
    "predicateObjectMap": "po",
    "predicateMap": "predicates",
    "objectMap": "objects",
    "graphMap": "graphs",
    "predicate": "predicates",
    "object": "objects",
    "source": "access",
    "functionExecution": "function",
    "input": "parameters",
    "parentTriplesMap": "mapping",
    "logicalTarget": "targets",
}


def spelled(name: str, language: Language) -> str:
    """Return a property of RML, given by its local name, as people write it in a mapping language: `rml:reference`, `rr:column`, `objects`."""
    if language is Language.YARRRML:
        return f"'{_IN_YARRRML.get(name, name)}'"
    if language is Language.R2RML:
        return f"rr:{_IN_R2RML.get(name, name)}"
    if language is Language.RML_2014:
        return f"{'rml' if name in _OF_RML_2014 else 'rr'}:{name}"
    return f"rml:{name}"


_EXPRESSION = frozenset(
    {"constant", "reference", "template", "functionExecution", "return", "returnMap", "functionValue"}
)
_TERM_MAP = _EXPRESSION | {"termType", "condition", "logicalTarget"}
_GATHER = frozenset({"gather", "gatherAs", "strategy", "allowEmptyListAndContainer"})
_LITERAL = frozenset({"language", "languageMap", "datatype", "datatypeMap"})
_FILE = frozenset({"root", "path", "encoding", "compression"})

# What may be said of a thing, by the part that it plays in a mapping: local names of RML's properties.
PROPERTIES_OF: Mapping[str, frozenset[str]] = {
    "triples map": frozenset({"logicalSource", "subject", "subjectMap", "predicateObjectMap", "baseIRI"}),
    "subject map": _TERM_MAP | _GATHER | {"class", "graph", "graphMap", "quotedTriplesMap", "joinCondition"},
    "predicate-object map": frozenset(
        {"predicate", "predicateMap", "object", "objectMap", "graph", "graphMap", "condition"}
    ),
    "predicate map": _TERM_MAP,
    "object map": _TERM_MAP
    | _GATHER
    | _LITERAL
    | {"parentTriplesMap", "parentTermMap", "quotedTriplesMap", "joinCondition", "inverseExpression"},
    "graph map": _TERM_MAP,
    "datatype map": _TERM_MAP,
    "language map": _TERM_MAP,
    "expression map": _EXPRESSION | {"termType"},
    "condition": _EXPRESSION | {"termType"},
    "join condition": frozenset({"child", "childMap", "parent", "parentMap", "functionValue"}),
    "function execution": frozenset({"function", "functionMap", "input"}),
    "input": frozenset({"parameter", "parameterMap", "inputValue", "inputValueMap"}),
    "logical source": frozenset({"source", "referenceFormulation", "iterator", "query", "tableName", "sqlVersion"}),
    "source": _FILE | {"null", "mode"},
    "reference formulation": frozenset({"namespace"}),
    "namespace": frozenset({"namespacePrefix", "namespaceURL"}),
    "logical view": frozenset({"viewOn", "field", "leftJoin", "innerJoin", "structuralAnnotation"}),
    "view join": frozenset({"parentLogicalView", "joinCondition", "field"}),
    "field": _EXPRESSION | {"fieldName", "iterator", "referenceFormulation", "field"},
    "annotation": frozenset({"onFields", "targetFields", "targetView"}),
    "logical target": _FILE | {"target", "serialization", "mode"},
    "target": _FILE | {"serialization", "mode"},
}
PROPERTIES = frozenset().union(*PROPERTIES_OF.values())
CLASSES = frozenset(
    {
        *(
            "AbstractLogicalSource",
            "FunctionTermMap",
            "AssertedTriplesMap",
            "BaseSource",
            "BaseTableOrView",
            "CSVReferenceFormulation",
        ),
        *(
            "CSVWReferenceFormulation",
            "ChildMap",
            "Compression",
            "DatatypeMap",
            "Encoding",
            "Execution",
            "ExpressionField",
        ),
        *(
            "ExpressionMap",
            "Field",
            "FilePath",
            "ForeignKeyAnnotation",
            "FunctionExecution",
            "FunctionMap",
            "GatherMap",
        ),
        *(
            "GraphMap",
            "IRISafeAnnotation",
            "InclusionAnnotation",
            "InclusionDependencyAnnotation",
            "Input",
            "IriSafeAnnotation",
        ),
        *(
            "Iterable",
            "IterableField",
            "JSONPathReferenceFormulation",
            "Join",
            "LanguageMap",
            "LogicalSource",
            "LogicalTable",
        ),
        *(
            "LogicalTarget",
            "LogicalView",
            "LogicalViewJoin",
            "Mode",
            "Namespace",
            "NonAssertedTriplesMap",
            "NonNullableAnnotation",
        ),
        *("NotNullAnnotation", "ObjectMap", "ParameterMap", "ParentMap", "PredicateMap", "PredicateObjectMap"),
        *(
            "PrimaryKeyAnnotation",
            "R2RMLView",
            "RefObjectMap",
            "ReferenceFormulation",
            "ReferencingObjectMap",
            "RelativePath",
        ),
        *(
            "RelativePathSource",
            "RelativePathTarget",
            "ReturnMap",
            "SQLReferenceFormulation",
            "Source",
            "StarMap",
            "Strategy",
        ),
        *(
            "StructuralAnnotation",
            "SubjectMap",
            "Target",
            "TermMap",
            "TriplesMap",
            "UniqueAnnotation",
            "XPathReferenceFormulation",
        ),
    }
)
