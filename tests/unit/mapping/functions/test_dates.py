"""Dates in other forms become XSD's, and what is no date gives nothing."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mapping.functions import function_sql
from kg.mapping.functions.dates import date_fault
from kg.mapping.functions.signature import DATE, DATE_TIME
from tests.unit.mapping.functions.calling import call_of, results

# Years have four digits.
_FIRST = dt.datetime.fromisoformat("1000-01-01")
_FORMS = {
    "dd.MM.yyyy": "%d.%m.%Y",
    "yyyy/MM/dd": "%Y/%m/%d",
    "d MMMM yyyy": "%-d %B %Y",
    "EEE, dd MMM yyyy": "%a, %d %b %Y",
    "EEEE d. MMMM yyyy": "%A %-d. %B %Y",
    "yyyyMMdd": "%Y%m%d",
    "'on' M/d/yyyy ('''t was')": "on %-m/%-d/%Y ('t was)",
    "yyyy-MM-dd'T'HH:mm:ss": "%Y-%m-%dT%H:%M:%S",
    "MM/dd/yyyy hh:mm a": "%m/%d/%Y %I:%M %p",
    "dd.MM.yyyy HH:mm:ss.SSS": "%d.%m.%Y %H:%M:%S.%f",
}


@pytest.mark.parametrize("pattern", _FORMS)
@given(st.lists(st.datetimes(min_value=_FIRST), min_size=1, max_size=10))
def test_what_a_form_writes_is_read(con: duckdb.DuckDBPyConnection, pattern: str, moments: list[dt.datetime]) -> None:
    has_time, has_seconds = "m" in pattern.replace("'t was'", ""), "ss" in pattern
    written = [moment.strftime(_FORMS[pattern]) for moment in moments]
    expected = []
    for moment in moments:
        exact = (
            moment if "SSS" in pattern else moment.replace(microsecond=0, second=moment.second if has_seconds else 0)
        )
        text = exact.strftime("%Y-%m-%dT%H:%M:%S") + (f".{exact.microsecond:06}" if "SSS" in pattern else "")
        expected.append(text if has_time else text[:10])
    assert (
        results(con, "grel:date_toDate", ("grel:valueParam", written), ("grel:param_string_pattern", pattern))
        == expected
    )
    assert results(con, "kgf:date", ("kgf:value", written), ("kgf:format", pattern)) == [text[:10] for text in expected]
    assert results(con, "kgf:dateTime", ("kgf:value", written), ("kgf:format", pattern)) == [
        text if has_time else f"{text}T00:00:00" for text in expected
    ]


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (
            "dd.MM.yyyy",
            [
                "",
                "31.02.2024",
                "1.1.2024",
                "32.01.2024",
                "01.13.2024",
                "01.01.24",
                "x01.01.2024",
                "01.01.2024\n",
                "01.01.2024 ",
            ],
        ),
        ("d MMM yyyy", ["1 Foo 2024", "1 Marchy 2024", "30 Feb 2024"]),
        ("yyyy-MM-dd HH:mm", ["2024-01-01 24:00", "2024-01-01 12:60", "2024-01-01"]),
        ("yyyy-MM-dd hh:mm a", ["2024-01-01 13:00 PM", "2024-01-01 00:00 AM", "2024-01-01 01:00"]),
    ],
)
def test_what_is_no_date_gives_nothing(con: duckdb.DuckDBPyConnection, pattern: str, texts: list[str]) -> None:
    assert results(con, "grel:date_toDate", ("grel:valueParam", texts), ("grel:param_string_pattern", pattern)) == [
        None
    ] * len(texts)


def test_hours_to_noon_and_years_of_two_digits(con: duckdb.DuckDBPyConnection) -> None:
    texts = ["1/2/24 12:05 am", "1/2/24 12:05 PM", "1/2/99 1:05 pm"]
    made = results(con, "kgf:dateTime", ("kgf:value", texts), ("kgf:format", "M/d/yy h:mm a"))
    assert made == ["2024-01-02T00:05:00", "2024-01-02T12:05:00", "2099-01-02T13:05:00"]


def test_a_year_or_a_month_is_its_first_day(con: duckdb.DuckDBPyConnection) -> None:
    assert results(con, "kgf:date", ("kgf:value", "2024"), ("kgf:format", "yyyy")) == ["2024-01-01"]
    assert results(con, "kgf:date", ("kgf:value", "May 2024"), ("kgf:format", "MMM yyyy")) == ["2024-05-01"]


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("MM-dd", "no year"),
        ("yyyy dd", "without a month"),
        ("yyyy-MM-dd MM", "twice"),
        ("yyyy-MM MMM", "twice"),
        ("yyyy hh", "half of the day"),
        ("yyyy mm", "without an hour"),
        ("yyyy HH a", "beside hours"),
        ("yyyy HH ss", "without minutes"),
        ("yyyy HH:mm.SSS", "without seconds"),
        ("yyyy Q", "the letter 'Q'"),
        ("yyyy 'T", "not closed"),
    ],
)
def test_a_wrong_pattern_is_told(pattern: str, wrong: str) -> None:
    assert wrong in (date_fault(pattern) or "")


def test_the_datatype_follows_the_pattern() -> None:
    for pattern, datatype in (("dd.MM.yyyy", DATE), ("dd.MM.yyyy HH:mm", DATE_TIME)):
        call = call_of("grel:date_toDate", ("grel:valueParam", "x"), ("grel:p_string_pattern", pattern))
        assert function_sql(call, {call.inputs[0][0]: "'x'", call.inputs[1][0]: "'y'"}).datatype == datatype


def test_dates_are_calculated_with(con: duckdb.DuckDBPyConnection) -> None:
    dates = ["2024-01-31", "2024-02-29T23:30:05.25", "31.1.2024", "2024-02-30"]
    parts = {
        "year": ["2024", "2024"],
        "months": ["1", "2"],
        "d": ["31", "29"],
        "hours": ["0", "23"],
        "s": ["0", "5"],
        "weekday": ["Wednesday", "Thursday"],
    }
    for part, expected in parts.items():
        made = results(con, "grel:date_datePart", ("grel:param_date_d", dates), ("grel:param_string_unit", part))
        assert made == [*expected, None, None], part
    later = {
        "month": ["2024-02-29", "2024-03-29T23:30:05.25"],
        "days": ["2024-02-01", "2024-03-01T23:30:05.25"],
    }
    for unit, expected in later.items():
        made = results(
            con,
            "grel:date_inc",
            ("grel:param_date_d", dates),
            ("grel:param_dec_n", "1"),
            ("grel:param_string_unit", unit),
        )
        assert made == [*expected, None, None], unit
    far = results(
        con,
        "grel:date_inc",
        ("grel:param_date_d", dates),
        ("grel:param_dec_n", "999999"),
        ("grel:param_string_unit", "years"),
    )
    assert far == [None] * 4
    for unit, count in {"years": "0", "months": "1", "days": "29", "hours": "719", "w": "4"}.items():
        made = results(
            con,
            "grel:date_diff",
            ("grel:param_datetime_d", dates),
            ("grel:p_datetime_d2", "2024-03-01T00:00:00"),
            ("grel:param_string_timeunit", unit),
        )
        assert made[0] == str({"months": 1, "days": 30, "hours": 720, "weeks": 4}.get(unit, count)), unit
        assert made[2:] == [None, None]


def test_months_of_idlab_are_english(con: duckdb.DuckDBPyConnection) -> None:
    inputs = (("idlab:_strDate", "01 April 2022"), ("idlab:_pattern", "dd LLLL uuuu"))
    assert results(con, "idlab:normalizeDate", *inputs) == ["2022-04-01"]
    assert results(con, "idlab:normalizeDateTime", *inputs) == ["2022-04-01T00:00:00"]
    assert results(con, "idlab:normalizeDateWithLang", *inputs, ("idlab:_lang", "en")) == ["2022-04-01"]
    assert results(con, "idlab:normalizeDateTimeWithLang", *inputs, ("idlab:_lang", "en")) == ["2022-04-01T00:00:00"]
