"""A web server for tests, on a loopback port: the files of a folder, and a SPARQL endpoint over a graph."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

_RESULTS = {
    "text/csv": ox.QueryResultsFormat.CSV,
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
}


@contextlib.contextmanager
def served(folder: Path, turtle: str = "", prefixes: dict[str, str] | None = None) -> Iterator[str]:
    """Serve the files of a folder, and at `sparql/` the graph of a Turtle text, where queries may use `prefixes`; give the address, which ends with a slash."""
    store = ox.Store()
    store.load(turtle.encode(), format=ox.RdfFormat.TURTLE)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path.startswith("/sparql"):
                self._answer(parse_qs(address.query)["query"][0])
                return
            path = folder / Path(address.path).name
            self._send(path.read_bytes() if path.is_file() else None, "application/octet-stream")

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = self.headers.get_content_type() == "application/x-www-form-urlencoded"
            self._answer(parse_qs(content)["query"][0] if form else content)

        def _answer(self, query: str) -> None:
            accepted = [part.partition(";")[0].strip() for part in self.headers.get("Accept", "").split(",")]
            media = next((name for name in accepted if name in _RESULTS), "application/sparql-results+json")
            found = store.query(query, prefixes=prefixes)
            assert isinstance(found, ox.QuerySolutions)
            self._send(found.serialize(format=_RESULTS[media]), media)

        def _send(self, content: bytes | None, media: str) -> None:
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
