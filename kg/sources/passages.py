"""Reads passages, character for character as they stand in their files."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from kg.errors import SourceError
from kg.model import Finding, Passage, Severity
from kg.rdf.minting import slug

TEXT_SUFFIXES = (".txt", ".md")
RECORD_SUFFIXES = (".jsonl", ".ndjson")
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx", ".ods", ".xml", ".json", ".db", ".sqlite")
# Files that describe a folder rather than belong to its content.
_FOLDER_NOTES = ("readme", "license", "changelog")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading gave: passages in the order of their names, and what could not be read or was set aside."""

    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]


class _UnreadableError(Exception):
    """One file or record that is no passage; becomes a finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def read_passages(sources: Sequence[str]) -> Reading:
    """Read every passage of the sources (files, folders, `-`); names are unique and the order does not depend on that of the sources.

    A file that is no text or a record that is no passage becomes a finding and the rest is read. SourceError where a source does
    not exist, is a table, or where nothing at all could be read.
    """
    passages: list[Passage] = []
    findings: list[Finding] = []
    for item in _items(_files(sources)):
        if isinstance(item, Passage):
            passages.append(item)
        else:
            findings.append(item)
    if not passages:
        raise _nothing_read(sources, findings)
    unique, about = _named(passages)
    return Reading(unique, (*findings, *about))


def _files(sources: Sequence[str]) -> list[str]:
    """Return the files that the sources stand for; every fault of the list is told at once."""
    if not sources:
        raise SourceError("KG101", "no source is named", advice="name a file, a folder, or - for standard input")
    files: list[str] = []
    faults: list[SourceError] = []
    for source in sources:
        try:
            files.extend(_files_of(source))
        except SourceError as fault:
            faults.append(fault)
    if len(faults) > 1:
        lines = "".join(f"\n  {fault}" for fault in faults)
        raise SourceError(faults[0].code, f"{len(faults)} sources cannot be read:{lines}\n")
    if faults:
        raise faults[0]
    return list(dict.fromkeys(files))


def _files_of(source: str) -> list[str]:
    path = Path(source)
    if path.is_dir():
        found = sorted(str(child) for child in path.rglob("*") if _is_passage_file(child, path))
        if not found:
            raise SourceError(
                "KG102", "this folder holds no passages", where=source, advice="passages are .txt, .md or .jsonl files"
            )
        return found
    # What is neither file nor folder may be a pipe, as the shell makes for <(command).
    if source != "-" and not path.exists():
        raise SourceError(
            "KG101", "no such file or folder", where=source, advice="check the spelling and the working directory"
        )
    if path.suffix.lower() in TABLE_SUFFIXES:
        raise SourceError(
            "KG103",
            "this is a table, not a passage",
            where=source,
            advice="passages are .txt, .md or .jsonl files; for a table use `kg map`",
        )
    return [source]


def _is_passage_file(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder).parts
    return (
        path.suffix.lower() in (*TEXT_SUFFIXES, *RECORD_SUFFIXES)
        and path.is_file()
        and not any(part.startswith(".") for part in inside)
        and path.stem.lower() not in _FOLDER_NOTES
    )


def _items(files: Iterable[str]) -> Iterator[Passage | Finding]:
    for file in files:
        # A name that is no UTF-8 could not be written into any of our files.
        shown = os.fsencode(file).decode("utf-8", "replace")
        try:
            data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except OSError as error:
            yield _finding("unreadable", f"The file cannot be read: {error.strerror}.", shown)
            continue
        try:
            if Path(file).suffix.lower() in RECORD_SUFFIXES:
                yield from _records(shown, data)
            else:
                yield _passage(shown, "stdin" if file == "-" else Path(shown).stem, data)
        except _UnreadableError as unreadable:
            yield unreadable.finding


def _passage(source: str, name: str, data: bytes) -> Passage:
    text = _decoded(source, data)
    if not text.strip():
        raise _UnreadableError(
            _finding("empty-passage", "The passage is empty: nothing is read from it.", source, Severity.WARNING)
        )
    return Passage(source, name, text, hashlib.sha256(data).hexdigest())


def _decoded(source: str, data: bytes) -> str:
    if b"\0" in data:
        raise _UnreadableError(
            _finding("binary", f"This is no text: byte {data.index(0)} is NUL; give a UTF-8 text file.", source)
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(
            _finding(
                "invalid-utf8",
                f"Byte {error.start} (line {line}, 0x{data[error.start]:02X}) is not UTF-8; convert the file, for example with iconv.",
                source,
            )
        ) from error


def _records(file: str, data: bytes) -> Iterator[Passage | Finding]:
    """Yield a passage for each line `{"id": …, "text": …}`; a line that is none gives a finding that names it.

    A record without an id, or whose id is no text or number, is called by its line.
    """
    if b"\0" in data:
        _decoded(file, data)
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            record = json.loads(_decoded(where, line))
            if not isinstance(record, dict) or not isinstance(record.get("text"), str):
                yield _finding("bad-record", 'A record needs a "text" that is a string.', where)
                continue
            given = record.get("id")
            identifier = str(given) if isinstance(given, str | int) and str(given).strip() else str(number)
            text = record["text"].encode("utf-8")
            identifier.encode("utf-8")  # neither may hold a lone surrogate
            yield _passage(f"{file}#{identifier}", identifier, text)
        except _UnreadableError as unreadable:
            yield unreadable.finding
        except json.JSONDecodeError as error:
            yield _finding("bad-record", f"The line is no JSON: {error.msg} at column {error.colno}.", where)
        except (ValueError, RecursionError):
            what = "The record cannot be read: a lone surrogate, too deep a nesting or too long a number."
            yield _finding("bad-record", what, where)


def _named(passages: list[Passage]) -> tuple[tuple[Passage, ...], list[Finding]]:
    """Read one content once, and give passages of one name and different content names of their own, whatever their order."""
    findings: list[Finding] = []
    kept: list[Passage] = []
    passages = sorted(passages, key=lambda passage: (passage.sha256, slug(passage.name), passage.name, passage.source))
    for _, group in groupby(passages, key=lambda passage: passage.sha256):
        first, *again = group
        kept.append(first)
        findings += [
            _finding("duplicate-passage", f"The same text as {first.source}: read once.", other.source, Severity.INFO)
            for other in again
        ]
    kept.sort(key=lambda passage: (slug(passage.name), passage.sha256))
    taken = {slug(passage.name) for passage in kept}
    unique: list[Passage] = []
    for name, group in groupby(kept, key=lambda passage: slug(passage.name)):
        members = list(group)
        if len(members) == 1:
            unique.append(members[0])
            continue
        for own, member in zip(_renamed(members, taken), members, strict=True):
            unique.append(own)
            findings.append(
                _finding(
                    "same-name",
                    f"Another passage is called {name}, too: this one is named {own.name}.",
                    member.source,
                    Severity.INFO,
                )
            )
    unique.sort(key=lambda passage: slug(passage.name))
    return tuple(unique), findings


def _renamed(passages: list[Passage], taken: set[str]) -> list[Passage]:
    """Return the passages with the beginning of their content's hash in their names, as long a one as tells them from all others."""
    for digits in (8, 16, 64):
        own = [replace(passage, name=f"{passage.name}-{passage.sha256[:digits]}") for passage in passages]
        names = {slug(passage.name) for passage in own}
        if len(names) == len(own) and not names & taken:
            break
    return own


def _nothing_read(sources: Sequence[str], findings: list[Finding]) -> SourceError:
    if len(findings) == 1:
        return SourceError("KG104", findings[0].message.rstrip("."), where=findings[0].source or "")
    lines = "".join(f"\n  {finding.source}: {finding.message}" for finding in findings)
    return SourceError("KG104", f"no passage could be read{':' if lines else ''}{lines}", where=", ".join(sources))


def _finding(code: str, message: str, source: str, severity: Severity = Severity.VIOLATION) -> Finding:
    return Finding(code, severity, message, source)
