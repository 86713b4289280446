"""Finds out what a store is and where its services are, with requests that change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from kg.errors import PushError
from kg.pushing.http import Answer, Client, Request
from kg.pushing.profiles import Profile, profile_of

_ASK: Final = "ASK {}"
# What an address may end in that names a service, not the store.
_SERVICES: Final = {
    "oxigraph": ("/query", "/update", "/store"),
    "kg": ("/sparql", "/store", "/query"),
    "virtuoso": ("/sparql-graph-crud-auth", "/sparql-graph-crud", "/sparql-auth", "/sparql"),
    "fuseki": ("/query", "/sparql", "/update", "/data", "/get"),
    "rdf4j": ("/statements", "/rdf-graphs/service", "/rdf-graphs"),
    "graphdb": ("/statements", "/rdf-graphs/service", "/rdf-graphs"),
    "neptune": ("/sparql/gsp/", "/sparql/gsp", "/sparql"),
    "stardog": ("/query", "/update"),
}


@dataclass(frozen=True, slots=True)
class Store:
    """A store that was found: its profile, the addresses of its services, and by what it was known."""

    profile: Profile
    root: str
    query: str
    update: str
    store: str | None
    known_by: str
    version: str = ""


def find(client: Client, name: str | None) -> Store:
    """Return the store at the address of `client`; `name` is one of PROFILES where the user says what it is.

    PushError where nothing tells what it is (KG623).
    """
    first = client.send(Request("GET", client.url, headers={"Accept": "text/turtle, */*;q=0.5"}))
    if name is not None:
        return _at(name, client.url, "--store", _version(first))
    for look in (_by_headers, _by_description, _by_addresses):
        if (found := look(client, first)) is not None:
            return found
    asked = client.send(Request("GET", f"{client.url}?{urlencode({'query': _ASK})}", headers={"Accept": _JSON}))
    if asked.status == 401:
        raise refused(asked, client)
    if asked.ok and _truth(asked) is True:
        return _at("generic", client.url, "its answer to ASK {}", "")
    raise PushError(
        "KG623",
        f"nothing tells which store this is (it answers {first.status})",
        where=client.url,
        advice="name its product with --store, and the address as `kg push --help` says",
    )


def refused(answer: Answer, client: Client) -> PushError:
    """Return the error for an answer 401 or 403."""
    known = client.authorizer.credentials
    said = f": {answer.text[:200]}" if answer.text else ""
    if answer.status == 401 and not known.known:
        what, advice = (
            "the store wants to know who asks",
            "set KG_PUSH_USER and KG_PUSH_PASSWORD, or KG_PUSH_TOKEN, or write a line into ~/.netrc",
        )
    elif answer.status == 401:
        what, advice = (
            f"the store does not take the credentials (from {known.origin})",
            "check the user, the password or the token",
        )
    else:
        return PushError(
            "KG622",
            f"the store does not let us write (403){said}",
            where=client.url,
            advice="see whether it is for reading only, and whether these credentials may write; nothing was changed",
        )
    return PushError("KG621", what, where=client.url, advice=advice + "; nothing was changed")


_JSON: Final = "application/sparql-results+json"


def _truth(answer: Answer) -> bool | None:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return None
    return found.get("boolean") if isinstance(found, dict) else None


def _version(answer: Answer) -> str:
    return " ".join(answer.headers.get("server", "").split())


def _by_headers(client: Client, first: Answer) -> Store | None:
    server = _version(first)
    for prefix, name in (
        ("Oxigraph", "oxigraph"),
        ("Virtuoso", "virtuoso"),
        ("GraphDB", "graphdb"),
        ("Stardog", "stardog"),
    ):
        if server.startswith(prefix):
            return _at(name, client.url, "the header Server", server)
    if "fuseki-request-id" in first.headers or "fuseki" in server.lower():
        return _at("fuseki", client.url, "the header Fuseki-Request-Id", server)
    if any(name.startswith("sd-") for name in first.headers):
        return _at("stardog", client.url, "the headers SD-…", server)
    if (urlsplit(client.url).hostname or "").endswith(".neptune.amazonaws.com"):
        return _at("neptune", client.url, "its host", server)
    return None


def _by_description(client: Client, first: Answer) -> Store | None:
    """Look at the service description: at the address itself, or at /sparql."""
    root = _root("kg", client.url)
    for url, answer in ((client.url, first), (f"{root}/sparql", None)):
        found = answer or client.send(Request("GET", url, headers={"Accept": "text/turtle"}))
        if not found.ok or found.media not in ("text/turtle", "application/n-triples", "application/rdf+xml"):
            continue
        if b"bigdata.com" in found.body or b"blazegraph" in found.body.lower():
            return _at("blazegraph", url, "its service description", _version(found))
        if b"/sparql#service>" in found.body and b"/sparql#dataset>" in found.body:
            return _at("kg", url, "its service description", _version(found))
    return None


def _by_addresses(client: Client, first: Answer) -> Store | None:
    """Ask at addresses that only one product has."""
    head, marker, tail = client.url.partition("/repositories/")
    looks: list[tuple[str, str, Callable[[Answer], bool]]] = []
    if marker and tail:
        looks = [
            ("graphdb", f"{head}/rest/info/version", lambda answer: b"productVersion" in answer.body),
            ("rdf4j", f"{head}/protocol", lambda answer: answer.body.strip().isdigit()),
        ]
    parts = urlsplit(client.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    looks += [
        ("neptune", f"{origin}/status", lambda answer: b"dbEngineVersion" in answer.body),
        ("stardog", f"{origin}/admin/alive", lambda answer: answer.status == 200 and not answer.body.startswith(b"<")),
        ("qlever", f"{client.url}?cmd=stats", lambda answer: b"name-index" in answer.body),
        ("blazegraph", f"{origin}/blazegraph/status", lambda answer: b"lazegraph" in answer.body),
    ]
    for name, url, tells in looks:
        answer = client.send(Request("GET", url, twice=False))
        if answer.ok and tells(answer):
            return _at(name, client.url, url, _version(first))
    return None


def _root(name: str, url: str) -> str:
    base = url.partition("?")[0].rstrip("/")
    for service in _SERVICES.get(name, ()):
        if base.endswith(service.rstrip("/")):
            return base[: -len(service.rstrip("/"))]
    return base


def _at(name: str, url: str, known_by: str, version: str) -> Store:
    profile = profile_of(name, version)
    root = _root(profile.name, url)
    if profile.name in ("rdf4j", "graphdb") and "/repositories/" not in f"{root}/":
        raise PushError(
            "KG623",
            f"the address names no repository of {profile.title}",
            where=url,
            advice="give one like http://HOST/rdf4j-server/repositories/NAME",
        )
    if profile.name in ("fuseki", "stardog") and not urlsplit(root).path.strip("/"):
        raise PushError(
            "KG623",
            f"the address names no dataset of {profile.title}",
            where=url,
            advice="give one like http://HOST:3030/NAME",
        )
    store = None if profile.store is None else root + profile.store
    return Store(profile, root, root + profile.query, root + profile.update, store, known_by, version)


def graph_address(store: str, graph: str) -> str:
    """Return the address of a graph in the Graph Store Protocol."""
    return f"{store}?graph={quote(graph, safe='')}"
