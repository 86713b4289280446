"""What things are called, in the languages of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kg.pages.graph import Graph, Term, is_cut
from kg.pages.names import PREDICATE, QUANTITY_KIND, QUANTITY_OF, SUBJECT, TYPE
from kg.rdf.labels import LABELS, humanised, local_name
from kg.rdf.namespaces import OWL, RDF, RDFS, SKOS
from kg.settings import ONTOLOGY

# A statement may be about a statement, and so on.
_DEEPEST = 3
_KEPT = 100_000
# A name that is made of an address is no longer than this.
_LONGEST_NAME = 80
# What is called after what it says of which thing, for it has no name of its own.
_ROLES = ((PREDICATE, SUBJECT), (QUANTITY_KIND, QUANTITY_OF), (ONTOLOGY + "hyperParameter", None))


class Text(NamedTuple):
    """A text and its language tag; `named` is False for what was made up from an IRI, as the graph has no label."""

    text: str
    language: str | None = None
    named: bool = True


class Labels:
    """Finds labels: in the graph, then in `known` (those of vocabularies that the graph uses but does not hold), else a readable form of the IRI."""

    def __init__(self, graph: Graph, known: Mapping[str, Sequence[ox.Literal]]) -> None:
        self._graph = graph
        self._known = known
        # Many pages name the same things.
        self._kept: dict[tuple[str, tuple[str, ...], int], Text] = {}
        # What a name is made up from, beside the thing itself.
        self._parts: dict[tuple[str, tuple[str, ...], int], set[str]] = {}

    def of(self, iris: Iterable[str], languages: Sequence[str]) -> dict[str, Text]:
        """Return a label for each IRI; of several the one whose language comes first in `languages`."""
        wanted = tuple(languages)
        found = {iri: self._of(iri, wanted, 0) for iri in iris}
        self._graph.note(found)
        for iri, text in found.items():
            if not text.named and (parts := self._parts.get((iri, wanted, 0))):
                self._graph.note(parts)
        return found

    def _of(self, iri: str, languages: tuple[str, ...], depth: int) -> Text:
        place = (iri, languages, depth)
        found = self._kept.get(place)
        if found is None:
            found = self._best(self._asked(iri) or self._told(iri), languages) or self._made_up(iri, languages, depth)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
                self._parts.clear()
            self._kept[place] = found
        return found

    def _asked(self, iri: str) -> list[tuple[int, ox.Literal]]:
        node = self._graph.node(iri)
        cut = is_cut(node)
        return [
            (rank, label)
            for rank, prop in enumerate(LABELS)
            for label in (self._graph.objects(iri, prop) if cut else node.get(prop, ()))
            if isinstance(label, ox.Literal)
        ]

    def _told(self, iri: str) -> list[tuple[int, ox.Literal]]:
        return [(0, label) for label in self._known.get(iri, ())]

    def _best(self, found: list[tuple[int, ox.Literal]], languages: Sequence[str]) -> Text | None:
        candidates = [each for each in found if each[1].value.strip()]
        if not candidates:
            return None
        _, label = candidates[0]
        if len(candidates) > 1:
            _, label = min(
                candidates,
                key=lambda each: (preference(each[1].language, languages), each[0], each[1].value.casefold()),
            )
        return Text(label.value, label.language)

    def _made_up(self, iri: str, languages: tuple[str, ...], depth: int) -> Text:
        """Call a statement after what it says of which thing, another thing after its class and the end of its IRI."""
        node = self._graph.node(iri)
        role = next(
            (
                (kinds[0], min(_iris(node, of), default=None) if of else None)
                for kind, of in reversed(_ROLES)
                if (kinds := sorted(_iris(node, kind)))
            ),
            None,
        )
        classes = sorted(filter(_tells, _iris(node, TYPE)))
        names = {}
        if depth < _DEEPEST:
            parts = {part for part in role or () if part} | set(classes)
            names = {part: self._of(part, languages, depth + 1) for part in sorted(parts - {iri})}
            if names:
                deeper = (self._parts.get((part, languages, depth + 1), ()) for part in names)
                self._parts[iri, languages, depth] = set(names).union(*deeper)
        return Text(_composed(iri, role, classes, names), named=False)


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


def _composed(iri: str, role: tuple[str, str | None] | None, classes: list[str], names: Mapping[str, Text]) -> str:
    if role and role[0] in names:
        kind, of = role
        return names[kind].text + (f" of {names[of].text}" if of and of in names else "")
    told = sorted(names[class_].text for class_ in classes if class_ in names)
    # A term of a vocabulary reads better as words than as it is written.
    name = humanised(iri) if "#" in iri and not told else local_name(iri)
    return f"{told[0]} {brief(name)}" if told else brief(name)


def brief(name: str) -> str:
    """Return a name that was made of an address; of a very long one the beginning and the end."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 20]}…{name[-19:]}"


def _iris(node: Mapping[str, list[Term]], prop: str) -> list[str]:
    return [term.value for term in node.get(prop, ()) if isinstance(term, ox.NamedNode)]


def _tells(class_: str) -> bool:
    """Say whether a class is worth naming beside the end of an IRI: one of a modelling language is not."""
    return class_ not in (SKOS + "Concept", TYPE) and not class_.startswith((OWL, RDF, RDFS))
