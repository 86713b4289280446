"""The extractor of this project: tags first and exactly, rules and gazetteers for all else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extraction import architecture, infrastructure, locations, optimization, preprocessing, settings
from kg.extraction.aims import aim_claims
from kg.extraction.components import component_claims
from kg.extraction.context import read_context
from kg.extraction.datasets import dataset_claims
from kg.extraction.design import design_claims
from kg.extraction.evaluation import evaluation_claims, stage_claims
from kg.extraction.makers import maker_claims
from kg.extraction.methods import method_claims
from kg.extraction.preprocessing import preparation_claims
from kg.extraction.rules import Grammar
from kg.extraction.selection import selected
from kg.extraction.slots import find_model, slot_claims
from kg.extraction.tagged import read_tagged, tag_claims
from kg.extraction.values import SlotValue
from kg.extraction.years import qualifier_claims
from kg.model import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document

_RULES = Grammar(
    (
        *optimization.RULES, *settings.RULES, *infrastructure.RULES, *architecture.RULES, *preprocessing.RULES, *locations.RULES,
    ),
)  # fmt: skip


class GrammarExtractor:
    """Reads tags, and by grammar and gazetteer what has no tag."""

    def claims(self, document: Document) -> Iterator[Claim]:
        """Yield what the document states."""
        context = read_context(document)
        tagged = read_tagged(document)
        filled = {entry.tag.slot for entry in tagged if isinstance(entry.value, SlotValue)}
        named = next(
            (e.value.value for e in tagged if e.tag.slot is Slot.MODEL and isinstance(e.value, SlotValue)), None
        )
        candidate = None if named else find_model(document, context)
        if named or candidate:
            context = replace(context, model=f"model:{named or (candidate.value if candidate else '')}")
        yield from tag_claims(document, tagged, context.model, context.run)
        missing = frozenset(Slot) - filled
        yield from slot_claims(document, context, missing, candidate, context.model, context.run)
        yield from selected(_rest(document, context))


def _rest(document: Document, context: Context) -> Iterator[Claim]:
    yield from _RULES.claims(document, context)
    yield from design_claims(document, context)
    yield from aim_claims(document, context)
    yield from component_claims(document, context.model)
    yield from dataset_claims(document, context)
    yield from preparation_claims(document, context)
    yield from method_claims(document, context)
    yield from maker_claims(document, context)
    yield from evaluation_claims(document, context)
    yield from stage_claims(document, context)
    yield from qualifier_claims(document, context)
