"""What is sent to a store: nothing that means something else when it breaks off."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from kg.pushing.content import Chunk
from kg.pushing.credentials import Credentials
from kg.pushing.http import Answer, Client, Part, Request
from kg.pushing.probe import Store
from kg.pushing.profiles import PROFILES
from kg.pushing.remote import Remote

GRAPH = "https://g.example/graph"
LINES = b"<urn:s> <urn:p> <urn:o> .\n<urn:s> <urn:p> <urn:q> .\n"


class _Told(Client):
    """A client that notes what it is to send."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1", Credentials())
        self.requests: list[Request] = []

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        return Answer(200)


def remote(folder: Path, kind: str, *, compress: bool = False) -> tuple[Remote, list[Request]]:
    client = _Told()
    root = "http://127.0.0.1"
    found = Store(PROFILES[kind], root, f"{root}/query", f"{root}/update", f"{root}/data", "a test")
    return Remote(client, found, folder, compress=compress), client.requests


@pytest.mark.parametrize(("removed", "added"), [(LINES, LINES), (LINES, b""), (b"", LINES)])
def test_no_part_of_an_update_is_an_update_where_the_store_takes_a_cut_for_the_end(
    tmp_path: Path, removed: bytes, added: bytes
) -> None:
    to, sent = remote(tmp_path, "fuseki")
    to.change(GRAPH, removed, added)
    (body,) = (request.body for request in sent)
    assert isinstance(body, bytes)
    ox.Store().update(body.decode())
    for end in range(1, len(body)):
        with pytest.raises(SyntaxError):
            ox.Store().update(body[:end].decode())


def test_the_swap_is_in_the_address_where_the_store_takes_a_cut_for_the_end(tmp_path: Path) -> None:
    to, sent = remote(tmp_path, "fuseki")
    to.move("urn:staging", GRAPH)
    (request,) = sent
    assert request.body == b""
    (text,) = parse_qs(urlsplit(request.url).query)["update"]
    ox.Store().update(text)
    assert "<urn:staging>" in text
    assert not request.twice


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("kind", ["fuseki", "oxigraph"])
def test_an_upload_ends_in_a_mark_where_the_store_takes_a_cut_for_the_end(
    tmp_path: Path, kind: str, compress: bool
) -> None:
    lines = tmp_path / "lines.nt"
    lines.write_bytes(LINES)
    to, sent = remote(tmp_path, kind, compress=compress)
    to.add(GRAPH, lines, Chunk(0, len(LINES), 2, ""), staging=False)
    (request,) = sent
    assert isinstance(request.body, Part)
    body = b"".join(request.body.blocks())
    assert len(body) == len(request.body)
    if kind == "oxigraph":
        assert (body == LINES) != compress
        return
    boundary = request.headers["Content-Type"].partition("boundary=")[2]
    assert boundary
    assert body.endswith(f"\r\n--{boundary}--\r\n".encode())
    assert body.startswith(f"--{boundary}\r\n".encode())
    assert (LINES in body) != compress
