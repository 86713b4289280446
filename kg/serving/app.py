"""What a front does with a request: finds out what is asked, whether it may be, and who answers it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from email import policy
from email.parser import BytesParser
from functools import partial
from urllib.parse import quote

from kg.query import Reading, excerpt, is_deep, read, scoped
from kg.serving.admission import Admission, follow
from kg.serving.cache import Cache, Repeats
from kg.serving.coding import packed
from kg.serving.headers import open_to_all
from kg.serving.http import Later
from kg.serving.lookups import Lookups, Manner, looked_up
from kg.serving.messages import Answer, Problem, Request
from kg.serving.negotiation import choose, encoding, languages
from kg.serving.openapi import openapi
from kg.serving.pool import Pool
from kg.serving.preconditions import NONE, graph_tag, preconditions
from kg.serving.protocol import Operation, graph_named, operation, uncompressed
from kg.serving.question import Question, question
from kg.serving.replies import KEPT, allowed, is_browser, options, tag_of, tags_of, told, unchanged, unwanted
from kg.serving.settings import Setup
from kg.serving.states import Open, Reader, Writing
from kg.serving.statics import Statics, fixed, release_file
from kg.serving.telemetry import Telemetry
from kg.serving.work import Dump, Job, Page, Parse
from kg.serving.writer import Change, Update

# Of a text that is longer, others do not wait for the reading.
_LONG = 10_000
_FORM = "application/x-www-form-urlencoded"
_DESCRIPTIONS = ("text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples", "text/html")


class App:
    """Answers the requests of one front."""

    def __init__(self, setup: Setup, reader: Reader, writing: Writing | None, pool: Pool, telemetry: Telemetry) -> None:
        self.setup, self.settings = setup, setup.settings
        self.reader, self.writing, self.pool, self.telemetry = reader, writing, pool, telemetry
        self.admission = Admission(self.settings)
        # An answer that is asked for again is kept a second time, as it goes out.
        self.cache: Cache[Answer] = Cache(self.settings.cache // 2)
        lookups = Lookups(lambda: reader.at_hand, self._manner, self.admission.in_time, self.settings)
        self.repeats = Repeats(self.settings.cache // 2, lambda: reader.version.number, self._again, lookups.get)
        self.statics = Statics()

    def __call__(self, request: Request) -> Answer | Later:
        """Answer a request, at once where nothing is to be waited for; whatever is wrong with it becomes an answer that says so."""
        try:
            self.admission.admit(request)
            begun = self._sparql(request) if request.path == "/sparql" else partial(self._answer, request)
        except Problem as problem:
            begun = told(request, problem)
        return (
            open_to_all(unwanted(request, begun)) if isinstance(begun, Answer) else partial(self._later, request, begun)
        )

    async def _later(self, request: Request, begun: Later) -> Answer:
        try:
            answer = await begun()
        except Problem as problem:
            answer = told(request, problem)
        sent = unwanted(request, answer)
        if sent is not answer:
            await answer.let_go()
        return open_to_all(sent)

    async def _answer(self, request: Request) -> Answer:
        path = request.path
        if request.method == "OPTIONS":
            return options(path)
        if path == "/store" or path.startswith("/store/"):
            return await self._store(request)
        if request.method not in ("GET", "HEAD") and (path, request.method) != ("/reconcile", "POST"):
            raise Problem(405, f"{request.method} means nothing here", headers={"allow": allowed(path)})
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
        if path == "/openapi.json":
            request.notes["kind"] = "static"
            return fixed(request, openapi(), "application/json")
        if path.startswith("/release/"):
            request.notes["kind"] = "file"
            opened = await self.reader.current()
            return release_file(request, opened.state.folder, path.removeprefix("/release/"), opened.tag)
        return await self._page(request)

    def _again(self, client: str) -> bool:
        """Return whether a client may have an answer that was given before."""
        if not self.admission.in_time(client):
            return False
        self.telemetry.event("cache_hit")
        return True

    # -- SPARQL

    def _sparql(self, request: Request) -> Answer | Later:
        if request.method == "OPTIONS":
            return options(request.path)
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
        if request.method in ("GET", "HEAD") and not asked.format_ and is_browser(request.header("accept")):
            return Answer(303, {"location": f"/query?query={quote(asked.text, safe='')}", "vary": "Accept"})
        follow("SERVICE", reading.services, self.settings.services)
        questioned = question(request, asked, reading, self._origin(request))
        fresh = reading.volatile or bool(reading.services)
        if not fresh and (opened := self.reader.at_hand) is not None:
            found = self._looked_up(request, opened, questioned)
            if found is not None:
                return found
        return partial(self._query, request, questioned, fresh)

    def _looked_up(self, request: Request, opened: Open, questioned: Question) -> Answer | None:
        """Answer a look-up here; None if it is none, or takes long. It costs less than to look through what is kept."""
        # Of what there may be much of, as what is said with a thing, a front would often begin in vain.
        looked = None if questioned.scoped else excerpt(questioned.text, opened.prefixes, forward=True)
        if looked is None:
            return None
        tag = tag_of(opened, questioned)
        if (same := unchanged(request, tag)) is not None:
            return same
        rows = self.settings.rows
        store = looked.store(opened.store, looked.iris, rows)
        found = None if store is None else looked_up(store, questioned, opened.prefixes, rows)
        if found is None:
            return None
        request.notes["cached"] = False
        plain, media = found
        body, used = packed(plain, media, questioned.coding)
        headers = {**KEPT, "content-type": media, **({"content-encoding": used} if used else {}), "etag": tag}
        return Answer(200, headers, body, state=opened.state.number if request.method == "GET" else -1)

    def _manner(self, request: Request, opened: Open) -> Manner | None:
        """Return how look-ups like this are answered by their bytes; None where this one is not, for it is no look-up or not to be answered as most are."""
        try:
            self.admission.named(request)
            asked = operation(request) if request.path == "/sparql" else None
        except Problem:
            return None
        if asked is None or (request.method, asked.kind) != ("GET", "query") or "if-none-match" in request.headers:
            return None
        questioned = question(request, asked, Reading(), self._origin(request))
        if questioned.scoped or (not asked.format_ and is_browser(questioned.likes)):
            return None
        return Manner(questioned, tags_of(opened, questioned))

    async def _query(self, request: Request, questioned: Question, fresh: bool) -> Answer:
        """Have a worker answer a query; what is to be `fresh` is not kept."""
        opened = await self.reader.current()
        if not fresh:
            return await self._cached(request, opened, questioned, lambda: self._evaluated(opened, questioned))
        answer = await self._evaluated(opened, questioned)
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _cached(
        self, request: Request, opened: Open, key: object, make: Callable[[], Awaitable[Answer]], tag: str = ""
    ) -> Answer:
        """Return an answer that was given before, or make it; 304 where the client has it."""
        number = opened.state.number
        tag = tag or tag_of(opened, key)
        if (same := unchanged(request, tag)) is not None:
            return same
        state = number if request.method == "GET" else -1
        found = self.cache.get(number, key)
        request.notes["cached"] = found is not None
        if found is not None:
            self.telemetry.event("cache_hit")
            return Answer(found.status, found.headers, found.body, state=state if found.status == 200 else -1)
        try:
            answer = await make()
        except Problem as problem:
            # What is not there is asked for again and again, too.
            answer = told(request, problem)
        if answer.status == 200:
            answer.headers = {**KEPT, **answer.headers, "etag": tag}
        if answer.pieces is None and answer.status in (200, 303, 404):
            self.cache.put(number, key, answer)
            answer.state = state if answer.status == 200 else -1
        return answer

    async def _evaluated(self, opened: Open, questioned: Question) -> Answer:
        seconds = self.settings.seconds
        job = Job(opened.state, questioned.query(self.settings.rows, seconds), questioned.coding)
        answer = await self.pool.do(job, seconds)
        if "kg-truncated" in answer.headers:
            self.telemetry.event("truncated")
        return answer

    async def _update(self, request: Request, asked: Operation, reading: Reading) -> Answer:
        writing = self._writable(request)
        if await asyncio.to_thread(is_deep, asked.text):
            raise Problem(400, "the update is nested too deeply")
        follow("SERVICE", reading.services, self.settings.services)
        follow("LOAD", reading.loads, self.settings.loads)
        text = asked.text
        if asked.default_graphs is not None:
            try:
                text = scoped(text, asked.default_graphs, asked.named_graphs or ())
            except ValueError as error:
                raise Problem(400, str(error)) from error
        seconds = self.settings.seconds
        await writing.do(Update(text, self._origin(request) + "/sparql", seconds), seconds)
        return Answer(204)

    def _writable(self, request: Request) -> Writing:
        """Return the way to the store; Problem where this client may not write."""
        if self.writing is None:
            raise Problem(403, "this server is for reading only; `kg serve --writable` takes updates", code="KG607")
        self.admission.write(request)
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
                # A release may be written in other bytes by the next version of this program, with the same tag.
                graph_tag(opened.tag, graph, (dump, coding)) if self.writing else "",
            )
        if method not in ("PUT", "POST", "DELETE"):
            raise Problem(405, f"{method} means nothing here", headers={"allow": allowed(request.path)})
        return await self._changed(request, self._writable(request))

    async def _changed(self, request: Request, writing: Writing) -> Answer:
        """Change a graph, if it is as the client says."""
        method, seconds = request.method, self.settings.seconds
        asked = preconditions(request)
        fresh = method == "POST" and request.path.rstrip("/") == "/store" and not request.query
        if fresh:
            # A new graph is named after what was sent, so that sending it again makes no other.
            request.path = f"/store/{hashlib.blake2b(request.body, digest_size=10).hexdigest()}"
        graph = graph_named(request, self._origin(request))
        if method == "DELETE":
            await writing.do(Change("delete", graph, b"", seconds, asked), seconds)
            return Answer(204)
        triples = await self._parsed(request, graph or self._origin(request) + request.path)
        if fresh:
            # They are about the address that was asked, and there is nothing at that which could have a tag.
            if asked.match is not None:
                raise Problem(412, "the graph store has no tag, only its graphs have")
            asked = NONE
        kind = "put" if method == "PUT" else "post"
        made = await writing.do(Change(kind, graph, triples, seconds, asked), seconds)
        headers = {"location": self._origin(request) + request.path} if fresh else {}
        return Answer(201 if made or fresh else 204, headers)

    async def _parsed(self, request: Request, base: str) -> bytes:
        """Return the body of a request as N-Triples; a worker reads it, so that what breaks a parser breaks no more."""
        documents = [(request.media_type, request.body)]
        uncompressed(request)
        if request.media_type == "multipart/form-data":
            message = BytesParser(policy=policy.HTTP).parsebytes(
                b"content-type: " + request.header("content-type").encode("latin-1") + b"\r\n\r\n" + request.body
            )
            parts = list(message.iter_parts()) if message.is_multipart() else []
            # A form that was cut off has an empty part without a name (RFC 7578, 4.2); what is empty would clear a graph.
            if not 0 < len(parts) <= 20 or any("content-disposition" not in part for part in parts):
                raise Problem(400, "the form must have from 1 to 20 files")
            documents = [(part.get_content_type(), bytes(part.get_payload(decode=True) or b"")) for part in parts]
        opened = await self.reader.current()
        found = []
        for media, data in documents:
            answer = await self.pool.do(Job(opened.state, Parse(data, media, base)), self.settings.seconds)
            found.append(answer.body)
        return b"".join(found)

    # -- pages

    async def _page(self, request: Request) -> Answer:
        request.notes["kind"] = "page"
        if request.method == "POST":
            uncompressed(request)
            if request.media_type not in ("", _FORM):
                raise Problem(400, f"the fields `queries` or `extend` are sent as {_FORM}")
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
