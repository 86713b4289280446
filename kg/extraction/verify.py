"""The one gate between what extractors claim and what becomes a fact: the quote must be there, and must say it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.extraction.numerals import numbers_in
from kg.model import Fact, Finding, Level, Severity, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.extraction.claims import Claim
    from kg.extraction.document import Document
    from kg.rdf.vocabulary import Term, Vocabulary

_CLASSES = {
    "model": "Model",
    "component": "ModelComponent",
    "tokenizer": "ModelComponent",
    "run": "TrainingRun",
    "cluster": "Cluster",
    "facility": "Facility",
    "dataset": "Dataset",
    "accelerator": "Accelerator",
}
_NUMERIC = ("integer", "decimal", "double", "QuantityValue")
# Words that state the number one without being a number.
_ONE = frozenset(("a", "an", "single", "one"))
# A unit of the quote may be a multiple of the unit of the fact: 6.3 GWh is 6300 MWh, 320 TFLOPS is 320e12 FLOPS, 52 % is 0.52.
_FACTORS: Mapping[str | None, tuple[int, ...]] = {
    "MegaW-HR": (-3, 3, 6),
    "FLOPS": (9, 12, 15, 18),
    "TeraBYTE": (3, 6),
    "GigaBYTE": (-3, 3),
    "1": (-2,),
}


class Verifier:
    """Checks claims about one document."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary

    def verify(self, claim: Claim) -> Fact | Finding:
        """Return the fact with its offsets, or a finding that says why the claim is none."""
        if claim.property not in self.vocabulary or self.vocabulary.term(claim.property).kind == "class":
            return self._rejected(claim, "unknown-property", f"the ontology has no property {claim.property!r}")
        term = self.vocabulary.term(claim.property)
        fault = _subject_fault(claim, term) or self._value_fault(claim, term)
        if fault:
            return self._rejected(claim, *fault)
        span = self._span(claim)
        if span is None:
            return self._rejected(claim, "quote-not-found", f"the passage does not say {claim.quote!r}")
        start, end = span
        return Fact(
            source=self.document.passage.source,
            slot=claim.slot,
            subject=claim.subject,
            property=claim.property,
            value=claim.value,
            unit=claim.unit,
            approximate=claim.approximate,
            level=claim.level,
            text=self.document.passage.text[start:end],
            start=start,
            end=end,
            rule=claim.rule,
        )

    def _span(self, claim: Claim) -> tuple[int, int] | None:
        """Find the quote: where the extractor says, else where it first stands in the raw text, else in the text without tags."""
        raw, quote = self.document.passage.text, claim.quote
        if not quote:
            return 0, 0
        if claim.near is not None and claim.near >= 0 and raw.startswith(quote, claim.near):
            return claim.near, claim.near + len(quote)
        start = raw.find(quote)
        if start >= 0:
            return start, start + len(quote)
        plain = self.document.plain
        start = plain.text.find(quote)
        return plain.raw_span(start, start + len(quote)) if start >= 0 else None

    def _value_fault(self, claim: Claim, term: Term) -> tuple[str, str] | None:
        value = claim.value
        if value is None:
            return None
        if not claim.quote:
            return "quote-missing", "a value needs the words that state it"
        if claim.slot is Slot.HARDWARE and value not in self.document.reference.accelerators:
            return "unknown-accelerator", f"the reference table has no accelerator {value!r}"
        if claim.slot is Slot.COUNTRY and value not in self.document.reference.countries:
            return "unknown-country", f"{value!r} is no ISO 3166 alpha-3 code"
        range_ = _range(term)
        if not _fits(claim.value, range_):
            return "wrong-type", f"{claim.property} takes {range_}, not {value!r}"
        if range_ in _NUMERIC and claim.level is Level.STATED and not _says(claim, self._plain_quote(claim)):
            return "number-not-in-quote", f"{claim.quote!r} does not state the number {value}"
        return None

    def _plain_quote(self, claim: Claim) -> str:
        """Return the quote without tags."""
        quote = claim.quote
        for slot in Slot:
            quote = quote.replace(f"<{slot}>", "").replace(f"</{slot}>", "")
        return quote

    def _rejected(self, claim: Claim, code: str, why: str) -> Finding:
        message = f"{claim.subject} {claim.property} {claim.value!r} by {claim.rule} is no fact: {why}."
        return Finding(code, Severity.WARNING, message, self.document.passage.source)


def _subject_fault(claim: Claim, term: Term) -> tuple[str, str] | None:
    kind = _CLASSES.get(claim.subject.partition(":")[0])
    if kind is None:
        return "unknown-subject", f"{claim.subject!r} is no kind of thing that a passage tells of"
    if term.domains and kind not in term.domains:
        return "wrong-subject", f"{claim.property} is said of {' or '.join(term.domains)}, not of a {kind}"
    return None


def _range(term: Term) -> str:
    return (term.range or "string").rpartition("#")[2].rpartition("/")[2] if term.kind != "object" else "name"


def _fits(value: object, range_: str) -> bool:
    if range_ == "boolean":
        return isinstance(value, bool)
    if range_ == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if range_ in _NUMERIC:
        finite = not isinstance(value, Decimal) or value.is_finite()
        return isinstance(value, int | Decimal) and not isinstance(value, bool) and finite
    return (isinstance(value, str) and bool(value.strip())) or (
        isinstance(value, tuple) and bool(value) and all(isinstance(item, str) and item.strip() for item in value)
    )


def _says(claim: Claim, quote: str) -> bool:
    """Whether a number of the quote is the value, up to a multiple of the unit."""
    value = Decimal(str(claim.value))
    stated = set(numbers_in(quote))
    if value == 1 and _ONE & set(quote.lower().replace("-", " ").split()):
        return True
    return any(value.scaleb(-power) in stated for power in (0, *_FACTORS.get(claim.unit, ())))
