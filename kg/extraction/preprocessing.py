"""Reads how the data was prepared: sizes of images, frames, augmentation, cleaning, and the tokenizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.phrases import ENDS, Item, in_compound, noun_phrase, read_list, skip_articles
from kg.extraction.rules import Guard, Reading, Rule, Valuer, claim_at, label_of, number, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.model import Value

_IMAGE_CUES = words(
    "resized resizing resize resolution resolutions pixels pixel scaled scaling rescaled downscaled cropped images "
    "image frames preprocessed preprocessing encoded standardizing standardized"
)
_BOUNDS = words("> < ≥ exceeding above below over least minimum")
_OPERATIONS = words(
    "cleaning deduplication tokenization filtering normalization captioning recaptioning identification scoring "
    "removal detection clustering generation extraction screening anonymization segmentation alignment resampling "
    "denoising trimming masking bucketing standardization balancing redaction decontamination shuffling parsing "
    "annotation chunking truncation padding resizing conversion curation sampling correction transcription "
    "deidentification"
)
# A list of these is one of operations on data only with one of these in it; `segmentation and detection` are tasks.
_CORE = words(
    "cleaning deduplication tokenization filtering normalization recaptioning captioning identification scoring "
    "screening bucketing resizing resampling anonymization decontamination removal"
)
_AUGMENTATIONS = (
    ("random", "resized", "cropping"), ("random", "resized", "crops"), ("random", "cropping"), ("random", "crops"), ("random", "crop"),
    ("random", "horizontal", "flipping"), ("random", "horizontal", "flips"), ("random", "horizontal", "flip"), ("horizontal", "flipping"),
    ("horizontal", "flips"), ("vertical", "flipping"), ("random", "flipping"), ("color", "jittering"), ("color", "jitter"), ("colour", "jittering"),
    ("random", "rotations"), ("random", "rotation"), ("rotation",), ("rotations",), ("elastic", "deformation"), ("elastic", "deformations"),
    ("randaugment",), ("autoaugment",), ("trivialaugment",), ("augmix",), ("mixup",), ("cutmix",), ("cutout",), ("random", "erasing"), ("specaugment",),
    ("time", "masking"), ("frequency", "masking"), ("noise", "injection"), ("gaussian", "blur"), ("random", "temporal", "masking"),
    ("speed", "perturbation"), ("intensity", "normalization"), ("contrast", "enhancement"), ("back", "translation"), ("spectrogram", "augmentation"),
)  # fmt: skip
_AUGMENTATION_CUES = words(
    "augmentation augmentations augmented augment applied applying cropping flipping jittering including "
    "regularization flips regularisation"
)
_HEADS_OF_LIST = words(
    "preprocessing preprocessed underwent undergoes included involved involving including applied filtering "
    "pipeline preparation undergo steps via through cleaning applying"
)


def _resolution(reading: Reading) -> Value:
    first = reading.match.captures["size"][0]
    left = reading.document.quantities[first]
    right = reading.document.quantities[left.last + 1]
    return f"{left.value}x{right.value}"


def _of_images(reading: Reading) -> bool:
    """Whether it is the size that images are brought to: not a filter's bound, not one of several scales."""
    low = reading.low
    last = reading.match.whole_last
    if _BOUNDS & set(reading.before(1)) or "fine" in low[last : last + 3] or "sizes" in reading.before(3):
        return False
    several = low[last : last + 1] == (",",) and last + 1 in reading.document.classes["resolution"]
    return not several and bool(_IMAGE_CUES & set(reading.sentence()))


def _dataset(reading: Reading) -> str:
    return reading.context.dataset(reading.match.first)


def _strategy(reading: Reading) -> Value:
    first, last = reading.match.first, reading.match.last
    return reading.document.text(first, last - 1)


def _text_tokenizer(reading: Reading) -> bool:
    return not {"generation", "visual", "image"} & set(reading.before(1))


def _prepared(
    name: str, pattern: str, property_: str, value: Valuer, unit: str | None, when: Guard | None = None
) -> Rule:
    return Rule(name, pattern, property_, _dataset, value=value, unit=unit, when=when)


def _vocabulary(pattern: str) -> Rule:
    return Rule("vocabulary-size", pattern, "vocabularySize", "tokenizer", value=whole, unit="tokens")


_FRAMES = "(video segment|video clip|clip|video|segment|sequence|sample)"
_ABOUT = "[approximately|about|roughly]"
_PIECES = "[unique|subword|wordpiece] [token(s)|subword(s)|units|entries|pieces|word pieces]"

RULES: tuple[Rule, ...] = (
    _prepared("image-resolution", "{size:resolution} [pixel(s)]", "imageResolution", _resolution, "pixel", _of_images),
    _prepared(
        "frames-per-segment", f"{{x:number}} frames (per|from each|for each|in each|from every) {_FRAMES}", "framesPerSegment",
        whole, "frames",
    ),
    _prepared("frame-rate", "{x:number} [frame(s)|video frame(s)] (per second|fps|/ s)", "frameRate", number, "FRAME-PER-SEC"),
    _prepared(
        "sampling-strategy",
        "(stride|uniform|random|temporal|dense|sparse|importance|temperature|stratified|prioritized|balanced) "
        "[based|weighted] [temporal|frame|segment|random|data|upsampling] sampling (strategy|scheme)",
        "samplingStrategy", _strategy, None,
    ),
    Rule(
        "tokenizer-type", "{name:tokenizer}", "tokenizerType", "tokenizer", value=label_of("name"), when=_text_tokenizer,
        kind="gazetteer",
    ),
    _vocabulary(f"vocabulary size (of|=|:) {_ABOUT} {{x:number}} {_PIECES}"),
    _vocabulary(f"vocabulary size (was|is) ~3 (to|at) < {{x:number}} {_PIECES} >"),
    _vocabulary(f"(vocabulary|vocab) (of|with|containing|comprising) {_ABOUT} < {{x:number}} {_PIECES} >"),
    _vocabulary("{x:number} [token|word|entry] vocabulary"),
)  # fmt: skip


def preparation_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield augmentations one by one, and each list of operations as one claim."""
    yield from _augmentations(document, context)
    yield from _operations(document, context)
    yield from _scheme(document)


def _augmentations(document: Document, context: Context) -> Iterator[Claim]:
    low = document.low
    told: set[tuple[str, str]] = set()
    i = 0
    while i < len(low):
        phrase = next(
            (phrase for phrase in _AUGMENTATIONS_BY_WORD.get(low[i], ()) if low[i : i + len(phrase)] == phrase), None
        )
        if phrase is None:
            i += 1
            continue
        last = i + len(phrase)
        start, end = document.sentence(i)
        cued = len(phrase) > 1 or phrase[0] not in ("rotation", "rotations", "cutout") or "augmentation" in low[start:i]
        key = (context.dataset(i), " ".join(phrase))
        if i not in context.foreign and cued and _AUGMENTATION_CUES & set(low[start:end]) and key not in told:
            told.add(key)
            yield claim_at(document, i, last, key[0], "augmentation", document.text(i, last), "gazetteer:augmentation")
        i = last


_AUGMENTATIONS_BY_WORD: dict[str, list[tuple[str, ...]]] = {}
for _phrase in sorted(_AUGMENTATIONS, key=len, reverse=True):
    _AUGMENTATIONS_BY_WORD.setdefault(_phrase[0], []).append(_phrase)


def _operations(document: Document, context: Context) -> Iterator[Claim]:
    """Read `underwent rigorous cleaning, deduplication, and tokenization` as a list of operations."""
    low = document.low
    read_to = 0
    for first, last in document.tokens.sentences:
        for i in range(first, last):
            if i < read_to or low[i] not in _HEADS_OF_LIST or i in context.foreign:
                continue
            start = skip_articles(document, i + 1)
            items = read_list(document, start, last, lambda a, b: _is_operation(document, a, b), tails=True)
            if len(items) < 2 or not any(_CORE & set(low[item.first : item.last]) for item in items):
                continue
            read_to = items[-1].last
            subject = context.dataset(i)
            for item in (item for item in items if _goes_on(document, item)):
                end = noun_phrase(document, item.first, last, coordinated=False)
                end = next((j for j in range(item.last, last) if low[j] in (",", ".", ";", "and")), end)
                value = document.text(item.first, end)
                yield claim_at(document, item.first, end, subject, "preprocessing", value, "grammar:preprocessing")
            items = [item for item in items if not _goes_on(document, item)]
            values = tuple(dict.fromkeys(_bare(document, item.first, item.last) for item in items))
            if len(values) > 1:
                first_item, last_item = items[0].first, items[-1].last
                yield claim_at(
                    document, first_item, last_item, subject, "preprocessing", values, "grammar:preprocessing"
                )


def _is_operation(document: Document, first: int, last: int) -> bool:
    return document.low[last - 1] in _OPERATIONS and last - first <= 5 and document.low[first] not in _HEADS_OF_LIST


def _goes_on(document: Document, item: Item) -> bool:
    """Whether a participle says how an operation was done: `spectrogram generation normalized to a fixed length`."""
    return item.last < len(document.low) and document.low[item.last].endswith("ized")


def _bare(document: Document, first: int, last: int) -> str:
    """Return an operation without words that only praise it."""
    praise = words(
        "rigorous extensive careful aggressive comprehensive standard thorough systematic advanced custom strict automatic automated"
    )
    while first < last - 1 and document.low[first] in praise:
        first += 1
    return document.text(first, last)


_SCHEMES = words("unified custom shared joint specialized standard hybrid modified multilingual")


def _scheme(document: Document) -> Iterator[Claim]:
    """Read `a unified tokenization scheme for both visual patches and text tokens`."""
    low = document.low
    for i in range(1, len(low) - 1):
        if low[i] != "tokenization" or low[i + 1] not in ("scheme", "strategy", "strategies"):
            continue
        first = i
        while first > 0 and (low[first - 1] in _SCHEMES or in_compound(document, first - 1)):
            first -= 1
        if first == i:
            continue
        value = document.text(first, i)
        if low[i + 2 : i + 4] == ("for", "both"):
            end = i + 4
            while end < len(low) and document.kinds[end] == "W" and (low[end] not in ENDS or low[end] == "and"):
                end += 1
            value = f"{value} {document.text(i + 4, end)}"
        yield claim_at(document, first, i + 2, "tokenizer", "tokenizationScheme", value, "grammar:tokenization-scheme")
        return
