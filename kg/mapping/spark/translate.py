"""DuckDB's SQL to Spark's: macros are put in place of their calls, and what means something else in Spark is put otherwise.

Spark has functions of SQL too, but takes none within a lambda.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from kg.errors import MappingError
from kg.mapping.functions.macros import macros as function_macros
from kg.mapping.spark.expressions import NotPortableError, java_expression, java_replacement
from kg.mapping.spark.letters import case_table
from kg.mapping.spark.macros import spark_macros
from kg.rdf.terms import macros as term_macros

try:
    import sqlglot
    from sqlglot import exp
    from sqlglot.dialects.duckdb import DuckDB
except ModuleNotFoundError as error:
    raise MappingError(
        "KG262", "Spark is not installed", advice='install it with: pip install "aimodel-kg[spark]"'
    ) from error

_STATEMENT = re.compile(r"CREATE OR REPLACE MACRO (\w+)\(([^)]*)\) AS\s+(.*?);[^\S\n]*$", re.DOTALL | re.MULTILINE)
# Functions that sqlglot does not know, and that are the same in Spark.
_SAME = frozenset(["ARRAY_POSITION", "GET", "REVERSE", "SIZE"])
_RENAMED = {"LEN": "SIZE", "STRLEN": "OCTET_LENGTH", "LIST_REVERSE": "REVERSE", "LIST_POSITION": "ARRAY_POSITION"}
_REFUSED = {"kg_fn_moment": "calculate with dates", "kg_lexical": "take literals apart", "kg_double": "write doubles"}
_READ_APART = (
    "LEN",
    "RANGE",
    "LIST_SLICE",
    "STRING_SPLIT",
    "CHR",
    "URL_ENCODE",
    "LIST",
    "STRLEN",
    "LIST_REDUCE",
    "REGEXP_FULL_MATCH",
)
_Node: TypeAlias = exp.Expr


class _Source(DuckDB):
    """DuckDB, but with those functions read as they are of which sqlglot makes something that is not the same."""

    class Parser(DuckDB.Parser):  # type: ignore[misc,valid-type]
        """The parser, without what it knows of them."""

        FUNCTIONS = {name: made for name, made in DuckDB.Parser.FUNCTIONS.items() if name not in _READ_APART}  # noqa: RUF012


def translated(sql: str) -> str:
    """Return a query of DuckDB's as one of Spark's with the same rows; MappingError (KG261) for what Spark does not have."""
    try:
        return _adapted(sqlglot.parse_one(sql, read=_Source)).sql(dialect="spark")
    except NotPortableError as error:
        raise _refused(str(error)) from error


def _refused(what: str) -> MappingError:
    return MappingError("KG261", f"Spark cannot {what}", advice="leave it out, or run the mapping with --engine duckdb")


def _adapted(node: _Node) -> _Node:
    """Return a tree of DuckDB's meaning as one of Spark's: what is within a node first."""
    _adapt_within(node, _adapted)
    fix = _FIXES.get(type(node))
    return fix(node) if fix else node


def _expanded(node: _Node) -> _Node:
    """Return a tree that is Spark's already with macros in place of their calls."""
    _adapt_within(node, _expanded)
    return _call(node) if isinstance(node, exp.Anonymous) and _is_macro(node.name) else node


def _adapt_within(node: _Node, adapt: Callable[[_Node], _Node]) -> None:
    for key, value in list(node.args.items()):
        if isinstance(value, list):
            node.set(key, [adapt(each) if isinstance(each, exp.Expr) else each for each in value])
        elif isinstance(value, exp.Expr):
            node.set(key, adapt(value))


# Macros.


def _is_macro(name: str) -> bool:
    return name.lower() in _duckdb_macros() or name.lower() in spark_macros()


def _call(node: exp.Anonymous) -> _Node:
    """Return a macro's text with what it is called with."""
    return _filled(node.name.lower(), node.expressions)


def _filled(name: str, given: list[_Node]) -> _Node:
    parameters, body = _macro(name)
    values = dict(zip(parameters, given, strict=True))

    def fill(node: _Node) -> _Node:
        if isinstance(node, exp.Column) and not node.table and node.name.lower() in values:
            return exp.paren(values[node.name.lower()], copy=True)
        return node

    return exp.paren(body.copy().transform(fill, copy=False), copy=False)


@cache
def _macro(name: str) -> tuple[tuple[str, ...], _Node]:
    """Return a macro's parameters and text, as Spark has it: one of ours, or DuckDB's, adapted."""
    if name in _REFUSED:
        raise _refused(_REFUSED[name])
    ours = spark_macros().get(name)
    if ours is not None:
        return ours[0], _expanded(sqlglot.parse_one(ours[1], read="spark"))
    parameters, text = _duckdb_macros()[name]
    return parameters, _adapted(sqlglot.parse_one(text, read=_Source))


@cache
def _duckdb_macros() -> Mapping[str, tuple[tuple[str, ...], str]]:
    return {
        match[1]: (tuple(part.strip().lower() for part in match[2].split(",")), match[3])
        for match in _STATEMENT.finditer(term_macros() + function_macros())
    }


# What means something else, by the kind of node.


def _function(node: _Node) -> _Node:
    """Adapt a function that sqlglot does not know."""
    name, given = node.name.upper(), node.expressions
    if _is_macro(name):
        return _filled(name.lower(), given)
    if name in _RENAMED:
        return exp.Anonymous(this=_RENAMED[name], expressions=given)
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](given)
    if name in _SAME:
        return node
    if name.startswith(("KG_USER_", "KG_TABLE_")):
        raise _refused("call functions in Python or look up tables")
    raise _refused(f"call {name.lower()}")


def _named(name: str, *given: _Node) -> _Node:
    return exp.Anonymous(this=name, expressions=list(given))


def _range(given: list[_Node]) -> _Node:
    """Return a sequence without its end, which Spark's has, and which may be empty, as Spark's may not."""
    start, end = (exp.paren(each, copy=False) for each in given)
    last = exp.Sub(this=end.copy(), expression=exp.Literal.number(1))
    some = exp.If(this=exp.GT(this=end, expression=start.copy()), true=_named("SEQUENCE", start.copy(), last))
    none = exp.If(this=exp.LTE(this=end.copy(), expression=start.copy()), true=exp.Array(expressions=[]))
    return exp.Case(ifs=[some, none])


def _slice(given: list[_Node]) -> _Node:
    values, start, end = given
    length = exp.Add(
        this=exp.Sub(this=exp.paren(end), expression=exp.paren(start.copy())), expression=exp.Literal.number(1)
    )
    return _named("SLICE", values, start, length)


def _reduced(given: list[_Node]) -> _Node:
    values, combine = given
    rest = _named("SLICE", values.copy(), exp.Literal.number(2), _named("SIZE", values.copy()))
    return _named("AGGREGATE", rest, _named("GET", values, exp.Literal.number(0)), combine)


def _split(given: list[_Node]) -> _Node:
    """Put the separator between `\\Q` and `\\E`, where it stands for itself in Java, but for these."""
    value, separator = given
    safe = exp.Replace(
        this=separator, expression=exp.Literal.string("\\E"), replacement=exp.Literal.string("\\E\\\\E\\Q")
    )
    pattern = exp.Concat(expressions=[exp.Literal.string("\\Q"), safe, exp.Literal.string("\\E")])
    return _named("SPLIT", value, pattern, exp.Literal.number(-1))


def _character(node: _Node) -> _Node:
    number = node.expressions[0]
    if not isinstance(number, exp.Literal):
        raise _refused("make characters of numbers")
    return exp.Literal.string(chr(int(number.name)))


def _numbered(node: _Node) -> _Node:
    """Count the items that a lambda is told the number of from 1."""
    function = node.expression
    if isinstance(function, exp.Lambda) and len(function.expressions) == 2:
        number = function.expressions[1].name
        for each in list(function.this.find_all(exp.Identifier)):
            if each.name == number and not isinstance(each.parent, exp.Lambda | exp.Column | exp.Dot):
                each.replace(exp.paren(exp.Add(this=exp.to_identifier(number), expression=exp.Literal.number(1))))
    return node


def _full_match(given: list[_Node]) -> _Node:
    pattern = exp.Literal.string(rf"\A(?:{java_expression(_text(given[1]))})\z")
    return exp.RegexpLike(this=given[0], expression=pattern)


def _collected(given: list[_Node]) -> _Node:
    """Collect the values of a group in an order: Spark sorts the pairs of it and them."""
    order = given[0]
    if not isinstance(order, exp.Order):
        return _named("COLLECT_LIST", order)
    keys = [part for n, each in enumerate(order.expressions) for part in (exp.Literal.string(f"k{n}"), each.this)]
    pairs = _named("NAMED_STRUCT", *keys, exp.Literal.string("v"), order.this)
    ordered = _named("ARRAY_SORT", _named("COLLECT_LIST", pairs))
    last = exp.column("v", table="kg_pair")
    return _named("TRANSFORM", ordered, exp.Lambda(this=last, expressions=[exp.to_identifier("kg_pair")]))


_FUNCTIONS: Mapping[str, Callable[[list[_Node]], _Node]] = {
    "RANGE": _range,
    "LIST_SLICE": _slice,
    "LIST_REDUCE": _reduced,
    "STRING_SPLIT": _split,
    "STRING_SPLIT_REGEX": lambda given: _named(
        "SPLIT", given[0], exp.Literal.string(java_expression(_text(given[1]))), exp.Literal.number(-1)
    ),
    "REGEXP_FULL_MATCH": _full_match,
    "LIST": _collected,
    "URL_ENCODE": lambda given: _filled("kg_url_encode", given),
    "JSON_QUOTE": lambda given: _filled("kg_json_quote", given),
}


def _text(node: _Node) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise _refused("take a regular expression that is no constant")
    return node.name


def _cased(name: str) -> Callable[[_Node], _Node]:
    def adapt(node: _Node) -> _Node:
        """Each character has the other case that it has in DuckDB; Java's rules know more, and its Unicode is another one."""
        value = node.this
        plain = exp.EQ(this=_named("OCTET_LENGTH", value.copy()), expression=_named("LENGTH", value.copy()))
        table = [exp.Literal.string(text) for text in case_table(name)]
        return exp.Case(
            ifs=[exp.If(this=plain, true=_named(name.upper(), value.copy()))],
            default=_named("TRANSLATE", value.copy(), *table),
        )

    return adapt


def _expression(node: _Node) -> _Node:
    node.set("expression", exp.Literal.string(java_expression(_text(node.expression))))
    if isinstance(node, exp.RegexpReplace):
        modifiers = node.args.get("modifiers")
        if modifiers is None or modifiers.name != "g":
            raise _refused("replace the first match only")
        node.set("replacement", exp.Literal.string(java_replacement(_text(node.args["replacement"]))))
        node.set("modifiers", None)
    elif not isinstance(node, exp.RegexpLike) and node.args.get("group") is None:
        node.set("group", exp.Literal.number(0))
    return node


def _flattened(node: _Node) -> _Node:
    """Of a list in which one list is missing, Spark makes none."""
    there = exp.Not(this=exp.Is(this=exp.to_identifier("kg_list"), expression=exp.Null()))
    node.set("this", _named("FILTER", node.this, exp.Lambda(this=there, expressions=[exp.to_identifier("kg_list")])))
    return node


def _contained(node: _Node) -> _Node:
    """Ask for equal items: where a list has NULLs, Spark does not know whether it contains what is not found."""
    sought, values = exp.paren(node.expression), node.this
    same = exp.EQ(this=exp.to_identifier("kg_item"), expression=sought)
    found = _named("FILTER", values, exp.Lambda(this=same, expressions=[exp.to_identifier("kg_item")]))
    some = exp.GT(this=_named("SIZE", found), expression=exp.Literal.number(0))
    there = exp.Not(this=exp.Is(this=sought.copy(), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=there, true=some)])


def _item(node: _Node) -> _Node:
    """Take an item so that an index beyond the end is no error, as it is in Spark."""
    index = node.expressions[0]
    if isinstance(index, exp.Slice):
        raise _refused("take parts by [from:to]")
    return _named("GET", node.this, index)


def _selected(node: _Node) -> _Node:
    """Several lists that one SELECT unnests go side by side; Spark unnests one in a SELECT."""
    found = [each for each in node.expressions if isinstance(each.unalias(), exp.Explode | exp.Unnest)]
    if len(found) < 2:
        return node
    lists = []
    for position, each in enumerate(found):
        inner = each.unalias()
        listed = inner.this if isinstance(inner, exp.Explode) else inner.expressions[0]
        # Without a name of its own, a field has its number's.
        lists.append(_named("COALESCE", listed, exp.Array(expressions=[])))
        column = exp.column(str(position), table="kg_side", quoted=True)
        each.replace(exp.alias_(column, each.alias, quoted=True))
    side = exp.Lateral(
        this=exp.Explode(this=_named("ARRAYS_ZIP", *lists)),
        view=True,
        alias=exp.TableAlias(this=exp.to_identifier("kg_sides"), columns=[exp.to_identifier("kg_side")]),
    )
    node.append("laterals", side)
    return node


_FIXES: Mapping[type[_Node], Callable[[_Node], _Node]] = {
    exp.Anonymous: _function,
    exp.Upper: _cased("upper"),
    exp.Lower: _cased("lower"),
    exp.RegexpLike: _expression,
    exp.RegexpReplace: _expression,
    exp.RegexpExtract: _expression,
    exp.RegexpExtractAll: _expression,
    exp.Flatten: _flattened,
    exp.ArrayContains: _contained,
    exp.Chr: _character,
    exp.Transform: _numbered,
    exp.ArrayFilter: _numbered,
    exp.Bracket: _item,
    exp.Select: _selected,
}
