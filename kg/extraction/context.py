"""What the words around a number are about: which phase of training, and whether it is another model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.model import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.document import Document

UNNAMED = "model:_unnamed"
PRETRAINING, SFT, FINETUNING, RLHF = "pretraining", "sft", "finetuning", "rlhf"

# After these words a phase is only pointed to: "following pre-training", "weights for fine-tuning".
_POINTING = words("following after before to prior from for until since enabling preceding via or")
_LACKING = words("without no not any")
_QUALIFYING = words("downstream further subsequent specialized specific additional later task conducting")
_THIS = words("this these")
_STAGES = words("stage phase step process procedure regimen")
_COMPARING = words(
    "than unlike versus vs whereas outperforming outperforms outperformed outperform surpassing surpasses surpassed "
    "exceeds predecessor predecessors baseline baselines"
)
_COMPARED = (
    ("compared", "to"), ("compared", "with"), ("comparable", "to"), ("comparison", "to"), ("comparison", "with"), ("relative", "to"),
    ("contrast", "to"), ("contrast", "with"), ("opposed", "to"), ("similar", "to"), ("prior", "work"), ("previous", "work"),
    ("previous", "models"), ("prior", "models"), ("earlier", "models"), ("existing", "models"), ("previous", "iterations"),
    ("previous", "versions"), ("related", "work"),
)  # fmt: skip
_OURS = words("we our this")


@dataclass(frozen=True, slots=True)
class Context:
    """For each token the phase it speaks of, and whether it speaks of something else than the passage's model.

    `main` is the phase that the passage is about: pre-training, unless it tells of a fine-tuning and of nothing before
    it. `model` is the key of the model as a subject.
    """

    main: str
    phases: tuple[str, ...]
    foreign: frozenset[int]
    model: str = UNNAMED

    @property
    def run(self) -> str:
        """The subject key of the run that the passage is about."""
        return f"run:{self.main}"

    def dataset(self, token: int) -> str:
        """Return the subject key of the data that the text at a token speaks of."""
        return f"dataset:{self.phases[token]}"


def read_context(document: Document) -> Context:
    """Return what each token of a document is about."""
    foreign = frozenset(_foreign(document))
    cues = _one_tuning(document, {i: phase for i, phase in _cues(document) if i not in foreign})
    sentences = document.tokens.sentences
    inside = [[(i, cues[i]) for i in range(first, last) if i in cues] for first, last in sentences]
    main = _main_phase(document, cues)
    phases: list[str] = []
    before = main
    for (first, last), found in zip(sentences, inside, strict=True):
        current = before if not found and _continues(document, first) else main
        phases.extend(_phases_of(document, first, last, found, current))
        before = phases[-1] if found or current != main else main
    return Context(main, tuple(phases), foreign)


def _one_tuning(document: Document, cues: dict[int, str]) -> dict[int, str]:
    """Where a text tells of supervised fine-tuning, its plain `fine-tuning` is the same, unless it is that for other tasks."""
    if SFT not in cues.values():
        return cues
    low = document.low
    return {
        i: SFT if phase == FINETUNING and not _ELSEWHERE & set(low[slice(*document.sentence(i))]) else phase
        for i, phase in cues.items()
    }


_ELSEWHERE = words("downstream specific")


def _phases_of(document: Document, first: int, last: int, found: list[tuple[int, str]], default: str) -> Iterator[str]:
    """Say for the tokens of a sentence which phase each speaks of.

    That of the nearest cue at or before it, else of the first; but what a cue only follows (`..., followed by
    fine-tuning`) is before it.
    """
    current = found[0][1] if found else default
    if found and _follows(document.low[first : found[0][0]]):
        current = default
    changes = dict(found)
    for i in range(first, last):
        current = changes.get(i, current)
        yield current


def _follows(before: tuple[str, ...]) -> bool:
    return (
        "then" in before[-6:]
        or ":" in before
        or any(before[i : i + 2] == ("followed", "by") for i in range(len(before)))
    )


def _main_phase(document: Document, cues: dict[int, str]) -> str:
    """Return the phase that a passage is about; it must say early or more than once that it tells of a tuning."""
    if not cues or PRETRAINING in cues.values():
        return PRETRAINING
    first = min(cues)
    low = document.low
    early = low[first - 1 : first] == ("we",) or low[first : first + 2] in (
        ("instruction", "tuning"),
        ("instruct", "tuning"),
    )
    return cues[first] if (early and first < _EARLY) or len(cues) > 2 else PRETRAINING


# Tokens of the first sentence or two.
_EARLY = 60


def _continues(document: Document, first: int) -> bool:
    low = document.low[first : first + 3]
    if low[:1] == ("for",) and first not in document.tokens.paragraphs:
        return True
    return (low[:1] and low[0] in _THIS and len(low) > 1 and low[1] in _STAGES) or low[:2] in (
        ("during", "this"),
        ("in", "this"),
    )


def _cues(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the tokens that say which phase a statement belongs to; adjectives (`a pre-trained encoder`) do not."""
    low = document.low
    for i, word in enumerate(low):
        phase = _phase_at(low, i)
        if phase is None:
            continue
        before = i - 1 if i > 1 and low[i - 1] in _QUALIFYING else i
        if before > 0 and low[before - 1] in _POINTING and phase != PRETRAINING:
            # "the training regimen for instruction tuning" tells of it, "released for fine-tuning" does not.
            telling = before > 1 and low[before - 2] in _STAGES | {"training", "experiments", "dataset"}
            if low[before - 1] != "for" or not telling:
                continue
        if _LACKING & set(low[max(0, i - 3) : i]):
            continue
        if phase == PRETRAINING and i > 0 and low[i - 1] in ("following", "after", "post", "from", "prior"):
            continue
        if word == "post":
            continue
        yield i, phase


def _phase_at(low: tuple[str, ...], i: int) -> str | None:
    word = low[i]
    after = low[i + 1] if i + 1 < len(low) else ""
    if word in ("pretraining", "pretrained") or (word == "pre" and after in ("training", "trained")):
        adjective = word == "pretrained" or after == "trained"
        verb = i > 0 and low[i - 1] in ("was", "were", "is", "are", "we", "and", "been")
        return PRETRAINING if not adjective or verb else None
    if word == "rlhf" or low[i : i + 5] == ("reinforcement", "learning", "from", "human", "feedback"):
        return RLHF
    if word == "sft" or (word == "supervised" and after in ("fine", "finetuning")):
        return SFT
    if word in ("instruction", "instruct") and after in ("tuning", "tuned", "finetuning"):
        return SFT if after != "tuned" else None
    if word == "finetuning" or (word == "fine" and after == "tuning"):
        return SFT if i > 0 and low[i - 1] in ("supervised", "instruction") else FINETUNING
    if word == "finetuned" or (word == "fine" and after in ("tuned", "tune")):
        verb = i > 0 and low[i - 1] in (
            "was",
            "were",
            "is",
            "are",
            "we",
            "then",
            "subsequently",
            "further",
            "and",
            "been",
        )
        return FINETUNING if verb else None
    return None


def _foreign(document: Document) -> Iterator[int]:
    """Yield the tokens of comparisons: from the word that compares to the end of its clause."""
    low = document.low
    for first, last in document.tokens.sentences:
        i = first
        while i < last:
            if low[i] in _COMPARING or low[i : i + 2] in _COMPARED or _other_model(document, i, first):
                end = _clause_end(document, i, first, last)
                yield from range(i, end)
                i = end
            else:
                i += 1


def _other_model(document: Document, i: int, first: int) -> bool:
    """Whether a clause starts here that tells of another, well-known model: `GPT-3 took 34 days`."""
    mention = document.mentions.get(i)
    starts = i == first or document.low[i - 1] in (";", "while", "whereas")
    if mention is None or mention.of("model-family") is None or not starts or first < _EARLY:
        return False
    start = document.tokens.starts[i]
    place = document.plain.raw(start)
    tagged = any(tag.slot is Slot.MODEL and tag.start <= place < tag.end for tag in document.markup.tags[:_MOST_TAGS])
    return not tagged and document.low[mention.last : mention.last + 1] != () and document.low[mention.last] in _TOLD


# A passage has a dozen tags; of one that has thousands, not all are looked through for each name.
_MOST_TAGS = 100
_TOLD = words("took used uses required was had needed employed reached consumed relied trained")


def _clause_end(document: Document, cue: int, first: int, last: int) -> int:
    """At the start of a sentence the comparison ends at its comma, else at a semicolon or where the text comes back to its own model."""
    low = document.low
    leading = cue - first <= 2
    bracketed = "(" in low[max(first, cue - 3) : cue]
    for i in range(cue + 1, last):
        after = low[i + 1] if i + 1 < last else ""
        if low[i] == "," and (after in _OURS or (leading and after not in ("which", "who", "that"))):
            # "Unlike X, which used ..., we": the comparison goes on to the comma behind the clause.
            return i
        if low[i] == ";" or (bracketed and low[i] == ")"):
            return i
    return last
