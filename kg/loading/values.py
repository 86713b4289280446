"""RDF terms as values of Python, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.rdf.namespaces import XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

Value: TypeAlias = str | int | float | bool | Decimal | date | datetime | None

_DIGITS: Final = re.compile("[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_INTEGERS: Final = (
    *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
    *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)


def _whole(text: str) -> int:
    if not _DIGITS.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _exact(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _truth(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


_READERS: Final[dict[str, Callable[[str], Value]]] = {
    **{XSD + name: _whole for name in _INTEGERS},
    XSD + "decimal": _exact,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "boolean": _truth,
    XSD + "date": date.fromisoformat,
    XSD + "dateTime": datetime.fromisoformat,
}
NUMERIC: Final = tuple(datatype for datatype, reader in _READERS.items() if reader in (_whole, _exact, float))


def python_value(lexical: str, datatype: str) -> Value:
    """Return the value of a literal: numbers, truth values, dates and times of XSD; the text of all others, and of a literal that its datatype does not allow."""
    reader = _READERS.get(datatype)
    if reader is None:
        return lexical
    try:
        return reader(lexical)
    except (ValueError, KeyError, InvalidOperation):
        return lexical


def from_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Value:
    """Return an IRI as it is, a blank node as `_:label`, and a literal as `python_value` does; None for a variable without a value."""
    import pyoxigraph as ox

    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return python_value(term.value, term.datatype.value)
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def to_term(value: object) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    """Return a value of Python as a literal; terms of pyoxigraph stay as they are. TypeError for what is neither."""
    import pyoxigraph as ox

    if isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple):
        return value
    if isinstance(value, bool | int | float | str):
        return ox.Literal(value)
    kinds: dict[type, str] = {Decimal: "decimal", datetime: "dateTime", date: "date"}
    if type(value) in kinds:
        text = value.isoformat() if isinstance(value, date) else f"{value:f}"
        return ox.Literal(text, datatype=ox.NamedNode(XSD + kinds[type(value)]))
    raise TypeError(f"a variable is bound to a term of pyoxigraph or a plain value, not to {type(value).__name__}")
