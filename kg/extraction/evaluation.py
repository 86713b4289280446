"""Reads what a model was evaluated on, and which stages of training followed the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.context import PRETRAINING
from kg.extraction.lexer import words
from kg.extraction.phrases import abbreviates
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document

_EVALUATING = words(
    "evaluated evaluation evaluate evaluations evaluating benchmark benchmarks benchmarked accuracy score scores "
    "performance results assessed achieves achieved achieving demonstrating demonstrates demonstrated outperforms "
    "outperforming outperformed tested gains improvements validation validated reporting rouge bleu wer cider fid "
    "map perplexity competitive f1"
)
_TRAINING = words(
    "trained training tuned tuning pretraining finetuning corpus sourced subset subsets collected comprising"
)
_TRAINED_ON = (("trained", "on"), ("tuned", "on"), ("training", "on"), ("tuning", "on"))
_NAMED = words("benchmark benchmarks")
_PLAIN = words("tasks benchmarks")


def evaluation_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield the benchmarks of the gazetteer that a sentence about results names, and `standard ... tasks` at its end."""
    low = document.low
    told: set[str] = set()
    for mention in document.mentions.values():
        concept = mention.of("benchmark")
        first = mention.first
        start, end = document.sentence(first)
        if (
            concept is None
            or concept.key in told
            or abbreviates(document, first, mention.last)
            or not _EVALUATING & set(low[start:end])
        ):
            continue
        if (first in context.foreign and not _own_result(low, start, first)) or _trained_on(
            low, start, first, mention.last
        ):
            continue
        if low[max(start, first - 2) : first] == ("answering", "(") or _names_a_task(low, first, mention.last):
            continue
        if context.phases[first] != context.main and not (_EVALUATING - _NAMED) & set(low[start:end]):
            continue
        if mention.last < end and low[mention.last] in ("statistics", "means", "mean", "pretrained"):
            continue
        told.add(concept.key)
        text = document.text(first, mention.last)
        yield claim_at(document, first, mention.last, context.model, "evaluatedOn", text, "gazetteer:benchmark")
    for i in range(1, len(low) - 2):
        if low[i - 1 : i + 1] == ("on", "standard") and _EVALUATING & set(low[slice(*document.sentence(i))]):
            _, end = document.sentence(i)
            last = next((j + 1 for j in range(i + 1, min(i + 7, end)) if low[j] in _PLAIN), None)
            if last is not None and low[last : last + 1] in ((".",), ()) and not {",", "("} & set(low[i:last]):
                yield claim_at(
                    document, i, last, context.model, "evaluatedOn", document.text(i, last), "grammar:benchmark"
                )


def _names_a_task(low: tuple[str, ...], first: int, last: int) -> bool:
    """Whether `VQA` is the task rather than the benchmark of that name."""
    return low[first:last] == ("vqa",) and (
        low[last : last + 1] in (("tasks",), ("task",), ("accuracy",)) or low[first - 1] in ("for", "(")
    )


def _own_result(low: tuple[str, ...], start: int, first: int) -> bool:
    """Whether a benchmark inside a comparison is still where the model itself was measured: `gains on MMMU compared to ...`."""
    return bool({"outperforming", "outperforms", "outperformed", "surpassing"} & set(low[start:first]))


def _trained_on(low: tuple[str, ...], start: int, first: int, last: int) -> bool:
    """Whether the mention is of data to train on rather than to measure with."""
    if any(low[i : i + 2] in _TRAINED_ON for i in range(max(start, first - 10), first)):
        return True
    near = set(low[max(start, first - 8) : first])
    return (
        bool(_TRAINING & near)
        and not _EVALUATING & near
        and low[last : last + 1] not in (("benchmark",), ("benchmarks",))
    )


_STAGE_NOUNS = words("stage phase process")
_STAGES = {
    "sft": "supervised fine-tuning",
    "rlhf": "reinforcement learning from human feedback",
    "finetuning": "fine-tuning",
}


def stage_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield the name of each stage of training that took place, where it is first said to have."""
    low = document.low
    told: set[str] = set()
    for i, phase in enumerate(context.phases):
        found = _stage_at(document, i) if phase != PRETRAINING and phase not in told else None
        if found is None or i in context.foreign or low[i - 1 : i] in (("for",), ("prior",), ("enable",)):
            continue
        told.add(phase)
        last, value = found
        yield claim_at(document, i, last, f"run:{phase}", "trainingStage", value, "grammar:training-stage")


def _stage_at(document: Document, i: int) -> tuple[int, str] | None:
    """Return the end and name of the stage that token i starts to name."""
    low = document.low
    if low[i] == "supervised":
        last = i + (3 if low[i + 1] == "fine" else 2)
        value = "supervised fine-tuning"
    elif low[i : i + 2] == ("fine", "tuning") or low[i] == "finetuning":
        last = i + (2 if low[i] == "fine" else 1)
        value = "fine-tuning"
    elif low[i] == "instruction" and low[i + 1 : i + 2] in (("tuning",), ("fine",), ("finetuning",)):
        last = i + (3 if low[i + 1] == "fine" else 2)
        value = "instruction tuning"
    elif low[i] == "rlhf":
        return i + 1, _STAGES["rlhf"]
    elif low[i : i + 5] == ("reinforcement", "learning", "from", "human", "feedback"):
        last, value = i + 5, _STAGES["rlhf"]
    else:
        return None
    if low[last : last + 1] == ("(",) and low[last + 2 : last + 3] == (")",):
        return last + 3, value
    if low[last : last + 1] and low[last] in _STAGE_NOUNS:
        last += 1
    return last, value
