"""Reads what kind of thing the model is: its architecture, family, type, and how its design is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.phrases import ENDS, skip_articles
from kg.extraction.roles import owner
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document

# Concepts of the scheme that say how a whole model is built; a bare "transformer" says too little.
_WHOLE = words(
    "decoder-only-transformer encoder-decoder-transformer encoder-only-transformer vision-transformer "
    "multimodal-transformer hierarchical-vision-transformer mixture-of-experts diffusion-model "
    "latent-diffusion-model diffusion-transformer state-space-model graph-neural-network dual-encoder "
    "two-stream-transformer u-net flow-matching-model generative-adversarial-network hybrid-transformer-ssm "
    "convolutional-neural-network masked-autoencoder"
)
_NOT_ITS_OWN = words("pretrained trained frozen existing baseline baselines traditional teacher like from of or a1")
_NOUNS = words("structure framework architecture design model transformer network")
_ADOPTING = words("follows adopts employs uses features has utilizes presents")
_DESCRIBED = words("design paradigm")
_RELATING = (
    ("extends",), ("variant", "of"), ("version", "of"), ("evolution", "of"), ("extension", "of"), ("follows",), ("following",),
    ("builds", "on"), ("builds", "upon"), ("based", "on"), ("building", "upon"), ("extending",), ("adapted", "from"), ("modification", "of"),
)  # fmt: skip
_STANDARD = words("the original standard existing base classic canonical vanilla well known a")
_FAMILY_NOUNS = words("architecture framework design family foundation")
_KIND = words(
    "language vision speech audio multimodal multilingual foundation generative diffusion recognition embedding "
    "translation code video image text to action music protein retrieval captioning reasoning conversational "
    "dialogue autoregressive forecasting synthesis segmentation agent world reward structure prediction detection "
    "understanding representation automatic graph medical clinical biomedical scientific visual"
)
_STRIPPED = words(
    "foundational novel proposed new our primary advanced specialized distinct unified powerful state of the art "
    "scale high performance efficient robust lightweight open source flagship dense sparse core final instruction "
    "tuned compact general purpose proprietary"
)


def design_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield the kind of the model; each statement once, where it first stands."""
    yield from _architectures(document, context)
    yield from _description(document, context)
    yield from _family(document, context)
    yield from _type(document, context)


def _architectures(document: Document, context: Context) -> Iterator[Claim]:
    told: set[str] = set()
    low = document.low
    for first in sorted(document.classes.get("architecture", {})):
        last = document.classes["architecture"][first]
        concept = document.mentions[first].of("architecture")
        if concept is None or concept.key not in _WHOLE or concept.key in told or first in context.foreign:
            continue
        if (
            first in document.roles
            or _inside_role(document, first)
            or (owner(document, document.roles, first) is not None and not _is_main(document, first))
        ):
            continue
        start, end = document.sentence(first)
        if _NOT_ITS_OWN & set(low[max(start, first - 3) : first]) or low[last : last + 1] in (
            ("encoder",),
            ("backbone",),
            ("block",),
            ("blocks",),
            ("layers",),
        ):
            continue
        if low[last : last + 1] == ("decoder",):
            continue
        if told and concept.key != "mixture-of-experts":
            continue
        told.add(concept.key)
        while (
            last - first > 1
            and low[last - 1] in ("architecture", "model")
            and concept.label.split()[-1].lower() != low[last - 1]
        ):
            last -= 1
        if (
            last < end
            and low[last] in _NOUNS
            and document.text(first, last).lower() in ("dual-encoder", "encoder-decoder", "two-tower", "decoder-only")
        ):
            last += 1
        yield _claim(document, first, last, context.model, "architecture", concept.label, "gazetteer:architecture")


def _inside_role(document: Document, token: int) -> bool:
    return any(first in document.roles and token < document.roles[first].last for first in range(token - 3, token + 1))


def _is_main(document: Document, first: int) -> bool:
    """Whether a design behind a named part is that of the model after all: `a vision backbone with a decoder-only transformer`."""
    low = document.low
    return low[first - 2 : first] in (("with", "a"), ("and", "a"), ("into", "a")) and low[first - 3 : first - 2] != (
        "model",
    )


def _description(document: Document, context: Context) -> Iterator[Claim]:
    """Read `follows a modular multimodal design`."""
    low = document.low
    for i, word in enumerate(low):
        if word in _ADOPTING and i not in context.foreign:
            first = skip_articles(document, i + 1)
            for last in range(first + 1, min(first + 6, len(low))):
                if low[last] in ("training", "learning", "pretraining"):
                    break
                if low[last] in _DESCRIBED:
                    if {"our", "model", "architecture", "system"} & set(low[document.sentence(i)[0] : i]):
                        yield _claim(
                            document,
                            first,
                            last + 1,
                            context.model,
                            "architectureDescription",
                            None,
                            "grammar:architecture-description",
                        )
                        return
                    break
                if low[last] in ENDS or document.kinds[last] not in "WN":
                    break


def _family(document: Document, context: Context) -> Iterator[Claim]:
    """Read `extends the original CoCa framework`, `a variant of the LLaMA-2 architecture`."""
    low = document.low
    for i in range(len(low)):
        for words_before in _RELATING:
            first = i + len(words_before)
            if low[i:first] != words_before or i in context.foreign:
                continue
            while first < len(low) and low[first] in _STANDARD:
                first += 1
            last = first
            while (
                last < len(low)
                and (
                    document.text(last, last + 1)[0].isupper()
                    or document.tokens.glued[last]
                    or document.tokens.hyphened[last]
                )
                and document.kinds[last] in "WN"
            ):
                last += 1
            named = last > first and any(character.isupper() for character in document.text(first, last))
            own = context.model.removeprefix("model:") in document.text(first, last)
            of_part = owner(document, document.roles, i) is not None
            if named and not own and not of_part and low[last : last + 1] and low[last] in _FAMILY_NOUNS:
                last += 2 if low[last : last + 2] == ("foundation", "model") else 1
                yield _claim(
                    document, first, last, context.model, "architectureFamily", None, "grammar:architecture-family"
                )
                return


def _type(document: Document, context: Context) -> Iterator[Claim]:
    """Read `our vision-language model, named X`, `X, a large language model`, `X is an automatic speech recognition model`."""
    low = document.low
    for i, word in enumerate(low):
        if word not in ("model", "agent") or i in context.foreign:
            continue
        start, _ = document.sentence(i)
        first = i
        while (
            first > start
            and document.kinds[first - 1] == "W"
            and low[first - 1] not in ENDS
            and low[first - 1] not in ("a", "an", "the", "and")
        ):
            first -= 1
        article = first
        while first < i and (
            low[first] in _STRIPPED
            or low[first : first + 2] in (("large", "scale"), ("transformer", "based"))
            or low[first] == "based"
            or (low[first] == "large" and low[first + 1] != "language")
        ):
            first += 1
        if (
            first >= i
            or not set(low[first:i]) <= _KIND | {"large", "transformer", "based", "and"}
            or not _KIND & set(low[first:i])
        ):
            continue
        named_after = low[i + 1 : i + 3] and (
            low[i + 1 : i + 2] == (",",)
            and low[i + 2] in ("named", "termed", "called", "designated", "dubbed", "which")
        )
        if named_after or _after_name(document, context, article - 1):
            yield _claim(document, first, i + 1, context.model, "modelType", None, "grammar:model-type")
            return


def _after_name(document: Document, context: Context, i: int) -> bool:
    """Whether the words before token i+1 are `X, a` or `X is a`, with X the model's name."""
    low = document.low
    while i > 0 and low[i] in ("a", "an", "the", "our"):
        i -= 1
    if low[i] not in (",", "is", "was"):
        return False
    name = context.model.removeprefix("model:")
    end = document.tokens.ends[i - 1]
    return document.plain.text[:end].endswith(name)


def _claim(
    document: Document, first: int, last: int, subject: str, property_: str, value: str | None, rule: str
) -> Claim:
    return claim_at(
        document, first, last, subject, property_, value or " ".join(document.text(first, last).split()), rule
    )
