"""What one does to the graphs of a store: count, read back, add, change, swap, remove."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.errors import PushError
from kg.pushing.content import Chunk
from kg.pushing.http import Answer, Client, Part, Request
from kg.pushing.probe import Store, graph_address, refused
from kg.pushing.profiles import Profile

_LINES: Final = "application/n-triples"
_URLENCODED: Final = "application/x-www-form-urlencoded"
# What stores say when their disk, or a file of theirs, is full.
_FULL: Final = ("no space", "file too large", "out of disk")


class Remote:
    """A store that was found, and the way to it; `folder` holds what is read back or compressed."""

    def __init__(self, client: Client, store: Store, folder: Path, *, compress: bool = False) -> None:
        self.client, self.store, self.folder = client, store, folder
        self.profile = store.profile
        self._compress = compress and self.profile.gzip

    def count(self, graph: str) -> int:
        """Return the number of triples of a graph; 0 where there is none."""
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {_iri(graph)} {{ ?s ?p ?o }} }}"
        answer = self._query(query, "application/sparql-results+json")
        try:
            return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise PushError(
                "KG627",
                f"the store answers a query with something else than SPARQL results: {answer.text[:200]}",
                where=self.store.query,
                advice="check the address, or name the product with --store",
            ) from error

    def read(self, graph: str, into: Path, count: int | None) -> None:
        """Write the triples of a graph, of which there are `count` (None: not known, where no pages are read), to a file of N-Triples as the store writes them."""
        if count == 0:
            into.write_bytes(b"")
        elif self.profile.page and count is not None:
            self._read_pages(graph, into, count)
        else:
            if self.store.store is not None:
                url = graph_address(self.store.store, graph)
                answer = self.client.send(Request("GET", url, headers={"Accept": _LINES}, into=into))
            else:
                query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {_iri(graph)} {{ ?s ?p ?o }} }}"
                url = f"{self.store.query}?{urlencode({'query': query})}"
                answer = self.client.send(Request("GET", url, headers={"Accept": _LINES}, into=into))
            if answer.status == 404:
                into.write_bytes(b"")
            else:
                self._check(answer, url)

    def _read_pages(self, graph: str, into: Path, count: int) -> None:
        part = self.folder / "page.nt"
        with into.open("wb") as whole:
            for offset in range(0, count, self.profile.page):
                query = (
                    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {_iri(graph)} {{ ?s ?p ?o }} }} "
                    f"LIMIT {self.profile.page} OFFSET {offset}"
                )
                url = f"{self.store.query}?{urlencode({'query': query})}"
                self._check(self.client.send(Request("GET", url, headers={"Accept": _LINES}, into=part)), url)
                with part.open("rb") as page:
                    shutil.copyfileobj(page, whole)
        part.unlink(missing_ok=True)

    def add(self, graph: str, lines: Path, chunk: Chunk, *, staging: bool) -> None:
        """Add some lines of a file to a graph; adding them twice does no harm."""
        part = Part(lines, chunk.start, chunk.size)
        if self.store.store is None:
            text = b"".join([f"INSERT DATA {{ GRAPH {_iri(graph)} {{\n".encode(), *part.blocks(), b"} }"])
            self._update(text, twice=True)
            return
        url = graph_address(self.store.store, graph)
        if parameters := self.profile.parameters if staging else self.profile.whole_parameters:
            url += f"&{parameters}"
        headers = {"Content-Type": _LINES}
        if self._compress:
            part = self._packed(part)
            headers["Content-Encoding"] = "gzip"
        if self.profile.cut_is_end:
            part, headers = _form(part, packed=self._compress)
        self._check(self.client.send(Request("POST", url, part, headers)), url)

    def _packed(self, part: Part) -> Part:
        packed = self.folder / "chunk.gz"
        with packed.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as stream:
            for block in part.blocks():
                stream.write(block)
        return Part(packed, 0, packed.stat().st_size)

    def change(self, graph: str, removed: bytes, added: bytes) -> None:
        """Remove and add triples (N-Triples lines without blank nodes) in one update; doing it twice does no harm."""
        name = _iri(graph).encode()
        if self.profile.update_atomic and not self.profile.cut_is_end:
            steps = [
                verb + b" DATA { GRAPH " + name + b" {\n" + lines + b"} }"
                for verb, lines in ((b"DELETE", removed), (b"INSERT", added))
                if lines
            ]
            text = b" ;\n".join(steps)
        else:
            # Where several operations are not one step, or the first of them may be taken for all, one operation does both.
            text = b"WITH " + name + b" DELETE {\n" + removed + b"} INSERT {\n" + added + b"} WHERE {}"
            if not removed:
                text = b"INSERT DATA { GRAPH " + name + b" {\n" + added + b"} }"
            elif not added:
                text = b"DELETE DATA { GRAPH " + name + b" {\n" + removed + b"} }"
        self._update(text, twice=True)

    def move(self, source: str, target: str) -> None:
        """Put a graph in the place of another."""
        text = swap(self.profile, source, target).encode()
        if self.profile.cut_is_end:
            # What is in the address is there whole or not at all.
            self._post(f"{self.store.update}?{urlencode({'update': text})}", b"", _URLENCODED, twice=False)
        else:
            self._update(text, twice=False)

    def drop(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        if self.store.store is None:
            self._update(f"DROP SILENT GRAPH {_iri(graph)}".encode(), twice=True)
            return
        url = graph_address(self.store.store, graph)
        answer = self.client.send(Request("DELETE", url))
        if answer.status != 404:
            self._check(answer, url)

    def _query(self, query: str, media: str) -> Answer:
        url = f"{self.store.query}?{urlencode({'query': query})}"
        answer = self.client.send(Request("GET", url, headers={"Accept": media}))
        self._check(answer, self.store.query)
        return answer

    def _update(self, text: bytes, *, twice: bool) -> None:
        if self.profile.form:
            self._post(self.store.update, urlencode({"update": text}).encode(), _URLENCODED, twice=twice)
        else:
            self._post(self.store.update, text, "application/sparql-update", twice=twice)

    def _post(self, url: str, body: bytes, media: str, *, twice: bool) -> None:
        answer = self.client.send(Request("POST", url, body, {"Content-Type": media}, twice=twice))
        self._check(answer, self.store.update)

    def _check(self, answer: Answer, url: str) -> None:
        if answer.ok:
            return
        if answer.status in (401, 403):
            raise refused(answer, self.client)
        where, said = url.partition("?")[0], f": {answer.text[:300]}" if answer.text else ""
        if answer.status in (405, 404) and url != self.store.query:
            raise PushError(
                "KG622",
                f"the store has no service for writing there ({answer.status}){said}",
                where=where,
                advice="see whether it is for reading only, and check the address",
            )
        full = answer.status == 507 or any(words in answer.text.lower() for words in _FULL)
        advice = "free space on its disk" if full else "see its log"
        raise PushError(
            "KG627",
            f"the store answered {answer.status}{said}",
            where=where,
            advice=f"{advice}, then give the same command again: it goes on where it was",
        )


def _form(part: Part, *, packed: bool) -> tuple[Part, dict[str, str]]:
    """Return a file as a form with its headers: the end of a form is marked, so that no part of it is taken for the whole."""
    # Lines of N-Triples hold no CR LF, with which a boundary begins. What is packed is known by its name where the media type says nothing.
    boundary = "kg-push-graph"
    name, media = ("graph.nt.gz", "text/plain") if packed else ("graph.nt", _LINES)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="graph"; filename="{name}"\r\nContent-Type: {media}\r\n\r\n'
    form = replace(part, before=head.encode(), after=f"\r\n--{boundary}--\r\n".encode())
    return form, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def swap(profile: Profile, source: str, target: str) -> str:
    """Return the update that puts a graph in the place of another."""
    one, other = _iri(source), _iri(target)
    if not profile.copies:
        return f"MOVE {one} TO {other}"
    return (
        f"DROP SILENT GRAPH {other} ; "
        f"INSERT {{ GRAPH {other} {{ ?s ?p ?o }} }} WHERE {{ GRAPH {one} {{ ?s ?p ?o }} }} ; DROP SILENT GRAPH {one}"
    )


def _iri(graph: str) -> str:
    """Return an IRI in angle brackets; PushError where it is none, so that nothing else gets into an update."""
    try:
        return str(ox.NamedNode(graph))
    except ValueError as error:
        raise PushError(
            "KG632",
            f"this is no absolute IRI: {graph}",
            where="--graph",
            advice="give one like https://example.org/graph",
        ) from error
