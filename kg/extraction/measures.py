"""Finds the measures of a run where no tag marks them: parameters, accelerators, their number, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.extraction.hedges import hedge_before
from kg.extraction.lexer import words
from kg.extraction.numerals import exact
from kg.extraction.rules import claim_at
from kg.extraction.values import DURATIONS, unit_after
from kg.model import Level, Slot
from kg.rdf.accelerators import parse_accelerator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.model import Scalar
    from kg.rdf.accelerators import AcceleratorMention

_PARAMETERS = words("parameter parameters params")
_PARAMETER_MODIFIERS = words("total trainable learnable model dense overall")
_PART = words("encoder backbone vit tower branch projector head adapter decoder resampler")
_ACTIVE = words("active activated")
_DEVICES = words(
    "gpu gpus tpu tpus npus accelerators accelerator chips devices cards units processors tpuv4 tpuv3 a100s h100s "
    "v100s workers resources"
)
# Nouns that are accelerators only with one of these words before them.
_VAGUE = {
    "units": words("compute accelerator processing gpu tensor individual bandwidth"),
    "devices": words("gpu tpu accelerator compute hardware"),
    "workers": words("gpu tpu accelerator"),
    "resources": words("compute computing"),
    "processors": words("tensor tpu graphics"),
    "cards": words("gpu graphics accelerator"),
}
_COUNT_MODIFIERS = words(
    "individual high performance end bandwidth dedicated distributed interconnected total identical compute "
    "computing data center grade ai hardware accelerator gpu tpu tensor processing graphics enterprise class memory "
    "state of the art modern connected liquid cooled premium cutting edge physical top tier specialized"
)
_ACROSS = words(
    "across on using utilizing utilizes utilized employing leveraging leveraged with of comprising assigned used "
    "over to"
)
_OTHER_USE = words(
    "inference deployment serving latency evaluation generation decoding rollout actors actor cpu cpus simulation"
)
_TRAINING = words(
    "train trained training pretraining pretrained converge converged convergence run running process procedure "
    "pipeline compute computation optimization experiments distillation entire wall total phase regimen duration "
    "took lasted spanned completed instruction finetuning tuning pre"
)
_TIME_CUES = words(
    "spanned spanning spans took takes take taking lasted lasting lasts required requiring requires over for in "
    "after within consumed consuming during of was totaled totaled totaling extended to ran running completed "
    "approximately about roughly around nearly under the a exceeding ≈ ~ ∼ than just = : is total"
)
_TAKING = words("took spanned lasted required about approximately roughly for over within nearly")
_OF_DATA = words(
    "audio speech video videos footage recordings recording music data unlabeled labeled labelled transcribed "
    "broadcast multilingual driving gameplay english diverse publicly raw eeg"
)
_CORPUS = words(
    "corpus corpora dataset datasets audio speech footage recordings labeled unlabeled transcribed totaling"
)
_NOT_WHOLE = words(
    "every each per additional another first last initial past previous warmup checkpointing checkpoint old ago"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible value of a slot: the tokens of its span, what it comes to, and how good its place is (more is better)."""

    first: int
    last: int
    value: Scalar
    score: int
    unit: str | None = None
    level: Level = Level.STATED

    def claim(self, document: Document, slot: Slot, subject: str, property_: str, rule: str) -> Claim:
        """Return the claim; a hedge right before the value is part of its span where it tells how long."""
        first = self.first
        hedge = hedge_before(document.tokens, first)
        if slot is Slot.TRAINING and hedge is not None:
            first = hedge
        return claim_at(
            document, first, self.last, subject, property_, self.value, rule, unit=self.unit, approximate=hedge is not None,
            level=self.level, slot=slot,
        )  # fmt: skip


def best(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the best candidate, the earliest of equals; None where two that are equally good differ in value."""
    ranked = sorted(candidates, key=lambda candidate: (-candidate.score, candidate.first))
    if not ranked:
        return None
    top = ranked[0]
    rivals = {(rival.value, rival.unit) for rival in ranked if rival.score == top.score}
    return top if len(rivals) == 1 else None


def parameter_counts(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield `13 billion parameters`, `7B-parameter`, `parameter count of 7B`; not those of a part, nor the active ones alone."""
    low = document.low
    for first, quantity in document.quantities.items():
        if quantity.value < 100_000 or first in context.foreign or _in_range(document, first):
            continue
        noun = quantity.last
        while noun < len(low) and low[noun] in _PARAMETER_MODIFIERS:
            noun += 1
        if noun >= len(low) or low[noun] not in _PARAMETERS:
            if low[max(0, first - 4) : first] in _COUNT_OF or low[max(0, first - 3) : first] in _COUNT_OF:
                yield Candidate(first, quantity.last, int(quantity.value), 2)
            continue
        start, _ = document.sentence(first)
        around = set(low[noun + 1 : noun + 4])
        if _ACTIVE & (set(low[max(start, first - 3) : first]) | around | set(low[quantity.last : noun])):
            continue
        part = _is_part(document, first, noun, start)
        total = bool({"total", "totaling", "totalling", "overall", "totals"} & set(low[max(start, first - 8) : first]))
        yield Candidate(first, noun + 1, int(quantity.value), (3 if total else 2) - (2 if part else 0))


_COUNT_OF = (
    ("model", "size", "of"),
    ("model", "size", "is"),
    ("parameter", "count", "of"),
    ("parameters", "count", "of"),
    ("number", "of", "parameters", "is"),
    ("parameter", "count", "is"),
)


def _in_range(document: Document, first: int) -> bool:
    """Whether a number is one end of a range: `64-128`, `between 64 and 128`."""
    low, last = document.low, document.quantities[first].last
    ends = document.classes["number-end"]
    joining = low[first - 1] if first - 1 in ends else ""
    if joining in ("-", "–", "to") or (joining == "and" and "between" in low[max(0, first - 6) : first]):
        return True
    return last < len(low) and low[last] in ("-", "–") and last + 1 in document.quantities


def _is_part(document: Document, first: int, noun: int, start: int) -> bool:
    """Whether the parameters are those of a component: `a 22-billion parameter ViT`, or in brackets behind one."""
    low = document.low
    after = low[noun + 1 : noun + 3]
    if after and (after[0] in _PART and after[1:] != ("decoder",)):
        return True
    if "(" in low[max(start, first - 4) : first] and _PART & set(low[max(start, first - 10) : first]):
        return True
    return low[noun + 1 : noun + 2] == ("in",) and bool(_PART & set(low[noun + 2 : noun + 5]))


def accelerator_counts(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield `128 NVIDIA A100 GPUs`, `512 accelerators`, `a single RTX 3090`, and nodes times accelerators per node.

    A count in the phase that the passage is about is better than one in another phase.
    """
    for candidate in (*_counts_before_names(document, context), *_counts_before_nouns(document, context)):
        main = context.phases[candidate.first] == context.main
        yield replace(candidate, score=candidate.score + main)


def _counts_before_names(document: Document, context: Context) -> Iterator[Candidate]:
    low = document.low
    for first, (mention, last) in document.accelerators.items():
        if first in context.foreign or _other_use(document, first) or _of_hours(low, last):
            continue
        number = _number_before(document, first)
        if mention.slice_chips is not None and number is None:
            yield Candidate(first, last, mention.slice_chips, 3, level=Level.DERIVED)
        elif mention.count is not None and mention.count_span is not None:
            token = document.token_at(mention.count_span[0])
            if not _each_node(low, token, last):
                yield Candidate(token, token + 1, mention.count, 4)
        elif mention.noun in ("node", "server", "system", "pod", "instance"):
            continue
        elif number is not None:
            yield from _counted(document, number, last, 4)
        elif low[first - 1 : first] == ("single",) or low[max(0, first - 2) : first] in (
            ("a", "single"),
            ("one", "single"),
        ):
            yield Candidate(first - 2 if low[first - 2 : first - 1] in (("a",), ("one",)) else first - 1, first, 1, 3)
        elif low[first - 1 : first] in (("a",), ("an",)) and _singular(mention.noun, low, last):
            yield Candidate(first - 1, first, 1, 2)


def _counted(document: Document, number: int, last: int, score: int) -> Iterator[Candidate]:
    """Yield what the number before accelerators comes to: their count, the product with the nodes, or nothing for one node's."""
    quantity = document.quantities[number]
    if _in_range(document, number):
        return
    if quantity.value != int(quantity.value) or quantity.value < 1:
        return
    product = _nodes_times(document, number, last)
    if product is not None:
        yield product
    elif not _each_node(document.low, number, last):
        yield Candidate(number, quantity.last, int(quantity.value), score)


def _singular(noun: str | None, low: tuple[str, ...], last: int) -> bool:
    """Whether a name with `a` before it is one device: `on an A100 GPU`, but not `an A100 cluster`."""
    after = low[last : last + 1]
    return (
        noun is not None
        and not low[last - 1].endswith("s")
        and after not in (("cluster",), ("node",), ("pod",), ("system",))
    )


def _number_before(document: Document, first: int) -> int | None:
    """Return the token of the number that counts what starts at `first`, past words such as `dedicated`."""
    i = first
    for _ in range(5):
        i -= 1
        if i < 0:
            return None
        for start in (i, i - 1, i - 2, i - 3):
            quantity = document.quantities.get(start)
            if quantity is not None and quantity.last == i + 1:
                return start
        if document.low[i] not in _COUNT_MODIFIERS and document.low[i] not in ("×", "x"):
            return None
    return None


def _counts_before_nouns(document: Document, context: Context) -> Iterator[Candidate]:
    low = document.low
    for first, quantity in document.quantities.items():
        whole = quantity.value == int(quantity.value) and 1 <= quantity.value <= 1_000_000
        if not whole or first in context.foreign or (quantity.spelled and quantity.value < 2):
            continue
        noun = quantity.last
        while (
            noun < len(low)
            and low[noun] in _COUNT_MODIFIERS
            and low[noun + 1 : noun + 2] != ()
            and noun < quantity.last + 5
        ):
            if low[noun] in _DEVICES and (low[noun + 1] not in _COUNT_MODIFIERS and low[noun + 1] not in _DEVICES):
                break
            noun += 1
        if noun >= len(low) or low[noun] not in _DEVICES or low[noun] in ("gpu", "tpu", "accelerator"):
            continue
        if noun in document.accelerators or _of_hours(low, noun + 1) or _other_use(document, first):
            continue
        needed = _VAGUE.get(low[noun])
        across = bool(first and low[first - 1] in _ACROSS)
        if (
            needed
            and not (needed & set(low[quantity.last : noun]))
            and not (low[noun] == "units" and low[first - 1] == "across")
        ):
            continue
        yield from _counted(document, first, noun + 1, 3 if across else 2)


_NODES = words("node nodes server servers machine machines host hosts")


def _each_node(low: tuple[str, ...], number: int, last: int) -> bool:
    """Whether the number counts what is in one node: `8 GPUs per node`, `nodes with 8 A100s each`."""
    after = low[last : last + 3]
    if after[:1] in (("per",), ("each",)) or after[:2] in (("in", "each"), ("on", "each"), ("within", "each")):
        return True
    before = low[max(0, number - 5) : number]
    node = next((i for i in range(len(before)) if before[i] in _NODES), None)
    if node is None or "cluster" in before or "multi" in before:
        return False
    return bool({"each", "with", "containing", "housing", "of", "featuring"} & set(before[node:]))


def _nodes_times(document: Document, number: int, last: int) -> Candidate | None:
    """Read `16 nodes with 8 A100s each`, `8 GPUs per node across 16 nodes`: the product, derived."""
    low = document.low
    if not _each_node(low, number, last):
        return None
    start, end = document.sentence(number)
    window = range(max(start, number - 12), min(end, last + 12))
    for i in window:
        nodes = document.quantities.get(i)
        if nodes is None or i == number or nodes.last >= end:
            continue
        noun = next(
            (j for j in range(nodes.last, min(nodes.last + 3, end)) if low[j] in ("nodes", "servers", "machines")), None
        )
        if (
            noun is not None
            and nodes.value == int(nodes.value)
            and not any(j in document.quantities for j in range(nodes.last, noun))
        ):
            count = int(nodes.value * document.quantities[number].value)
            return Candidate(min(i, number), max(noun + 1, last), count, 4, level=Level.DERIVED)
    return None


def _other_use(document: Document, token: int) -> bool:
    """Whether the clause tells of running the model rather than training it."""
    start, end = document.sentence(token)
    breaks = [i for i in range(start, end) if document.low[i] in (";", ",")]
    first = max((i for i in breaks if i < token), default=start)
    last = min((i for i in breaks if i > token), default=end)
    said = set(document.low[first:last])
    return bool(_OTHER_USE & said) and not _TRAINING & said


def _of_hours(low: tuple[str, ...], i: int) -> bool:
    return low[i : i + 1] in (("hours",), ("hour",), ("hrs",), ("days",), ("years",), ("h",))


def accelerators(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield the accelerators that a text names; one that is counted is better than one that is not."""
    for first, (mention, end) in document.accelerators.items():
        if mention.key is None or first in context.foreign:
            continue
        key, last = _name_alone(document, mention, end)
        other = _other_use(document, first)
        hours = _of_hours(document.low, end)
        counted = _number_before(document, first) is not None or mention.count is not None
        yield Candidate(first, last, key, (2 if counted else 1) - (2 if other else 0) - (1 if hours else 0))


def _name_alone(document: Document, mention: AcceleratorMention, last: int) -> tuple[str, int]:
    """Return the key and end of the name without a memory that stands behind it: `H100 GPUs (80GB VRAM each)`."""
    if mention.memory_span is not None and mention.key is not None:
        behind = document.plain.text[mention.start : mention.memory_span[0]]
        cut = max(behind.rfind("("), behind.rfind(" with "), behind.rfind(", "))
        shorter = parse_accelerator(behind[:cut], document.reference) if cut > 0 else None
        if shorter is not None and shorter.key is not None and shorter.noun is not None:
            return shorter.key, document.token_at(mention.start + shorter.end - 1) + 1
    return mention.key or "", last


def durations(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield how long training took; not hours of audio, times between checkpoints, or what is added to it."""
    low = document.low
    for first, quantity in document.quantities.items():
        unit = unit_after(document.tokens, quantity.last)
        if unit is None or len(low[quantity.last]) == 1 or first in context.foreign or quantity.value <= 0:
            continue
        candidate = _duration(document, context, first, quantity.last + 1, unit)
        if candidate is not None:
            yield candidate
    for i, word in enumerate(low[:-1]):
        indefinite = (
            word in ("a", "an") and len(low[i + 1]) > 1 and low[i + 1] in DURATIONS and i not in context.foreign
        )
        if indefinite and i and low[i - 1] in _TAKING and _TRAINING & set(low[slice(*document.sentence(i))]):
            yield Candidate(i, i + 2, 1, 1, DURATIONS[low[i + 1]])


def _duration(document: Document, context: Context, first: int, last: int, unit: str) -> Candidate | None:
    low = document.low
    start, end = document.sentence(first)
    said = set(low[start:end])
    before, after = low[max(start, first - 4) : first], low[last : last + 4]
    if unit == "hour" and (_CORPUS & said or document.quantities[first].value > 20_000):
        return None
    of_data = unit == "hour" and (after[:1] == ("of",) or bool(_OF_DATA & set(after[:2])) or before[-1:] == ("(",))
    if of_data and not {"compute", "computation", "continuous", "training", "wall", "continual"} & set(after):
        return None
    if (
        _NOT_WHOLE & set(before[-3:])
        or low[last : last + 1] in (("ago",), ("old",))
        or low[last : last + 2] == ("per",)
    ):
        return None
    if not _TRAINING & said or (
        before
        and before[-1] not in _TIME_CUES
        and low[last : last + 1] not in (("training",), ("pre",), ("pretraining",))
    ):
        return None
    if "-" in before[-1:] or "–" in before[-1:] or (before[-1:] == ("to",) and first - 2 in document.quantities):
        return None
    main = context.phases[first] == context.main
    entire = bool({"entire", "total", "complete", "full", "whole", "overall"} & said)
    value = exact(document.quantities[first].value)
    return Candidate(first, last, value, (2 if main else 0) + (1 if entire else 0), unit)
