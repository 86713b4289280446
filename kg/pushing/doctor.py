"""What probing finds out about a store, for people and programs; nothing is written unless that is asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.errors import KgError
from kg.pushing.content import Chunk
from kg.pushing.credentials import credentials_for
from kg.pushing.http import Client, Request
from kg.pushing.probe import Store, find, graph_address
from kg.pushing.remote import Remote
from kg.rdf.namespaces import XSD

SCRATCH: Final = "urn:kg:doctor"
_FORMS: Final = (
    ("01", "integer"),
    ("1.10", "decimal"),
    ("1E10", "double"),
    ("1.1234567890123457E0", "double"),
    ("1", "boolean"),
    ("2020-01-01T00:00:00.000Z", "dateTime"),
    ("P12M", "duration"),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found: each check with its result, in order."""

    store: Store
    found: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        """Return the diagnosis as one JSON object."""
        return {"product": self.store.profile.name, "tested": self.store.profile.run} | dict(self.found)

    def lines(self) -> list[str]:
        """Return the diagnosis as lines of text."""
        width = max(len(name) for name, _ in self.found)
        return [f"{name:<{width}}  {value}" for name, value in self.found]


def examine(url: str, *, store: str | None, write: bool, retries: int = 1) -> Diagnosis:
    """Find out what a store is and can; with `write` also what it does to a few triples in a graph of their own, which is removed again."""
    client = Client(url.rstrip("/"), credentials_for(url), patience=retries)
    try:
        with tempfile.TemporaryDirectory(prefix="kg-doctor-") as folder:
            found = find(client, store)
            remote = Remote(client, found, Path(folder))
            checks = [*_known(found, client), *_asked(found, client, remote)]
            if write:
                checks += _written(remote)
            return Diagnosis(found, tuple(checks))
    finally:
        client.close()


def _known(store: Store, client: Client) -> list[tuple[str, str]]:
    profile = store.profile
    update = f"{profile.update_triples:,} triples" + ("" if profile.update_atomic else ", not one step")
    return [
        ("store", f"{profile.title}{f' ({store.version})' if store.version else ''}"),
        ("known by", store.known_by),
        ("profile", "tested against the real store" if profile.run else "by the documentation of the store"),
        ("query", store.query),
        ("update", store.update),
        ("graph store", store.store or "none: SPARQL Update is used"),
        ("credentials", f"{client.authorizer.credentials.origin}, the store uses {profile.auth}"),
        (
            "chunk",
            f"{profile.chunk:,} bytes" + (f", {profile.chunk_triples:,} triples" if profile.chunk_triples else ""),
        ),
        ("one upload", f"up to {profile.whole:,} bytes into an empty graph" if profile.whole else "never"),
        ("update limit", update),
        ("swap", "MOVE, one step for readers" if profile.swap else "MOVE, not one step for readers"),
        ("gzip", "yes" if profile.gzip else "no"),
        ("read back", f"in pages of {profile.page:,} rows" if profile.page else "by one GET"),
        ("literals", _literals(profile.rewrites, profile.destroys, profile.digits)),
        *([("note", profile.note)] if profile.note else []),
    ]


def _literals(rewrites: tuple[str, ...], destroys: tuple[str, ...], digits: int) -> str:
    if not rewrites:
        return "kept as they are"
    lost = f"; loses {', '.join(destroys)}" if destroys else ""
    few = f"; gives back {digits} digits of a double" if digits else ""
    return f"writes {', '.join(rewrites)} in forms of its own{lost}{few}"


def _asked(store: Store, client: Client, remote: Remote) -> list[tuple[str, str]]:
    """Ask what changes nothing."""
    checks = [("count", _tried(lambda: f"{remote.count(SCRATCH):,} triples in <{SCRATCH}>"))]
    if store.store is not None:
        for name, method, address in (
            ("HEAD", "HEAD", graph_address(store.store, SCRATCH)),
            ("?default", "HEAD", f"{store.store}?default"),
        ):
            checks.append((name, _status(client, method, address)))
    return checks


def _status(client: Client, method: str, url: str) -> str:
    try:
        status = client.send(Request(method, url, twice=False)).status
    except KgError as error:
        return error.what
    return f"yes ({status})" if status in (200, 204, 404) else f"no ({status})"


def _written(remote: Remote) -> list[tuple[str, str]]:
    """Write to the scratch graph, read it back, swap it, and remove it."""
    other = f"{SCRATCH}:moved"
    triples = [
        f'<urn:kg:s{number}> <urn:kg:p> "{form}"^^<{XSD}{datatype}> .\n'
        for number, (form, datatype) in enumerate(_FORMS)
    ]
    triples.append('<urn:kg:tag> <urn:kg:p> "x"@EN .\n')
    lines, back = remote.folder / "lines.nt", remote.folder / "back.nt"
    lines.write_text("".join(triples), encoding="utf-8")
    chunk = Chunk(0, lines.stat().st_size, len(triples), "")
    checks: list[tuple[str, str]] = []

    def added() -> str:
        remote.drop(SCRATCH)
        remote.add(SCRATCH, lines, chunk, staging=True)
        there = remote.count(SCRATCH)
        return f"yes, {there} of {len(triples)} triples kept"

    def changes() -> str:
        remote.read(SCRATCH, back, remote.count(SCRATCH))
        sent = {str(quad.subject): str(quad.object) for quad in _parsed(lines)}
        kept = {str(quad.subject): str(quad.object) for quad in _parsed(back)}
        found = [f"{term} to {kept.get(name, 'nothing')}" for name, term in sent.items() if kept.get(name) != term]
        return "; ".join(found).replace(XSD, "xsd:") or "none"

    def updated() -> str:
        remote.change(SCRATCH, b"", b"<urn:kg:u> <urn:kg:p> <urn:kg:o> .\n")
        return "yes" if remote.count(SCRATCH) == len(triples) + 1 else "answers well, and changes nothing"

    def moved() -> str:
        count = remote.count(SCRATCH)
        remote.move(SCRATCH, other)
        return (
            "yes" if (remote.count(SCRATCH), remote.count(other)) == (0, count) else "answers well, and does not do it"
        )

    try:
        for name, check in (("writes", added), ("changes", changes), ("updates", updated), ("MOVE", moved)):
            checks.append((name, _tried(check)))
    finally:
        for graph in (SCRATCH, other):
            _dropped(remote, graph)
    return checks


def _dropped(remote: Remote, graph: str) -> None:
    # The checks have said already what is wrong with the store.
    with suppress(KgError):
        remote.drop(graph)


def _parsed(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES))


def _tried(check: Callable[[], str]) -> str:
    try:
        return check()
    except KgError as error:
        return f"no: {error.what}"
