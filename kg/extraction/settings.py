"""Rules for the sizes of what a run reads at a time: batches and sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.optimization import positive_whole
from kg.extraction.rules import HEDGE, OF, SET, Reading, Rule

if TYPE_CHECKING:
    from kg.extraction.rules import Guard

_DEVICE = "(gpu|device|chip|accelerator|tpu|worker|core|node|rank)"
_UNIT = (
    "[[{modifier}] [{modifier}] (sequences|sequence|tokens|token|samples|sample|examples|images|image|pairs|prompts|episodes|trajectories"
    "|clips|videos|documents|utterances|records|frames|segments|positions|queries|conversations|molecules|structures|graphs|patches)]"
)
_PER_DEVICE = words("gpu device chip accelerator tpu worker core node local micro per replica rank")
_TOKENS = "[token(s)|position(s)|frames]"
_LENGTH = "(context|sequence) (length|window|size) [limit]"
_GROWING = words("progressively gradually increasing curriculum extending extended starting increased growing")


def _batch_unit(reading: Reading) -> str | None:
    """Return the words that say what a batch counts, None where the text does not say."""
    number_end = reading.document.quantities[reading.match.captures["x"][0]].last
    last = next(
        (i for i in range(number_end, reading.match.last) if reading.low[i] in ("per", "on")), reading.match.last
    )
    return " ".join(reading.document.text(number_end, last).split()) or None


def _whole_batch(reading: Reading) -> bool:
    """Whether a batch is that of a step, not of one device."""
    before, after = reading.before(3), reading.after(3)
    local = {"per", "local", "micro", "each"} & set(before) or (
        after[:1] in (("per",), ("on",)) and _PER_DEVICE & set(after)
    )
    return not local and not _each_device(reading) and reading.number() >= 2


def _each_device(reading: Reading) -> bool:
    """Whether the sentence is about each device: `each GPU was allocated a batch size of 256`."""
    first, _ = reading.document.sentence(reading.match.whole_first)
    said = reading.low[first : reading.match.whole_first]
    each = max((i for i, word in enumerate(said) if word == "each"), default=-1)
    if each < 0 or said[each + 1 : each + 2] == () or said[each + 1] not in _PER_DEVICE:
        return False
    return bool(_GIVEN & set(said[each:])) and not _SUMMED & set(said[each:])


_GIVEN = words(
    "allocated assigned handles handled processes processed processing receives received configured given used"
)
_SUMMED = words("resulting leading yielding effective facilitating enabling giving achieving global")


def _on_each_device(reading: Reading) -> bool:
    return _each_device(reading) and reading.before(1) not in (("global",), ("effective",), ("total",))


def _long_enough(reading: Reading) -> bool:
    return 16 <= reading.number() <= 100_000_000 and reading.number() == int(reading.number())


def _growing(reading: Reading) -> bool:
    return _long_enough(reading) and bool(_GROWING & set(reading.sentence()))


def _batch(pattern: str, property_: str = "globalBatchSize", when: Guard = _whole_batch) -> Rule:
    name = "global-batch-size" if property_ == "globalBatchSize" else "local-batch-size"
    return Rule(name, pattern, property_, value=positive_whole, unit=_batch_unit, when=when, group="batch")


def _plain_batch(pattern: str) -> Rule:
    return Rule(
        "batch-size",
        pattern,
        "globalBatchSize",
        value=positive_whole,
        unit=_batch_unit,
        when=_whole_batch,
        group="batch",
    )


def _context(pattern: str, property_: str = "contextLength", when: Guard = _long_enough) -> Rule:
    name = "context-length" if property_ == "contextLength" else "initial-context-length"
    return Rule(name, pattern, property_, value=positive_whole, unit="tokens", when=when, group=property_)


def _always(_reading: Reading) -> bool:
    return True


def _local(pattern: str) -> Rule:
    return _batch(pattern, "localBatchSize", _always)


_GLOBAL = "(global|total|overall|aggregate|effective|effective global|total effective)"
_NUMBER = f"{{x:number}} {_UNIT}"

RULES: tuple[Rule, ...] = (
    _local(f"(per {_DEVICE}|local|micro) batch size {OF} {HEDGE} {_NUMBER}"),
    _local(f"(per {_DEVICE}|local|micro) batch size {SET} {HEDGE} < {_NUMBER} >"),
    _local(f"batch size {OF} {HEDGE} {_NUMBER} (per|on each) {_DEVICE}"),
    _batch(f"[a] batch size {OF} {HEDGE} {_NUMBER}", "localBatchSize", _on_each_device),
    _batch(f"{_GLOBAL} [training] batch [size|sizes] {OF} {HEDGE} {_NUMBER}"),
    _batch(f"{_GLOBAL} [training] batch [size] {SET} {HEDGE} < {_NUMBER} >"),
    _plain_batch(f"[large|training|mini] batch size {OF} {HEDGE} {_NUMBER}"),
    _plain_batch(f"batch size {SET} {HEDGE} < {_NUMBER} >"),
    _context(f"(sequence|context) length from < {{x:number}} {_TOKENS} > to", "initialContextLength"),
    _context("starting (with|at|from) [sequences of|sequence length of] [length] < {x:number} tokens >", "initialContextLength", _growing),
    _context(f"(sequence|context) length from {{y:number}} {_TOKENS} to [the] [full|a maximum of] < {{x:number}} {_TOKENS} >"),
    _context(f"[maximum|max|total|full|large] [input] {_LENGTH} (of|=|:) {HEDGE} {{x:number}} {_TOKENS}"),
    _context(f"[maximum|max] [input] {_LENGTH} {SET} {HEDGE} < {{x:number}} {_TOKENS} >"),
    _context("{x:number} token [long] context [window|length]"),
    _context("{x:number} context (window|length)"),
    _context(f"sequences of up to < {{x:number}} {_TOKENS} >"),
    _context("sequences of < length {x:number} >"),
    _context("truncated (to|at) < {x:number} tokens >"),
    _context(f"truncated [or padded] (to|at) [a] < [maximum|fixed|max] length of {{x:number}} {_TOKENS} >"),
    _context(f"maximum length of {{x:number}} {_TOKENS}"),
)  # fmt: skip
