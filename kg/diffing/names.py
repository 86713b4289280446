"""What things, properties and values are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kg.diffing.changes import Name, Value
from kg.rdf.labels import LABELS
from kg.rdf.namespaces import QUDT, RDF, XSD
from kg.rdf.prefixes import shortened
from kg.rdf.quads import columns_of
from kg.rdf.vocabulary import load_vocabulary
from kg.settings import ONTOLOGY

if TYPE_CHECKING:
    import duckdb
    import pyoxigraph as ox

_LABELS = tuple(f"<{iri}>" for iri in LABELS)
# What has a number and a unit is called by them.
_NUMBER, _UNIT = f"<{QUDT}numericValue>", f"<{ONTOLOGY}unitText>"
_BARE = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", "boolean", "date", "dateTime", "gYear")
)
_FIRST, _REST, _NIL = (f"<{RDF}{name}>" for name in ("first", "rest", "nil"))
_LONG = 160
# What is told of a blank node: its properties, and those of blank nodes in it, so deep.
_DEPTH, _MOST = 3, 12
_SAID = f"""
SELECT DISTINCT s, p, o FROM changes WHERE starts_with(s, '_:') AND root IN (SELECT root FROM changes SEMI JOIN told USING (s))
QUALIFY row_number() OVER (PARTITION BY s ORDER BY p, o) <= {_MOST + 1} ORDER BY s, p, o LIMIT 100000
"""


class Names:
    """Finds labels in the new graph, then in the old one, then in our ontology."""

    def __init__(self, con: duckdb.DuckDBPyConnection, prefixes: dict[str, str], terms: Iterable[str]) -> None:
        """`terms` are all those that names will be asked for, in N-Triples, but for those of the groups of blank nodes that the table `told` (s) refers to."""
        self._prefixes = prefixes
        self._known = {term.iri: term.label for term in load_vocabulary().terms.values()}
        self._said: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for s, p, o in con.execute(_SAID).fetchall():
            self._said[s].append((p, o))
        inside = (term for rows in self._said.values() for row in rows for term in row)
        self._labels = _labels(con, {term for term in (*terms, *inside) if term.startswith("<")})

    def name(self, term: str) -> Name:
        """Return the name of an IRI or blank node, or of the default graph ('')."""
        if not term.startswith("<"):
            return Name("", "something without a name" if term else "the default graph")
        iri = term[1:-1]
        return Name(iri, shortened(iri, self._prefixes), self._labels.get(term) or self._known.get(iri))

    def values(self, old: Sequence[str], new: Sequence[str]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        """Return the values of a property on both sides, in their order; where two would read the same, or one is long, it is the difference that is told."""
        told = {term: self._value(term) for term in (*old, *new)}
        alike: dict[str, list[str]] = defaultdict(list)
        for term, value in told.items():
            alike[str(value)].append(term)
        for terms in alike.values():
            if len(terms) > 1:
                told |= {term: Value(term, _whole(term)) for term in terms if term.startswith('"')}
        if len(old) == len(new) == 1 and old[0].startswith('"') and new[0].startswith('"'):
            start = _common(told[old[0]].text, told[new[0]].text)
            return (_cut(told[old[0]], start),), (_cut(told[new[0]], start),)
        return tuple(_cut(told[term], 0) for term in old), tuple(_cut(told[term], 0) for term in new)

    def _value(self, term: str, depth: int = 0) -> Value:
        if term.startswith("_:"):
            return Value(term, self._listed(term, depth) or self._described(term, depth))
        if term.startswith("<"):
            name = self.name(term)
            return Value(term, name.label, name.short) if name.label else Value(term, name.short)
        return Value(term, _text(term))

    def _listed(self, label: str, depth: int) -> str | None:
        """Return the elements of an RDF collection, within parentheses; None for a blank node that is none."""
        elements: list[str] = []
        while label != _NIL and len(elements) < _MOST and depth < _DEPTH:
            rows = dict(self._said[label])
            if rows.keys() != {_FIRST, _REST}:
                return None
            elements.append(str(self._value(rows[_FIRST], depth + 1)))
            label = rows[_REST]
        return f"({' '.join(elements)}{'' if label == _NIL else ' …'})" if elements else None

    def _described(self, label: str, depth: int) -> str:
        """Return what a blank node says, within brackets."""
        if depth == _DEPTH:
            return "[…]"
        rows = self._said[label]
        said = [f"{self.name(p)}: {self._value(o, depth + 1)}" for p, o in rows[:_MOST]]
        return f"[{'; '.join(said)}{'; …' if len(rows) > _MOST else ''}]"


def _labels(con: duckdb.DuckDBPyConnection, wanted: set[str]) -> dict[str, str]:
    """Return the labels of IRIs (`<iri>`) that have one."""
    con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS s", [sorted(wanted)])
    lines = "(SELECT side, line FROM lines WHERE split_part(line, ' ', 1) IN (FROM wanted) AND split_part(line, ' ', 2) IN (SELECT unnest($properties)))"
    rows = con.execute(
        f"SELECT DISTINCT s, side, p, o FROM ({columns_of(lines, 'side')}) WHERE starts_with(o, '\"')",
        {"properties": [*_LABELS, _NUMBER, _UNIT]},
    ).fetchall()
    texts: dict[str, list[tuple[int, bool, int, str]]] = defaultdict(list)
    quantities: dict[str, dict[str, str]] = defaultdict(dict)
    for s, side, p, o in sorted(rows):
        if p in _LABELS:
            tag = _literal(o).language
            texts[s].append((-side, bool(tag) and not str(tag).startswith("en"), _LABELS.index(p), _literal(o).value))
        else:
            quantities[s][p] = _literal(o).value
    found = {
        s: " ".join(some[p] for p in (_NUMBER, _UNIT) if p in some) for s, some in quantities.items() if _NUMBER in some
    }
    return found | {s: _one_line(min(some)[-1]) for s, some in texts.items()}


def _literal(term: str) -> ox.Literal:
    import pyoxigraph as ox

    (quad,) = ox.parse(f"<x:s> <x:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)  # noqa: S101 - a quote mark begins literals alone
    return quad.object


def _text(term: str) -> str:
    """Return a literal as people write it: numbers, dates and truth values bare, the rest within quote marks."""
    value = _literal(term)
    return value.value if value.datatype.value in _BARE else _one_line(_whole(term))


def _whole(term: str) -> str:
    """Return a literal with its language or datatype, the latter shortened."""
    value = _literal(term)
    text = f'"{value.value}"'
    if value.language:
        return f"{text}@{value.language}"
    return (
        text if value.datatype.value == XSD + "string" else f"{text}^^{shortened(value.datatype.value, {'xsd': XSD})}"
    )


def _common(one: str, other: str) -> int:
    """Return at which character two texts begin to differ."""
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def _cut(value: Value, start: int) -> Value:
    """Return a value whose text, if it is long, is cut to what stands around a place."""
    if len(value.text) <= _LONG:
        return value
    first = max(0, min(start, len(value.text)) - _LONG // 4)
    end = first + _LONG
    return Value(
        value.term, f"{'…' if first else ''}{value.text[first:end]}{'…' if end < len(value.text) else ''}", value.short
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
