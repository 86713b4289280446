"""Reads off a request in SPARQL what a server must know before it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# The tokens of SPARQL in which a keyword's letters may stand without being one; whatever is left over is told apart by `word`.
_TOKEN = re.compile(
    r"""<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>  # IRIs, with escapes
    | (?P<skip>\s+ | \#[^\n\r]*)          # white space and comments
    | \"{3}(?:[^"\\]++|\\.|\"{1,2}(?!"))*+\"{3} | '{3}(?:[^'\\]++|\\.|'{1,2}(?!'))*+'{3}
    | "(?:[^"\\\n\r]++|\\.)*+" | '(?:[^'\\\n\r]++|\\.)*+'
    | (?P<open>["'])                       # a text that never ends
    | [?$]\w+                              # variables
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*         # language tags
    | (?P<prefix>(?>[^\W\d_][\w.-]*)?):  # prefixed names; the local part ends with no dot
      (?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)?
    | (?P<word>\w[\w.-]*)                 # keywords and numbers
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U00([0-9A-Fa-f]{6})")
# Between parentheses and behind a value, `<` may say "less", and two of them begin a triple, so that what looks like an IRI is none, and a sign in it begins a comment or a text.
_MAYBE_LESS = re.compile(r"<(?:(?!//)[^#'])*+[#']")
_OPERATORS = frozenset("=!<>+-*/|&^({[,;.")
# Functions whose value is another at each call.
_VOLATILE = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
_REMOTE = ("SERVICE", "LOAD", "FROM", "USING", "WITH")
# Words behind which a name is a name.
_NAMING = frozenset((*_REMOTE, "PREFIX", "NAMED", "SILENT", "GRAPH", "INTO", "TO", "ADD", "COPY", "MOVE"))
# More is not remembered: a text of strangers may be as long as they like.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request in SPARQL asks for beside its patterns.

    `services` and `loads` are the IRIs behind SERVICE and LOAD, `graphs` those behind FROM, FROM NAMED, USING, USING NAMED and WITH; None stands for one that is not
    written as an IRI in full. `volatile` requests have another answer each time.
    """

    services: tuple[str | None, ...] = ()
    loads: tuple[str | None, ...] = ()
    graphs: tuple[str | None, ...] = ()
    volatile: bool = False


def read(text: str) -> Reading:
    """Read a query or update; what is no SPARQL is left for the parser to refuse.

    A keyword stands for its clause wherever it is no part of an IRI, a text, a name, a variable or a comment: no sign of SPARQL has it for another use.
    """
    return _remembered(text) if len(text) < _REMEMBERED else _read(text)


def _read(text: str) -> Reading:
    plain = _plain(text)
    found: dict[str, list[str | None]] = {word: [] for word in _REMOTE}
    upper = plain.upper()
    if any(word in upper for word in _REMOTE):
        # What an escape stands for may begin or end a text, so that each of the two readings can show what the other hides.
        for reading in dict.fromkeys((text, plain)):
            _note(reading, found)
    return Reading(
        services=tuple(dict.fromkeys(found["SERVICE"])),
        loads=tuple(dict.fromkeys(found["LOAD"])),
        graphs=tuple(dict.fromkeys((*found["FROM"], *found["USING"], *found["WITH"]))),
        volatile=_VOLATILE.search(plain) is not None,
    )


_remembered = lru_cache(maxsize=1024)(_read)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: _character(int(match.group(1) or match.group(2), 16)), text)


def _tokens(text: str) -> Iterator[re.Match[str] | str]:
    """Yield the tokens of a text that are no space and no comment; in the end what is left of it, where that cannot be told apart."""
    around: list[str] = []
    less, value = -1, False
    for match in _TOKEN.finditer(text):
        if match["skip"]:
            continue
        sign = match.group()
        # A text that never ends is no SPARQL.
        compared = (value and around[-1:] == ["("]) or match.start() == less
        if match["open"] or (compared and _MAYBE_LESS.match(sign)):
            yield text[match.start() :]
            return
        if sign in "({[":
            around.append(sign)
        elif sign in ")}]":
            del around[-1:]
        less, value = match.end() if sign == "<" else -1, sign not in _OPERATORS
        yield match


def _note(text: str, found: dict[str, list[str | None]]) -> None:
    """Add to `found` the IRI behind each of the keywords."""
    waiting, glued, depth, before = "", "", 0, ""
    for match in _tokens(text):
        if isinstance(match, str):
            for word in filter(match.upper().__contains__, _REMOTE):
                found[word].append(None)
            break
        sign, word = match.group(), (match["word"] or "").upper()
        depth += (sign == "{") - (sign == "}")
        # The parser wants no space behind a keyword: `SERVICE:x {` is a clause, and its tokens are a name and a brace.
        if glued and (glued != "SERVICE" or sign == "{"):
            found[glued].append(None)
        glued = _glued((match["prefix"] or "").upper(), depth, before)
        if waiting and word not in ("SILENT", "NAMED"):
            found[waiting].append(_plain(sign[1:-1]) if sign.startswith("<") else None)
            waiting = ""
        waiting = _keyword(word) or waiting
        # As if it were one word with what stands before or behind it.
        for each in filter(word.__contains__, _REMOTE[:2]):
            found[each].extend([None] if each != waiting else [])
        before = word or sign
    if waiting:
        found[waiting].append(None)
    if glued not in ("", "SERVICE"):
        found[glued].append(None)


def _keyword(word: str) -> str:
    """Return the keyword whose IRI comes next."""
    for end in ("SILENT", "NAMED"):
        word = word.removesuffix(end)
    return word if word in _REMOTE else ""


def _glued(prefix: str, depth: int, before: str) -> str:
    """Return the keyword that the prefix of a name may be, without a space behind it, where the clause may stand."""
    if depth:
        return "SERVICE" if "SERVICE" in prefix and before != "GRAPH" else ""
    if before in _NAMING:
        return ""
    if "LOAD" in prefix:
        return "LOAD"
    if prefix.startswith("WITH"):
        return "WITH"
    return "USING" if prefix.startswith("USING") and before == "}" else ""


def _told(text: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a text; ValueError where they cannot be told apart."""
    for match in _tokens(text):
        if isinstance(match, str):
            raise ValueError(f"the text cannot be read from here on: {match[:40]!r}")  # noqa: TRY004 - its value is wrong
        yield match


def scoped(update: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]) -> str:
    """Return an update whose operations with patterns look at these graphs, as if each had said USING (SPARQL 1.1 Protocol, 2.2.3).

    The IRIs must be valid. ValueError where the update names graphs itself, which the protocol forbids, or where its parts cannot be told apart.
    """
    if read(update).graphs:
        raise ValueError("the update names its graphs with USING or WITH, so that the request must not name any")
    clause = "".join(f"USING <{each}> " for each in default_graphs)
    clause += "".join(f"USING NAMED <{each}> " for each in named_graphs)
    parts: list[str] = []
    depth, before, short, done = 0, "", -1, 0
    for match in _told(update):
        sign = match.group()
        if sign == "{":
            if depth == 0 and short == 0:
                short = match.start()
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0 and short > 0:
                # DELETE WHERE has no place for USING; its long form says the pattern twice.
                pattern = update[short : match.end()]
                parts.append(f"{pattern} {clause}WHERE {pattern}")
                done, short = match.end(), -1
        elif depth == 0 and sign.upper() in ("WHERE", "DELETEWHERE"):
            # The parser wants no space between the two words.
            glued = sign.upper() != "WHERE"
            parts.append(update[done : match.start()] + ("DELETE " if glued else ""))
            if before == "DELETE" or glued:
                done, short = match.end(), 0
            else:
                parts.append(clause)
                done = match.start()
        before = sign.upper()
    parts.append(update[done:])
    return "".join(parts)


def _character(code: int) -> str:
    """Return the character of a code point, or nothing where there is none."""
    return chr(code) if code <= 0x10FFFF else ""
