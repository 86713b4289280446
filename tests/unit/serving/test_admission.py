"""Who may ask what; tests of whole servers see that it is asked."""

from __future__ import annotations

import pytest

from kg.serving.admission import Admission, follow
from kg.serving.messages import Problem, Request
from kg.serving.settings import ServeSettings

_TOKEN = "long-secret"  # noqa: S105 - of a server that nobody starts


def request(client: str = "", **headers: str) -> Request:
    given = {"host": "localhost:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "/sparql", "", given, client=client)


@pytest.mark.parametrize("host", ["localhost:8000", "LOCALHOST", "127.0.0.1:1", "[::1]:8000", "[::1]", "graph.example"])
def test_names_that_are_the_server_s_own(host: str) -> None:
    Admission(ServeSettings(names=("graph.example",))).named(request(host=host))


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example:8000", "127.0.0.1.evil.example", "[::2]:1"]
)
def test_names_that_are_not(host: str) -> None:
    with pytest.raises(Problem) as caught:
        Admission(ServeSettings()).named(request(host=host))
    assert caught.value.status == 421
    # A server that all the world may reach does not know all its names.
    Admission(ServeSettings(host="192.0.2.1")).named(request(host=host))


def test_each_client_has_its_own_rate() -> None:
    admission = Admission(ServeSettings(rate=0.2))
    admission.admit(request("one"))
    assert not admission.in_time("one")
    with pytest.raises(Problem) as caught:
        admission.admit(request("one"))
    assert (caught.value.status, int(caught.value.headers["retry-after"]) > 0) == (429, True)
    assert admission.in_time("two")


def test_with_a_token_whoever_shows_it_may_write() -> None:
    admission = Admission(ServeSettings(token=_TOKEN))
    admission.write(request(authorization=f"bearer {_TOKEN}", origin="http://other.example"))
    for given, error in (("", False), (f"Basic {_TOKEN}", False), ("Bearer long", True), ("Bearer é", True)):
        with pytest.raises(Problem) as caught:
            admission.write(request(authorization=given))
        assert caught.value.status == 401
        assert ("invalid_token" in caught.value.headers["www-authenticate"]) == error


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://other.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_without_a_token_pages_of_other_sites_may_not_write(headers: dict[str, str]) -> None:
    admission = Admission(ServeSettings())
    admission.write(request())
    admission.write(request(origin="http://localhost:8000", sec_fetch_site="same-origin"))
    with pytest.raises(Problem) as caught:
        admission.write(request(**headers))
    assert caught.value.status == 403


def test_addresses_that_the_server_may_ask() -> None:
    allowed = ("http://data.example/sparql/",)
    follow("SERVICE", ("http://data.example/sparql/one",), allowed)
    for address in (
        "http://data.example/other",
        "http://data.example/sparql/../x",
        "http://data.example/sparql/%2E%2e/x",
        None,
    ):
        with pytest.raises(Problem) as caught:
            follow("SERVICE", ("http://data.example/sparql/one", address), allowed)
        assert (caught.value.status, caught.value.code) == (403, "KG601")
