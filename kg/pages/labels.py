"""What things are called, in the languages of the reader."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import pyoxigraph as ox

from kg.pages.graph import Graph, Term, values
from kg.pages.names import LABELS, PREDICATE, QUANTITY_KIND, QUANTITY_OF, SUBJECT, TYPE
from kg.rdf.namespaces import RDF, SKOS
from kg.settings import ONTOLOGY

_BATCH = 500
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\s+]+")
# What is called after what it says of which thing, for it has no name of its own.
_ROLES = ((PREDICATE, SUBJECT), (QUANTITY_KIND, QUANTITY_OF), (ONTOLOGY + "hyperParameter", None))


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its language tag; `named` is False for what was made up from an IRI, as the graph has no label."""

    text: str
    language: str | None = None
    named: bool = True


class Labels:
    """Finds labels: in the graph, then in `known` (those of vocabularies that the graph uses but does not hold), else a readable form of the IRI."""

    def __init__(self, graph: Graph, known: Mapping[str, Sequence[ox.Literal]]) -> None:
        self._graph = graph
        self._known = known

    def of(self, iris: Iterable[str], languages: Sequence[str]) -> dict[str, Text]:
        """Return a label for each IRI; of several the one whose language comes first in `languages`."""
        wanted = list(dict.fromkeys(iris))
        found: dict[str, list[tuple[int, ox.Literal]]] = defaultdict(list)
        for start in range(0, len(wanted), _BATCH):
            for iri, rank, label in self._asked(wanted[start : start + _BATCH]):
                found[iri].append((rank, label))
        named = {iri: text for iri in wanted if (text := self._best(iri, found[iri], languages))}
        unnamed = [iri for iri in wanted if iri not in named]
        return named | (self._made_up(unnamed, languages) if unnamed else {})

    def _asked(self, iris: list[str]) -> Iterable[tuple[str, int, ox.Literal]]:
        data = values(iris)
        if not data:
            return
        union = " UNION ".join(f"{{ ?s <{prop}> ?l BIND ({rank} AS ?r) }}" for rank, prop in enumerate(LABELS))
        for iri, rank, label in self._graph.select(f"SELECT ?s ?r ?l WHERE {{ VALUES ?s {{ {data} }} {union} }}"):
            if isinstance(iri, ox.NamedNode) and isinstance(rank, ox.Literal) and isinstance(label, ox.Literal):
                yield iri.value, int(rank.value), label

    def _best(self, iri: str, found: list[tuple[int, ox.Literal]], languages: Sequence[str]) -> Text | None:
        candidates = found or [(0, label) for label in self._known.get(iri, ())]
        candidates = [each for each in candidates if each[1].value.strip()]
        if not candidates:
            return None
        _, label = min(
            candidates, key=lambda each: (preference(each[1].language, languages), each[0], each[1].value.casefold())
        )
        return Text(label.value, label.language)

    def _made_up(self, iris: list[str], languages: Sequence[str]) -> dict[str, Text]:
        """Call a statement after what it says of which thing, another thing after its class and the end of its IRI."""
        roles: dict[str, tuple[str, str | None]] = {}
        classes: dict[str, list[str]] = defaultdict(list)
        union = " UNION ".join(
            f"{{ ?s <{kind}> ?k OPTIONAL {{ ?s <{of}> ?o }} }}" if of else f"{{ ?s <{kind}> ?k }}"
            for kind, of in _ROLES
        )
        for start in range(0, len(iris), _BATCH):
            data = values(iris[start : start + _BATCH])
            if not data:
                continue
            query = f"SELECT ?s ?k ?o ?c WHERE {{ VALUES ?s {{ {data} }} {{ ?s a ?c }} UNION {union} }}"
            for thing, kind, of, class_ in self._graph.select(query):
                if isinstance(thing, ox.NamedNode) and isinstance(kind, ox.NamedNode):
                    roles[thing.value] = (kind.value, of.value if isinstance(of, ox.NamedNode) else None)
                elif isinstance(thing, ox.NamedNode) and isinstance(class_, ox.NamedNode):
                    classes[thing.value].append(class_.value)
        parts = {part for role in roles.values() for part in role if part and part not in roles}
        parts |= {class_ for names in classes.values() for class_ in names if _tells(class_)}
        names = self.of(parts - set(iris), languages) if parts else {}
        return {iri: Text(_composed(iri, roles.get(iri), classes[iri], names), named=False) for iri in iris}


def preference(language: str | None, languages: Sequence[str]) -> tuple[int, str]:
    """Return how well a language tag fits a reader: less is better; text without a tag comes after what was asked for, then English, then others."""
    tag = (language or "").lower()
    for place, wanted in enumerate(languages):
        asked = wanted.lower()
        if tag and (tag == asked or tag.startswith(asked + "-") or asked.startswith(tag + "-")):
            return place, tag
    return len(languages) + (0 if not tag else 1 if tag.partition("-")[0] == "en" else 2), tag


def chosen(texts: Iterable[Term], languages: Sequence[str]) -> list[Text]:
    """Return those of some literals that stand in the language that fits best."""
    found = [text for text in texts if isinstance(text, ox.Literal) and text.value.strip()]
    best = min((preference(text.language, languages) for text in found), default=None)
    return [Text(text.value, text.language) for text in found if preference(text.language, languages) == best]


def local_name(iri: str) -> str:
    """Return the end of an IRI, after the last `#`, `/` or `:`, without its escapes; the whole IRI where that is empty."""
    end = re.split(r"[#/:]", iri.rstrip("#/:"))[-1] or iri
    return unquote(end, errors="replace")


def humanised(iri: str) -> str:
    """Return the end of an IRI as words: `wasDerivedFrom` as `was derived from`."""
    words = [word for word in _WORDS.split(local_name(iri)) if word]
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or iri


def _composed(iri: str, role: tuple[str, str | None] | None, classes: list[str], names: Mapping[str, Text]) -> str:
    if role and role[0] in names:
        kind, of = role
        return names[kind].text + (f" of {names[of].text}" if of and of in names else "")
    told = sorted(names[class_].text for class_ in classes if class_ in names)
    # A term of a vocabulary reads better as words than as it is written.
    return f"{told[0]} {local_name(iri)}" if told else humanised(iri) if "#" in iri else local_name(iri)


def _tells(class_: str) -> bool:
    return class_ not in (SKOS + "Concept", RDF + "Statement", TYPE)
