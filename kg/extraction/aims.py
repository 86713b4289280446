"""Reads what the model is for: its purpose, the capability it aims at, its tasks, modalities and training objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.context import PRETRAINING
from kg.extraction.lexer import words
from kg.extraction.phrases import Item, noun_phrase, read_list, skip_articles
from kg.extraction.roles import owner
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document

_DESIGNED = words("designed optimized developed built tailored intended specialized specialised adapted engineered")
_ADVERBS = words(
    "specifically specially primarily explicitly particularly purposely carefully further expressly mainly , is was"
)
_SYSTEMS = words("model architecture transformer network system framework variant agent llm family suite")
_TASK_HEADS = words(
    "understanding generation captioning answering recognition detection classification segmentation translation "
    "summarization synthesis prediction retrieval transcription completion parsing grounding localization "
    "extraction forecasting tracking estimation tasks inpainting"
)
_GOOD_HEADS = _TASK_HEADS | words(
    "reasoning alignment analysis modeling dialogue processing applications conversations manipulation control "
    "discovery comprehension editing restoration search ranking folding design learning simulation perception "
    "planning interaction navigation"
)
_STRENGTHS = words(
    "integrated advanced complex robust efficient enhanced unified seamless improved joint diverse comprehensive "
    "general sophisticated accurate effective real world rich nuanced deep large scale both various automated "
    "automatic"
)
_FOCUS = (
    ("focus", "on"),
    ("focusing", "on"),
    ("emphasis", "on"),
    ("specifically", "targeting"),
    ("targeting",),
    ("geared", "toward"),
)
_STRONG_FOCUS = words("particular specifically particularly specific strong special primarily explicitly primary")
_OF_DATA = words("corpus dataset data languages domains samples pairs sources hours")

_MODALITIES = {
    "text": "text", "textual": "text", "language": "text", "image": "image", "images": "image", "visual": "image", "video": "video", "videos": "video",
    "audio": "audio", "auditory": "audio", "acoustic": "audio", "speech": "speech", "code": "code", "3d": "3D",
}  # fmt: skip
_INPUTS = words("inputs input modalities modality prompts streams sequences")
_OBJECTIVE_HEADS = words(
    "prediction modeling modelling matching loss losses objective objectives reconstruction denoising contrastive "
    "alignment learning corruption"
)
_SELF_SAYING = words("prediction modeling modelling matching entropy")
_OBJECTIVE_CUES = words(
    "objective objectives loss losses optimized optimised trained training optimizes minimizes minimizing"
)


def aim_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield what the model is for; each statement once, where it first stands."""
    yield from _purpose(document, context)
    yield from _capability(document, context)
    yield from _tasks(document, context)
    yield from _inputs(document, context)
    yield from _objectives(document, context)


def _purpose(document: Document, context: Context) -> Iterator[Claim]:
    """Read `designed for multimodal reasoning`; where the phrase names tasks, they are the model's tasks."""
    low = document.low
    for i, word in enumerate(low):
        if (
            word not in _DESIGNED
            or low[i + 1 : i + 2] != ("for",)
            or i in context.foreign
            or not _said_of_model(document, i)
        ):
            continue
        limit = document.sentence(i)[1]
        first = skip_articles(document, i + 2)
        last = noun_phrase(document, first, limit)
        if (
            last <= first
            or low[last - 1] not in _GOOD_HEADS
            or (low[first].endswith("ing") and low[first] not in _GOOD_HEADS)
        ):
            continue
        if low[last - 1] in _TASK_HEADS - {"tasks"}:
            while first < last - 1 and (low[first] in _STRENGTHS or low[first : first + 1] == ("and",)):
                first += 1
            if not set(low[first:last]) <= _TASK_HEADS | {"and", "or"}:
                yield _claim(document, first, last, context.model, "mlTask", "ml-task")
        else:
            yield _claim(document, first, last, context.model, "purpose", "purpose")
        return


def _said_of_model(document: Document, i: int) -> bool:
    """Whether the nearest noun before a participle is the model, not its tokenizer, data or machines."""
    low = document.low
    start, _ = document.sentence(i)
    j = i - 1
    while j > start and low[j] in _ADVERBS:
        j -= 1
    if low[j] in _SYSTEMS:
        return not {"training", "computing", "distributed", "tokenizer", "evaluation", "hardware"} & set(
            low[max(start, j - 2) : j]
        )
    return (
        low[j + 1] in (",", "is", "was")
        and bool(_SYSTEMS & set(low[max(start, j - 7) : j + 1]))
        and not _OF_DATA & set(low[max(start, j - 3) : j + 1])
    )


def _capability(document: Document, context: Context) -> Iterator[Claim]:
    """Read `specifically targeting long-form video understanding`, `with a particular focus on dense video-text alignment`."""
    low = document.low
    for i in range(len(low)):
        for cue in _FOCUS:
            after = i + len(cue)
            if low[i:after] != cue or i in context.foreign:
                continue
            start, limit = document.sentence(i)
            if not _STRONG_FOCUS & set(low[max(start, i - 2) : after]) or _OF_DATA & set(low[max(start, i - 8) : i]):
                continue
            first = skip_articles(document, after)
            last = noun_phrase(document, first, limit)
            head_ok = (
                last > first
                and low[last - 1] in _GOOD_HEADS
                and not (low[first].endswith("ing") and low[first] not in _GOOD_HEADS)
            )
            if head_ok and not {"mechanisms", "layers", "metrics"} & set(low[first:last]):
                yield _claim(document, first, last, context.model, "targetCapability", "target-capability")
                return


def is_task(document: Document, first: int, last: int) -> bool:
    """Whether a phrase names a task: one of the gazetteer, or one that ends in what models do."""
    mention = document.mentions.get(first)
    if mention is not None and mention.of("task") is not None and mention.last >= last - 1:
        return True
    return (
        last - first > 1
        and document.low[last - 1] in _TASK_HEADS - {"tasks"}
        and document.low[first] not in ("other", "various", "several")
    )


def _tasks(document: Document, context: Context) -> Iterator[Claim]:
    """Read `ranging from image captioning to video summarization and audio event detection`, `tasks such as A, B, and C`."""
    low = document.low
    told: set[str] = set()
    for i in range(len(low) - 2):
        start, limit = document.sentence(i)
        pair = low[i : i + 2]
        fine_tuned = context.phases[i] != PRETRAINING
        if pair == ("ranging", "from"):
            items = _range(document, i + 2, limit)
        elif low[i] in ("tasks", "applications") and low[i + 1] in ("including", "like", "such", ","):
            first = i + 3 if low[i + 1] == "such" or low[i + 1 : i + 3] == (",", "including") else i + 2
            items = read_list(document, first, limit, lambda a, b: is_task(document, a, b))
        elif fine_tuned and low[i] in ("for", "on", "including", "as") and _tuning_before(document, context, i):
            items = read_list(document, i + 1, limit, lambda a, b: is_task(document, a, _without_noun(document, a, b)))
        else:
            continue
        subject = f"run:{context.phases[i]}" if context.phases[i] != context.main else context.model
        if (
            not items
            or subject in told
            or i in context.foreign
            or (context.phases[i] == context.main and _evaluating(low[start:i]))
        ):
            continue
        told.add(subject)
        yield _list_claim(document, items, subject, "mlTask", "ml-task")


def _evaluating(before: tuple[str, ...]) -> bool:
    return bool(
        {"evaluated", "evaluation", "benchmark", "benchmarks", "evaluations", "results", "performance", "validated"}
        & set(before)
    )


def _tuning_before(document: Document, context: Context, i: int) -> bool:
    start, _ = document.sentence(i)
    return (
        any(document.low[j] in ("tuning", "tuned", "finetuning", "finetuned", "sft") for j in range(start, i))
        and context.phases[i] != context.main
    )


def _range(document: Document, first: int, limit: int) -> list[Item]:
    low = document.low
    end = noun_phrase(document, first, limit, coordinated=False)
    if end >= limit or low[end] != "to" or not is_task(document, first, end):
        return []
    return [Item(first, end), *read_list(document, end + 1, limit, lambda a, b: is_task(document, a, b))]


def _without_noun(document: Document, first: int, last: int) -> int:
    """Leave the noun off that a list of tasks ends in: `video understanding benchmarks`."""
    nouns = ("benchmarks", "tasks", "datasets", "benchmark", "task")
    return last - 1 if last - first > 1 and document.low[last - 1] in nouns else last


def _task_name(document: Document, first: int, last: int) -> str:
    while first < last - 1 and document.low[first] in ("downstream", "specific", "standard", "various"):
        first += 1
    return document.text(first, last)


def _list_claim(document: Document, items: list[Item], subject: str, property_: str, rule: str) -> Claim:
    values = tuple(
        dict.fromkeys(
            _task_name(document, item.first, _without_noun(document, item.first, item.last)) for item in items
        )
    )
    last = items[-1].last
    return claim_at(
        document, items[0].first, last, subject, property_, values if len(values) > 1 else values[0], f"grammar:{rule}"
    )


def _inputs(document: Document, context: Context) -> Iterator[Claim]:
    """Read `visual and auditory inputs alongside textual prompts`, `modalities—text, image, and audio`, `integrating text, image, and audio modalities`."""
    low = document.low
    for i, word in enumerate(low):
        if word not in _INPUTS or i in context.foreign:
            continue
        start, limit = document.sentence(i)
        first = i
        while first > start and (
            low[first - 1] in _MODALITIES or low[first - 1] in (",", "and", "or", "both", "interleaved", "discrete")
        ):
            first -= 1
        while first < i and low[first] not in _MODALITIES:
            first += 1
        last = i + 1
        if (
            low[last : last + 1] in (("alongside",), ("and",), ("with",))
            and low[last + 1 : last + 2]
            and low[last + 1] in _MODALITIES
            and low[last + 2] in _INPUTS
        ):
            last += 3
        if (
            word in ("modalities", "inputs")
            and last < limit
            and (low[last] in ("—", ":", "–") or low[last : last + 2] == ("such", "as"))
        ):
            after = last + (2 if low[last] == "such" else 1)
            end = after
            while end < limit and (low[end] in _MODALITIES or low[end] in (",", "and")):
                end += 1
            if end > after + 2:
                first, last = after, end
        named = tuple(dict.fromkeys(m for token in low[first:last] for m in _modalities_of(token, document)))
        if len(named) > 1:
            yield claim_at(document, first, last, context.model, "inputModality", named, "grammar:input-modality")
            return


def _modalities_of(word: str, document: Document) -> tuple[str, ...]:
    """Return the modalities of a word: what is visual is images, and videos too where the passage speaks of them."""
    if word == "visual":
        return ("image", "video") if "video" in document.low else ("image",)
    return (_MODALITIES[word],) if word in _MODALITIES else ()


def _objectives(document: Document, context: Context) -> Iterator[Claim]:
    """Read `a combination of next-token prediction and a masked video-text matching loss`: one list for each run."""
    told: set[str] = set()
    low = document.low
    for i in sorted(document.classes.get("training-objective", {})):
        start, limit = document.sentence(i)
        subject = f"run:{context.phases[i]}"
        part = owner(document, document.roles, i) is not None
        if part or i in context.foreign or subject in told or not _OBJECTIVE_CUES & set(low[start:limit]):
            continue
        first = i
        while (
            first > start
            and document.kinds[first - 1] == "W"
            and (
                document.tokens.hyphened[first]
                or low[first - 1] in ("masked", "causal", "image", "video", "audio", "weighted", "binary")
            )
        ):
            first -= 1
        items = read_list(document, first, limit, lambda a, b: _is_objective(document, a, b))
        if not items:
            continue
        told.add(subject)
        values = tuple(dict.fromkeys(_objective_name(document, item) for item in items))
        value = values if len(values) > 1 else values[0]
        yield claim_at(
            document,
            items[0].first,
            items[-1].last,
            subject,
            "trainingObjective",
            value,
            "gazetteer:training-objective",
        )


def _is_objective(document: Document, first: int, last: int) -> bool:
    known = any(i in document.classes.get("training-objective", {}) for i in range(first, last))
    return known or document.low[last - 1] in _OBJECTIVE_HEADS


def _objective_name(document: Document, item: Item) -> str:
    last = item.last
    low = document.low
    if low[last - 1] not in _OBJECTIVE_HEADS | {"function", "functions", "entropy", "task", "tasks"}:
        known = document.classes.get("training-objective", {})
        ends = [known[i] for i in range(item.first, last) if i in known]
        last = max(ends, default=last)
    while last - item.first > 1 and low[last - 1] in (
        "function",
        "functions",
        "objective",
        "objectives",
        "task",
        "tasks",
    ):
        last -= 1
    # "matching loss" is matching, but a "focal loss" is no focal.
    if last - item.first > 1 and low[last - 1] in ("loss", "losses") and low[last - 2] in _SELF_SAYING:
        last -= 1
    return document.text(item.first, last)


def _claim(document: Document, first: int, last: int, subject: str, property_: str, rule: str) -> Claim:
    return claim_at(
        document, first, last, subject, property_, " ".join(document.text(first, last).split()), f"grammar:{rule}"
    )
