"""The values that travel between the stages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePath
from typing import TypeAlias

# A record of a JSON Lines file, which its id follows; in any other file name `#` is a character like others.
_RECORD = re.compile(r"(.*?\.(?:jsonl|ndjson))(#.*)", re.IGNORECASE | re.DOTALL)


class Severity(StrEnum):
    """How bad a finding is: a violation is wrong, a warning implausible, an info missing or worth knowing."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for violation."""
        return ("info", "warning", "violation").index(self.value)


class Level(StrEnum):
    """Whether a value is in the text, follows from it, or rests on an assumption."""

    STATED = "stated"
    DERIVED = "derived"
    ESTIMATED = "estimated"


class Slot(StrEnum):
    """The seven variables that the tags of a passage mark."""

    MODEL = "model"
    PARAMS = "params"
    GPU_COUNT = "gpu_count"
    HARDWARE = "hardware"
    TRAINING = "training"
    COUNTRY = "country"
    YEAR = "year"


Scalar: TypeAlias = str | int | Decimal | bool
Value: TypeAlias = Scalar | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that is read for facts.

    `source` is the path as given, with `#id` for a record of a .jsonl file; `name` is the file's stem or the record's id; `text` holds the
    characters of the file as it is (tags, carriage returns and a byte-order mark included), so that offsets count in it.
    """

    source: str
    name: str
    text: str
    sha256: str

    @property
    def file(self) -> str:
        """The file's name without its folders, with the `#id` of a record: what the graph and the report call the source."""
        record = _RECORD.match(self.source)
        path, identifier = record.groups() if record else (self.source, "")
        return PurePath(path).name + identifier


@dataclass(frozen=True, slots=True)
class Fact:
    """What a span of a passage says.

    `subject` is a key within the passage (`run:pretraining`), `property` the local name of a term of the ontology, `value` the normalised value
    (None: the passage does not state it; then the span may be empty). `start` and `end` count code points of the passage, end exclusive,
    and `text` is what stands there.
    """

    source: str
    slot: Slot | None
    subject: str
    property: str
    value: Value
    unit: str | None
    approximate: bool
    level: Level
    text: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell about a source, an entity or a value, with its place.

    `code` is stable (`unclosed-tag`, `utilization-above-1`, or a shape's name); `entity`, `path` and `value` are IRIs or terms where the finding is about the
    graph; `start`, `end` and `text` are the span in `source` that it leads back to.
    """

    code: str
    severity: Severity
    message: str
    source: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    entity: str | None = None
    path: str | None = None
    value: str | None = None
    shape: str | None = None
