"""Finds the name of the model that a passage tells of, where no tag marks it, and what it calls a model without a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.measures import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.context import Context
    from kg.extraction.document import Document

_NAMING = words("named termed called dubbed designated denoted christened titled codenamed nicknamed")
_VERBS = words(
    "developed develop trained train implemented implement present presented introduce introduced propose proposed "
    "evaluate evaluated describe report release released built build finetuned finetune pretrained optimized "
    "investigate study adapt adapted created tuned designed design construct constructed scaled deploy deployed "
    "employed conducted assess explore benchmark"
)
_NOUNS = words(
    "model system architecture framework agent approach variant network transformer method backbone encoder "
    "iteration generator assistant family"
)
_OF_NOUNS = words(
    "implementation architecture training backbone core optimization experiments experiment performance evaluation "
    "pretraining development version variant details stage protocol phase setup framework model release design "
    "infrastructure regimen finetuning tuning results experimental instruction"
)
_OF = words("of for with using behind on")
_CENTRED = words("on utilized utilizes around leverages leveraged uses used")
_CENTRING = words(
    "centers centered centred centres based focuses focused revolves utilized utilizes relies built around on protocol"
)
_AFTER_NOUNS = words(
    "architecture model variant framework agent system vision network transformer family backbone multimodal "
    "language agentic generative"
)
_AFTER_VERBS = words(
    "is was comprises comprised features featured integrates utilizes employs leverages consists contains builds "
    "extends combines achieves adopts incorporates has represents follows scales uses introduces underwent "
    "implements supports"
)
_BOASTING = words(
    "a an the containing featuring comprising our with which consisting based built trained developed designed boasting"
)
_SIZE_SUFFIXES = words(
    "base large small xl xxl xxxl huge giant medium tiny ultra plus pro max chat instruct turbo mini nano lite next "
    "it v1 v2 v3 v4 code vision"
)
_OTHERS = words("initialized from frozen original variant like via than similar extends extending to by")
_PARTS = words(
    "encoder encoders decoder backbone tokenizer dataset corpus benchmark optimizer scheduler framework library "
    "loss vocabulary tower"
)
_GENERIC = words(
    "transformer transformers encoder decoder cnn rnn lstm gan gpu cpu tpu ai nlp llm vlm mlp moe rl vit unet net "
    "vision language action rlhf sft ppo dpo fsdp ddp bpe rope gqa mqa mfu amp ema asr wer bleu map auc iou fid "
    "clip vqa ocr qa html pdf api sql json python pytorch tensorflow jax cuda nccl nvlink infiniband 3d 2d bf16 "
    "fp16 fp8 int8 fp32 tf32 we our the this these in for training each all it its at following during both unlike"
)
_ARTICLES = words("the a an our")
_AUTHORS = words("team our researchers paper work protocol")
_OWN_WORK = words("our system core model approach")
_LEAST_SHAPE = 2
_LONGEST_NAME = 80
_NAME_SIGNS = frozenset("./+")
_LINKED_SCHEMES = (
    "dataset", "benchmark", "optimizer", "framework", "technique", "precision", "interconnect", "tokenizer",
    "activation-function", "positional-encoding", "normalization",
)  # fmt: skip


def model_names(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield what could be the name of the passage's model, the better the clearer the words around it say so."""
    chunks = list(_chunks(document))
    counts: dict[str, int] = {}
    for first, last in chunks:
        text = document.text(first, last)
        counts[text] = counts.get(text, 0) + 1
    for first, last in chunks:
        if first in context.foreign or not _looks_like_a_name(document, first, last):
            continue
        start, end = _whole(document, first, last)
        clarity = _clarity(document, start, last, _shape(document, first, last))
        if clarity > 0:
            again = min(counts[document.text(first, last)] - 1, 2)
            score = 2 * clarity + _shape(document, first, last) + again + (2 if first < 60 else 0)
            yield Candidate(start, end, " ".join(document.text(start, end).split()), score)


def _chunks(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the runs of tokens without a space between them that hold a word."""
    tokens = document.tokens
    i = 0
    while i < len(tokens):
        if tokens.kinds[i] not in "WN":
            i += 1
            continue
        last = i + 1
        while last < len(tokens) and (tokens.glued[last] or tokens.hyphened[last]):
            if tokens.kinds[last] in "WN":
                last += 1
            elif (
                tokens.low[last] in _NAME_SIGNS
                and last + 1 < len(tokens)
                and tokens.glued[last + 1]
                and tokens.kinds[last + 1] in "WN"
            ):
                last += 2
            else:
                break
        if tokens.low[last - 1] == "'s" and last - 1 > i:
            yield i, last - 1
        elif "W" in tokens.kinds[i:last]:
            yield i, last
        i = last


def _looks_like_a_name(document: Document, first: int, last: int) -> bool:
    text = document.text(first, last)
    if len(text) > _LONGEST_NAME or not any(character.isupper() for character in text):
        return False
    parts = document.low[first:last]
    if first in document.quantities:
        return False
    if all(part in _GENERIC or not part[0].isalpha() for part in parts) and not _named(
        document.low[max(0, first - 3) : first]
    ):
        return False
    if first in document.accelerators or any(start <= first < end for start, (_, end) in _reach(document, first)):
        return False
    mention = document.mentions.get(first)
    return not (mention is not None and mention.last >= last and mention.of(*_LINKED_SCHEMES) is not None)


def _reach(document: Document, first: int) -> list[tuple[int, tuple[object, int]]]:
    return [
        (start, document.accelerators[start])
        for start in range(max(0, first - 6), first)
        if start in document.accelerators
    ]


def _shape(document: Document, first: int, last: int) -> int:
    """How much a chunk looks like the name of a model: a size, a version, capitals inside."""
    text, parts = document.text(first, last), document.low[first:last]
    sized = any(parts[i] in ("b", "m", "t") and parts[i - 1][0].isdigit() for i in range(1, len(parts)))
    camel = any(character.isupper() for character in text[1:]) and any(character.islower() for character in text)
    suffixed = len(parts) > 1 and parts[-1] in _SIZE_SUFFIXES
    digits = any(character.isdigit() for character in text)
    return 2 * sized + 2 * suffixed + camel + digits + ("-" in text)


def _named(before: tuple[str, ...]) -> bool:
    """Whether the words introduce a name: `termed`, `known as`, `which we call`."""
    if before and before[-1] in _ARTICLES:
        before = before[:-1]
    return bool(before) and (before[-1] in _NAMING or before[-2:] in _NAMING_PAIRS)


_NAMING_PAIRS = (
    ("known", "as"),
    ("to", "as"),
    ("we", "term"),
    ("we", "call"),
    ("we", "dub"),
    ("we", "denote"),
    ("we", "name"),
    ("named", "as"),
)


@dataclass(frozen=True, slots=True)
class _Around:
    """The words around a chunk: those before it in its sentence (without an article), all of them, and those after it."""

    before: tuple[str, ...]
    since: tuple[str, ...]
    after: tuple[str, ...]
    shape: int

    @property
    def near(self) -> str:
        return self.before[-1] if self.before else ""

    @property
    def nearer(self) -> str:
        return self.before[-2] if len(self.before) > 1 else ""

    @property
    def next(self) -> str:
        return self.after[0] if self.after else ""

    def told_of(self) -> bool:
        """Whether a noun or verb follows that is said of models."""
        return self.next in _AFTER_NOUNS or self.next in _AFTER_VERBS

    def in_apposition(self) -> bool:
        return (
            self.next == "," and len(self.after) > 1 and (self.after[1] in _BOASTING or self.after[1] in _AFTER_VERBS)
        )


# How clearly words say that a chunk is the passage's model, the first that holds; no more than 0: they say that it is not.
_CUES: tuple[tuple[int, Callable[[_Around], bool]], ...] = (
    (0, lambda around: around.next in _PARTS),
    (0, lambda around: around.near in _OTHERS and not _centred(around.before)),
    (0, lambda around: around.shape < _LEAST_SHAPE),
    (5, lambda around: around.near in _VERBS and "we" in around.before),
    (3, lambda around: around.near in _VERBS and bool(_AUTHORS & set(around.before))),
    (4, lambda around: around.near == "is" and bool(_OWN_WORK & set(around.since))),
    (4, lambda around: around.near == "training" and around.nearer in ("for", "of")),
    (4, lambda around: around.near == "," and around.nearer in _NOUNS),
    (4, lambda around: around.near in _OF and around.nearer in _OF_NOUNS),
    (3, lambda around: _centred(around.before)),
    (4, lambda around: not around.before and (around.told_of() or around.in_apposition())),
    (2, lambda around: not around.before),
    (2, lambda around: around.told_of() and around.near in (",", "while", "model", "framework", "within")),
    (1, lambda around: around.near in ("within", "for", "of", "model", "the") and around.shape > _LEAST_SHAPE),
)


def _clarity(document: Document, first: int, last: int, shape: int) -> int:
    """Return how clearly the words around a chunk say that it is the passage's model."""
    low = document.low
    start, end = document.sentence(first)
    before = low[max(start, first - 6) : first]
    if _named(before):
        return 5
    before = before[:-1] if before and before[-1] in _ARTICLES else before
    around = _Around(before, low[start:first], low[last : min(end, last + 3)], shape)
    return next((score for score, holds in _CUES if holds(around)), 0)


def _centred(before: tuple[str, ...]) -> bool:
    """Whether the words say that the passage's work is about what follows: `our implementation centers on`."""
    return (
        bool(before)
        and before[-1] in _CENTRED
        and bool(_CENTRING & set(before))
        and bool(
            {"implementation", "protocol", "setup", "experiments", "our", "work", "study", "experimental"} & set(before)
        )
    )


def _whole(document: Document, first: int, last: int) -> tuple[int, int]:
    """Take in the other words of a name: `Stable Diffusion XL-2.1`, `Vision-Encoder-Decoder (VED-XL)`."""
    low, tokens = document.low, document.tokens
    start, end = document.sentence(first)
    while first > start and tokens.kinds[first - 1] == "W" and not tokens.glued[first]:
        word = document.text(first - 1, first)
        if not word[0].isupper() or low[first - 1] in _GENERIC or (first - 1 == start and low[first - 1] in _ARTICLES):
            break
        first -= 1
    while last < end and tokens.kinds[last] in "WN" and _continues_name(document, last):
        last += 1
        while last < end and (tokens.glued[last] or tokens.hyphened[last]) and tokens.kinds[last] in "WN":
            last += 1
    if low[last : last + 1] == ("(",) and last + 2 < end:
        close = next((i for i in range(last + 2, min(end, last + 8)) if low[i] == ")"), None)
        inside = document.text(last + 1, close) if close else ""
        if close and " " not in inside and any(c.isupper() for c in inside) and _shape(document, last + 1, close) >= 2:
            last = close + 1
    return first, last


def _continues_name(document: Document, i: int) -> bool:
    word = document.text(i, i + 1)
    sized = (
        document.kinds[i] == "N"
        and i + 1 < len(document.low)
        and document.low[i + 1] in ("b", "m")
        and document.tokens.glued[i + 1]
    )
    return sized or (word[0].isupper() and document.low[i] in _SIZE_SUFFIXES)


_HEADS = words("architecture model system agent framework network transformer")
_STOP = words("the a an our this that is of for with and in on to by we proposed")


def unnamed(document: Document) -> tuple[int, int] | None:
    """Return the tokens of the phrase that stands where the name of the model would: `large-scale multimodal transformer architecture`."""
    low = document.low
    for start, end in document.tokens.sentences[:3]:
        for i in range(start, end):
            if low[i] in ("model", "architecture", "transformer", "agent", "network") and low[
                i + 1 : i + 2
            ] not in tuple((h,) for h in _HEADS):
                first = i
                while first > start and document.kinds[first - 1] == "W" and low[first - 1] not in _STOP:
                    first -= 1
                if first < i:
                    return first, i + 1
    return None
