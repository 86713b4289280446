"""Writes the lines that a query gives: a folder of parts, which one after the other in the order of their names are the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import MappingError
from kg.mapping.spark.translate import translated

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Hadoop's own codec for zstd is not in Python's Spark; the one that Parquet has is the same.
_CODECS = {"": "none", "gzip": "gzip", "zstd": "org.apache.parquet.hadoop.codec.ZstandardCodec"}


def write_lines(spark: SparkSession, sql: str, path: str, compression: str = "", *, ordered: bool = False) -> None:
    """Write the first column of a query of DuckDB's, texts without NULL, to a new folder, a line each; `ordered` sorts all lines by code point.

    MappingError KG264 where it cannot be written.
    """
    from pyspark.errors import PySparkException

    frame = spark.sql(translated(sql))
    frame = frame.toDF("line")
    if ordered:
        # Spark compares the bytes of UTF-8, whose order is that of code points.
        frame = frame.orderBy("line")
    try:
        frame.write.mode("error").option("compression", _CODECS[compression]).option("lineSep", "\n").text(path)
    except PySparkException as error:
        said = str(error).strip().partition("\n")[0]
        raise MappingError(
            "KG264", f"Spark cannot write this: {said}", where=path, advice="name a folder that does not exist yet"
        ) from error
