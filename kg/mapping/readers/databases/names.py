"""Names of tables and columns in a mapping, matched to those of a database by the database's own rules (R2RML, section 3: SQL identifiers)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from kg.errors import MappingError


class Case(Enum):
    """What a database makes of the case of letters."""

    FOLDED = auto()  # a regular identifier is put in lower case, a delimited one is as it stands
    IGNORED = auto()
    KEPT = auto()


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier of SQL, without its delimiters."""

    text: str
    delimited: bool = False


@dataclass(frozen=True, slots=True)
class Identifiers:
    """How a database reads names: the character that delimits them, and case in the names of columns and of tables."""

    delimiter: str
    columns: Case
    tables: Case

    def column(self, reference: str) -> Name:
        """Return the name that a reference is; what is no delimited identifier is a regular one, whatever its characters."""
        parts = self._parts(reference)
        return parts[0] if len(parts) == 1 else Name(reference)

    def table(self, text: str) -> tuple[Name, ...]:
        """Return a table's name after those of its schema and catalog, where these are given."""
        return self._parts(text.strip())

    def _parts(self, text: str) -> tuple[Name, ...]:
        quote = re.escape(self.delimiter)
        part = f"{quote}((?:[^{quote}]|{quote}{quote})+){quote}|([^{quote}.]+)"
        if not re.fullmatch(f"(?:{part})(?:\\.(?:{part}))*", text):
            return (Name(text),)
        found = (match.groups() for match in re.finditer(part, text))
        return tuple(
            Name(inner.replace(self.delimiter * 2, self.delimiter), True) if inner else Name(regular)
            for inner, regular in found
        )


def match(name: Name, names: Iterable[str], case: Case) -> str | None:
    """Return which of a database's names is meant, or None.

    A regular identifier that is not found by the rule of `Case.FOLDED` is looked for as it stands: mappings name the column `Name` so that was
    created as `"Name"`, and the test cases of RML want it.
    """
    known = list(names)
    if case is Case.FOLDED and not name.delimited and name.text.lower() in known:
        return name.text.lower()
    if name.text in known:
        return name.text
    if case is Case.IGNORED:
        return next((other for other in known if other.lower() == name.text.lower()), None)
    return None


class MissingError(MappingError):
    """A name of a mapping that is not there."""

    def __init__(self, code: str, what: str, *, name: str, where: str, advice: str) -> None:
        super().__init__(code, what, where=where, advice=advice)
        self.name = name


def missing(code: str, kind: str, name: str, names: Sequence[str], owner: str, where: str) -> MissingError:
    """Return the error for a name that is not there: the nearest ones, and all that there are.

    `kind` is what is named (`column`), `owner` what it should be in (`the table student`).
    """
    by_folded = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.strip('"`').lower(), by_folded, n=3)
    advice = f"did you mean {' or '.join(by_folded[other] for other in near)}? " if near else ""
    there = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    advice += f"it has the {kind}s {there}" if names else f"it has no {kind}"
    return MissingError(code, f"{owner} has no {kind} {name}", name=name, where=where, advice=advice)


def quoted(name: str, delimiter: str = '"') -> str:
    """Return a name as a delimited identifier of SQL."""
    return delimiter + name.replace(delimiter, delimiter * 2) + delimiter
