"""Facts as JSON Lines."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from typing import Any

from kg.model import Fact

_NAMES = tuple(field.name for field in fields(Fact))


def fact_line(fact: Fact) -> str:
    """Return a fact as one JSON object, its keys in the order of the class."""
    return json.dumps({name: _json(getattr(fact, name)) for name in _NAMES}, ensure_ascii=False)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        # JSON has no decimals. The shortest text of the nearest float has the digits that were written, up to 15 of them.
        return float(value)
    return list(value) if isinstance(value, tuple) else value
