"""Spark sessions: on this machine, or a cluster's."""

from __future__ import annotations

import importlib.util
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import MappingError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SIZE = re.compile(r"(\d+)\s*([KMGT])(?:i?B)?", re.IGNORECASE)
# What the results hang on, wherever Spark runs.
_MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # A row with too many or too few fields is told from others only when all are read.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Read before anything is logged, where a level that is set later hides no warning of the start.
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()}",
}


def session(master: str | None = None, memory: str | None = None) -> SparkSession:
    """Return a session: that of Spark Connect for `sc://host:port`, else of a master (None: this machine, all of its cores).

    `memory` is that of the driver, which on this machine does the work (`2GB`); it has to be given before Spark starts, so a session that runs keeps its own.
    MappingError KG262 where Spark is not installed, KG263 where it cannot be started or reached.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise MappingError("KG262", "Spark is not installed", advice='install it with: pip install "aimodel-kg[spark]"')
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    if master is not None and master.startswith("sc://"):
        builder = builder.remote(master)
    else:
        builder = builder.appName("kg map").master(master or "local[*]")
        for key, value in _LOCAL.items() if (master or "local").startswith("local") else ():
            builder = builder.config(key, value)
        if memory is not None:
            builder = builder.config("spark.driver.memory", _java_size(memory))
    try:
        with warnings.catch_warnings():
            # Of what Spark does with pandas, which is not used.
            warnings.simplefilter("ignore", FutureWarning)
            spark = builder.getOrCreate()
        for key, value in _MEANING.items():
            spark.conf.set(key, value)
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        raise MappingError(
            "KG263",
            f"Spark cannot be started: {said}",
            where=master or "local[*]",
            advice="it needs Java 17 or newer, and a master that can be reached",
        ) from error
    return spark


def _java_size(memory: str) -> str:
    match = _SIZE.fullmatch(memory)
    if match is None:
        raise MappingError("KG263", f"{memory!r} is no size of memory", advice="write one such as 2GB")
    return match[1] + match[2].lower()
