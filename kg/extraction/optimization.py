"""Rules for the optimiser and the hyper-parameters of a run."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.rules import HEDGE, OF, SET, Reading, Rule, fixed, label_of, number, spanned, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.extraction.rules import Valuer
    from kg.model import Value

WARM = "(warmup|warm up)"
STEPS = "(step(s)|iteration(s)|update(s))"
TRAINING_STEPS = f"[training|optimization|optimizer|optimisation|update|gradient|learner] {STEPS}"

_LEARNING = words("learning lr rate")
_CLIPPED = words("clipping clipped clip clips")


def stated(
    name: str, noun: str, property_: str, when: Callable[[Reading], bool] | None = None, group: str | None = None
) -> Iterator[Rule]:
    """Yield the two ways to state a number: `noun of 0.1` (the span is all of it), `noun was set to 0.1` (the number)."""
    for pattern in (f"{noun} {OF} {HEDGE} {{x:number}}", f"{noun} {SET} {HEDGE} < {{x:number}} >"):
        yield Rule(name, pattern, property_, value=number, when=when, group=group)


def below(most: str) -> Callable[[Reading], bool]:
    """Return a guard: the number x is over 0, under a bound, and no percentage."""
    bound = Decimal(most)
    return lambda reading: 0 < reading.number() < bound and reading.after(1) != ("%",)


def _of_learning_rate(reading: Reading) -> bool:
    return below("0.1")(reading) and bool(_LEARNING & set(reading.sentence())) and "weight" not in reading.before(2)


def _clips(reading: Reading) -> bool:
    return bool(_CLIPPED & set(reading.sentence())) and Decimal("0.001") < reading.number() <= 1000


def _schedule(reading: Reading) -> Value:
    kind = reading.low[reading.match.first]
    return {"stepwise": "step", "inverse": "inverse square root"}.get(kind, kind)


def _is_schedule(reading: Reading) -> bool:
    """Whether it is the learning rate that follows the curve, not a noise level or a temperature."""
    return not {"noise", "temperature", "weight", "ema", "layer"} & set(reading.before(2))


def positive_whole(reading: Reading) -> Value:
    """Return the number x if it is a whole one over 0."""
    value = reading.number()
    return int(value) if value == int(value) and value >= 1 else None


def _second(reading: Reading) -> Value:
    return reading.number("y")


def _learning_rate(property_: str, pattern: str) -> Rule:
    name = {"peakLearningRate": "peak", "minLearningRate": "min"}[property_] + "-learning-rate"
    return Rule(name, pattern, property_, value=number, when=_of_learning_rate, group="learning-rate")


def _beta(property_: str, pattern: str, value: Valuer = number) -> Rule:
    name = "adam-beta1" if property_ == "adamBeta1" else "adam-beta2"
    return Rule(name, pattern, property_, value=value, when=lambda reading: 0 < reading.number() < 1)


def _warmup_steps(pattern: str) -> Rule:
    return Rule("warmup-steps", pattern, "warmupSteps", value=positive_whole, unit="steps")


def _clip(pattern: str) -> Rule:
    return Rule("gradient-clip-norm", pattern, "gradientClipNorm", value=number, when=_clips)


def _steps(pattern: str) -> Rule:
    return Rule("step-count", pattern, "stepCount", value=positive_whole, unit="steps", when=_all_steps)


def _epochs(pattern: str) -> Rule:
    return Rule("epoch-count", pattern, "epochCount", value=number, when=_all_epochs)


_PART = words(
    "first initial every per last warmup warm warmed warming each within ramp save saved checkpoint checkpointing evaluated"
)


def _all_steps(reading: Reading) -> bool:
    """Whether the steps are those of the whole run, not of the warm-up or between checkpoints."""
    around = set(reading.before(7)) | set(reading.document.low[reading.match.whole_first : reading.match.first])
    return reading.number() >= 1000 and not _PART & (around | set(reading.after(3)))


def _all_epochs(reading: Reading) -> bool:
    return reading.number() >= 1 and not _PART & (set(reading.before(4)) | set(reading.after(2)))


_B1, _B2 = "(beta1|β1|beta 1|β 1)", "(beta2|β2|beta 2|β 2)"
_BOTH = (
    r"(betas [parameters|values|coefficients]|beta [parameters|values]|β|momentum (parameters|coefficients|betas)"
    rf"|\( {_B1} , {_B2} \)|{_B1} (and|,) {_B2}) [of|=|:|set to|values of] [\(|\[]"
)
_RUN_STEPS = f"< {{x:number}} {TRAINING_STEPS} >"
_FIRST_STEPS = f"[the] [initial] < [first] {{x:number}} {TRAINING_STEPS} >"
_EPOCHS = f"{HEDGE} < {{x:number}} [complete|full|training|total|additional|more] epoch(s) >"

RULES: tuple[Rule, ...] = (
    Rule("optimizer", "{name:optimizer}", "optimizer", value=label_of("name"), kind="gazetteer"),
    _beta("adamBeta1", f"{_B1} (=|of|:|at|set to) {{x:number}}"),
    _beta("adamBeta2", f"{_B2} (=|of|:|at|set to) {{x:number}}"),
    _beta("adamBeta1", f"{_BOTH} < {{x:number}} > (,|/|and) {{y:number}}"),
    _beta("adamBeta2", f"{_BOTH} {{x:number}} (,|/|and) < {{y:number}} >", _second),
    Rule("adam-epsilon", "(ε|epsilon|eps|ϵ) (=|of|:|at|set to) {x:number}", "adamEpsilon", value=number, when=below("0.002")),
    *stated("weight-decay", "weight decay [coefficient|rate|factor|parameter|regularization]", "weightDecay", below("1")),
    *stated("dropout", "dropout [rate|probability|ratio]", "dropout", below("1")),
    Rule("dropout", "dropout (with|at) [a] [rate|probability] [of] {x:number}", "dropout", value=number, when=below("1")),
    *stated(
        "peak-learning-rate", "(peak|maximum|max|maximal|highest) [target] (learning rate|lr|rate)", "peakLearningRate",
        _of_learning_rate, "learning-rate",
    ),
    _learning_rate("peakLearningRate", "(peak|maximum) [value|point] of {x:number}"),
    _learning_rate("peakLearningRate", "(peaking|peaked|peaks|peak) at {x:number}"),
    _learning_rate(
        "peakLearningRate",
        "(warmed up|warmup|warm up|warms up|warming up|ramped up|ramps up|increased|increases) [linearly] < to {x:number} >",
    ),
    _learning_rate("minLearningRate", "(minimum|min|minimal|final|lowest) [learning rate|value|lr|rate] (of|=|:) {x:number}"),
    _learning_rate("minLearningRate", "down to {x:number}"),
    _learning_rate(
        "minLearningRate",
        "(decay|decays|decayed|decaying|annealing|annealed|schedule) [schedule] [back] < to {x:number} >",
    ),
    *stated(
        "learning-rate", "[initial|base|constant|fixed|starting|lower|reduced|smaller] (learning rate|lr)", "learningRate",
        below("1"), "learning-rate",
    ),
    Rule(
        "learning-rate", "(learning rate|lr) [schedule] (starting|beginning) (at|from) {x:number}", "learningRate", value=number,
        when=below("1"), group="learning-rate",
    ),
    Rule(
        "learning-rate-schedule",
        "(cosine|linear|polynomial|exponential|constant|step|stepwise|inverse (square root|sqrt)) [annealing|decay] "
        "[learning rate|lr] (decay|annealing|schedule|scheduler|scheduling) [schedule|scheduler|scheduling|decay]",
        "learningRateSchedule", value=_schedule, when=_is_schedule,
    ),
    Rule(
        "warmup-type", f"(linear|cosine|exponential|constant) [learning rate|lr] {WARM}", "warmupType",
        value=lambda reading: reading.low[reading.match.first],
    ),
    Rule("warmup-type", "linearly (warmed|warming|warms) up", "warmupType", value=fixed("linear")),
    Rule("warmup-type", "(warmed|warming|warms) up linearly", "warmupType", value=fixed("linear")),
    _warmup_steps(f"{{x:number}} (step|iteration|update) [linear] [learning rate|lr] {WARM}"),
    _warmup_steps(f"{{x:number}} {WARM} {STEPS}"),
    _warmup_steps(f"{{x:number}} {STEPS} of [linear] [learning rate] {WARM}"),
    _warmup_steps(rf"{WARM} [phase|period|schedule|stage] \( {_FIRST_STEPS}"),
    _warmup_steps(f"{WARM} {STEPS} (=|:|of|set to) {{x:number}}"),
    _warmup_steps(
        f"({WARM}|warmed up|warming up|warms up) ~10 (over|for|during|across|of|lasting|in|spanning) {_FIRST_STEPS}",
    ),
    _clip("[maximum|max|maximal] [global|l2|gradient|total] norm [threshold|value|limit|clipping] (of|=|:|at) {x:number}"),
    _clip("[clipping] threshold (of|=|:|at) {x:number}"),
    _clip(
        "(clipping|clipped|clip) [was] [set|applied|fixed] (at|to|with|using) [a|an|the] "
        "< [global|maximum|max|l2] norm [of] {x:number} >",
    ),
    _clip(
        "[gradient] (clipping|clipped|clip) [norm|value] [was] [set|applied|fixed] (at|of|to|=|:) {x:number}",
    ),
    _steps(f"(trained|training|run|ran|optimized|proceeded|continued|lasted) ~8 (for|over|of) [a total of] {HEDGE} {_RUN_STEPS}"),
    _steps(f"(total of|after|to complete|completed|completing|required|requiring|took|totaling) {HEDGE} {_RUN_STEPS}"),
    _epochs(f"(for|through|over|after|of|to|required|requiring|spanning|spanned|completed|processing) [a total of] {_EPOCHS}"),
    Rule("curriculum", "{kind:compound} [training] curriculum", "curriculum", value=words_of("kind")),
    Rule("curriculum", "curriculum learning", "curriculum", value=fixed("curriculum learning")),
    Rule(
        "stopping-criterion",
        "(converge|converged|convergence|converges) (on|to|at) the < [target|desired|final] [validation|training] "
        "(loss|perplexity|accuracy) >",
        "stoppingCriterion", value=spanned,
    ),
)  # fmt: skip
