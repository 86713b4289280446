"""The plan of each constraint component of SHACL Core (sections 4.1 to 4.8): one SELECT over all shapes that use it.

Each gives the columns of `kg_result` (shape, focus, path, value, component, asked); `path` is NULL where it is the shape's
own. What a shape wants is a row of `kg_parameter`, so the text of a plan does not depend on the shapes, but for datatypes
and regular expressions: constants there are compiled once, and columns would be row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from kg.rdf.namespaces import RDF
from kg.validation.ordering import sign
from kg.validation.shapes import Shape
from kg.validation.sql import language, lexical, mark, quoted, text, well_formed

_Maker: TypeAlias = Callable[[str, str], str]

_LIMITS: Final = {"MinInclusive": ">=", "MinExclusive": ">", "MaxInclusive": "<=", "MaxExclusive": "<"}
_PAIRS: Final = {"LessThan": "<", "LessThanOrEquals": "<="}
# How many of the shapes that a constraint refers to must hold for a value: of `total`, `bad` fail.
_CONFORMANCE: Final = {
    "Node": "bad = 0", "And": "bad = 0", "Not": "bad = total", "Or": "bad < total", "Xone": "total - bad = 1",
}  # fmt: skip
_QUALIFIED: Final = {"QualifiedMinCount": "<", "QualifiedMaxCount": ">"}


def plans(shapes: Sequence[Shape], quads: str) -> Iterator[str]:
    """Yield the plan of each component that the shapes use, by number, and that does not refer to other shapes."""
    used = _used(shapes)
    for component, maker in _MAKERS.items():
        if component in used:
            yield maker(component, quads)
    if "Datatype" in used:
        yield _datatype(
            {term for shape in shapes for use in shape.constraints if use.component == "Datatype" for term in use.terms}
        )
    if "Pattern" in used:
        uses = [(number, use) for number, shape in enumerate(shapes) for use in shape.constraints]
        yield _pattern({number: use.terms[0] for number, use in uses if use.component == "Pattern"})
    if used & set(_LIMITS):
        yield _limits(sorted(used & set(_LIMITS)))


def reference_plans(shapes: Sequence[Shape], height: int) -> Iterator[str]:
    """Yield the plans of the components that refer to shapes, for all shapes of a height; `kg_bad` must hold what fails those."""
    used = _used(shapes)
    if used & set(_CONFORMANCE):
        yield _logical(height)
    if used & set(_QUALIFIED):
        yield _qualified(height)


def compared_plan(shapes: Sequence[Shape], quads: str) -> str | None:
    """Return the plan of `kg_term`, all terms that shapes compare by order, with their marks; None if there is nothing to compare."""
    used = _used(shapes)
    limits, pairs = sorted(used & set(_LIMITS)), sorted(used & set(_PAIRS))
    if not limits and not pairs:
        return None
    parts = [f"SELECT v.value AS term FROM kg_value v SEMI JOIN {_users(*limits, *pairs)} u ON u.shape = v.shape"]
    if limits:
        parts.append(f"SELECT term FROM kg_parameter WHERE component IN ({_list(limits)})")
    if pairs:
        parts.append(
            f"SELECT q.o FROM kg_value v JOIN {_parameters(*pairs)} c ON c.shape = v.shape "
            f"JOIN {quads} q ON q.s = v.focus AND q.p = c.term"
        )
    return f"SELECT term, {mark('term')} AS mark FROM ({' UNION '.join(parts)})"


def _used(shapes: Sequence[Shape]) -> set[str]:
    return {constraint.component for shape in shapes for constraint in shape.constraints}


def _list(components: Sequence[str]) -> str:
    return ", ".join(quoted(component) for component in components)


def _parameters(*components: str) -> str:
    """Return SQL of the relation (shape, component, term, number) of the parameters of components.

    A constraint without terms (a count, an empty list) has one row without a term.
    """
    return f"(SELECT * FROM kg_parameter WHERE component IN ({_list(components)}))"


def _users(*components: str) -> str:
    """Return SQL of the relation (shape) of the shapes that use one of the components, for a semi-join."""
    return f"(SELECT shape FROM kg_parameter WHERE component IN ({_list(components)}))"


def _focus(*components: str) -> str:
    """Return SQL of the relation (shape, focus, asked) of the focus nodes of the shapes that use one of the components."""
    return (
        "(SELECT DISTINCT m.shape, n.node AS focus, m.asked FROM kg_set n JOIN kg_member m ON m.id = n.id "
        f"SEMI JOIN {_users(*components)} u ON u.shape = m.shape)"
    )


def _failing(component: str, source: str, condition: str) -> str:
    """Return SQL of a result for each row v of a source for which a condition is not true."""
    return (
        f"SELECT v.shape, v.focus, NULL, v.value, {quoted(component)}, v.asked FROM {source} "
        f"WHERE ({condition}) IS NOT TRUE"
    )


# 4.1 Value types


def _class(component: str, quads: str) -> str:
    return (
        f"SELECT v.shape, v.focus, NULL, v.value, {quoted(component)}, v.asked "
        f"FROM kg_value v JOIN {_parameters(component)} c ON c.shape = v.shape "
        f"ANTI JOIN (SELECT q.s AS node, b.class FROM {quads} q JOIN kg_class b ON q.o = b.below "
        f"WHERE q.p = '<{RDF}type>') t ON t.node = v.value AND t.class = c.term"
    )


def _datatype(datatypes: set[str]) -> str:
    """Return the plan: the datatype of a literal is as wanted, and its lexical form is one of it."""
    tests = " ".join(
        f"WHEN {quoted(term)} THEN {well_formed(term[1:-1], 'v.value', 'v.form', 'v.mark')}"
        for term in sorted(datatypes)
    )
    source = (
        f"(SELECT v.*, c.term, {lexical('v.value')} AS form, {mark('v.value')} AS mark FROM kg_value v "
        f"JOIN {_parameters('Datatype')} c ON c.shape = v.shape) v"
    )
    return _failing("Datatype", source, f"CASE v.term {tests} END")


def _node_kind(component: str, _quads: str) -> str:
    source = f"kg_value v JOIN {_parameters(component)} c ON c.shape = v.shape"
    return _failing(component, source, "contains(c.term, left(v.value, 1))")


# 4.2 Cardinality


def _min_count(component: str, _quads: str) -> str:
    """Return the plan, in which a focus node without any value, and so without a row in kg_value, counts as 0."""
    return (
        f"SELECT f.shape, f.focus, NULL, NULL, {quoted(component)}, f.asked FROM {_focus(component)} f "
        f"JOIN {_parameters(component)} c ON c.shape = f.shape "
        f"LEFT JOIN ({_counted(component)}) n ON n.shape = f.shape AND n.focus = f.focus AND n.asked = f.asked "
        "WHERE coalesce(n.number, 0) < c.number"
    )


def _max_count(component: str, _quads: str) -> str:
    return (
        f"SELECT n.shape, n.focus, NULL, NULL, {quoted(component)}, n.asked FROM ({_counted(component)}) n "
        f"JOIN {_parameters(component)} c ON c.shape = n.shape WHERE n.number > c.number"
    )


def _counted(component: str) -> str:
    return (
        "SELECT v.shape, v.focus, v.asked, count(*) AS number FROM kg_value v "
        f"SEMI JOIN {_users(component)} u ON u.shape = v.shape GROUP BY ALL"
    )


# 4.3 Value ranges


def _limits(components: Sequence[str]) -> str:
    """Return the plan of all four components at once: they differ in the sign that they want."""
    tests = " ".join(f"WHEN {quoted(component)} THEN sign {_LIMITS[component]} 0" for component in components)
    return (
        "SELECT shape, focus, NULL, value, component, asked FROM ("
        f"SELECT v.shape, v.focus, v.value, c.component, v.asked, {sign('a', 'b')} AS sign FROM kg_value v "
        f"JOIN {_parameters(*components)} c ON c.shape = v.shape "
        "LEFT JOIN kg_order a ON a.term = v.value LEFT JOIN kg_order b ON b.term = c.term) "
        f"WHERE (CASE component {tests} END) IS NOT TRUE"
    )


# 4.4 Strings


def _length(component: str, _quads: str) -> str:
    source = f"kg_value v JOIN {_parameters(component)} c ON c.shape = v.shape"
    return _failing(
        component, source, f"length({text('v.value')}) {'>=' if component == 'MinLength' else '<='} c.number"
    )


def _pattern(patterns: Mapping[int, str]) -> str:
    tests = " ".join(
        f"WHEN {shape} THEN regexp_matches(v.words, {quoted(pattern)})" for shape, pattern in patterns.items()
    )
    source = f"(SELECT v.*, {text('v.value')} AS words FROM kg_value v SEMI JOIN {_users('Pattern')} u ON u.shape = v.shape) v"
    return _failing("Pattern", source, f"CASE v.shape {tests} END")


def _tagged(component: str) -> str:
    return f"(SELECT v.*, {language('v.value')} AS tag FROM kg_value v SEMI JOIN {_users(component)} u ON u.shape = v.shape)"


def _language_in(component: str, _quads: str) -> str:
    """Return the plan: a tag matches a range that it equals or extends by a subtag, and `*` all tags (RFC 4647, 3.3.1)."""
    match = "c.term = v.tag OR starts_with(v.tag, c.term || '-') OR (c.term = '*' AND v.tag <> '')"
    return (
        f"SELECT v.shape, v.focus, NULL, v.value, {quoted(component)}, v.asked FROM {_tagged(component)} v "
        f"LEFT JOIN {_parameters(component)} c ON c.shape = v.shape "
        f"GROUP BY v.shape, v.focus, v.value, v.asked HAVING bool_or({match}) IS NOT TRUE"
    )


def _unique_lang(component: str, _quads: str) -> str:
    return (
        f"SELECT shape, focus, NULL, NULL, {quoted(component)}, asked FROM {_tagged(component)} "
        "WHERE tag <> '' GROUP BY shape, focus, asked, tag HAVING count(*) > 1"
    )


# 4.5 Pairs of properties


def _equals(component: str, quads: str) -> str:
    """Return the plan: what only one of the path and the other property has as a value is a result."""
    return (
        f"SELECT v.shape, v.focus, NULL, v.value, {quoted(component)}, v.asked FROM kg_value v "
        f"JOIN {_parameters(component)} c ON c.shape = v.shape "
        f"ANTI JOIN {quads} q ON q.s = v.focus AND q.p = c.term AND q.o = v.value "
        f"UNION SELECT f.shape, f.focus, NULL, q.o, {quoted(component)}, f.asked FROM {_focus(component)} f "
        f"JOIN {_parameters(component)} c ON c.shape = f.shape JOIN {quads} q ON q.s = f.focus AND q.p = c.term "
        "ANTI JOIN kg_value v ON v.shape = f.shape AND v.focus = f.focus AND v.value = q.o"
    )


def _disjoint(component: str, quads: str) -> str:
    return (
        f"SELECT v.shape, v.focus, NULL, v.value, {quoted(component)}, v.asked FROM kg_value v "
        f"JOIN {_parameters(component)} c ON c.shape = v.shape "
        f"JOIN {quads} q ON q.s = v.focus AND q.p = c.term AND q.o = v.value"
    )


def _less_than(component: str, quads: str) -> str:
    """Return the plan: each value is less than each of the other property; what SPARQL cannot compare is not."""
    source = (
        f"kg_value v JOIN {_parameters(component)} c ON c.shape = v.shape "
        f"JOIN {quads} q ON q.s = v.focus AND q.p = c.term "
        "LEFT JOIN kg_order a ON a.term = v.value LEFT JOIN kg_order b ON b.term = q.o"
    )
    return _failing(component, source, f"{sign('a', 'b')} {_PAIRS[component]} 0")


# 4.6 and 4.7 References to shapes


def _references(components: Sequence[str], height: int) -> str:
    return (
        f"(SELECT r.* FROM kg_reference r JOIN kg_shape h ON h.shape = r.shape AND h.height = {height} "
        f"WHERE r.component IN ({_list(components)}))"
    )


def _logical(height: int) -> str:
    tests = " ".join(f"WHEN {quoted(component)} THEN {test}" for component, test in _CONFORMANCE.items())
    return (
        "SELECT shape, focus, NULL, value, component, asked FROM ("
        "SELECT c.id, c.component, v.shape, v.focus, v.value, v.asked, count(*) AS total, count(b.node) AS bad "
        f"FROM kg_value v JOIN {_references(list(_CONFORMANCE), height)} c ON c.shape = v.shape "
        "LEFT JOIN (SELECT DISTINCT shape, node FROM kg_bad) b ON b.shape = c.used AND b.node = v.value GROUP BY ALL) "
        f"WHERE NOT CASE component {tests} END"
    )


def _qualified(height: int) -> str:
    """Return the plan, which counts the values that conform to the shape and to none of its siblings (4.7.3)."""
    wanted = _references(list(_QUALIFIED), height)
    beside = (
        f"SELECT c.id, v.focus, v.value FROM kg_value v JOIN {wanted} c ON c.shape = v.shape AND c.sibling "
        "ANTI JOIN kg_bad b ON b.shape = c.used AND b.node = v.value"
    )
    counted = (
        f"SELECT c.id, v.focus, v.asked, count(*) AS number FROM kg_value v "
        f"JOIN {wanted} c ON c.shape = v.shape AND NOT c.sibling "
        "ANTI JOIN kg_bad b ON b.shape = c.used AND b.node = v.value "
        f"ANTI JOIN ({beside}) g ON g.id = c.id AND g.focus = v.focus AND g.value = v.value GROUP BY ALL"
    )
    tests = " ".join(
        f"WHEN {quoted(name)} THEN coalesce(n.number, 0) {sign} c.number" for name, sign in _QUALIFIED.items()
    )
    return (
        f"SELECT f.shape, f.focus, NULL, NULL, c.component, f.asked FROM {_focus(*_QUALIFIED)} f "
        f"JOIN {wanted} c ON c.shape = f.shape AND NOT c.sibling "
        f"LEFT JOIN ({counted}) n ON n.id = c.id AND n.focus = f.focus AND n.asked = f.asked "
        f"WHERE CASE c.component {tests} END"
    )


# 4.8 Other


def _closed(component: str, quads: str) -> str:
    return (
        f"SELECT v.shape, v.focus, q.p, q.o, {quoted(component)}, v.asked FROM kg_value v "
        f"SEMI JOIN {_users(component)} u ON u.shape = v.shape JOIN {quads} q ON q.s = v.value "
        f"ANTI JOIN {_parameters(component)} c ON c.shape = v.shape AND c.term = q.p"
    )


def _has_value(component: str, _quads: str) -> str:
    return (
        f"SELECT f.shape, f.focus, NULL, NULL, {quoted(component)}, f.asked FROM {_focus(component)} f "
        f"JOIN {_parameters(component)} c ON c.shape = f.shape "
        "ANTI JOIN kg_value v ON v.shape = f.shape AND v.focus = f.focus AND v.value = c.term"
    )


def _in(component: str, _quads: str) -> str:
    return (
        f"SELECT v.shape, v.focus, NULL, v.value, {quoted(component)}, v.asked FROM kg_value v "
        f"SEMI JOIN {_users(component)} u ON u.shape = v.shape "
        f"ANTI JOIN {_parameters(component)} c ON c.shape = v.shape AND c.term = v.value"
    )


_MAKERS: Final[Mapping[str, _Maker]] = {
    "Class": _class,
    "NodeKind": _node_kind,
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "MinLength": _length,
    "MaxLength": _length,
    "LanguageIn": _language_in,
    "UniqueLang": _unique_lang,
    "Equals": _equals,
    "Disjoint": _disjoint,
    "LessThan": _less_than,
    "LessThanOrEquals": _less_than,
    "Closed": _closed,
    "HasValue": _has_value,
    "In": _in,
}
