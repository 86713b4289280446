"""Keeps compiled plans on disk: to compile one takes longer than to run it over a few thousand rows.

The cache is to plans what `__pycache__` is to modules. A plan depends on the rules, the columns of the tables and the code that compiles it, all of which
are in its key; so nothing ever has to be removed by hand. It lies in `$XDG_CACHE_HOME/kg` (else `~/.cache/kg`), and where that cannot be used, plans are compiled
each time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from kg.mapping.rules import Rule, Source, Table

# So many plans are kept; a mapping that is changed again and again leaves one for each change.
_KEPT = 200


def cached_plans(rules: Sequence[Rule], tables: Mapping[Source, Table]) -> tuple[str, ...]:
    """Return the SQL of the rules' plans, from the cache or compiled now; MappingError where a rule names a column that its source lacks."""
    path = _path(rules, tables)
    known = _read(path) if path else None
    if known is not None:
        return known
    from kg.mapping.plan import compiled

    made = compiled(rules, tables)
    if path:
        _write(path, made)
    return made


def _path(rules: Sequence[Rule], tables: Mapping[Source, Table]) -> Path | None:
    """Return where the plan of these rules is kept, or None where there is no such place."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kg"
        specs = [importlib.util.find_spec(name) for name in ("ibis", "sqlglot")]
        compiler = [Path(spec.origin).stat().st_mtime_ns for spec in specs if spec and spec.origin]
        code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    except (OSError, RuntimeError):
        return None
    key = (
        code,
        repr((tuple(rules), tuple(tables.items()), compiler, duckdb.__version__)).encode("utf-8", "backslashreplace"),
    )
    return folder / f"plan-{hashlib.sha256(b'|'.join(key)).hexdigest()}.json"


def _read(path: Path) -> tuple[str, ...] | None:
    """Return a plan that we wrote; one that is torn or another user's is none."""
    try:
        if path.stat().st_uid != os.getuid():
            return None
        plans = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return tuple(plans) if isinstance(plans, list) and all(isinstance(plan, str) for plan in plans) else None


def _write(path: Path, plans: tuple[str, ...]) -> None:
    """Keep a plan, whole or not at all, and let the oldest go."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_text(json.dumps(plans), encoding="utf-8")
        aside.replace(path)
        kept = sorted(path.parent.glob("plan-*.json"), key=lambda each: each.stat().st_mtime_ns)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return
