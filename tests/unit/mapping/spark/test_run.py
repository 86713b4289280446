"""Whole mappings on Spark: sorted, the bytes are DuckDB's; what Spark cannot do is refused by name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.errors import KgError, MappingError
from kg.mapping import Settings, map_files, output_of
from kg.mapping.spark import map_on_spark
from tests.conformance.rml_suite import Case, load_cases
from tests.unit.mapping.mappings import PREFIXES, csv, table, triples_map, write
from tests.unit.mapping.spark.comparing import NASTY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.cluster

# Spark reads tables of text, not JSON of several lines, XML or databases.
_SUITES = ("rml-fnml", "rml-star", "rml-io", "rml-core")
_READ_BY_SPARK = ("rml:CSV", "formats/CSV")


def _cases() -> list[Case]:
    cases = [case for suite in _SUITES for case in load_cases(suite) if not case.error]
    assert cases, "no cases found"
    return [
        case for case in cases if any(word in (case.folder / "mapping.ttl").read_text(encoding="utf-8") for word in _READ_BY_SPARK)
    ]  # fmt: skip


def both(mapping: Path, base: str, *, legacy: bool = False) -> tuple[list[bytes], list[bytes]]:
    """Return the sorted lines that DuckDB writes, and those of Spark's parts in the order of their names."""
    settings = Settings(base=base, ordered=True, legacy=legacy)
    folder = mapping.parent
    theirs = map_files(mapping, output_of(str(folder / "kg-duckdb.nq")), settings)
    shutil.rmtree(folder / "kg-spark.nq", ignore_errors=True)
    mine = map_on_spark(mapping, output_of(str(folder / "kg-spark.nq")), settings, master="local[2]")
    assert sorted(reject.reason for reject in mine.rejects) == sorted(reject.reason for reject in theirs.rejects)
    parts = sorted((folder / "kg-spark.nq").glob("part-*"))
    whole = b"".join(part.read_bytes() for part in parts)
    return (folder / "kg-duckdb.nq").read_bytes().splitlines(), whole.splitlines()


@pytest.mark.parametrize("case", _cases(), ids=str)
def test_cases_of_the_suites(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    folder = tmp_path / "case"
    shutil.copytree(case.folder, folder)
    monkeypatch.chdir(folder)
    try:
        theirs, mine = both(folder / "mapping.ttl", case.base, legacy=case.suite == "rml-star")
    except MappingError as error:
        if error.code not in ("KG260", "KG261"):
            raise
        pytest.skip(str(error))
    assert mine == theirs


def test_nasty_values_give_the_same_bytes(spark: SparkSession, tmp_path: Path) -> None:
    rows = [f'{number},"' + value.replace('"', '""') + '"\n' for number, value in enumerate(NASTY)]
    (tmp_path / "a.csv").write_text("id,v\n" + "".join(rows), encoding="utf-8", newline="")
    objects = (
        'rml:reference "v"',
        'rml:reference "v" ; rml:datatype ex:t',
        'rml:template "<{v}|{id}>" ; rml:termType rml:Literal',
        'rml:template "http://x/{v}"',
        'rml:template "http://x/u/{v}" ; rml:termType rml:URI',
        'rml:template "http://x/{v}" ; rml:termType rml:UnsafeIRI',
        'rml:reference "v" ; rml:termType rml:IRI',
        'rml:reference "v" ; rml:termType rml:BlankNode',
        'rml:constant "w" ; rml:languageMap [ rml:reference "v" ]',
        'rml:constant "w" ; rml:datatypeMap [ rml:reference "v" ]',
    )
    said = [f"rml:predicate ex:p{n} ; rml:objectMap [ {made} ]" for n, made in enumerate(objects)]
    theirs, mine = both(write(tmp_path, triples_map(*said, source=csv("a.csv"))), "http://base/")
    assert mine == theirs
    assert len(mine) > 5 * len(NASTY)


def test_joins_and_duplicates_give_the_same_bytes(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,k\n" + "".join(f"{n % 50},{n % 7}\n" for n in range(200)), encoding="utf-8")
    (tmp_path / "p.csv").write_text("k,x\n" + "".join(f"{n % 9},é{n % 4}\n" for n in range(40)), encoding="utf-8")
    said = 'rml:parentTriplesMap <#P> ; rml:joinCondition [ rml:child "k" ; rml:parent "k" ]'
    turtle = triples_map(said, 'rml:reference "k"', source=csv("a.csv"))
    turtle += triples_map('rml:reference "k"', source=csv("p.csv"), subject='rml:template "http://p/{x}"', name="P")
    theirs, mine = both(write(tmp_path, turtle), "http://base/")
    assert mine == theirs
    assert mine


VIEW = 'ex:V rml:viewOn [ rml:source "a.csv" ; rml:referenceFormulation rml:CSV ] ; rml:field [ rml:fieldName "id" ; rml:reference "id" ] .\n'


@pytest.mark.parametrize(
    ("turtle", "output", "code"),
    [
        (triples_map('rml:reference "id"', source=table("t")), "o.nt", "KG260"),
        (VIEW + triples_map('rml:reference "id"', source="ex:V"), "o.nt", "KG260"),
        (triples_map("rml:termType rml:BlankNode", source=csv("a.csv")), "o.nt", "KG261"),
        (triples_map('rml:reference "id" ; rml:logicalTarget [ rml:target "t.nq" ]', source=csv("a.csv")), "o.nt", "KG261"),
        (triples_map('rml:reference "id"', source=csv("a.csv")), "o.ttl", "KG261"),
    ],
)  # fmt: skip
def test_what_spark_cannot_do_is_refused(tmp_path: Path, turtle: str, output: str, code: str) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(KgError, match=code):
        map_on_spark(
            write(tmp_path, turtle, PREFIXES), output_of(str(tmp_path / output)), Settings(), master="local[2]"
        )
    assert not (tmp_path / output).exists()
