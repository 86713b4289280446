"""The constraints of one shape: the parameters of SHACL Core's components, and in words what our own engine does not cover."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from kg.rdf.namespaces import SH, XSD
from kg.validation.ordering import kind_of
from kg.validation.paths import Nodes, Properties, list_members
from kg.validation.paths import Path as PropertyPath
from kg.validation.patterns import to_re2
from kg.validation.sql import words

_INTEGER: Final = re.compile(rf'"\+?([0-9]+)"\^\^<{re.escape(XSD)}integer>')
# Node kind -> the characters that terms of it can begin with.
_NODE_KINDS: Final = {
    f"<{SH}IRI>": "<",
    f"<{SH}BlankNode>": "_",
    f"<{SH}Literal>": '"',
    f"<{SH}BlankNodeOrIRI>": "_<",
    f"<{SH}BlankNodeOrLiteral>": '_"',
    f"<{SH}IRIOrLiteral>": '<"',
}
# A flag is on with the term true alone: `1` is another term, though of the same value (W3C test uniqueLang-002).
TRUE: Final = f'"true"^^<{XSD}boolean>'
_TRUTH: Final = {f'"{form}"^^<{XSD}boolean>': form == "true" for form in ("true", "1", "false", "0")}
# What needs an engine of its own: SPARQL, JavaScript, and what SHACL Advanced Features add to shapes.
_FOREIGN: Final = frozenset({"sparql", "js", "target", "expression", "values", "reifierShape", "reificationRequired"})


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint: `component` is the local name of its component without `ConstraintComponent`.

    `terms` are its parameters (the members of a list one by one; of a pattern the RE2 expression and then the pattern as written, of a node kind the characters that its terms begin with), `count` is a number
    of values or characters, `shapes` are the shapes that it refers to (of a qualified value shape its own and then its siblings).
    """

    component: str
    terms: tuple[str, ...] = ()
    count: int = 0
    shapes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a parameter stands: its shape, the shape's properties and the whole graph; and what was read of the shape so far."""

    term: str
    path: PropertyPath | None
    described: Properties
    nodes: Nodes
    constraints: list[Constraint]
    faults: list[str]

    def values(self, name: str) -> Sequence[str]:
        return self.described.get(f"<{SH}{name}>", ())

    def fault(self, text: str) -> None:
        self.faults.append(text)


_Read: TypeAlias = Callable[[_Site, str, Sequence[str]], None]


def read_constraints(
    term: str, path: PropertyPath | None, nodes: Nodes, components: Mapping[str, str]
) -> tuple[tuple[Constraint, ...], tuple[str, ...]]:
    """Return the constraints of a shape, and in words what of it is not covered.

    `components` maps the parameters of constraint components that the shapes graph declares to these.
    """
    site = _Site(term, path, nodes.get(term, {}), nodes, [], [])
    for predicate, values in site.described.items():
        if predicate in components and not predicate.startswith(f"<{SH}"):
            site.fault(f"uses the constraint component {components[predicate]}")
        name = predicate.removeprefix(f"<{SH}").removesuffix(">")
        if name in _FOREIGN and predicate.startswith(f"<{SH}"):
            site.fault(f"uses sh:{name}")
        elif name in _READERS and predicate.startswith(f"<{SH}"):
            _READERS[name](site, name, values)
    return tuple(site.constraints), tuple(dict.fromkeys(site.faults))


def _component(name: str) -> str:
    return name[0].upper() + name[1:]


def _only(site: _Site, name: str, values: Sequence[str]) -> str | None:
    """Return the one value of a parameter; several are a fault."""
    if len(values) == 1:
        return values[0]
    site.fault(f"has several values of sh:{name}")
    return None


def _number(site: _Site, name: str, values: Sequence[str]) -> int | None:
    value = _only(site, name, values)
    found = _INTEGER.fullmatch(value) if value else None
    if value and not found:
        site.fault(f"has an sh:{name} that is not a whole number of 0 or more")
    return int(found[1]) if found else None


def _count(site: _Site, name: str, values: Sequence[str]) -> None:
    number = _number(site, name, values)
    if site.path is None and name.endswith("Count"):
        site.fault(f"has sh:{name} without a path")
    elif number is not None:
        site.constraints.append(Constraint(_component(name), count=number))


def _datatype(site: _Site, name: str, values: Sequence[str]) -> None:
    value = _only(site, name, values)
    if value is not None and value.startswith("<"):
        site.constraints.append(Constraint("Datatype", (value,)))
    elif value is not None:
        site.fault("has an sh:datatype that is no IRI")


def _node_kind(site: _Site, name: str, values: Sequence[str]) -> None:
    value = _only(site, name, values)
    if value is not None and value in _NODE_KINDS:
        site.constraints.append(Constraint("NodeKind", (_NODE_KINDS[value],)))
    elif value is not None:
        site.fault("has an sh:nodeKind that is none of the six")


def _iris(site: _Site, name: str, values: Sequence[str]) -> None:
    """Read values each of which is a constraint of its own, and an IRI."""
    if name.startswith("lessThan") and site.path is None:
        site.fault(f"has sh:{name} without a path")
    elif all(value.startswith("<") for value in values):
        site.constraints.extend(Constraint(_component(name), (value,)) for value in values)
    else:
        site.fault(f"has an sh:{name} that is no IRI")


def _terms(site: _Site, name: str, values: Sequence[str]) -> None:
    """Read values each of which is a constraint of its own, and an IRI or literal."""
    if any(value.startswith("_:") for value in values):
        site.fault(f"has a blank node as sh:{name}")
    else:
        site.constraints.extend(Constraint(_component(name), (value,)) for value in values)


def _limit(site: _Site, name: str, values: Sequence[str]) -> None:
    value = _only(site, name, values)
    if value is None:
        return
    if kind_of(value) is not None:
        site.constraints.append(Constraint(_component(name), (value,)))
    else:
        site.fault(f"has an sh:{name} of a kind that SPARQL does not order")


def _list(site: _Site, name: str, values: Sequence[str]) -> None:
    head = _only(site, name, values)
    members = list_members(head, site.nodes) if head else ()
    if members is None or any(member.startswith("_:") for member in members):
        site.fault(f"has an sh:{name} that is no list of IRIs and literals")
    elif head:
        site.constraints.append(Constraint(_component(name), members))


def _languages(site: _Site, name: str, values: Sequence[str]) -> None:
    head = _only(site, name, values)
    members = list_members(head, site.nodes) if head else ()
    if members is None or not all(re.fullmatch('"[A-Za-z0-9*-]+"', member) for member in members):
        site.fault("has an sh:languageIn that is no list of language ranges")
    elif head:
        site.constraints.append(Constraint("LanguageIn", tuple(member[1:-1].lower() for member in members)))


def _pattern(site: _Site, _name: str, values: Sequence[str]) -> None:
    flags = site.values("flags")
    if len(values) > 1 or len(flags) > 1 or any(not value.endswith('"') for value in (*values, *flags)):
        site.fault("has a pattern that is not one string")
        return
    pattern = words(values[0])
    translated = to_re2(pattern, words(flags[0]) if flags else "")
    if translated is None:
        site.fault(f"has the pattern {pattern}, which is not one of both XPath and RE2")
    else:
        site.constraints.append(Constraint("Pattern", (translated, pattern)))


def _flag(site: _Site, name: str, values: Sequence[str]) -> None:
    value = _only(site, name, values)
    if value is not None and value not in _TRUTH:
        site.fault(f"has an sh:{name} that is neither true nor false")
    elif value is None or not _TRUTH[value]:
        return
    elif name == "uniqueLang" and site.path is None:
        site.fault("has sh:uniqueLang without a path")
    elif name == "uniqueLang":
        site.constraints.append(Constraint("UniqueLang"))
    else:
        _closed(site)


def _closed(site: _Site) -> None:
    ignored: list[str] = []
    for head in site.values("ignoredProperties"):
        members = list_members(head, site.nodes)
        if members is None:
            site.fault("has sh:ignoredProperties that are no list")
        else:
            ignored.extend(members)
    paths = (
        path
        for shape in site.values("property")
        for path in site.nodes.get(shape, {}).get(f"<{SH}path>", ())
        if path.startswith("<")
    )
    site.constraints.append(Constraint("Closed", tuple(dict.fromkeys((*paths, *ignored)))))


def _shape(site: _Site, name: str, values: Sequence[str]) -> None:
    if any(value.startswith('"') for value in values):
        site.fault(f"has a literal as sh:{name}")
    else:
        site.constraints.extend(Constraint(_component(name), shapes=(value,)) for value in values)


def _shape_list(site: _Site, name: str, values: Sequence[str]) -> None:
    for head in values:
        members = list_members(head, site.nodes)
        if not members or any(member.startswith('"') for member in members):
            site.fault(f"has an sh:{name} that is no list of shapes")
        else:
            site.constraints.append(Constraint(_component(name), shapes=members))


def _qualified(site: _Site, name: str, values: Sequence[str]) -> None:
    if site.path is None:
        return  # a parameter of property shapes alone: elsewhere it says nothing
    own = _only(site, name, values)
    counts = [limit for limit in ("qualifiedMinCount", "qualifiedMaxCount") if site.values(limit)]
    if own is None or own.startswith('"') or not counts:
        site.fault("has an sh:qualifiedValueShape without a shape or a count")
        return
    disjoint = any(_TRUTH.get(value, False) for value in site.values("qualifiedValueShapesDisjoint"))
    for limit in counts:
        number = _number(site, limit, site.values(limit))
        if number is not None:
            site.constraints.append(
                Constraint(_component(limit), count=number, shapes=(own, *(_siblings(site, own) if disjoint else ())))
            )


def _siblings(site: _Site, own: str) -> tuple[str, ...]:
    """Return the qualified value shapes of the property shapes beside this one (SHACL 4.7.3)."""
    parents = (described for described in site.nodes.values() if site.term in described.get(f"<{SH}property>", ()))
    beside = (shape for parent in parents for shape in parent[f"<{SH}property>"])
    return tuple(
        dict.fromkeys(
            q for shape in beside for q in site.nodes.get(shape, {}).get(f"<{SH}qualifiedValueShape>", ()) if q != own
        )
    )


_READERS: Final[Mapping[str, _Read]] = {
    **dict.fromkeys(("minCount", "maxCount", "minLength", "maxLength"), _count),
    **dict.fromkeys(("class", "equals", "disjoint", "lessThan", "lessThanOrEquals"), _iris),
    **dict.fromkeys(("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"), _limit),
    **dict.fromkeys(("node", "not"), _shape),
    **dict.fromkeys(("and", "or", "xone"), _shape_list),
    **dict.fromkeys(("uniqueLang", "closed"), _flag),
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "hasValue": _terms,
    "in": _list,
    "languageIn": _languages,
    "pattern": _pattern,
    "qualifiedValueShape": _qualified,
}
