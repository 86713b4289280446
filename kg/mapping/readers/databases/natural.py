"""The natural mapping of SQL values (R2RML, section 10.2) for a DuckDB relation: of a type's name, the XSD datatype and the lexical form in SQL."""

from __future__ import annotations

from kg.rdf.namespaces import XSD

PLAIN = "{}::VARCHAR"
DATE_TIME = "replace({}::VARCHAR, ' ', 'T')"
HEX = "hex({})"
# The shortest text that is still the same number; XSD spells infinity in its own way.
DOUBLE = "replace(replace({}::VARCHAR, 'inf', 'INF'), 'nan', 'NaN')"
_INSTANT = "replace(make_timestamp(epoch_us({}))::VARCHAR, ' ', 'T') || 'Z'"

_INTEGERS = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "BIGNUM"),
)

_TYPES = {
    **dict.fromkeys(_INTEGERS, ("integer", PLAIN)),
    "DECIMAL": ("decimal", PLAIN),
    "FLOAT": ("double", DOUBLE),
    "DOUBLE": ("double", DOUBLE),
    "BOOLEAN": ("boolean", PLAIN),
    "DATE": ("date", PLAIN),
    "TIME": ("time", PLAIN),
    "TIME_NS": ("time", PLAIN),
    "TIMESTAMP": ("dateTime", DATE_TIME),
    "TIMESTAMP_S": ("dateTime", DATE_TIME),
    "TIMESTAMP_MS": ("dateTime", DATE_TIME),
    "TIMESTAMP_NS": ("dateTime", DATE_TIME),
    "TIMESTAMP WITH TIME ZONE": ("dateTime", _INSTANT),
    "BLOB": ("hexBinary", HEX),
}


def natural(type_name: str) -> tuple[str | None, str]:
    """Return the datatype's IRI (None: plain text) of a DuckDB type, and the SQL of the lexical form, in which `{}` is the column.

    A list, a struct and the like is the text that DuckDB casts it to.
    """
    if type_name.endswith("]"):
        return None, PLAIN
    name, form = _TYPES.get(type_name.partition("(")[0], ("", PLAIN))
    return (XSD + name if name else None), form
