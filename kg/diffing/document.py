"""Changes as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from kg.diffing.changes import Changes


def render_json(changes: Changes) -> str:
    """Return changes as a JSON object: the fields of `Changes`, all the way down."""
    return json.dumps(asdict(changes), indent=2, ensure_ascii=False) + "\n"
