"""kg: a knowledge-graph builder for what people write about AI models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.version import __version__

if TYPE_CHECKING:
    from kg.loading import load
    from kg.mapping.api import map_records as map  # noqa: A004 - the name that people look for

__all__ = ["__version__", "load", "map"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: `import kg` alone loads no library."""
    if name == "map":
        from kg.mapping.api import map_records

        return map_records
    if name == "load":
        from kg.loading import load

        return load
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
