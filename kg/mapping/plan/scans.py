"""Rules to scans: each source is read once for all rules that need no DISTINCT, and once for those that do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kg.mapping.plan.collections import collection_quads
from kg.mapping.plan.overlap import is_injective, is_told_by_columns, overlapping
from kg.mapping.plan.reifiers import as_rdf12, has_triple_term
from kg.mapping.plan.rows import Rows, of_different_numbers
from kg.mapping.plan.shapes import Shape, shaped
from kg.mapping.plan.terms import Made, term
from kg.mapping.plan.values import Catalog, Scope, expressions, name, references, value
from kg.mapping.rules import (
    Collection,
    ConstantTerm,
    Expression,
    Joined,
    LogicalSource,
    Place,
    Rule,
    Source,
    Statement,
    Table,
    Term,
    TermMap,
)

_OWN = "r"


# Answers whether no two rows give the same of these SQL expressions, over a source's relation under the alias `r`.
Probe = Callable[[Source, tuple[str, ...]], bool]
# The same from the first rows; None where there are more, and none of the first repeats.
Glance = Callable[[Source, tuple[str, ...]], bool | None]


@dataclass(frozen=True, slots=True)
class Check:
    """Something that a row may be unfit for: SQL of the reason, else NULL, over the source's relation under the alias `r`."""

    source: Source
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan with the rules that read it, and why they are together; `unique` says that no quad comes twice."""

    source: Source
    rules: tuple[Rule, ...]
    unique: bool
    why: str
    fused: bool = True  # joins keep every row of the source, for their keys are unique; else one inner join
    distinct: tuple[str, ...] = ()  # the references whose columns are made distinct before terms are made of them
    key: tuple[str, ...] = ()  # SQL of what was taken to be unique: the texts of the scan tell whether it is


@dataclass(frozen=True, slots=True)
class Plan:
    """How the quads of statements are made."""

    scans: tuple[Scan, ...]
    collections: tuple[Collection, ...]
    catalog: Catalog
    graphs: bool = True  # whether lines have a graph

    @property
    def is_certain(self) -> bool:
        """Whether nothing is taken for unique that the texts of a scan have yet to prove."""
        return not any(scan.key for scan in self.scans)

    def streamed(self, shape: Shape) -> tuple[str, ...]:
        """Return the SELECTs whose rows come once each."""
        return tuple(_select(scan, self, shape) for scan in self.scans if scan.unique)

    def pooled(self, shape: Shape) -> tuple[str, ...]:
        """Return the SELECTs whose rows may come again, within one or among them."""
        selects = [_select(scan, self, shape) for scan in self.scans if not scan.unique]
        return (*selects, *(_from_quads(self._collection(each), self, shape) for each in self.collections))

    def checks(self) -> tuple[Check, ...]:
        """Return what rows may be unfit for, each once."""
        found: dict[tuple[Source, str], Check] = {}
        for scan in self.scans:
            for rule in scan.rules:
                for part in (rule.subject, rule.predicate, rule.object, rule.graph):
                    if part is None:
                        continue
                    source = part.source if isinstance(part, Joined) else rule.source
                    for reason in term(part, self._scope(source)).faults:
                        found.setdefault((source, reason), Check(source, reason, rule.place))
        return tuple(found.values())

    def _scope(self, source: Source) -> Scope:
        return Scope(self.catalog.tables[source].columns, self.catalog)

    def _collection(self, each: Collection) -> str:
        return collection_quads(each, self.catalog)


def has_triple_terms(plan: Plan) -> bool:
    """Return whether a plan makes triple terms."""
    return any(has_triple_term(rule) for scan in plan.scans for rule in scan.rules)


def plan_of(
    statements: Iterable[Statement],
    catalog: Catalog,
    probe: Probe,
    *,
    graphs: bool = True,
    glance: Glance | None = None,
) -> Plan:
    """Return the plan of rules and collections; `probe` is asked where only the data tells whether quads come twice.

    With `glance`, that may be left for the texts to prove while they are made: the plan is not certain then.
    """
    statements = tuple(dict.fromkeys(statements if catalog.legacy else as_rdf12(statements)))
    rules = [each for each in statements if isinstance(each, Rule)]
    shared = overlapping([rule if graphs else _graphless(rule) for rule in rules])
    planner = _Planner(catalog, probe, glance)
    scans: dict[_Group, list[Rule]] = {}
    reasons: dict[_Group, dict[str, None]] = {}
    for number, rule in enumerate(rules):
        group, why = planner.group(rule, number in shared)
        scans.setdefault(group, []).append(rule)
        reasons.setdefault(group, {})[why] = None
    return Plan(
        tuple(
            Scan(
                group.source,
                tuple(members),
                group.unique,
                "; ".join(reasons[group]),
                not group.joins,
                group.distinct,
                planner.assumed.get(group.source, ()) if group == _Group(group.source, (), True) else (),
            )
            for group, members in scans.items()
        ),
        tuple(each for each in statements if isinstance(each, Collection)),
        catalog,
        graphs,
    )


def _graphless(rule: Rule) -> Rule:
    return Rule(rule.source, rule.subject, rule.predicate, rule.object, None, rule.targets, rule.place)


@dataclass(frozen=True, slots=True)
class _Group:
    """What the rules of a scan have in common; `joins` are those that do not keep every row of the source."""

    source: Source
    joins: tuple[tuple[Source, tuple[tuple[Expression, Expression], ...]], ...]
    unique: bool
    distinct: tuple[str, ...] = ()


@dataclass(slots=True)
class _Planner:
    catalog: Catalog
    probe: Probe
    glance: Glance | None = None
    known: dict[tuple[Source, tuple[str, ...]], bool] = field(default_factory=dict)
    assumed: dict[Source, tuple[str, ...]] = field(default_factory=dict)

    def group(self, rule: Rule, shared: bool) -> tuple[_Group, str]:
        """Return the scan that a rule belongs to, and why."""
        joined = [part for part in (rule.subject, rule.object) if isinstance(part, Joined)]
        fused = all(self._key_is_unique(part, rule.source) for part in joined)
        join = () if fused else tuple((part.source, part.conditions) for part in joined)
        if shared:
            return _Group(rule.source, join, False), "another rule may say the same"
        if isinstance(rule.subject, Joined) or not self._is_unique(rule.source, rule.subject, proven_by_scan=fused):
            columns = self._columns(rule)
            if columns:
                return _Group(rule.source, (), True, columns), "subjects repeat, so columns are made distinct first"
            return _Group(rule.source, join, False), "subjects repeat"
        if not fused and not all(self._pairs_once(part, rule.source) for part in joined):
            return _Group(rule.source, join, False), "the join's keys and objects repeat"
        return _Group(rule.source, join, True), "subjects are unique"

    def _columns(self, rule: Rule) -> tuple[str, ...]:
        """Return the references of a rule whose distinct values give distinct quads; none where that would read a source again at a price."""
        if not isinstance(rule.source, LogicalSource) or not is_told_by_columns(rule):
            return ()
        columns = self.catalog.tables[rule.source].columns
        parts = [part for part in (rule.subject, rule.predicate, rule.object, rule.graph) if isinstance(part, TermMap)]
        read = tuple(sorted({name for part in parts for each in expressions(part) for name in references(each)}))
        return () if any(columns[name].many or columns[name].json for name in read) else read

    def _scope(self, source: Source) -> Scope:
        return Scope(self.catalog.tables[source].columns, self.catalog)

    def _pairs_once(self, joined: Joined, source: Source) -> bool:
        """Return whether a join finds each pair of a row and an object once: keys have one value each, and no two rows there have one term."""
        here, there = self._scope(source), self._scope(joined.source)
        if any(value(mine, here).many or value(theirs, there).many for mine, theirs in joined.conditions):
            return False
        return self._is_unique(joined.source, joined.term)

    def _is_unique(self, source: Source, subject: Term, *, proven_by_scan: bool = False) -> bool:
        made = term(subject, self._scope(source))
        if isinstance(subject, ConstantTerm) or made.many:
            return False
        if isinstance(subject, TermMap) and subject.expression is None:
            return True
        identity = _identity(subject, made, self.catalog.tables[source])
        return self._ask(source, identity, proven_by_scan=proven_by_scan)

    def _key_is_unique(self, joined: Joined, source: Source) -> bool:
        if not joined.conditions:
            return False
        theirs = [value(expression, self._scope(joined.source)) for _, expression in joined.conditions]
        ours = [value(expression, self._scope(source)) for expression, _ in joined.conditions]
        if any(each.many for each in (*theirs, *ours)) or any(map(of_different_numbers, ours, theirs)):
            return False
        return self._ask(joined.source, tuple(each.sql for each in theirs))

    def _ask(self, source: Source, expressions: tuple[str, ...], *, proven_by_scan: bool = False) -> bool:
        key = (source, expressions)
        if key not in self.known:
            columns = {
                name(column.name): reference for reference, column in self.catalog.tables[source].columns.items()
            }
            declared = {
                f"{_OWN}.{column}"
                for column, reference in columns.items()
                if reference in self.catalog.tables[source].keys
            }
            self.known[key] = bool(declared & set(expressions)) or (
                self._assume(source, expressions) if proven_by_scan else self.probe(source, expressions)
            )
        return self.known[key]

    def _assume(self, source: Source, expressions: tuple[str, ...]) -> bool:
        """Return whether expressions are unique as far as a glance tells; the scan of the source proves one such answer."""
        if self.glance is None or source in self.assumed:
            return self.probe(source, expressions)
        seen = self.glance(source, expressions)
        if seen is None:
            self.assumed[source] = expressions
        return seen is not False


def _identity(subject: Term, made: Made, table: Table) -> tuple[str, ...]:
    """Return what tells the records of a subject apart, as cheaply as may be: its columns, else the term."""
    if isinstance(subject, TermMap) and not subject.conditions and is_injective(subject.expression, subject.term_type):
        columns = [table.columns[reference] for reference in references(subject.expression)]
        if not any(column.json for column in columns):
            return tuple(f"{_OWN}.{name(column.name)}" for column in columns)
    return (made.sql,)


def _select(scan: Scan, plan: Plan, shape: Shape) -> str:
    rows = Rows(scan.source, plan.catalog, keeps=scan.fused, distinct=scan.distinct)
    made = [rows.quad(rule) for rule in scan.rules]
    told = rows.told(scan.key) if shape is Shape.TEXT else None
    return shaped(made, rows.sql(), shape, plan.graphs, distinct=scan.unique, told=told)


def _from_quads(quads: str, plan: Plan, shape: Shape) -> str:
    """Return the rows of a SELECT of s, p, o, g in a shape."""
    if shape is Shape.QUADS:
        return f"SELECT s, p, o, g FROM ({quads})"
    graph = "|| CASE WHEN g IS NULL THEN '' ELSE ' ' || g END " if plan.graphs else ""
    return f"SELECT s || ' ' || p || ' ' || o {graph}|| ' .' AS line FROM ({quads})"
