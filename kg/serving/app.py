"""What a front does with a request: finds out what is asked, whether it may be, and who answers it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from email import policy
from email.parser import BytesParser
from functools import partial
from urllib.parse import quote, urlsplit

from kg.query import Reading, read, scoped
from kg.serving.cache import Cache, Repeats
from kg.serving.coding import packed
from kg.serving.execute import Query, execute
from kg.serving.http import Later
from kg.serving.limits import Rate
from kg.serving.messages import Answer, Problem, Request
from kg.serving.negotiation import choose, encoding, languages
from kg.serving.pool import Pool
from kg.serving.protocol import Operation, graph_named, is_deep, operation
from kg.serving.settings import Setup
from kg.serving.states import Open, Reader, Writing
from kg.serving.statics import Statics, matches, release_file
from kg.serving.telemetry import Telemetry
from kg.serving.work import Dump, Job, Page, Parse
from kg.serving.writer import Change, Update

# A look-up may take so long, and give so many rows, in the front, where all others wait for it; else a worker does it.
_LOOKUP_SECONDS, _LOOKUP_ROWS = 0.02, 2000
# Of a text that is longer, others do not wait for the reading.
_LONG = 10_000
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_EXPOSED = "ETag, Link, Location, Retry-After, Kg-Truncated, Kg-Row-Limit"
_EVERYWHERE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": _EXPOSED,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
_KEPT = {"vary": "Accept, Accept-Encoding, Accept-Language", "cache-control": "no-cache"}
_DESCRIPTIONS = ("text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples", "text/html")
_UPWARD = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|$)", re.IGNORECASE)
_READ = "GET, HEAD, OPTIONS"
_STORE = "GET, HEAD, PUT, POST, DELETE, OPTIONS"


class App:
    """Answers the requests of one front."""

    def __init__(self, setup: Setup, reader: Reader, writing: Writing | None, pool: Pool, telemetry: Telemetry) -> None:
        self.setup, self.settings = setup, setup.settings
        self.reader, self.writing, self.pool, self.telemetry = reader, writing, pool, telemetry
        self.rate = Rate(self.settings.rate)
        # An answer that is asked for again is kept a second time, as it goes out.
        self.cache: Cache[Answer] = Cache(self.settings.cache // 2)
        self.repeats = Repeats(self.settings.cache // 2, lambda: reader.version.number, self._again)
        self.statics = Statics()
        local = self.settings.host in ("127.0.0.1", "::1", "localhost")
        self.names = frozenset((*_LOCAL, *self.settings.names)) if local else None

    def __call__(self, request: Request) -> Answer | Later:
        """Answer a request, at once where nothing is to be waited for; whatever is wrong with it becomes an answer that says so."""
        try:
            self._admit(request)
            begun = self._sparql(request) if request.path == "/sparql" else partial(self._answer, request)
        except Problem as problem:
            begun = _told(request, problem)
        return _open_to_all(begun) if isinstance(begun, Answer) else partial(self._later, request, begun)

    async def _later(self, request: Request, begun: Later) -> Answer:
        try:
            return _open_to_all(await begun())
        except Problem as problem:
            return _open_to_all(_told(request, problem))

    async def _answer(self, request: Request) -> Answer:
        path = request.path
        if request.method == "OPTIONS":
            return _options(path)
        if path == "/store" or path.startswith("/store/"):
            return await self._store(request)
        if request.method not in ("GET", "HEAD") and (path, request.method) != ("/reconcile", "POST"):
            raise Problem(405, f"{request.method} means nothing here", headers={"allow": _READ})
        if path == "/health":
            await self.reader.current()
            return Answer(200, {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}, b"ok\n")
        if path == "/metrics":
            return Answer(
                200,
                {"content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store"},
                self.telemetry.exposition(),
            )
        if path.startswith("/static/"):
            request.notes["kind"] = "static"
            return self.statics.answer(request, path.removeprefix("/static/"))
        if path.startswith("/release/"):
            request.notes["kind"] = "file"
            opened = await self.reader.current()
            return release_file(request, opened.state.folder, path.removeprefix("/release/"), opened.tag)
        return await self._page(request)

    def _admit(self, request: Request) -> None:
        """Raise Problem where a client asks too often, or a page of another site has its reader's browser ask under a name of its own."""
        wait = self.rate.wait(request.client)
        if wait:
            raise Problem(429, "you ask too often", headers={"retry-after": str(int(wait) + 1)})
        if self.names is not None:
            name = request.header("host").lower()
            if (name if name.endswith("]") else name.rpartition(":")[0] or name) not in self.names:
                raise Problem(421, "this server has another name; --name allows more")

    def _again(self, client: str) -> bool:
        """Return whether a client may have an answer that was given before."""
        if self.rate.wait(client):
            return False
        self.telemetry.event("cache_hit")
        return True

    # -- SPARQL

    def _sparql(self, request: Request) -> Answer | Later:
        if request.method == "OPTIONS":
            return _options(request.path)
        if len(request.query) + len(request.body) >= _LONG:
            return partial(self._long, request)
        asked = operation(request)
        return self._operation(request, asked, read(asked.text)) if asked else self._described(request)

    async def _long(self, request: Request) -> Answer:
        asked = await asyncio.to_thread(operation, request)
        if asked is None:
            begun = self._described(request)
        else:
            begun = self._operation(request, asked, await asyncio.to_thread(read, asked.text))
        return begun if isinstance(begun, Answer) else await begun()

    def _described(self, request: Request) -> Answer | Later:
        if choose(request.header("accept"), _DESCRIPTIONS) == "text/html":
            return Answer(303, {"location": "/query", "vary": "Accept"})
        return partial(self._page, request)

    def _operation(self, request: Request, asked: Operation, reading: Reading) -> Answer | Later:
        request.notes["kind"] = asked.kind
        request.notes["text"] = asked.text
        if asked.kind == "update":
            return partial(self._update, request, asked, reading)
        accept = request.header("accept")
        if request.method == "GET" and not asked.format_ and _is_browser(accept):
            return Answer(303, {"location": f"/query?query={quote(asked.text, safe='')}", "vary": "Accept"})
        _allow("SERVICE", reading.services, self.settings.services)
        likes = asked.format_ or accept
        query = partial(
            Query,
            asked.text,
            likes,
            asked.default_graphs,
            asked.named_graphs,
            tuple(graph for graph in reading.graphs if graph is not None and ":" in graph),
            base=self._origin(request) + "/sparql",
        )
        coding = encoding(request.header("accept-encoding"))
        key = (asked.text, request.header("host"), likes, asked.default_graphs, asked.named_graphs, coding)
        if reading.lookup and (opened := self.reader.at_hand) is not None:
            found = self._looked_up(request, opened, query, key, coding)
            if found is not None:
                return found
        return partial(self._query, request, query, key, coding, reading.volatile or bool(reading.services))

    def _looked_up(
        self, request: Request, opened: Open, query: Callable[[int, float], Query], key: object, coding: str
    ) -> Answer | None:
        """Answer a look-up here; None if that takes too long. It costs less than to look through what is kept."""
        tag = _tag(opened, key)
        if (same := _unchanged(request, tag)) is not None:
            return same
        parts: list[bytes] = []
        media: list[str] = []
        quick = query(min(_LOOKUP_ROWS, self.settings.rows or _LOOKUP_ROWS), _LOOKUP_SECONDS)
        if execute(opened.store, quick, opened.prefixes, media.append, parts.append).truncated:
            return None
        request.notes["cached"] = False
        body, used = packed(b"".join(parts), media[0], coding)
        headers = {**_KEPT, "content-type": media[0], **({"content-encoding": used} if used else {}), "etag": tag}
        return Answer(200, headers, body, state=opened.state.number if request.method == "GET" else -1)

    async def _query(
        self, request: Request, query: Callable[[int, float], Query], key: object, coding: str, fresh: bool
    ) -> Answer:
        """Have a worker answer a query; what is to be `fresh` is not kept."""
        opened = await self.reader.current()
        if not fresh:
            return await self._cached(request, opened, key, lambda: self._evaluated(opened, query, coding))
        answer = await self._evaluated(opened, query, coding)
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _cached(
        self, request: Request, opened: Open, key: object, make: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Return an answer that was given before, or make it; 304 where the client has it."""
        number = opened.state.number
        tag = _tag(opened, key)
        if (same := _unchanged(request, tag)) is not None:
            return same
        state = number if request.method == "GET" else -1
        found = self.cache.get(number, key)
        request.notes["cached"] = found is not None
        if found is not None:
            self.telemetry.event("cache_hit")
            return Answer(found.status, found.headers, found.body, state=state if found.status == 200 else -1)
        answer = await make()
        if answer.status == 200:
            answer.headers = {**_KEPT, **answer.headers, "etag": tag}
        if answer.pieces is None and answer.status in (200, 303, 404):
            self.cache.put(number, key, answer)
            answer.state = state if answer.status == 200 else -1
        return answer

    async def _evaluated(self, opened: Open, query: Callable[[int, float], Query], coding: str) -> Answer:
        seconds = self.settings.seconds
        answer = await self.pool.do(Job(opened.state, query(self.settings.rows, seconds), coding), seconds)
        if "kg-truncated" in answer.headers:
            self.telemetry.event("truncated")
        return answer

    async def _update(self, request: Request, asked: Operation, reading: Reading) -> Answer:
        writing = self._writer(request)
        if await asyncio.to_thread(is_deep, asked.text):
            raise Problem(400, "the update is nested too deeply")
        _allow("SERVICE", reading.services, self.settings.services)
        _allow("LOAD", reading.loads, self.settings.loads)
        text = asked.text
        if asked.default_graphs is not None:
            try:
                text = scoped(text, asked.default_graphs, asked.named_graphs or ())
            except ValueError as error:
                raise Problem(400, str(error)) from error
        seconds = self.settings.seconds
        await writing.do(Update(text, self._origin(request) + "/sparql", seconds), seconds)
        return Answer(204)

    def _writer(self, request: Request) -> Writing:
        """Return the way to the store; Problem where this client may not write."""
        if self.writing is None:
            raise Problem(403, "this server is for reading only; `kg serve --writable` takes updates", code="KG607")
        token = self.settings.token
        if token is not None:
            scheme, _, given = request.header("authorization").partition(" ")
            if scheme.lower() != "bearer":
                raise Problem(401, "updates need the token", headers={"www-authenticate": 'Bearer realm="kg"'})
            if not hmac.compare_digest(given.strip().encode(), token.encode()):
                invalid = {"www-authenticate": 'Bearer realm="kg", error="invalid_token"'}
                raise Problem(401, "this is not the token", headers=invalid)
            return self.writing
        # Without a token nothing but its origin tells a reader's own client from a page of another site in that reader's browser.
        origin = request.header("origin")
        if origin and urlsplit(origin).netloc != request.header("host"):
            raise Problem(403, "pages of other sites may not write here")
        if request.header("sec-fetch-site") in ("cross-site", "same-site"):
            raise Problem(403, "pages of other sites may not write here")
        return self.writing

    def _origin(self, request: Request) -> str:
        return self.settings.url or f"http://{request.header('host')}"

    # -- the Graph Store Protocol

    async def _store(self, request: Request) -> Answer:
        request.notes["kind"] = "graph"
        method = request.method
        if method in ("GET", "HEAD"):
            graph = graph_named(request, self._origin(request))
            opened = await self.reader.current()
            coding = encoding(request.header("accept-encoding"))
            dump = Dump(graph, request.header("accept"))
            return await self._cached(
                request,
                opened,
                (dump, coding),
                lambda: self.pool.do(Job(opened.state, dump, coding), self.settings.seconds),
            )
        if method not in ("PUT", "POST", "DELETE"):
            raise Problem(405, f"{method} means nothing here", headers={"allow": _STORE})
        writing = self._writer(request)
        seconds = self.settings.seconds
        fresh = method == "POST" and request.path.rstrip("/") == "/store" and not request.query
        if fresh:
            # A new graph is named after what was sent, so that sending it again makes no other.
            request.path = f"/store/{hashlib.blake2b(request.body, digest_size=10).hexdigest()}"
        graph = graph_named(request, self._origin(request))
        if method == "DELETE":
            await writing.do(Change("delete", graph, b"", seconds), seconds)
            return Answer(204)
        triples = await self._parsed(request, graph or self._origin(request) + request.path)
        made = await writing.do(Change("put" if method == "PUT" else "post", graph, triples, seconds), seconds)
        headers = {"location": self._origin(request) + request.path} if fresh else {}
        return Answer(201 if made or fresh else 204, headers)

    async def _parsed(self, request: Request, base: str) -> bytes:
        """Return the body of a request as N-Triples; a worker reads it, so that what breaks a parser breaks no more."""
        documents = [(request.media_type, request.body)]
        if request.header("content-encoding", "identity") != "identity":
            raise Problem(415, "the body must not be compressed")
        if request.media_type == "multipart/form-data":
            message = BytesParser(policy=policy.HTTP).parsebytes(
                b"content-type: " + request.header("content-type").encode("latin-1") + b"\r\n\r\n" + request.body
            )
            parts = list(message.iter_parts()) if message.is_multipart() else []
            if not parts or len(parts) > 20:
                raise Problem(400, "the form must have from 1 to 20 files")
            documents = [(part.get_content_type(), bytes(part.get_payload(decode=True) or b"")) for part in parts]
        opened = await self.reader.current()
        found = []
        for media, data in documents:
            answer = await self.pool.do(Job(opened.state, Parse(data, media, base)), self.settings.seconds)
            if answer.status != 200:
                raise Problem(answer.status, _detail(answer.body))
            found.append(answer.body)
        return b"".join(found)

    # -- pages

    async def _page(self, request: Request) -> Answer:
        request.notes["kind"] = "page"
        opened = await self.reader.current()
        coding = encoding(request.header("accept-encoding"))
        form = request.body.decode("utf-8", "replace") if request.method == "POST" else ""
        page = Page(
            "GET",
            request.path,
            form or request.query,
            request.header("accept"),
            languages(request.header("accept-language")),
            self._origin(request),
        )
        return await self._cached(
            request,
            opened,
            (page, coding),
            lambda: self.pool.do(Job(opened.state, page, coding), self.settings.seconds),
        )


def _open_to_all(answer: Answer) -> Answer:
    answer.headers = {**_EVERYWHERE, **answer.headers}
    return answer


def _told(request: Request, problem: Problem) -> Answer:
    offers = ("application/problem+json", "application/json", "text/plain")
    return problem.answer(plain=choose(request.header("accept"), offers) == "text/plain")


def _tag(opened: Open, key: object) -> str:
    """Return what tells the answer to a request from all others."""
    return f'W/"{opened.tag}-{hashlib.blake2b(repr(key).encode(), digest_size=8).hexdigest()}"'


def _unchanged(request: Request, tag: str) -> Answer | None:
    """Return 304 where the client has the answer."""
    wanted = request.header("if-none-match")
    if wanted and wanted.strip() != "*" and matches(wanted, tag):
        return Answer(304, {**_KEPT, "etag": tag})
    return None


def _allow(word: str, asked: tuple[str | None, ...], allowed: tuple[str, ...]) -> None:
    """Raise Problem where a request would have the server fetch what it is not told to."""
    for each in asked:
        # What leads up again in an address leaves the part of it that is allowed.
        if each is None or not each.startswith(allowed) or _UPWARD.search(each):
            name = f"<{each}>" if each is not None else "what is not written as an IRI in full"
            raise Problem(
                403,
                f"{word} {name} is not followed; `kg serve --allow-{word.lower()} PREFIX` allows addresses",
                code="KG601",
            )


def _is_browser(accept: str) -> bool:
    """Return whether a page is liked more than results are."""
    return choose(accept, ("application/sparql-results+json", "text/turtle", "text/html")) == "text/html"


def _detail(body: bytes) -> str:
    return str(json.loads(body)["detail"])


def _options(path: str) -> Answer:
    methods = (
        _STORE
        if path.startswith("/store")
        else "GET, HEAD, POST, OPTIONS"
        if path in ("/sparql", "/reconcile")
        else _READ
    )
    return Answer(
        204,
        {
            "allow": methods,
            "access-control-allow-methods": methods,
            "access-control-allow-headers": "Accept, Authorization, Content-Type",
            "access-control-max-age": "86400",
        },
    )
