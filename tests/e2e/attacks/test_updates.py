"""A stranger writes without the right to: by another way, without the token, from a page of another site, under a name that now means this machine."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.e2e.attacks.conftest import BEARER, CLEAR, FORM, QUERY, TOKEN, UPDATE, refused
from tests.serving import Answer, Server

WRITES: dict[str, Callable[[Server, dict[str, str]], Answer]] = {
    "get": lambda server, more: server.ask(f"{server.update}?{urlencode({'update': CLEAR})}", headers=more),
    "head": lambda server, more: server.ask(f"{server.update}?{urlencode({'update': CLEAR})}", "HEAD", headers=more),
    "get as query": lambda server, more: server.select(CLEAR, more),
    "method override": lambda server, more: server.ask(
        f"{server.update}?{urlencode({'update': CLEAR, '_method': 'POST'})}",
        headers={"X-HTTP-Method-Override": "POST"} | more,
    ),
    "post in the address": lambda server, more: server.ask(
        f"{server.update}?{urlencode({'update': CLEAR})}", "POST", b"", more
    ),
    "direct query": lambda server, more: server.ask(server.query, "POST", CLEAR, QUERY | more),
    "form query": lambda server, more: server.ask(server.query, "POST", urlencode({"query": CLEAR}), FORM | more),
}


@pytest.mark.parametrize("name", WRITES)
def test_an_update_is_none_by_another_way(store: Server, name: str) -> None:
    for more in ({}, BEARER):
        assert 400 <= WRITES[name](store, dict(more)).status < 500


@pytest.mark.parametrize("name", ["direct", "form", "store put", "store post", "store delete", "store patch"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"bearer\t{TOKEN},{TOKEN}"},
        {"Cookie": f"token={TOKEN}"},
        {"X-Authorization": f"Bearer {TOKEN}"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_without_the_token_nothing_is_written(store: Server, name: str, more: dict[str, str]) -> None:
    turtle = {"Content-Type": "text/turtle"}
    sent = {
        "direct": lambda: store.change(CLEAR, more),
        "form": lambda: store.ask(store.update, "POST", urlencode({"update": CLEAR}), FORM | more),
        "store put": lambda: store.ask(f"{store.store}?default", "PUT", b"", turtle | more),
        "store post": lambda: store.ask(f"{store.store}?default", "POST", b"<urn:a> <urn:b> 1 .", turtle | more),
        "store delete": lambda: store.ask(f"{store.store}?default", "DELETE", None, more),
        "store patch": lambda: store.ask(f"{store.store}?default", "PATCH", CLEAR, UPDATE | more),
    }
    answer = sent[name]()
    refused(answer, *((401, 403, 405, 415) if name == "store patch" else (401, 403)))
    if answer.status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_server_for_reading_takes_no_update(site: Server) -> None:
    for more in ({}, BEARER):
        refused(site.change(CLEAR, more), 403, 405)
        refused(site.ask(site.update, "POST", urlencode({"update": CLEAR}), FORM | more), 403, 405)
        refused(site.ask(f"{site.store}?default", "PUT", b"", {"Content-Type": "text/turtle"} | more), 403, 405)
        refused(site.ask(f"{site.store}?default", "DELETE", None, more), 403, 405)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/form", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_writes_nothing(anyones: Server, headers: dict[str, str]) -> None:
    # A browser sends these for any page that its user visits, without asking; who started the server did not mean them.
    refused(anyones.ask(anyones.update, "POST", urlencode({"update": CLEAR}), FORM | headers), 403)
    boundary = {"Content-Type": "multipart/form-data; boundary=x"} | headers
    part = '--x\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\nContent-Type: text/turtle\r\n\r\n<urn:a> <urn:b> 1 .\r\n--x--\r\n'
    refused(anyones.ask(f"{anyones.store}?default", "POST", part, boundary), 403)


def test_a_name_that_now_means_this_machine_writes_nothing(anyones: Server) -> None:
    # DNS rebinding: the page's own host, and so its own origin, has become 127.0.0.1.
    lines = ["POST /sparql HTTP/1.1", "Host: evil.example:80", "Origin: http://evil.example:80"]
    lines += [
        f"Content-Type: {UPDATE['Content-Type']}",
        f"Content-Length: {len(CLEAR)}",
        "Connection: close",
        "",
        CLEAR,
    ]
    assert anyones.raw("\r\n".join(lines).encode()).split()[1] in (b"421", b"403")
