"""Takes a graph apart for tables: subjects numbered, values typed, and a catalogue of its classes and their columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.export.tabular.naming import distinct_names, word
from kg.export.tabular.sql import quoted
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

UNTYPED = "untyped"
# What a value is, by its place: links and texts first, then what the lexical form was checked to be.
FORMS = ("link", "text", "integer", "decimal", "double", "boolean", "date", "datetime", "instant")
_INTEGERS = (
    *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
    *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
STEP = 16  # room for the forms of one property and kind
LONG_DIGITS = 18  # that always fit 64 bits
_DECIMAL_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one property that are of one kind.

    `number` is its key in the relation of facts. `datatype` is the full IRI of the literals' datatype, `language` their tag; both are empty for links. `form` is one of FORMS,
    `type` the SQL type of one value.
    """

    number: int
    name: str
    property: str
    datatype: str
    language: str
    form: str
    type: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The things of one class (`iri` is empty for those without any), with the columns that some of them have; `number` is its key among the members."""

    number: int
    name: str
    iri: str
    rows: int
    columns: tuple[Column, ...]


def terms_sql(term: str, relation: str) -> str:
    """Return the SQL of a relation with the `kind` and the `value` of a term beside its columns.

    The kind of a literal is what stands behind the quotes: empty, `@tag` or `^^<datatype>`; that of nodes is `<>`. Values are IRIs, `_:label`, and lexical forms.
    """
    return f"""(
        SELECT *, CASE WHEN kind = '<>' THEN {node_sql(term)} WHEN contains({term}, '\\') THEN json_extract_string(left({term}, length({term}) - length(kind)), '$')
            ELSE substr({term}, 2, length({term}) - length(kind) - 2) END AS value
        FROM (SELECT *, {kind_sql(term)} AS kind FROM {relation}))"""


def kind_sql(term: str) -> str:
    """Return the SQL of the kind of a term."""
    return f"""CASE WHEN starts_with({term}, '"') THEN split_part({term}, '"', -1) ELSE '<>' END"""


def read_facts(con: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that the tables are of, from `quads` (s, p, o, g).

    `subject` (subject, s) numbers the subjects by their terms. `sort` (p, kind, sort) numbers what is said of them. `fact` (subject, col, value) has each triple, one
    of several graphs as often; `col` is `sort` and the place of the form in FORMS, `value` an IRI, `_:label`, or the lexical form.
    """
    # Reading the quads takes the most time: one pass finds the subjects and the kinds of facts, another the facts.
    con.execute(
        f"""CREATE TEMP TABLE found AS SELECT s, p, kind FROM (SELECT s, p, {kind_sql("o")} AS kind FROM quads) GROUP BY GROUPING SETS ((s), (p, kind));
        CREATE TEMP TABLE subject AS SELECT row_number() OVER (ORDER BY s)::INTEGER AS subject, s FROM found WHERE s IS NOT NULL;
        CREATE TEMP TABLE sort AS SELECT p, kind, ({STEP} * row_number() OVER (ORDER BY p, kind))::INTEGER AS sort, ({wanted_sql()})::TINYINT AS wanted
          FROM found WHERE s IS NULL;
        DROP TABLE found;
        CREATE TEMP TABLE fact AS
          SELECT subject, (sort + {form_sql()})::INTEGER AS col, value
          FROM {terms_sql("o", "(SELECT s, p, o FROM quads)")} JOIN sort USING (p, kind) JOIN subject USING (s)"""
    )


def wanted_sql() -> str:
    """Return SQL that gives the place in FORMS that values of a `kind` have by their datatype; dates with a zone are told apart later."""
    datatypes = {
        "integer": _INTEGERS,
        "decimal": ("decimal",),
        "double": ("double", "float"),
        "boolean": ("boolean",),
        "date": ("date",),
        "datetime": ("dateTime",),
    }
    cases = "".join(
        f" WHEN kind IN ({', '.join(text(f'^^<{XSD}{name}>') for name in names)}) THEN {FORMS.index(form)}"
        for form, names in datatypes.items()
    )
    return f"CASE WHEN kind = '<>' THEN {FORMS.index('link')}{cases} ELSE {FORMS.index('text')} END"


def form_sql() -> str:
    """Return SQL that gives the place in FORMS of a `value`, given the `wanted` one: a value that its datatype does not allow is text."""
    decimal = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    day, time = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    sound = {
        "integer": f"length(value) <= {_DECIMAL_DIGITS} AND regexp_full_match(value, '[+-]?[0-9]+')",
        "decimal": f"length(value) <= {_DECIMAL_DIGITS} AND regexp_full_match(value, '{decimal}')",
        "double": f"regexp_full_match(value, '{decimal}(?:[Ee][+-]?[0-9]+)?|[+-]?INF|NaN')",
        "boolean": "value IN ('true', 'false', '1', '0')",
        "date": f"regexp_full_match(value, '{day}') AND TRY_CAST(value AS DATE) IS NOT NULL",
        "datetime": f"regexp_full_match(value, '{day}T{time}') AND TRY_CAST(value AS TIMESTAMP) IS NOT NULL",
        "instant": f"regexp_full_match(value, '{day}T{time}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})') AND TRY_CAST(value AS TIMESTAMPTZ) IS NOT NULL",
    }
    cases = "".join(
        f" WHEN wanted = {FORMS.index('datetime' if form == 'instant' else form)} AND {test} THEN {FORMS.index(form)}"
        for form, test in sound.items()
    )
    return f"CASE WHEN wanted <= {FORMS.index('text')} THEN wanted{cases} ELSE {FORMS.index('text')} END"


def read_tables(
    con: duckdb.DuckDBPyConnection, prefixes: Mapping[str, str], reserved: Iterable[str] = ()
) -> tuple[Table, ...]:
    """Return the tables by name, from the relations of `read_facts`; `member` (class, subject) is made: which thing has a row in which table.

    No table bears a name of `reserved`.
    """
    columns = _columns(con, prefixes)
    types = next((c.number for c in columns.values() if c.property == RDF + "type" and c.form == "link"), -1)
    con.execute(
        f"CREATE TEMP TABLE class AS SELECT row_number() OVER (ORDER BY iri)::INTEGER AS class, iri FROM (SELECT DISTINCT value AS iri FROM fact WHERE col = {types})"
    )
    con.execute(
        f"""CREATE TEMP TABLE member AS
        SELECT DISTINCT class, subject FROM fact JOIN class ON value = iri WHERE col = {types}
        UNION ALL SELECT 0, subject FROM subject ANTI JOIN (FROM fact WHERE col = {types}) USING (subject)"""
    )
    # Most subjects have one value of a column: only where there is more than one, in whatever graphs, are the values themselves compared.
    con.execute(
        """CREATE TEMP TABLE multiple AS SELECT subject, col FROM fact SEMI JOIN (SELECT subject, col FROM fact GROUP BY ALL HAVING count(*) > 1) USING (subject, col)
        GROUP BY ALL HAVING min(value) <> max(value)"""
    )
    many = set(con.execute("SELECT DISTINCT class, col FROM multiple JOIN member USING (subject)").fetchall())
    con.execute("DROP TABLE multiple")
    held: defaultdict[int, list[Column]] = defaultdict(list)
    for number, col in con.execute(
        "SELECT DISTINCT class, col FROM fact JOIN member USING (subject) ORDER BY ALL"
    ).fetchall():
        # A table whose things are of its class alone need not say so in every row.
        if col != types or (number, col) in many:
            held[number].append(replace(columns[col], many=(number, col) in many))
    iris = dict(con.execute("SELECT class, iri FROM class ORDER BY class").fetchall())
    names = distinct_names(iris.values(), prefixes, {UNTYPED, *reserved})
    rows = con.execute("SELECT class, count(*) FROM member GROUP BY class").fetchall()
    tables = (
        Table(
            number,
            names[iris[number]] if number else UNTYPED,
            iris.get(number, ""),
            count,
            tuple(sorted(held[number], key=lambda c: c.name)),
        )
        for number, count in rows
    )
    return tuple(sorted(tables, key=lambda table: table.name))


def _columns(con: duckdb.DuckDBPyConnection, prefixes: Mapping[str, str]) -> dict[int, Column]:
    """Return every column by its number, with a name and a type that are the same in all tables."""
    found = con.execute(
        f"""SELECT col, p, kind, col - sort, whole, fraction FROM (
          SELECT col, max(length(regexp_extract(value, '^[+-]?0*([0-9]*)', 1))) FILTER (numeric) AS whole,
            max(length(regexp_extract(value, '\\.([0-9]*)', 1))) FILTER (numeric) AS fraction
          FROM (SELECT col, value, col % {STEP} IN ({FORMS.index("integer")}, {FORMS.index("decimal")}) AS numeric FROM fact) GROUP BY col)
        JOIN sort ON sort = col - col % {STEP} ORDER BY col"""
    ).fetchall()
    properties = distinct_names((p[1:-1] for _, p, *_ in found), prefixes, ("id", "iri"))
    kinds: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for _, p, kind, place, *_ in found:
        kinds[p].append((kind, place))
    columns: dict[int, Column] = {}
    names = _apart(
        {
            col: properties[p[1:-1]] if len(kinds[p]) == 1 else f"{properties[p[1:-1]]}_{_suffix(kind, FORMS[place])}"
            for col, p, kind, place, *_ in found
        }
    )
    for col, p, kind, place, whole, fraction in found:
        form = FORMS[place]
        columns[col] = Column(
            col,
            names[col],
            p[1:-1],
            datatype_of(kind),
            kind[1:] if kind.startswith("@") else "",
            form,
            _sql_type(form, whole or 0, fraction or 0),
        )
    return columns


def datatype_of(kind: str) -> str:
    """Return the datatype of a kind of term; empty for nodes."""
    if kind.startswith("^^"):
        return kind[3:-1]
    return {"": XSD + "string", "<>": ""}.get(kind, RDF + "langString")


def _suffix(kind: str, form: str) -> str:
    """Return what tells the column of one kind of value from the others of its property: `link`, `text`, a language, or a datatype."""
    if kind == "<>":
        return "link"
    if not kind.startswith("^^"):
        return word(kind[1:]) if kind else "text"
    local = word(kind[3:-1].rsplit("#", 1)[-1].rsplit("/", 1)[-1])
    # Where the same datatype has sound and unsound values, or times with and without a zone, there are two columns.
    return {"text": f"{local}_text", "instant": f"{local}_zoned"}.get(form, local)


def _apart(names: Mapping[int, str]) -> dict[int, str]:
    """Return the names, those that are alike but for case with their number behind."""
    uses = Counter(name.casefold() for name in names.values())
    return {key: name if uses[name.casefold()] == 1 else f"{name}_{key}" for key, name in names.items()}


def _sql_type(form: str, whole: int, fraction: int) -> str:
    """Return the SQL type of values of a form, given the most digits before and after the point."""
    if form == "integer":
        return "BIGINT" if whole <= LONG_DIGITS else f"DECIMAL({_DECIMAL_DIGITS},0)"
    if form == "decimal":
        digits = whole + fraction
        if digits > _DECIMAL_DIGITS:
            return "DOUBLE"
        return f"DECIMAL({LONG_DIGITS if digits <= LONG_DIGITS else _DECIMAL_DIGITS},{fraction})"
    return {
        "double": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "datetime": "TIMESTAMP",
        "instant": "TIMESTAMPTZ",
    }.get(form, "VARCHAR")


def raw(table: Table, members: str = "member") -> str:
    """Return the query of a table's rows as they were read: `subject`, and per column `c<number>` a lexical form, or a list of them in order where the column has many."""
    values = "".join(
        f", list_sort(list(DISTINCT value) FILTER (col = {c.number})) AS c{c.number}"
        if c.many
        else f", any_value(value) FILTER (col = {c.number}) AS c{c.number}"
        for c in table.columns
    )
    return f"SELECT subject{values} FROM fact SEMI JOIN (SELECT subject FROM {members} WHERE class = {table.number}) USING (subject) GROUP BY subject"


def typed(table: Table) -> str:
    """Return the query of a table's rows with their types: `id`, and its columns by name, by subject."""
    columns = "".join(f", {cast(c)} AS {quoted(c.name)}" for c in table.columns)
    return f"SELECT {node_sql('s')} AS id{columns} FROM ({raw(table)}) JOIN subject USING (subject) ORDER BY subject"


def node_sql(term: str) -> str:
    """Return the SQL of a node's name: the IRI, or `_:label`."""
    return f"CASE WHEN starts_with({term}, '<') THEN substr({term}, 2, length({term}) - 2) ELSE {term} END"


def cast(column: Column) -> str:
    """Return the SQL of a column's values with their type, lists in order, from the lexical forms in `c<number>`."""
    name = f"c{column.number}"
    if column.type == "VARCHAR":
        return name
    return f"list_sort({name}::{column.type}[])" if column.many else f"{name}::{column.type}"
