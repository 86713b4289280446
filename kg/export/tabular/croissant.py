"""Croissant 1.0 (MLCommons): a description of a folder of Parquet tables and dumps, so that tools load them by name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg.export.tabular.catalogue import write_json
from kg.export.tabular.facts import Column, Table
from kg.export.tabular.parquet import QUADS

DESCRIPTION = "croissant.json"
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_MEDIA_TYPES = {
    ".parquet": "application/x-parquet",
    ".json": "application/json",
    ".nq.zst": "application/zstd",
    ".ttl": "text/turtle",
}
_TYPES = {
    "link": "sc:URL",
    "integer": "sc:Integer",
    "decimal": "sc:Float",
    "double": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "instant": "sc:DateTime",
}


def write_croissant(folder: Path, tables: Sequence[Table], base: str, title: str, license_: str | None) -> None:
    """Write croissant.json: every file of the folder with its size and sha256, and a record set for the quads and for the table of each class."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != DESCRIPTION)
    write_json(
        folder / DESCRIPTION,
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": title,
            "description": "A graph in RDF, and the things of each of its classes as a table: `id` is the IRI of a thing, the other columns are its properties.",
            "url": base,
            **({"license": license_} if license_ else {}),
            "distribution": [_file(path) for path in files],
            "recordSet": [_quads(), *(_records(table) for table in tables)],
        },
    )


def _file(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    media_type = next(
        (kind for suffix, kind in _MEDIA_TYPES.items() if path.name.endswith(suffix)), "application/octet-stream"
    )
    return {
        "@type": "cr:FileObject",
        "@id": path.name,
        "name": path.name,
        "contentUrl": path.name,
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": media_type,
        "sha256": digest,
    }


def _records(table: Table) -> dict[str, Any]:
    fields = [_field(table.name, "id", "sc:Text"), *(_column(table.name, column) for column in table.columns)]
    what = f"The things of the class {table.iri}." if table.iri else "The things without a class."
    return {
        "@type": "cr:RecordSet",
        "@id": f"records/{table.name}",
        "name": table.name,
        "description": what,
        "key": {"@id": f"records/{table.name}/id"},
        "field": fields,
    }


def _column(table: str, column: Column) -> dict[str, Any]:
    field = _field(table, column.name, _TYPES.get(column.form, "sc:Text"))
    field["description"] = (
        f"{column.property}, in the language {column.language}" if column.language else column.property
    )
    field["equivalentProperty"] = column.property
    if column.many:
        field["repeated"] = True
    return field


def _field(table: str, column: str, kind: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"records/{table}/{column}",
        "name": column,
        "dataType": kind,
        "source": {"fileObject": {"@id": f"{table}.parquet"}, "extract": {"column": column}},
    }


def _quads() -> dict[str, Any]:
    columns = ("s", "p", "o", "g", "kind", "value", "datatype", "language")
    return {
        "@type": "cr:RecordSet",
        "@id": f"records/{QUADS}",
        "name": QUADS,
        "description": "Every statement with its graph, as N-Triples terms, and the parts of the object's term.",
        "field": [_field(QUADS, column, "sc:Text") for column in columns],
    }
