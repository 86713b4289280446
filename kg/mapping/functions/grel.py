"""The functions of GREL (OpenRefine's expression language), as the Function Ontology names them; see functions.ttl of RML-FNML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.mapping.functions.calendar import PARTS, UNITS, date_difference, date_part, later_date
from kg.mapping.functions.dates import date_fault, parsed_date
from kg.mapping.functions.expressions import (
    contained,
    matched_groups,
    replaced,
    slashed_fault,
    slashed_replacement_fault,
    smart_tokens,
    tokens,
    whole_match_fault,
)
from kg.mapping.functions.signature import (
    BOOLEAN,
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

NAMESPACE = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"


def _in(name: str, other: str, datatype: str = STRING) -> Parameter:
    """Return a parameter by its name and that of its predicate: mappings use both."""
    return Parameter(NAMESPACE + name, datatype, also=(NAMESPACE + other,))


def _out(name: str, other: str, datatype: str | None = None, *, listed: bool = False) -> Output:
    return Output(NAMESPACE + name, datatype, listed, also=(NAMESPACE + other,))


VALUE = _in("valueParam", "valueParameter")
VALUE_2 = _in("valueParam2", "valueParameter2")
_MODE = replace(_in("modeParam", "modeParameter"), choices=("html", "xml", "csv", "url", "javascript"))
_SUB = _in("param_string_sub", "string_sub")
_FIND, _REPLACE = _in("param_find", "p_string_find"), _in("param_replace", "p_string_replace")
_SEPARATOR = _in("param_string_sep", "p_string_sep")
_FROM = _in("p_int_i_from", "param_int_i_from", INTEGER)
_TO = replace(_in("p_int_i_opt_to", "param_int_i_opt_to", INTEGER), required=False)
_ARRAY = replace(_in("param_a", "p_array_a"), listed=True)
_BOOLEAN = _in("param_b", "bool_b", BOOLEAN)
_BOOLEANS = replace(_in("bool_array_b", "param_rep_b", BOOLEAN), listed=True)
_ANY = _in("param_any_e", "p_any_e")
_NUMBER = _in("param_dec_n", "p_dec_n", DECIMAL)
_NUMBER_2 = _in("param_dec_n2", "param_n2", DECIMAL)
_DATE, _DATE_TIME = _in("param_date_d", "p_date_d"), _in("param_datetime_d", "p_datetime_d")
_DATE_TIME_2 = _in("param_datetime_d2", "p_datetime_d2")
_UNIT = replace(_in("param_string_unit", "p_string_unit"), constant=True)
_OMIT = replace(_in("param_bool_opt_b", "p_bool_opt_b", BOOLEAN), required=False)

_TEXT = _out("stringOut", "stringOutput")
_TRUTH = _out("output_bool", "o_bool", BOOLEAN)
_COUNT = _out("output_number", "o_number", INTEGER)
_DECIMAL = _out("output_decimal", "o_decimal", DECIMAL)
_LIST = _out("output_array", "o_array", listed=True)
_ITEM = _out("output_any", "o_any")
_DATE_OUT = _out("output_date", "o_date")
# Before the suite had grel:output_number, a length was a grel:stringOut.
_LENGTH = replace(_COUNT, also=(*_COUNT.also, _TEXT.iri, *_TEXT.also))


def _function(
    name: str,
    comment: str,
    parameters: Sequence[Parameter],
    output: Output,
    build: Build | str,
    *also: str,
    check: Callable[[tuple[Argument, ...]], Fault] | None = None,
) -> Function:
    made = macro(build) if isinstance(build, str) else build
    names = tuple(NAMESPACE + each for each in also)
    return Function(NAMESPACE + name, name, comment, tuple(parameters), output, made, names, check)


def _choosing(build: str, longer: str) -> Build:
    """Return what calls `longer` where the last, optional, parameter is given, else `build` without it."""

    def made(arguments: tuple[Argument, ...]) -> str:
        return macro(longer)(arguments) if arguments[-1].sql != "NULL" else macro(build)(arguments[:-1])

    return made


def _real(name: str) -> Build:
    """Return what calls a function of doubles; what has no finite result gives NULL."""

    def build(arguments: tuple[Argument, ...]) -> str:
        return f"kg_decimal({name}({', '.join(f'kg_fn_real({argument.sql})' for argument in arguments)}))"

    return build


def _logarithm(name: str) -> Build:
    def build(arguments: tuple[Argument, ...]) -> str:
        number = f"kg_fn_real({arguments[0].sql})"
        return f"kg_decimal({name}(CASE WHEN {number} > 0 THEN {number} END))"

    return build


_TEXTS = (
    _function(
        "toUpperCase", "Returns the text in upper case.", [VALUE], _TEXT, "upper", "toUppercase", "string_toUppercase"
    ),
    _function(
        "toLowerCase", "Returns the text in lower case.", [VALUE], _TEXT, "lower", "toLowercase", "string_toLowercase"
    ),
    _function(
        "string_toTitlecase",
        "Returns the text with the first letter of each word in upper case and the others in lower case.",
        [VALUE],
        _TEXT,
        "kg_fn_title",
        "toTitleCase",
        "toTitlecase",
    ),
    _function(
        "string_trim", "Returns the text without white space around it.", [VALUE], _TEXT, "kg_fn_trim", "string_strip"
    ),
    _function(
        "string_replace",
        "Replaces each occurrence of a text, or of a regular expression between slashes, whose groups the replacement calls `$1`.",
        [VALUE, replace(_FIND, check=slashed_fault), _REPLACE],
        _TEXT,
        replaced,
        check=slashed_replacement_fault,
    ),
    _function(
        "string_replaceChars",
        "Replaces each character that stands in one text by that at the same place of another, equally long one.",
        [VALUE, _FIND, _REPLACE],
        _TEXT,
        "kg_fn_replace_chars",
    ),
    _function(
        "string_substring",
        "Returns the characters from an index, counted from 0, up to but without another; an index below 0 counts from the end. "
        "A start beyond the end gives no value.",
        [VALUE, _FROM, _TO],
        _TEXT,
        _choosing("kg_fn_tail", "kg_fn_substring"),
    ),
    _function("string_length", "Returns the number of characters.", [VALUE], _LENGTH, "kg_fn_length"),
    _function(
        "string_contains",
        "Returns whether a text, or a regular expression between slashes, occurs in the value.",
        [VALUE, replace(_SUB, check=slashed_fault)],
        _TRUTH,
        contained,
    ),
    _function(
        "string_startsWith", "Returns whether the value starts with a text.", [VALUE, _SUB], _TRUTH, "kg_fn_starts"
    ),
    _function("string_endsWith", "Returns whether the value ends with a text.", [VALUE, _SUB], _TRUTH, "kg_fn_ends"),
    _function(
        "string_indexOf",
        "Returns where a text first occurs, counted from 0, or -1.",
        [VALUE, _SUB],
        _COUNT,
        "kg_fn_index_of",
    ),
    _function(
        "string_lastIndexOf",
        "Returns where a text last occurs, counted from 0, or -1.",
        [VALUE, _SUB],
        _COUNT,
        "kg_fn_last_index_of",
    ),
    _function(
        "string_chomp", "Returns the value without a text at its end.", [VALUE, _SEPARATOR], _TEXT, "kg_fn_chomp"
    ),
    _function(
        "string_diff",
        "Returns the rest of the second text from where it differs from the first.",
        [VALUE, VALUE_2],
        _TEXT,
        "kg_fn_difference",
    ),
    _function("string_md5", "Returns the MD5 hash of the text's UTF-8, in hexadecimal.", [VALUE], _TEXT, "md5"),
    _function("string_sha1", "Returns the SHA-1 hash of the text's UTF-8, in hexadecimal.", [VALUE], _TEXT, "sha1"),
    _function(
        "escape",
        "Escapes the text for HTML, XML, CSV, a part of a URL, or a string of JavaScript; letters outside ASCII stay.",
        [VALUE, _MODE],
        _TEXT,
        "kg_fn_escape",
        "string_escape",
    ),
    _function("string_toString", "Returns the value.", [_ANY], _TEXT, "kg_fn_same"),
    _function(
        "string_toNumber",
        "Returns the value where it is a number, in the form of xsd:decimal.",
        [_ANY],
        replace(_COUNT, datatype=DECIMAL),
        "kg_fn_decimal",
        "toNumber",
    ),
)
_LISTS = (
    _function(
        "string_split",
        "Returns the pieces between separators (a text, or a regular expression between slashes); empty ones are left out.",
        [VALUE, replace(_SEPARATOR, check=slashed_fault)],
        _LIST,
        tokens,
    ),
    _function(
        "string_smartSplit",
        "Like string_split; without a separator it is the tab or the comma, whichever there are more of.",
        [VALUE, replace(_in("param_opt_sep", "p_opt_sep"), required=False, check=slashed_fault)],
        _LIST,
        smart_tokens,
    ),
    _function(
        "string_match",
        "Returns what the groups of a regular expression (between slashes) hold, where it matches the whole value.",
        [VALUE, replace(_in("param_regex", "p_string_regex"), constant=True, check=whole_match_fault)],
        _LIST,
        matched_groups,
    ),
    _function(
        "string_partition",
        "Returns what is before the first occurrence of a text, the text (unless omitted), and what is after it.",
        [VALUE, _in("param_fragment", "p_fragment"), _OMIT],
        _LIST,
        "kg_fn_partition",
    ),
    _function(
        "string_rpartition",
        "Returns what is before the last occurrence of a text, the text (unless omitted), and what is after it.",
        [VALUE, _in("param_fragment", "p_fragment"), _OMIT],
        _LIST,
        "kg_fn_rpartition",
    ),
    _function("array_join", "Joins the values of a list with a separator.", [_ARRAY, _SEPARATOR], _TEXT, joined),
    _function(
        "array_get",
        "Returns the value at an index, counted from 0, or those up to but without another index.",
        [_ARRAY, _FROM, _TO],
        replace(_LIST, also=(*_LIST.also, _ITEM.iri, *_ITEM.also)),
        _choosing("kg_fn_item", "kg_fn_slice"),
    ),
    _function(
        "array_slice",
        "Returns the values from an index, counted from 0, up to but without another.",
        [_ARRAY, _FROM, _TO],
        replace(_LIST, also=(*_LIST.also, _COUNT.iri, *_COUNT.also)),
        _choosing("kg_fn_slice_from", "kg_fn_slice"),
    ),
    _function("array_length", "Returns the number of values in a list.", [_ARRAY], _COUNT, "kg_fn_size"),
    _function("array_reverse", "Returns the values of a list in reverse.", [_ARRAY], _LIST, "kg_fn_reverse"),
    _function(
        "array_sort",
        "Returns the values of a list in the order of their characters' code points.",
        [_ARRAY],
        _LIST,
        "kg_fn_sort",
    ),
    _function(
        "array_sum", "Returns the sum of a list of numbers.", [_ARRAY], replace(_COUNT, datatype=DECIMAL), "kg_fn_sum"
    ),
    _function("array_uniques", "Returns the values of a list, each once.", [_ARRAY], _LIST, "kg_fn_uniques"),
)
_CONTROLS = (
    _function("boolean_and", "Returns whether all values are true.", [_BOOLEANS], _TRUTH, "kg_fn_all"),
    _function("boolean_or", "Returns whether a value is true.", [_BOOLEANS], _TRUTH, "kg_fn_any"),
    _function("boolean_xor", "Returns whether exactly one value is true.", [_BOOLEANS], _TRUTH, "kg_fn_one"),
    _function("boolean_not", "Returns true for false and false for true.", [_BOOLEAN], _TRUTH, "kg_fn_not"),
    _function(
        "controls_if",
        "Returns one value where a condition is true, else the other one.",
        [_BOOLEAN, _in("param_true", "any_true"), replace(_in("param_false", "any_false"), required=False)],
        replace(_ITEM, of=("param_true", "param_false")),
        "kg_fn_if",
    ),
    _function(
        "other_coalesce",
        "Returns the first value that there is.",
        [replace(_in("param_any_rep_e", "p_any_rep_e"), listed=True)],
        replace(_ITEM, of=("param_any_rep_e",)),
        "kg_fn_coalesce",
    ),
)
_NUMBERS = (
    _function("math_abs", "Returns the number without its sign.", [_NUMBER], _DECIMAL, "kg_fn_abs"),
    _function("math_ceil", "Returns the smallest integer that is not less.", [_NUMBER], _COUNT, "kg_fn_ceil"),
    _function("math_floor", "Returns the largest integer that is not greater.", [_NUMBER], _COUNT, "kg_fn_floor"),
    _function("math_round", "Returns the nearest integer; of two, the greater.", [_NUMBER], _COUNT, "kg_fn_round"),
    _function("math_max", "Returns the greater number.", [_NUMBER, _NUMBER_2], _DECIMAL, "kg_fn_max", "max"),
    _function("math_min", "Returns the smaller number.", [_NUMBER, _NUMBER_2], _DECIMAL, "kg_fn_min", "min"),
    _function(
        "math_mod",
        "Returns the remainder of a division of integers, with the sign of the divisor.",
        [_in("param_int_i", "p_int_i", INTEGER), _in("param_int_i2", "p_int_i2", INTEGER)],
        _COUNT,
        "kg_fn_mod",
    ),
    _function(
        "math_pow",
        "Returns a power, to 15 digits.",
        [_NUMBER, _in("param_dec_n_exp", "p_any_exp", DECIMAL)],
        _DECIMAL,
        _real("pow"),
    ),
    _function("math_ln", "Returns the natural logarithm, to 15 digits.", [_NUMBER], _DECIMAL, _logarithm("ln")),
    _function("math_log", "Returns the logarithm to base 10, to 15 digits.", [_NUMBER], _DECIMAL, _logarithm("log10")),
    *(
        _function(f"math_{name}", f"Returns {words}, to 15 digits.", [_NUMBER], _DECIMAL, _real(name))
        for name, words in {
            "exp": "the power of e",
            "cos": "the cosine of radians",
            "sin": "the sine of radians",
            "tan": "the tangent of radians",
            "acos": "the arc cosine in radians",
            "asin": "the arc sine in radians",
            "atan": "the arc tangent in radians",
            "cosh": "the hyperbolic cosine",
            "sinh": "the hyperbolic sine",
            "tanh": "the hyperbolic tangent",
            "degrees": "radians in degrees",
            "radians": "degrees in radians",
        }.items()
    ),
)
_DATES = (
    _function(
        "date_toDate",
        "Returns the date, or date and time, that is written as a pattern says.",
        [VALUE, replace(_in("param_string_pattern", "p_string_pattern"), constant=True, check=date_fault)],
        _DATE_OUT,
        parsed_date,
    ),
    _function(
        "date_datePart",
        "Returns a part of a date: a number, or the English name of the weekday.",
        [_DATE, replace(_UNIT, choices=PARTS)],
        _ITEM,
        date_part,
    ),
    _function(
        "date_inc",
        "Returns the date that is so many units later.",
        [_DATE, _NUMBER, replace(_UNIT, choices=tuple(UNITS))],
        _DATE_OUT,
        later_date,
    ),
    _function(
        "date_diff",
        "Returns how many whole units lie between two dates.",
        [
            _DATE_TIME,
            _DATE_TIME_2,
            replace(_in("param_string_timeunit", "p_string_timeunit"), constant=True, choices=tuple(UNITS)),
        ],
        replace(_TEXT, datatype=INTEGER),
        date_difference,
    ),
)
GREL = (*_TEXTS, *_LISTS, *_CONTROLS, *_NUMBERS, *_DATES)
