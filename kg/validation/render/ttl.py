"""The report as RDF: a SHACL validation report (SHACL 3.6), with the span of text that each result leads back to.

Every node has an IRI, made from what the result says, so that two reports can be compared as graphs. A property path of
more than one step can only be written with blank nodes; such a path is told in words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kg.model import Finding, Severity
from kg.rdf.namespaces import DCTERMS, OA, RDFS, SH, XSD
from kg.rdf.terms import literal
from kg.settings import DEFAULT_BASE, SHAPES
from kg.validation.results import Report, ShapeFinding

_REPORT = f"{DEFAULT_BASE}report"
_SEVERITIES = {Severity.VIOLATION: "sh:Violation", Severity.WARNING: "sh:Warning", Severity.INFO: "sh:Info"}
_PREFIXES = {"dcterms": DCTERMS, "oa": OA, "rdfs": RDFS, "sh": SH, "xsd": XSD}


def render_ttl(report: Report) -> str:
    """Return the report as Turtle.

    Findings that are no validation results (of reading, of derivation, unknown terms) are sh:AbstractResult, and parts of the report.
    """
    described = [(_name(finding), finding) for finding in report.findings]
    results = [name for name, finding in described if isinstance(finding, ShapeFinding)]
    others = [name for name, finding in described if not isinstance(finding, ShapeFinding)]
    lines = [f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _PREFIXES.items()]
    pairs = [("a", "sh:ValidationReport"), ("sh:conforms", "true" if report.conforms else "false")]
    pairs += [("sh:result", f"<{name}>") for name in results]
    pairs += [("dcterms:hasPart", f"<{name}>") for name in others]
    lines.append(_block(_REPORT, pairs))
    for name, finding in described:
        lines.append(_block(name, list(_result(name, finding))))
        if finding.source is not None:
            lines.append(_block(f"{name}.span", list(_span(finding))))
    return "".join(lines)


def _block(subject: str, pairs: list[tuple[str, str]]) -> str:
    return f"\n<{subject}>\n    " + " ;\n    ".join(f"{predicate} {value}" for predicate, value in pairs) + " .\n"


def _name(finding: Finding) -> str:
    component = finding.component if isinstance(finding, ShapeFinding) else None
    parts = (
        finding.code,
        finding.entity,
        finding.path,
        finding.value,
        finding.shape,
        component,
        finding.source,
        finding.start,
        finding.message,
    )
    # A name, not a secret: what matters is that equal results have equal names.
    digest = hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()
    return f"{_REPORT}#{digest[:20]}"


def _result(name: str, finding: Finding) -> Iterator[tuple[str, str]]:
    if isinstance(finding, ShapeFinding) and finding.result is not None:
        result = finding.result
        yield "a", "sh:ValidationResult"
        yield "sh:focusNode", _term(result.focus)
        yield from _path(finding.path)
        if result.value is not None:
            yield "sh:value", _term(result.value)
        if result.shape.startswith("<"):
            yield "sh:sourceShape", result.shape
        yield "sh:sourceConstraintComponent", f"<{result.component}>"
        yield "sh:resultSeverity", result.severity
        yield from (("sh:resultMessage", message) for message in result.messages)
    else:
        yield "a", "sh:AbstractResult"
        if finding.entity is not None:
            yield "sh:focusNode", _term(finding.entity if finding.entity[:1] in '_"' else f"<{finding.entity}>")
        yield from _path(finding.path)
        yield "sh:sourceConstraintComponent", f"<{SHAPES}{finding.code}>"
        yield "sh:resultSeverity", _SEVERITIES[finding.severity]
        yield "sh:resultMessage", literal(finding.message, language="en")
    if finding.source is not None:
        yield "oa:hasSelector", f"<{name}.span>"


def _path(path: str | None) -> Iterator[tuple[str, str]]:
    if path is None:
        return
    if path[0] in "(^<" or path[-1] in "*+?":
        yield "rdfs:comment", literal(f"Property path: {path}", language="en")
    else:
        yield "sh:resultPath", f"<{path}>"


def _span(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "dcterms:source", literal(finding.source or "")
    if finding.start is not None:
        yield "a", "oa:TextPositionSelector"
        yield "oa:start", str(finding.start)
        yield "oa:end", str(finding.end)
    if finding.text is not None:
        yield "a", "oa:TextQuoteSelector"
        yield "oa:exact", literal(finding.text)


def _term(term: str) -> str:
    """Return a term, a blank node by an IRI of its own (RDF 1.1 Concepts, section 3.5)."""
    return f"<{DEFAULT_BASE}.well-known/genid/{term[2:]}>" if term.startswith("_:") else term
