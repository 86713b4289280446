"""Readers: sources of all kinds to relations of a DuckDB session."""

from __future__ import annotations

from kg.mapping.readers.access import Access
from kg.mapping.readers.nested import define
from kg.mapping.readers.opening import open_source
from kg.mapping.readers.record import RECORD
from kg.mapping.readers.rejects import Rejected, rejected

__all__ = ["RECORD", "Access", "Rejected", "define", "open_source", "rejected"]
