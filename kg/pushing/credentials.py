"""Who we are to a store: from the environment or netrc, never from the command line; and the headers that say so."""

from __future__ import annotations

import base64
import hashlib
import netrc
import os
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from kg.errors import PushError

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token, or nothing; `origin` says where they were found. Its text never shows what is secret."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    origin: str = "none"

    @property
    def known(self) -> bool:
        """Say whether there are any."""
        return bool(self.user or self.token)


def credentials_for(url: str) -> Credentials:
    """Return KG_PUSH_TOKEN, or KG_PUSH_USER with KG_PUSH_PASSWORD, or what netrc ($NETRC, ~/.netrc) has for the host; PushError for a netrc that is wrong."""
    if token := os.environ.get("KG_PUSH_TOKEN"):
        return Credentials(token=token, origin="KG_PUSH_TOKEN")
    if user := os.environ.get("KG_PUSH_USER"):
        return Credentials(user=user, password=os.environ.get("KG_PUSH_PASSWORD", ""), origin="KG_PUSH_USER")
    path = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111 - which leaves the path alone where there is no home
    try:
        found = netrc.netrc(path).authenticators(urlsplit(url).hostname or "")
    except FileNotFoundError:
        return Credentials()
    except (OSError, netrc.NetrcParseError) as error:
        # The message of the parser quotes the line, which may hold a password.
        raise PushError(
            "KG634", "the netrc file cannot be read", where=path, advice="see its syntax and who may read it"
        ) from error
    return Credentials(user=found[0], password=found[2] or "", origin="netrc") if found else Credentials()


class Authorizer:
    """Answers the challenges of a server: Basic, Digest (RFC 7616: MD5 and SHA-256, qop auth) and Bearer.

    A password goes only to a server that asked for it; a token goes with every request.
    """

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.scheme = "bearer" if credentials.token else ""
        self._challenge: dict[str, str] = {}
        self._count = 0

    def learn(self, challenges: list[str]) -> bool:
        """Take the WWW-Authenticate headers of an answer 401; return whether a new try may fare better."""
        stale, offered = self._challenge.get("nonce"), {}
        for challenge in challenges:
            scheme, _, rest = challenge.strip().partition(" ")
            offered[scheme.lower()] = rest
        if not self.credentials.user:
            return False
        if "digest" in offered:
            found = parse_keqv_list(parse_http_list(offered["digest"]))
            if found.get("algorithm", "MD5").upper() in _HASHES:
                again = self.scheme == "digest" and found.get("stale", "").lower() != "true"
                self.scheme, self._challenge, self._count = "digest", found, 0
                # A server that asks anew with another nonce after one right answer has only forgotten the old one: one more try.
                return not again or (stale is not None and found.get("nonce") != stale)
        if "basic" in offered:
            again, self.scheme = self.scheme == "basic", "basic"
            return not again
        return False

    def header(self, method: str, target: str) -> str | None:
        """Return the Authorization header of a request for `target` (path and query), or None."""
        if self.scheme == "bearer":
            return f"Bearer {self.credentials.token}"
        if self.scheme == "basic":
            pair = f"{self.credentials.user}:{self.credentials.password}".encode()
            return "Basic " + base64.b64encode(pair).decode()
        if self.scheme == "digest":
            return self._digest(method, target)
        return None

    def _digest(self, method: str, target: str) -> str:
        challenge, user = self._challenge, self.credentials.user
        algorithm = challenge.get("algorithm", "MD5")
        make = _HASHES[algorithm.upper()]

        def hashed(text: str) -> str:
            return make(text.encode()).hexdigest()

        secret = hashed(f"{user}:{challenge.get('realm', '')}:{self.credentials.password}")
        request, nonce = hashed(f"{method}:{target}"), challenge.get("nonce", "")
        fields = {"username": user, "realm": challenge.get("realm", ""), "nonce": nonce, "uri": target}
        plain = {"algorithm": algorithm}
        if "auth" in [each.strip() for each in challenge.get("qop", "").split(",")]:
            self._count += 1
            count, own = f"{self._count:08x}", secrets.token_hex(8)
            fields |= {"cnonce": own, "response": hashed(f"{secret}:{nonce}:{count}:{own}:auth:{request}")}
            plain |= {"nc": count, "qop": "auth"}
        else:
            fields["response"] = hashed(f"{secret}:{nonce}:{request}")
        if "opaque" in challenge:
            fields["opaque"] = challenge["opaque"]
        escaped = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in fields.items()}
        return "Digest " + ", ".join(
            [
                *(f'{name}="{value}"' for name, value in escaped.items()),
                *(f"{name}={value}" for name, value in plain.items()),
            ]
        )
