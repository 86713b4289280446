"""Values for the reconciliation service: what they are, and what JSON can hold."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from kg.rdf.namespaces import XSD
from kg.serving.reconciliation import _literal


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("7", "integer", {"int": 7}),
        ("many", "integer", {"str": "many"}),
        ("9" * 5000, "integer", {"str": "9" * 5000}),
        ("1e3", "double", {"float": 1000.0}),
        ("INF", "double", {"str": "INF"}),
        ("NaN", "float", {"str": "NaN"}),
        ("true", "boolean", {"bool": True}),
        ("2024-05-01", "date", {"date": "2024-05-01"}),
        ("x", "string", {"str": "x"}),
    ],
)
def test_a_literal_as_json(text: str, kind: str, found: dict[str, object]) -> None:
    written = _literal(ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{kind}")))
    assert written == found
    assert json.loads(json.dumps(written, allow_nan=False)) == found
