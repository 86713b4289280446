"""The embedded SPARQL store (Oxigraph) of a release."""

from __future__ import annotations

from kg.store.oxigraph import build_store, file_store, lines_store, memory_store, open_store

__all__ = ["build_store", "file_store", "lines_store", "memory_store", "open_store"]
