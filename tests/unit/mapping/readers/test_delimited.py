"""CSV: what is read is what RFC 4180 and the dialect say, nothing is guessed, and what does not fit is set aside."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import MappingError, SourceError
from kg.mapping.rules import Dialect, Formulation
from tests.unit.mapping.readers.opened import Opened, file_source, opened, strict


def read(
    folder: Path,
    data: bytes,
    *columns: str,
    name: str = "data.csv",
    dialect: Dialect | None = None,
    encoding: str = "utf-8",
    nulls: tuple[str, ...] = (),
) -> Opened:
    path = folder / name
    path.write_bytes(data)
    return opened(
        file_source(Formulation.CSV, path, dialect=dialect, encoding=encoding, nulls=nulls), columns or ("a", "b")
    )


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\n1,x\n", [("1", "x")]),
        (b"a,b\n1,x", [("1", "x")]),
        (b"b,a\r\n1,x\r\n", [("x", "1")]),
        (b"a,b\r1,x\r2,y\r", [("1", "x"), ("2", "y")]),
        (b"\xef\xbb\xbfa,b\n1,x\n", [("1", "x")]),
        (b'\xef\xbb\xbf"a","b"\n1,x\n', [("1", "x")]),
        (b'a,b\n1,"x, y"\n2,"say ""hi"""\n', [("1", "x, y"), ("2", 'say "hi"')]),
        (b'a,b\n1,"two\nlines"\n', [("1", "two\nlines")]),
        (b"a,b\n007,1e5\ntrue,2024-01-02\n", [("007", "1e5"), ("true", "2024-01-02")]),
        (b"a,b\nNULL,NaN\n,\\N\n", [("NULL", "NaN"), ("", "\\N")]),
        (b'a,b\n1,\n2,""\n', [("1", ""), ("2", "")]),
        (b"a,b\n#1,x#y\n", [("#1", "x#y")]),
        (b"a,b\n 1 , x \n", [(" 1 ", " x ")]),
        (b"a,b\n1,\x00\x01\x7f\n", [("1", "\0\x01\x7f")]),
        (b"a,b\n1,\xef\xbf\xbf\xef\xbf\xbf\n", [("1", "\uffff\uffff")]),
        (b"\n\na,b\n1,x\n", [("1", "x")]),
        (b"a,b\n1,x\n\n2,y\n", [("1", "x"), ("2", "y")]),
        (b"a,b\n", []),
        (b'a,"b"\n1,x\n', [("1", "x")]),
        (b'"b\n""c""",a,b\n0,1,2\n', [("1", "2")]),
    ],
)
def test_a_file_is_read_as_it_is(tmp_path: Path, data: bytes, rows: list[tuple[str, str]]) -> None:
    found = read(tmp_path, data)
    assert found.rows == rows
    assert found.rejects == ()
    assert all(column.datatype is None and not column.many and not column.json for column in found.columns.values())


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\r\n1,x\r\n2,y\n3,z\r\n", [("1", "x"), ("2", "y"), ("3", "z")]),
        (b'a,b\n1,x\r\n2,"y\r\nz"\n3,"\r"\r4,w', [("1", "x"), ("2", "y\r\nz"), ("3", "\r"), ("4", "w")]),
        (b'a,b\r\n1,"x\ny"\r\n2,5" pipe\r\n3,z\r\n', [("1", "x\ny"), ("2", '5" pipe'), ("3", "z")]),
    ],
)
def test_lines_may_end_in_several_ways(tmp_path: Path, data: bytes, rows: list[tuple[str, str]]) -> None:
    assert read(tmp_path, data).rows == rows


_CELL = st.text(st.characters(codec="utf-8"), max_size=12) | st.text('",\n\r\t\\ a\0\x01#', max_size=8)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(_CELL, _CELL), max_size=6), all_quoted=st.booleans())
def test_every_text_survives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], all_quoted: bool
) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL).writerows([("a", "b"), *rows])
    found = read(tmp_path_factory.mktemp("csv"), text.getvalue().encode())
    assert found.rejects == ()
    assert found.rows == rows


def test_a_text_across_all_threads_is_one(tmp_path: Path) -> None:
    """Parts of the file are read at once; a field that looks like rows must not be taken for such."""
    fake = "1,fake\n" * 200_000
    rows = [(str(number), f"{number}\n{fake}") for number in range(12)]
    text = io.StringIO()
    csv.writer(text).writerows([("a", "b"), *rows])
    assert read(tmp_path, text.getvalue().encode()).rows == rows


def test_columns_without_a_name_or_with_that_of_another_can_be_named(tmp_path: Path) -> None:
    data = b"a,a,,A\nw,x,y,z\n"
    assert read(tmp_path, data, "a", "a_1", "column2", "A", "A_2").rows == [("w", "x", "y", "z", "z")]


def test_a_name_is_exact(tmp_path: Path) -> None:
    with pytest.raises(
        MappingError,
        match=r"mapping\.ttl, line 7: .*data\.csv has no column Name; did you mean name\? .* id, name \[KG205\]",
    ):
        read(tmp_path, b"id,name\n1,x\n", "Name")


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a,b\n1,x\n2\n3,z\n", 3, "Expected Number of Columns: 2 Found: 1"),
        (b"a,b\n1,x\n2,y,w\n3,z\n", 3, "Expected Number of Columns: 2 Found: 3"),
        (b'a,b\n1,x\n2,"y"y\n3,z\n', 3, "quote"),
        (b"a,b\n1,x\n2,\xff\n3,z\n", 3, "utf-8"),
        (b'a,b\n1,x\n3,z\n4,"y\n', 4, "quote"),
    ],
)
def test_a_broken_row_is_set_aside(tmp_path: Path, data: bytes, line: int, reason: str) -> None:
    found = read(tmp_path, data)
    assert found.rows == [("1", "x"), ("3", "z")]
    assert [(reject.file, reject.line) for reject in found.rejects] == [(str(tmp_path / "data.csv"), line)]
    assert reason in found.rejects[0].reason


def test_a_broken_row_stops_a_strict_run(tmp_path: Path) -> None:
    import duckdb

    (tmp_path / "data.csv").write_bytes(b"a,b\n1,x\n2\n")
    with pytest.raises(duckdb.InvalidInputException, match="Line: 3"):
        opened(file_source(Formulation.CSV, tmp_path / "data.csv"), ["a"], access=strict(tmp_path))


def test_a_broken_row_counts_even_where_its_columns_are_not_read(tmp_path: Path) -> None:
    assert len(read(tmp_path, b"a,b,c\n1,x\n", "a").rejects) == 1


@pytest.mark.parametrize(
    ("dialect", "data", "rows"),
    [
        (Dialect(delimiter=";"), b"a;b\n1;x,y\n", [("1", "x,y")]),
        (Dialect(delimiter="||"), b'a||b\n1||"x||y"\n', [("1", "x||y")]),
        (Dialect(delimiter="\u2192"), "a\u2192b\n1\u2192x\n".encode(), [("1", "x")]),
        (Dialect(quote="'"), b"'a','b'\n1,'it''s \"x\"'\n", [("1", 'it\'s "x"')]),
        (Dialect(quote=""), b'a,b\n1,"x"\n', [("1", '"x"')]),
        (Dialect(double_quote=False), b'"a",b\n1,"say \\"hi\\" \\\\"\n', [("1", 'say "hi" \\')]),
        (
            Dialect(comment="#"),
            b'# one\n# "two\na,b\n1,x#y\n#3,z\n2,"\n# kept"\n',
            [("1", "x#y"), ("2", "\n# kept")],
        ),
        (Dialect(comment="//"), b"a,b\n// no\n1,/x\n", [("1", "/x")]),
        (Dialect(skip_rows=2), b"made by hand\nin 2024, for fun\na,b\n1,x\n", [("1", "x")]),
        (Dialect(trim=True), b"a,b\n  1  ,\t x y \n", [("1", "x y")]),
        (Dialect(columns=("a", "b")), b"x,y\n1,2\n", [("1", "2")]),
        (Dialect(header=False, columns=("a", "b")), b"x,y\n1,2\n", [("x", "y"), ("1", "2")]),
        (Dialect(header=False, columns=("a", "b")), b"", []),
    ],
)
def test_a_dialect_is_followed(tmp_path: Path, dialect: Dialect, data: bytes, rows: list[tuple[str, str]]) -> None:
    found = read(tmp_path, data, dialect=dialect)
    assert found.rows == rows
    assert found.rejects == ()


def test_columns_without_a_header_are_called_by_number(tmp_path: Path) -> None:
    found = read(tmp_path, b"x,y\n1,2\n", "_col.2", "_col.1", dialect=Dialect(header=False))
    assert found.rows == [("y", "x"), ("2", "1")]


@pytest.mark.parametrize("name", ["data.tsv", "data.TSV", "data.tab"])
def test_tabs_follow_from_the_suffix(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, b"a\tb\n1,5\tx\n", name=name).rows == [("1,5", "x")]


def test_only_listed_texts_are_no_value(tmp_path: Path) -> None:
    data = b'a,b\n,N/A\n"",null\nNULL,"NULL"\n'
    assert read(tmp_path, data).rows == [("", "N/A"), ("", "null"), ("NULL", "NULL")]
    assert read(tmp_path, data, nulls=("NULL", "N/A")).rows == [("", None), ("", "null"), (None, None)]
    assert read(tmp_path, data, nulls=("",)).rows == [(None, "N/A"), (None, "null"), ("NULL", "NULL")]


def test_what_is_no_value_is_told_after_trimming(tmp_path: Path) -> None:
    found = read(tmp_path, b"a,b\n NULL ,x \n", nulls=("NULL",), dialect=Dialect(trim=True))
    assert found.rows == [(None, "x")]


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("latin-1", "a,b\n1,\xe9\n".encode("latin-1")),
        ("cp1252", "a,b\n1,\xe9\n".encode("cp1252")),
        ("utf-16", "a,b\n1,\xe9\n".encode("utf-16")),
        ("utf-16", "\ufeffa,b\n1,\xe9\n".encode("utf-16-be")),
        ("utf-16", "a,b\n1,\xe9\n".encode("utf-16-be")),
        ("utf-16", "a,b\n1,\xe9\n".encode("utf-16-le")),
        ("utf-8", "\ufeffa,b\n1,\xe9\n".encode("utf-16-le")),
        ("utf-8", "a,b\n1,\xe9\n".encode()),
    ],
)
def test_an_encoding_is_decoded(tmp_path: Path, encoding: str, data: bytes) -> None:
    assert read(tmp_path, data, encoding=encoding).rows == [("1", "\xe9")]


def test_an_encoding_that_does_not_fit_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"data\.csv: it is not in the encoding ascii|utf-16.*\[KG221\]"):
        read(tmp_path, "a,b\n1,\xe9\n".encode("utf-16-le")[:-1], encoding="utf-16-le")


@pytest.mark.parametrize(
    ("data", "dialect", "message"),
    [
        (b"", None, r"the file is empty.*\[KG221\]"),
        (b'"a,b\n1,x\n', None, r"a quote in the header is not closed.*\[KG221\]"),
        (b"a,b\n", Dialect(columns=("a",)), r"the mapping names 1 columns, and the file has 2.*\[KG224\]"),
        (b"a,b\n", Dialect(quote="''"), r"the file cannot be read so: .*\[KG224\]"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, data: bytes, dialect: Dialect | None, message: str) -> None:
    with pytest.raises((SourceError, MappingError), match=message):
        read(tmp_path, data, dialect=dialect)


def test_files_may_have_their_columns_in_another_order(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,x\n")
    (tmp_path / "2.csv").write_text("")
    (tmp_path / "3.csv").write_text("b,c,a\ny,-,2\n")
    (tmp_path / "4.csv").write_text("a\n3\n")
    (tmp_path / "5.tsv").write_text("a\tb\n4\tz\n")
    found = opened(file_source(Formulation.CSV, tmp_path), ["a", "b"])
    assert found.rows == [("1", "x"), ("2", "y"), ("3", None), ("4", "z")]


def test_a_source_of_which_nothing_is_read_still_has_its_records(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n1,x\n2,y\n", "a").rows == [("1",), ("2",)]
    assert opened(file_source(Formulation.CSV, tmp_path / "data.csv"), []).rows == [(), ()]
