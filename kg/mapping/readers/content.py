"""What a source's file holds, once it is plain and local."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class Content:
    """A plain file on this machine, what messages call it, and the suffix (`.csv`, in lower case) that tells its format."""

    path: Path
    name: str
    suffix: str
