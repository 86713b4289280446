"""XML: records and values by XPath, as a stream or held, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import MappingError, SourceError
from kg.mapping.readers import RECORD, Access, xml_stream
from kg.mapping.readers.xml_paths import Pattern
from kg.mapping.rules import Formulation
from tests.unit.mapping.readers.opened import Opened, file_source, opened, strict

LIST = """<?xml version="1.0"?>
<list owner="me">
  <!-- a comment -->
  <item id="1"><name lang="en">one</name><tag>x</tag><tag>y</tag></item>
  <other><item id="9"><name>nine</name></item></other>
  <item id="2"><name>t<b>w</b>o</name></item>
  <item id="3"/>
</list>
"""


def read(
    folder: Path,
    text: str | bytes,
    iterator: str,
    *references: str,
    encoding: str = "utf-8",
    nulls: tuple[str, ...] = (),
    namespaces: dict[str, str] | None = None,
    access: Access | None = None,
) -> Opened:
    path = folder / "data.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    source = file_source(Formulation.XML, path, iterator, encoding=encoding, nulls=nulls, namespaces=namespaces)
    return opened(source, references, access=access)


@pytest.mark.parametrize(
    ("iterator", "ids"),
    [
        ("/list/item", ["1", "2", "3"]),
        ("list/item", ["1", "2", "3"]),
        ("//item", ["1", "9", "2", "3"]),
        ("/list//item", ["1", "9", "2", "3"]),
        ("//other/item", ["9"]),
        ("/*/*/item", ["9"]),
        ("/list/*", ["1", None, "2", "3"]),
        ("/list/item[name]", ["1", "2"]),
        ("/list/item[2]", ["2"]),
        ("//item[@id > 1]", ["9", "2", "3"]),
        ("/list/other/following-sibling::item", ["2", "3"]),
        ("/list/item | /list/other/item", ["1", "9", "2", "3"]),
        ("/list/none", []),
        ("/list", [None]),
        ("//list/none//item", []),
    ],
)
def test_an_iterator_finds_the_records_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, iterator: str, ids: list[str | None]
) -> None:
    assert read(tmp_path, LIST, iterator, "@id").values == ids
    # Parts of a few bytes, so that every record is read in several.
    monkeypatch.setattr(xml_stream, "_CHUNK", 7)
    assert read(tmp_path, LIST, iterator, "@id").values == ids


@pytest.mark.parametrize("iterator", ["//a", "/r//a", "/r/a//a", "//*", "//b/a"])
def test_records_within_records_come_after_those_around_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, iterator: str
) -> None:
    text = '<r i="0"><a i="1"><b i="2"><a i="3"/></b></a><a i="4"><a i="5"><a i="6"/></a></a></r>'
    monkeypatch.setattr(xml_stream, "_CHUNK", 5)
    streamed = read(tmp_path, text, iterator, "@i").values
    assert streamed == read(tmp_path, text, f"({iterator})", "@i").values
    assert len(streamed) > 0


@pytest.mark.parametrize(
    ("reference", "value", "many"),
    [
        ("@id", "1", False),
        ("@none", None, False),
        ("name", ["one"], True),
        ("./name", ["one"], True),
        ("name/@lang", ["en"], True),
        ("tag", ["x", "y"], True),
        ("tag[2]", ["y"], True),
        ("tag/text()", ["x", "y"], True),
        ("none", [], True),
        ("*", ["one", "x", "y"], True),
        (".", "onexy", False),
        ("text()", [], True),
        ("../@owner", "me", False),
        ("../other/item/name", ["nine"], True),
        ("/list/@owner", ["me"], True),
        ("following-sibling::item/@id", ["2", "3"], True),
        ("count(tag)", "2", False),
        ("count(tag) div 4", "0.5", False),
        ("number('x')", "NaN", False),
        ("1 div 0", "INF", False),
        ("count(tag) > 1", "true", False),
        ("name = 'two'", "false", False),
        ("string(tag)", "x", False),
        ("concat(@id, '/', name)", "1/one", False),
        ("tag | name", ["one", "x", "y"], True),
        (RECORD, '<item id="1"><name lang="en">one</name><tag>x</tag><tag>y</tag></item>', False),
    ],
)
def test_a_reference_finds_its_values(
    tmp_path: Path, reference: str, value: str | list[str] | None, many: bool
) -> None:
    found = read(tmp_path, LIST, "/list/item", reference)
    assert found.values[0] == value
    assert found.columns[reference].many == many
    assert not found.columns[reference].json


def test_the_value_of_an_element_is_all_its_text(tmp_path: Path) -> None:
    text = "<l><i>a<b>b<!-- no --><?no no?></b>c<![CDATA[<d>]]>&amp;&#x1F600;</i><i/><i> </i></l>"
    found = read(tmp_path, text, "/l/i", ".", "text()", "b", "string(.)")
    assert found.rows == [
        ("abc<d>&\U0001f600", ["a", "c<d>&\U0001f600"], ["b"], "abc<d>&\U0001f600"),
        ("", [], [], ""),
        (" ", [" "], [], " "),
    ]


def test_prefixes_are_those_of_the_mapping(tmp_path: Path) -> None:
    text = '<l xmlns="http://x/"><q:i xmlns:q="http://y/" q:a="1" a="2"><n>v</n></q:i></l>'
    namespaces = {"x": "http://x/", "y": "http://y/"}
    found = read(tmp_path, text, "/x:l/y:i", "@y:a", "@a", "x:n", "n", "x:*", "x:n/text()", namespaces=namespaces)
    assert found.rows == [("1", "2", ["v"], [], ["v"], ["v"])]
    assert read(tmp_path, text, "/x:l/y:*", "@a", namespaces=namespaces).values == ["2"]
    with pytest.raises(
        MappingError, match=r"'z:n' is no XPath: undefined namespace prefix; the prefixes are x, y \[KG226\]"
    ):
        read(tmp_path, text, "/x:l/y:i", "z:n", namespaces=namespaces)


@pytest.mark.parametrize("path", ["???", "/l/i[", "/l/i/", "//", "", "f()", "i:"])
def test_what_is_no_path_is_refused_before_the_file_is_read(tmp_path: Path, path: str) -> None:
    source = file_source(Formulation.XML, tmp_path / "none.xml", path)
    with pytest.raises(MappingError, match=r"^mapping\.ttl, line 7: .*\[KG226\]"):
        opened(source, ["a"])
    source = file_source(Formulation.XML, tmp_path / "none.xml", "/l")
    with pytest.raises(MappingError, match=r"^mapping\.ttl, line 7: .*\[KG226\]"):
        opened(source, [path])


def test_an_iterator_that_finds_no_elements_is_refused(tmp_path: Path) -> None:
    for path in ("/list/item/@id", "count(//item)", "/list/item/name/text()"):
        with pytest.raises(MappingError, match=r"something else than elements.*\[KG226\]"):
            read(tmp_path, LIST, path, ".")


def test_listed_texts_are_no_value(tmp_path: Path) -> None:
    text = '<l><i a=""><b>x</b><b>NULL</b><b/></i></l>'
    assert read(tmp_path, text, "/l/i", "@a", "b", nulls=("", "NULL")).rows == [(None, ["x"])]
    assert read(tmp_path, text, "/l/i", "@a", "b").rows == [("", ["x", "NULL", ""])]


def test_a_reference_that_finds_nothing_at_all_stops_a_strict_run(tmp_path: Path) -> None:
    access = strict(tmp_path)
    assert len(read(tmp_path, LIST, "/list/item", "@id", "name", "tag", access=access).rows) == 3
    with pytest.raises(MappingError, match=r"nme finds nothing in any record of the source.*\[KG227\]"):
        read(tmp_path, LIST, "/list/item", "@id", "nme", access=access)
    assert read(tmp_path, LIST, "/list/none", "nme", access=access).rows == []


_CHARACTERS = st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff", include_characters="\t\n"
)


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.text(_CHARACTERS, max_size=10), max_size=4))
def test_every_text_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    entities = {"\n": "&#10;", "\t": "&#9;"}
    records = "".join(f"<i a={quoteattr(text, entities)}>{escape(text)}</i>" for text in texts)
    found = read(tmp_path_factory.mktemp("xml"), f"<l>{records}</l>", "/l/i", ".", "@a", "string()")
    assert found.rows == [(text, text, text) for text in texts]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ('<?xml version="1.0" encoding="ISO-8859-1"?><l><i>\xe9</i></l>'.encode("latin-1"), "utf-8"),
        ("<l><i>\xe9</i></l>".encode("latin-1"), "latin-1"),
        ("<l><i>\xe9</i></l>".encode("utf-16"), "utf-8"),
        ("\ufeff<l><i>\xe9</i></l>".encode(), "utf-8"),
    ],
)
def test_an_encoding_is_decoded(tmp_path: Path, data: bytes, encoding: str) -> None:
    assert read(tmp_path, data, "/l/i", ".", encoding=encoding).values == ["\xe9"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "declaration",
    [
        f'<!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]><l><i>&l11;</i></l>',
        '<!DOCTYPE l [<!ENTITY x SYSTEM "secret.txt">]><l><i>&x;</i></l>',
        '<!DOCTYPE l [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><l><i>a</i></l>',
        '<!DOCTYPE l [<!ENTITY x "fine">]><l><i>a</i></l>',
        '<!DOCTYPE l SYSTEM "l.dtd"><l><i>&ouml;</i></l>',
    ],
)
@pytest.mark.parametrize("iterator", ["/l/i", "/l/i[1]"])
def test_entities_are_refused(tmp_path: Path, declaration: str, iterator: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "l.dtd").write_text('<!ENTITY ouml "o">')
    with pytest.raises(SourceError, match=r"data\.xml: .*entities.*\[KG228\]"):
        read(tmp_path, declaration, iterator, ".")


def test_a_laugh_in_an_attribute_of_the_root_is_refused(tmp_path: Path) -> None:
    text = f'<!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]><l a="&l11;"><i>a</i></l>'
    with pytest.raises(SourceError, match=r"\[KG228\]"):
        read(tmp_path, text, "/l/i", ".")


def test_a_document_type_without_entities_is_read(tmp_path: Path) -> None:
    text = '<!DOCTYPE l SYSTEM "none.dtd" [<!ELEMENT l (i)>]><l><i>&lt;&#233;</i></l>'
    assert read(tmp_path, text, "/l/i", ".").values == ["<\xe9"]


@pytest.mark.parametrize(
    "text", ["", "no", "<l><i>a</i>", "<l><i>a</l>", "<l/><l/>", "<l>\x01</l>", "<l>" * 300 + "</l>" * 300]
)
@pytest.mark.parametrize("iterator", ["/l/i", "/l/i[1]"])
def test_a_broken_document_is_told(tmp_path: Path, text: str, iterator: str) -> None:
    with pytest.raises(SourceError, match=r"data\.xml: the file cannot be read as XML: .*\[KG221\]"):
        read(tmp_path, text, iterator, "@a")


def test_what_is_read_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a long document is read, no more of it is held than a part and its record."""
    held: list[int] = []
    forget = xml_stream._forget

    def counted(root: Any, pattern: Pattern) -> None:
        forget(root, pattern)
        held.append(len(list(root.iter())))

    monkeypatch.setattr(xml_stream, "_forget", counted)
    monkeypatch.setattr(xml_stream, "_CHUNK", 1000)
    group = "<g><x><y>z</y></x><i>1</i><i>2</i></g>"
    for iterator, count in (("/l/g/i", 4000), ("//i", 4000), ("//none", 0)):
        held.clear()
        assert len(read(tmp_path, f"<l>{group * 2000}<log>{'<e/>' * 9000}</log></l>", iterator, ".").rows) == count
        assert len(held) > 50
        assert max(held) < 100


def test_files_are_one_source(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text("<l><i>1</i></l>")
    (tmp_path / "2.xml").write_text("<l><i>2</i><i>3</i></l>")
    assert opened(file_source(Formulation.XML, tmp_path / "*.xml", "/l/i"), ["."]).values == ["1", "2", "3"]
