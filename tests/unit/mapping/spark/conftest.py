"""A Spark session of this machine, for all tests here; they are slow, and need pyspark and Java."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Return a session on this machine."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("there is no Java here")
    from kg.mapping.spark import session

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = session("local[2]", "2GB")
        opened.conf.set("spark.sql.shuffle.partitions", "3")
        yield opened
        opened.stop()
