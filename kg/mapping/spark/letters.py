"""Upper and lower case as DuckDB has them."""

from __future__ import annotations

from functools import cache


@cache
def case_table(name: str) -> tuple[str, str]:
    """Return the characters that `upper` or `lower` changes, and what they become, each at the same place."""
    import duckdb

    with duckdb.connect() as con:
        rows = con.execute(
            # Surrogates are no characters.
            f"SELECT c, {name}(c) FROM (SELECT chr(CASE WHEN i BETWEEN 55296 AND 57343 THEN 0 ELSE i END::INTEGER) AS c"
            f" FROM range(1114112) t(i)) WHERE {name}(c) <> c"
        ).fetchall()
    return "".join(one for one, _ in rows), "".join(other for _, other in rows)
