"""Strangers come as clients that are slow, that do not read, that say nothing, or that are many."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest

from tests.e2e.attacks.conftest import QUERY, ROWS, counted
from tests.serving import Server


def dribbled(server: Server, start: bytes, seconds: float) -> float:
    """Send a request's start, then a byte a second; return after how many seconds the server hangs up, at most `seconds`."""
    begun = time.monotonic()
    with server.connect() as connection, contextlib.suppress(OSError):
        connection.sendall(start)
        connection.settimeout(1)
        while time.monotonic() - begun < seconds:
            try:
                if not connection.recv(65536):
                    break
            except TimeoutError:
                connection.sendall(b"a")
    return time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["headers", "body", "nothing"])
def test_clients_that_dribble_are_dropped(site: Server, phase: str) -> None:
    head = f"POST {site.query} HTTP/1.1\r\nHost: {site.host}\r\n"
    start = {
        "headers": f"{head}X: ",
        "body": f"{head}Content-Type: {QUERY['Content-Type']}\r\nContent-Length: 100000\r\n\r\nASK {{}} #",
        "nothing": "",
    }[phase].encode()
    with ThreadPoolExecutor(100) as pool:
        lasted = [pool.submit(dribbled, site, start, 120) for _ in range(100)]
        while not all(each.done() for each in lasted):
            started = time.monotonic()
            assert counted(site) > 0
            assert time.monotonic() - started < 3, "the slow ones are in the way"
            time.sleep(1)
        assert max(each.result() for each in lasted) < 100


@pytest.mark.slow
def test_clients_that_do_not_read_are_dropped(site: Server) -> None:
    query = f"SELECT * {{ ?a ?b ?c . ?d ?e ?f BIND('{'x' * 10_000}' AS ?t) }}"
    target = f"{site.query}?{urlencode({'query': query})}"
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(40):
            connection = socket.socket(socket.AF_INET)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            address = urlsplit(site.url)
            connection.connect((address.hostname, address.port))
            connections.append(stack.enter_context(connection))
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
        end = time.monotonic() + 60
        while time.monotonic() < end:
            started = time.monotonic()
            assert counted(site) > 0
            assert time.monotonic() - started < 5, "those who do not read are in the way"
            time.sleep(2)
        # What was on its way is read, and then the end comes: not the whole answer of ten megabytes.
        for connection in connections:
            connection.settimeout(5)
            size = 0
            with contextlib.suppress(ConnectionError):
                while part := connection.recv(65536):
                    size += len(part)
            assert size < ROWS * 10_000


@pytest.mark.slow
def test_many_clients_are_answered_or_told_to_wait(site: Server) -> None:
    def asked(number: int) -> int:
        try:
            answer = site.select(f"SELECT ({number} AS ?n) {{}}")
        except (ConnectionError, http.client.RemoteDisconnected):
            return 503
        if answer.status == 200:
            assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == str(number)
        return answer.status

    with ThreadPoolExecutor(300) as pool:
        statuses = list(pool.map(asked, range(3000)))
    assert set(statuses) <= {200, 429, 503}
    assert statuses.count(200) > 1500


@pytest.mark.slow
def test_connections_that_say_nothing_leave_room(site: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(site.connect())
        started = time.monotonic()
        assert counted(site) > 0
        assert time.monotonic() - started < 3
