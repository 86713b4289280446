"""HTTP over real sockets: what is answered, in which order, what is refused, and how long a client is waited for."""

from __future__ import annotations

import http.client
import json
import socket
import struct
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

import kg.serving.http
from kg.serving.cache import Repeats
from kg.serving.headers import EVERYWHERE
from tests.unit.serving.wire import LAST, LOOPS, PIECE, Site, get, post, replies, rest, serving, until

_SHORT = 0.3


@pytest.fixture(params=[*LOOPS, "later"])
def loop(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(loop: str) -> Iterator[Site]:
    with serving(loop) as found:
        yield found
        assert found.failures == []


def chunked(*parts: bytes, end: bytes = b"0\r\n\r\n", headers: tuple[str, ...] = ()) -> bytes:
    head = get("/echo", "Transfer-Encoding: chunked", *headers, method="POST")
    return head + b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def refused(site: Site, *parts: bytes) -> int:
    """Return the status of a request after which the connection is closed, and which no handler saw."""
    found = site.ask(*parts)
    assert len(found) == 1, found
    assert found[0].headers["connection"] == "close"
    assert found[0].headers["content-type"] == "application/problem+json"
    assert {name: found[0].headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert site.asked == []
    return found[0].status


# Requests that come one after the other


def test_a_connection_is_kept(site: Site) -> None:
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    for number in range(3):
        client.request("GET", f"/echo?{number}", headers={"X-A": "b"})
        response = client.getresponse()
        assert f'"query": "{number}"'.encode() in response.read()
    client.close()
    assert until(lambda: len(site.told) == 3)
    assert until(lambda: not site.connections.open)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_requests_sent_ahead_are_answered_in_their_order(site: Site, size: int) -> None:
    sent = (
        b"".join(get(f"/slow?{0.05 / (number + 1)}", f"X-N: {number}") for number in range(3))
        + post(b"first body")
        + chunked(b"second ", b"body")
        + get("/echo?last", "X-Last: yes", LAST)
    )
    parts = [sent[start : start + size] for start in range(0, len(sent), size)]
    found = site.ask(*parts)
    told = [reply.told for reply in found]
    assert [each["headers"].get("x-n") for each in told] == ["0", "1", "2", None, None, None]
    assert [each["body"] for each in told] == ["", "", "", "first body", "second body", ""]
    assert (told[5]["query"], told[5]["headers"]) == (
        "last",
        {"host": "here", "x-last": "yes", "connection": "close"},
    )
    assert "content-length" not in told[2]["headers"], "headers of one request are not those of another"


def test_many_requests_in_one_packet(site: Site) -> None:
    found = site.ask(b"".join(get(f"/echo?{number}") for number in range(2000)) + get("/echo?end", LAST))
    assert [reply.told["query"] for reply in found] == [*map(str, range(2000)), "end"]


def test_what_is_wrong_with_a_request_sent_ahead_is_told_after_the_answer_to_the_first(site: Site) -> None:
    found = site.ask(get("/slow?0.05") + b"nonsense\r\n\r\n" + get("/echo"))
    assert [reply.status for reply in found] == [200, 400]
    assert [request.path for request in site.asked] == ["/slow"]


def test_nothing_is_read_after_the_last_request(site: Site) -> None:
    found = site.ask(post(b"x", LAST) + get("/echo?no"))
    assert [reply.status for reply in found] == [200]
    assert found[0].told["body"] == "x"
    assert len(site.asked) == 1


def test_a_body_that_comes_while_the_answer_before_goes_out(site: Site) -> None:
    with site.connect() as client:
        whole = post(b"abcdef", LAST)
        client.sendall(get("/slow?0.1") + whole[:-4])
        sleep(0.2)
        client.sendall(whole[-4:])
        assert [reply.told["body"] for reply in replies(rest(client))] == ["", "abcdef"]


def test_one_who_asks_for_another_protocol_is_answered_in_this_one(site: Site) -> None:
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    asking = post(b"body", *upgrade) + chunked(b"bo", b"dy", headers=upgrade) + get("/echo?q", *upgrade)
    for size in (1, 50, 10_000):
        parts = asking + get("/echo", LAST)
        found = site.ask(*(parts[start : start + size] for start in range(0, len(parts), size)))
        assert [reply.told["body"] for reply in found] == ["body", "body", "", ""]
        assert [reply.told["query"] for reply in found] == ["", "", "q", ""]


def test_an_old_client_that_asks_for_another_protocol(site: Site) -> None:
    raw = site.talk(get("/stream?1", "Connection: upgrade", "Upgrade: x", version="1.0"))
    assert b"transfer-encoding" not in raw
    assert raw.endswith(PIECE)


@pytest.mark.parametrize("size", [1, 20, 10_000])
def test_what_was_asked_before_has_the_answer_it_had(loop: str, size: int) -> None:
    """However it is cut, and whatever stands around it."""
    state, admitted = [1], [True]
    repeats = Repeats(1 << 20, lambda: state[0], lambda _: admitted[0])
    with serving(loop, repeats=repeats) as site:
        for _ in range(2):
            with site.connect() as client:
                for path in ("/kept?a", "/kept?b", "/kept?a", "/echo?c", "/kept?a"):
                    client.sendall(get(path))
                    assert client.recv(10_000).startswith(b"HTTP/1.1 200 ")
                sent = get("/kept?a") + post(get("/kept?a")) + get("/kept?b") + get("/kept?a", LAST)
                for start in range(0, len(sent), size):
                    client.sendall(sent[start : start + size])
                bodies = [reply.body for reply in replies(rest(client))]
                assert (bodies[0], bodies[2:]) == (b"a", [b"b", b"a"])
                assert b"/kept?a" in bodies[1], "a body is no request"
        assert until(lambda: len(site.told) == 18)
        assert len(site.asked) < 18
        before = len(site.asked)
        state[0] = 2
        site.ask(get("/kept?a"), get("/echo", LAST))
        state[0], admitted[0] = 1, False
        site.ask(get("/kept?a"), get("/echo", LAST))
        assert len(site.asked) == before + 4, "another state, or a client that may not ask now"


def test_who_is_answered_at_once_is_waited_for(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    repeats = Repeats(1 << 20, lambda: 1, lambda _: True)
    noted: list[float] = []
    with serving(loop, repeats=repeats) as site, site.connect() as client:
        monkeypatch.setattr(site.connections.linger, "answered", noted.append)
        for path in ("/echo?a", "/kept?a", "/kept?a", "/kept?a"):
            client.sendall(get(path))
            assert client.recv(10_000).startswith(b"HTTP/1.1 200 ")
        assert until(lambda: len(noted) == 1)
        client.sendall(get("/echo", LAST))
        rest(client)
    assert len(noted) == 1


def test_no_way_leads_through_this_server(site: Site) -> None:
    found = site.ask(get("there:80", method="CONNECT") + get("/echo"))
    assert [(reply.told["method"], reply.told["path"]) for reply in found] == [("CONNECT", "there:80")]


# Forms of requests and answers


def test_head_has_no_body_but_its_length(site: Site) -> None:
    found = site.ask(
        get("/big?5000", method="HEAD")
        + get("/stream?3", method="HEAD")
        + get("/sized?3", method="HEAD")
        + get("/big?3", LAST),
        methods="HEAD HEAD HEAD GET",
    )
    assert [reply.body for reply in found] == [b"", b"", b"", b"xxx"]
    assert found[0].headers["content-length"] == "5000"
    assert found[2].headers["content-length"] == str(3 * len(PIECE))


@pytest.mark.parametrize("status", [204, 304])
def test_some_answers_have_no_body(site: Site, status: int) -> None:
    found = site.ask(get(f"/status?{status}") + get("/big?2", LAST))
    assert [reply.status for reply in found] == [status, 200]
    assert "content-length" not in found[0].headers


def test_a_stream_comes_in_chunks_with_trailers(site: Site) -> None:
    raw = site.talk(get("/stream?5", LAST))
    assert raw.endswith(b"\r\n0\r\nkg-truncated: rows\r\n\r\n")
    assert replies(raw)[0].body == 5 * PIECE
    assert site.told == [("/stream", 200, 5 * len(PIECE))]
    assert site.ended == ["whole"]


def test_a_stream_of_known_length_comes_as_it_is(site: Site) -> None:
    raw = site.talk(get("/sized?3", LAST))
    assert b"transfer-encoding" not in raw
    assert raw.endswith(b"\r\n\r\n" + 3 * PIECE)


def test_an_old_client_gets_no_chunks(site: Site) -> None:
    raw = site.talk(get("/stream?3", "Connection: keep-alive", version="1.0"))
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert b"connection: close" in head
    assert body == 3 * PIECE


def test_an_old_client_needs_no_host(site: Site) -> None:
    assert [reply.status for reply in site.ask(get("/echo", version="1.0"))] == [200]


def test_a_target_may_name_its_host(site: Site) -> None:
    found = site.ask(get("http://there:80/echo?a=b", LAST))
    told = found[0].told
    assert (told["path"], told["query"], told["headers"]["host"]) == ("/echo", "a=b", "there:80")
    assert site.ask(get("http://there?q", LAST))[0].told["path"] == "/"


def test_repeated_headers_are_joined(site: Site) -> None:
    found = site.ask(get("/echo", "Accept: a/b", "ACCEPT: c/d;q=0.5", LAST))
    assert found[0].told["headers"]["accept"] == "a/b, c/d;q=0.5"


def test_a_header_of_an_answer_ends_no_line(site: Site) -> None:
    found = site.ask(get("/header", LAST))
    assert (found[0].headers["x-a"], found[0].headers["x-b"], found[0].headers["x-d"]) == (None, None, "d")


def test_a_body_in_chunks(site: Site) -> None:
    found = site.ask(chunked(b"a", b"bc" * 500, b"d", headers=(LAST,)))
    assert found[0].told["body"] == "a" + "bc" * 500 + "d"
    assert site.ask(chunked(headers=(LAST,)))[0].told["body"] == ""


def test_trailers_of_a_request_say_nothing(site: Site) -> None:
    trailers = b"0\r\nOrigin: http://evil\r\nHost: other\r\nX: y\r\n\r\n"
    found = site.ask(chunked(b"abc", end=trailers) + get("/echo", LAST))
    assert [reply.status for reply in found] == [200, 200]
    assert found[0].told["headers"] == {"host": "here", "transfer-encoding": "chunked"}


def test_a_client_that_waits_is_told_to_go_on(site: Site) -> None:
    with site.connect() as client:
        client.sendall(get("/slow?0.1"))
        for body in (b"first", b"second"):
            client.sendall(get("/echo", "Expect: 100-continue", f"Content-Length: {len(body)}", method="POST"))
            found = b""
            while not found.endswith(b"100 Continue\r\n\r\n"):
                part = client.recv(4096)
                assert part, found
                found += part
            client.sendall(body)
        client.sendall(get("/echo", LAST))
        assert [reply.status for reply in replies(rest(client))] == [200, 200]
    assert [request.body for request in site.asked] == [b"", b"first", b"second", b""]


def test_an_old_client_is_not_told_to_go_on(site: Site) -> None:
    raw = site.talk(get("/echo", "Expect: 100-continue", "Content-Length: 1", version="1.0", method="POST") + b"x")
    assert raw.startswith(b"HTTP/1.1 200 ")


# Requests that are refused

_TWICE = (
    "Host: here",
    "Content-Type: text/plain",
    "Authorization: Bearer x",
)
_BAD = {
    "no HTTP": b"nonsense\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "no version": b"GET /\r\n\r\n",
    "version 0.9": b"GET / HTTP/0.9\r\n\r\n",
    "version 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "unknown method": b"BREW / HTTP/1.1\r\nHost: here\r\n\r\n",
    "bare line ends": b"GET / HTTP/1.1\nHost: here\n\n",
    "space before a colon": get("/", "X : y"),
    "line continued": get("/", "X: y\r\n z"),
    "no colon": get("/", "what"),
    "NUL in a header": get("/", "X: a\x00b"),
    "space in the target": get("/a b"),
    "bytes in the target": get("/\xe9"),
    **{f"twice {header}": get("/", header, header) for header in _TWICE},
    "twice length": get("/", "Content-Length: 3", "Content-Length: 3", method="POST") + b"abc",
    "two lengths": get("/", "Content-Length: 3", "Content-Length: 4", method="POST") + b"abc",
    "list of lengths": get("/", "Content-Length: 3, 3", method="POST") + b"abc",
    "negative length": get("/", "Content-Length: -3", method="POST") + b"abc",
    "signed length": get("/", "Content-Length: +3", method="POST") + b"abc",
    "hexadecimal length": get("/", "Content-Length: 0x3", method="POST") + b"abc",
    "huge length": get("/", f"Content-Length: {'9' * 40}", method="POST"),
    "length and chunks": get("/", "Content-Length: 3", "Transfer-Encoding: chunked", method="POST") + b"0\r\n\r\n",
    "chunks and length": get("/", "Transfer-Encoding: chunked", "Content-Length: 3", method="POST") + b"0\r\n\r\n",
    "another coding": get("/", "Transfer-Encoding: gzip, chunked", method="POST") + b"0\r\n\r\n",
    "chunked twice": get("/", "Transfer-Encoding: chunked, chunked", method="POST") + b"0\r\n\r\n",
    "chunks in two headers": get("/", "Transfer-Encoding: chunked", "Transfer-Encoding: identity", method="POST"),
    "no coding of ours": get("/", "Transfer-Encoding: xchunked", method="POST") + b"0\r\n\r\n",
    "vertical tab before chunked": get("/", "Transfer-Encoding: \x0bchunked", method="POST") + b"0\r\n\r\n",
    "chunks of an old client": get("/", "Transfer-Encoding: chunked", version="1.0", method="POST") + b"0\r\n\r\n",
    "huge chunk": chunked(end=b"F" * 30 + b"\r\n"),
    "hexadecimal chunk": chunked(end=b"0x1\r\na\r\n0\r\n\r\n"),
    "negative chunk": chunked(end=b"-1\r\na\r\n0\r\n\r\n"),
    "chunk longer than it says": chunked(end=b"1\r\nabc\r\n0\r\n\r\n"),
    "length in a trailer": chunked(b"a", end=b"0\r\nContent-Length: 4\r\n\r\n"),
    "something else expected": get("/", "Expect: 200-ok", "Content-Length: 1", method="POST") + b"a",
}


@pytest.mark.parametrize("request_", _BAD.values(), ids=_BAD)
def test_a_bad_request_is_refused(request_: bytes) -> None:
    with serving() as site:
        assert refused(site, request_ + get("/echo")) in (400, 417, 505)
        assert [reply.status for reply in site.ask(get("/echo", LAST))] == [200]


def test_a_bad_request_after_a_good_one_harms_no_other_connection(site: Site) -> None:
    with site.connect() as other:
        other.sendall(get("/echo")[:10])
        assert [reply.status for reply in site.ask(get("/echo"), _BAD["length and chunks"])] == [200, 400]
        other.sendall(get("/echo", LAST)[10:])
        assert [reply.status for reply in replies(rest(other))] == [200]


# Limits of size


@pytest.fixture
def narrow(loop: str) -> Iterator[Site]:
    with serving(loop, target=1000, headers=4000, header_count=20, body=10_000) as found:
        yield found
        assert found.failures == []


def test_limits_of_size(narrow: Site) -> None:
    assert refused(narrow, get("/" + "a" * 1001)) == 414
    assert refused(narrow, get("/", "X: " + "a" * 4001)) == 431
    assert refused(narrow, get("/", *(f"X{number}: a" for number in range(25)))) == 431
    assert refused(narrow, get("/", *(["X: " + "a" * 100] * 50))) == 431
    assert refused(narrow, get("/", "Content-Length: 10001", method="POST")) == 413
    assert refused(narrow, chunked(b"a" * 5000, b"a" * 5001)) == 413
    within = get("/" + "a" * 999, "X: " + "a" * 3900, "Content-Length: 10000", LAST, method="POST") + b"a" * 10_000
    assert [reply.status for reply in narrow.ask(within)] == [200]


def test_a_part_that_does_not_end_is_refused(narrow: Site) -> None:
    """The parser keeps a part of a request until it has ended, so that its end must not be waited for."""
    for start in (
        b"GET /",
        get("/", "X: a")[:-4],
        get("/", "X")[:-4],
        chunked(b"abc", end=b"0\r\nX: a"),
        chunked(b"abc", end=b"1;x="),
    ):
        narrow.told.clear()
        with narrow.connect() as client:
            client.sendall(start)
            sent = 0
            while not narrow.told and sent < 2_000_000:
                client.sendall(b"a" * 1000)
                sent += 1000
                sleep(0.001)
        assert [status for _, status, _ in narrow.told] in ([414], [431])
    assert narrow.asked == []


def test_trailers_of_a_long_body_are_no_headers_that_are_too_long(narrow: Site) -> None:
    found = narrow.ask(chunked(b"a" * 9000, end=b"0\r\nX: y\r\n\r\n") + get("/echo", LAST))
    assert [reply.status for reply in found] == [200, 200]


def test_one_who_is_refused_gets_to_read_why(loop: str) -> None:
    """A socket that is closed with bytes unread would take back the answer."""
    with serving(loop, body=1000) as site:
        found = site.ask(get("/", "Content-Length: 3000000", method="POST"), b"a" * 3_000_000)
        assert [reply.status for reply in found] == [413]
        assert until(lambda: not site.connections.open)


# Limits of time


def drop_time(site: Site, *parts: bytes, pause: float = 0.0) -> tuple[float, bytes]:
    """Return after how many seconds a client was dropped, and what it was told."""
    start = monotonic()
    raw = site.talk(*parts, pause=pause)
    return monotonic() - start, raw


def test_one_who_says_nothing_is_dropped(loop: str) -> None:
    with serving(loop, header_time=_SHORT) as site:
        seconds, raw = drop_time(site)
        assert (raw, _SHORT <= seconds < 3) == (b"", True)


def test_headers_that_dribble_are_not_waited_for(loop: str) -> None:
    with serving(loop, header_time=_SHORT) as site:
        seconds, raw = drop_time(site, *(get("/echo")[number : number + 1] for number in range(20)), pause=0.03)
        assert replies(raw)[0].status == 408
        assert _SHORT <= seconds < 3


def test_a_body_that_dribbles_is_not_waited_for(loop: str) -> None:
    with serving(loop, body_time=_SHORT) as site:
        head = get("/echo", "Content-Length: 100", method="POST")
        seconds, raw = drop_time(site, head, *([b"a"] * 20), pause=0.03)
        assert replies(raw)[0].status == 408
        assert _SHORT <= seconds < 3
        assert site.asked == []


def test_an_idle_connection_is_closed(loop: str) -> None:
    with serving(loop, idle_time=_SHORT) as site:
        seconds, raw = drop_time(site, get("/echo"))
        assert [reply.status for reply in replies(raw)] == [200]
        assert _SHORT <= seconds < 3


def test_a_request_that_waits_for_another_has_all_its_time(loop: str) -> None:
    with serving(loop, header_time=_SHORT, body_time=_SHORT) as site, site.connect() as client:
        whole = post(b"abcdef", LAST)
        client.sendall(get("/slow?0.6") + whole[:-3])
        sleep(0.7)
        client.sendall(whole[-3:])
        assert [reply.status for reply in replies(rest(client))] == [200, 200]


def test_the_rest_of_a_request_sent_ahead_is_not_waited_for_without_end(loop: str) -> None:
    with serving(loop, header_time=_SHORT, body_time=_SHORT) as site:
        seconds, raw = drop_time(site, get("/echo") + post(b"abcdef")[:-3])
        assert [reply.status for reply in replies(raw)] == [200, 408]
        assert seconds < 3


@pytest.mark.parametrize(
    "request_",
    [get("/big?20000000"), get("/big?3000000", LAST), get("/stream?100000"), get("/big?400000") * 20],
    ids=["whole", "last", "stream", "ahead"],
)
def test_one_who_does_not_read_is_dropped(loop: str, request_: bytes) -> None:
    with serving(loop, write_time=_SHORT, idle_time=_SHORT) as site, site.connect(buffer=4096) as client:
        client.sendall(request_)
        assert until(lambda: site.asked)
        assert until(lambda: not site.connections.open, 3), "the connection is still open"
        assert site.ended in ([], ["broken"])


def test_one_who_reads_slowly_but_steadily_is_not_dropped(loop: str) -> None:
    with serving(loop, write_time=_SHORT) as site, site.connect(buffer=1 << 16) as client:
        client.sendall(get("/big?3000000", LAST))
        found, start = 0, monotonic()
        while part := client.recv(100_000):
            found += len(part)
            sleep(0.02)
        assert found > 3_000_000
        assert monotonic() - start > 2 * _SHORT, "it read too fast to show anything"


# The number of connections


def test_too_many_connections(loop: str) -> None:
    with serving(loop, connections=3) as site:
        clients = [site.connect() for _ in range(3)]
        assert until(lambda: len(site.connections.open) == 3)
        found = site.ask()
        assert (found[0].status, found[0].headers["retry-after"]) == (503, "5")
        clients.pop().close()
        assert until(lambda: len(site.connections.open) == 2)
        assert [reply.status for reply in site.ask(get("/echo", LAST))] == [200]
        for client in clients:
            client.close()
        assert until(lambda: not site.connections.each)


def test_too_many_connections_of_one_client(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half of all, unless it is of this machine."""
    with serving(loop, connections=4) as site, site.connect(), site.connect():
        assert until(lambda: len(site.connections.open) == 2)
        assert [reply.status for reply in site.ask(get("/echo", LAST))] == [200]
        monkeypatch.setattr(kg.serving.http, "_HERE", ())
        assert site.ask()[0].status == 503


# Clients that leave, answers that fail, and the end


def leave(client: socket.socket) -> None:
    """Hang up as who is gone does."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_nothing_more_is_done_for_a_client_that_left(site: Site) -> None:
    client = site.connect()
    client.sendall(get("/slow?60"))
    assert until(lambda: site.asked)
    leave(client)
    assert until(lambda: site.ended == ["cancelled"])
    assert until(lambda: not site.connections.open)
    assert until(lambda: site.told == [("/slow", 0, 0)])


def test_a_client_that_leaves_while_it_is_answered(site: Site) -> None:
    client = site.connect()
    client.sendall(get("/stream?1000000"))
    client.recv(1 << 16)
    leave(client)
    assert until(lambda: site.ended == ["broken"])
    assert until(lambda: not site.connections.open)
    assert [reply.status for reply in site.ask(get("/echo", LAST))] == [200]


def test_a_handler_that_fails_is_told_and_noted(loop: str) -> None:
    with serving(loop) as site:
        found = site.ask(get("/fail") + get("/echo", LAST))
        assert [reply.status for reply in found] == [500, 200]
        assert {name: found[0].headers[name] for name in EVERYWHERE} == EVERYWHERE
        assert b"a fault of ours" not in found[0].body
        assert [str(each["exception"]) for each in site.failures] == ["a fault of ours"]


def test_a_stream_shorter_than_was_said_is_no_whole_answer(loop: str) -> None:
    """Whatever the stream was, its client must not take it for whole."""
    with serving(loop) as site:
        raw = site.talk(get("/sized?1", LAST))
        with pytest.raises(http.client.IncompleteRead):
            replies(raw)


def test_an_answer_may_end_the_connection(site: Site) -> None:
    found = site.ask(get("/closing") + get("/echo"))
    assert [reply.body for reply in found] == [b"bye"]
    assert found[0].headers["connection"] == "close"


def test_the_end_waits_for_answers_that_have_begun(loop: str) -> None:
    with serving(loop) as site:
        idle, busy, late = site.connect(), site.connect(), site.connect()
        busy.sendall(get("/slow?0.2"))
        late.sendall(get("/slow?30"))
        assert until(lambda: len(site.asked) == 2)
        start = monotonic()
        site.run(site.connections.stop(0.6))
        assert 0.5 < monotonic() - start < 2
        assert rest(idle) == b""
        found = replies(rest(busy))
        assert (found[0].status, found[0].headers["connection"]) == (200, "close")
        # What waits still is told that nothing comes.
        (told,) = replies(rest(late))
        assert (told.status, told.headers["connection"], told.headers["retry-after"]) == (503, "close", "10")
        assert json.loads(told.body)["code"] == "KG609"
        assert {name: told.headers[name] for name in EVERYWHERE} == EVERYWHERE
        assert until(lambda: not site.connections.open)
        for client in (idle, busy, late):
            client.close()


def test_time_limits_are_looked_after_without_help() -> None:
    """In the other tests the clock is looked at more often than once a second."""
    with serving(hurried=False, header_time=0.1) as site:
        seconds, raw = drop_time(site)
        assert (raw, seconds < 3) == (b"", True)
