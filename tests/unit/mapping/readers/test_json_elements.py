"""The children of a large document, read in parts of any size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.mapping.readers import json_elements
from kg.mapping.readers.json_elements import write_children

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text('"\\[]{},:\n x\u00e9', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab]", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def children(folder: Path, text: str, *steps: str | int) -> list[Any]:
    (folder / "source").write_text(text, encoding="utf-8")
    write_children(folder / "source", steps, folder / "target")
    return [json.loads(line) for line in (folder / "target").read_text(encoding="utf-8").splitlines()]


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(_VALUES, max_size=2),
    values=st.lists(_VALUES, max_size=4),
    chunk=st.integers(1, 40),
    indent=st.sampled_from([None, 1]),
)
def test_parts_of_any_size_give_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: list[Any],
    values: list[Any],
    chunk: int,
    indent: int | None,
) -> None:
    monkeypatch.setattr(json_elements, "_CHUNK", chunk)
    document = {"before": before, "o": [before, {"values": values}], "after": before}
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    assert children(tmp_path, text, "o", 1, "values") == values


def test_a_value_is_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "source").write_text('{"a": [131.70, 1e5, "\\u00e9",\n {"x":\n 1}]}')
    write_children(tmp_path / "source", ("a",), tmp_path / "target")
    assert (tmp_path / "target").read_text() == '131.70\n1e5\n"\\u00e9"\n{"x":  1}\n'


@pytest.mark.parametrize("steps", [("b",), ("a", 2), ("a", "x"), (0,), ("a", 0, "c")])
def test_a_way_that_leads_nowhere_gives_nothing(tmp_path: Path, steps: tuple[str | int, ...]) -> None:
    assert children(tmp_path, '{"a": [{"b": [1]}, 2]}', *steps) == []
