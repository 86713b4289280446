"""The errors of kg: each says where, what is wrong, and what to do next."""

from __future__ import annotations


class KgError(Exception):
    """A fault that stops the command; the command line prints it and ends with status 3.

    `code` is a stable key of docs/reference/errors.md, `where` names the file, option or line, `what` is a sentence, `advice` says what to do next.
    """

    def __init__(self, code: str, what: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(code, what, where, advice)
        self.code = code
        self.what = what
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        """One line: `where: what; advice [code]`."""
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{place}{self.what}{advice} [{self.code}]"

    def __reduce__(self) -> tuple[object, ...]:
        """Let it be raised again in another process."""
        return _again, (type(self), self.code, self.what, self.where, self.advice)


class SourceError(KgError):
    """A source that cannot be read at all (KG1xx)."""


class MappingError(KgError):
    """A mapping, ontology or reference file that is wrong (KG2xx)."""


class ShapesError(KgError):
    """Shapes that cannot be used (KG3xx)."""


class ReleaseError(KgError):
    """A release that cannot be written or read (KG4xx)."""


class QueryError(KgError):
    """A query, a name or an export that cannot be answered (KG5xx)."""


class DiffError(KgError):
    """Two graphs that cannot be compared (KG66x)."""


class ServeError(KgError):
    """A server that cannot be started (KG6xx)."""


class PublishError(KgError):
    """A static site that cannot be written (KG65x)."""


class PushError(KgError):
    """A store that cannot be pushed to, or did not keep what was sent (KG62x to KG64x)."""


def _again(kind: type[KgError], code: str, what: str, where: str, advice: str) -> KgError:
    return kind(code, what, where=where, advice=advice)
