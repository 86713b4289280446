"""Sources that Spark reads: CSV and TSV, Parquet, JSON Lines; any path that it can open, a folder and a glob too."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import MappingError, SourceError
from kg.mapping.readers.databases.names import missing
from kg.mapping.readers.json_numbers import FRACTION
from kg.mapping.rules import Column, File, Formulation, LogicalSource, Table
from kg.rdf.namespaces import XSD
from kg.rdf.terms import JSON_NUMBER

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_JSON_LINES = (".jsonl", ".ndjson", ".jsonlines")
_COMPRESSED = re.compile(r"\.(gz|bz2|deflate|zst|zstd)$")
_STEP = re.compile(r"""\.?([A-Za-z_][\w-]*)|\[(?:'((?:[^'\\])*)'|"((?:[^"\\])*)")\]""")
_CORRUPT = "kg_corrupt"
# Spark writes fractions otherwise than they stand, as DuckDB does, and is kept from it in the same way (kg.mapping.readers.json_numbers).
_MARK = re.escape(JSON_NUMBER)
_ESCAPES = r"replace(replace(value, r'\\', char(1)), r'\"', char(2))"
_MARKED = (
    f"replace(replace(array_join(transform(split({_ESCAPES}, '\"', -1), (part, i) -> CASE WHEN i % 2 = 1 THEN part "
    rf"""ELSE regexp_replace(part, r'{FRACTION}', r'"{_MARK}$0"') END), '"'), char(2), r'\"'), char(1), r'\\')"""
)
# Types of Parquet with their datatypes and lexical forms; the rest is text.
_DATATYPES = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), ("integer", "CAST({} AS STRING)")),
    "boolean": ("boolean", "CAST({} AS STRING)"),
    "date": ("date", "CAST({} AS STRING)"),
    "string": (None, "{}"),
}


def open_source(
    spark: SparkSession, source: LogicalSource, references: Sequence[str], name: str, *, strict: bool = False
) -> Table:
    """Make the temporary view `name` with a column c0, c1, … for each reference; see Column for what it holds.

    Rows of CSV that do not fit are left out, or the end of the run with `strict`. MappingError KG260 for what Spark does not read, before it reads
    anything; KG205 for a column that is not there.
    """
    if not isinstance(source.access, File):
        raise _refused(
            source, "a database" if source.formulation in (Formulation.TABLE, Formulation.QUERY) else "an endpoint"
        )
    file = source.access
    if file.path == "-" or ("://" in file.path and file.path.startswith(("http:", "https:"))):
        raise _refused(source, "standard input" if file.path == "-" else "a page of the web")
    here = Path.cwd() / file.path
    if not Path(file.path).is_absolute() and (here.exists() or any(Path.cwd().glob(file.path))):
        # A file of this machine, whatever Spark's own working directory is.
        file = replace(file, path=str(here))
    if file.compression in ("zip", "targz", "tarxz"):
        raise _refused(source, f"an archive ({file.compression})")
    if source.formulation is Formulation.CSV:
        return _csv(spark, source, file, references, name, strict=strict)
    if source.formulation is Formulation.PARQUET:
        return _parquet(spark, source, file, references, name)
    if source.formulation is Formulation.JSON:
        return _json_lines(spark, source, file, references, name)
    raise _refused(source, source.formulation.value)


def _refused(source: LogicalSource, what: str) -> MappingError:
    return MappingError(
        "KG260",
        f"Spark cannot read {what}",
        where=str(source.place),
        advice="run the mapping with --engine duckdb, or give the data as CSV, JSON Lines or Parquet",
    )


def _columns(source: LogicalSource, references: Sequence[str], names: Sequence[str]) -> None:
    for reference in references:
        if reference not in names:
            raise missing("KG205", "column", reference, names, "the source", str(source.place))


def _csv(
    spark: SparkSession, source: LogicalSource, file: File, references: Sequence[str], name: str, *, strict: bool
) -> Table:
    dialect = file.dialect
    if (
        dialect.comment
        or dialect.skip_rows
        or dialect.trim
        or not dialect.quote
        or file.encoding.lower() not in ("utf-8", "utf8", "utf-8-sig")
    ):
        raise _refused(
            source,
            "this dialect of CSV (comments, lines before the header, trimmed or unquoted fields, another encoding than UTF-8)",
        )
    tabbed = _COMPRESSED.sub("", file.path).endswith((".tsv", ".tab")) and dialect.delimiter == ","
    ending, first = _first_line(spark, source, file.path)
    delimiter = "\t" if tabbed else dialect.delimiter
    (fields,) = csv.reader(
        [first],
        delimiter=delimiter,
        quotechar=dialect.quote,
        doublequote=dialect.double_quote,
        escapechar=None if dialect.double_quote else "\\",
    )
    names = list(dialect.columns) or (
        fields if dialect.header else [f"_col.{number + 1}" for number in range(len(fields))]
    )
    _columns(source, references, names)
    from pyspark.sql import functions as f
    from pyspark.sql import types as t

    schema = t.StructType(
        [t.StructField(f"f{number}", t.StringType()) for number in range(len(names))]
        + [t.StructField(_CORRUPT, t.StringType())]
    )
    options = {
        "sep": delimiter,
        "quote": dialect.quote,
        "escape": dialect.quote if dialect.double_quote else "\\",
        "header": str(dialect.header).lower(),
        "enforceSchema": "true",
        "multiLine": "true",
        # Said, Spark keeps the ends of lines within quotes as they are.
        "lineSep": ending,
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
        "maxCharsPerColumn": "-1",
        "maxColumns": str(max(20480, 2 * len(names))),
        "mode": "FAILFAST" if strict else "PERMISSIVE",
        "columnNameOfCorruptRecord": _CORRUPT,
    }
    frame = spark.read.options(**options).schema(schema).csv(file.path).where(f.col(_CORRUPT).isNull())
    chosen = []
    for number, reference in enumerate(references):
        # An empty field is an empty text, in quotes or not.
        value = f.coalesce(f.col(f"f{names.index(reference)}"), f.lit(""))
        if source.nulls:
            value = f.when(~value.isin(list(source.nulls)), value)
        chosen.append(value.alias(f"c{number}"))
    _view(frame.select(*chosen), name)
    return Table(name, {reference: Column(f"c{number}") for number, reference in enumerate(references)})


def _first_line(spark: SparkSession, source: LogicalSource, path: str) -> tuple[str, str]:
    """Return how lines of a file end, and its first one."""
    from pyspark.errors import PySparkException

    try:
        line = spark.read.option("lineSep", "\n").text(path).first()
    except PySparkException as error:
        raise SourceError(
            "KG206", f"the source cannot be read: {str(error).partition(chr(10))[0]}", where=str(source.place)
        ) from error
    if line is None:
        raise SourceError(
            "KG221", "the file is empty", where=f"{source.place}: {path}", advice="a CSV file starts with its header"
        )
    text = str(line[0]).removeprefix("\ufeff")
    return ("\r\n", text[:-1]) if text.endswith("\r") else ("\n", text)


def _parquet(spark: SparkSession, source: LogicalSource, file: File, references: Sequence[str], name: str) -> Table:
    frame = spark.read.parquet(file.path)
    _columns(source, references, frame.columns)
    types = dict(frame.dtypes)
    columns = {}
    chosen = []
    for number, reference in enumerate(references):
        quoted = "`" + reference.replace("`", "``") + "`"
        if types[reference] not in _DATATYPES:
            raise _refused(source, f"a column of the type {types[reference]} ({reference})")
        datatype, text = _DATATYPES[types[reference]]
        chosen.append(f"{text.format(quoted)} AS c{number}")
        columns[reference] = Column(f"c{number}", XSD + datatype if datatype else None)
    _view(frame.selectExpr(*chosen), name)
    return Table(name, columns)


def _json_lines(spark: SparkSession, source: LogicalSource, file: File, references: Sequence[str], name: str) -> Table:
    """Each line is a record; a reference goes through objects to one value."""
    if source.iterator not in ("", "$", "$[*]") or not _COMPRESSED.sub("", file.path).endswith(_JSON_LINES):
        raise _refused(
            source, f"JSON that is not one record a line, or records within it ({source.iterator or file.path})"
        )
    columns, chosen = {}, []
    for number, reference in enumerate(references):
        steps = _steps(source, reference)
        path = "$" + "".join(f"[{json.dumps(step)}]" for step in steps)
        plain = "$" + "".join(f"['{step}']" for step in steps)
        # The kind of a value is the variant's, a number's text that of the line.
        made, found = f"variant_get(v, {_literal(path)}, 'variant')", f"get_json_object(value, {_literal(plain)})"
        chosen.append(
            f"CASE WHEN {made} IS NULL OR schema_of_variant({made}) = 'VOID' THEN NULL"
            f" WHEN {found} RLIKE r'\\A\\x01\\x02{FRACTION}\\z' THEN substring({found}, 3)"
            f" WHEN schema_of_variant({made}) = 'STRING' THEN to_json({made})"
            f" ELSE regexp_replace({found}, r'\"{_MARK}({FRACTION})\"', '$1') END AS c{number}"
        )
        columns[reference] = Column(f"c{number}", json=True)
    frame = spark.read.option("lineSep", "\n").text(file.path).where("trim(value) <> ''")
    frame = frame.selectExpr(f"{_MARKED} AS value").selectExpr("value", "parse_json(value) AS v")
    _view(frame.selectExpr(*(chosen or ["1 AS c"])), name)
    return Table(name, columns)


def _steps(source: LogicalSource, reference: str) -> list[str]:
    """Return the names that a path goes through."""
    rest = reference.removeprefix("$")
    steps: list[str] = []
    while rest:
        match = _STEP.match(rest)
        if match is None:
            raise _refused(source, f"the path {reference!r}: it goes by names only")
        steps.append(next(part for part in match.groups() if part is not None))
        rest = rest[match.end() :]
    if not steps or any(set(step) & set("'\"\\]") for step in steps):
        raise _refused(source, f"the path {reference!r}: it goes by names only")
    return steps


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _view(frame: DataFrame, name: str) -> None:
    frame.createOrReplaceTempView("`" + name.replace("`", "``") + "`" if not name.isidentifier() else name)
