"""Files and query results by HTTP: only from where it is allowed, streamed to a temporary file, with limits on size and time."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from kg.errors import SourceError
from kg.mapping.readers.access import Access, is_url

_CHUNK = 1 << 18
_SILENCE = 60.0


def is_allowed(url: str, prefixes: tuple[str, ...]) -> bool:
    """Return whether a URL begins with one of the prefixes, at the end of a host's name or of a part of the path."""
    parts = urlsplit(url)
    if not is_url(url) or parts.username is not None or ".." in unquote(parts.path).split("/"):
        return False
    normal = _normal(url)
    return any(
        normal.startswith(prefix)
        and (prefix.endswith("/") or normal[len(prefix) : len(prefix) + 1] in ("", "/", "?", "#"))
        for prefix in map(_normal, prefixes)
    )


def fetched(url: str, access: Access, where: str, *, accept: str = "*/*", body: bytes | None = None) -> Path:
    """Return a file with what a URL gives (GET, or POST of a form's `body`), read once in a run.

    SourceError where the network is not allowed (KG222), redirects included, and where the transfer fails or goes over the limits of `access` (KG223).
    """
    _check(url, access, where)
    return access.staged((url, accept, body), "", lambda part: _transfer(url, access, where, accept, body, part))


def _transfer(url: str, access: Access, where: str, accept: str, body: bytes | None, part: Path) -> None:
    request = urllib.request.Request(url.partition("#")[0], data=body, headers={"Accept": accept, "User-Agent": "kg"})
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(access, where),
    ):
        opener.add_handler(handler)
    try:
        with opener.open(request, timeout=min(_SILENCE, access.download_seconds)) as answer, part.open("wb") as file:
            _copy(answer, file, access)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise SourceError(
            "KG223",
            f"{url} cannot be read: {' '.join(str(error).split())}",
            where=where,
            advice="check the address and that it is reachable",
        ) from error


def _copy(answer: IO[bytes], file: IO[bytes], access: Access) -> None:
    end = time.monotonic() + access.download_seconds
    left = access.download_bytes
    while chunk := answer.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise OSError(f"there is more than {access.download_bytes} bytes of it")
        if time.monotonic() > end:
            raise OSError(f"it takes longer than {access.download_seconds:g} seconds")
        file.write(chunk)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where reading is allowed too."""

    def __init__(self, access: Access, where: str) -> None:
        self._access, self._where = access, where

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check(newurl, self._access, self._where)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str, access: Access, where: str) -> None:
    if not is_allowed(url, access.network):
        parts = urlsplit(url)
        raise SourceError(
            "KG222",
            f"the network is not to be used for {url}",
            where=where,
            advice=f"allow it with --allow-network {parts.scheme}://{parts.netloc.rpartition('@')[2]}/, or give a copy of the file",
        )


def _normal(url: str) -> str:
    """Return a URL with scheme and host in lower case, as they are compared."""
    parts = urlsplit(url)
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()
