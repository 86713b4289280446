"""Values in the text of a query of SQL."""

from __future__ import annotations


def text(value: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"
