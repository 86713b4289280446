"""Reads what a passage says of its training data: how much, what it includes, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.phrases import ENDS, Item, abbreviates, noun_phrase, read_list, skip_articles
from kg.extraction.roles import owner
from kg.extraction.rules import claim_at
from kg.extraction.sizes import DATA, EVALUATING, TRAINED_ON, size_claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
_TOOLS = words("predictor classifier scorer filter filters scoring model models")
_NOT_AN_OPERATION = words("statistics mean means std normalization style pretrained weights values initialization")


def dataset_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield what is said of the data of each run."""
    yield from size_claims(document, context)
    yield from _inclusions(document, context)
    yield from _sources(document, context)


_INCLUDING = (
    ("composed", "of"), ("comprising",), ("comprised", "of"), ("consisting", "of"), ("consists", "of"), ("including",), ("includes",),
    ("sourced", "from"), ("drawn", "from"), ("collected", "from"), ("derived", "from"), ("encompassing",), ("spanning",), ("comprised",),
)  # fmt: skip
_MIXING = (
    ("mix", "of"),
    ("mixture", "of"),
    ("combination", "of"),
    ("blend", "of"),
    ("collection", "of"),
    ("sources", "including"),
    ("sources", ",", "including"),
    ("sources", "such", "as"),
)
_DATA_NOUNS = words("dataset datasets corpus corpora tokens data mixture collection pairs images text")
_KINDS_OF_DATA = words(
    "text papers books pairs data documents articles pages code repositories chains literature news wikipedia "
    "publications works crawls crawl images videos audio speech dialogues transcripts reports notes content corpora "
    "discussions documentation conversations slides xrays scans patents trajectories captions web materials subsets "
    "sources records proteins segments datasets recordings collections questions forums"
)


def _inclusions(document: Document, context: Context) -> Iterator[Claim]:
    """Yield the first list of what each data set includes; named data sets in it are sources and left out."""
    told: set[str] = set()
    low = document.low
    for i in range(len(low) - 2):
        if i in context.foreign or context.dataset(i) in told:
            continue
        first = _list_start(document, i)
        if first is None:
            continue
        start, limit = document.sentence(i)
        if EVALUATING & set(low[start:limit]) and not {"training", "trained", "pretraining"} & set(low[start:limit]):
            continue
        items = read_list(document, first, limit, lambda a, b: _is_kind_of_data(document, a, b))
        kinds = [
            item
            for item in items
            if not any(_is_named(document, Item(j, item.last)) for j in range(item.first, item.last))
        ]
        if len(kinds) < 2:
            continue
        told.add(context.dataset(i))
        bracket = next((j for j in range(kinds[0].first, kinds[-1].last) if low[j] == "("), kinds[-1].last)
        last = max(item.last for item in kinds if item.last <= bracket)
        values = tuple(dict.fromkeys(document.text(item.first, item.last) for item in kinds))
        yield claim_at(
            document, kinds[0].first, last, context.dataset(i), "includes", values, "grammar:dataset-includes"
        )


def _list_start(document: Document, i: int) -> int | None:
    """Return where a list of kinds of data starts if it is announced at token i."""
    low = document.low
    start, _ = document.sentence(i)
    tokens_of = low[i] == "tokens" and low[i + 1] == "of" and i - 1 >= 0
    if tokens_of:
        return i + 2
    for cue in _INCLUDING:
        if low[i : i + len(cue)] == cue and _DATA_NOUNS & set(low[max(start, i - 9) : i]):
            first = skip_articles(document, i + len(cue))
            for j in range(first, min(first + 4, len(low) - 3)):
                for mix in _MIXING:
                    if low[j : j + len(mix)] == mix:
                        return j + len(mix)
            return first
    return None


def _is_kind_of_data(document: Document, first: int, last: int) -> bool:
    if document.kinds[first] == "N" or last - first > 7:
        return False
    return bool(set(document.low[first:last]) & _KINDS_OF_DATA) or _is_named(document, Item(first, last))


def _is_named(document: Document, item: Item) -> bool:
    mention = document.mentions.get(item.first)
    return mention is not None and mention.of("dataset") is not None and mention.last >= item.last


_OWN = words("proprietary internal private")
_HEADS = words("dataset datasets corpus corpora collection database databases data")


def _sources(document: Document, context: Context) -> Iterator[Claim]:
    """Yield the data sets that the training data comes from: those of the gazetteer, proprietary ones, and `the X dataset`."""
    low = document.low
    told: set[tuple[str, str]] = set()
    for first, last in _source_spans(document):
        start, end = document.sentence(first)
        said = set(low[start:end])
        if first in context.foreign or not _about_training(document, first, said):
            continue
        name = " ".join(document.text(first, last).split())
        subject = context.dataset(first)
        if (subject, name) not in told:
            told.add((subject, name))
            kind = "gazetteer" if first in document.mentions else "grammar"
            yield claim_at(document, first, last, subject, "wasDerivedFrom", name, f"{kind}:dataset-source")
    yield from _proprietary(document, context)


def _source_spans(document: Document) -> Iterator[tuple[int, int]]:
    low = document.low
    for mention in document.mentions.values():
        if mention.of("dataset") is None or abbreviates(document, mention.first, mention.last):
            continue
        if (low[mention.last : mention.last + 1] and low[mention.last] in _NOT_AN_OPERATION) or _TOOLS & set(
            low[mention.last : mention.last + 2]
        ):
            continue
        yield mention.first, mention.last
    for i, word in enumerate(low):
        if word in ("dataset", "corpus", "database") and i > 1:
            first = i
            while (
                first > 0
                and (
                    document.tokens.glued[first]
                    or document.tokens.hyphened[first]
                    or document.text(first - 1, first)[0].isupper()
                )
                and document.kinds[first - 1] in "WN"
            ):
                first -= 1
            text = document.text(first, i)
            special = any(c.isdigit() for c in text) or sum(c.isupper() for c in text) > 1
            inside = any(first <= j < i for j in document.mentions)
            if (
                first < i
                and special
                and not inside
                and low[first - 1 : first] in (("the",), ("and",), (",",))
                and text[:1].isupper()
            ):
                yield first, i


def _about_training(document: Document, token: int, said: set[str]) -> bool:
    """Whether a data set is named as one to train on."""
    low = document.low
    start, end = document.sentence(token)
    before = low[max(start, token - 4) : token]
    part = owner(document, document.roles, token)
    if part is not None and ("pretrained" in before or ("trained" in before and "on" in before)):
        return False
    if {"statistics", "vocabulary"} & set(low[token : token + 5]):
        return False
    cued = bool(said & (DATA | words("pretraining training trained subset subsets finetuning tuned"))) or any(
        low[i : i + 2] in TRAINED_ON for i in range(start, end)
    )
    near = set(low[max(start, token - 12) : min(end, token + 6)])
    said_before = set(low[start:token])
    if any(low[i : i + 2] in TRAINED_ON for i in range(start, token)) and not {"evaluated", "evaluation"} & said_before:
        return cued
    training = bool({"training", "corpus", "pretraining"} & said_before) and "post" not in said_before
    measured = {
        "evaluated",
        "evaluation",
        "evaluations",
        "benchmark",
        "benchmarks",
        "achieves",
        "achieving",
        "score",
    } & (near | said_before)
    return cued and (not EVALUATING & near or training) and not measured


def _proprietary(document: Document, context: Context) -> Iterator[Claim]:
    low = document.low
    for i, word in enumerate(low):
        if (
            word not in _OWN
            or low[i - 1 : i] in tuple((own,) for own in _OWN)
            or i in context.foreign
            or "evaluation" in low[i : i + 4]
        ):
            continue
        _, limit = document.sentence(i)
        head = next((j for j in range(i + 1, min(i + 8, limit)) if low[j] in _HEADS), None)
        if head is None or any(
            low[j] in ENDS or document.kinds[j] != "W" or low[j] == "and" for j in range(i + 1, head)
        ):
            continue
        subject = context.dataset(i)
        before = low[max(0, i - 5) : i]
        whole = {"on", "was"} & set(before) and not {
            "and",
            "with",
            "including",
            "from",
            "plus",
            "an",
            "additional",
        } & set(before)
        if whole:
            yield claim_at(document, i, head + 1, subject, "proprietary", True, "grammar:dataset-proprietary")
            continue
        last = head + 1
        if low[last : last + 1] == ("of",) and last + 1 not in document.quantities:
            end = noun_phrase(document, last + 1, limit)
            last = end if end > last + 1 else last
        yield claim_at(
            document,
            i,
            last,
            subject,
            "wasDerivedFrom",
            " ".join(document.text(i, last).split()),
            "grammar:proprietary-data",
        )
