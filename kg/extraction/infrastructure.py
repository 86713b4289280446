"""Rules for how a run used its machines: parallelism, precision, cluster, interconnect, and what it reports to have spent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.numerals import exact
from kg.extraction.rules import HEDGE, Reading, Rule, fixed, label_of, number

if TYPE_CHECKING:
    from kg.model import Value

_DEVICE = "(gpu|gpus|chip|chips|device|devices|accelerator|accelerators|tpu|tpus|card|worker|node|core)"
_HOURS = "(hour|hours|hrs|h)"
_FLOPS = {
    f"{prefix}{stem}": power
    for prefixes, power in ((("t", "tera"), 12), (("p", "peta"), 15), (("e", "exa"), 18), (("z", "zetta"), 21), (("g", "giga"), 9))
    for prefix in prefixes
    for stem in ("flop", "flops")
}  # fmt: skip
_LETTER = {9: "G", 12: "T", 15: "P", 18: "E", 21: "Z"}
_RATE = f"({'|'.join(_FLOPS)})"
_PER_SECOND = "[/ s|/ sec|per second|s ⁻¹]"
_ENERGY = {"wh": -6, "kwh": -3, "mwh": 0, "gwh": 3, "twh": 6, "kilowatt": -3, "megawatt": 0, "gigawatt": 3}
_NOT_TRAINING = words(
    "inference deployment quantized quantised quantization quantisation deployed edge serving post int8 states "
    "state theoretical serve"
)
_DEGREES = {
    "model": "modelParallelDegree",
    "tensor": "tensorParallelDegree",
    "pipeline": "pipelineParallelDegree",
    "data": "dataParallelDegree",
    "expert": "expertParallelDegree",
}
_SHORT = {"tp": "tensor", "pp": "pipeline", "dp": "data", "ep": "expert", "mp": "model"}
_MIXED = "mixed precision [training|arithmetic|computation|mode|optimization]"


def _power(reading: Reading) -> int:
    return next(_FLOPS[word] for word in _inside(reading) if word in _FLOPS)


def _inside(reading: Reading) -> tuple[str, ...]:
    return reading.low[reading.match.whole_first : reading.match.whole_last]


def _throughput(reading: Reading) -> Value:
    return exact(reading.number().scaleb(_power(reading)))


def _achieved(reading: Reading) -> bool:
    return not {"theoretical", "capable", "rated", "datasheet"} & set(reading.before(6))


def _share(reading: Reading) -> Value:
    value = reading.number()
    return value / 100 if 0 < value <= 100 else None


def _compute_unit(reading: Reading) -> str:
    return f"{_LETTER[_power(reading)]}FLOP/s-day"


def _operations(reading: Reading) -> Value:
    """Return a total of operations; small numbers of `FLOPs` are rates or a layer's costs."""
    value = reading.number() * (Decimal(10) ** next((_FLOPS[word] for word in _inside(reading) if word in _FLOPS), 0))
    return exact(value) if value >= Decimal("1e18") else None


def _total_unit(reading: Reading) -> str:
    power = next((_FLOPS[word] for word in _inside(reading) if word in _FLOPS), 0)
    return f"{_LETTER.get(power, '')}FLOP"


def _total(reading: Reading) -> Value:
    return exact(reading.number()) if _operations(reading) is not None else None


def _energy(reading: Reading) -> Value:
    """Return megawatt-hours, the unit of the property."""
    power = next(_ENERGY[word] for word in _inside(reading) if word in _ENERGY)
    return exact(reading.number().scaleb(power))


def _not_a_part(reading: Reading) -> bool:
    return not {"per", "each", "every", "/"} & {*reading.before(1), *reading.after(1)}


def _in_training(reading: Reading) -> bool:
    near = set(reading.before(4)) | set(reading.after(4)) | set(_inside(reading))
    return not _NOT_TRAINING & near


def _degree(kind: str) -> tuple[Rule, ...]:
    """Return the ways to state one degree of parallelism."""
    short = "|".join(short for short, long in _SHORT.items() if long == kind)
    name, property_ = f"{kind}-parallel-degree", _DEGREES[kind]
    noun = f"{kind} [model] (parallelism|parallel)"
    patterns = [
        rf"{{x:number}} way [{'sharded' if kind == 'data' else 'intra node'}] {noun}",
        f"{noun} [degree|size|factor] (of|with|=|:|at|set to) [a] [degree|size|factor] [of] {{x:number}}",
        rf"{noun} \( [{short}] [=] [degree|size|factor] [of|=] {{x:number}} [\)]",
        f"({short}) (=|of|:) {{x:number}}",
        f"degree {{x:number}} {noun}",
        f"{{x:number}} {kind} parallel (groups|ranks|replicas|stages)",
        f"{{x:number}} way {kind} and {{y:number}} way",
        f"{{x:number}} way {kind} ,",
    ]
    if kind == "pipeline":
        patterns.append("{x:number} pipeline stages")
    return tuple(Rule(name, pattern, property_, when=_small, group=property_) for pattern in patterns)


def _small(reading: Reading) -> bool:
    """Whether it is a degree: and of the kind named, for `tensor-model parallelism` is the tensor's."""
    return 1 < reading.number() <= 100_000 and reading.before(1) not in (("tensor",), ("pipeline",))


def _without_degree(reading: Reading) -> bool:
    return reading.before(1) not in (("way",), ("sharded",)) and not {"without", "no", "avoid"} & set(reading.before(3))


def _per_node(pattern: str) -> Rule:
    return Rule(
        "accelerators-per-node",
        pattern,
        "acceleratorsPerNode",
        "cluster",
        when=lambda reading: 1 < reading.number() <= 64,
    )


def _of_a_cluster(reading: Reading) -> bool:
    related = words(
        "gpu gpus tpu tpus accelerators cluster training trained distributed deployed configured hardware setup chips"
    )
    return bool(related & set(reading.sentence())) and 1 < reading.number() <= 100_000


def _network(reading: Reading) -> Value:
    concept = reading.concept("name")
    return concept.label if concept else None


def _interconnect(pattern: str) -> Rule:
    return Rule("interconnect", pattern, "interconnect", "cluster", value=_network, kind="gazetteer")


_FITTINGS = "(high bandwidth|high speed|high throughput|low latency|high performance|nvidia|mellanox)"

RULES: tuple[Rule, ...] = (
    *(rule for kind in _DEGREES for rule in _degree(kind)),
    Rule(
        "model-parallelism", "(model|tensor|pipeline) [model] (parallelism|parallel)", "modelParallelism",
        value=fixed(value=True), when=_without_degree,
    ),
    Rule(
        "data-parallelism", "(data (parallelism|parallel)|distributeddataparallel|ddp)", "dataParallelism",
        value=fixed(value=True), when=_without_degree,
    ),
    # Precision: the format, with the words that say it is mixed.
    Rule("precision", rf"{_MIXED} \( {{name:precision}} \)", "precision", value=label_of("name"), when=_in_training),
    Rule("precision", rf"{_MIXED} (with|using|in|via) {{name:precision}}", "precision", value=label_of("name"), when=_in_training),
    Rule("precision", r"{x:number} bit floating point \( {name:precision} \)", "precision", value=label_of("name"), when=_in_training),
    Rule("precision", f"{{name:precision}} {_MIXED}", "precision", value=label_of("name"), when=_in_training),
    Rule("precision", "{name:precision}", "precision", value=label_of("name"), when=_in_training, kind="gazetteer"),
    # Cluster.
    _interconnect(f"{_FITTINGS} {{name:interconnect}} (network|fabric)"),
    _interconnect("[nvidia] {name:interconnect} [network|networks|fabric|fabrics|topology]"),
    Rule(
        "torus", "{x:number} d (torus|mesh) [topology|interconnect|network]", "interconnect", "cluster",
        value=lambda reading: f"{reading.number()}D {_inside(reading)[2]}", group="interconnect",
    ),
    Rule("torus", "torus topology", "interconnect", "cluster", value=fixed("torus"), group="interconnect"),
    Rule("node-count", "{x:number} [compute|distributed|server|dgx|hgx|gpu|cloud|interconnected] nodes", "nodeCount", "cluster", when=_of_a_cluster),
    _per_node(f"{{x:number}} [{{accelerator}}] [{_DEVICE}] (per|in each|on each|within each) (node|server|host|machine)"),
    _per_node(
        "(node|nodes|server|servers) [each] (with|containing|contains|housing|houses|equipped with|of|featuring|comprising|hosting) "
        f"{{x:number}} [×] ({{accelerator}}|{_DEVICE})",
    ),
    # What the run reports.
    Rule(
        "achieved-throughput", f"{HEDGE} < {{x:number}} {_RATE} {_PER_SECOND} (per|/) {_DEVICE} >", "achievedThroughput",
        value=_throughput, unit="FLOPS", when=_achieved,
    ),
    Rule("reported-utilization", r"(mfu|model flop(s) utilization [\( mfu \)]) ~3 [\~|≈] < {x:number} % >", "reportedUtilization", value=_share, unit="1"),
    Rule("reported-utilization", "< {x:number} % > (mfu|model flop(s) utilization)", "reportedUtilization", value=_share, unit="1"),
    Rule("reported-compute", f"[estimated] {{x:number}} {_RATE} {_PER_SECOND} (day|days)", "reportedCompute", value=number, unit=_compute_unit),
    Rule(
        "reported-compute", f"[estimated] {{x:number}} (flop|flops|{_RATE}) [of compute]", "reportedCompute", value=_total, unit=_total_unit,
        when=lambda reading: reading.after(1) not in (("/",), ("per",), ("day",), ("days",), ("s",)),
    ),
    Rule(
        "accelerator-hours", f"{{x:number}} ({{accelerator}} [{_DEVICE}]|{_DEVICE}) {_HOURS}", "reportedAcceleratorHours",
        value=number, unit="accelerator-hour", when=_not_a_part,
    ),
    Rule(
        "reported-energy", "{x:number} (wh|kwh|mwh|gwh|twh|(kilowatt|megawatt|gigawatt) hour(s))", "reportedEnergy",
        value=_energy, unit="MegaW-HR", when=_not_a_part,
    ),
)  # fmt: skip
