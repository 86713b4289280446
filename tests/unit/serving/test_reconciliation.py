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
        ("-2147483648", "integer", {"int": -2147483648}),
        ("2147483648", "integer", {"float": 2147483648.0}),
        ("7000000000", "integer", {"float": 7e9}),
        ("9007199254740993", "integer", {"str": "9007199254740993"}),
        ("1" + "0" * 400, "integer", {"str": "1" + "0" * 400}),
        ("many", "integer", {"str": "many"}),
        ("1.50", "decimal", {"float": 1.5}),
        ("0.1000000000000000055", "decimal", {"str": "0.1000000000000000055"}),
        ("x", "decimal", {"str": "x"}),
        ("9" * 5000, "integer", {"str": "9" * 5000}),
        ("1e3", "double", {"float": 1000.0}),
        ("INF", "double", {"str": "INF"}),
        ("NaN", "float", {"str": "NaN"}),
        ("true", "boolean", {"bool": True}),
        ("0", "boolean", {"bool": False}),
        ("maybe", "boolean", {"str": "maybe"}),
        ("2024-05-01", "date", {"date": "2024-05-01"}),
        ("2024-05-01T12:00:00Z", "dateTime", {"date": "2024-05-01T12:00:00Z"}),
        ("2024-02-30", "date", {"str": "2024-02-30"}),
        ("-0044-03-15", "date", {"str": "-0044-03-15"}),
        ("x", "string", {"str": "x"}),
    ],
)
def test_a_literal_as_json(text: str, kind: str, found: dict[str, object]) -> None:
    written = _literal(ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{kind}")))
    assert written == found
    assert json.loads(json.dumps(written, allow_nan=False)) == found
