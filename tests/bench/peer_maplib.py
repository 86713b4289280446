"""The case `models` of the mapping benchmark with maplib, which has no RML: one call a property, run by an interpreter that has maplib and Polars.

Percent-encoding is done on the distinct values; language tags and the datatypes gYear and decimal are left out, which only helps it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import polars as pl
from maplib import Model  # type: ignore[import-not-found]

_KG = "https://kg.example/ns#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def main(folder: Path, target: str) -> None:
    """Map the two tables in a folder."""
    models = pl.read_csv(folder / "models.csv", infer_schema_length=0)
    accelerators = pl.read_csv(folder / "accelerators.csv", infer_schema_length=0)

    def safe(frame: pl.DataFrame, column: str) -> pl.Expr:
        return pl.col(column).replace_strict({value: quote(value, safe="") for value in frame[column].unique()})

    of_accelerator = (
        pl.lit("https://kg.example/accelerator/") + pl.col("vendor") + "/" + safe(accelerators, "accelerator_id")
    )
    accelerators = accelerators.with_columns(subject=of_accelerator)
    models = models.join(accelerators.select("accelerator_id", link="subject"), on="accelerator_id", how="left")
    models = models.with_columns(subject=pl.lit("https://kg.example/model/") + pl.col("model_id"))
    model = Model()

    def put(frame: pl.DataFrame, predicate: str, value: pl.Expr) -> None:
        model.map_triples(frame.select("subject", value.alias("object")).drop_nulls(), predicate=predicate)

    put(models, _TYPE, pl.lit(f"{_KG}Model"))
    put(models, f"{_KG}name", pl.col("name"))
    put(models, f"{_KG}parameters", pl.col("params").cast(pl.Int64))
    put(models, f"{_KG}organization", pl.lit("https://kg.example/org/") + safe(models, "org"))
    put(models, f"{_KG}country", pl.col("country"))
    put(models, f"{_KG}trainedOn", pl.col("link"))
    put(models, f"{_KG}acceleratorCount", pl.col("accel_count").cast(pl.Int64))
    put(models, f"{_KG}trainingDays", pl.col("training_days").cast(pl.Float64))
    put(models, f"{_KG}year", pl.col("year").cast(pl.Int64))
    put(models, f"{_KG}dataset", pl.lit("https://kg.example/dataset/") + safe(models, "dataset_id"))
    put(accelerators, _TYPE, pl.lit(f"{_KG}Accelerator"))
    put(accelerators, f"{_KG}name", pl.col("accel_name"))
    put(accelerators, f"{_KG}tdpWatts", pl.col("tdp_w").cast(pl.Int64))
    model.write(target, format="ntriples")


main(Path(sys.argv[1]), sys.argv[2])
