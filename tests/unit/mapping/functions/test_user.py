"""Functions in Python, and look-up tables: they run over whole columns, and their faults name them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from kg.errors import MappingError
from kg.mapping.functions import (
    FUNCTIONS,
    Functions,
    Result,
    check_call,
    define,
    function_error,
    function_sql,
    load_functions,
    user_function,
)
from kg.mapping.rules import Call, Reference
from tests.session import session
from tests.unit.mapping.functions.calling import call_of, results

_FILE = '''
"""Functions for a test."""
import pyarrow as pa
import pyarrow.compute as pc
from kg.mapping.functions import function

@function("http://x/shout", {"text": "http://x/text", "mark": "http://x/mark"})
def shout(text, mark=None):
    """Shouts."""
    return pc.binary_join_element_wise(pc.utf8_upper(text), pc.fill_null(mark, "!"), "")

@function("http://x/letters", {"text": "http://x/text"}, "http://x/out", many=True)
def letters(text):
    return pa.array([None if each is None else list(each) for each in text.to_pylist()], pa.list_(pa.string()))

@function("http://x/sizes", {"text": "http://x/text"}, datatype="http://www.w3.org/2001/XMLSchema#integer")
def sizes(text):
    return pc.utf8_length(text)

@function("http://x/answer")
def answer():
    return pa.array(["42"])

@function("http://x/fails", {"text": "http://x/text"})
def fails(text):
    raise ValueError("this is <wrong>")

@function("http://x/short", {"text": "http://x/text"})
def short(text):
    return pa.array(["a"])

@function("http://x/loose", {"text": "http://x/text"})
def loose(text):
    return text.to_pylist()
'''


@pytest.fixture
def functions(tmp_path: Path) -> Functions:
    path = tmp_path / "own.py"
    path.write_text(_FILE, encoding="utf-8")
    return load_functions(path)


def ran(functions: Functions, name: str, rows: int = 3, **inputs: str) -> list[object]:
    """Return what a function gives for rows x0, x1, …; an input is SQL."""
    call = Call(f"http://x/{name}", tuple((f"http://x/{parameter}", Reference(parameter)) for parameter in inputs))
    check_call(call, functions)
    with session() as con:
        define(con, [call, call], functions)
        sql = function_sql(call, [Result(each) for each in inputs.values()], functions).sql
        return [
            each
            for (each,) in con.execute(
                f"SELECT {sql} FROM (SELECT 'x' || i AS x FROM range({rows}) t(i)) ORDER BY x"
            ).fetchall()
        ]


def test_functions_of_a_file_run_over_columns(functions: Functions) -> None:
    assert ran(functions, "shout", text="x") == ["X0!", "X1!", "X2!"]
    assert ran(functions, "shout", text="x", mark="'?'") == ["X0?", "X1?", "X2?"]
    assert ran(functions, "shout", text="nullif(x, 'x1')") == ["X0!", None, "X2!"]
    assert ran(functions, "letters", text="x") == [["x", "0"], ["x", "1"], ["x", "2"]]
    assert ran(functions, "sizes", text="x") == ["2", "2", "2"]
    assert ran(functions, "answer") == ["42", "42", "42"]
    assert ran(functions, "sizes", rows=100_000, text="'é'") == ["1"] * 100_000
    assert functions["http://x/shout"].comment == "Shouts."
    assert set(FUNCTIONS) < set(functions)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fails", "ValueError: this is <wrong>"),
        ("short", "it gives 1 values, not an array of pyarrow for 3 rows"),
        ("loose", "it gives list"),
    ],
)
def test_a_fault_within_names_the_function(functions: Functions, name: str, said: str) -> None:
    with pytest.raises(duckdb.Error) as caught:
        ran(functions, name, text="x")
    error = function_error(caught.value)
    assert error is not None
    assert error.code == "KG246"
    assert f"<http://x/{name}>" in str(error)
    assert said in str(error)
    assert function_error(ValueError("something else")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("x = 1", "no function for mappings"),
        (
            "from kg.mapping.functions import function\n@function('http://x/f', {'b': 'http://x/b'})\ndef f(a): ...",
            "no parameter 'b'",
        ),
        ("from kg.mapping.functions import function\n@function('http://x/f')\ndef f(a): ...", "'a', which has no IRI"),
        ("def (", "SyntaxError"),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        load_functions(path)
    assert caught.value.code == "KG245"
    assert caught.value.where == str(path)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name in ("none.py", "none.txt"):
        with pytest.raises(MappingError, match="KG245"):
            load_functions(tmp_path / name)


def test_a_function_of_python_needs_no_file(con: duckdb.DuckDBPyConnection) -> None:
    def double(x: pa.ChunkedArray) -> pa.ChunkedArray:
        return pc.binary_join_element_wise(x, x, "")

    one = user_function("https://kg.example/functions#double", double, {"x": "https://kg.example/functions#value"})
    assert results(con, "kgf:double", ("kgf:value", ["a", None]), functions={**FUNCTIONS, one.iri: one}) == ["aa", None]


def lookup(
    con: duckdb.DuckDBPyConnection, folder: Path, keys: list[str | None], column: str = "name", table: str = "codes.csv"
) -> list[object]:
    inputs = ("kgf:table", table), ("kgf:key", "code"), ("kgf:column", column)
    return results(con, "kgf:lookup", ("kgf:value", keys), *inputs, file=str(folder / "mapping.ttl"))


def test_a_table_beside_the_mapping_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text(
        '\ufeffcode,name,extra\nde,"Germany, or ""D""",1\nfr,France\nde,Deutschland,2\nit,,3\n', encoding="utf-8"
    )
    with session() as con:
        assert lookup(con, tmp_path, ["fr", "de", "xx", None, "it", ""]) == [
            "France",
            'Germany, or "D"',
            None,
            None,
            "",
            None,
        ]
        assert lookup(con, tmp_path, ["fr", "de"], "extra") == [None, "1"]
        listed = call_of(
            "kgf:lookup",
            ("kgf:value", Reference("x")),
            *((f"kgf:{name}", text) for name, text in (("table", "codes.csv"), ("key", "code"), ("column", "name"))),
        )
        sql = function_sql(listed, [Result("['fr', 'xx']", many=True), *(Result("''"),) * 3]).sql
        assert con.execute(f"SELECT {sql}").fetchall() == [(["France", None],)]


@pytest.mark.parametrize(
    ("content", "column", "said"),
    [
        (b"code,name\n", "nam", "no column 'nam'; did you mean 'name'? Its columns are code, name"),
        (b"code,\xff\n", "name", "cannot be read"),
        (None, "name", "No such file"),
    ],
)
def test_a_table_that_is_wrong_is_refused(tmp_path: Path, content: bytes | None, column: str, said: str) -> None:
    if content is not None:
        (tmp_path / "codes.csv").write_bytes(content)
    with session() as con, pytest.raises(MappingError) as caught:
        lookup(con, tmp_path, ["x"], column)
    assert caught.value.code == "KG247"
    assert said in str(caught.value)
    assert "mapping.ttl, line 7" in caught.value.where
