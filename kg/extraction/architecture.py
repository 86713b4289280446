"""Rules for the dimensions of a model and its parts, and for the functions and encodings that it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.roles import owner
from kg.extraction.rules import Guard, Reading, Rule, Valuer, fixed, label_of, spanned, whole

if TYPE_CHECKING:
    from kg.model import Value

_LAYER_NOUNS = "[identical|stacked|total|encoder|decoder|attention|self attention|transformer|conformer|dense|residual]"
_PARTLY = words(
    "lower upper top bottom last first final freezing freeze frozen every initial each additional early middle "
    "cross mlp per"
)
_KEYS = words("key value kv query")
_ACTIVE = words("active activated selected top per chosen routed")


def subject_of_part(reading: Reading) -> str | None:
    """Return the part that a dimension belongs to, else the model."""
    document, first = reading.document, reading.match.whole_first
    part = owner(document, document.roles, first)
    if part is not None:
        return part.subject
    start, _ = document.sentence(first)
    before = document.low[start:first]
    if before[:2] in (("for", "the"), ("in", "the")):
        return None
    for bare in ("encoder", "decoder"):
        if bare in before and before[before.index(bare) + 1 : before.index(bare) + 2] not in (
            ("decoder",),
            ("transformer",),
            ("stack",),
        ):
            verb = before[before.index(bare) + 1 : before.index(bare) + 2]
            if verb in (("consists",), ("comprises",), ("has",), ("contains",)):
                last = max(i for i, word in enumerate(before) if word in ("encoder", "decoder"))
                return f"component:{before[last]}"
    return reading.context.model


def _plain_layers(reading: Reading) -> bool:
    around = set(reading.before(2)) | set(reading.low[reading.match.first : reading.match.last])
    return (
        reading.after(1) != ("stack",)
        and 1 < reading.number() <= 2000
        and not _PARTLY & around
        and not {"lower", "freezing"} & set(reading.before(4))
    )


def _heads(reading: Reading) -> bool:
    return 0 < reading.number() <= 2000 and not _KEYS & (set(reading.before(2)) | set(reading.after(2)))


def _size(reading: Reading) -> bool:
    return 16 <= reading.number() <= 200_000


def _all_experts(reading: Reading) -> bool:
    near = set(reading.before(3)) | set(reading.after(4)) | set(reading.low[reading.match.first : reading.match.last])
    return 1 < reading.number() <= 10_000 and not (_ACTIVE - {"routed"}) & near


def _dimension(name: str, pattern: str, property_: str, when: Guard = _size) -> Rule:
    return Rule(name, pattern, property_, subject_of_part, value=whole, when=when)


def _model(reading: Reading) -> str:
    return reading.context.model


def _part_or_model(reading: Reading) -> str:
    """Return the part that a statement without a comma belongs to (`the text decoder uses RoPE`), else the model."""
    document, first = reading.document, reading.match.whole_first
    part = owner(document, document.roles, first)
    return reading.context.model if part is None or "," in document.low[part.last : first] else part.subject


def _style(reading: Reading) -> bool:
    return reading.low[reading.match.captures["kind"][1] - 1] in ("style", "like")


def _activation(reading: Reading) -> Value:
    concept = reading.concept("name")
    if concept is None:
        return None
    modified = "modified" in reading.low[reading.match.first : reading.match.captures["name"][0]]
    return f"{concept.label} (modified)" if modified else concept.label


def _trained_activation(reading: Reading) -> bool:
    """Whether the function is that of the hidden layers: softmax and its like stand at the end of anything."""
    return _label(reading) not in ("softmax", "sigmoid", "tanh", "softplus")


def _layer_normalization(reading: Reading) -> bool:
    """Whether the norm is one of layers; batch and instance norms are said of data and of other networks."""
    return _label(reading) not in (
        "BatchNorm",
        "InstanceNorm",
        "GroupNorm",
        "weight normalization",
        "spectral normalization",
    )


def _label(reading: Reading) -> str:
    concept = reading.concept("name")
    return concept.label if concept else ""


def _fusion(reading: Reading) -> Value:
    return " ".join(word for word in str(spanned(reading)).split() if word.lower() not in ("mechanism", "mechanisms"))


def _of_a_part(reading: Reading) -> str | None:
    subject = subject_of_part(reading)
    return subject if subject is not None and subject.startswith("component") else None


def _of_model(
    name: str, pattern: str, property_: str, value: Valuer, when: Guard | None = None, kind: str = "grammar"
) -> Rule:
    subject = _part_or_model if property_ in ("activationFunction", "positionalEncoding", "normalization") else _model
    return Rule(name, pattern, property_, subject, value=value, when=when, kind=kind)


RULES: tuple[Rule, ...] = (
    _dimension("layer-count", f"{{x:number}} {_LAYER_NOUNS} {_LAYER_NOUNS} (layers|blocks)", "layerCount", _plain_layers),
    _dimension(
        "layer-count",
        "{x:number} layer [deep|causal|standard|dense|bidirectional|unidirectional] "
        "(transformer|encoder|decoder|network|model|architecture|conformer)",
        "layerCount", _plain_layers,
    ),
    _dimension("head-count", "{x:number} [parallel|self] attention heads", "attentionHeadCount", _heads),
    _dimension("head-count", "attention (with|using) < {x:number} heads >", "attentionHeadCount", _heads),
    _dimension(
        "hidden-size",
        "(hidden|model|embedding) [state|layer] (dimension|dimensions|size|dim|width|dimensionality) (of|=|:|size of) {x:number}",
        "hiddenSize",
    ),
    _dimension(
        "hidden-size", "{x:number} dimensional (hidden [states|state|dimension]|embeddings|model dimension)", "hiddenSize",
    ),
    _dimension("hidden-size", "(d model|dmodel) (=|of) {x:number}", "hiddenSize"),
    _dimension(
        "feed-forward-size",
        "(feed forward|feedforward|ffn|intermediate) [network|hidden|inner|layer] (dimension|size|dim|width|dimensionality) "
        "(of|=|:) {x:number}",
        "feedForwardSize",
    ),
    _dimension(
        "expert-count", "{x:number} [specialized|total|distinct|routed|expert|feed forward] experts", "expertCount", _all_experts,
    ),
    Rule("patch-size", "patch size (of|=|:) {x:number}", "patchSize", _of_a_part, unit="pixel"),
    _of_model(
        "activation-function",
        "[modified [version of [the]]|standard] {name:activation-function} [activation(s)|nonlinearity] [function(s)]",
        "activationFunction", _activation, _trained_activation, "gazetteer",
    ),
    _of_model(
        "positional-encoding", r"{name:positional-encoding} [\( {again:positional-encoding} \)]", "positionalEncoding",
        label_of("name"), kind="gazetteer",
    ),
    _of_model(
        "positional-encoding", "relative position (embedding(s)|encoding(s))", "positionalEncoding",
        fixed("relative positional encoding"),
    ),
    _of_model(
        "normalization", "{name:normalization}", "normalization", label_of("name"), _layer_normalization, "gazetteer",
    ),
    _of_model(
        "architecture-family", "{kind:compound} (architecture|framework|design|model)", "architectureFamily", spanned, _style,
    ),
    _of_model(
        "fusion-mechanism",
        "[gated|multi head|interleaved|dense] cross attention [layer(s)|block(s)|mechanism(s)|module(s)]",
        "fusionMechanism", _fusion,
    ),
)  # fmt: skip
