"""Says how a mapping would be run, what its first rows give, and what looks wrong in it, given the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.mapping.engine import Sources, title
from kg.mapping.plan import Shape, plan_of
from kg.mapping.plan.values import expressions, name, references
from kg.mapping.rules import Column, Joined, Place, Reference, Rule, Source, Template, TermMap, TermType
from kg.mapping.run import Run

_SAMPLE = 1_000
# What all values of a column look like, the most special first: a pattern (RE2) and the datatype to suggest.
_LOOKS = (
    (r"true|false", "boolean"),
    (r"[+-]?(0|[1-9][0-9]*)", "integer"),
    (r"[+-]?[0-9]*\.[0-9]+", "decimal"),
    (r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "date"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?", "dateTime"),
)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something in a mapping that is allowed and probably not meant."""

    place: Place
    what: str
    advice: str


def explained(run: Run) -> Iterator[str]:
    """Yield the lines that tell the plan: the scans, why they are as they are, and an estimate of the triples."""
    plan = run.plan(run.rules.statements)
    total = 0
    for scan in plan.scans:
        rows = _rows(run.sources, scan.source)
        total += rows * len(scan.rules)
        joins = {each.source for rule in scan.rules for each in (rule.subject, rule.object) if isinstance(each, Joined)}
        how = "streamed" if scan.unique else "through DISTINCT"
        yield f"scan {title(scan.source)}: {_counted(len(scan.rules), 'rule')} over {_counted(rows, 'row')}, {how}: {scan.why}"
        for source in joins:
            kept = "a look-up, for its keys are unique" if scan.fused else "an inner join, for its keys repeat"
            yield f"  join {title(source)}: {kept}"
        for rule in scan.rules:
            yield f"  {rule.place}"
    for each in plan.collections:
        yield f"collection {each.gather.name} over {title(each.source)}: {each.place}"
    checks = plan.checks()
    yield (
        f"checks: {_counted(len(checks), 'kind')} of unfit value {'is' if len(checks) == 1 else 'are'} looked for"
        if checks
        else "checks: none, no rule can fail on a value"
    )
    yield f"estimate: at most {_counted(total, 'triple')}, fewer where values are missing or repeat or lists are empty; more where they have many"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def first_lines(run: Run, count: int) -> Iterator[str]:
    """Yield lines of N-Quads that the first rows of each source give."""
    plan = plan_of(run.rules.statements, run.sources.catalog, lambda _source, _expressions: False)
    for select in (*plan.streamed(Shape.LINES), *plan.pooled(Shape.LINES)):
        for (line,) in run.con.execute(f"SELECT * FROM ({select}) LIMIT {count}").fetchall():
            yield line


def lint(run: Run) -> Iterator[Advice]:
    """Yield what looks wrong: subjects that repeat although their rows differ, and text that looks like a number, a date or a truth value."""
    rules = [each for each in run.rules.statements if isinstance(each, Rule)]
    subjects = {(rule.source, rule.subject): rule for rule in rules if isinstance(rule.subject, TermMap)}
    plan = run.plan(run.rules.statements)
    repeated = {
        (rule.source, rule.subject) for scan in plan.scans if "subjects repeat" in scan.why for rule in scan.rules
    }
    for (source, subject), rule in subjects.items():
        if (source, subject) not in repeated or not isinstance(subject.expression, Template):
            continue
        about = [each.object for each in rules if (each.source, each.subject) == (source, subject)]
        if _differ(run.sources, source, subject, [each for each in about if isinstance(each, TermMap)]):
            names = " and ".join(references(subject.expression))
            yield Advice(
                rule.place,
                f"rows of {title(source)} share subjects, for {names or 'nothing in its template'} repeats",
                "take a key into the template if each row is a thing of its own",
            )
    seen = set()
    for rule in rules:
        made = rule.object
        if not isinstance(made, TermMap) or not isinstance(made.expression, Reference):
            continue
        if (
            made.term_type is not TermType.LITERAL
            or made.datatype
            or made.language
            or (rule.source, made.expression.name) in seen
        ):
            continue
        seen.add((rule.source, made.expression.name))
        column = run.sources.tables[rule.source].columns[made.expression.name]
        looks = _looks(run.sources, rule.source, column)
        if looks:
            yield Advice(
                rule.place,
                f"all values of {made.expression.name!r} look like xsd:{looks} and become plain text",
                f"add rml:datatype xsd:{looks} if that is what they are",
            )


def _differ(sources: Sources, source: Source, subject: TermMap, objects: Sequence[TermMap]) -> bool:
    """Return whether rows with one subject say different things of it."""
    table = sources.tables[source]

    def columns(maps: Sequence[TermMap]) -> list[str]:
        read = {reference for each in maps for expression in expressions(each) for reference in references(expression)}
        return sorted(name(table.columns[each].name) for each in read)

    keys, all_of_it = (", ".join(columns(maps)) for maps in ([subject], [subject, *objects]))
    counts = [
        sources.con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {some} FROM {name(table.name)})").fetchone()
        for some in (keys, all_of_it)
    ]
    return bool(keys) and counts[0] != counts[1]


def _rows(sources: Sources, source: Source) -> int:
    found = sources.con.execute(f"SELECT count(*) FROM {name(sources.tables[source].name)}").fetchone()
    return int(found[0]) if found else 0


def _looks(sources: Sources, source: Source, column: Column) -> str | None:
    """Return the datatype that the first values of a column of plain text look like."""
    if column.many or column.json or column.datatype:
        return None
    values = f"SELECT {name(column.name)} AS v FROM {name(sources.tables[source].name)} LIMIT {_SAMPLE}"
    tests = ", ".join(f"bool_and(regexp_full_match(v, '{pattern}'))" for pattern, _ in _LOOKS)
    found = sources.con.execute(f"SELECT {tests} FROM ({values}) WHERE v IS NOT NULL AND v <> ''").fetchone()
    return next((kind for fits, (_, kind) in zip(found or (), _LOOKS, strict=False) if fits), None)
