"""The client of stores: lengths, retries, waits, credentials, redirects."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import PushError
from kg.pushing.credentials import Authorizer, Credentials, credentials_for
from kg.pushing.http import Client, Part, Request

NOBODY, PERSON, TOKEN = Credentials(), Credentials("me", "secret"), Credentials("", "", "secret")


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: list[tuple[int, dict[str, str]]]
    seen: list[tuple[str, dict[str, str], bytes]]

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.seen.append((self.path, headers, body))
        status, fields = self.script.pop(0) if self.script else (200, {})
        self.send_response(status)
        for name, value in ({"Content-Length": "2"} | fields).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = _answer  # noqa: N815 - the names that the library calls

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def answering(*script: tuple[int, dict[str, str]]) -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    handler = type("Handler", (_Handler,), {"script": list(script), "seen": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", handler.seen  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def client(url: str, credentials: Credentials = NOBODY, patience: int = 3) -> tuple[Client, list[float]]:
    waits: list[float] = []
    return Client(url, credentials, patience=patience, sleep=waits.append), waits


def test_a_part_of_a_file_is_sent_with_its_length_on_one_connection(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"0123456789" * 100_000)
    with answering() as (url, seen):
        caller, _ = client(url)
        for start in (5, 15):
            assert caller.send(Request("POST", url, body=Part(file, start, 500_000))).ok
        caller.close()
    assert [len(body) for _, _, body in seen] == [500_000, 500_000]
    assert all(headers["content-length"] == "500000" and "transfer-encoding" not in headers for _, headers, _ in seen)


def test_what_goes_before_and_after_a_part_is_counted_and_sent(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"0123456789")
    with answering() as (url, seen):
        caller, _ = client(url)
        assert caller.send(Request("POST", url, body=Part(file, 2, 3, b"<", b">>"))).ok
        caller.close()
    assert seen[0][2] == b"<234>>"


def test_a_success_that_comes_before_the_end_of_the_body_is_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    # More than the buffers of two sockets hold.
    file.write_bytes(bytes(100_000_000))
    with socket.create_server(("127.0.0.1", 0)) as place:

        def answer() -> None:
            near, _ = place.accept()
            with near:
                near.recv(1000)
                near.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
                near.shutdown(socket.SHUT_RD)

        thread = threading.Thread(target=answer)
        thread.start()
        caller, _ = client(f"http://127.0.0.1:{place.getsockname()[1]}/", patience=0)
        with pytest.raises(PushError, match="KG620"):
            caller.send(Request("POST", caller.url, body=Part(file, 0, 100_000_000)))
        thread.join()
        caller.close()


def test_it_waits_as_long_as_the_server_says_and_else_doubles() -> None:
    with answering((429, {"Retry-After": "7"}), (503, {}), (500, {})) as (url, seen):
        caller, waits = client(url)
        assert caller.send(Request("POST", url, body=b"x")).status == 200
        caller.close()
    assert waits == [7.0, 1.0, 2.0]
    assert caller.retries == 3
    assert len(seen) == 4


@pytest.mark.parametrize("status", [400, 409, 501, 507])
def test_what_does_not_pass_is_not_tried_again(status: int) -> None:
    with answering((status, {})) as (url, seen):
        caller, waits = client(url)
        assert caller.send(Request("POST", url, body=b"x")).status == status
        caller.close()
    assert (waits, len(seen)) == ([], 1)


def test_what_may_not_be_sent_twice_is_not() -> None:
    with answering((503, {})) as (url, seen):
        caller, waits = client(url)
        assert caller.send(Request("POST", url, body=b"x", twice=False)).status == 503
        caller.close()
    assert (waits, len(seen)) == ([], 1)


def test_a_redirect_to_another_host_is_refused_and_one_at_home_followed() -> None:
    with (
        answering() as (elsewhere, reached),
        answering((307, {"Location": "/there"}), (200, {}), (307, {"Location": elsewhere})) as (url, seen),
    ):
        caller, _ = client(url, TOKEN)
        assert caller.send(Request("POST", url, body=b"x")).ok
        with pytest.raises(PushError, match="KG628") as caught:
            caller.send(Request("POST", url, body=b"x"))
        caller.close()
    assert [path for path, _, _ in seen] == ["/", "/there", "/"]
    assert not reached
    assert "secret" not in str(caught.value)


def test_a_password_goes_only_to_a_server_that_asks() -> None:
    with answering((200, {}), (401, {"WWW-Authenticate": 'Basic realm="x"'})) as (url, seen):
        caller, _ = client(url, PERSON)
        assert caller.send(Request("GET", url)).ok
        assert caller.send(Request("GET", url)).ok
        caller.close()
    assert [("authorization" in headers) for _, headers, _ in seen] == [False, False, True]
    assert seen[2][1]["authorization"] == "Basic " + base64.b64encode(b"me:secret").decode()


def test_a_wrong_password_is_sent_once() -> None:
    challenge = (401, {"WWW-Authenticate": 'Basic realm="x"'})
    with answering(challenge, challenge, challenge) as (url, seen):
        caller, _ = client(url, PERSON)
        assert caller.send(Request("GET", url)).status == 401
        caller.close()
    assert len(seen) == 2


def test_a_server_that_gives_out_new_nonces_without_end_is_not_asked_without_end() -> None:
    answers = [(401, {"WWW-Authenticate": f'Digest realm="x", qop="auth", nonce="{number}"'}) for number in range(9)]
    with answering(*answers) as (url, seen):
        caller, _ = client(url, PERSON)
        assert caller.send(Request("GET", url)).status == 401
        caller.close()
    assert len(seen) == 3


@pytest.mark.parametrize(("algorithm", "make"), [("MD5", hashlib.md5), ("SHA-256", hashlib.sha256)])
def test_digest_is_that_of_the_standard(algorithm: str, make: type) -> None:
    # The example of RFC 7616, section 3.9.1, but for the cnonce, which is drawn.
    person = Authorizer(Credentials("Mufasa", "Circle of Life"))
    nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    challenge = f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, nonce="{nonce}", opaque="o"'
    assert person.learn([challenge])
    header = person.header("GET", "/dir/index.html") or ""
    fields = dict(re.findall(r'(\w+)="?([^",]*)"?', header))
    one = make(b"Mufasa:http-auth@example.org:Circle of Life").hexdigest()
    two = make(b"GET:/dir/index.html").hexdigest()
    expected = make(f"{one}:{nonce}:00000001:{fields['cnonce']}:auth:{two}".encode()).hexdigest()
    assert fields["response"] == expected
    assert (fields["nc"], fields["qop"], fields["opaque"]) == ("00000001", "auth", "o")


def test_credentials_come_from_the_environment_or_netrc_and_do_not_show(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("KG_PUSH_TOKEN", "KG_PUSH_USER", "KG_PUSH_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "netrc"
    file.write_text("machine store.example login me password secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    found = credentials_for("https://store.example/x")
    assert (found.user, found.password, found.origin) == ("me", "secret", "netrc")
    assert "secret" not in repr(found)
    assert not credentials_for("https://other.example/").known
    file.write_text("machine store.example password secret nonsense\n")
    with pytest.raises(PushError, match="KG634") as caught:
        credentials_for("https://store.example/x")
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("KG_PUSH_TOKEN", "t")
    assert credentials_for("https://store.example/x") == Credentials("", "", "t", "KG_PUSH_TOKEN")
