"""Terms of our namespace, or of SHACL's, that do not exist: a misspelt one says nothing and raises no error by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.rdf.namespaces import SH
from kg.settings import ONTOLOGY
from kg.validation.shapes import Shapes

if TYPE_CHECKING:
    import duckdb

# The vocabulary of SHACL (Core, SPARQL, Advanced Features, JavaScript).
_SHACL: Final = frozenset(
    """
    AbstractResult AndConstraintComponent BlankNode BlankNodeOrIRI BlankNodeOrLiteral ClassConstraintComponent
    ClosedConstraintComponent ConstraintComponent DatatypeConstraintComponent DisjointConstraintComponent
    EqualsConstraintComponent ExpressionConstraintComponent Function HasValueConstraintComponent IRI IRIOrLiteral
    InConstraintComponent Info JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary JSRule JSTarget
    JSTargetType JSValidator LanguageInConstraintComponent LessThanConstraintComponent
    LessThanOrEqualsConstraintComponent Literal MaxCountConstraintComponent MaxExclusiveConstraintComponent
    MaxInclusiveConstraintComponent MaxLengthConstraintComponent MinCountConstraintComponent
    MinExclusiveConstraintComponent MinInclusiveConstraintComponent MinLengthConstraintComponent
    NodeConstraintComponent NodeKind NodeKindConstraintComponent NodeShape NotConstraintComponent
    OrConstraintComponent Parameter Parameterizable PatternConstraintComponent PrefixDeclaration
    PropertyConstraintComponent PropertyGroup PropertyShape QualifiedMaxCountConstraintComponent
    QualifiedMinCountConstraintComponent ResultAnnotation Rule SPARQLAskExecutable SPARQLAskValidator
    SPARQLConstraint SPARQLConstraintComponent SPARQLConstructExecutable SPARQLExecutable SPARQLFunction SPARQLRule
    SPARQLSelectExecutable SPARQLSelectValidator SPARQLTarget SPARQLTargetType SPARQLUpdateExecutable Severity Shape
    Target TargetType TripleRule UniqueLangConstraintComponent ValidationReport ValidationResult Validator Violation
    Warning XoneConstraintComponent alternativePath and annotationProperty annotationValue annotationVarName ask
    class closed condition conforms construct datatype deactivated declare defaultValue description detail disjoint
    entailment equals expression filterShape flags focusNode group hasValue ignoredProperties in intersection
    inversePath js jsFunctionName jsLibrary jsLibraryURL labelTemplate languageIn lessThan lessThanOrEquals maxCount
    maxExclusive maxInclusive maxLength message minCount minExclusive minInclusive minLength name namespace node
    nodeKind nodeValidator nodes not object oneOrMorePath optional or order parameter path pattern predicate prefix
    prefixes property propertyValidator qualifiedMaxCount qualifiedMinCount qualifiedValueShape
    qualifiedValueShapesDisjoint result resultAnnotation resultMessage resultPath resultSeverity returnType rule
    select severity shapesGraph shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape sparql
    subject suggestedShapesGraph target targetClass targetNode targetObjectsOf targetSubjectsOf this union
    uniqueLang update validator value xone zeroOrMorePath zeroOrOnePath values reifierShape reificationRequired
    """.split()  # noqa: SIM905 - a list of 200 lines is no better
)


@dataclass(frozen=True, slots=True)
class UnknownTerm:
    """A term that does not exist: where it is used first, how often, and the names that it may be meant for."""

    iri: str
    entity: str
    uses: int
    near: tuple[str, ...]
    source: str | None = None

    @property
    def message(self) -> str:
        """A sentence that says what is wrong and what may be right."""
        home, prefix = ("SHACL", "sh:") if self.iri.startswith(SH) else ("The ontology", "kg:")
        times = "once" if self.uses == 1 else f"{self.uses} times"
        meant = f"; did you mean {' or '.join(prefix + name for name in self.near)}?" if self.near else "."
        return f"{home} has no term {prefix}{_local(self.iri)}, which is used {times}{meant}"


def unknown_in_data(con: duckdb.DuckDBPyConnection, quads: str, known: Collection[str]) -> Iterator[UnknownTerm]:
    """Yield the terms of our namespace that the data uses as property, class or value and that are not among `known` (local names)."""
    start = f"<{ONTOLOGY}"
    found = con.execute(
        f"SELECT p, min(s), count(*) FROM {quads} WHERE starts_with(p, '{start}') GROUP BY p "
        f"UNION ALL SELECT o, min(s), count(*) FROM {quads} WHERE starts_with(o, '{start}') GROUP BY o"
    ).fetchall()
    uses: dict[str, list[tuple[str, int]]] = {}
    for term, entity, number in found:
        if _local(term[1:-1]) not in known:
            uses.setdefault(term[1:-1], []).append((entity, number))
    for iri, places in sorted(uses.items()):
        yield UnknownTerm(iri, min(places)[0], sum(number for _, number in places), _near(_local(iri), known))


def unknown_in_shapes(shapes: Shapes, known: Collection[str]) -> Iterator[UnknownTerm]:
    """Yield the terms of SHACL's namespace and ours that the shapes use and that do not exist (of ours `known` does)."""
    uses: dict[str, list[str]] = {}
    for subject, *others in shapes.triples:
        for term in others:
            if term.startswith((f"<{SH}", f"<{ONTOLOGY}")):
                uses.setdefault(term[1:-1], []).append(subject)
    for iri, subjects in sorted(uses.items()):
        names = _SHACL if iri.startswith(SH) else known
        if _local(iri) and _local(iri) not in names:
            yield UnknownTerm(
                iri, subjects[0], len(subjects), _near(_local(iri), names), shapes.sources.get(subjects[0])
            )


def _local(iri: str) -> str:
    return iri.removeprefix(SH).removeprefix(ONTOLOGY)


def _near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    lower: dict[str, str] = {}
    for candidate in sorted(known):
        lower.setdefault(candidate.lower(), candidate)
    return tuple(lower[match] for match in get_close_matches(name.lower(), lower, n=2, cutoff=0.75))
