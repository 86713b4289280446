"""Joins: objects that another triples map makes as its subjects."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import MappingError
from tests.unit.mapping.mappings import csv, mapped, query, table, triples_map

CHILD = "CREATE TABLE child AS SELECT * FROM (VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, NULL, 'y'), (4, 'z', NULL)) AS t(id, k, l)"
PARENT = "CREATE TABLE parent AS SELECT * FROM (VALUES (10, 'a', 'x'), (20, 'b', 'y'), (30, 'b', 'x'), (40, NULL, 'y')) AS t(id, k, l)"


def joined(
    folder: Path, conditions: str, *setup: str, child: str | None = None, parent: str | None = None
) -> set[tuple[int, int]]:
    """Return the pairs of child and parent that a join gives, by their ids."""
    said = " ; ".join(("rml:parentTriplesMap <#Parent>", *([conditions] if conditions else [])))
    mapping = triples_map(said, source=child or table("child"), subject='rml:template "http://c/{id}"', name="Child")
    mapping += triples_map(source=parent or table("parent"), subject='rml:template "http://p/{id}"', name="Parent")
    quads = mapped(folder, mapping, *(setup or (CHILD, PARENT)))
    return {
        (int(s.removeprefix("<http://c/").rstrip(">")), int(o.removeprefix("<http://p/").rstrip(">")))
        for s, _, o, _ in quads
    }


def on(child: str, parent: str) -> str:
    return f'[ rml:child "{child}" ; rml:parent "{parent}" ]'


def test_rows_join_where_their_keys_are_equal_and_null_is_equal_to_nothing(tmp_path: Path) -> None:
    assert joined(tmp_path, f"rml:joinCondition {on('k', 'k')}") == {(1, 10), (2, 20), (2, 30)}


def test_all_conditions_of_a_join_must_hold(tmp_path: Path) -> None:
    assert joined(tmp_path, f"rml:joinCondition {on('k', 'k')} , {on('l', 'l')}") == {(1, 10), (2, 30)}
    assert joined(tmp_path, f"rml:joinCondition {on('k', 'l')}") == set()


def test_several_rows_join_several(tmp_path: Path) -> None:
    assert joined(tmp_path, f"rml:joinCondition {on('l', 'l')}") == {
        (1, 10),
        (1, 30),
        (2, 10),
        (2, 30),
        (3, 20),
        (3, 40),
    }


def test_without_a_condition_every_row_joins_every_row_of_another_source(tmp_path: Path) -> None:
    assert joined(tmp_path, "") == {(child, parent) for child in (1, 2, 3, 4) for parent in (10, 20, 30, 40)}


def test_a_source_joins_itself(tmp_path: Path) -> None:
    rows = "CREATE TABLE child AS SELECT * FROM (VALUES (1, 2), (2, NULL), (3, 2), (4, 4)) AS t(id, boss)"
    assert joined(tmp_path, f"rml:joinCondition {on('boss', 'id')}", rows, parent=table("child")) == {
        (1, 2),
        (3, 2),
        (4, 4),
    }


def test_columns_of_one_name_in_both_sources_are_told_apart(tmp_path: Path) -> None:
    """A column `parent_id` of the child is the usual one to join, and must not be taken for the parent's `id`."""
    rows = (
        "CREATE TABLE child AS SELECT 1 AS id, 7 AS k, 99 AS parent_id, 5 AS child_id",
        "CREATE TABLE parent AS SELECT 10 AS id, 7 AS k, 3 AS child_id",
    )
    assert joined(tmp_path, f"rml:joinCondition {on('k', 'k')}", *rows) == {(1, 10)}
    rows = (
        "CREATE TABLE child AS SELECT 1 AS id, 10 AS parent_id",
        "CREATE TABLE parent AS SELECT 10 AS id, 77 AS parent_id",
    )
    assert joined(tmp_path, f"rml:joinCondition {on('parent_id', 'id')}", *rows) == {(1, 10)}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("7", "'7'"),
        ("7::TINYINT", "7::HUGEINT"),
        ("7", "7.0::DOUBLE"),
        ("DATE '2024-01-02'", "'2024-01-02'"),
        ("true", "'true'"),
    ],
)
def test_keys_of_different_types_are_compared_as_what_they_say(tmp_path: Path, mine: str, theirs: str) -> None:
    rows = (
        f"CREATE TABLE child AS SELECT 1 AS id, {mine} AS k",
        f"CREATE TABLE parent AS SELECT 10 AS id, {theirs} AS k",
    )
    assert joined(tmp_path, f"rml:joinCondition {on('k', 'k')}", *rows) == {(1, 10)}


def test_sources_of_different_kinds_join(tmp_path: Path) -> None:
    (tmp_path / "parent.csv").write_text("id,k\n10,1\n20,2\n")
    child = query("SELECT 5 AS id, 2 AS k")
    assert joined(tmp_path, f"rml:joinCondition {on('k', 'k')}", child=child, parent=csv("parent.csv")) == {(5, 20)}


def test_graphs_and_subjects_of_a_join_are_those_of_the_child(tmp_path: Path) -> None:
    said = f"rml:predicate ex:p ; rml:objectMap [ rml:parentTriplesMap <#Parent> ; rml:joinCondition {on('k', 'k')} ]"
    mapping = triples_map(
        said,
        source=table("child"),
        subject='rml:template "http://c/{id}" ; rml:graphMap [ rml:template "http://g/{id}" ]',
        name="Child",
    )
    mapping += triples_map(
        source=table("parent"), subject='rml:template "http://p/{id}" ; rml:graph ex:other', name="Parent"
    )
    rows = ("CREATE TABLE child AS SELECT 1 AS id, 7 AS k", "CREATE TABLE parent AS SELECT 10 AS id, 7 AS k")
    assert mapped(tmp_path, mapping, *rows) == {
        ("<http://c/1>", "<http://example.org/p>", "<http://p/10>", "<http://g/1>")
    }


@pytest.mark.parametrize(
    ("condition", "where", "known"),
    [(on("none", "k"), "child", "id, k, l"), (on("k", "none"), "parent", "id, k, l")],
)
def test_a_condition_on_a_column_that_is_not_there_is_told(
    tmp_path: Path, condition: str, where: str, known: str
) -> None:
    with pytest.raises(MappingError, match=f"the table {where} has no column none; it has the columns {known} .KG205."):
        joined(tmp_path, f"rml:joinCondition {condition}")
