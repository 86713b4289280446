"""RDF from strangers: what is read, and what would fetch or grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.serving.messages import Problem
from kg.serving.untrusted import parse
from tests.serving import listening
from tests.shared import ROOT

BASE = "http://here/g"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/"'


def xml(declared: str = "", text: str = "&e;") -> bytes:
    return f'<?xml version="1.0"?>\n{declared}\n<rdf:RDF {RDF}><rdf:Description rdf:about="a"><x:p>{text}</x:p></rdf:Description></rdf:RDF>'.encode()


def read(data: bytes | str, media: str) -> set[str]:
    found = parse(data.encode() if isinstance(data, str) else data, media, BASE)
    return set(found.decode().splitlines())


def problem(data: bytes | str, media: str) -> Problem:
    with pytest.raises(Problem) as caught:
        read(data, media)
    return caught.value


@pytest.mark.parametrize(
    ("media", "data"),
    [
        ("text/turtle", "<a> <http://x/p> 'v' ."),
        ("text/n3", "<a> <http://x/p> 'v' ."),
        ("application/n-triples", '<http://here/a> <http://x/p> "v" .'),
        ("text/plain", '<http://here/a> <http://x/p> "v" .'),
        ("application/ld+json", '{"@id": "a", "http://x/p": "v"}'),
        ("application/rdf+xml", xml(text="v")),
    ],
)
def test_each_syntax_and_the_base(media: str, data: bytes | str) -> None:
    assert read(data, media) == {'<http://here/a> <http://x/p> "v" .'}


def test_what_is_not_read() -> None:
    assert problem("", "").status == 415
    assert problem("", "text/html").status == 415
    assert problem("", "application/trig").status == 415
    assert problem("", "application/n-quads").status == 415
    for media in ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"):
        assert problem("{ no RDF", media).status == 400
        assert problem(b"\xff\xfe\x00", media).status == 400


def test_a_document_of_several_graphs_is_no_graph() -> None:
    assert problem('{"@id": "g", "@graph": [{"@id": "a", "http://x/p": "v"}]}', "application/ld+json").status == 400
    assert problem("{ <a> <b> <c> } <http://x/p> 1 .", "text/n3").status == 400


def test_blank_nodes_of_two_documents_stay_two() -> None:
    data = "_:b <http://x/p> 1 ."
    assert len(read(data, "text/turtle") | read(data, "text/turtle")) == 2
    assert len({line.partition(" ")[0] for line in read("_:b <http://x/p> 1, 2 .", "text/turtle")}) == 1


# XML


@pytest.mark.parametrize(
    "entity", ['<!ENTITY e "http://x/a#">', '<!ENTITY  e  "http://x/a#" >', '<!ENTITY o "">\n<!ENTITY e "http://x/a#">']
)
def test_an_entity_for_a_plain_text(entity: str) -> None:
    assert read(xml(f"<!DOCTYPE rdf:RDF [ {entity} ]>"), "application/rdf+xml") == {
        '<http://here/a> <http://x/p> "http://x/a#" .'
    }


_LAUGHS = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))
_LEADING = {
    "another entity": '[ <!ENTITY a "ha"> <!ENTITY e "&a;&a;"> ]',
    "billion laughs": f'[ <!ENTITY e0 "ha"> {_LAUGHS} <!ENTITY e "&e9;"> ]',
    "a character by number": '[ <!ENTITY e "&#38;e;"> ]',
    "itself": '[ <!ENTITY e "&e;"> ]',
    "long": f'[ <!ENTITY e "{"a" * 100_000}"> ]',
    "markup": '[ <!ENTITY e "<x:q/>"> ]',
    "a file": '[ <!ENTITY e SYSTEM "file:///etc/passwd"> ]',
    "an address": '[ <!ENTITY e SYSTEM "URL"> ]',
    "public": '[ <!ENTITY e PUBLIC "x" "URL"> ]',
    "of the declaration": '[ <!ENTITY % d SYSTEM "URL"> %d; ]',
    "unparsed": '[ <!ENTITY e SYSTEM "URL" NDATA gif> ]',
    "declared elsewhere": 'SYSTEM "URL"',
    "declared by name": 'PUBLIC "x" "URL"',
}


@pytest.mark.parametrize("declared", _LEADING.values(), ids=_LEADING)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_entity_that_leads_elsewhere(declared: str, coding: str) -> None:
    with listening() as listener:
        text = xml(f"<!DOCTYPE rdf:RDF {declared.replace('URL', listener.url)}>").decode()
        found = problem(text.encode(coding), "application/rdf+xml")
        assert (found.status, len(found.what) < 300) == (400, True)
        assert listener.calls == []


def test_an_entity_is_not_hidden_by_another_coding() -> None:
    text = xml('<!DOCTYPE rdf:RDF [ <!ENTITY a "ha"> <!ENTITY e "&a;&a;"> ]>').decode()
    for coding in ("utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"):
        assert problem(text.encode(coding), "application/rdf+xml").status == 400


def test_a_document_in_utf_16() -> None:
    data = xml(text="é").decode().replace("?>", ' encoding="UTF-16"?>').encode("utf-16")
    assert read(data, "application/rdf+xml") == {'<http://here/a> <http://x/p> "é" .'}


# JSON-LD


@pytest.mark.parametrize(
    "document",
    [
        '{"@context": "URL", "@id": "a", "p": "v"}',
        '{"@context": ["URL", {}], "@id": "a", "p": "v"}',
        '{"@context": {"@import": "URL"}, "@id": "a", "p": "v"}',
        '{"@context": {"p": {"@id": "http://x/p", "@context": "URL"}}, "@id": "a", "p": {"q": "v"}}',
    ],
)
def test_a_context_is_not_fetched(document: str) -> None:
    with listening() as listener:
        assert problem(document.replace("URL", listener.url), "application/ld+json").status == 400
        assert listener.calls == []


# Depth

# Elements of RDF/XML take the parser of Oxigraph (0.5) a time that grows squared, which the limit of the worker ends.
_DEPTH = {"elements": 3000}
_DEEP = {
    "lists": ("text/turtle", "<a> <http://x/p> ", "(", ")", " ."),
    "blank nodes": ("text/turtle", "<a> <http://x/p> ", "[ <http://x/p> ", "]", " ."),
    "formulas": ("text/n3", "<a> <http://x/p> ", "{ <b> <http://x/p> ", "}", " ."),
    "paths": ("text/n3", "<a> ", "<http://x/p>!", "", "<b> <c> ."),
    "triples": ("text/turtle", "<a> <http://x/p> ", "<<( <b> <http://x/p> ", " <c> )>>", " ."),
    "arrays": ("application/ld+json", '{"@id": "a", "http://x/p": ', "[", "]", "}"),
    "JSON lists": ("application/ld+json", '{"@id": "a", "http://x/p": ', '{"@list": [', "]}", "}"),
    "objects": ("application/ld+json", '{"@id": "a", "http://x/p": ', '{"http://x/p": ', "}", "}"),
    "contexts": ("application/ld+json", '{"@context": ', '{"p": {"@id": "x:p", "@context": ', "}}", "}"),
    "elements": ("application/rdf+xml", f"<rdf:RDF {RDF}>", "<x:C><x:p>", "</x:p></x:C>", "</rdf:RDF>"),
    "literals": (
        "application/rdf+xml",
        f'<rdf:RDF {RDF}><x:C><x:p rdf:parseType="Literal">',
        "<a>",
        "</a>",
        "</x:p></x:C></rdf:RDF>",
    ),
}
_CHILD = """
import sys
from pathlib import Path
from kg.serving.messages import Problem
from kg.serving.untrusted import parse
try:
    parse(Path(sys.argv[1]).read_bytes(), sys.argv[2], "http://here/g")
except Problem as problem:
    raise SystemExit(0 if problem.status == 400 else 1)
"""


@pytest.mark.parametrize("name", _DEEP)
def test_depth_breaks_nothing(name: str, tmp_path: Path) -> None:
    media, before, opened, closed, after = _DEEP[name]
    path = tmp_path / "deep"
    depth = _DEPTH.get(name, 100_000)
    path.write_text(f"{before}{opened * depth}{'<c>' if media.startswith('text') else ''}{closed * depth}{after}")
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, path, media], check=False, cwd=ROOT, timeout=60, capture_output=True
    )
    assert child.returncode == 0, child.stderr[-2000:]


def test_what_is_read_is_what_was_meant() -> None:
    text = '"a\\"b\\nc\\rd\\te\\\\f"'
    found = parse(f"<a> <http://x/p> {text} .".encode(), "text/turtle", BASE)
    (quad,) = ox.parse(found, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    assert quad.object.value == 'a"b\nc\rd\te\\f'
