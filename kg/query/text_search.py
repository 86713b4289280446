"""Queries that look for a text among the values of a property: once it is known which values can hold it, such a query need not look at any other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.query.tokens import KEYWORDS, LANGUAGE, SPACE, TEXT, VARIABLE, Token, is_plain, named, prologue, tokens

# Conditions that hold for no value but one that holds the text, be it in other cases of its letters.
_CONDITION = re.compile(
    rf"""(?:CONTAINS|STRSTARTS|STRENDS|(?P<regex>REGEX)){SPACE}*\({SPACE}*
    (?P<opened>(?:(?:STR|LCASE){SPACE}*\({SPACE}*)*)(?P<variable>{VARIABLE}){SPACE}*(?P<closed>(?:\){SPACE}*)*),{SPACE}*
    (?:LCASE{SPACE}*\({SPACE}*(?P<lower>{TEXT}){SPACE}*\)|(?P<text>{TEXT})(?:@{LANGUAGE})?){SPACE}*
    (?:,{SPACE}*(?P<flags>{TEXT}){SPACE}*)?\)""",
    KEYWORDS | re.VERBOSE,
)
_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
# Another server, or other graphs, may be asked otherwise.
_ELSEWHERE = frozenset(("SERVICE", "FROM"))
# With these, an answer depends on the order in which rows are found.
_ORDERED = frozenset(("LIMIT", "OFFSET", "REDUCED", "SAMPLE"))
# In a regular expression: what makes more than letters of letters, and what parts those that stand for themselves.
_INVOLVED = re.compile(r"[()\[\]{}|]")
_BETWEEN = re.compile(r".[*+?]+|[.^$]", re.DOTALL)
# No case of other letters but these matters to letters of ASCII: see `folded`. A quote is written otherwise in values, and so is a backslash.
_WORDS = re.compile(r"[ !#-\[\]-~]+")
# What is shorter is in too many values.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class TextSearch:
    """A query that asks for values which hold a text.

    `predicate` is the IRI of the property whose values they are (None: of any), and `words` what each of them holds, `folded`; `shape` is the query without the text, so that
    two of one shape take about as long.
    """

    shape: str
    predicate: str | None
    words: str
    _variable: str
    _before: str
    _after: str

    def among(self, values: Sequence[str]) -> str:
        """Return the query asked of these values alone, each written in SPARQL; if no other holds the words, it has the same answer."""
        return f"{self._before} VALUES {self._variable} {{ {' '.join(values)} }} {self._after}"


def folded(text: str) -> str:
    """Return a text of the same length in which words of ASCII stand wherever they stand in the text itself, in any case of its letters, as SPARQL and its regular expressions see it."""
    # Three letters beyond ASCII have a letter of ASCII for another case: those here, and the sign for kelvin, which `lower` knows. Of the first, two letters are made, of which one is of ASCII.
    return text.replace("\u0130", "i").lower().replace("\u017f", "s")


def text_search(text: str, prefixes: Mapping[str, str]) -> TextSearch | None:
    """Read a query that looks for a text in the values of a property that it begins with; None where it does no such thing, or not plainly.

    `prefixes` are those that it may use without saying so.
    """
    if not is_plain(text) or not _CONDITION.search(text):
        return None
    try:
        known, place = prologue(text, prefixes)
        found = tokens(text, place)
        signs = {token.sign for token in found}
        # With a base, a relative IRI is another one.
        if found[0].sign not in _FORMS or not signs.isdisjoint(_ELSEWHERE):
            return None
        # Values are asked for in the order in which the store has them, so that those of a lone pattern come as they would; others do not.
        return _search(text, found, known) if signs.isdisjoint(_ORDERED) or _is_lone(found) else None
    except (IndexError, KeyError, StopIteration, ValueError):
        return None


def _search(text: str, found: Sequence[Token], prefixes: Mapping[str, str]) -> TextSearch | None:
    groups: list[int] = []
    best: TextSearch | None = None
    for place, token in enumerate(found):
        if token.sign == "{":
            groups.append(place)
        elif token.sign == "}":
            groups.pop()
        elif token.sign == "FILTER":
            for condition in _conditions(text, found, place + 1):
                words, bound = _words(condition), _bound(found, groups[-1], condition["variable"])
                if bound is None or len(words) < max(_SHORTEST, len(best.words) + 1 if best else 0):
                    continue
                verb, end = bound
                kind = "lower" if condition["lower"] else "text"
                best = TextSearch(
                    text[: condition.start(kind)] + text[condition.end(kind) :],
                    _iri(verb, prefixes),
                    words,
                    condition["variable"],
                    text[: found[end].start],
                    text[found[end].start :],
                )
    return best


def _is_lone(found: Sequence[Token]) -> bool:
    """Return whether a query asks for the values of one property and nothing else, but for tests of them."""
    start = next(place for place, token in enumerate(found) if token.sign == "{") + 1
    kinds = [token.kind for token in found[start : start + 3]]
    if kinds not in (["variable", "iri", "variable"], ["variable", "name", "variable"]):
        return False
    depth = 0
    for token in found[start + 3 :]:
        if token.sign == "}":
            return True
        depth += (token.sign == "(") - (token.sign == ")")
        # Behind the tests there may be other patterns.
        if token.sign == "{" or (depth == 0 and token.kind != "word" and token.sign not in (".", ")")):
            return False
    return False


def _conditions(text: str, found: Sequence[Token], place: int) -> Iterator[re.Match[str]]:
    """Yield the conditions on texts that must hold for what is asked from a place on."""
    if found[place].sign != "(":
        condition = _CONDITION.match(text, found[place].start)
        if condition is not None and _balanced(condition):
            yield condition
        return
    # Conditions in parentheses may be several, of which each must hold if they are joined by nothing else.
    begun, depth = [place + 1], 0
    for at in range(place, len(found)):
        sign = found[at].sign
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            break
        if depth == 1 and sign == "||":
            return
        if depth == 1 and sign == "&&":
            begun.append(at + 1)
    for at in begun:
        condition = _CONDITION.match(text, found[at].start)
        if condition is not None and _balanced(condition):
            # What comes behind must not make something else of it.
            behind = next(token for token in found[at:] if token.start >= condition.end())
            if behind.sign in (")", "&&"):
                yield condition


def _balanced(condition: re.Match[str]) -> bool:
    return condition["opened"].count("(") == condition["closed"].count(")")


def _words(condition: re.Match[str]) -> str:
    """Return the longest words that what fulfils a condition must hold."""
    text = (condition["lower"] or condition["text"])[1:-1]
    parts = [text]
    if condition["regex"]:
        flags = (condition["flags"] or '""')[1:-1]
        parts = [] if flags not in ("", "i") or _INVOLVED.search(text) else _BETWEEN.split(text)
    return max((folded(words) for part in parts for words in _WORDS.findall(part)), key=len, default="")


def _bound(found: Sequence[Token], group: int, variable: str) -> tuple[Token, int] | None:
    """Return the token of the property whose value a variable is in the triples that a group begins with, and where these end; None where it is none there."""
    verb = None
    for place in range(group + 1, len(found)):
        token = found[place]
        if (token.kind == "word" and token.text != "a") or token.sign in ("{", "}"):
            return None if verb is None else (verb, place)
        if token.sign == variable and place - group > 2 and found[place - 1].kind in ("iri", "name", "variable"):
            before = found[place - 2]
            begins = before.kind in ("iri", "name", "variable") and found[place - 3].sign in (".", "{")
            # Anything else is a path, or another part of a triple.
            if before.sign == ";" or begins:
                verb = found[place - 1]
    return None


def _iri(verb: Token, prefixes: Mapping[str, str]) -> str | None:
    if verb.kind == "variable":
        return None
    return verb.text[1:-1] if verb.kind == "iri" else named(verb.text, prefixes).value
