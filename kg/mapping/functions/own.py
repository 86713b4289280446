"""Functions of our own, for what mappings want most and the other vocabularies do not have, or not the same in each engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kg.mapping.functions.dates import date_fault, parsed_day, parsed_moment
from kg.mapping.functions.expressions import (
    expression_fault,
    extracted,
    group_fault,
    replacement_fault,
)
from kg.mapping.functions.quantities import (
    conversion_fault,
    converted,
    separator_fault,
    unit_fault,
    written_number,
)
from kg.mapping.functions.signature import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    INTEGER,
    STRING,
    Argument,
    Build,
    Fault,
    Function,
    Output,
    Parameter,
    joined,
    macro,
)
from kg.mapping.functions.tables import table_value

NAMESPACE = "https://kg.example/functions#"


def _in(name: str, datatype: str = STRING, default: str | None = None, *, required: bool = True) -> Parameter:
    return Parameter(NAMESPACE + name, datatype, required and default is None, default)


def _out(datatype: str | None = None, *of: str, listed: bool = False) -> Output:
    return Output(NAMESPACE + "result", datatype, listed, of)


_VALUE, _OTHER = _in("value"), _in("other")
_VALUES = replace(_VALUE, listed=True)
_CONDITION = _in("condition", BOOLEAN)
_CONDITIONS = replace(_CONDITION, listed=True)
_PATTERN = replace(_in("pattern"), constant=True, check=expression_fault)
_FORMAT = replace(_in("format"), constant=True, check=date_fault)
_TEXT, _TRUTH = _out(), _out(BOOLEAN)
_UNIT = replace(_in("unit"), check=unit_fault)


def _function(
    name: str,
    label: str,
    comment: str,
    parameters: tuple[Parameter, ...],
    output: Output,
    build: Build | str,
    check: Callable[[tuple[Argument, ...]], Fault] | None = None,
) -> Function:
    made = macro(build) if isinstance(build, str) else build
    return Function(NAMESPACE + name, label, comment, parameters, output, made, check=check)


def _substring(arguments: tuple[Argument, ...]) -> str:
    if arguments[2].sql == "NULL":
        return macro("kg_fn_tail")(arguments[:2])
    return macro("kg_fn_substring")(arguments)


def _concatenated(arguments: tuple[Argument, ...]) -> str:
    return joined((Argument(f"kg_fn_complete({arguments[0].sql})"), arguments[1]))


def _rewritten(arguments: tuple[Argument, ...]) -> str:
    return f"regexp_replace({', '.join(argument.sql for argument in arguments)}, 'g')"


def _matched(arguments: tuple[Argument, ...]) -> str:
    return f"kg_fn_text(regexp_matches({arguments[0].sql}, {arguments[1].sql}))"


OWN = (
    _function("upper", "upper case", "Returns the text in upper case.", (_VALUE,), _TEXT, "upper"),
    _function("lower", "lower case", "Returns the text in lower case.", (_VALUE,), _TEXT, "lower"),
    _function(
        "title",
        "title case",
        "Returns the text with the first letter of each word in upper case and the others in lower case.",
        (_VALUE,),
        _TEXT,
        "kg_fn_title",
    ),
    _function("trim", "trim", "Returns the text without white space around it.", (_VALUE,), _TEXT, "kg_fn_trim"),
    _function(
        "normalizeSpace",
        "normalize space",
        "Returns the text without white space around it and with one space for each run of white space within.",
        (_VALUE,),
        _TEXT,
        "kg_fn_spaces",
    ),
    _function("length", "length", "Returns the number of characters.", (_VALUE,), _out(INTEGER), "kg_fn_length"),
    _function(
        "substring",
        "substring",
        "Returns the characters from an index, counted from 0, up to but without another; an index below 0 counts from the end. A start beyond the end gives no value.",
        (_VALUE, _in("start", INTEGER), _in("end", INTEGER, required=False)),
        _TEXT,
        _substring,
    ),
    _function(
        "concat",
        "concatenate",
        "Joins all values, in the order of the mapping, with a separator; where one is missing, there is no result.",
        (_VALUES, _in("separator", default="")),
        _TEXT,
        _concatenated,
    ),
    _function(
        "split",
        "split",
        "Returns the pieces between separators, empty ones too.",
        (_VALUE, _in("separator")),
        _out(listed=True),
        "kg_fn_split",
    ),
    _function(
        "replace",
        "replace",
        "Replaces each occurrence of a text.",
        (_VALUE, _in("find"), _in("replacement")),
        _TEXT,
        "replace",
    ),
    _function(
        "regexReplace",
        "replace by regular expression",
        r"Replaces each match of a regular expression (RE2); the replacement calls its groups `\1`.",
        (_VALUE, _PATTERN, replace(_in("replacement"), constant=True)),
        _TEXT,
        _rewritten,
        replacement_fault,
    ),
    _function(
        "regexExtract",
        "extract by regular expression",
        "Returns the first match of a regular expression (RE2), or a group of it; nothing where there is no match.",
        (_VALUE, _PATTERN, replace(_in("group", INTEGER, "0"), constant=True)),
        _TEXT,
        extracted,
        group_fault,
    ),
    _function(
        "regexMatches",
        "matches regular expression",
        "Returns whether a regular expression (RE2) occurs in the value.",
        (_VALUE, _PATTERN),
        _TRUTH,
        _matched,
    ),
    _function(
        "contains",
        "contains",
        "Returns whether a text occurs in the value.",
        (_VALUE, _in("find")),
        _TRUTH,
        "kg_fn_contains",
    ),
    _function(
        "startsWith",
        "starts with",
        "Returns whether the value starts with a text.",
        (_VALUE, _in("find")),
        _TRUTH,
        "kg_fn_starts",
    ),
    _function(
        "endsWith",
        "ends with",
        "Returns whether the value ends with a text.",
        (_VALUE, _in("find")),
        _TRUTH,
        "kg_fn_ends",
    ),
    _function(
        "leftPad",
        "pad on the left",
        "Fills the text on the left until it is so long (at most 10,000 characters).",
        (_VALUE, _in("length", INTEGER), _in("padding", default=" ")),
        _TEXT,
        "kg_fn_pad_left",
    ),
    _function(
        "percentEncode",
        "percent-encode",
        "Returns the text's UTF-8 with all but ASCII letters, digits and `-._~` percent-encoded.",
        (_VALUE,),
        _TEXT,
        "kg_fn_percent",
    ),
    _function(
        "slug",
        "slug",
        "Returns the words in lower case, joined by `-`; letters of every script stay. Nothing where there is no letter or digit.",
        (_VALUE,),
        _TEXT,
        "kg_fn_slug",
    ),
    _function(
        "hash",
        "hash",
        "Returns a hash of the text's UTF-8, in hexadecimal.",
        (_VALUE, replace(_in("algorithm", default="sha256"), choices=("sha256", "sha1", "md5"))),
        _TEXT,
        "kg_fn_hash",
    ),
    _function(
        "date",
        "date",
        "Returns the date that is written as a format says (`dd.MM.yyyy`, `d MMMM yyyy`).",
        (_VALUE, _FORMAT),
        _out(DATE),
        parsed_day,
    ),
    _function(
        "dateTime",
        "date and time",
        "Returns the date and time that is written as a format says (`yyyy-MM-dd HH:mm`).",
        (_VALUE, _FORMAT),
        _out(DATE_TIME),
        parsed_moment,
    ),
    _function(
        "number",
        "number",
        "Returns the number in a text with a thousands and a decimal separator; groups are of three digits, so that `1.5` is never 15.",
        (
            _VALUE,
            replace(_in("decimal", default="."), constant=True, check=separator_fault),
            replace(_in("thousands", default=""), constant=True, check=separator_fault),
        ),
        _out(DECIMAL),
        written_number,
    ),
    _function(
        "convert",
        "convert units",
        "Returns a number in another unit; units are words, labels or QUDT IRIs of the table of units.",
        (_VALUE, replace(_UNIT, iri=NAMESPACE + "from"), replace(_UNIT, iri=NAMESPACE + "to", constant=True)),
        _out(DECIMAL),
        converted,
        conversion_fault,
    ),
    _function(
        "lookup",
        "look up",
        "Returns what a table, a CSV file beside the mapping, has in one column where another one has the value; the first row counts.",
        (_VALUE, *(replace(_in(name), constant=True) for name in ("table", "key", "column"))),
        _TEXT,
        table_value,
    ),
    _function(
        "coalesce",
        "coalesce",
        "Returns the first value that there is.",
        (_VALUES,),
        _out(None, "value"),
        "kg_fn_coalesce",
    ),
    _function(
        "if",
        "if",
        "Returns one value where a condition is true, else the other one.",
        (_CONDITION, _in("then"), _in("else", required=False)),
        _out(None, "then", "else"),
        "kg_fn_if",
    ),
    _function("isNull", "is null", "Returns whether there is no value.", (_VALUE,), _TRUTH, "kg_fn_missing"),
    _function("equal", "equal", "Returns whether two texts are the same.", (_VALUE, _OTHER), _TRUTH, "kg_fn_equal"),
    _function("notEqual", "not equal", "Returns whether two texts differ.", (_VALUE, _OTHER), _TRUTH, "kg_fn_differ"),
    _function("less", "less", "Returns whether a number is less than another.", (_VALUE, _OTHER), _TRUTH, "kg_fn_less"),
    _function(
        "greater",
        "greater",
        "Returns whether a number is greater than another.",
        (_VALUE, _OTHER),
        _TRUTH,
        "kg_fn_greater",
    ),
    _function("and", "and", "Returns whether all conditions are true.", (_CONDITIONS,), _TRUTH, "kg_fn_all"),
    _function("or", "or", "Returns whether a condition is true.", (_CONDITIONS,), _TRUTH, "kg_fn_any"),
    _function("not", "not", "Returns true for false and false for true.", (_CONDITION,), _TRUTH, "kg_fn_not"),
)
