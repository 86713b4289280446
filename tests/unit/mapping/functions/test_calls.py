"""Wrong calls are refused with what was meant; right ones take several values, lists, and calls within calls."""

from __future__ import annotations

import duckdb
import pytest

from kg.errors import MappingError
from kg.mapping.functions import FUNCTIONS, Result, check_call, define, function_sql, functions_reference
from kg.mapping.functions.registry import REFUSED
from kg.mapping.functions.signature import BOOLEAN, DECIMAL, INTEGER
from kg.mapping.rules import Call, Constant, Reference
from tests.unit.mapping.functions.calling import call_of, iri, results

_V = ("grel:valueParam", Reference("x"))


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        (call_of("grel:unknown_func", _V), "KG240", "is not known; write your own"),
        (
            call_of("grel:toUppercas", _V),
            "KG240",
            "did you mean <http://users.ugent.be/~bjdmeest/function/grel.ttl#toUppercase>",
        ),
        (call_of("idlab:random"), "KG240", "not offered: its result is another one at every run"),
        (call_of("grel:toUpperCase", ("grel:unknownParam", Reference("x"))), "KG241", "it takes valueParam"),
        (call_of("grel:toUpperCase", ("grel:valueParm", Reference("x"))), "KG241", "did you mean"),
        (call_of("grel:toUpperCase"), "KG242", "lacks its parameter valueParam"),
        (call_of("grel:toUpperCase", _V, _V), "KG242", "2 times"),
        (call_of("grel:escape", _V, ("grel:modeParam", "htm")), "KG243", "'htm' is none of html"),
        (
            call_of("grel:string_replace", _V, ("grel:param_find", "/(/"), ("grel:param_replace", "")),
            "KG243",
            "missing )",
        ),
        (
            call_of("grel:string_replace", _V, ("grel:param_find", "/a/"), ("grel:param_replace", "$1")),
            "KG243",
            "the group $1, where there are 0",
        ),
        (call_of("grel:string_match", _V, ("grel:param_regex", "a")), "KG243", "between slashes"),
        (call_of("grel:string_match", _V, ("grel:param_regex", Reference("y"))), "KG243", "a constant"),
        (call_of("grel:date_toDate", _V, ("grel:p_string_pattern", "QQ")), "KG243", "the letter 'Q'"),
        (
            call_of(
                "kgf:regexReplace", ("kgf:value", Reference("x")), ("kgf:pattern", "a"), ("kgf:replacement", "\\1")
            ),
            "KG243",
            "the group \\1",
        ),
        (
            call_of("kgf:regexExtract", ("kgf:value", Reference("x")), ("kgf:pattern", "a"), ("kgf:group", "1")),
            "KG243",
            "the group 1",
        ),
        (
            call_of("kgf:regexExtract", ("kgf:value", Reference("x")), ("kgf:pattern", "a"), ("kgf:group", "x")),
            "KG243",
            "whole number",
        ),
        (
            call_of("kgf:convert", ("kgf:value", Reference("x")), ("kgf:from", "hour"), ("kgf:to", "watt")),
            "KG243",
            "one cannot become",
        ),
        (
            call_of("kgf:convert", ("kgf:value", Reference("x")), ("kgf:from", "hour"), ("kgf:to", "parsec")),
            "KG243",
            "'parsec' is not known",
        ),
        (
            call_of("kgf:convert", ("kgf:value", Reference("x")), ("kgf:from", "g/kWh"), ("kgf:to", "watt")),
            "KG243",
            "cannot be converted",
        ),
        (
            call_of("kgf:number", ("kgf:value", Reference("x")), ("kgf:thousands", "12")),
            "KG243",
            "does not separate digits",
        ),
        (call_of("grel:toUpperCase", _V, output="http://x/out"), "KG244", "it returns stringOut"),
        (call_of("grel:toUpperCase", ("grel:valueParam", call_of("grel:nothing"))), "KG240", "nothing"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("KG") else "",
)
def test_a_wrong_call_is_refused(call: Call, code: str, said: str) -> None:
    with pytest.raises(MappingError) as caught:
        check_call(call)
    assert caught.value.code == code
    assert said in str(caught.value)
    assert "<#Map>" in caught.value.where


@pytest.mark.parametrize("output", [None, "grel:stringOut", "grel:stringOutput"])
def test_an_output_is_known_by_both_of_its_names(output: str | None) -> None:
    check_call(call_of("grel:toUpperCase", _V, output=iri(output) if output else None))


def test_calls_lie_within_calls_and_lists_go_through_them(con: duckdb.DuckDBPyConnection) -> None:
    split = call_of("grel:string_split", ("grel:valueParam", Reference("x")), ("grel:p_string_sep", ","))
    upper = call_of("grel:toUpperCase", ("grel:valueParam", split))
    join = call_of("grel:array_join", ("grel:p_array_a", upper), ("grel:p_string_sep", Reference("s")))
    check_call(join)
    define(con, [join])
    made = function_sql(split, [Result("x"), Result("','")])
    assert made.many
    made = function_sql(upper, [made])
    assert made.many
    made = function_sql(join, [made, Result("s")])
    assert not made.many
    rows = con.execute(
        f"SELECT {made.sql} FROM (VALUES ('a,b', '-'), ('c', NULL), (NULL, '-'), ('', '-')) t(x, s)"
    ).fetchall()
    assert rows == [("A-B",), (None,), (None,), ("",)]


def test_several_values_multiply(con: duckdb.DuckDBPyConnection) -> None:
    made = results(
        con, "idlab:concat", ("idlab:_str", [["a", "b"]]), ("idlab:_otherStr", [["1", "2"]]), ("idlab:_delimiter", "-")
    )
    assert made == [["a-1", "a-2", "b-1", "b-2"]]
    made = results(con, "grel:string_split", ("grel:valueParam", [["a,b", "c"]]), ("grel:param_string_sep", ","))
    assert made == [["a", "b", "c"]]
    nested = call_of("idlab:concat", ("idlab:_str", Reference("x")), ("idlab:_otherStr", Reference("y")))
    outer = call_of("idlab:concat", ("idlab:_str", nested), ("idlab:_otherStr", Reference("x")))
    inner = function_sql(nested, [Result("x", many=True), Result("y", many=True)])
    sql = function_sql(outer, [inner, Result("x", many=True)]).sql
    assert con.execute(f"SELECT {sql} FROM (SELECT ['a', 'b'] AS x, ['1'] AS y)").fetchall() == [
        (["a1a", "a1b", "b1a", "b1b"],)
    ]


def test_a_list_is_given_as_one_input_or_several(con: duckdb.DuckDBPyConnection) -> None:
    assert results(con, "kgf:concat", ("kgf:value", "a"), ("kgf:value", "b"), ("kgf:separator", "/")) == ["a/b"]
    assert results(con, "kgf:concat", ("kgf:value", [["a", "b"]]), ("kgf:value", "c"), ("kgf:separator", "/")) == [
        "a/b/c"
    ]
    assert results(con, "kgf:coalesce", ("kgf:value", [None, None]), ("kgf:value", ["x", None])) == ["x", None]
    assert results(
        con, "grel:boolean_and", ("grel:param_rep_b", ["true", "true"]), ("grel:param_rep_b", ["true", "false"])
    ) == ["true", "false"]


def test_datatypes_are_natural_or_those_of_what_goes_in() -> None:
    def datatype(name: str, *inputs: tuple[str, str | None]) -> str | None:
        call = call_of(name, *((parameter, Reference(parameter)) for parameter, _ in inputs))
        return function_sql(call, [Result("x", kind) for _, kind in inputs]).datatype

    assert datatype("grel:string_length", ("grel:valueParam", None)) == INTEGER
    assert datatype("idlab:equal", ("grel:valueParam", None), ("grel:valueParam2", None)) == BOOLEAN
    assert datatype("grel:string_toNumber", ("grel:p_any_e", None)) == DECIMAL
    assert datatype("grel:toUpperCase", ("grel:valueParam", INTEGER)) is None
    branches = ("kgf:condition", BOOLEAN), ("kgf:then", INTEGER)
    assert datatype("kgf:if", *branches, ("kgf:else", INTEGER)) == INTEGER
    assert datatype("kgf:if", *branches, ("kgf:else", None)) is None
    assert datatype("kgf:if", *branches) == INTEGER


def test_inputs_by_parameter_are_single_texts() -> None:
    call = Call(iri("grel:toUpperCase"), ((iri("grel:valueParameter"), Constant("x")),))
    assert function_sql(call, {iri("grel:valueParameter"): "'x'"}).sql == "upper('x')"


def test_the_reference_tells_of_every_function_and_of_those_that_are_refused() -> None:
    page = functions_reference()
    assert [each.label for each in FUNCTIONS.values() if each.comment not in page] == []
    assert all(iri in page for iri in REFUSED)
    assert not set(REFUSED) & set(FUNCTIONS)
    assert all(each.comment.endswith(".") for each in FUNCTIONS.values())
