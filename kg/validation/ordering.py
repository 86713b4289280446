"""The order of values: that of SPARQL 1.1 (section 17.3), with xsd:date added.

Nothing goes through a float that is not one: integers and decimals of any length become texts that sort as the numbers do.
A double is compared as a double, also with an integer or decimal, as XPath's promotion has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from kg.rdf.lexical import FORMS, real_day
from kg.rdf.namespaces import XSD
from kg.validation.sql import INTEGERS, lexical, quoted, text

# Sort of a datatype -> the kind of its values: those of one kind compare with each other.
_KINDS: Final = {
    "integer": "number",
    "decimal": "number",
    "double": "number",
    "string": "string",
    "boolean": "boolean",
    "dateTime": "dateTime",
    "date": "date",
}
_SORTS: Final = {**dict.fromkeys(INTEGERS, "integer"), "float": "double"} | {name: name for name in _KINDS}
# The local name of a datatype of XSD, from what follows a lexical form.
_NAME: Final = (
    f"CASE WHEN mark = '' THEN 'string' WHEN starts_with(mark, '^^<{XSD}') "
    f"THEN substr(mark, {len(XSD) + 4}, length(mark) - {len(XSD) + 4}) END"
)
_ZONE: Final = "'(Z|[+-][0-9]{2}:[0-9]{2})$'"


def kind_of(term: str) -> str | None:
    """Return the kind of values that a literal (a term) can be compared with; None where SPARQL has no order for it."""
    return kind_of_mark(term.rpartition('"')[2]) if term.startswith('"') else None


def kind_of_mark(end: str) -> str | None:
    """Return the kind of the literals that end so after their lexical form: '' (xsd:string), '^^<datatype>', '@tag'."""
    name = end.removeprefix(f"^^<{XSD}").removesuffix(">") if end else "string"
    return _KINDS.get(_SORTS.get(name, ""))


def order_relation(terms: str, kinds: Collection[str]) -> str:
    """Return SQL of the relation (term, kind, key, number) of how the terms of a relation (term, mark) sort, of some kinds alone.

    Two terms compare if they are of one kind: by key if both have one, else by number (a double); all else has no kind.
    """
    wanted = [sort for sort, kind in _KINDS.items() if kind in kinds]
    sorts = " ".join(f"WHEN name IN ({_names(sort)}) AND {_fits(sort)} THEN '{sort}'" for sort in wanted)
    keys = " ".join(
        f"WHEN sort IN ({_list(group)}) THEN {key}" for group, key in _KEYS.items() if set(group) & set(wanted)
    )
    return f"""
    SELECT term, CASE WHEN sort IN ('integer', 'decimal', 'double') THEN 'number' ELSE sort || (zone <> '') END AS kind,
      CASE WHEN false THEN '' {keys} END AS key,
      CASE WHEN sort IN ('integer', 'decimal', 'double') THEN TRY_CAST(replace(form, '+INF', 'INF') AS DOUBLE) END AS number
    FROM (SELECT *, ltrim(split_part(digits, '.', 1), '0') AS whole, rtrim(split_part(digits, '.', 2), '0') AS fraction,
            CASE WHEN sort LIKE 'date%' THEN regexp_extract(form, {_ZONE}, 1) ELSE '' END AS zone
    FROM (SELECT *, CASE WHEN false THEN '' {sorts} END AS sort, ltrim(form, '+-') AS digits
    FROM (SELECT term, {lexical("term")} AS form, {_NAME} AS name FROM {terms} WHERE starts_with(term, '"'))))
    WHERE sort IS NOT NULL
    """


def _names(sort: str) -> str:
    return _list([name for name, of in _SORTS.items() if of == sort])


def _list(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _fits(sort: str) -> str:
    if sort == "string":
        return "true"
    fits = f"regexp_full_match(form, {quoted(FORMS[sort])})"
    if sort == "double":
        return f"{fits} AND form <> 'NaN'"  # compares with nothing, itself included
    return f"{fits} AND {real_day('form')}" if sort in ("dateTime", "date") else fits


# Sign, number of digits, digits; of a negative number all turned round, so that more is less.
_EXACT: Final = (
    "CASE WHEN whole = '' AND fraction = '' THEN '1' WHEN starts_with(form, '-') "
    "THEN '0' || lpad((999999 - length(whole))::VARCHAR, 6, '0') "
    "|| translate(whole || '.' || fraction, '0123456789', '9876543210') || '~' "
    "ELSE '2' || lpad(length(whole)::VARCHAR, 6, '0') || whole || '.' || fraction END"
)
# Microseconds, with an offset that keeps them positive; a day ends at 24:00. NULL in years that DuckDB does not know.
_INSTANT: Final = (
    "lpad((1000000000000000000 + epoch_us(TRY_CAST(replace(left(form, length(form) - length(zone)), 'T24:', 'T00:') AS TIMESTAMP)) "
    "+ CASE WHEN contains(form, 'T24:') THEN 86400000000 ELSE 0 END - CASE WHEN zone IN ('', 'Z') THEN 0 ELSE "
    "(CASE WHEN starts_with(zone, '-') THEN -60000000 ELSE 60000000 END) * (substr(zone, 2, 2)::BIGINT * 60 + substr(zone, 5, 2)::BIGINT) END"
    ")::VARCHAR, 20, '0')"
)
_KEYS: Final = {
    ("integer", "decimal"): _EXACT,
    ("string",): text("term"),
    ("boolean",): "(form IN ('true', '1'))::VARCHAR",
    ("dateTime", "date"): _INSTANT,
}


def sign(left: str, right: str) -> str:
    """Return SQL of how two rows of an order relation (by alias) compare: -1, 0 or 1, and NULL where they do not."""
    key = f"({left}.key > {right}.key)::INTEGER - ({left}.key < {right}.key)::INTEGER"
    number = f"({left}.number > {right}.number)::INTEGER - ({left}.number < {right}.number)::INTEGER"
    both = f"{left}.key IS NOT NULL AND {right}.key IS NOT NULL"
    return f"CASE WHEN {left}.kind = {right}.kind THEN CASE WHEN {both} THEN {key} ELSE {number} END END"
