"""What passages say and what follows: the tables of the tests of derivation.

Each case is a passage of its own in one graph. Its values are all that may be derived, so that a value too many fails as one too few does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kg.model import Value
from tests.facts import Claim

# Published figures: dense BF16 and FP8 peaks in FLOP/s, watts, and grams of CO2 equivalent a kilowatt-hour in 2023.
A100, A100_W = 312e12, 400
H100, H100_FP8, H100_W = 989.4e12, 1978.9e12, 700
TPU_V5P = 459e12
FRANCE = 56.039
HOUR, DAY, WEEK, MONTH, YEAR = 3600, 86400, 604800, 2629746, 31557600


def run(name: str, value: Value, unit: str | None = None, **more: object) -> Claim:
    return Claim("run:pretraining", name, value, unit, **more)  # type: ignore[arg-type]


def params(count: int) -> Claim:
    return Claim("model:x", "parameterCount", count, "NUM")


def count(number: int) -> Claim:
    return run("acceleratorCount", number, "NUM")


def lasting(number: int | Decimal, unit: str) -> Claim:
    return run("trainingDuration", number, unit)


def tokens(number: int) -> Claim:
    return Claim("dataset:pretraining", "tokenCount", number, "tokens")


def chip(key: str) -> Claim:
    return Claim("accelerator", "name", key)


def throughput(number: int) -> Claim:
    return run("achievedThroughput", number, "FLOPS")


def batch(number: int, unit: str | None) -> Claim:
    return run("globalBatchSize", number, unit)


def context(number: int) -> Claim:
    return run("contextLength", number, "tokens")


def precision(name: str) -> Claim:
    return run("precision", name)


BF16, FP8 = precision("bfloat16"), precision("FP8")
IN_FRANCE = Claim("facility", "country", "FRA")
DAYS_10 = lasting(10, "day")
DIMENSIONS = (Claim("model:x", "layerCount", 80), Claim("model:x", "hiddenSize", 8192))
FROZEN_LLM = (Claim("component:llm", "frozen", value=True), Claim("component:llm", "parameterCount", 28 * 10**9, "NUM"))
FROZEN_CLIP = (
    Claim("component:image-encoder", "frozen", value=True),
    Claim("component:image-encoder", "name", "CLIP ViT-L/14"),
)
HOURS_240 = {"trainingDurationHours": (240.0, "hour", "derived")}


@dataclass(frozen=True, slots=True)
class Case:
    """Claims, and the values (number, unit, level) by property, with `@precision` where one is named, and the codes of the flags that follow."""

    claims: tuple[Claim, ...]
    values: Mapping[str, tuple[float, str, str]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()


def case(*claims: Claim, **expected: tuple[float, str, str] | str) -> Case:
    """Return a case: values by property, with `__` before a precision, and codes at `flags`."""
    values = {name.replace("__", "@"): value for name, value in expected.items() if not isinstance(value, str)}
    return Case(claims, values, frozenset(str(expected.get("flags", "")).split()))


CASES: dict[str, Case] = {
    "nothing": case(),
    "a name alone": case(Claim("model:x", "name", "X")),
    # Durations, in every unit; the calendar is an assumption.
    **{
        f"duration in {unit}s": case(
            lasting(number, unit), trainingDurationHours=(float(number) * seconds / HOUR, "hour", level)
        )
        for number, unit, seconds, level in (
            *((1000, "hour", HOUR, "derived"), (Decimal("2.5"), "day", DAY, "derived"), (10, "week", WEEK, "derived")),
            *((Decimal("2.5"), "month", MONTH, "estimated"), (1, "year", YEAR, "estimated")),
        )
    },
    "duration in a unit of something else": case(lasting(5, "tokens")),
    "duration in an unknown unit": case(lasting(5, "fortnights")),
    "duration of nothing": case(lasting(0, "day"), count(8)),
    "duration without end": case(lasting(10**400, "day"), count(8)),
    "two durations": case(lasting(10, "day"), lasting(11, "day"), count(8)),
    "two durations that agree": case(lasting(10, "day"), lasting(10, "day"), **HOURS_240),
    # Accelerator-hours need count and duration.
    "accelerator-hours": case(
        count(64), DAYS_10, **HOURS_240, acceleratorHours=(64 * 240, "accelerator-hour", "derived")
    ),
    "accelerator-hours without a duration": case(count(64)),
    "accelerator-hours without a count": case(DAYS_10, chip("nvidia-a100-80gb"), **HOURS_240),
    "accelerator-hours with a count that is not stated": case(
        Claim("run:pretraining", "acceleratorCount", None, words=""), DAYS_10, **HOURS_240
    ),
    "accelerator-hours with two counts": case(count(64), count(128), DAYS_10, **HOURS_240),
    "accelerator-hours with a count of 0": case(count(0), DAYS_10, **HOURS_240),
    "accelerator-hours for a billion parameters": case(
        *(count(64), lasting(1, "month"), params(2_000_000_000)),
        trainingDurationHours=(730.485, "hour", "estimated"),
        acceleratorHours=(64 * 730.485, "accelerator-hour", "estimated"),
        acceleratorHoursPerBillionParameters=(32 * 730.485, "accelerator-hour", "estimated"),
    ),
    # Compute
    "operation counting": case(
        params(70 * 10**9), tokens(45 * 10**11), trainingComputeOperationCounting=(1.89e24, "FLOP", "estimated")
    ),
    "operation counting without tokens": case(params(70 * 10**9)),
    "operation counting without parameters": case(tokens(45 * 10**11)),
    "operation counting with two parameter counts": case(params(70 * 10**9), params(7 * 10**9), tokens(10**12)),
    "operation counting of what another run read": case(
        params(7 * 10**9),
        Claim("dataset:sft", "tokenCount", 10**9, "tokens"),
        trainingComputeOperationCounting=(4.2e19, "FLOP", "estimated"),
    ),
    "hardware method": case(
        *(count(512), lasting(10, "week"), throughput(320 * 10**12)),
        trainingDurationHours=(1680, "hour", "derived"),
        acceleratorHours=(860160, "accelerator-hour", "derived"),
        trainingComputeHardwareMethod=(9.9090432e23, "FLOP", "estimated"),
    ),
    "hardware method without throughput": case(
        count(512),
        lasting(10, "week"),
        trainingDurationHours=(1680, "hour", "derived"),
        acceleratorHours=(860160, "accelerator-hour", "derived"),
    ),
    "reported compute in FLOP": case(
        run("reportedCompute", 10**23, "FLOP"), reportedComputeFLOP=(1e23, "FLOP", "derived")
    ),
    "reported compute in PFLOP/s-days": case(
        run("reportedCompute", Decimal("3.1"), "PFLOP/s-day"),
        reportedComputeFLOP=(3.1 * 86400e15, "FLOP", "derived"),
        flags="unit-nonstandard",
    ),
    "reported compute in a unit of something else": case(run("reportedCompute", 5, "MegaW-HR")),
    "two reported computes": case(run("reportedCompute", 10**23, "FLOP"), run("reportedCompute", 10**22, "FLOP")),
    # The peak of the hardware; the variant of the product and the precision are assumptions where they are not stated.
    "peak of a product": case(
        *(count(4), DAYS_10, chip("nvidia-a100-sxm-80gb"), BF16),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute=(4 * A100 * 10 * DAY, "FLOP", "derived"),
        trainingEnergy=(4 * A100_W * 240 / 1e6, "MegaW-HR", "estimated"),
    ),
    "peak of a variant": case(
        *(count(4), DAYS_10, chip("nvidia-a100-80gb"), BF16),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute=(4 * A100 * 10 * DAY, "FLOP", "estimated"),
        trainingEnergy=(4 * A100_W * 240 / 1e6, "MegaW-HR", "estimated"),
    ),
    "peak without a precision": case(
        *(count(4), DAYS_10, chip("google-tpu-v5p")),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute=(4 * TPU_V5P * 10 * DAY, "FLOP", "estimated"),
        flags="no-tdp",
    ),
    "peak at another precision": case(
        *(count(4), DAYS_10, chip("google-tpu-v5p"), precision("FP32")),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute=(4 * TPU_V5P * 10 * DAY, "FLOP", "estimated"),
        flags="no-tdp",
    ),
    "peak at FP8": case(
        *(count(4), DAYS_10, chip("nvidia-h100-sxm-80gb"), FP8, BF16),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute__bfloat16=(4 * H100 * 10 * DAY, "FLOP", "derived"),
        hardwarePeakCompute__FP8=(4 * H100_FP8 * 10 * DAY, "FLOP", "derived"),
        trainingEnergy=(4 * H100_W * 240 / 1e6, "MegaW-HR", "estimated"),
    ),
    "peak of an accelerator without figures": case(
        count(4),
        DAYS_10,
        chip("google-tpu-v5"),
        BF16,
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
    ),
    "peak of an accelerator that no table knows": case(
        count(4), DAYS_10, chip("frob-9000"), BF16, **HOURS_240, acceleratorHours=(960, "accelerator-hour", "derived")
    ),
    "peak of two accelerators": case(
        *(count(4), DAYS_10, chip("nvidia-a100-80gb"), chip("nvidia-h100-80gb"), BF16),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
    ),
    "peak without a count": case(DAYS_10, chip("nvidia-a100-80gb"), BF16, **HOURS_240),
    # Utilisation
    "stated utilisation": case(
        chip("nvidia-a100-sxm-80gb"),
        BF16,
        throughput(156 * 10**12),
        modelFlopsUtilizationReported=(0.5, "1", "derived"),
    ),
    "stated utilisation without an accelerator": case(throughput(156 * 10**12)),
    "implied utilisation": case(
        *(count(100), DAYS_10, chip("nvidia-a100-sxm-80gb"), BF16, params(10**9), tokens(10**12)),
        **HOURS_240,
        acceleratorHours=(24000, "accelerator-hour", "derived"),
        acceleratorHoursPerBillionParameters=(24000, "accelerator-hour", "derived"),
        trainingComputeOperationCounting=(6e21, "FLOP", "estimated"),
        hardwarePeakCompute=(100 * A100 * 10 * DAY, "FLOP", "derived"),
        impliedUtilization=(6e21 / (100 * A100 * 10 * DAY), "1", "estimated"),
        trainingEnergy=(9.6, "MegaW-HR", "estimated"),
    ),
    # Energy and emissions
    "emissions": case(
        *(count(4), DAYS_10, chip("nvidia-a100-sxm-80gb"), BF16, IN_FRANCE),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute=(4 * A100 * 10 * DAY, "FLOP", "derived"),
        trainingEnergy=(0.384, "MegaW-HR", "estimated"),
        co2eEmissions=(0.384 * FRANCE / 1000, "tonne", "estimated"),
    ),
    "emissions of a country without a grid mix": case(
        *(count(4), DAYS_10, chip("nvidia-a100-sxm-80gb"), BF16, Claim("facility", "country", "AND")),
        **HOURS_240,
        acceleratorHours=(960, "accelerator-hour", "derived"),
        hardwarePeakCompute=(4 * A100 * 10 * DAY, "FLOP", "derived"),
        trainingEnergy=(0.384, "MegaW-HR", "estimated"),
    ),
    # Batches and steps
    "batch of sequences": case(
        batch(2048, "sequences"), context(8192), tokensPerBatch=(2048 * 8192, "tokens", "estimated")
    ),
    "batch of sequences without a context length": case(batch(2048, "sequences"), tokens(10**12)),
    "batch of tokens": case(batch(4_194_304, "tokens"), tokensPerBatch=(4_194_304, "tokens", "derived")),
    "batch of tokens with a context length": case(
        *(batch(4_194_304, "tokens"), context(4096)),
        tokensPerBatch=(4_194_304, "tokens", "derived"),
        sequencesPerBatch=(1024, "sequences", "estimated"),
    ),
    "batch without a unit": case(batch(2048, None), context(8192)),
    "two batches": case(batch(2048, "sequences"), batch(1024, "sequences"), context(8192)),
    "steps from tokens": case(
        *(batch(4_000_000, "tokens"), tokens(45 * 10**11)),
        tokensPerBatch=(4_000_000, "tokens", "derived"),
        trainingSteps=(1_125_000, "steps", "estimated"),
    ),
    "steps from sequences": case(
        *(batch(1000, "sequences"), context(1000), tokens(10**9)),
        tokensPerBatch=(10**6, "tokens", "estimated"),
        trainingSteps=(1000, "steps", "estimated"),
    ),
    "steps that begin shorter": case(
        *(batch(1000, "sequences"), context(1000), run("initialContextLength", 100, "tokens"), tokens(10**9)),
        tokensPerBatch=(10**6, "tokens", "estimated"),
        stepsAtFullContext=(1000, "steps", "estimated"),
    ),
    "steps of an epoch of pairs": case(
        *(
            batch(2048, "image-text pairs"),
            Claim("dataset:pretraining", "pairCount", 4_500_000_000, "image-text pairs"),
        ),
        stepsPerEpoch=(2197265.625, "steps", "derived"),
    ),
    "steps of an epoch of pairs and clips": case(
        batch(2048, None),
        Claim("dataset:pretraining", "pairCount", 2_100_000_000, "image-text pairs"),
        Claim("dataset:pretraining", "clipCount", 750_000_000, "video-text clips"),
        stepsPerEpoch=(1391601.5625, "steps", "estimated"),
    ),
    "no epoch of pairs in a batch of tokens": case(
        batch(4096, "tokens"),
        Claim("dataset:pretraining", "pairCount", 4096, "pairs"),
        tokensPerBatch=(4096, "tokens", "derived"),
    ),
    # Parallelism
    "data parallelism from what is left": case(
        *(count(512), run("modelParallelDegree", 8), run("dataParallelism", value=True)),
        derivedDataParallelDegree=(64, "1", "estimated"),
    ),
    "no data parallelism is said": case(count(512), run("modelParallelDegree", 8)),
    "data parallelism is no whole number": case(
        count(512), run("modelParallelDegree", 7), run("dataParallelism", value=True)
    ),
    "data parallelism beside a third dimension": case(
        count(512), run("modelParallelDegree", 8), run("dataParallelism", value=True), run("pipelineParallelDegree", 4)
    ),
    "data parallelism that is stated": case(
        *(count(512), run("modelParallelDegree", 8), run("dataParallelism", value=True), run("dataParallelDegree", 64)),
        flags="parallelism-consistent",
    ),
    # Parameters
    "parameters of the layers": case(*DIMENSIONS, BF16, parameterCountFromDimensions=(64424509440, "NUM", "estimated")),
    "parameters of layers of unknown size": case(Claim("model:x", "layerCount", 80), BF16),
    "parameters of a model with two runs": case(
        *(*DIMENSIONS, BF16, Claim("run:sft", "technique", "LoRA")),
        parameterCountFromDimensions=(64424509440, "NUM", "estimated"),
    ),
    "trained parameters": case(
        *(params(35 * 10**9), *FROZEN_LLM, BF16),
        trainableParameterCount=(7 * 10**9, "NUM", "estimated"),
        flags="6nd-overcounts-frozen",
    ),
    "trained parameters beside a component of known size": case(
        *(params(35 * 10**9), *FROZEN_LLM, *FROZEN_CLIP, BF16),
        trainableParameterCount=(35e9 - 28e9 - 0.304e9, "NUM", "estimated"),
        flags="6nd-overcounts-frozen",
    ),
    "trained parameters beside a component of unknown size": case(
        params(35 * 10**9), *FROZEN_LLM, Claim("component:audio-encoder", "frozen", value=True), BF16
    ),
    "trained parameters where no passage states a size": case(params(35 * 10**9), *FROZEN_CLIP, BF16),
    "trained parameters of a part larger than the whole": case(params(7 * 10**9), *FROZEN_LLM, BF16),
    "trained parameters where nothing is frozen": case(
        params(35 * 10**9),
        Claim("component:llm", "frozen", value=False),
        Claim("component:llm", "parameterCount", 28 * 10**9, "NUM"),
        BF16,
    ),
}


def flagged(*claims: Claim) -> tuple[Claim, ...]:
    """Return claims with the hardware that most rules of plausibility need: 100 A100 (SXM, 80 GB) for 10 days, 2.69568e22 FLOP at the peak."""
    return (count(100), DAYS_10, chip("nvidia-a100-sxm-80gb"), *claims)


def on_h100(*claims: Claim) -> tuple[Claim, ...]:
    """Return claims with 100 H100 (SXM, 80 GB) for 10 days: 8.548416e22 FLOP at the BF16 peak, 1.7097696e23 at the FP8 peak."""
    return (count(100), DAYS_10, chip("nvidia-h100-sxm-80gb"), *claims)


def operations(flop: float) -> tuple[Claim, ...]:
    """Return a model of a billion parameters with as many tokens as take so many operations."""
    return (params(10**9), tokens(round(flop / 6e9)))


PEAK, H100_PEAK, H100_FP8_PEAK = 100 * A100 * 10 * DAY, 100 * H100 * 10 * DAY, 100 * H100_FP8 * 10 * DAY
SAMPLES = Claim("dataset:pretraining", "pairCount", 10**6, "image-text pairs")
PARALLEL = (run("modelParallelDegree", 8), run("dataParallelDegree", 8))

# Claims, and the codes of all flags that they raise.
FLAGS: dict[str, tuple[tuple[Claim, ...], str]] = {
    "operations under the peak": (flagged(BF16, *operations(0.5 * PEAK)), ""),
    "operations near the peak": (flagged(BF16, *operations(0.81 * PEAK)), "utilization-high"),
    "operations not so near the peak": (flagged(BF16, *operations(0.79 * PEAK)), ""),
    "operations just under the peak": (flagged(BF16, *operations(0.999 * PEAK)), "utilization-high"),
    "operations over the peak": (flagged(BF16, *operations(1.001 * PEAK)), "utilization-above-1"),
    "operations over the peak of an unknown precision": (flagged(*operations(1.5 * PEAK)), "utilization-above-1"),
    "operations without a duration": ((count(1), chip("nvidia-a100-sxm-80gb"), *operations(1e30)), ""),
    "operations over the BF16 peak in FP8": (
        on_h100(FP8, *operations(1.03 * H100_PEAK)),
        "utilization-depends-on-precision",
    ),
    "operations near the BF16 peak in FP8": (
        on_h100(FP8, *operations(0.81 * H100_PEAK)),
        "utilization-depends-on-precision",
    ),
    "operations under the BF16 peak in FP8": (on_h100(FP8, *operations(0.79 * H100_PEAK)), ""),
    "operations over the FP8 peak": (on_h100(FP8, BF16, *operations(1.01 * H100_FP8_PEAK)), "utilization-above-1"),
    "operations over the BF16 peak where no FP8 peak is published": (flagged(FP8, *operations(1.5 * PEAK)), ""),
    "throughput as usual": (flagged(BF16, throughput(180 * 10**12)), ""),
    "throughput high": (flagged(BF16, throughput(200 * 10**12)), "throughput-high"),
    "throughput at the peak": (flagged(BF16, throughput(312 * 10**12)), "throughput-high"),
    "throughput over the peak": (flagged(BF16, throughput(313 * 10**12)), "throughput-above-peak"),
    "throughput over the BF16 peak in FP8": (on_h100(FP8, throughput(1500 * 10**12)), ""),
    "throughput over the FP8 peak": (on_h100(FP8, throughput(1980 * 10**12)), "throughput-above-peak"),
    "throughput of an unknown accelerator": ((throughput(10**18), chip("frob-9000")), ""),
    "reported compute that fits": (
        flagged(BF16, *operations(0.5 * PEAK), run("reportedCompute", round(0.5 * PEAK), "FLOP")),
        "",
    ),
    "reported compute far under the operations": (
        (*operations(1e22), run("reportedCompute", 9 * 10**19, "FLOP")),
        "reported-compute-implausible",
    ),
    "reported compute not so far under the operations": (
        (*operations(1e22), run("reportedCompute", 11 * 10**19, "FLOP")),
        "",
    ),
    "reported compute far over the operations": (
        (*operations(1e22), run("reportedCompute", 11 * 10**23, "FLOP")),
        "reported-compute-implausible",
    ),
    "reported compute far under the peak": (
        flagged(BF16, run("reportedCompute", 10**20, "FLOP")),
        "reported-compute-implausible",
    ),
    "reported compute over the peak": (
        flagged(BF16, run("reportedCompute", round(1.06 * PEAK), "FLOP")),
        "reported-compute-implausible",
    ),
    "reported compute at the peak": (flagged(BF16, run("reportedCompute", round(1.04 * PEAK), "FLOP")), ""),
    "reported compute over the BF16 peak in FP8": (
        on_h100(FP8, run("reportedCompute", round(1.5 * H100_PEAK), "FLOP")),
        "",
    ),
    "reported compute in an odd unit": ((run("reportedCompute", 5, "PFLOP/s-day"),), "unit-nonstandard"),
    "reported compute in an unknown unit": ((run("reportedCompute", 5, "megafurlongs"),), ""),
    "little is frozen": ((params(300 * 10**9), *FROZEN_LLM, BF16), ""),
    "samples for the work": (flagged(BF16, throughput(100 * 10**12), params(10**12), SAMPLES), ""),
    "too few samples for the work": (
        flagged(BF16, throughput(100 * 10**12), params(10**9), SAMPLES),
        "data-compute-mismatch",
    ),
    "tokens are told of beside samples": (
        flagged(BF16, throughput(100 * 10**12), params(10**9), SAMPLES, tokens(10**12)),
        "",
    ),
    "too much work for one pass": (flagged(BF16, params(10**11), SAMPLES, context(10**5)), "data-compute-mismatch"),
    "one pass is possible": (flagged(BF16, params(10**9), SAMPLES, context(2048)), ""),
    "one pass is possible in FP8": (on_h100(FP8, params(10**11), SAMPLES, context(2 * 10**5)), ""),
    "no power is published": ((chip("google-tpu-v5p"),), "no-tdp"),
    "a power is published": ((chip("nvidia-a100-sxm-80gb"),), ""),
    "nothing is published": ((chip("google-tpu-v5"),), ""),
    "batch of whole sequences": ((batch(4_194_304, "tokens"), context(4096)), ""),
    "batch of broken sequences": ((batch(4_000_000, "tokens"), context(4096)), "batch-not-integer"),
    "batch and a context of 0": ((batch(4_000_000, "tokens"), context(0)), ""),
    "layers that fit": ((*DIMENSIONS, params(70 * 10**9), BF16), "dims-consistent"),
    "layers too many": ((*DIMENSIONS, params(42 * 10**9), BF16), "dims-inconsistent"),
    "layers just not too many": ((*DIMENSIONS, params(43 * 10**9), BF16), "dims-consistent"),
    "layers too few": ((*DIMENSIONS, params(215 * 10**9), BF16), "dims-inconsistent"),
    "layers just not too few": ((*DIMENSIONS, params(214 * 10**9), BF16), "dims-consistent"),
    "layers of two runs": (
        (*DIMENSIONS, params(70 * 10**9), BF16, Claim("run:sft", "technique", "LoRA")),
        "dims-consistent",
    ),
    "parallelism that adds up": ((count(64), *PARALLEL), "parallelism-consistent"),
    "parallelism that does not": ((count(100), *PARALLEL), "parallelism-inconsistent"),
    "parallelism of three dimensions": ((count(100), *PARALLEL, run("tensorParallelDegree", 2)), ""),
    "parallelism of an unknown count": (PARALLEL, ""),
    "count of pods": ((run("acceleratorCount", 8, "pods"), *PARALLEL), ""),
}
