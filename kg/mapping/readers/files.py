"""The files that a source names: one, those of a folder or a pattern, a URL's or standard input, as plain local files in a fixed order."""

from __future__ import annotations

import difflib
import glob
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import MappingError, SourceError
from kg.mapping.readers.access import Access, is_url
from kg.mapping.readers.compression import told_apart, unpacked
from kg.mapping.readers.content import Content
from kg.mapping.rules import File, LogicalSource

STANDARD_INPUT = "-"
_PATTERN = frozenset("*?[")


def file_of(source: LogicalSource) -> File:
    """Return the file that a source reads; MappingError where it reads something else."""
    if not isinstance(source.access, File):
        raise MappingError(
            "KG224",
            f"{source.formulation} is read from a file, not from {type(source.access).__name__.lower()}s",
            where=str(source.place),
            advice="name a file, or use another reference formulation",
        )
    return source.access


def contents(source: LogicalSource, suffixes: tuple[str, ...], access: Access) -> tuple[Content, ...]:
    """Return what the files of a source hold, in the order of their paths; of a folder, the files with one of `suffixes`, at any depth.

    SourceError where there is no such file (KG220) or it cannot be read (KG221).
    """
    file, where = file_of(source), str(source.place)
    if file.path == STANDARD_INPUT:
        spooled = access.staged((STANDARD_INPUT,), "", _spool)
        found = [(spooled, "standard input")]
    elif is_url(file.path):
        # What speaks HTTP takes its time to load.
        from kg.mapping.readers.network import fetched

        found = [(fetched(file.path, access, where), urlsplit(file.path).path)]
    else:
        found = [(path, str(path)) for path in _local(file.path, suffixes, where)]
    return tuple(content for path, name in found for content in unpacked(path, name, file.compression, access, where))


def _local(path: str, suffixes: tuple[str, ...], where: str) -> list[Path]:
    """Return the files that a path stands for. A file that is called so comes before what the name would mean as a pattern."""
    named = Path(path)
    try:
        if named.is_dir():
            found = _of_folder(named, suffixes)
            if not found:
                raise _missing(named, f"the folder holds no {' or '.join(suffixes)} file", where)
            return found
        if named.exists():
            return [named]
    except OSError as error:
        raise SourceError(
            "KG221", f"it cannot be read: {error}", where=f"{where}: {path}", advice="check its rights"
        ) from error
    if _PATTERN & set(path):
        matches = sorted(Path(match) for match in glob.glob(_pattern(named), recursive=True))  # noqa: PTH207 - the pattern is absolute or not
        found = [file for match in matches for file in ([match] if match.is_file() else _of_folder(match, suffixes))]
        if not found:
            raise _missing(named, "no file fits the pattern", where)
        return list(dict.fromkeys(found))
    raise _missing(named, "there is no such file", where)


def _pattern(path: Path) -> str:
    """Return a path as a pattern; a folder that is called like a pattern is meant by its name."""
    known = next(parent for parent in path.parents if parent.is_dir())
    return str(Path(glob.escape(str(known))) / path.relative_to(known))


def _of_folder(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the data files below a folder; names that start with a dot or an underscore are marks of other programs."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        and _is_one_of(path.name, suffixes)
    )


def _is_one_of(name: str, suffixes: tuple[str, ...]) -> bool:
    bare, compression = told_apart(name.lower())
    return bare.endswith(suffixes) or (compression in ("zip", "targz", "tarxz", "tarbz2") and "." not in bare)


def _missing(path: Path, what: str, where: str) -> SourceError:
    """Return the error for a path that leads nowhere, with what there is instead."""
    folder = next((parent for parent in path.parents if parent.is_dir()), Path())
    try:
        there = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        there = []
    wanted = path.relative_to(folder).parts[0] if path.is_relative_to(folder) and path != folder else path.name
    near = difflib.get_close_matches(wanted, there, n=3, cutoff=0.5)
    if near:
        advice = f"did you mean {' or '.join(near)}?"
    elif there:
        advice = f"{folder.absolute()} holds {_listed(there)}"
    else:
        advice = f"{folder.absolute()} is empty"
    return SourceError("KG220", what, where=f"{where}: {path}" if where else str(path), advice=advice)


def _listed(names: Iterable[str], most: int = 8) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _spool(part: Path) -> None:
    with part.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
