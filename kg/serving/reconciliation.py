"""The Reconciliation Service API 0.2 over the things of the graph: OpenRefine and its like match names in a table to them.

https://reconciliation-api.github.io/specs/0.2/
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.pages import Graph, Site
from kg.pages.graph import values
from kg.pages.similar import folded
from kg.serving.agreement import Agreement, Wanted, agreement, wanted
from kg.serving.messages import Answer, Problem

_BATCH = 100
_LIMIT, _SUGGESTED, _MOST = 5, 20, 50
_CERTAIN = 100.0
_FOUND = 100
# A preview is shown in frames of other sites; it can do nothing there.
_PREVIEW = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


class Candidate(NamedTuple):
    """A thing that may be meant: the name that fits, how well from 0 to 100, and what properties say."""

    iri: str
    name: str
    types: tuple[str, ...]
    rate: float
    agreement: Agreement

    @property
    def score(self) -> float:
        """How well all fits, from 0 to 100."""
        return self.agreement.score(self.rate)


class Reconciliation:
    """Answers requests below /reconcile."""

    def __init__(self, site: Site, graph: Graph, origin: str) -> None:
        self.site, self.graph, self.origin = site, graph, origin

    def answer(self, path: str, params: Mapping[str, list[str]]) -> Answer:
        """Return the answer to a request; its parameters come from the address or from a form."""
        rest = path.removeprefix("/reconcile")
        if rest == "" and "queries" in params:
            return _json(self._batch(_loaded(params["queries"][0])))
        if rest == "" and "extend" in params:
            return _json(self._extend(_loaded(params["extend"][0])))
        if rest == "":
            return _json(self._manifest())
        prefix, limit = params.get("prefix", [""])[0], _limit(params)
        if rest == "/suggest/entity":
            return _json({"result": self._matches(prefix, set(), limit or _SUGGESTED)})
        if rest == "/suggest/type":
            return _json({"result": _containing(prefix, self._types(), limit or _SUGGESTED)})
        if rest == "/suggest/property":
            return _json({"result": _containing(prefix, self._properties(None), limit or _SUGGESTED)})
        if rest == "/properties":
            class_ = params.get("type", [""])[0]
            listed = [{"id": iri, "name": name} for iri, name in self._properties(class_)]
            return _json({"type": class_, "properties": listed[: limit or _MOST]})
        if rest in ("/preview", "/flyout"):
            languages = (*params.get("lang", [])[:1], "en")
            return self._preview(params.get("id", [""])[0], languages, bare=rest == "/flyout")
        raise Problem(404, "there is nothing at this address")

    def _preview(self, iri: str, languages: tuple[str, ...], *, bare: bool) -> Answer:
        """Return a thing in a small page, or as HTML in JSON that a client puts beside its name."""
        page = self.site.preview(iri, languages, bare=bare)
        if page is None:
            raise Problem(404, "the graph says nothing about this id")
        if bare:
            return _json({"id": iri, "html": page})
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": _PREVIEW}
        return Answer(200, headers, page.encode("utf-8", "replace"))

    def _manifest(self) -> dict[str, Any]:
        base = f"{self.origin}/reconcile"

        def suggest(kind: str) -> dict[str, str]:
            return {
                "service_url": self.origin,
                "service_path": f"/reconcile/suggest/{kind}",
                "flyout_service_url": self.origin,
                "flyout_service_path": "/reconcile/flyout?id=${id}",
            }

        return {
            "versions": ["0.2"],
            "name": self.site.settings.title,
            "identifierSpace": self.site.settings.base,
            "schemaSpace": self.site.settings.base,
            "view": {"url": f"{self.origin}/resource?iri={{{{id}}}}"},
            "preview": {"url": f"{self.origin}/reconcile/preview?id={{{{id}}}}", "width": 480, "height": 320},
            "suggest": {kind: suggest(kind) for kind in ("entity", "type", "property")},
            "extend": {"propose_properties": {"service_url": self.origin, "service_path": "/reconcile/properties"}},
            "defaultTypes": [{"id": iri, "name": name} for iri, name in self._types()[:10]],
            "documentation": base,
        }

    def _batch(self, queries: Any) -> dict[str, Any]:
        if not isinstance(queries, dict) or len(queries) > _BATCH:
            raise Problem(400, f"`queries` must be an object of at most {_BATCH} queries")
        return {str(name): {"result": self._one(query)} for name, query in queries.items()}

    def _one(self, query: Any) -> list[dict[str, Any]]:
        if not isinstance(query, dict) or not isinstance(query.get("query", ""), str):
            raise Problem(400, "a query must be an object with the text `query`")
        limit, types = query.get("limit", _LIMIT), query.get("type")
        given = [types] if isinstance(types, str) else types if isinstance(types, list) else []
        return self._matches(
            query.get("query", ""),
            # A class without a name is any.
            {each for each in given if isinstance(each, str) and each},
            min(limit, _MOST) if isinstance(limit, int) and limit > 0 else _LIMIT,
            wanted(query.get("properties")),
        )

    def _matches(
        self, text: str, types: set[str], limit: int, properties: Sequence[Wanted] = ()
    ) -> list[dict[str, Any]]:
        """Return things by name, and by values of properties; one that is called so, and alone is, is a match."""
        if not text.strip():
            return []
        found = [
            Candidate(*each, self._agreement(each[0], properties))
            for each in self.site.suggest(text, _FOUND)
            if not types or types & set(each[2])
        ]
        # Of two things of one name neither is a match, though only one was asked for.
        certain = _certain(text, found)
        chosen = sorted(found, key=lambda each: -each.score)[:limit]
        names = self._labels({type_ for each in chosen for type_ in each.types})
        return [
            {
                "id": each.iri,
                "name": each.name,
                "score": each.score,
                "match": each is certain,
                "type": [{"id": type_, "name": names[type_]} for type_ in each.types],
            }
            for each in chosen
        ]

    def _agreement(self, iri: str, properties: Sequence[Wanted]) -> Agreement:
        return agreement(self.graph, iri, properties) if properties else Agreement(0, 0)

    def _extend(self, asked: Any) -> dict[str, Any]:
        """Return values of properties of things (data extension)."""
        ids, properties = (asked.get("ids"), asked.get("properties")) if isinstance(asked, dict) else (None, None)
        if not isinstance(ids, list) or not isinstance(properties, list) or len(ids) > 1000 or len(properties) > _MOST:
            raise Problem(400, f"`extend` must have at most 1000 `ids` and {_MOST} `properties`")
        chosen = [str(each["id"]) for each in properties if isinstance(each, dict) and "id" in each]
        names = dict(self._properties(None))
        return {
            "meta": [{"id": each, "name": names.get(each, each)} for each in chosen],
            "rows": {str(iri): {each: self._values(str(iri), each) for each in chosen} for iri in ids},
        }

    def _types(self) -> list[tuple[str, str]]:
        return self._named(
            "SELECT ?t (COUNT(*) AS ?n) WHERE { ?s a ?t } GROUP BY ?t ORDER BY DESC(?n) ?t LIMIT 200", {}
        )

    def _properties(self, class_: str | None) -> list[tuple[str, str]]:
        """Return the properties that things have, or those of one class, the most used first, with their names."""
        if not class_:
            return self._named(
                "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT 500", {}
            )
        try:
            bound = {"c": ox.NamedNode(class_)}
        except ValueError:
            return []
        sample = "SELECT ?s ?c WHERE { ?s a ?c } LIMIT 1000"
        return self._named(
            f"SELECT ?p (COUNT(*) AS ?n) ?c WHERE {{ {{ {sample} }} ?s ?p ?o }} GROUP BY ?p ?c ORDER BY DESC(?n) ?p LIMIT 200",
            bound,
        )

    def _named(self, query: str, bound: Mapping[str, ox.NamedNode]) -> list[tuple[str, str]]:
        """Return the IRIs of the first column with their names."""
        iris = [row[0].value for row in self.graph.select(query, bound) if isinstance(row[0], ox.NamedNode)]
        names = self._labels(iris)
        return [(iri, names[iri]) for iri in iris]

    def _labels(self, iris: Collection[str]) -> dict[str, str]:
        """Return the label of each that the graph has, or the end of the IRI."""
        rows = self.graph.select(
            f"SELECT ?s (MIN(?l) AS ?label) WHERE {{ VALUES ?s {{ {values(sorted(iris))} }} ?s <{_RDFS_LABEL}> ?l }} GROUP BY ?s"
        )
        labels = {
            row[0].value: row[1].value
            for row in rows
            if isinstance(row[0], ox.NamedNode) and isinstance(row[1], ox.Literal)
        }
        return {iri: labels.get(iri) or re.split(r"[#/:]", iri.rstrip("#/"))[-1] for iri in iris}

    def _values(self, iri: str, property_: str) -> list[dict[str, Any]]:
        try:
            bound = {"s": ox.NamedNode(iri), "p": ox.NamedNode(property_)}
        except ValueError:
            return []
        rows = self.graph.select(
            f"SELECT ?o (MIN(?l) AS ?label) ?s ?p WHERE {{ ?s ?p ?o OPTIONAL {{ ?o <{_RDFS_LABEL}> ?l }} }} GROUP BY ?o ?s ?p LIMIT 50",
            bound,
        )
        found: list[dict[str, Any]] = []
        for term, label, *_ in sorted(rows, key=lambda row: str(row[0])):
            if isinstance(term, ox.NamedNode):
                found.append({"id": term.value, "name": label.value if isinstance(label, ox.Literal) else term.value})
            elif isinstance(term, ox.Literal):
                found.append(_literal(term))
        return found


def _certain(text: str, found: Sequence[Candidate]) -> Candidate | None:
    """Return the only thing that is called as a text says, or of several the only one that agrees most; None where that is open."""
    if len(found) >= _FOUND and found[-1].rate >= _CERTAIN:
        return None
    exactly = [each for each in found if each.rate >= _CERTAIN]
    same = folded(text)
    called = exactly or [each for each in found if folded(each.name) == same]
    left = [each for each in called if not each.agreement.contradict]
    most = max((each.agreement.agree for each in left), default=0)
    best = [each for each in left if each.agreement.agree == most]
    return best[0] if len(best) == 1 else None


def _literal(term: ox.Literal) -> dict[str, Any]:
    """Return a value as JSON has it, as a text where a client would read another value than is meant."""
    kind, text = term.datatype.value.rpartition("#")[2], term.value
    if kind == "boolean" and text in _BOOLEANS:
        return {"bool": _BOOLEANS[text]}
    # JSON has no infinity, and a graph may hold numbers that are none.
    with contextlib.suppress(ValueError, ArithmeticError):
        if kind == "integer":
            return _number(int(text))
        if kind == "decimal" and Decimal(repr(float(text))) == Decimal(text):
            return {"float": float(text)}
        if kind in ("double", "float") and isfinite(number := float(text)):
            return {"float": number}
        if kind in ("date", "dateTime"):
            datetime.fromisoformat(text)
            return {"date": text}
    return {"str": text}


def _number(value: int) -> dict[str, Any]:
    """Return a whole number: OpenRefine keeps 32 bits of what is told as one, and of others what a double has."""
    if -(1 << 31) <= value < 1 << 31:
        return {"int": value}
    return {"float": float(value)} if float(value) == value else {"str": str(value)}


def _limit(params: Mapping[str, list[str]]) -> int | None:
    """Return how many are wanted, as far as so many are given; None where that is not said."""
    text = params.get("limit", [""])[0]
    return min(int(text), _MOST) or None if text.isascii() and text.isdecimal() and len(text) < 8 else None


def _containing(prefix: str, known: list[tuple[str, str]], limit: int) -> list[dict[str, str]]:
    sought = prefix.casefold()
    return [{"id": iri, "name": name} for iri, name in known if sought in name.casefold()][:limit]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "the parameter is no JSON") from error


def _json(content: object) -> Answer:
    return Answer(
        200, {"content-type": "application/json"}, json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    )
