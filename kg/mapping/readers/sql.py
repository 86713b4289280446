"""Names and texts of input as parts of SQL."""

from __future__ import annotations

from collections.abc import Iterable


def identifier(name: str) -> str:
    """Return a name as a delimited identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a value as a string literal."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Return values as a list of string literals."""
    return f"[{', '.join(text(value) for value in values)}]"


def said(error: Exception) -> str:
    """Return what an error of the database says, without its kind and its advice on options that nobody set."""
    lines = str(error).partition("\nPossible")[0].partition("\n\nLINE ")[0].splitlines()
    return ", ".join(line.strip().rstrip(".") for line in lines[:4] if line.strip())
