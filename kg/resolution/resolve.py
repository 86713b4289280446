"""Facts to rows with IRIs: the relations that the mapping of passages reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import chain, count, groupby
from typing import TYPE_CHECKING

from kg.model import Fact, Passage, Scalar, Slot
from kg.rdf.minting import minted, slug
from kg.rdf.reference import Reference
from kg.rdf.relations import rows_table
from kg.rdf.units import Unit, load_units
from kg.rdf.vocabulary import Term, Vocabulary
from kg.resolution.names import Names, Thing

if TYPE_CHECKING:
    import duckdb

# Graphs of our own; a passage of that name has another graph.
_OUR_GRAPHS = ("derived", "reference")
_RUN_KINDS = ("run", "cluster", "facility", "dataset", "accelerator")
_PHASE = "pretraining"


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage and the graph of its claims."""

    iri: str
    graph: str
    file: str
    sha256: str
    characters: int
    text: str


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A thing that a passage tells of, in the column of its kind, and the things it belongs to; all other columns are None.

    A run knows its data, its place and its allocation of hardware, an allocation its cluster, and one row for each accelerator in it.
    """

    passage_iri: str
    graph: str
    label: str | None
    model: str | None = None
    component: str | None = None
    role: str | None = None
    part_of: str | None = None
    run: str | None = None
    run_of: str | None = None
    run_data: str | None = None
    run_facility: str | None = None
    run_allocation: str | None = None
    data: str | None = None
    facility: str | None = None
    cluster: str | None = None
    allocation: str | None = None
    allocation_count: str | None = None
    allocation_accelerator: str | None = None
    allocation_cluster: str | None = None
    accelerator: str | None = None


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A thing that facts point to, by the class of the ontology; `unlinked` is true where no curated table knows it, else None; likewise `proprietary`."""

    kind: str
    iri: str
    label: str
    unlinked: bool | None
    proprietary: bool | None
    graph: str | None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One value with its evidence.

    Exactly one of `value` (lexical form with `datatype`) and `object` (IRI) is set. `plain` repeats the value where it may stand without
    its unit; where it may not, `quantity` repeats the statement. `quantity_value` repeats the statement, and `number` with
    `number_type` the value, of a number with a unit. `setting` is the IRI of a hyper-parameter's setting, `design` that of the shared
    design that a component's name means.
    """

    passage_iri: str
    graph: str
    subject: str
    property: str
    value: str | None
    datatype: str | None
    object: str | None
    plain: str | None
    quantity: str | None
    quantity_value: str | None
    number: str | None
    number_type: str | None
    unit: str | None
    unit_text: str | None
    approximate: bool | None
    level: str
    rule: str
    slot: str | None
    text: str
    start: int
    end: int
    statement: str
    selector: str
    setting: str | None
    design: str | None


@dataclass(frozen=True, slots=True)
class UnstatedRow:
    """A slot for which the passage states no value, by the property that would hold it."""

    passage_iri: str
    graph: str
    property: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The relations of resolved passages; each becomes a table of that name."""

    passages: list[PassageRow] = field(default_factory=list)
    subjects: list[SubjectRow] = field(default_factory=list)
    things: list[ThingRow] = field(default_factory=list)
    facts: list[FactRow] = field(default_factory=list)
    unstated: list[UnstatedRow] = field(default_factory=list)


def resolve(
    extracted: Iterable[tuple[Passage, Sequence[Fact]]], reference: Reference, vocabulary: Vocabulary, base: str
) -> Rows:
    """Return the rows of passages and their facts, in the order given; every name is an IRI that starts with `base` or the ontology's."""
    rows = Rows()
    names = Names(reference, base)
    for passage, facts in extracted:
        _Passage(passage, facts, names, vocabulary, base).add_to(rows)
    # One label a thing and graph, whatever the order in which passages spell it.
    rows.things.sort(key=lambda thing: (thing.iri, thing.graph or "", thing.label))
    rows.things[:] = [next(same) for _, same in groupby(rows.things, key=lambda thing: (thing.iri, thing.graph))]
    return rows


class _Passage:
    """Resolves the facts of one passage."""

    def __init__(
        self, passage: Passage, facts: Sequence[Fact], names: Names, vocabulary: Vocabulary, base: str
    ) -> None:
        self.passage = passage
        self.facts = facts
        self.names = names
        self.vocabulary = vocabulary
        self.base = base
        self.stem = slug(passage.name)
        self.iri = f"{base}passage/{self.stem}"
        self.graph = f"{base}graph/{'passage.' if self.stem in _OUR_GRAPHS else ''}{self.stem}"
        self.accelerators = [fact for fact in facts if fact.slot is Slot.HARDWARE and fact.value is not None]
        self.model = next(
            (str(fact.value) for fact in facts if fact.slot is Slot.MODEL and fact.value is not None), None
        )
        self.phase = _main_phase(facts)
        self.statements: set[str] = set()
        self.said: set[tuple[str, str, Scalar, int, int]] = set()
        self.units: Mapping[str, Unit] = load_units()

    def add_to(self, rows: Rows) -> None:
        """Append the passage's rows."""
        passage = self.passage
        rows.passages.append(
            PassageRow(self.iri, self.graph, passage.file, passage.sha256, len(passage.text), passage.text)
        )
        rows.subjects.extend(self._subjects())
        for fact in self.facts:
            if fact.value is None:
                unsaid = "accelerator" if fact.slot is Slot.HARDWARE else fact.property
                rows.unstated.append(UnstatedRow(self.iri, self.graph, self.vocabulary.term(unsaid).iri))
            for member in self._members(fact):
                row, things = self._row(fact, member)
                if row is not None:
                    rows.facts.append(row)
                    rows.things.extend(
                        ThingRow(
                            thing.kind,
                            thing.iri,
                            thing.label,
                            None if thing.linked else True,
                            thing.proprietary or None,
                            self.graph if not thing.linked else f"{self.names.base}graph/reference",
                        )
                        for thing in things
                    )

    def _subjects(self) -> Iterator[SubjectRow]:
        """Yield the things told of: always a model, a run as soon as anything belongs to one, and a run for each data set of a phase."""
        keys = {"model": None} | {_key(fact): None for fact in self.facts if fact.value is not None}
        if any(key.partition(":")[0] in _RUN_KINDS for key in keys):
            keys |= {f"run:{self.phase}": None}
        keys |= {f"run:{key.partition(':')[2]}": None for key in keys if key.startswith("dataset:")}
        for key in keys:
            kind, _, local = key.partition(":")
            label = self.model if kind == "model" else self._label(kind, local)
            own = partial(SubjectRow, self.iri, self.graph, label)
            iri = self._subject(kind, local)
            if kind == "model":
                yield own(model=iri)
            elif kind in ("component", "tokenizer"):
                yield own(component=iri, role=local.replace("-", " ") or kind, part_of=self._subject("model", ""))
            elif kind == "run":
                data = self._subject("dataset", local) if f"dataset:{local}" in keys else None
                facility = self._subject("facility", "") if local == self.phase and "facility" in keys else None
                yield own(run=iri, run_of=self._subject("model", ""), run_data=data, run_facility=facility)
            elif kind == "dataset":
                yield own(data=iri)
            elif kind == "facility":
                yield own(facility=iri)
            elif kind == "cluster":
                yield own(cluster=iri)
        yield from self._allocation("cluster" in keys)

    def _allocation(self, has_cluster: bool) -> Iterator[SubjectRow]:
        """Yield the allocation of hardware to the main run, with its accelerators; hardware is told of once a passage."""
        counted = (fact for fact in self.facts if fact.slot is Slot.GPU_COUNT and not _of_groups(fact))
        counts = {_lexical(fact.value) for fact in counted if isinstance(fact.value, int)}
        if not counts and not self.accelerators:
            return
        iri = minted(self.base, "allocation", self.stem, self.phase)
        yield SubjectRow(
            self.iri,
            self.graph,
            None,
            run=self._subject("run", self.phase),
            run_allocation=iri,
            allocation=iri,
            allocation_count=next(iter(counts)) if len(counts) == 1 else None,
            allocation_cluster=self._subject("cluster", "") if has_cluster else None,
        )
        for thing in dict.fromkeys(
            self.names.thing("Accelerator", str(fact.value), self.stem) for fact in self.accelerators
        ):
            yield SubjectRow(
                self.iri,
                self.graph,
                thing.label,
                allocation=iri,
                allocation_accelerator=thing.iri,
                accelerator=thing.iri,
            )

    def _label(self, kind: str, local: str) -> str:
        key = f"{kind}:{local}" if local else kind
        named = next(
            (str(fact.value) for fact in self.facts if _key(fact) == key and fact.property == "name" and fact.value),
            None,
        )
        of = f" of {self.model}" if self.model else f" in {self.passage.name}"
        return (
            named
            or (local.replace("-", " ") + (f" {kind}" if kind in ("run", "dataset") else "") if local else kind) + of
        )

    def _subject(self, kind: str, local: str) -> str:
        if kind == "model":
            return minted(self.base, "model", self.stem, *([self.model] if self.model else []))
        if kind == "tokenizer":
            return minted(self.base, "component", self.stem, "tokenizer")
        return minted(self.base, kind, self.stem, *([local] if local else []))

    def _subject_of(self, fact: Fact) -> str:
        kind, _, local = _key(fact).partition(":")
        if kind != "accelerator" or not self.accelerators:
            return self._subject(kind, local)
        around = [other for other in self.accelerators if other.start <= fact.start and fact.end <= other.end]
        return self.names.thing("Accelerator", str((around or self.accelerators)[0].value), self.stem).iri

    @staticmethod
    def _members(fact: Fact) -> tuple[Scalar, ...]:
        if fact.value is None:
            return ()
        return fact.value if isinstance(fact.value, tuple) else (fact.value,)

    def _row(self, fact: Fact, member: Scalar) -> tuple[FactRow | None, tuple[Thing, ...]]:
        """Return the row of one value and the things that it names; no row where the same is said in the same place already."""
        term = self.vocabulary.term(fact.property)
        value, datatype, thing = self._value(fact, term, member)
        said = (_key(fact), fact.property, member, fact.start, fact.end)
        if said in self.said:
            return None, ()
        self.said.add(said)
        local = self._local(fact, member)
        subject, statement = self._subject_of(fact), f"{self.base}statement/{self.stem}.{local}"
        numeric = fact.unit is not None and isinstance(member, int | Decimal) and not isinstance(member, bool)
        design = (
            self.names.design(str(member))
            if fact.property == "name" and fact.subject.startswith("component:")
            else None
        )
        return FactRow(
            passage_iri=self.iri,
            graph=self.graph,
            subject=subject,
            property=term.iri,
            value=value,
            datatype=datatype,
            object=thing.iri if thing else None,
            plain=value if term.kind != "quantity" and not _of_groups(fact) else None,
            quantity=statement if term.kind == "quantity" else None,
            quantity_value=statement if numeric else None,
            number=_lexical(member) if numeric else None,
            number_type=_datatype(member) if numeric else None,
            unit=self.units[fact.unit].iri if fact.unit and fact.unit in self.units else None,
            unit_text=fact.unit,
            approximate=fact.approximate or None,
            level=fact.level,
            rule=fact.rule,
            slot=fact.slot,
            text=fact.text,
            start=fact.start,
            end=fact.end,
            statement=statement,
            selector=f"{self.iri}#char={fact.start},{fact.end}",
            setting=f"{self.base}setting/{subject.rsplit('/', 1)[1]}.{fact.property}" if term.hyper_parameter else None,
            design=design.iri if design else None,
        ), tuple(each for each in (thing, design) if each)

    def _local(self, fact: Fact, member: Scalar) -> str:
        """Return the last part of a statement's IRI: place and property, and as much more as tells it from the others of the passage."""
        place = f"{fact.start}-{fact.end}.{fact.property}"
        if isinstance(fact.value, tuple):
            place += f".{slug(str(member))[:60]}"
        of_subject = f"{place}.{slug(_key(fact))}"
        spellings = chain((place, of_subject), (f"{of_subject}.{again}" for again in count(2)))
        local = next(spelling for spelling in spellings if spelling not in self.statements)
        self.statements.add(local)
        return local

    def _value(self, fact: Fact, term: Term, member: Scalar) -> tuple[str | None, str | None, Thing | None]:
        """Return lexical form and datatype, or the thing that the value names."""
        if fact.slot is Slot.HARDWARE:
            thing = self.names.thing("Accelerator", str(member), self.stem)
            return thing.label, _XSD + "string", None
        if term.kind == "object":
            return None, None, self.names.thing((term.range or "").rsplit("#", 1)[-1], str(member), self.stem)
        if term.kind == "quantity":
            return _lexical(member), _datatype(member), None
        if term.range == _XSD + "double":
            return _double(member), term.range, None
        return _lexical(member), term.range, None


_XSD = "http://www.w3.org/2001/XMLSchema#"


def _main_phase(facts: Sequence[Fact]) -> str:
    """Return the phase of the run that the passage is about: hardware and place, which are told of once, belong to it."""
    for slot in (Slot.GPU_COUNT, Slot.TRAINING):
        for fact in facts:
            if fact.slot is slot and fact.value is not None and fact.subject.startswith("run:"):
                return fact.subject.partition(":")[2]
    phases = {
        fact.subject.partition(":")[2] for fact in facts if fact.subject.startswith("run:") and fact.value is not None
    }
    return phases.pop() if len(phases) == 1 else _PHASE


def _of_groups(fact: Fact) -> bool:
    """Say whether a count is one of pods or nodes: the statement stands with its unit, but it is no number of accelerators."""
    return fact.slot is Slot.GPU_COUNT and fact.unit not in (None, "NUM")


def _key(fact: Fact) -> str:
    """Return a fact's subject key; there is one model a passage, whatever the key calls it."""
    return "model" if fact.subject.startswith("model:") else fact.subject


def _lexical(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _datatype(value: Scalar) -> str:
    return _XSD + (
        "boolean"
        if isinstance(value, bool)
        else "integer"
        if isinstance(value, int)
        else "decimal"
        if isinstance(value, Decimal)
        else "string"
    )


def _double(value: Scalar) -> str:
    mantissa, _, exponent = f"{Decimal(str(value)):E}".partition("E")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


RELATIONS = {
    "passages": PassageRow,
    "subjects": SubjectRow,
    "things": ThingRow,
    "facts": FactRow,
    "unstated": UnstatedRow,
}


def load(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Make the relations of resolved passages tables of the session."""
    for name, row_type in RELATIONS.items():
        rows_table(con, name, getattr(rows, name), row_type)
