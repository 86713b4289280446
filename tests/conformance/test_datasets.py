"""The comparison of datasets: every expected file of the suites can be read, and a file that differs is told from it."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pytest

from tests.conformance.datasets import dataset, typed_integers, unpacked
from tests.conformance.rml_suite import SUITES, Case, load_cases

# Their IRIs hold spaces.
NO_RDF = ("RMLTC0027b-JSON",)
CASES = [case for suite in SUITES for case in load_cases(suite)]
FILES = [(case, name) for case in CASES for name in case.outputs if case.name not in NO_RDF]
assert len(FILES) > 300, "expected files were not found"
BASE = "http://example.com/"


@pytest.mark.parametrize(("case", "name"), FILES, ids=[f"{case}-{name}" for case, name in FILES])
def test_an_expected_file_equals_itself_and_no_less(case: Case, name: str, tmp_path: Path) -> None:
    found = dataset(case.folder / name, BASE)
    shutil.copy(case.folder / name, tmp_path / name)
    assert dataset(tmp_path / name, BASE) == found
    document = unpacked(case.folder / name)
    if document.syntax in (".nq", ".nt") and not document.packing and found:
        lines = [line for line in re.split(r"(?<=\.)\s*\n", document.text) if line.strip()]
        if len(set(lines)) == len(found) and len(lines) > 1:
            (tmp_path / name).write_text("\n".join(lines[1:]), encoding=document.encoding)
            assert dataset(tmp_path / name, BASE) < found or "_:" in document.text


@pytest.mark.parametrize("case", [case for case in CASES if case.name in NO_RDF], ids=str)
def test_an_expected_file_that_is_no_rdf(case: Case) -> None:
    with pytest.raises(SyntaxError):
        dataset(case.folder / case.outputs[0], BASE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('<u:a> <u:p> "01"^^<{xsd}integer> .', '<u:a> <u:p> "1"^^<{xsd}integer> .', True),
        ('<u:a> <u:p> "1.50"^^<{xsd}decimal> .', '<u:a> <u:p> "1.5"^^<{xsd}decimal> .', True),
        ('<u:a> <u:p> "3.0E1"^^<{xsd}double> .', '<u:a> <u:p> "30"^^<{xsd}double> .', True),
        ('<u:a> <u:p> "1"^^<{xsd}boolean> .', '<u:a> <u:p> "true"^^<{xsd}boolean> .', True),
        ('<u:a> <u:p> "x"@EN .', '<u:a> <u:p> "x"@en .', True),
        ('<u:a> <u:p> "1"^^<{xsd}integer> .', '<u:a> <u:p> "1" .', False),
        ('<u:a> <u:p> "1"^^<{xsd}integer> .', '<u:a> <u:p> "1"^^<{xsd}decimal> .', False),
        ('<u:a> <u:p> "1.0" .', '<u:a> <u:p> "1" .', False),
        ('<u:a> <u:p> "x" .', '<u:a> <u:p> "x" <u:g> .', False),
        ("_:a <u:p> _:b . _:b <u:p> _:a .", "_:x <u:p> _:y . _:y <u:p> _:x .", True),
        ("_:a <u:p> _:b . _:b <u:p> _:a .", "_:x <u:p> _:x . _:y <u:p> _:y .", False),
        ('<< <u:s> <u:p> _:a >> <u:q> "." .', '<<<u:s><u:p>_:b>><u:q>"." .', True),
        ("<u:x> <u:q> <<( <u:s> <u:p> <u:o> )>> .", "<u:x> <u:q> << <u:s> <u:p> <u:o> >> .", True),
        ("<< <u:s> <u:p> <u:o> >> <u:q> <u:o> .", "<< <u:s> <u:p> <u:x> >> <u:q> <u:o> .", False),
        ("<< <u:s> <u:p> <u:o> >> <u:q> <u:o> .", "<u:s> <u:p> <u:o> .", False),
        (
            "<< <u:s> <u:p> << <u:a> <u:b> _:c >> >> <u:q> _:c .",
            "<< <u:s> <u:p> << <u:a> <u:b> _:x >> >> <u:q> _:y .",
            False,
        ),
    ],
)
def test_what_is_the_same(one: str, other: str, same: bool, tmp_path: Path) -> None:
    for name, text in (("one.nq", one), ("other.nq", other)):
        content = text.replace("{xsd}", "http://www.w3.org/2001/XMLSchema#").replace(" . ", " .\n")
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert (dataset(tmp_path / "one.nq", BASE) == dataset(tmp_path / "other.nq", BASE)) is same


def test_whole_numbers_can_be_given_their_datatype(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text("<a> <p> '33', '1.5', 'x'@en, '4'@en, '5'^^<t> .")
    (tmp_path / "other.ttl").write_text("<a> <p> 33, '1.5', 'x'@en, '4'@en, '5'^^<t> .")
    assert dataset(tmp_path / "one.ttl", BASE) != dataset(tmp_path / "other.ttl", BASE)
    assert dataset(tmp_path / "one.ttl", BASE, typed_integers) == dataset(tmp_path / "other.ttl", BASE)


def test_how_a_file_is_packed_is_seen(tmp_path: Path) -> None:
    text = "<u:a> <u:p> <u:b> .\n"
    (tmp_path / "a.nq.gz").write_bytes(gzip.compress(text.encode("utf-16")))
    document = unpacked(tmp_path / "a.nq.gz")
    assert (document.text, document.syntax, document.encoding, document.packing) == (text, ".nq", "utf-16", ".gz")


def test_what_is_no_rdf_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<< <u:a> <u:p> >> <u:q> <u:o> .")
    with pytest.raises((ValueError, SyntaxError)):
        dataset(tmp_path / "a.nt", BASE)
