"""JSONPaths as SQL: what DuckDB's own paths get right, it does, and the rest is for `kg_json_all`.

In DuckDB `[*]` finds nothing in an object and `.*` nothing in an array, where RFC 9535 finds the children of either; keys with a quote and the key `*` cannot be written.
"""

from __future__ import annotations

from kg.mapping.readers.json_paths import ALL, Path, Step, Wildcard, parse_path, written
from kg.mapping.readers.sql import text


def nodes(value: str, path: str) -> tuple[str, bool]:
    """Return the SQL of the nodes that a path finds in a JSON value, and whether they are several (JSON[]) or at most one (JSON)."""
    parsed = parse_path(path)
    single = definite(parsed.steps)
    inner = value if not single else f"json_extract({value}, {text(duckdb_path(single))})"
    return inner if parsed.is_single else all_nodes(inner, parsed), not parsed.is_single


def definite(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps before the first wildcard."""
    return steps[: steps.index(ALL)] if ALL in steps else steps


def duckdb_path(steps: tuple[Step, ...]) -> str:
    """Return steps without a wildcard in DuckDB's syntax."""
    return "$" + "".join(f'."{step}"' if isinstance(step, str) else f"[{step}]" for step in steps)


def all_nodes(value: str, path: Path) -> str:
    """Return the SQL of all nodes that the part of a path from its first wildcard on finds in `value`, in the order of the document."""
    tail = path.steps[len(definite(path.steps)) :]
    if path.rest:
        return f"kg_json_all({value}, {text('$' + written(tail) + path.rest)})"
    found = ""
    for group in _groups(tail):
        if found:
            found = f"flatten(list_transform({found}, lambda e: {_children('e', group)}))"
        else:
            found = _children(value, group)
    return found


def _groups(tail: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Return the steps after each wildcard."""
    groups: list[tuple[Step, ...]] = []
    for step in tail:
        if isinstance(step, Wildcard):
            groups.append(())
        else:
            groups[-1] += (step,)
    return groups


def _children(value: str, steps: tuple[Step, ...]) -> str:
    """Return the SQL of what `steps` find in each child of a JSON value that DuckDB has written."""
    rest = duckdb_path(steps)[1:]
    return (
        f"CASE WHEN starts_with({value}::VARCHAR, '{{') THEN json_extract({value}, {text('$.*' + rest)}) "
        f"ELSE json_extract({value}, {text('$[*]' + rest)}) END"
    )
