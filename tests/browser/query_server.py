"""A server of the query page alone: its page, its terms, the files beside it, and a SPARQL endpoint without guards, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

import kg.pages
from kg.pages import Site, SiteSettings
from kg.pages.editor import Asked, fault, read_results, terms
from kg.query import questions
from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
NAMES = prefixes(DEFAULT_BASE)
_STATIC = Path(kg.pages.__file__).parent / "static"
_MEDIA = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_RESULTS = {
    "json": (ox.QueryResultsFormat.JSON, "application/sparql-results+json"),
    "csv": (ox.QueryResultsFormat.CSV, "text/csv"),
}


@dataclass
class StoreGraph:
    """A store as pages ask it."""

    store: ox.Store

    def select(self, query: str, bound: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        substitutions: Any = {ox.Variable(name): term for name, term in (bound or {}).items()}
        found: Any = self.store.query(query, prefixes=NAMES, substitutions=substitutions)
        return [tuple(row[variable] for variable in found.variables) for row in found]


@dataclass
class QueryServer:
    """What the page is made from, and what it asked of the endpoint; `built` is False where the bundled editor is to be missing."""

    store: ox.Store
    built: bool = True
    rows: int = 1000
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def page(self, asked: Asked) -> str:
        site = Site(StoreGraph(self.store), SiteSettings(title="A graph"))
        html = site.query(questions(), asked)
        return html if self.built else html.replace("data-code=", "data-no-code=")

    def answer(self, query: str, format_: str) -> tuple[int, dict[str, str], bytes]:
        """Answer as the endpoint does: JSON, CSV or N-Triples, cut after `rows` rows, or a problem."""
        self.asked.append(query)
        try:
            found: Any = self.store.query(query)
        except SyntaxError as error:
            place, _, what = str(error.msg).removeprefix("error at ").partition(": ")
            line, _, column = place.partition(":")
            detail = f"the query is not SPARQL: line {line}, column {column}: {what}"
            return 400, {"content-type": "application/problem+json"}, json.dumps({"detail": detail}).encode()
        if isinstance(found, ox.QueryTriples):
            return (
                200,
                {"content-type": "application/n-triples"},
                ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"",
            )
        results, media = _RESULTS[format_]
        body = found.serialize(format=results) or b""
        headers = {"content-type": media}
        if format_ == "json" and not isinstance(found, ox.QueryBoolean):
            document = json.loads(body)
            if len(document["results"]["bindings"]) > self.rows:
                del document["results"]["bindings"][self.rows :]
                headers["kg-truncated"] = "rows"
            body = json.dumps(document).encode()
        return 200, headers, body

    def get(self, path: str, given: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        """Answer a request."""
        query = given.get("query", [""])[0]
        if path == "/sparql":
            return self.answer(query, given.get("format", ["json"])[0])
        if path == "/query":
            asked = Asked(query, given.get("question", [""])[0])
            if "run" in given:
                status, headers, body = self.answer(query, "json")
                found = (
                    read_results(body, headers["content-type"]) if status == 200 else fault(json.loads(body)["detail"])
                )
                asked = Asked(query, results=found, truncated="rows" if "kg-truncated" in headers else "", seconds=0.01)
            headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY}
            return 200, headers, self.page(asked).encode()
        if path == "/query/terms.json":
            found_terms = terms(StoreGraph(self.store), NAMES)
            return 200, {"content-type": "application/json"}, json.dumps(found_terms).encode()
        files = {
            f"/static/{file.relative_to(_STATIC).as_posix()}": file for file in _STATIC.rglob("*") if file.is_file()
        }
        if path not in files:
            return 404, {"content-type": "text/plain"}, b"nothing here"
        return 200, {"content-type": _MEDIA.get(files[path].suffix, "text/plain")}, files[path].read_bytes()


@contextmanager
def running(server: QueryServer, port: int = 0) -> Iterator[QueryServer]:
    """Serve on a free port of loopback while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._send(*server.get(parts.path, parse_qs(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._send(*server.get(urlsplit(self.path).path, parse_qs(body)))

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as http:
        server.address = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
