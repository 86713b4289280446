"""Every function gives what a plain model in Python gives, for texts of every kind."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import islice
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mapping.functions import FUNCTIONS
from tests.property.strategies import texts
from tests.unit.mapping.functions.calling import Given, iri, results

# Letters whose other case is one character that everyone agrees on.
_CASED = st.text("aZb Y\tzéÉñÑ葉1-жЖ\n'\"\\", max_size=12)
_SHORT = st.text("ab,/ \té葉", max_size=8)
_WORDS = st.text("ab", min_size=1, max_size=2)
_NUMBERS = (
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=3).map(str)
    | st.integers(-(10**36), 10**36).map(str)
    | st.sampled_from(
        [
            "0",
            "-0",
            "+7",
            ".5",
            "-.5",
            "5.",
            "2.5",
            "-2.5",
            "-2.50001",
            "0.5",
            "x",
            "",
            "1e",
            "0x1",
            "1_0",
            " 7 ",
            "1.5.2",
        ]
    )
)
_INTEGERS = st.integers(-12, 12).map(str) | st.sampled_from(["", "x", "1.5", "99999999999"])
_BOOLEANS = st.sampled_from(["true", "false", "1", "0", "TRUE", "x", ""])
_LISTS = st.lists(st.none() | _SHORT, max_size=5)
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


@dataclass(frozen=True)
class Model:
    """A function, its parameters with what to draw for them, and what it gives; `plain` says that a missing input gives nothing."""

    name: str
    parameters: tuple[tuple[str, st.SearchStrategy[Any]], ...]
    model: Callable[..., Any]
    plain: bool = True

    def __str__(self) -> str:
        return self.name


def _number(text: str) -> Decimal | None:
    text = text.strip(_SPACES)
    return Decimal(text) if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", text) else None


def _shown(text: str) -> str | None:
    return None if _number(text) is None else text.strip(_SPACES).lstrip("+")


def _int(text: str) -> int | None:
    text = text.strip(_SPACES)
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None


def _truth(text: str | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip().lower())


def _said(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _slice(value: Any, start: str, end: str | None) -> Any:
    first, last = _int(start), len(value) if end is None else _int(end)
    if first is None or last is None:
        return None
    first, last = (index + len(value) if index < 0 else index for index in (first, last))
    return value[first : min(last, len(value))] if 0 <= first <= len(value) and first <= min(last, len(value)) else None


def _item(value: list[Any], start: str) -> Any:
    index = _int(start)
    index = None if index is None else index + len(value) if index < 0 else index
    return None if index is None or not 0 <= index <= len(value) else value[index : index + 1]


def _rounding(mode: str, half: Decimal = Decimal(0)) -> Callable[[str], str | None]:
    def model(text: str) -> str | None:
        value = _number(text)
        with localcontext(prec=60):
            return None if value is None else str(int((value + half).to_integral_value(mode)))

    return model


def _comparing(pick: Callable[[Decimal, Decimal], bool]) -> Callable[[str, str], str | None]:
    def model(one: str, other: str) -> str | None:
        a, b = _number(one), _number(other)
        return None if a is None or b is None else _shown(other if pick(a, b) else one)

    return model


def _less(one: str, other: str) -> bool | None:
    a, b = _number(one), _number(other)
    return None if a is None or b is None else a < b


def _mod(one: str, other: str) -> str | None:
    a, b = _number(one), _number(other)
    if a is None or b is None or b == 0 or a != int(a) or b != int(b):
        return None
    return str(int(a) % int(b))


def _in_range(value: str, low: str, high: str) -> str:
    if _number(value) is None:
        return "false"
    below, above = _less(value, low), _less(value, high)
    return _said((below is None or not below) and (above is None or above)) or ""


def _sum(values: list[str | None]) -> str | None:
    numbers = [_number(value) if value is not None else None for value in values]
    if not values or None in numbers:
        return None
    total = sum(each for each in numbers if each is not None)
    return f"{total:f}".rstrip("0").rstrip(".") if "." in f"{total:f}" else f"{total:f}"


def _escaped(text: str, mode: str) -> str:
    if mode == "csv":
        file = io.StringIO()
        csv.writer(file, lineterminator="").writerow([text, "x"])
        made = file.getvalue().removesuffix(",x")
        return made if re.search('[",\n\r]', text) else text
    if mode == "javascript":
        named = {
            "\b": "\\b",
            "\t": "\\t",
            "\n": "\\n",
            "\f": "\\f",
            "\r": "\\r",
            '"': '\\"',
            "\\": "\\\\",
            "'": "\\'",
            "/": "\\/",
        }
        return "".join(
            named.get(each) or (f"\\u{ord(each):04X}" if each < " " or each in "\x7f\ufffe\uffff" else each)
            for each in text
        )
    if mode == "url":
        return quote(text, safe="-_.!~*'()")
    return escape(text, {'"': "&quot;"} | ({"'": "&apos;"} if mode == "xml" else {}))


def _title(text: str) -> str:
    return "".join(run[:1].upper() + run[1:].lower() for run in re.findall(r"[\t\n\f\r ]+|[^\t\n\f\r ]+", text))


def _difference(one: str, other: str) -> str:
    same = next((i for i, each in enumerate(other) if one[i : i + 1] != each), len(other))
    return other[same:]


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]


def _partition(text: str, fragment: str, omit: str, *, last: bool) -> list[str]:
    at = (text.rfind if last else text.find)(fragment)
    if at < 0:
        return [text, "", ""]
    parts = [text[:at], fragment, text[at + len(fragment) :]]
    return [parts[0], parts[2]] if _truth(omit) else parts


def _all(values: list[str | None]) -> str | None:
    known = [_truth(value) for value in values]
    return "false" if False in known else None if None in known else "true"


def _any(values: list[str | None]) -> str | None:
    known = [_truth(value) for value in values]
    return "true" if True in known else None if None in known else "false"


def _one(values: list[str | None]) -> str | None:
    known = [_truth(value) for value in values]
    return None if None in known else _said(sum(map(bool, known)) == 1)


def _pad(text: str, length: str, padding: str) -> str | None:
    wanted = _int(length)
    if wanted is None:
        return None
    if len(text) >= wanted:
        return text
    return ((padding * wanted)[: wanted - len(text)] + text) if padding else None


def _concat(values: list[str | None], separator: str) -> str | None:
    return None if None in values else separator.join(each for each in values if each is not None)


def _slugged(text: str) -> str | None:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-") or None


_V, _V2, _S = "grel:valueParam", "grel:valueParam2", "grel:param_string_sub"
_A, _B, _E = "grel:param_a", "grel:bool_array_b", "grel:param_any_e"
_N, _N2 = "grel:param_dec_n", "grel:param_dec_n2"
_FROM, _TO = "grel:p_int_i_from", "grel:p_int_i_opt_to"
_LASTLY = {
    "param_fragment": ("grel:param_fragment", _SHORT),
    "omit": ("grel:param_bool_opt_b", _BOOLEANS),
}


def _values(
    name: str, strategy: st.SearchStrategy[Any], model: Callable[..., Any], *more: tuple[str, st.SearchStrategy[Any]]
) -> Model:
    parameter = {"grel": _V, "idlab": "idlab:_str", "kgf": "kgf:value"}[name.partition(":")[0]]
    return Model(name, ((parameter, strategy), *more), model)


def _listed(
    name: str, strategy: st.SearchStrategy[Any], model: Callable[..., Any], *more: tuple[str, st.SearchStrategy[Any]]
) -> Model:
    parameter = {"grel": _A, "idlab": "idlab:_list", "kgf": "kgf:value"}[name.partition(":")[0]]
    return Model(name, ((parameter, strategy), *more), model)


def _hashed(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm, text.encode()).hexdigest()


MODELS = (
    *(_values(f"{name}", _CASED, str.upper) for name in ("grel:toUpperCase", "kgf:upper")),
    *(_values(f"{name}", _CASED, str.lower) for name in ("grel:toLowerCase", "kgf:lower")),
    *(_values(f"{name}", _CASED, _title) for name in ("grel:string_toTitlecase", "kgf:title")),
    *(_values(f"{name}", texts, lambda x: x.strip(_SPACES)) for name in ("grel:string_trim", "kgf:trim")),
    *(_values(f"{name}", texts, lambda x: str(len(x))) for name in ("grel:string_length", "kgf:length")),
    _values("kgf:normalizeSpace", texts | _SHORT, lambda x: re.sub(f"[{_SPACES}]+", " ", x).strip(" ")),
    _values("grel:string_md5", texts, lambda x: _hashed(x, "md5")),
    _values("grel:string_sha1", texts, lambda x: _hashed(x, "sha1")),
    _values("kgf:hash", texts, _hashed, ("kgf:algorithm", st.sampled_from(["md5", "sha1", "sha256"]))),
    _values("kgf:percentEncode", texts, lambda x: quote(x, safe="")),
    _values("kgf:slug", _CASED, _slugged),
    _values(
        "grel:escape", texts, _escaped, ("grel:modeParam", st.sampled_from(["html", "xml", "csv", "url", "javascript"]))
    ),
    *(
        _values(f"grel:string_{name}", _SHORT, model, (_S, _SHORT))
        for name, model in {
            "contains": lambda x, s: _said(s in x),
            "startsWith": lambda x, s: _said(x.startswith(s)),
            "endsWith": lambda x, s: _said(x.endswith(s)),
            "indexOf": lambda x, s: str(x.find(s)),
            "lastIndexOf": lambda x, s: str(x.rfind(s)),
        }.items()
    ),
    *(
        _values(f"kgf:{name}", _SHORT, model, ("kgf:find", _SHORT))
        for name, model in {
            "contains": lambda x, s: _said(s in x),
            "startsWith": lambda x, s: _said(x.startswith(s)),
            "endsWith": lambda x, s: _said(x.endswith(s)),
        }.items()
    ),
    _values(
        "grel:string_replace",
        _SHORT,
        lambda x, f, r: x.replace(f, r) if f else x,
        ("grel:param_find", _SHORT),
        ("grel:param_replace", texts),
    ),
    _values(
        "kgf:replace",
        _SHORT,
        lambda x, f, r: x.replace(f, r) if f else x,
        ("kgf:find", _SHORT),
        ("kgf:replacement", texts),
    ),
    _values(
        "grel:string_replaceChars",
        _SHORT,
        lambda x, f, r: (
            x.translate({ord(a): b for a, b in reversed(list(zip(f, r, strict=True)))}) if len(f) == len(r) else None
        ),
        ("grel:param_find", _WORDS),
        ("grel:param_replace", _WORDS),
    ),
    _values("grel:string_substring", texts, _slice, (_FROM, _INTEGERS), (_TO, _INTEGERS)),
    _values("grel:string_substring", texts, lambda x, a: _slice(x, a, None), (_FROM, _INTEGERS)),
    _values("kgf:substring", texts, _slice, ("kgf:start", _INTEGERS), ("kgf:end", _INTEGERS)),
    _values("kgf:substring", texts, lambda x, a: _slice(x, a, None), ("kgf:start", _INTEGERS)),
    _values("grel:string_chomp", _SHORT, lambda x, s: x.removesuffix(s), ("grel:param_string_sep", _SHORT)),
    _values("grel:string_diff", _SHORT, _difference, (_V2, _SHORT)),
    _values(
        "grel:string_split",
        _SHORT,
        lambda x, s: [each for each in _split(x, s) if each],
        ("grel:param_string_sep", _SHORT),
    ),
    _values(
        "grel:string_smartSplit",
        _SHORT,
        lambda x, s: [each for each in _split(x, s) if each],
        ("grel:param_opt_sep", _SHORT),
    ),
    _values(
        "grel:string_smartSplit",
        _SHORT,
        lambda x: [each for each in x.split("\t" if x.count("\t") >= x.count(",") else ",") if each],
    ),
    _values("kgf:split", _SHORT, _split, ("kgf:separator", _SHORT)),
    _values(
        "grel:string_partition",
        _SHORT,
        lambda x, f, o: _partition(x, f, o, last=False),
        ("grel:param_fragment", _WORDS),
        ("grel:param_bool_opt_b", _BOOLEANS),
    ),
    _values(
        "grel:string_rpartition",
        _SHORT,
        lambda x, f, o: _partition(x, f, o, last=True),
        ("grel:param_fragment", _WORDS),
        ("grel:param_bool_opt_b", _BOOLEANS),
    ),
    _values(
        "kgf:leftPad",
        _SHORT,
        _pad,
        ("kgf:length", _INTEGERS.filter(lambda n: n != "99999999999")),
        ("kgf:padding", _SHORT),
    ),
    Model("grel:string_toString", ((_E, texts),), lambda x: x),
    Model("grel:string_toNumber", ((_E, _NUMBERS),), _shown),
    # Lists.
    _listed(
        "grel:array_join",
        _LISTS,
        lambda x, s: s.join(each for each in x if each is not None),
        ("grel:param_string_sep", _SHORT),
    ),
    _listed("kgf:concat", _LISTS, _concat, ("kgf:separator", _SHORT)),
    _listed("grel:array_get", _LISTS, _item, (_FROM, _INTEGERS)),
    _listed("grel:array_get", _LISTS, _slice, (_FROM, _INTEGERS), (_TO, _INTEGERS)),
    _listed("grel:array_slice", _LISTS, lambda x, a: _slice(x, a, None), (_FROM, _INTEGERS)),
    _listed("grel:array_slice", _LISTS, _slice, (_FROM, _INTEGERS), (_TO, _INTEGERS)),
    _listed("grel:array_length", _LISTS, lambda x: str(len(x))),
    _listed("grel:array_reverse", _LISTS, lambda x: x[::-1]),
    _listed("grel:array_sort", st.lists(texts, max_size=5), sorted),
    _listed("grel:array_sum", st.lists(_NUMBERS.filter(lambda n: len(n) < 18), max_size=4), _sum),
    _listed("grel:array_uniques", _LISTS, lambda x: [each for each in dict.fromkeys(x) if each is not None]),
    _listed("idlab:listContainsElement", _LISTS, lambda x, s: _said(s in x), ("idlab:_str", _SHORT)),
    Model(
        "grel:other_coalesce",
        (("grel:param_any_rep_e", _LISTS),),
        lambda x: next((each for each in x if each is not None), None),
    ),
    _listed("kgf:coalesce", _LISTS, lambda x: next((each for each in x if each is not None), None)),
    # Conditions.
    *(
        Model(
            name,
            (
                (
                    _B if name.startswith("grel") else "kgf:condition",
                    st.lists(st.none() | _BOOLEANS, min_size=1, max_size=3),
                ),
            ),
            model,
        )
        for names, model in (
            (("grel:boolean_and", "kgf:and"), _all),
            (("grel:boolean_or", "kgf:or"), _any),
            (("grel:boolean_xor",), _one),
        )
        for name in names
    ),
    *(
        Model(name, ((parameter, _BOOLEANS),), lambda x: None if _truth(x) is None else _said(not _truth(x)))
        for name, parameter in (("grel:boolean_not", "grel:param_b"), ("kgf:not", "kgf:condition"))
    ),
    *(
        Model(
            name,
            tuple(zip(parameters, (st.none() | _BOOLEANS, st.none() | _SHORT, st.none() | _SHORT), strict=True)),
            lambda c, a, b: a if _truth(c) else b,
            plain=False,
        )
        for name, parameters in (
            ("grel:controls_if", ("grel:param_b", "grel:param_true", "grel:param_false")),
            ("kgf:if", ("kgf:condition", "kgf:then", "kgf:else")),
        )
    ),
    Model(
        "idlab:trueCondition",
        (("idlab:_strBoolean", st.none() | _BOOLEANS), ("idlab:_str", _SHORT)),
        lambda c, a: a if _truth(c) else None,
        plain=False,
    ),
    Model(
        "idlab:decide",
        (("idlab:_str", _WORDS), ("idlab:_expectedStr", _WORDS), ("idlab:_result", texts)),
        lambda x, e, r: r if x == e else None,
    ),
    *(
        Model(
            f"{prefix}:{name}",
            ((one, _WORDS), (other, _WORDS)),
            lambda a, b, same=name == "equal": _said((a == b) == same),
        )
        for prefix, one, other in (("idlab", _V, _V2), ("kgf", "kgf:value", "kgf:other"))
        for name in ("equal", "notEqual")
    ),
    Model("idlab:isNull", (("idlab:_str", st.none() | _SHORT),), lambda x: _said(x is None), plain=False),
    Model("kgf:isNull", (("kgf:value", st.none() | _SHORT),), lambda x: _said(x is None), plain=False),
    # Numbers.
    Model("grel:math_floor", ((_N, _NUMBERS),), _rounding(ROUND_FLOOR)),
    Model("grel:math_ceil", ((_N, _NUMBERS),), _rounding(ROUND_CEILING)),
    Model("grel:math_round", ((_N, _NUMBERS),), _rounding(ROUND_FLOOR, Decimal("0.5"))),
    Model(
        "grel:math_abs", ((_N, _NUMBERS),), lambda x: None if _shown(x) is None else (_shown(x) or "").removeprefix("-")
    ),
    Model("grel:math_max", ((_N, _NUMBERS), (_N2, _NUMBERS)), _comparing(lambda a, b: a < b)),
    Model("grel:math_min", ((_N, _NUMBERS), (_N2, _NUMBERS)), _comparing(lambda a, b: b < a)),
    Model("grel:math_mod", (("grel:param_int_i", _NUMBERS), ("grel:param_int_i2", _NUMBERS)), _mod),
    Model("kgf:less", (("kgf:value", _NUMBERS), ("kgf:other", _NUMBERS)), lambda a, b: _said(_less(a, b))),
    Model("kgf:greater", (("kgf:value", _NUMBERS), ("kgf:other", _NUMBERS)), lambda a, b: _said(_less(b, a))),
    Model(
        "idlab:inRange",
        (("idlab:_test", _NUMBERS), ("idlab:_from", _NUMBERS), ("idlab:_to", _NUMBERS)),
        _in_range,
        plain=False,
    ),
    # Others.
    _values("idlab:concat", texts, lambda a, b, d: a + d + b, ("idlab:_otherStr", texts), ("idlab:_delimiter", _SHORT)),
    _values(
        "idlab:slugify",
        st.text("aZ é.É-_1", max_size=9),
        lambda x: re.sub("[^a-z0-9]+", "-", x.lower().replace("é", "e")).strip("-"),
    ),
    _values(
        "idlab:stringContainsOtherString",
        _SHORT,
        lambda x, o, d: _said(o in _split(x, d)),
        ("idlab:_otherStr", _SHORT),
        ("idlab:_delimiter", _SHORT),
    ),
    _values(
        "idlab:toUpperCaseURL",
        _CASED | st.just("https://a.example/é"),
        lambda x: x.upper() if "://" in x else "http://" + x.upper(),
    ),
)
# What works with constants only is tested elsewhere, and so is what is a single function of the engine.
_ELSEWHERE = {
    *(f"grel:{name}" for name in ("string_match", "date_toDate", "date_datePart", "date_inc", "date_diff")),
    *(
        f"grel:math_{name}"
        for name in (
            "pow",
            "ln",
            "log",
            "exp",
            "cos",
            "sin",
            "tan",
            "acos",
            "asin",
            "atan",
            "cosh",
            "sinh",
            "tanh",
            "degrees",
            "radians",
        )
    ),
    "idlab:alwaysReturnsABC",
    *(f"idlab:normalizeDate{rest}" for rest in ("", "Time", "WithLang", "TimeWithLang")),
    *(
        f"kgf:{name}"
        for name in ("regexReplace", "regexExtract", "regexMatches", "date", "dateTime", "number", "convert", "lookup")
    ),
}


def test_every_function_has_a_model_or_a_test_elsewhere() -> None:
    tested = {iri(model.name) for model in MODELS} | {iri(name) for name in _ELSEWHERE}
    assert {each.iri for each in FUNCTIONS.values()} == tested


@pytest.mark.parametrize("model", MODELS, ids=str)
@given(data=st.data())
def test_a_function_gives_what_its_model_gives(
    con: duckdb.DuckDBPyConnection, model: Model, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.tuples(*(strategy for _, strategy in model.parameters)), min_size=1, max_size=8))
    columns: list[Given] = [list(column) for column in zip(*rows, strict=True)]
    inputs = [(parameter, column) for (parameter, _), column in zip(model.parameters, columns, strict=True)]
    if model.name == "grel:escape" or model.name == "kgf:hash":
        rows = [(value, rows[0][1]) for value, _ in rows]
        inputs[1] = (inputs[1][0], rows[0][1])
    lists = [
        index
        for index, (_, strategy) in enumerate(model.parameters)
        if any(isinstance(row[index], list) for row in rows)
    ]
    assert results(con, model.name, *inputs) == [model.model(*row) for row in rows], (lists, rows)


@pytest.mark.parametrize("model", [model for model in MODELS if model.plain], ids=str)
def test_a_missing_input_gives_nothing(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    lists = {
        parameter for parameter, _ in model.parameters if parameter in (_A, _B, "grel:param_any_rep_e", "idlab:_list")
    }
    names = [parameter for parameter, _ in model.parameters]
    for missing in names:
        if missing in lists or missing == "grel:param_bool_opt_b":
            continue
        inputs = [(name, [None] if name == missing else ["1"]) for name in names]
        assert results(con, model.name, *inputs) == [None], missing


def test_the_functions_of_doubles_give_decimals(con: duckdb.DuckDBPyConnection) -> None:
    for name in ("exp", "cos", "sin", "tan", "acos", "asin", "atan", "cosh", "sinh", "tanh", "degrees", "radians"):
        (made,) = results(con, f"grel:math_{name}", (_N, "0.5"))
        assert math.isclose(float(made), getattr(math, name)(0.5), rel_tol=1e-14)
    assert results(con, "grel:math_ln", (_N, ["1", "0", "-1", "x"])) == ["0", None, None, None]
    assert results(con, "grel:math_log", (_N, ["1000", "1e3"])) == ["3", "3"]
    assert results(con, "grel:math_pow", (_N, ["2", "0", "1e200"]), ("grel:p_any_exp", ["10", "-1", "5"])) == [
        "1024",
        None,
        None,
    ]
    assert results(con, "grel:math_acos", (_N, "2")) == [None]


def test_html_is_read_back(con: duckdb.DuckDBPyConnection) -> None:
    (made,) = results(con, "grel:escape", (_V, "<a href=\"x\">é & 'b'</a>"), ("grel:modeParam", "html"))
    assert made == "&lt;a href=&quot;x&quot;&gt;é &amp; 'b'&lt;/a&gt;"
    assert html.unescape(made) == "<a href=\"x\">é & 'b'</a>"


def test_an_older_namespace_and_names_of_predicates_mean_the_same() -> None:
    older = "http://example.com/idlab/function/"
    assert FUNCTIONS[older + "toUpperCaseURL"] is FUNCTIONS[iri("idlab:toUpperCaseURL")]
    function = FUNCTIONS[iri("idlab:toUpperCaseURL")]
    names = [older + "str", older + "_str", iri("idlab:str"), iri("idlab:_str")]
    assert len({function.parameter(name) for name in names}) == 1
    assert len(list(islice(FUNCTIONS, 200))) > 116
