"""Who may ask what: how often, under which name, and who may write; and which addresses the server itself may ask."""

from __future__ import annotations

import hmac
import re
from urllib.parse import urlsplit

from kg.serving.limits import Rate
from kg.serving.messages import Problem, Request
from kg.serving.settings import ServeSettings

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_UPWARD = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|$)", re.IGNORECASE)


class Admission:
    """What the settings of a server allow; each method but `in_time` raises Problem where something is not allowed."""

    def __init__(self, settings: ServeSettings) -> None:
        self._rate = Rate(settings.rate)
        self._token = settings.token
        local = settings.host in ("127.0.0.1", "::1", "localhost")
        self._names = frozenset((*_LOCAL, *settings.names)) if local else None

    def in_time(self, client: str) -> bool:
        """Return whether a client may ask now, and count that it does."""
        return not self._rate.wait(client)

    def admit(self, request: Request) -> None:
        """Refuse a client that asks too often, and a page of another site that has its reader's browser ask under a name of its own."""
        wait = self._rate.wait(request.client)
        if wait:
            raise Problem(429, "you ask too often", headers={"retry-after": str(int(wait) + 1)})
        self.named(request)

    def named(self, request: Request) -> None:
        """Refuse a request that calls the server by a name that is not its own."""
        if self._names is not None:
            name = request.header("host").lower()
            if (name if name.endswith("]") else name.rpartition(":")[0] or name) not in self._names:
                raise Problem(421, "this server has another name; --name allows more")

    def write(self, request: Request) -> None:
        """Refuse to change the data for who has no token, or, where none is needed, for pages of other sites."""
        if self._token is not None:
            scheme, _, given = request.header("authorization").partition(" ")
            if scheme.lower() != "bearer":
                raise Problem(401, "updates need the token", headers={"www-authenticate": 'Bearer realm="kg"'})
            if not hmac.compare_digest(given.strip().encode(), self._token.encode()):
                invalid = {"www-authenticate": 'Bearer realm="kg", error="invalid_token"'}
                raise Problem(401, "this is not the token", headers=invalid)
            return
        # Without a token nothing but its origin tells a reader's own client from a page of another site in that reader's browser.
        origin = request.header("origin")
        if origin and urlsplit(origin).netloc != request.header("host"):
            raise Problem(403, "pages of other sites may not write here")
        if request.header("sec-fetch-site") in ("cross-site", "same-site"):
            raise Problem(403, "pages of other sites may not write here")


def follow(word: str, asked: tuple[str | None, ...], allowed: tuple[str, ...]) -> None:
    """Refuse a request that would have the server fetch what it is not told to."""
    for each in asked:
        # What leads up again in an address leaves the part of it that is allowed.
        if each is None or not each.startswith(allowed) or _UPWARD.search(each):
            name = f"<{each}>" if each is not None else "what is not written as an IRI in full"
            raise Problem(
                403,
                f"{word} {name} is not followed; `kg serve --allow-{word.lower()} PREFIX` allows addresses",
                code="KG601",
            )
