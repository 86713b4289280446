"""The relation under a scan: a source, joined as its rules want, with a column for each different term."""

from __future__ import annotations

from collections.abc import Sequence

from kg.mapping.plan.collections import head
from kg.mapping.plan.shapes import Quad, Told
from kg.mapping.plan.terms import Made, term
from kg.mapping.plan.values import Catalog, Scope, Value, expressions, name, quoted, references, value
from kg.mapping.rules import Call, ConstantTerm, Expression, Gather, Joined, Rule, Source, Table, Term, TermMap
from kg.rdf.namespaces import XSD

_OWN, _KEY = "r", "k"
_NUMBERS = {f"{XSD}{local}" for local in ("integer", "decimal", "double")}


class Rows:
    """The relation as rules ask for terms.

    With `keeps`, joins are with unique keys and keep every row of the source; else they are inner joins. The columns of the references in `distinct` are
    made distinct before terms are made of them.
    """

    def __init__(self, source: Source, catalog: Catalog, *, keeps: bool, distinct: Sequence[str]) -> None:
        self.catalog, self.keeps, self.distinct = catalog, keeps, distinct
        self.table = catalog.tables[source]
        self.scope = Scope(self.table.columns, catalog)
        self.columns: dict[str, str] = {}
        self.doubts: dict[str, None] = {}
        self.joins: dict[tuple[Source, tuple[tuple[Expression, Expression], ...]], _Join] = {}

    def quad(self, rule: Rule) -> Quad:
        """Return a rule's terms as columns of the relation."""
        return (
            self._term(rule.subject, rule.graph),
            self._term(rule.predicate),
            self._term(rule.object, rule.graph),
            self._term(rule.graph) if rule.graph is not None else None,
        )

    def told(self, key: Sequence[str]) -> Told:
        """Return what the rows tell of the terms so far, with columns of their own: the hash of a key, and where a row may be unfit."""
        doubt = " OR ".join(self.doubts) or "false"
        if not key:
            return Told(doubt=doubt)
        known = " AND ".join(f"{each} IS NOT NULL" for each in key)
        # Sources have their keys apart.
        hashed = f"CASE WHEN {known} THEN hash({quoted(self.table.name)}, {', '.join(key)}) END"
        return Told(self._column(hashed), doubt)

    def sql(self) -> str:
        """Return the SELECT of the columns."""
        columns = ", ".join(f"{sql} AS {alias}" for sql, alias in self.columns.items()) or "1 AS one"
        joins = "".join(join.sql() for join in self.joins.values())
        lists = {sql: alias for join in self.joins.values() for sql, alias in join.lists.items()}
        rows = f"{name(self.table.name)} AS {_OWN}"
        if self.distinct:
            columns_read = ", ".join(name(self.table.columns[reference].name) for reference in self.distinct)
            rows = f"(SELECT DISTINCT {columns_read} FROM {rows}) AS {_OWN}"
        for sql, alias in lists.items():
            # One after the other, so that each value meets all of the others.
            rows = f"(SELECT {_OWN}.*, unnest(list_distinct({sql})) AS {alias} FROM {rows}) AS {_OWN}"
        return f"SELECT {columns} FROM {rows}{joins}"

    def _term(self, part: Term | Joined, graph: Term | None = None) -> Value:
        if isinstance(part, ConstantTerm):
            return Value(quoted(part.text))
        if isinstance(part, Joined):
            key = (part.source, part.conditions)
            join = self.joins.get(key)
            if join is None:
                join = self.joins[key] = _Join(
                    f"j{len(self.joins)}", part, self.scope, self.catalog.tables[part.source], self.keeps
                )
            found = term(part, join.scope)
            made = join.term(found)
        else:
            found = head(part, self.scope, graph) if isinstance(part, Gather) else term(part, self.scope)
            made = found.value
        if found.faults:
            self._doubt(part, found)
        return Value(self._column(made.sql), made.many)

    def _column(self, sql: str) -> str:
        return self.columns.setdefault(sql, f"t{len(self.columns)}")

    def _doubt(self, part: Term | Joined, made: Made) -> None:
        """Note where a row may be unfit for a term: wherever it is, and else seldom, for each doubt costs another look."""
        if isinstance(part, (Joined, Gather)):
            # Rows of another source may be unfit that no row here joins.
            self.doubts["true"] = None
        elif isinstance(part, TermMap) and not made.many and not any(isinstance(e, Call) for e in expressions(part)):
            # A value that is unfit makes no term, which is cheaper to see.
            values = [self._column(self.scope.raw(each).sql) for e in expressions(part) for each in references(e)]
            known = " OR ".join(f"{each} IS NOT NULL" for each in dict.fromkeys(values))
            self.doubts[f"({self._column(made.sql)} IS NULL AND ({known}))"] = None
        else:
            self.doubts |= {self._column(f"({fault}) IS NOT NULL"): None for fault in made.faults}


def of_different_numbers(one: Value, other: Value) -> bool:
    """Return whether two keys are numbers of different types, whose texts need not be the same."""
    types = {one.datatype, other.datatype}
    return len(types) == 2 and types <= _NUMBERS and not one.many and not other.many


def number_key(sql: str) -> str:
    """Return the SQL of a number's text without zeros at the end of a fraction."""
    return f"CASE WHEN contains({sql}, '.') THEN rtrim(rtrim({sql}, '0'), '.') ELSE {sql} END"


class _Join:
    """The other side of a join: its keys and terms."""

    def __init__(self, alias: str, joined: Joined, ours: Scope, table: Table, keeps: bool) -> None:
        self.alias, self.table, self.keeps = alias, table, keeps
        self.scope = Scope(table.columns, ours.catalog, "p")
        self.terms: dict[str, str] = {}
        self.lists: dict[str, str] = {}
        self.keys: list[str] = []
        self.unnested: dict[int, str] = {}
        self.conditions: list[str] = []
        for number, (mine, theirs) in enumerate(joined.conditions):
            here, there = value(mine, ours), value(theirs, self.scope)
            numbers = of_different_numbers(here, there)
            key = number_key(there.sql) if numbers else there.sql
            self.keys.append(key)
            if there.many:
                self.unnested[number] = key
            left = number_key(here.sql) if numbers else here.sql
            if here.many:
                left = f"{_OWN}.{self.lists.setdefault(here.sql, f'kg_{alias}_{number}')}"
            self.conditions.append(f"{left} = {alias}.{_KEY}{number}")

    def term(self, made: Made) -> Value:
        """Return a term of the other side as a column of it."""
        column = self.terms.setdefault(made.sql, f"t{len(self.terms)}")
        return Value(f"{self.alias}.{column}", made.many)

    def sql(self) -> str:
        """Return the JOIN clause."""
        columns = [f"{key} AS {_KEY}{number}" for number, key in enumerate(self.keys)]
        columns += [f"{sql} AS {column}" for sql, column in self.terms.items()]
        other = f"SELECT {', '.join(columns)} FROM {name(self.table.name)} AS p"
        for number in self.unnested:
            key = f"{_KEY}{number}"
            other = f"SELECT p.* EXCLUDE ({key}), unnest(list_distinct(p.{key})) AS {key} FROM ({other}) AS p"
        other = f"({other}) AS {self.alias}"
        if not self.conditions:
            return f" CROSS JOIN {other}"
        return f" {'LEFT' if self.keeps else 'INNER'} JOIN {other} ON {' AND '.join(self.conditions)}"
