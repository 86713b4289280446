"""Refuses what would leave the machine: SERVICE in a query."""

from __future__ import annotations

import re

from kg.errors import QueryError

# The tokens of SPARQL in which a keyword's letters may stand without being one; whatever is left over is told apart by `word`.
_TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>          # IRIs
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


def refuse_remote(query: str) -> None:
    """Raise QueryError where a query has a SERVICE clause; IRIs, texts, comments and names that hold the word are no clause.

    The parser wants no space around a keyword: `SERVICE:x {` and `SERVICESILENT<x>` are clauses, too. SPARQL lets a letter be written as \\u0053 anywhere.
    """
    _refuse(query)
    if _ESCAPE.search(query):
        _refuse(_ESCAPE.sub(lambda match: _character(int(match.group(1) or match.group(2), 16)), query))


def _refuse(query: str) -> None:
    name: re.Match[str] | None = None
    for match in _TOKEN.finditer(query):
        if match["skip"]:
            continue
        rest = query[match.start() :] if match["open"] else match["word"] or ""
        if "SERVICE" in rest.upper():
            raise _refused(query, match)
        if match["open"]:
            return
        if name is not None and match["other"] == "{":
            raise _refused(query, name)
        name = match if "SERVICE" in (match["prefix"] or "").upper() else None


def _refused(query: str, match: re.Match[str]) -> QueryError:
    line = query.count("\n", 0, match.start()) + 1
    return QueryError(
        "KG502",
        "SERVICE is not followed: a query never leaves this machine",
        where=f"query, line {line}",
        advice="query the other endpoint by itself",
    )


def _character(code: int) -> str:
    return chr(code) if code <= 0x10FFFF else ""
