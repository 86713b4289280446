"""Files that are served as they are: what pages need, and the files of a release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

from kg.pages.assets import MEDIA, assets
from kg.serving.coding import packed
from kg.serving.messages import Answer, Problem, Request
from kg.serving.negotiation import encoding

RELEASE = ("graph.nq.zst", "graph.ttl", "report.json", "report.html", "report.ttl", "manifest.json", "void.ttl")
# No file has more bytes than 18 digits tell.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_PIECE = 1 << 18
# What an answer without a body still says of it (RFC 9110, 15.4.5).
_KEPT = ("etag", "cache-control", "vary", "content-location", "link")


class Statics:
    """The files that come with the pages; all are read once, so that no path of a request ever reaches the file system."""

    def __init__(self) -> None:
        self._found = {name: (body, MEDIA[Path(name).suffix]) for name, body in assets().items()}

    def answer(self, request: Request, name: str) -> Answer:
        """Return a file by its name below /static/."""
        found = self._found.get(name)
        if found is None:
            raise Problem(404, "there is no such file")
        return fixed(request, *found)


def fixed(request: Request, body: bytes, media: str) -> Answer:
    """Return what is the same for all, until the program is another."""
    content, coding, tag = _packed(body, media, encoding(request.header("accept-encoding")))
    headers = {
        "content-type": media,
        **({"content-encoding": coding} if coding else {}),
        "cache-control": "public, max-age=3600",
        "vary": "Accept-Encoding",
        "etag": f'"{tag}"',
    }
    return conditional(request, Answer(200, headers, content))


@cache
def _packed(body: bytes, media: str, coding: str) -> tuple[bytes, str, str]:
    """Return a body as it is sent, its coding, and what tells it from others."""
    content, used = packed(body, media, coding)
    return content, used, hashlib.sha256(content).hexdigest()[:20]


def conditional(request: Request, answer: Answer) -> Answer:
    """Return an answer, or 304 where the client has it already (RFC 9110, 13.1.2)."""
    tag = answer.headers.get("etag", "")
    wanted = request.header("if-none-match")
    return not_modified(answer) if tag and wanted and answer.status == 200 and matches(wanted, tag) else answer


def not_modified(answer: Answer) -> Answer:
    """Return what says no more of an answer than that it is there."""
    return Answer(304, {name: value for name, value in answer.headers.items() if name in _KEPT})


def matches(wanted: str, tag: str) -> bool:
    """Return whether an If-None-Match header names a tag, weak or strong."""
    bare = tag.removeprefix("W/")
    return wanted.strip() == "*" or any(each.strip().removeprefix("W/") == bare for each in wanted.split(","))


def release_file(request: Request, folder: Path, name: str, tag: str) -> Answer:
    """Return a file of the release, or the part of it that is asked for (RFC 9110, 14)."""
    path = folder / name
    if name not in RELEASE or not path.is_file():
        raise Problem(404, "there is no such file in this release")
    size = path.stat().st_size
    headers = {
        "content-type": MEDIA[path.suffix],
        "accept-ranges": "bytes",
        "etag": f'"{tag}-{name}"',
        "cache-control": "no-cache",
        # A report holds words of strangers; a page of its own kind it may be, but none that runs anything.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    }
    whole = conditional(request, Answer(200, headers))
    if whole.status != 200:
        return whole
    start, end = 0, size
    part = _part(request, headers["etag"], size)
    if part is not None:
        start, end = part
        if start >= end:
            raise Problem(416, "there is no such part", headers={"content-range": f"bytes */{size}"})
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        whole.status = 206
    headers["content-length"] = str(end - start)
    whole.pieces = _read(path, start, end - start)
    return whole


def _part(request: Request, tag: str, size: int) -> tuple[int, int] | None:
    """Return where the part that is asked for begins and ends; None where there is none to be given, or it is not one that could be (RFC 9110, 14.1.1 and 14.2)."""
    found = _RANGE.fullmatch(request.header("range").strip())
    if not found or request.method != "GET" or request.header("if-range", tag) != tag:
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size


async def _read(path: Path, start: int, size: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while size:
            data = file.read(min(size, _PIECE))
            if not data:
                raise ConnectionResetError("the file is shorter than it was")
            size -= len(data)
            yield data
