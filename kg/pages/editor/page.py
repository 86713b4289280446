"""Makes the query page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Protocol

import pyoxigraph as ox

from kg.pages import links
from kg.pages.context import Context
from kg.pages.editor.results import Fault, Results, Rows, Triples, Truncated
from kg.pages.graph import Row, Term
from kg.pages.numbers import number
from kg.pages.values import Writer
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.prefixes import shortened

# So many rows stand on the page; all that the endpoint gives are in the files.
SHOWN: Final = 1000

_FORMATS: Final = (
    ("Rows", (("csv", "CSV"), ("tsv", "TSV"), ("json", "JSON"), ("xml", "XML"))),
    ("A graph", (("ttl", "Turtle"), ("nt", "N-Triples"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML"))),
)
_START: Final = """# How many things of each class are there?
SELECT ?class (COUNT(?thing) AS ?things) WHERE {
  ?thing a ?class .
}
GROUP BY ?class
ORDER BY DESC(?things)"""
_PLAIN: Final = frozenset((XSD + "string", RDF + "langString"))
# Of these no value is a number, whatever it looks like.
_TEXTS: Final = _PLAIN | {XSD + name for name in ("gYear", "gMonth", "gDay", "boolean", "anyURI")}
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Question(Protocol):
    """A named question."""

    @property
    def name(self) -> str:
        """What it is called in an address."""

    @property
    def text(self) -> str:
        """The question in words."""

    @property
    def query(self) -> str:
        """Its SPARQL."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for: a query or the name of a question, and, where it was run for a reader without a script, what it gave.

    `truncated` says why the results are not all, `seconds` how long they took.
    """

    query: str = ""
    question: str = ""
    results: Results | Fault | None = None
    truncated: Truncated = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A term of a row: what is shown, the whole of it, where it leads to, and its language or datatype."""

    text: str
    whole: str = ""
    href: str | None = None
    outside: bool = False
    note: str = ""
    numeric: bool = False


def query_page(
    context: Context, fill: Callable[..., str], questions: Sequence[Question], asked: Asked | None = None
) -> str:
    """Return the query page; `fill` takes the name of a template, the name of the page, and the values that go in (it is `Site._page`)."""
    asked = asked or Asked()
    chosen = next((question for question in questions if question.name == asked.question), None)
    query = asked.query or (chosen.query if chosen else "")
    results = asked.results
    return fill(
        "query.html",
        "query",
        title="Query",
        links=links.of_page(context, context.addresses.page("query")),
        query=(query or _START).rstrip(),
        given=bool(query),
        base=context.settings.base,
        questions=questions,
        chosen=chosen,
        formats=_FORMATS,
        built=built(),
        results=results,
        kind=type(results).__name__.lower() if results is not None else "",
        table=_table(results, context),
        shown=SHOWN,
        source=_lines(query, results) if isinstance(results, Fault) else (),
        truncated=asked.truncated,
        seconds=asked.seconds,
    )


def built() -> bool:
    """Say whether the bundled editor is there."""
    return files("kg.pages").joinpath("static", "editor", "code.js").is_file()


def _table(
    results: Results | Fault | None, context: Context
) -> tuple[Sequence[str], list[list[Cell | None]], int] | None:
    """Return the heads of a table, its first rows, and how many there are."""
    rows: Sequence[Row]
    if isinstance(results, Rows):
        heads, rows = results.variables, results.rows
    elif isinstance(results, Triples):
        heads = ("subject", "predicate", "object")
        rows = [(triple.subject, triple.predicate, triple.object) for triple in results.triples]
    else:
        return None
    first = rows[:SHOWN]
    write = context.writer({term.value for row in first for term in row if isinstance(term, ox.NamedNode)}, ("en",))
    names = dict(context.settings.prefixes)
    return heads, [[None if term is None else _cell(term, write, names) for term in row] for row in first], len(rows)


def _cell(term: Term, write: Writer, names: dict[str, str]) -> Cell:
    if isinstance(term, ox.NamedNode):
        link = write.link(term.value)
        return Cell(shortened(term.value, names).strip("<>"), term.value, link.href, link.outside)
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        note = term.language or ("" if datatype in _PLAIN else shortened(datatype, names).strip("<>"))
        if datatype.startswith(XSD) and datatype not in _TEXTS and (read := number(term.value)):
            power = "" if read.exponent is None else f"{read.text} × 10{str(read.exponent).translate(_RAISED)}"
            return Cell(power or term.value, whole=term.value if power else "", numeric=True)
        return Cell(term.value, note=note)
    return Cell(str(term))


def _lines(query: str, found: Fault) -> Iterable[tuple[int, str, bool]]:
    """Return the lines of a query around its fault, with their numbers, and which of them it is."""
    lines = [line.rstrip("\r") for line in query.split("\n")]
    if not 1 <= found.line <= len(lines):
        return ()
    first = max(found.line - 3, 1)
    return tuple(
        (number, lines[number - 1], number == found.line)
        for number in range(first, min(found.line + 2, len(lines)) + 1)
    )
