r"""The regular expressions of sh:pattern (XPath and XQuery Functions 3.1, section 5.6) in the syntax of RE2, which DuckDB runs.

What RE2 cannot say (back references, class subtraction, Unicode blocks) or XPath does not know (look-around, `\b`) gives None. One reading is ours:
`\w` also takes `_`, as the engines do that shapes are written for, though XPath's does not.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = r"\p{L}\p{N}\p{M}_"
_SPACE: Final = r" \t\n\r"
# Escape -> RE2 outside a character class, and inside one (None: not to be had there).
_CLASSES: Final[dict[str, tuple[str, str | None]]] = {
    "d": (r"\p{Nd}", r"\p{Nd}"),
    "D": (r"\P{Nd}", r"\P{Nd}"),
    "w": (f"[{_WORD}]", _WORD),
    "W": (f"[^{_WORD}]", None),
    "s": (f"[{_SPACE}]", _SPACE),
    "S": (f"[^{_SPACE}]", None),
}
_LITERAL: Final = frozenset("\\|.?*+(){}-[]^$")
_CATEGORY: Final = re.compile(r"\{(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfo]?)\}")
_PROPERTY: Final = re.compile(r"\\[pP]\{\w+\}")
_COUNT: Final = re.compile(r"\{(\d+)(,(\d*))?\}")
_MOST: Final = 1000  # RE2 refuses to repeat more often


def to_re2(pattern: str, flags: str) -> str | None:
    """Return an RE2 expression that finds what the XPath expression finds, or None where there is none."""
    if set(flags) - set("imsxq"):
        return None
    if "q" in flags:
        return ("(?i)" if "i" in flags else "") + re.escape(pattern)
    if "x" in flags:
        pattern = _without_space(pattern)
    try:
        # What pySHACL cannot compile is to fail there; of categories, which Python does not know, some letter stands in.
        re.compile(_PROPERTY.sub("x", pattern))
        body = _Translation(pattern, multiline="m" in flags, dot_all="s" in flags).run()
    except (re.error, _UntranslatableError, IndexError):
        return None
    return f"(?{''.join(flag for flag in 'im' if flag in flags)}){body}" if set("im") & set(flags) else body


def _without_space(pattern: str) -> str:
    """Drop the white space that the flag x allows for layout: all that is not in a character class."""
    depth, kept, escaped = 0, [], False
    for character in pattern:
        if not escaped:
            depth += (character == "[") - (character == "]")
        if depth or character not in " \t\n\r":
            kept.append(character)
        escaped = character == "\\" and not escaped
    return "".join(kept)


class _UntranslatableError(ValueError):
    """Something that only one of the two dialects has."""


class _Translation:
    """One pass over a pattern, character by character."""

    def __init__(self, pattern: str, *, multiline: bool, dot_all: bool) -> None:
        self._rest = pattern
        self._multiline = multiline
        self._dot = "(?s:.)" if dot_all else r"[^\n]"
        self._out: list[str] = []
        self._quantified = True  # nothing to repeat yet

    def run(self) -> str:
        while self._rest:
            self._piece(self._take())
        return "".join(self._out)

    def _take(self, length: int = 1) -> str:
        taken, self._rest = self._rest[:length], self._rest[length:]
        return taken

    def _emit(self, text: str, *, repeatable: bool = True) -> None:
        self._out.append(text)
        self._quantified = not repeatable

    def _piece(self, character: str) -> None:
        match character:
            case "\\":
                self._emit(self._escape(inside=False))
            case "[":
                self._emit(self._class())
            case ".":
                self._emit(self._dot)
            case "$":
                self._emit("$" if self._multiline else r"\z", repeatable=False)
            case "^" | "|":
                self._emit(character, repeatable=False)
            case "(":
                self._group()
            case "?" | "*" | "+" | "{":
                self._quantifier(character)
            case "]" | "}":
                raise _UntranslatableError(character)
            case _:
                self._emit(character)

    def _group(self) -> None:
        if self._rest.startswith("?") and not self._rest.startswith("?:"):
            raise _UntranslatableError("(?")
        self._emit("(" + (self._take(2) if self._rest.startswith("?:") else ""), repeatable=False)

    def _quantifier(self, character: str) -> None:
        if self._quantified:
            raise _UntranslatableError(character)
        text = character
        if character == "{":
            found = _COUNT.match("{" + self._rest)
            if found is None or max(int(found[1]), int(found[3] or 0)) > _MOST:
                raise _UntranslatableError("{")
            text = "{" + self._take(found.end() - 1)
        if self._rest.startswith("?"):
            text += self._take()
        self._emit(text, repeatable=False)

    def _escape(self, *, inside: bool) -> str:
        character = self._take()
        if character in _CLASSES:
            translated = _CLASSES[character][inside]
            if translated is None:
                raise _UntranslatableError(character)
            return translated
        if character in "nrt":
            return "\\" + character
        if character in "pP" and (found := _CATEGORY.match(self._rest)):
            return "\\" + character + self._take(found.end())
        if character in _LITERAL:
            return "\\" + character
        raise _UntranslatableError(character)

    def _class(self) -> str:
        parts = ["[^" if self._rest.startswith("^") else "["]
        self._rest = self._rest.removeprefix("^")
        while not self._rest.startswith("]") or len(parts) == 1:
            character = self._take() or ""
            if not character or character == "[":
                raise _UntranslatableError(
                    "["
                )  # the end of the pattern, a class subtraction, or a bracket that XPath wants escaped
            parts.append(self._escape(inside=True) if character == "\\" else "\\^" if character == "^" else character)
        return "".join(parts) + self._take()
