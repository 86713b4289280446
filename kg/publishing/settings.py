"""What can be set about a static site."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import PublishError


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """Settings of a static site.

    `url` is the address at which it will stand, up to a `/`; `base` what the IRIs of the data start with that have a page there (empty: found in the
    data). `files` is how many files things have at most; beyond, they share some. `version` names the release (empty: after its content), `previous` is the release before it, with which it is compared. `jobs` is the number of
    processes that make the documents.
    """

    url: str = ""
    base: str = ""
    title: str = ""
    description: str = ""
    license: str = ""
    version: str = ""
    previous: Path | None = None
    files: int = 300_000
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def root(self) -> str:
        """The path of the site, with a slash at both ends."""
        return urlsplit(self.url).path or "/"

    @property
    def origin(self) -> str:
        """Scheme and host of the site; empty where no address is set."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def checked(settings: PublishSettings) -> PublishSettings:
    """Return settings that can be used; PublishError for an address that is none."""
    for name, value in (("--url", settings.url), ("--base", settings.base)):
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        sound = parts.scheme in ("http", "https") and parts.hostname and value.endswith("/") and value.isascii()
        clean = (
            not parts.query
            and not parts.fragment
            and "@" not in parts.netloc
            and not set(value) & set("\\\"'<>`{}|^ %$")
        )
        if value and not (sound and clean and value.isprintable() and ".." not in value and "//" not in parts.path):
            raise PublishError(
                "KG650",
                f"{name} is not an address that a site can stand at",
                where=value,
                advice="write it with http or https and a slash at the end, such as https://data.example.org/graph/",
            )
    if settings.version and not (
        len(settings.version) <= 60
        and settings.version.isascii()
        and settings.version[0].isalnum()
        and settings.version[-1].isalnum()
        and all(letter.isalnum() or letter in "-._" for letter in settings.version)
        and not settings.version.endswith((".html", ".ttl", ".jsonld"))
    ):
        raise PublishError(
            "KG650",
            "the version cannot be a part of an address",
            where=settings.version,
            advice="use letters, digits, `-`, `.` and `_`, such as --version 2026.1",
        )
    return settings
