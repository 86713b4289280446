"""How a CSV dialect is written: the first records of a file, and lines as DuckDB wants them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from kg.errors import SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content
from kg.mapping.rules import Dialect

_CHUNK = 1 << 20
_START = 1 << 16
_SAMPLES = 16


def first_records(content: Content, dialect: Dialect, count: int, where: str) -> list[tuple[str, ...]]:
    """Return at most `count` records from the start of a file in UTF-8; an empty line is a record of one empty field.

    SourceError where a quote is not closed within the file (KG221).
    """
    field = _field(dialect)
    size = _START
    while True:
        with content.path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
            text = file.read(size)
            is_whole = not file.read(1)
        records = _records(text, field, dialect, is_whole=is_whole)
        found = list(islice(records, count))
        if is_whole or len(found) == count:
            break
        size *= 4
    if found and dialect.quote and any(name.startswith(dialect.quote) for name in found[-1]):
        raise SourceError(
            "KG221",
            "a quote in the header is not closed",
            where=f"{where}: {content.name}",
            advice="correct the file, or say its quote character in the mapping",
        )
    return found


def _field(dialect: Dialect) -> re.Pattern[str]:
    """Return what matches a field and what ends it: the content if it is quoted, else its text, then the delimiter, line end or end."""
    quote, end = re.escape(dialect.quote), rf"({re.escape(dialect.delimiter)}|\r\n|\n|\r|\Z)"
    plain = rf"((?:(?!{re.escape(dialect.delimiter)})[^\r\n])*)"
    if not quote:
        return re.compile(f"(\\Z.)?{plain}{end}", re.DOTALL)
    within = rf"(?:[^{quote}]|{quote}{quote})*" if dialect.double_quote else rf"(?:[^{quote}\\]|\\.)*"
    return re.compile(f"(?: *{quote}({within}){quote} *|{plain}){end}", re.DOTALL)


def _records(text: str, field: re.Pattern[str], dialect: Dialect, *, is_whole: bool) -> Iterator[tuple[str, ...]]:
    position = 0
    record: list[str] = []
    while position < len(text) or record:
        match = field.match(text, position)
        if match is None or (match.end() == len(text) and not is_whole):
            return
        quoted, plain, end = match.groups()
        record.append(plain if quoted is None else _unescaped(quoted, dialect))
        position = match.end()
        if end != dialect.delimiter:
            yield tuple(record)
            record = []


def _unescaped(quoted: str, dialect: Dialect) -> str:
    if dialect.double_quote:
        return quoted.replace(dialect.quote * 2, dialect.quote)
    return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)


def cleaned(content: Content, dialect: Dialect, access: Access) -> Content:
    """Return a file without lines of comment, its lines ended alike; one that is so already is itself returned.

    DuckDB takes a comment in the midst of a line too, and stops where line ends are mixed.
    """
    if not dialect.comment and _has_plain_line_ends(content.path):
        return content
    key = (*identity(content.path), "cleaned", dialect)
    path = access.staged(key, content.suffix, lambda part: _clean(content.path, part, dialect))
    return Content(path, content.name, content.suffix)


def _has_plain_line_ends(path: Path) -> bool:
    """Return whether all lines end in one way, those within quotes included; of a large file with pairs of characters, samples are looked at."""
    size = path.stat().st_size
    step = max(_CHUNK, size // _SAMPLES)
    with path.open("rb", buffering=0) as file:
        start = file.read(_CHUNK)
        if b"\r" not in start:
            return _lacks_returns(file)
        ends = _line_ends(start)
        for position in range(step, size, step):
            file.seek(position)
            ends |= _line_ends(file.read(_CHUNK))
    return len(ends) < 2


def _lacks_returns(file: IO[bytes]) -> bool:
    while chunk := file.read(_CHUNK):
        if b"\r" in chunk:
            return False
    return True


def _line_ends(chunk: bytes) -> set[bytes]:
    """Return the kinds of line ends in a part of a file, whose first and last byte may be half of one."""
    inner = chunk.removeprefix(b"\n").removesuffix(b"\r")
    pairs, feeds, returns = inner.count(b"\r\n"), inner.count(b"\n"), inner.count(b"\r")
    kinds = {b"\r\n": pairs, b"\n": feeds - pairs, b"\r": returns - pairs}
    return {kind for kind, count in kinds.items() if count}


def _clean(source: Path, target: Path, dialect: Dialect) -> None:
    comment = dialect.comment.encode()
    opening, closing = _quotes(dialect)
    is_open = False
    with source.open("rb") as file, target.open("wb") as plain:
        for line in _lines(file):
            if comment and not is_open and line.startswith(comment):
                continue
            if not is_open and opening.search(line) is None:
                plain.write(_ended_alike(line))
                continue
            is_open = _copy_quoted(line, plain, opening, closing, is_open=is_open)


def _copy_quoted(
    line: bytes, plain: IO[bytes], opening: re.Pattern[bytes], closing: re.Pattern[bytes], *, is_open: bool
) -> bool:
    """Write a line as it is within quotes; return whether a quote is open at its end."""
    position = 0
    while True:
        match = (closing.match if is_open else opening.search)(line, position)
        part = line[position : match.end() if match else len(line)]
        plain.write(part if is_open else _ended_alike(part))
        if match is None:
            return is_open
        position, is_open = match.end(), not is_open


def _quotes(dialect: Dialect) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Return what matches up to an opening quote, which stands where a field starts, and what up to a closing one."""
    if not dialect.quote:
        return re.compile(rb"\Z."), re.compile(rb"\Z.")
    quote, delimiter = re.escape(dialect.quote).encode(), re.escape(dialect.delimiter).encode()
    within = rb"(?:[^%b]|%b%b)*+" % (quote, quote, quote) if dialect.double_quote else rb"(?:[^%b\\]|\\.)*+" % quote
    return re.compile(rb"(?:\A|%b|\r) *%b" % (delimiter, quote)), re.compile(within + quote, re.DOTALL)


def _ended_alike(line: bytes) -> bytes:
    return line.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in line else line


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines, without the byte order mark."""
    for number, line in enumerate(file):
        yield line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
