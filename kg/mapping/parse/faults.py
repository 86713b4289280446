"""All that is wrong with a mapping, told at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from kg.errors import MappingError


class MappingFaultsError(MappingError):
    """Several faults of one mapping, a line each; code, place and advice are those of the first."""

    def __init__(self, faults: tuple[MappingError, ...]) -> None:
        first = faults[0]
        super().__init__(first.code, first.what, where=first.where, advice=first.advice)
        self.faults = faults

    def __str__(self) -> str:
        """One line for each fault."""
        return "\n".join(str(each) for each in self.faults)


class Faults:
    """Collects faults, so that one does not hide the next."""

    def __init__(self) -> None:
        self._found: list[MappingError] = []

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Keep an error of the mapping that comes up within, and go on."""
        try:
            yield
        except MappingError as error:
            self.add(error)

    def add(self, error: MappingError) -> None:
        """Keep an error."""
        self._found.extend(error.faults if isinstance(error, MappingFaultsError) else (error,))

    def raised(self) -> None:
        """Raise what was collected, if anything: each fault once, in the order of lines."""
        found = sorted({str(each): each for each in self._found}.values(), key=_line)
        if len(found) == 1:
            raise found[0]
        if found:
            raise MappingFaultsError(tuple(found))


def _line(error: MappingError) -> int:
    number = re.search(r", line (\d+)", error.where)
    return int(number.group(1)) if number else 0


def one(noun: str) -> str:
    """Return a noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return advice that names what was probably meant, or all that is known."""
    spelled = {each.lower(): each for each in known}
    close = [name.lower()] if name.lower() in spelled else difflib.get_close_matches(name.lower(), spelled, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(spelled[each] for each in close)}?"
    return f"known are: {', '.join(spelled.values())}"
