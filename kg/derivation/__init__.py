"""Derivation: what follows from what is stated, each value with its formula, inputs and assumptions; and what does not add up."""

from __future__ import annotations

from kg.derivation.derive import derive

__all__ = ["derive"]
