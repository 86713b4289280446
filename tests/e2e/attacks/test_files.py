"""A stranger uploads RDF that is a trap: entities that swell, parts and contexts to be fetched, nesting without end, bytes that are no text."""

from __future__ import annotations

import pytest

from tests.e2e.attacks.conftest import BEARER, refused
from tests.serving import Listener, Server

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 20}">' for before, after in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:x"><p xmlns="urn:">&k;</p></rdf:Description></rdf:RDF>'
)


def doctype(inside: str, value: str = "&e;") -> str:
    return f'<?xml version="1.0"?><!DOCTYPE r {inside}><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:x"><p xmlns="urn:">{value}</p></rdf:Description></rdf:RDF>'


TRAPS: dict[str, tuple[str, str | bytes]] = {
    "billion laughs": ("application/rdf+xml", LAUGHS),
    "billion laughs in utf-16": (
        "application/rdf+xml",
        LAUGHS.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
    ),
    "billion laughs in utf-16 without a mark": (
        "application/rdf+xml",
        LAUGHS.replace("?>", ' encoding="utf-16le"?>', 1).encode("utf-16le"),
    ),
    "laughs in single quotes": ("application/rdf+xml", LAUGHS.replace('"', "'")),
    "quadratic": ("application/rdf+xml", doctype(f'[<!ENTITY e "{"x" * 100_000}">]', "&e;" * 30_000)),
    "external entity": ("application/rdf+xml", doctype('[<!ENTITY e SYSTEM "file:///etc/passwd">]')),
    "external entity of the web": ("application/rdf+xml", doctype('[<!ENTITY e SYSTEM "URL">]')),
    "parameter entity": ("application/rdf+xml", doctype('[<!ENTITY % e SYSTEM "URL"> %e;]', "x")),
    "external document type": ("application/rdf+xml", doctype('SYSTEM "URL" [<!ENTITY e "x">]')),
    "public document type": ("application/rdf+xml", doctype('PUBLIC "x" "URL"', "&e;")),
    "xinclude": (
        "application/rdf+xml",
        doctype(
            "", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        ).replace("<!DOCTYPE r >", ""),
    ),
    "context of the web": ("application/ld+json", '{"@context": "URL", "@id": "urn:x", "name": "x"}'),
    "context of a file": ("application/ld+json", '{"@context": "file:///etc/passwd", "@id": "urn:x", "name": "x"}'),
    "context within a list": ("application/ld+json", '{"@context": [{"p": "urn:p"}, "URL"], "@id": "urn:x", "p": "x"}'),
    "context within a term": (
        "application/ld+json",
        '{"@context": {"p": {"@id": "urn:p", "@context": "URL"}}, "@id": "urn:x", "p": {"q": 1}}',
    ),
    "import": ("application/ld+json", '{"@context": {"@version": 1.1, "@import": "URL"}, "@id": "urn:x", "p": "x"}'),
    "deep array": ("application/ld+json", "[" * 200_000 + "]" * 200_000),
    "deep object": ("application/ld+json", '{"urn:p":' * 100_000 + "1" + "}" * 100_000),
    "deep list of json": (
        "application/ld+json",
        '{"@id":"urn:x","urn:p":' + '{"@list":[' * 50_000 + "1" + "]}" * 50_000 + "}",
    ),
    "deep list": ("text/turtle", "<urn:x> <urn:p> " + "(" * 100_000 + ")" * 100_000 + " ."),
    "deep blank nodes": ("text/turtle", "<urn:x> <urn:p> " + "[ <urn:p> " * 100_000 + "1" + "]" * 100_000 + " ."),
    "deep triple terms": (
        "text/turtle",
        "<urn:x> <urn:p> " + "<<( <urn:x> <urn:p> " * 50_000 + "1" + " )>>" * 50_000 + " .",
    ),
    "deep triple terms in a line": (
        "application/n-triples",
        "<urn:x> <urn:p> " + "<<( <urn:x> <urn:p> " * 50_000 + "<urn:o>" + " )>>" * 50_000 + " .",
    ),
    "deep elements": (
        "application/rdf+xml",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
        + "<u:a><u:p>" * 50_000
        + "</u:p></u:a>" * 50_000
        + "</rdf:RDF>",
    ),
    "open text": ("text/turtle", '<urn:x> <urn:p> """' + "x" * 5_000_000),
    "base of a file": ("text/turtle", "@base <file:///etc/passwd> . <urn:x> <urn:p> <#y> <"),
    "no utf-8": ("text/turtle", b'<urn:x> <urn:p> "\xff\xfe" .'),
    "nul": ("text/turtle", "<urn:x\x00> <urn:p> 1 ."),
    "quads": ("application/n-quads", "<urn:x> <urn:p> <urn:o> <urn:other> ."),
    "unknown": ("application/x-unknown", "x"),
    "parts without a boundary": ("multipart/form-data", "x"),
    "parts without end": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/turtle\r\n\r\n<urn:a> ',
    ),
    "many parts": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/x\r\n\r\n\r\n' * 30_000 + "--x--",
    ),
    "part with a trap": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"; filename="../../etc/x"\r\nContent-Type: application/rdf+xml\r\n\r\n'
        + LAUGHS
        + "\r\n--x--\r\n",
    ),
}
# Deep, but nothing is wrong with them: a parser that bears them may take them.
MAY_PASS = (
    "deep array",
    "deep object",
    "deep list of json",
    "deep list",
    "deep blank nodes",
    "deep elements",
    "quadratic",
    "deep triple terms",
    "deep triple terms in a line",
    "xinclude",
)


@pytest.mark.parametrize("name", TRAPS)
def test_a_file_that_is_a_trap_is_refused(store: Server, listener: Listener, name: str) -> None:
    media, content = TRAPS[name]
    body = content.replace("URL", f"{listener.url}x") if isinstance(content, str) else content
    trap = f"{store.store}?graph=urn:trap"
    answer = store.ask(
        trap, "PUT" if not media.startswith("multipart") else "POST", body, {"Content-Type": media} | BEARER
    )
    assert "root:" not in answer.text
    if answer.status in (200, 201, 204):
        assert name in MAY_PASS
        found = store.ask(trap, headers={"Accept": "application/n-triples"})
        assert "root:" not in found.text
        assert store.ask(trap, "DELETE", None, BEARER).status in (200, 204)
    else:
        refused(answer, 400, 413, 415, 503)
        assert store.ask(trap).status == 404, "a part of it was stored"
