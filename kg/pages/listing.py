"""What a class page is asked for, as it stands in the query of its address: a search, filters, an order and a page number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from kg.pages.addresses import is_iri

_MOST_FILTERS = 8
_LONGEST = 2000
_LAST_PAGE = 1_000_000
_LITERAL = re.compile(r'"(.*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^<([^<>]+)>)?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Filter:
    """A property and the value that things must have."""

    prop: str
    value: ox.NamedNode | ox.Literal

    def __str__(self) -> str:
        """Return the filter as it stands in an address: `property|<value>`, `property|"text"@en`."""
        if isinstance(self.value, ox.NamedNode):
            return f"{self.prop}|<{self.value.value}>"
        if self.value.language:
            return f'{self.prop}|"{self.value.value}"@{self.value.language}'
        return f'{self.prop}|"{self.value.value}"^^<{self.value.datatype.value}>'


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; `sort` is the IRI of a property, `label`, or empty for the order of the page itself."""

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    page: int = 1

    def query(self, **changes: object) -> str:
        """Return the query of the address that asks for this with some changes, such as `page=2`."""
        asked = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]
        pairs = [("q", asked.search)] if asked.search else []
        pairs += [("f", str(each)) for each in asked.filters]
        if asked.sort:
            pairs.append(("sort", ("-" if asked.descending else "") + asked.sort))
        if asked.page > 1:
            pairs.append(("page", str(asked.page)))
        return "?" + urlencode(pairs, quote_via=quote) if pairs else "?"

    def with_filter(self, each: Filter) -> str:
        """Return the query that asks for one filter more."""
        return self.query(filters=(*self.filters, each))

    def without_filter(self, each: Filter) -> str:
        """Return the query that asks for one filter less."""
        return self.query(filters=tuple(kept for kept in self.filters if kept != each))

    def sorted_by(self, sort: str) -> str:
        """Return the query that sorts by a column, or the other way round where it does already."""
        return self.query(sort=sort, descending=self.sort == sort and not self.descending)


def parsed(params: Mapping[str, Sequence[str]]) -> Asked:
    """Read the parameters `q`, `f`, `sort` and `page` of an address; what is not well-formed is left out."""
    sort = _first(params, "sort")
    name = sort.removeprefix("-")
    known = name == "label" or is_iri(name)
    filters = (_filter(text) for text in list(params.get("f", ()))[:_MOST_FILTERS])
    return Asked(
        search=" ".join(_first(params, "q")[:200].split()),
        filters=tuple(dict.fromkeys(each for each in filters if each)),
        sort=name if known else "",
        descending=known and sort.startswith("-"),
        page=page_number(params),
    )


def page_number(params: Mapping[str, Sequence[str]]) -> int:
    """Return the parameter `page`, from 1; 1 where it is no such number."""
    text = _first(params, "page")
    return min(max(int(text), 1), _LAST_PAGE) if re.fullmatch(r"[0-9]{1,7}", text) else 1


def _first(params: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(params.get(name, ())), "")


def _filter(text: str) -> Filter | None:
    prop, bar, value = text.partition("|")
    if not bar or len(text) > _LONGEST or not is_iri(prop):
        return None
    term = _term(value)
    return Filter(prop, term) if term is not None else None


def _term(text: str) -> ox.NamedNode | ox.Literal | None:
    try:
        if text.startswith("<") and text.endswith(">") and is_iri(text[1:-1]):
            return ox.NamedNode(text[1:-1])
        match = _LITERAL.fullmatch(text)
        if match is None:
            return None
        lexical, language, datatype = match.groups()
        if language:
            return ox.Literal(lexical, language=language)
        return ox.Literal(lexical, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(lexical)
    except ValueError:
        return None


def pages(current: int, last: int) -> Iterable[int | None]:
    """Return the numbers of the pages to offer: the first, the last and those near the current one, None where some are left out."""
    shown = sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            yield None
        yield number
