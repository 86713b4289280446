"""`kg serve`: a SPARQL endpoint and linked-data pages, for readers that nobody can trust."""

from __future__ import annotations

from collections.abc import Callable

from kg.serving.settings import ServeSettings

__all__ = ["ServeSettings", "serve"]


def serve(target: str, settings: ServeSettings, announce: Callable[[str], None]) -> None:
    """Serve a target until SIGTERM or SIGINT; `announce` is told the address once requests are answered.

    ServeError where the target cannot be served, or the address is taken.
    """
    # Processes of the server import parts of this package only, and start the faster for it.
    from kg.serving.supervisor import serve as run

    run(target, settings, announce)
