"""JSONPath (RFC 9535), and the keys and dotted paths that mappings in RML of 2014 write instead, taken apart."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.errors import MappingError

if TYPE_CHECKING:
    import jsonpath


class Wildcard(Enum):
    """All elements of an array or all values of an object."""

    ALL = "*"


ALL: Final = Wildcard.ALL
Step: TypeAlias = str | int | Wildcard

# Names after a dot: those of RFC 9535, and as other engines have it, `-` and `@`, and digits first.
_NAME = r"(?:[\w@-]|[^\x00-\x7f])+"
# Names in a path that does not start with $ may hold more, for nothing there has a meaning but dots and brackets.
_BARE_NAME = r"""[^\s.\[\](){}?*,;'"<>=!\\|$](?:[^.\[\](){}?*,;'"<>=!\\|$]*[^\s.\[\](){}?*,;'"<>=!\\|$])?"""
_QUOTED = r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\""""
# DuckDB's paths have no sure way to write these within a key.
_NOT_IN_DUCKDB = frozenset('"\\\0')
_BRACKETS = re.compile(rf"\s*\.?\[\s*(?:{_QUOTED}|(0|[1-9]\d*)|(\*))\s*\]", re.DOTALL)
_DOTS = re.compile(rf"\s*\.({_NAME}|\*)")
_BARE = re.compile(rf"(?:{_BARE_NAME}|\*)(?=[.\[]|\Z)")
_BARE_DOTS = re.compile(rf"\.({_BARE_NAME}|\*)(?=[.\[]|\Z)")


@dataclass(frozen=True, slots=True)
class Path:
    """A path: the steps up to the first that is more than a name, an index from the start or a wildcard, and the rest as RFC 9535 has it.

    `key` is the whole text where the path may as well be one key (`Country Code`, `a.b`).
    """

    steps: tuple[Step, ...]
    rest: str = ""
    key: str | None = None

    @property
    def is_single(self) -> bool:
        """Whether at most one node fits."""
        return not self.rest and ALL not in self.steps

    @property
    def text(self) -> str:
        """The path in RFC 9535."""
        return "$" + written(self.steps) + self.rest


def parse_path(text: str, where: str = "") -> Path:
    """Return an iterator or reference, taken apart; MappingError (KG225) where it is none."""
    try:
        return _parsed(text.strip())
    except _WrongError as error:
        raise MappingError(
            "KG225",
            f"{text!r} is no JSONPath: {error}",
            where=where,
            advice="write one such as $.name, $.items[*].price or $['a name']",
        ) from None


class _WrongError(Exception):
    """What is wrong with a path."""


def _parsed(text: str) -> Path:
    if text.startswith("$"):
        steps, position = _steps(text, 1, _DOTS)
        return _with_rest(steps, text, position)
    if text.startswith("["):
        steps, position = _steps(text, 0, _DOTS)
        return _with_rest(steps, text, position)
    first = _BARE.match(text)
    if first is None:
        raise _WrongError("it does not start with $ or the name of a key" if text else "it is empty")
    start = ALL if first.group() == "*" else first.group()
    more, position = _steps(text, first.end(), _BARE_DOTS)
    path = _with_rest((start, *more), text, position)
    plain = re.fullmatch(_NAME, text) is not None or "[" in text or ALL in path.steps
    return path if plain else Path(path.steps, path.rest, text)


def _steps(text: str, position: int, dots: re.Pattern[str]) -> tuple[tuple[Step, ...], int]:
    """Return the steps from a position on, and where they end."""
    steps: list[Step] = []
    while True:
        if match := dots.match(text, position):
            steps.append(ALL if match[1] == "*" else match[1])
        elif match := _BRACKETS.match(text, position):
            single, double, index, wildcard = match.groups()
            if wildcard:
                steps.append(ALL)
            else:
                steps.append(int(index) if index else _unescaped(single, double))
        else:
            return tuple(steps), position
        position = match.end()


def _unescaped(single: str | None, double: str | None) -> str:
    """Return the name that quotes hold, by JSON's escapes."""
    inner = double if single is None else re.sub(r'\\(.)|"', lambda match: "'" if match[1] == "'" else '\\"' if not match[1] else match[0], single)  # fmt: skip
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError as error:
        raise _WrongError("a name in it is not escaped as in JSON") from error


def _with_rest(steps: tuple[Step, ...], text: str, position: int) -> Path:
    rest = text[position:].strip()
    if not rest:
        return _within_reach(steps)
    if not rest.startswith(("[", "..")):
        raise _WrongError(f"it cannot be read from {rest[:20]!r} on")
    if "$" in rest:
        # What a filter reads at the root is not in a part of the document.
        rest, steps = written(steps) + rest, ()
    _compiled("$" + rest)
    path = _within_reach(steps)
    return Path(path.steps, path.rest + rest)


def _within_reach(steps: tuple[Step, ...]) -> Path:
    """Return the path of steps; keys that DuckDB has no way to write are left for the rest."""
    for number, step in enumerate(steps):
        if isinstance(step, str) and (step in ("", "*") or _NOT_IN_DUCKDB & set(step)):
            return Path(steps[:number], written(steps[number:]))
    return Path(steps)


def begins_with_filter(path: Path) -> bool:
    """Return whether the rest of a path starts with one filter of children, and with nothing else beside it."""
    if not path.rest.startswith("[") or "$" in path.rest:
        return False
    first = _compiled("$" + path.rest).segments[0]
    return len(first.selectors) == 1 and type(first.selectors[0]).__name__ == "Filter"


def written(steps: tuple[Step, ...]) -> str:
    """Return steps as RFC 9535 writes them."""
    return "".join(
        f"[{json.dumps(step)}]" if isinstance(step, str) else "[*]" if isinstance(step, Wildcard) else f"[{step}]"
        for step in steps
    )


def compiled(text: str) -> jsonpath.JSONPath:
    """Return a path of RFC 9535, or a reference of the older kind, ready to be used on a document."""
    return _compiled(parse_path(text).text)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> jsonpath.JSONPath:
    import jsonpath

    try:
        path = jsonpath.JSONPathEnvironment(strict=True).compile(text)
    except jsonpath.JSONPathError as error:
        raise _WrongError(str(error).splitlines()[0]) from error
    assert isinstance(path, jsonpath.JSONPath)  # noqa: S101 - compound paths are not in strict mode
    return path
