"""Reads what a passage says of the parts of its model: what they are, where they come from, whether they learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.numerals import exact
from kg.extraction.phrases import noun_phrase, skip_articles
from kg.extraction.roles import Role, owner
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.document import Document
    from kg.model import Value

_ADJECTIVES = words(
    "frozen pre trained pretrained learnable trainable learned custom fixed proprietary dedicated specialized "
    "lightweight modified large scale high performance capacity standard powerful separate shared single small "
    "novel novel deep self supervised publicly available original off the shelf state of art resolution quality "
    "massive"
)
_USING = words("employs uses utilizes adopts leverages")
_BEING = _USING | words("is was are remains follows")
_BASED = (("based", "on"), ("built", "on"), ("built", "upon"))
_VARIANT_NOUNS = words("variant variants model network architecture encoder decoder backbone block")
_CHECKPOINTS = words("checkpoint checkpoints weights backbone model models")
_CORPORA = words("corpus dataset data images collection corpora text pairs speech")
_FEATURE_OF = {
    "audio": "audio",
    "visual": "vision",
    "image": "image",
    "video": "video",
    "speech": "speech",
    "text": "text",
    "acoustic": "audio",
}
_EXTRACTING = words("extracted computed obtained encoded derived generated")
_MAKERS = words("using with by via from through")
# The tokens of a role that names its design: "vision transformer backbone".
_DESIGN = 3


def component_claims(document: Document, model: str) -> Iterator[Claim]:
    """Yield what is said of each part, and once for each part of which anything is said, its role."""
    claims = [claim for role in document.roles.values() for claim in _of_role(document, role)]
    claims += [*_from_features(document), *_initializations(document, model)]
    yield from claims
    told = {claim.subject for claim in claims}
    for role in document.roles.values():
        if role.subject in told:
            told.remove(role.subject)
            yield _claim(
                document, role.first, role.last, role.subject, "role", document.text(role.first, role.last), "role"
            )


def _of_role(document: Document, role: Role) -> Iterator[Claim]:
    first = _adjectives_before(document, role)
    yield from _by_adjectives(document, role, first)
    yield from _named(document, role, first)
    yield from _in_brackets(document, role)
    yield from _predicated(document, role)
    yield from _latents(document, role)
    yield from _serving_as(document, role)


def _adjectives_before(document: Document, role: Role) -> int:
    """Return the first token of the words before a role that describe or name it."""
    low = document.low
    start, _ = document.sentence(role.first)
    first = role.first
    while first > start and first > role.first - 9:
        before = _chunk_start(document, first - 1)
        name = document.text(before, first)
        proper = any(character.isupper() for character in name) and before > start and document.kinds[before] == "W"
        if not (low[before] in _ADJECTIVES or proper) or low[before] in _DETERMINERS:
            break
        first = before
    return first


def _chunk_start(document: Document, i: int) -> int:
    """Return the first token of the run without spaces that token i belongs to."""
    while i > 0 and (document.tokens.glued[i] or document.tokens.hyphened[i]):
        i -= 1
    return i


_DETERMINERS = words("a an the our we its this both and with of")


def _by_adjectives(document: Document, role: Role, first: int) -> Iterator[Claim]:
    low = document.low
    # "frozen vision transformer backbone": what is frozen is the transformer.
    last = role.last - 1 if role.last - role.first == _DESIGN else role.last
    for i in range(first, role.first):
        word = low[i]
        if word == "frozen":
            yield _claim(document, i, last, role.subject, "frozen", True, "component-frozen")
            if last < role.last:
                value = document.text(i, last)
                yield _claim(document, i, role.last, role.subject, "architecture", value, "component-architecture")
        elif word in ("learnable", "trainable", "learned"):
            yield _claim(document, i, role.last, role.subject, "trainable", True, "component-trainable")
        elif word == "pretrained" or low[i : i + 2] == ("pre", "trained"):
            yield _claim(
                document, i, role.last, role.subject, "initialization", "pretrained", "component-initialization"
            )
        elif word == "proprietary":
            yield _claim(document, i, role.last, role.subject, "proprietary", True, "component-proprietary")
    if low[max(0, first - 1) : first] == ("freezing",) and low[first - 2 : first - 1] != ("without",):
        yield _claim(document, first - 1, role.last, role.subject, "frozen", True, "component-frozen")


def _named(document: Document, role: Role, first: int) -> Iterator[Claim]:
    """`CLIP ViT-L/14 image encoder` is named by what is capitalised; a perceiver resampler and a `custom` part by their words."""
    low = document.low
    if role.key == "resampler":
        start = (
            role.first - 1
            if low[role.first - 1 : role.first] in (("learnable",), ("learned",), ("trainable",))
            else role.first
        )
        yield _claim(
            document, start, role.last, role.subject, "name", document.text(role.first, role.last), "component-name"
        )
        return
    name = next((i for i in range(first, role.first) if _is_name_start(document, i)), None)
    if name is not None:
        yield _claim(
            document, name, role.first, role.subject, "name", document.text(name, role.first), "component-name"
        )
    elif low[role.first - 1 : role.first] == ("custom",):
        yield _claim(
            document,
            role.first - 1,
            role.last,
            role.subject,
            "name",
            document.text(role.first - 1, role.last),
            "component-name",
        )


def _is_name_start(document: Document, i: int) -> bool:
    """Whether a token starts a proper name: capitals that are no abbreviation of an adjective, or a design of the gazetteer."""
    text = document.text(i, i + 1)
    return (
        document.low[i] not in _ADJECTIVES
        and text[0].isupper()
        and len(text) > 1
        and text.lower() not in ("ai", "llm", "cnn", "rnn")
    )


def _in_brackets(document: Document, role: Role) -> Iterator[Claim]:
    """Read `image encoder (CLIP ViT-L/14)`, `language model (a proprietary 28B parameter decoder-only transformer)`."""
    low = document.low
    if low[role.last : role.last + 1] != ("(",):
        return
    close = next((i for i in range(role.last + 1, min(len(low), role.last + 18)) if low[i] == ")"), None)
    if close is None:
        return
    first = role.last + 1
    first = first + 2 if low[first : first + 2] in _BASED else first
    first = skip_articles(document, first)
    if low[first : first + 3] == ("similar", "to", "a") or low[first] in ("similar", "like", "e.g", "see"):
        return
    yield from _parts_of_description(document, role, first, close)


def _parts_of_description(document: Document, role: Role, first: int, close: int) -> Iterator[Claim]:
    low, subject = document.low, role.subject
    inside = range(first, close)
    for i in inside:
        if low[i] == "proprietary":
            number = document.quantities.get(i + 1)
            yield _claim(
                document, i, number.last if number else i + 1, subject, "proprietary", True, "component-proprietary"
            )
        quantity = document.quantities.get(i)
        if quantity is not None and low[quantity.last : quantity.last + 1] in (("parameter",), ("parameters",)):
            yield _claim(
                document, i, quantity.last + 1, subject, "parameterCount", exact(quantity.value), "component-params"
            )
    design = next((i for i in inside if i in document.classes.get("architecture", {})), None)
    if design is not None:
        yield from _architecture(document, subject, design, close)
    elif _is_name_start(document, first) and close - first <= 10 and "," not in low[first:close]:
        described = low[close - 1] in _VARIANT_NOUNS
        property_ = "architecture" if described else "name"
        yield _claim(document, first, close, subject, property_, document.text(first, close), f"component-{property_}")


def _architecture(document: Document, subject: str, design: int, limit: int) -> Iterator[Claim]:
    last = min(document.classes["architecture"][design], limit)
    if last < limit and document.low[last] in ("variant", "variants"):
        last += 1
    while document.low[last - 1] in ("architecture", "model") and last - 1 > design:
        last -= 1
    yield _claim(document, design, last, subject, "architecture", document.text(design, last), "component-architecture")
    close = last + next((i for i, word in enumerate(document.low[last : last + 8]) if word == ")"), 0)
    if (
        document.low[last : last + 1] == ("(",)
        and close > last + 1
        and any(i.isdigit() for i in document.text(last + 1, close))
    ):
        yield _claim(document, last + 1, close, subject, "name", document.text(last + 1, close), "component-name")


def _predicated(document: Document, role: Role) -> Iterator[Claim]:
    """Read `the vision encoder is a masked autoencoder variant`, `the language encoder is based on ...`, `... is kept frozen`."""
    low = document.low
    _, end = document.sentence(role.first)
    i = role.last
    if i >= end or low[i] not in _BEING:
        return
    i += 1
    if (
        low[i : i + 1] in (("frozen",), ("kept",), ("also",))
        and "frozen" in low[i : i + 2]
        and low[i + 1 : i + 3] != ("during", "initial")
    ):
        yield _claim(
            document,
            role.first,
            i + 1 + low[i : i + 2].index("frozen"),
            role.subject,
            "frozen",
            True,
            "component-frozen",
        )
        return
    i = i + 2 if low[i : i + 2] in _BASED else i
    start = skip_articles(document, i)
    if low[i - 1] in _USING and start < end and _is_name_start(document, start):
        last = start + 1
        while last < end and (
            document.tokens.glued[last] or document.tokens.hyphened[last] or low[last] in ("xl", "xxl", "large", "base")
        ):
            last += 1
        if last < end and low[last] in ("backbone", "model", "encoder"):
            yield _claim(document, start, last, role.subject, "name", document.text(start, last), "component-name")
            return
    for design in range(start, min(start + 5, end)):
        if design in document.classes.get("architecture", {}):
            yield from _architecture(document, role.subject, design, end)
            return
        if low[design] not in _ADJECTIVES and low[design] not in ("transformer", "based", "vanilla", "bidirectional"):
            return


def _serving_as(document: Document, role: Role) -> Iterator[Claim]:
    """Read `a pre-trained Vision Transformer (ViT-B/16) as the image encoder`."""
    low = document.low
    i = role.first - 1
    if low[i - 1 : i + 1] not in (("as", "the"), ("as", "an"), ("as", "its")) or low[i - 2 : i - 1] != (")",):
        return
    opening = next((j for j in range(i - 3, max(0, i - 12), -1) if low[j] == "("), None)
    if opening is not None and any(character.isdigit() for character in document.text(opening + 1, i - 2)):
        name = document.text(opening + 1, i - 2)
        yield _claim(document, opening + 1, i - 2, role.subject, "name", name, "component-name")


def _latents(document: Document, role: Role) -> Iterator[Claim]:
    """Read how many latent tokens a resampler leaves: `a fixed set of 128 latent tokens`."""
    if role.key != "resampler":
        return
    low = document.low
    _, end = document.sentence(role.first)
    for i in range(role.last, end):
        quantity = document.quantities.get(i)
        if quantity is None:
            continue
        noun = quantity.last
        while (
            noun < end
            and low[noun] in ("learned", "learnable", "latent", "query", "fixed", "visual")
            and noun < quantity.last + 3
        ):
            noun += 1
        latent = {"latent", "query", "visual", "learned"} & set(low[quantity.last : noun])
        if noun < end and (
            low[noun] in ("latents", "queries") or (low[noun] in ("tokens", "vectors", "embeddings") and latent)
        ):
            value = exact(quantity.value)
            yield _claim(document, i, noun + 1, role.subject, "latentTokenCount", value, "latent-tokens", unit="tokens")
            return


def _from_features(document: Document) -> Iterator[Claim]:
    """Read `audio features extracted using a pre-trained AudioSpectrogram Transformer`: what makes the features is the encoder."""
    low = document.low
    for i, word in enumerate(low[:-3]):
        if word not in _FEATURE_OF or low[i + 1] not in ("features", "embeddings", "representations"):
            continue
        j = i + 2 + (low[i + 2] in ("were", "are", "was"))
        if low[j : j + 1] == () or low[j] not in _EXTRACTING or low[j + 1] not in _MAKERS:
            continue
        start = skip_articles(document, j + 2)
        while start < len(low) and low[start] in _ADJECTIVES:
            start += 1
        end = start
        while (
            end < len(low)
            and (
                document.text(end, end + 1)[0].isupper() or document.tokens.glued[end] or document.tokens.hyphened[end]
            )
            and document.kinds[end] in "WN"
        ):
            end += 1
        if end > start and end in document.roles:
            continue
        if end > start:
            subject = f"component:{_FEATURE_OF[word]}-encoder"
            yield _claim(document, start, end, subject, "name", document.text(start, end), "component-name")


def _initializations(document: Document, model: str) -> Iterator[Claim]:
    """Read `initialized from a publicly available checkpoint`, `pre-trained on a vast image corpus`: of a part, or of the model."""
    low = document.low
    for i, word in enumerate(low):
        if word in ("initialized", "initialised"):
            yield from _initialized_from(document, i, model)
        elif (
            word in ("pretrained", "trained")
            and low[i + 1 : i + 2] == ("on",)
            and (word == "pretrained" or low[i - 1] == "pre")
        ):
            part = owner(document, document.roles, i)
            first = i if word == "pretrained" else i - 1
            # "the encoder was pre-trained on" and "encoder pre-trained on" speak of the part, "we pre-trained on" does not.
            if part is None or low[first - 1] in (",", "we", "and") or first - part.last > 6:
                continue
            start = i + 2
            end = noun_phrase(document, start, document.sentence(i)[1], coordinated=False)
            if end > start and low[end - 1] in _CORPORA:
                value = "pretrained " + document.text(i + 1, end)
                yield _claim(document, first, end, part.subject, "initialization", value, "component-initialization")


def _initialized_from(document: Document, i: int, model: str) -> Iterator[Claim]:
    low = document.low
    start, limit = document.sentence(i)
    j = i + 1
    if low[j : j + 3] == ("with", "weights", "from"):
        j += 3
    elif low[j : j + 1] in (("from",), ("with",)):
        j += 1
    else:
        return
    first = skip_articles(document, j)
    end = noun_phrase(document, first, limit, coordinated=False)
    if end <= first or (low[end - 1] not in _CHECKPOINTS and not _is_name_start(document, first)):
        return
    part = owner(document, document.roles, i)
    subject = part.subject if part is not None else model if _of_the_model(low[start:i]) else None
    if subject is not None:
        yield _claim(document, first, end, subject, "initialization", document.text(first, end), "initialization")


def _of_the_model(before: tuple[str, ...]) -> bool:
    """Whether the subject of a sentence is the model, not its heads, layers or learning rate."""
    parts = {
        "heads",
        "head",
        "layers",
        "layer",
        "rate",
        "networks",
        "embeddings",
        "weights",
        "component",
        "components",
        "parameters",
    }
    return not parts & set(before[-6:])


def _claim(
    document: Document,
    first: int,
    last: int,
    subject: str,
    property_: str,
    value: Value,
    rule: str,
    unit: str | None = None,
) -> Claim:
    text = " ".join(value.split()) if isinstance(value, str) else value
    return claim_at(document, first, last, subject, property_, text, f"grammar:{rule}", unit=unit)
