"""The reference tables as relations, and which of their entries the quads point to."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.rdf.reference import load_reference
from kg.resolution import load_tables
from kg.resources import resource
from tests.session import QuadRow, session

BASE = "https://x.example/id/"
FOLDER = resource("ontology") / "reference"


def used(*objects: str) -> set[tuple[str, str]]:
    quads: list[QuadRow] = [("<x:s>", "<x:p>", value, None) for value in objects]
    with session(quads) as con:
        load_tables(con, load_reference(), FOLDER, BASE)
        return set(con.execute("SELECT kind, key FROM used").fetchall())


def test_an_entry_is_used_if_a_quad_points_to_it() -> None:
    assert used(f"<{BASE}country/FRA>", f"<{BASE}country/FRA>", f"<{BASE}dataset/laion-5b>") == {
        ("country", "FRA"),
        ("dataset", "laion-5b"),
    }


@pytest.mark.parametrize(
    "value",
    [
        f'"{BASE}country/FRA"',
        "<https://other.example/id/country/FRA>",
        f"<{BASE}country>",
        f"<{BASE}a/b/c>",
        f"<{BASE}>",
    ],
)
def test_what_is_no_thing_of_ours_is_none(value: str) -> None:
    assert used(value) == set()


@pytest.mark.parametrize("name", ["accelerators", "countries", "grid", "organizations", "components"])
def test_a_table_is_read_whole(name: str) -> None:
    with session() as con, (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        load_tables(con, load_reference(), FOLDER, BASE)
        rows = [tuple(cell or None for cell in row) for row in csv.reader(file)]
        assert con.execute(f"DESCRIBE {name}").fetchall()
        assert sorted(con.execute(f"FROM {name}").fetchall(), key=repr) == sorted(rows[1:], key=repr)
        assert [column for column, *_ in con.execute(f"DESCRIBE {name}").fetchall()] == list(rows[0])


def test_a_concept_has_one_preferred_label_and_its_others() -> None:
    with session() as con:
        load_tables(con, load_reference(), FOLDER, BASE)
        found = con.execute(
            "SELECT label, alternative FROM concepts WHERE scheme = 'dataset' AND key = 'laion-5b'"
        ).fetchall()
        assert [label for label, _ in found if label] == ["LAION-5B"]
        assert all((label is None) != (alternative is None) for label, alternative in found)
        (scheme_counts,) = con.execute("SELECT list(DISTINCT scheme ORDER BY scheme) FROM concepts").fetchall()
        assert scheme_counts == (["benchmark", "dataset"],)


def test_a_folder_may_have_a_name_that_looks_like_a_pattern(tmp_path: Path) -> None:
    folder, other = tmp_path / "re[f]*", tmp_path / "ref"
    for each, lines in ((folder, None), (other, 2)):
        each.mkdir()
        for path in FOLDER.glob("*.csv"):
            (each / path.name).write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))
    with session() as con:
        load_tables(con, load_reference(), folder, BASE)
        assert con.execute("SELECT count(*) FROM countries").fetchall() == [(len(load_reference().countries),)]
