"""Answers to queries, to be compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox


def answer(store: ox.Store, text: str, prefixes: Mapping[str, str]) -> Any:
    """Return what a store answers, rows and triples in no order."""
    results = store.query(text, prefixes=dict(prefixes), base_iri="http://here/sparql")
    if isinstance(results, ox.QueryTriples):
        return set(map(str, results))
    written = json.loads(results.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    rows = written.get("results", {}).pop("bindings", [])
    return written, Counter(json.dumps(row, sort_keys=True) for row in rows)
