"""Whatever a source of any kind holds goes through every kind of term map into every syntax, and a parser reads it back as it was; what is unfit is told, and is nowhere else."""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mapping import Settings, map_files, output_of
from tests.property.strategies import texts

BASE = "http://base/"
# A row: its two texts, either of which may be missing where the source can say so.
Row: TypeAlias = tuple[str | None, str | None]

_PREFIXES = """
@prefix rml: <http://w3id.org/rml/> .
@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix x: <http://x/> .
"""
# What each predicate's object is made of; `A` and `B` are the references.
_OBJECTS = {
    "plain": 'rml:reference "A"',
    "typed": 'rml:reference "A" ; rml:datatype x:t',
    "tagged": 'rml:reference "A" ; rml:language "en"',
    "text": 'rml:template "<{A}|{B}>" ; rml:termType rml:Literal',
    "iri": 'rml:template "http://x/v/{A}/{B}"',
    "uri": 'rml:template "http://x/u/{A}" ; rml:termType rml:URI',
    "unsafe": 'rml:template "http://x/{A}" ; rml:termType rml:UnsafeIRI',
    "unsafe-uri": 'rml:template "http://x/{A}" ; rml:termType rml:UnsafeURI',
    "reference": 'rml:reference "A" ; rml:termType rml:IRI',
    "blank": 'rml:reference "A" ; rml:termType rml:BlankNode',
    "language": 'rml:constant "w" ; rml:languageMap [ rml:reference "A" ]',
    "datatype": 'rml:constant "w" ; rml:datatypeMap [ rml:reference "A" ]',
    "datatype-template": 'rml:reference "B" ; rml:datatypeMap [ rml:template "http://x/d/{A}" ]',
    "function": 'rml:functionExecution [ rml:function grel:string_replace ; rml:input [ rml:parameter grel:valueParam ; rml:inputValueMap [ rml:reference "A" ] ] , '
    '[ rml:parameter grel:param_find ; rml:inputValueMap [ rml:constant "a" ] ] , [ rml:parameter grel:param_replace ; rml:inputValueMap [ rml:constant "b" ] ] ]',
}


def _mapping(source: str, a: str = "a", b: str = "b", row: str = "id") -> str:
    said = [f"rml:predicate <http://x/{name}> ; rml:objectMap [ {made} ]" for name, made in _OBJECTS.items()]
    said.append(
        'rml:predicate x:graph ; rml:objectMap [ rml:constant "w" ] ; rml:graphMap [ rml:template "http://g/{A}" ]'
    )
    said.append('rml:predicateMap [ rml:template "http://p/{A}" ] ; rml:objectMap [ rml:constant "w" ]')
    maps = " ; ".join(f"rml:predicateObjectMap [ {each} ]" for each in said)
    maps = re.sub(r'"A"', f'"{a}"', maps).replace("{A}", f"{{{a}}}").replace('"B"', f'"{b}"').replace("{B}", f"{{{b}}}")
    return f'{_PREFIXES} <#Map> rml:logicalSource [ {source} ] ; rml:subjectMap [ rml:template "http://x/row/{{{row}}}" ] ; {maps} .\n'


@pytest.fixture(autouse=True, scope="module")
def many() -> Iterator[None]:
    """Have few rows written as many are; the conformance suites write few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.mapping.output._MANY", 0)
        yield


# How rows are written, and what the mapping says of the source.


def _csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("id,a,b\n")
        for number, row in enumerate(rows):
            a, b = ('"' + (each or "").replace('"', '""') + '"' for each in row)
            file.write(f"{number},{a},{b}\n")


def _json(path: Path, rows: Sequence[Row]) -> None:
    path.write_text(json.dumps({"rows": _objects(rows)}, ensure_ascii=False), encoding="utf-8")


def _json_lines(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in _objects(rows)), encoding="utf-8")


def _objects(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{"id": number, "a": a, "b": b} for number, (a, b) in enumerate(rows)]


def _xml(path: Path, rows: Sequence[Row]) -> None:
    def element(name: str, text: str | None) -> str:
        inner = "".join(f"&#{ord(each)};" if each in "<>&\r\n\t\x85\u2028" else each for each in text or "")
        return "" if text is None else f"<{name}>{inner}</{name}>"

    made = "".join(f"<i><id>{n}</id>{element('a', a)}{element('b', b)}</i>" for n, (a, b) in enumerate(rows))
    path.write_text(f"<?xml version='1.0' encoding='utf-8'?><r>{made}</r>", encoding="utf-8")


def _parquet(path: Path, rows: Sequence[Row]) -> None:
    columns = [pa.array([row[number] for row in rows], pa.string()) for number in (0, 1)]
    pq.write_table(pa.table({"id": list(range(len(rows))), "a": columns[0], "b": columns[1]}), path)


def _sqlite(path: Path, rows: Sequence[Row]) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")
        con.executemany("INSERT INTO t VALUES (?, ?, ?)", [(n, a, b) for n, (a, b) in enumerate(rows)])
    con.close()


@dataclass(frozen=True, slots=True)
class _Kind:
    write: Callable[[Path, Sequence[Row]], None]
    file: str
    mapping: str
    missing: bool = True


_ALL = '; rml:iterator "$[*]"'


def _file(name: str, formulation: str, more: str = "") -> str:
    return f'rml:source "{name}" ; rml:referenceFormulation rml:{formulation} {more}'


_KINDS = {
    "csv": _Kind(_csv, "t.csv", _mapping(_file("t.csv", "CSV")), missing=False),
    "json": _Kind(
        _json, "t.json", _mapping(_file("t.json", "JSONPath", '; rml:iterator "$.rows[*]"'), "$.a", "$.b", "$.id")
    ),
    "jsonl": _Kind(
        _json_lines, "t.jsonl", _mapping(_file("t.jsonl", "JSONPath", '; rml:iterator "$"'), "a", "b", "id")
    ),
    "xml": _Kind(_xml, "t.xml", _mapping(_file("t.xml", "XPath", '; rml:iterator "/r/i"'))),
    "parquet": _Kind(_parquet, "t.parquet", _mapping('rml:source "t.parquet"')),
    "sqlite": _Kind(
        _sqlite,
        "t.db",
        _mapping(
            '''rml:source [ a d2rq:Database ; d2rq:jdbcDSN "jdbc:sqlite:t.db" ] ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator "t"'''
        ),
    ),
}
_SOUND = (
    "http://x/a",
    "https://é.example:8080/p;x?q=葉#f",
    "urn:a:b",
    "mailto:me@x.example",
    "x%20y",
    "?q",
    "%",
    "x:",
    "//h",
    "http://[::1]/",
)
_TAGS = ("en", "EN-gb", "zh-Hant-TW", "en-a", "a", "x-y", "en-x", "toolongtag", "e1", "de-1996", "i-foo", "abcd-abc")
_values = (
    texts | st.sampled_from(_SOUND) | st.sampled_from(_TAGS) | st.sampled_from(_SOUND).map(lambda each: f"{each} ")
)
_rows = st.lists(st.tuples(st.none() | _values, st.none() | texts), min_size=1, max_size=12)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# What has to come out, said in Python.

_UCSCHAR = re.compile(
    "[\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
    + "\U000e1000-\U000efffd]"
)
_NO_IRI = re.compile('[\x00-\x20<>"{}|\\\\^`\x7f]')
_CERTAIN_IRI = re.compile(r"(https?|urn|mailto):[a-z]+([a-zé葉/.@-]|:[a-z])*|[a-z]+(%20[a-z]+)*")
_CERTAIN_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2})?")
_SPACE_IN_IRI = re.compile(r"<[^<>\" ]*\s[^<>\" ]*>")
_MAYBE_TAG = re.compile("[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*")


def _encoded(text: str, *, ascii_only: bool = False) -> str:
    return "".join(each if _UCSCHAR.match(each) and not ascii_only else quote(each, safe="") for each in text)


def _certain(kind: str, value: str) -> bool | None:
    """Return whether a value is an IRI, a URI or a language tag; None where the model leaves it to the parser."""
    if kind == "language tag":
        return True if _CERTAIN_TAG.fullmatch(value) else None if _MAYBE_TAG.fullmatch(value) else False
    if _NO_IRI.search(value) or re.search("%(?![0-9A-Fa-f]{2})", value) or (kind == "URI" and not value.isascii()):
        return False
    return True if _CERTAIN_IRI.fullmatch(value) and (kind == "IRI" or value.isascii()) else None


def _absolute(value: str) -> str:
    return value if re.match("[A-Za-z][A-Za-z0-9+.-]*:", value) else BASE + value


@dataclass(slots=True)
class _Expected:
    """What a row must say, what it may say if the value is no fault, and the values of which that depends."""

    sure: dict[str, Any] = field(default_factory=dict)
    open: dict[str, tuple[str, str, Callable[[], Any]]] = field(default_factory=dict)


def _expected(a: str | None, b: str | None) -> _Expected:
    made = _Expected()
    if a is not None:
        made.sure = {
            "plain": ox.Literal(a),
            "typed": ox.Literal(a, datatype=ox.NamedNode("http://x/t")),
            "tagged": ox.Literal(a, language="en"),
            "uri": ox.NamedNode("http://x/u/" + _encoded(a, ascii_only=True)),
            "function": ox.Literal(a.replace("a", "b")),
            "graph": ox.Literal("w"),
            "http://p/" + _encoded(a): ox.Literal("w"),
        }
        unsafe = f"http://x/{a}"
        made.open = {
            "unsafe": (unsafe, "IRI", lambda: ox.NamedNode(unsafe)),
            "unsafe-uri": (unsafe, "URI" if not unsafe.isascii() else "IRI", lambda: ox.NamedNode(unsafe)),
            "reference": (a, "IRI", lambda: ox.NamedNode(_absolute(a))),
            "language": (a, "language tag", lambda: ox.Literal("w", language=a.lower())),
            "datatype": (a, "IRI", lambda: ox.Literal("w", datatype=ox.NamedNode(_absolute(a)))),
        }
    if a is not None and b is not None:
        made.sure |= {
            "text": ox.Literal(f"<{a}|{b}>"),
            "iri": ox.NamedNode(f"http://x/v/{_encoded(a)}/{_encoded(b)}"),
            "datatype-template": ox.Literal(b, datatype=ox.NamedNode(f"http://x/d/{_encoded(a)}")),
        }
    return made


def _check(rows: Sequence[Row], quads: Sequence[ox.Quad], rejects: set[tuple[int, str, str]], *, graphs: bool) -> None:
    found: dict[tuple[int, str], Any] = {}
    for quad in quads:
        assert isinstance(quad.subject, ox.NamedNode)
        key = int(quad.subject.value.rpartition("/")[2]), quad.predicate.value.removeprefix("http://x/")
        assert key not in found, "a quad is written once"
        found[key] = quad.object
        a = rows[key[0]][0]
        graph = ox.NamedNode("http://g/" + _encoded(a or "")) if key[1] == "graph" and graphs else ox.DefaultGraph()
        assert quad.graph_name == graph
    told: set[tuple[int, str, str]] = set()
    blanks: dict[str, str] = {}
    for number, (a, b) in enumerate(rows):
        expected = _expected(a, b)
        assert {key: found.pop((number, key), None) for key in expected.sure} == expected.sure
        for name, (value, kind, made) in expected.open.items():
            term = found.pop((number, name), None)
            certain = _certain(kind, value)
            assert certain is None or certain is (term is not None), (name, value)
            if term is not None:
                assert term == made()
            else:
                told.add(
                    (number + 1, value, kind if _certain("IRI", value) is not False else kind.replace("URI", "IRI"))
                )
        if a is not None:
            label = found.pop((number, "blank")).value
            assert blanks.setdefault(a, label) == label
    assert not found
    assert len(set(blanks.values())) == len(blanks)
    assert {each[:2] for each in rejects} == {each[:2] for each in told}


def _plain(term: Any) -> tuple[object, ...]:
    """Return a term of one of the two libraries as a tuple that is the same for both."""
    if isinstance(term, ox.Literal):
        return "literal", term.value, term.language, None if term.language else term.datatype.value
    if isinstance(term, rdflib.Literal):
        datatype = str(term.datatype or "http://www.w3.org/2001/XMLSchema#string")
        return "literal", str(term), term.language, None if term.language else datatype
    return ("blank",) if isinstance(term, (ox.BlankNode, rdflib.BNode)) else ("iri", str(getattr(term, "value", term)))


def _read(path: Path) -> list[ox.Quad]:
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
        lines = "".join(" ".join(filter(None, (row["s"], row["p"], row["o"], row["g"]))) + " .\n" for row in rows)
        return list(ox.parse(lines, format=ox.RdfFormat.N_QUADS))
    return list(ox.parse(path=str(path)))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        for name, kind in _KINDS.items():
            (Path(made) / name).mkdir()
            (Path(made) / name / "mapping.ttl").write_text(kind.mapping, encoding="utf-8")
        yield Path(made)


@pytest.mark.parametrize("name", _KINDS)
@settings(max_examples=10)
@given(_rows, st.sampled_from((("out.nq", False), ("out.nq", True), ("out.ttl", False), ("out.parquet", True))))
def test_what_a_source_holds_is_what_comes_out(folder: Path, name: str, rows: list[Row], to: tuple[str, bool]) -> None:
    kind, place = _KINDS[name], folder / name
    if not kind.missing:
        rows = [(a or "", b or "") for a, b in rows]
    if name == "xml":
        rows = [(a and _NOT_XML.sub("", a), b and _NOT_XML.sub("", b)) for a, b in rows]
    kind.write(place / kind.file, rows)
    output, ordered = to
    chosen = Settings(base=BASE, ordered=ordered, threads=1)
    summary = map_files(place / "mapping.ttl", output_of(str(place / output)), chosen, rejects=place / "rejects.jsonl")
    told = set()
    for line in (place / "rejects.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        reject = json.loads(line)
        value, said = re.fullmatch(r'(".*") is no (.*)', reject["reason"], re.DOTALL).groups()  # type: ignore[union-attr]
        told.add((reject["row"], json.loads(value), said))
    assert len(summary.rejects) >= len(told)
    quads = _read(place / output)
    _check(rows, quads, told, graphs=not output.endswith(".ttl"))
    if output.endswith(".nq"):
        lines = (place / output).read_bytes().decode("utf-8").split("\n")[:-1]
        assert not ordered or lines == sorted(lines)
        # rdflib takes white space of Unicode in an IRI for its end.
        read = [
            (line, quad)
            for line, quad in zip(lines, _read(place / output), strict=True)
            if not _SPACE_IN_IRI.search(line)
        ]
        dataset = rdflib.Dataset()
        dataset.parse(data="\n".join(line for line, _ in read), format="nquads")
        theirs = sorted(repr([_plain(term) for term in quad[:3]]) for quad in dataset.quads())
        assert theirs == sorted(repr([_plain(term) for term in quad.triple]) for _, quad in read)


def _one(folder: Path, source: str, text: str, object_map: str) -> list[str]:
    """Return the objects, in N-Triples syntax, that a map makes of a file; `id` and `v` are its references."""
    (folder / source).write_text(text, encoding="utf-8")
    formulation = "CSV" if source.endswith(".csv") else 'JSONPath ; rml:iterator "$[*]"'
    mapping = folder / "mapping.ttl"
    mapping.write_text(
        f'{_PREFIXES} @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . <#Map> rml:logicalSource [ rml:source "{source}" ; rml:referenceFormulation rml:{formulation} ] ; '
        f'rml:subjectMap [ rml:template "http://x/{{id}}" ] ; rml:predicateObjectMap [ rml:predicate x:p ; rml:objectMap [ {object_map} ] ] .\n',
        encoding="utf-8",
    )
    map_files(mapping, output_of(str(folder / "out.nt")), Settings(base=BASE, ordered=True, strict=True))
    return [str(triple.object) for triple in _read(folder / "out.nt")]


# The inputs on which other engines go wrong.


@pytest.mark.parametrize("value", ["21000000000000000000000000", "9007199254740993", "-9223372036854775809", "007"])
@pytest.mark.parametrize("source", ["csv", "json"])
def test_integers_of_any_size_keep_their_digits(tmp_path: Path, source: str, value: str) -> None:
    if source == "json" and value.startswith("0"):
        value = "7"
    text = f"id,v\n1,{value}\n" if source == "csv" else f'[{{"id": 1, "v": {value}}}]'
    (made,) = _one(tmp_path, f"a.{source}", text, 'rml:reference "v" ; rml:datatype xsd:integer')
    assert made == f'"{value}"^^<http://www.w3.org/2001/XMLSchema#integer>'


def test_a_decimal_keeps_its_zeros(tmp_path: Path) -> None:
    (made,) = _one(tmp_path, "a.csv", "id,v\n1,131.70\n", 'rml:reference "v" ; rml:datatype xsd:decimal')
    assert made == '"131.70"^^<http://www.w3.org/2001/XMLSchema#decimal>'


def test_an_apostrophe_is_not_escaped(tmp_path: Path) -> None:
    assert _one(tmp_path, "a.csv", "id,v\n1,Côte d'Ivoire\n", 'rml:reference "v"') == ['"Côte d\'Ivoire"']
    assert "Côte d'Ivoire" in (tmp_path / "out.nt").read_text(encoding="utf-8")


def test_backslashes_and_quotes_are_escaped(tmp_path: Path) -> None:
    made = _one(tmp_path, "a.csv", 'id,v\n1,v2 \\ beta\n2,"the ""big"" one"\n', 'rml:reference "v"')
    assert made == [r'"v2 \\ beta"', r'"the \"big\" one"']


def test_a_newline_in_a_value_is_part_of_it(tmp_path: Path) -> None:
    made = _one(tmp_path, "a.csv", 'id,v\n1,"two\nlines"\n2,"two\r\nlines"\n3,one\n', 'rml:reference "v"')
    assert made == [r'"two\nlines"', r'"two\r\nlines"', '"one"']


def test_letters_outside_ascii_stay_in_an_iri(tmp_path: Path) -> None:
    assert _one(tmp_path, "a.csv", "id,v\n1,葉篤正\n", 'rml:template "http://x/person/{v}"') == [
        "<http://x/person/葉篤正>"
    ]


def test_a_list_within_a_json_object_gives_all_its_members(tmp_path: Path) -> None:
    made = _one(tmp_path, "a.json", '[{"id": 1, "datasets": ["b", "a"]}]', 'rml:reference "datasets[*]"')
    assert made == ['"a"', '"b"']


def test_what_is_no_text_in_json_lines_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"id":1,"a":"\\ud800"}\n{"id":2,"a":"ok"}\n', encoding="utf-8")
    (tmp_path / "m.ttl").write_text(
        f'{_PREFIXES} <#Map> rml:logicalSource [ {_file("t.jsonl", "JSONPath")} ] ; rml:subjectMap [ rml:template "http://x/{{id}}" ] ; '
        'rml:predicateObjectMap [ rml:predicate x:p ; rml:objectMap [ rml:reference "a" ] ] .',
        encoding="utf-8",
    )
    summary = map_files(tmp_path / "m.ttl", output_of(str(tmp_path / "out.nt")), Settings())
    assert [(reject.row, reject.line) for reject in summary.rejects] == [(0, 1)]
    assert (tmp_path / "out.nt").read_text(encoding="utf-8") == '<http://x/2> <http://x/p> "ok" .\n'


@settings(max_examples=12)
@given(st.lists(st.lists(texts, max_size=4), min_size=1, max_size=6))
def test_lists_multiply_and_what_repeats_is_written_once(folder: Path, lists: list[list[str]]) -> None:
    place = folder / "json"
    (place / "l.json").write_text(json.dumps([{"id": n, "a": each} for n, each in enumerate(lists)]), encoding="utf-8")
    (place / "lists.ttl").write_text(
        f"{_PREFIXES} <#Map> rml:logicalSource [ {_file('l.json', 'JSONPath', _ALL)} ] ; "
        'rml:subjectMap [ rml:template "http://x/row/{$.id}" ] ; rml:predicateObjectMap [ rml:predicate x:p ; rml:objectMap [ rml:template "http://x/{$.a[*]}/{$.id}" ] ] , '
        '[ rml:predicate x:q ; rml:objectMap [ rml:reference "$.a[*]" ] ] .',
        encoding="utf-8",
    )
    map_files(place / "lists.ttl", output_of(str(place / "l.nt")), Settings(base=BASE, threads=1))
    found = sorted((quad.subject.value, str(quad.object)) for quad in _read(place / "l.nt"))  # type: ignore[union-attr]
    expected = [
        (f"http://x/row/{n}", term)
        for n, each in enumerate(lists)
        for one in set(each)
        for term in (str(ox.Literal(one)), f"<http://x/{_encoded(one)}/{n}>")
    ]
    assert found == sorted(expected)
