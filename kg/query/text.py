"""An explanation as text for a person."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from kg.query.explain import Explanation

_TIMES = ("hour", "day", "week", "month", "year", "tonne")


def explanation_text(explanation: Explanation) -> str:
    """Return an explanation: things one after the other, each value with its source below it."""
    lines = [explanation.label or "(no name is stated)", explanation.iri]
    for _, group in groupby(explanation.entries, key=lambda entry: entry["subject"]):
        entries = list(group)
        lines += ["", entries[0]["label"] or entries[0]["subject"]]
        for entry in entries:
            lines += _entry(entry)
    if explanation.not_stated:
        lines += ["", "Not stated: " + ", ".join(_local(iri) for iri in explanation.not_stated)]
    if not explanation.entries:
        lines += ["", "Nothing is stated about it by itself; other things refer to it."]
    return _safe("\n".join(lines))


def _entry(entry: dict[str, Any]) -> list[str]:
    value = _local(entry["value"]) if str(entry["value"]).startswith("http") else entry["value"]
    unit = f" {entry['unit']}" if entry.get("unit") not in (None, "1", "NUM") else ""
    if entry.get("unit") in _TIMES and entry["value"] != "1":
        unit += "s"
    head = f"  {_local(entry['property'])} = {'about ' if entry.get('approximate') else ''}{value}{unit}"
    if entry["kind"] == "reference":
        return [f"{head}   [reference table]"]
    if "rule" in entry:
        level = "" if entry["kind"] == "stated" else f"{entry['kind']}, "
        return [
            head,
            f"      “{entry['text']}”  {entry['source']}, characters {entry['start']}-{entry['end']}  [{level}{entry['rule']}]",
        ]
    how = ", ".join(part for part in (entry["kind"], entry["method"], entry["precision"]) if part)
    lines = [f"{head}   [{how}]", f"      = {entry['formula']}"]
    lines += [
        f"      from {_local(source['property'])}: “{source['text']}”  {source['source']}, character {source['start']}"
        if "text" in source
        else f"      from the reference table: {source['label'] or source['thing']}"
        for source in entry["inputs"]
    ]
    lines += [f"      assuming {text}" for text in entry["assumptions"]]
    lines += [f"      ! {text}" for text in entry["cautions"]]
    return lines


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _safe(text: str) -> str:
    """Return text whose control characters cannot drive a terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else " " if character.isspace() else "�"
        for character in text
    )
