"""Reads which methods and software a run used: techniques, frameworks, the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.phrases import ENDS
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.extraction.gazetteer import Mention

# What has a property of its own, belongs to the data, or to serving the model, is no technique of training here.
_NOT_TECHNIQUES = words(
    "data-augmentation deduplication dropout gradient-clipping quality-filtering minhash-deduplication "
    "re-captioning curriculum-learning early-stopping post-training-quantization quantization pruning kv-cache "
    "speculative-decoding pagedattention awq gptq retrieval-augmentation continual-pre-training warm-starting "
    "model-merging flashdecoding sparse-attention"
)
_SHARDING = words(
    "zero zero-1 zero-2 zero-3 fully-sharded-data-parallelism sequence-parallelism context-parallelism "
    "3d-parallelism deepspeed-ulysses"
)
_TOOLS = words(
    "tensorboard weights-biases nccl cuda cudnn slurm kubernetes webdataset ffcv vllm tensorrt-llm sglang rocm "
    "nvidia-dali"
)
_FRAMEWORK_NOUNS = words("framework library stack")
_NEGATED = words("without no not lack avoid avoiding instead unlike")
_SERVING = words("inference deployment deployed serving quantized")


def method_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield techniques and frameworks, each once a run, and the first description of the cluster."""
    yield from _techniques(document, context)
    yield from _frameworks(document, context)
    yield from _cluster(document, context)


def _techniques(document: Document, context: Context) -> Iterator[Claim]:
    told: set[tuple[str, str]] = set()
    for mention in document.mentions.values():
        concept = mention.of("technique", "parallelism", "fine-tuning-method")
        if (
            concept is None
            or not _counts_as_technique(concept.scheme, concept.key)
            or not _used(document, context, mention)
        ):
            continue
        subject = f"run:{context.phases[mention.first]}"
        label = concept.label
        if document.low[mention.first] in ("hybrid", "bucketing", "distillation"):
            continue
        if (subject, label) not in told:
            told.add((subject, label))
            yield claim_at(document, mention.first, mention.last, subject, "technique", label, "gazetteer:technique")


def _counts_as_technique(scheme: str, key: str) -> bool:
    if scheme == "parallelism":
        return key in _SHARDING
    if scheme == "fine-tuning-method":
        return key in (
            "lora",
            "qlora",
            "dpo",
            "ppo",
            "grpo",
            "prefix-tuning",
            "constitutional-ai",
            "rejection-sampling",
        )
    return key not in _NOT_TECHNIQUES


def _used(document: Document, context: Context, mention: Mention) -> bool:
    first = mention.first
    low = document.low
    start, end = document.sentence(first)
    near = set(low[max(start, first - 4) : first])
    if first in context.foreign or _NEGATED & near or (mention.ambiguous and not near):
        return False
    said = set(low[start:end])
    return not (
        _SERVING & said and ("post" in said or not {"training", "trained", "train", "pretraining", "memory"} & said)
    )


def _frameworks(document: Document, context: Context) -> Iterator[Claim]:
    """Yield frameworks; those named in one breath (`JAX-based Pax framework`) are one claim with a list."""
    told: set[tuple[str, str]] = set()
    group: list[Mention] = []
    mentions = [m for m in document.mentions.values() if m.of("framework") is not None and _used(document, context, m)]
    for mention in [*mentions, None]:
        if mention is not None and group and _joined(document, group[-1].last, mention.first):
            group.append(mention)
            continue
        if group:
            yield from _framework(document, context, group, told)
        group = [mention] if mention is not None else []


def _joined(document: Document, last: int, first: int) -> bool:
    between = document.low[last:first]
    return between in ((), ("based",), ("/",), ("'s",))


def _framework(
    document: Document, context: Context, group: list[Mention], told: set[tuple[str, str]]
) -> Iterator[Claim]:
    low = document.low
    first, last = group[0].first, group[-1].last
    labels: list[str] = []
    for mention in group:
        concept = mention.of("framework")
        if concept is not None and concept.key not in _TOOLS:
            labels.append(concept.label)
    # "PyTorch FSDP" is one name made of two.
    if len(labels) == 2 and labels[1].startswith(labels[0]):
        labels = labels[1:]
    subject = f"run:{context.phases[first]}"
    labels = [label for label in dict.fromkeys(labels) if (subject, label) not in told]
    named = "pytorch" in low[first:last] or any(character.isupper() for character in document.text(first, last)[1:])
    if not labels or (
        labels[0] in ("PyTorch FSDP", "PyTorch DDP") and (not named or document.text(first, last) == "FSDP")
    ):
        return
    told.update((subject, label) for label in labels)
    if low[last : last + 1] and low[last] in _FRAMEWORK_NOUNS:
        last += 1
    value = tuple(labels) if len(labels) > 1 else labels[0]
    yield claim_at(document, first, last, subject, "framework", value, "gazetteer:framework")


def _cluster(document: Document, context: Context) -> Iterator[Claim]:
    """Read `a high-performance compute cluster`: the cluster with the words that describe it."""
    low = document.low
    for i, word in enumerate(low):
        if word != "cluster" or i in context.foreign:
            continue
        start, _ = document.sentence(i)
        first = i
        while (
            first > start
            and document.kinds[first - 1] == "W"
            and low[first - 1] not in ENDS
            and low[first - 1] not in ("a", "an", "the", "and", "primary")
        ):
            first -= 1
        described = list(range(first, i))
        if described and all(
            document.text(j, j + 1)[0].islower() or low[j] in ("gpu", "tpu", "hpc") for j in described
        ):
            yield claim_at(
                document,
                first,
                i + 1,
                "cluster",
                "clusterDescription",
                document.text(first, i + 1),
                "grammar:cluster-description",
            )
            return
