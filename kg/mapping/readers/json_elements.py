"""The children of an array or object within a large JSON document, one at a time: a document of any size takes the memory of its largest child."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import TextIO

from kg.mapping.readers.json_paths import Step

_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
# The last alternative is the start of a string that goes on in what is not read yet.
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]|"', re.DOTALL)
# So near to the end of what is read, a fault may be none once there is more.
_HALF_TOKEN = 16
_ENDS = frozenset(" \t\n\r,:]}")


def write_children(source: FilePath, steps: tuple[Step, ...], target: FilePath) -> None:
    """Write the children of the value to which names and indexes lead, as JSON Lines; none where there is no such value.

    ValueError where the document is broken up to there.
    """
    with source.open(encoding="utf-8-sig") as file, target.open("w", encoding="utf-8", newline="\n") as lines:
        for child in _children(_Reader(file), steps):
            # A line break in a document is between values: within strings it is escaped.
            lines.write(child.replace("\r", " ").replace("\n", " ") + "\n")


def _children(reader: _Reader, steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        if not _went(reader, step):
            return
    if reader.peek() == "[":
        for _ in reader.elements():
            yield reader.value()
    elif reader.peek() == "{":
        for _ in reader.members():
            yield reader.value()


def _went(reader: _Reader, step: Step) -> bool:
    """Go to the value at a step; return whether it is there."""
    if isinstance(step, str) and reader.peek() == "{":
        for key in reader.members():
            if key == step:
                return True
            reader.skip()
    if isinstance(step, int) and reader.peek() == "[":
        for number in reader.elements():
            if number == step:
                return True
            reader.skip()
    return False


class _Reader:
    """A JSON text that is read in parts; the position is always before a value or a mark of structure."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._before = 0
        self._decode = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """Return the next character that is no space; "" at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or not self._more(_CHUNK):
                return self._text[self._at : self._at + 1]

    def value(self) -> str:
        """Return the text of the next value, and go behind it."""
        self.peek()
        size = _CHUNK
        while True:
            try:
                _, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                may_go_on = error.msg.startswith("Unterminated") or error.pos > len(self._text) - _HALF_TOKEN
                if not may_go_on or not self._more(size):
                    raise ValueError(f"{error.msg} at character {self._before + error.pos}") from None
                size *= 2
                continue
            except RecursionError:
                raise ValueError("values are nested too deeply") from None
            # A number that is cut off is one, too: `1` of `1.5`.
            is_whole = self._text[end : end + 1] in _ENDS
            if is_whole or len(self._text) - end > _HALF_TOKEN or not self._more(_CHUNK):
                value = self._text[self._at : end]
                self._at = end
                return value

    def skip(self) -> None:
        """Go behind the next value without holding it."""
        if self.peek() not in "{[":
            self.value()
            return
        depth = 0
        while True:
            for match in _STRUCTURE.finditer(self._text, self._at):
                mark = match.group()
                if mark == '"':
                    self._at = match.start()
                    break
                depth += 1 if mark in ("{", "[") else -1 if mark in ("}", "]") else 0
                if depth == 0:
                    self._at = match.end()
                    return
            else:
                self._at = len(self._text)
            if not self._more(_CHUNK):
                raise ValueError("the document ends within a value")

    def members(self) -> Iterator[str]:
        """Yield the keys of the object that comes, each time before its value."""
        for _ in self._items("}"):
            key = json.loads(self.value()) if self.peek() == '"' else None
            if not isinstance(key, str):
                raise self._wrong("a key")
            self._take(":")
            yield key

    def elements(self) -> Iterator[int]:
        """Yield the indexes of the array that comes, each time before its value."""
        yield from self._items("]")

    def _items(self, end: str) -> Iterator[int]:
        self._at += 1
        number = 0
        while self.peek() != end:
            if number:
                self._take(",")
            yield number
            number += 1
        self._at += 1

    def _take(self, mark: str) -> None:
        if self.peek() != mark:
            raise self._wrong(mark)
        self._at += 1

    def _wrong(self, wanted: str) -> ValueError:
        return ValueError(f"{wanted} is missing at character {self._before + self._at}")

    def _more(self, size: int) -> bool:
        """Read on, and forget what lies behind; return whether there was more."""
        chunk = self._file.read(size)
        self._before += self._at
        self._text = self._text[self._at :] + chunk
        self._at = 0
        return bool(chunk)
