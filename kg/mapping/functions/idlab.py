"""The functions of imec's IDLab that RMLMapper has."""

from __future__ import annotations

from dataclasses import replace

from kg.mapping.functions.dates import date_fault, parsed_day, parsed_moment
from kg.mapping.functions.grel import VALUE, VALUE_2
from kg.mapping.functions.signature import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    Argument,
    Build,
    Function,
    Output,
    Parameter,
    macro,
    quoted,
)

NAMESPACE = "https://w3id.org/imec/idlab/function#"
# The namespace before 2021, which older mappings have.
OLD_NAMESPACE = "http://example.com/idlab/function/"


def _both(name: str) -> tuple[str, ...]:
    return NAMESPACE + name, OLD_NAMESPACE + name


def _in(name: str, predicate: str | None = None) -> Parameter:
    return Parameter(_both("_" + name)[0], also=(*_both("_" + name)[1:], *_both(predicate or name)))


def _out(name: str, predicate: str, datatype: str | None = None) -> Output:
    return Output(_both(name)[0], datatype, also=(*_both(name)[1:], *_both(predicate)))


_TEXT = _out("_stringOut", "stringOut")
_TRUTH = _out("_boolOut", "o_boolOut", BOOLEAN)
_STR, _OTHER, _DELIMITER = _in("str"), _in("otherStr"), _in("delimiter")
_STR_DATE, _PATTERN = _in("strDate"), replace(_in("pattern"), constant=True, check=date_fault)
_ENGLISH = replace(_in("lang"), constant=True, choices=("en",))
_NUMBERS = tuple(
    replace(_in(name, f"p_{name}"), datatype=DECIMAL, required=name == "test") for name in ("test", "from", "to")
)


def _function(
    name: str, comment: str, parameters: tuple[Parameter, ...], output: Output, build: Build | str
) -> Function:
    made = macro(build) if isinstance(build, str) else build
    iri, *also = _both(name)
    return Function(iri, name, comment, parameters, output, made, tuple(also))


def _concatenated(arguments: tuple[Argument, ...]) -> str:
    return f"({arguments[0].sql} || {arguments[2].sql} || {arguments[1].sql})"


def _parts_have(arguments: tuple[Argument, ...]) -> str:
    return f"kg_fn_has(kg_fn_split({arguments[0].sql}, {arguments[2].sql}), {arguments[1].sql})"


IDLAB = (
    _function("alwaysReturnsABC", "Returns ABC.", (), _TEXT, lambda _: quoted("ABC")),
    _function(
        "concat",
        "Joins two texts, with a delimiter between them.",
        (_STR, _OTHER, replace(_DELIMITER, required=False, default="")),
        _TEXT,
        _concatenated,
    ),
    _function(
        "decide",
        "Returns a result where the value is what is expected, else nothing.",
        (_STR, _in("expectedStr"), _in("result")),
        _TEXT,
        "kg_fn_decide",
    ),
    _function("equal", "Returns whether two texts are the same.", (VALUE, VALUE_2), _TRUTH, "kg_fn_equal"),
    _function("notEqual", "Returns whether two texts differ.", (VALUE, VALUE_2), _TRUTH, "kg_fn_differ"),
    _function(
        "inRange",
        "Returns whether a number is no less than one and less than another.",
        _NUMBERS,
        _TRUTH,
        "kg_fn_range",
    ),
    _function("isNull", "Returns whether there is no value.", (_STR,), _TRUTH, "kg_fn_missing"),
    _function(
        "listContainsElement",
        "Returns whether a list has a value.",
        (replace(_in("list"), listed=True), _STR),
        _TRUTH,
        "kg_fn_has",
    ),
    _function(
        "normalizeDate",
        "Returns the date that is written as a pattern says, with English names.",
        (_STR_DATE, _PATTERN),
        replace(_TEXT, datatype=DATE),
        parsed_day,
    ),
    _function(
        "normalizeDateTime",
        "Returns the date and time that is written as a pattern says, with English names.",
        (_STR_DATE, _PATTERN),
        replace(_TEXT, datatype=DATE_TIME),
        parsed_moment,
    ),
    _function(
        "normalizeDateWithLang",
        "Returns the date that is written as a pattern says, with names of a language.",
        (_STR_DATE, _PATTERN, _ENGLISH),
        replace(_TEXT, datatype=DATE),
        parsed_day,
    ),
    _function(
        "normalizeDateTimeWithLang",
        "Returns the date and time that is written as a pattern says, with names of a language.",
        (_STR_DATE, _PATTERN, _ENGLISH),
        replace(_TEXT, datatype=DATE_TIME),
        parsed_moment,
    ),
    _function(
        "slugify",
        "Returns the letters and digits in lower case without accents, joined by `-`; other scripts than Latin are left out.",
        (_STR,),
        _TEXT,
        "kg_fn_slugify",
    ),
    _function(
        "stringContainsOtherString",
        "Returns whether one of the parts between delimiters is a text.",
        (_STR, _OTHER, _DELIMITER),
        _TRUTH,
        _parts_have,
    ),
    _function(
        "toUpperCaseURL",
        "Returns the value in upper case, after http:// where it has no scheme.",
        (_STR,),
        _TEXT,
        "kg_fn_url",
    ),
    _function(
        "trueCondition",
        "Returns the value where a condition is true, else nothing.",
        (_in("strBoolean"), _STR),
        replace(_TEXT, of=("_str",)),
        "kg_fn_when",
    ),
)
