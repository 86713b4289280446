"""What an extractor says of a passage, before anybody has checked it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kg.model import Level, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.extraction.document import Document
    from kg.model import Value


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact as an extractor sees it; the fields are those of Fact, but for the place.

    `quote` holds the words of the passage that say it, with or without the tags between them. Where it stands the
    verifier finds; `near` is the raw offset at which the extractor believes the quote to start (None: it does not
    know). An empty quote is allowed only with the value None: the passage does not state it.
    """

    subject: str
    property: str
    value: Value
    quote: str
    rule: str
    near: int | None = None
    slot: Slot | None = None
    unit: str | None = None
    approximate: bool = False
    level: Level = Level.STATED


class Extractor(Protocol):
    """Anything that reads a document and says what it states: a grammar, a language model, a tagger of entities."""

    def claims(self, document: Document) -> Iterable[Claim]:
        """Return what the document states; wrong claims do no harm, the verifier rejects them."""
        ...
