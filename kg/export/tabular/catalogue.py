"""Tells what the tables of a directory are: which class each is of, and which property a column holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.export.tabular.facts import Table

CATALOGUE = "tables.json"


def write_catalogue(folder: Path, tables: Iterable[Table], suffix: str) -> None:
    """Write tables.json: per table its file, class and rows, and per column its name, property, type, and datatype or language."""
    write_json(folder / CATALOGUE, {"tables": [_described(table, suffix) for table in tables]})


def write_json(path: Path, content: Any) -> None:
    """Write a value as JSON, for people to read too."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _described(table: Table, suffix: str) -> dict[str, Any]:
    columns = [
        {"name": c.name, "property": c.property, "type": c.type + ("[]" if c.many else "")}
        | ({"language": c.language} if c.language else {"datatype": c.datatype} if c.datatype else {"link": True})
        for c in table.columns
    ]
    return {"file": table.name + suffix, "class": table.iri or None, "rows": table.rows, "columns": columns}
