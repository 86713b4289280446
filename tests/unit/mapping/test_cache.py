"""Plans are kept on disk and change nothing about what a mapping makes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kg.mapping import cache
from kg.mapping.cache import cached_plans
from kg.mapping.parse import parse_mapping
from kg.mapping.rules import Rule, Source, SourceKind, Table
from tests.unit.mapping.mappings import BASE, table, triples_map, write

COLUMNS = (("id", "VARCHAR"), ("n", "BIGINT"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kg"


def rules(tmp_path: Path, column: str = "n") -> tuple[Rule, ...]:
    return parse_mapping(write(tmp_path, triples_map(f'rml:reference "{column}"', source=table("t"))), BASE)


def tables(columns: tuple[tuple[str, str], ...] = COLUMNS) -> dict[Source, Table]:
    return {Source(SourceKind.RELATION, "t"): Table("t", columns)}


def test_a_plan_is_compiled_once(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cached_plans(rules(tmp_path), tables())
    assert len(list(folder.glob("plan-*.json"))) == 1
    # Without the compiler, only the cache can answer.
    monkeypatch.setitem(sys.modules, "kg.mapping.plan", None)
    assert cached_plans(rules(tmp_path), tables()) == made


def test_other_rules_and_other_columns_are_other_plans(tmp_path: Path, folder: Path) -> None:
    number = cached_plans(rules(tmp_path), tables())
    assert cached_plans(rules(tmp_path, "id"), tables()) != number
    assert cached_plans(rules(tmp_path), tables((("id", "VARCHAR"), ("n", "DOUBLE")))) != number
    assert len(list(folder.glob("plan-*.json"))) == 3


@pytest.mark.parametrize("torn", ["", "[1]", "{}", '["SELECT', "\x00"])
def test_a_torn_file_is_no_plan(torn: str, tmp_path: Path, folder: Path) -> None:
    made = cached_plans(rules(tmp_path), tables())
    (path,) = folder.glob("plan-*.json")
    path.write_text(torn, encoding="utf-8")
    assert cached_plans(rules(tmp_path), tables()) == made


def test_a_cache_that_cannot_be_used_is_not_needed(tmp_path: Path, folder: Path) -> None:
    folder.parent.write_text("a file where the folder should be", encoding="utf-8")
    assert cached_plans(rules(tmp_path), tables())


def test_the_oldest_plans_go(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_KEPT", 2)
    for column in ("id", "n"):
        cached_plans(rules(tmp_path, column), tables())
    cached_plans(rules(tmp_path), tables((("n", "VARCHAR"), ("id", "VARCHAR"))))
    assert len(list(folder.glob("plan-*.json"))) == 2
