"""Chooses among claims that say the same thing twice, or give one thing two values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extraction.claims import Claim

# Of these a thing has as many as are said; of the others the first and clearest.
_MANY = words(
    "precision technique framework interconnect wasDerivedFrom evaluatedOn augmentation preprocessing includes "
    "mlTask trainingObjective architecture developedBy"
)
# Rules that give way to another one for the same property.
_WEAK = words("grammar:batch-size gazetteer:facility")
_PARALLEL = {
    "modelParallelism": words("modelParallelDegree tensorParallelDegree pipelineParallelDegree"),
    "dataParallelism": words("dataParallelDegree"),
}


def selected(claims: Iterable[Claim]) -> Iterator[Claim]:
    """Yield the claims without repetitions; a degree of parallelism makes saying that there is parallelism superfluous."""
    ordered = sorted(claims, key=lambda claim: (claim.rule in _WEAK, claim.near or 0, len(claim.quote)))
    degrees = {(claim.subject, claim.property) for claim in ordered}
    told: set[tuple[object, ...]] = set()
    for claim in ordered:
        if any((claim.subject, degree) in degrees for degree in _PARALLEL.get(claim.property, ())):
            continue
        key = (claim.subject, claim.property, claim.value if claim.property in _MANY else None)
        if key not in told:
            told.add(key)
            yield claim
