"""Finds the parts of a model by the role that a text gives them: `vision encoder`, `perceiver resampler`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.lexer import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.extraction.document import Document

# What a part works on, and the word by which keys call it.
_OF = {
    "vision": "vision", "visual": "vision", "image": "image", "video": "video", "audio": "audio", "speech": "speech",
    "acoustic": "audio", "auditory": "audio", "text": "text", "textual": "text", "language": "language", "linguistic": "language",
    "query": "query", "document": "document", "molecular": "molecular", "protein": "protein", "depth": "depth",
    "multilingual text": "text",
}  # fmt: skip
_HEADS = words("encoder decoder backbone tower branch component resampler")
_LANGUAGE_MODEL_CUES = words(
    "frozen pretrained trained proprietary underlying base the its pre custom fixed large and a"
)
_DESIGNS = ("transformer", "transformers")


@dataclass(frozen=True, slots=True)
class Role:
    """A mention of a part: its tokens, the key of its subject (`component:vision-encoder`) and the words of the role."""

    first: int
    last: int
    key: str

    @property
    def subject(self) -> str:
        """The subject key."""
        return f"component:{self.key}"


def read_roles(document: Document) -> Mapping[int, Role]:
    """Return the parts named in a document by their first token."""
    low = document.low
    found: dict[int, Role] = {}
    i = 0
    while i < len(low):
        role = _role_at(low, i)
        if role is not None:
            found[i] = role
        i = role.last if role is not None else i + 1
    if found:
        # Beside an encoder "the language model" is the other part.
        for j in range(1, len(low) - 1):
            if (
                low[j - 1 : j + 2] == ("the", "language", "model")
                and j not in found
                and low[j + 2 : j + 3] not in (("'s",), ("component",))
            ):
                found[j] = Role(j, j + 2, "language-model")
    return dict(sorted(found.items()))


def _role_at(low: tuple[str, ...], i: int) -> Role | None:
    word = low[i]
    after = low[i + 1 : i + 3]
    if word == "perceiver" and after[:1] == ("resampler",):
        return Role(i, i + 2, "resampler")
    if word not in _OF or not after:
        return None
    head = after[0]
    if head in _HEADS and after[1:] != ("decoder",):
        return Role(i, i + 2, f"{_OF[word]}-{head}")
    if head in _DESIGNS and len(after) > 1 and after[1] in ("encoder", "backbone"):
        # "vision transformer backbone" says what it is built as, and so that it encodes.
        return Role(i, i + 3, f"{_OF[word]}-encoder")
    if word == "language" and head == "model" and i > 0 and low[i - 1] in _LANGUAGE_MODEL_CUES:
        # "our large language model" is the model itself; "a frozen language model" a part of it.
        cued = {"frozen", "pretrained", "proprietary", "underlying"} & set(low[max(0, i - 3) : i])
        pretrained = low[max(0, i - 2) : i] == ("pre", "trained")
        return Role(i, i + 2, "language-model") if cued or pretrained else None
    return None


def owner(document: Document, roles: Mapping[int, Role], token: int) -> Role | None:
    """Return the part that a statement at a token is about: the last one named before it in its clause."""
    low = document.low
    start, _ = document.sentence(token)
    for i in range(token - 1, start - 1, -1):
        if low[i] in (";", "while", "whereas", "followed"):
            return None
        if i in roles:
            return roles[i]
    return None
