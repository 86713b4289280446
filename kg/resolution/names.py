"""Which thing a name means: exact labels of the reference tables, parsed keys, or a name of the passage's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.rdf.minting import minted
from kg.rdf.reference import Reference

_PROPRIETARY = re.compile(r"\b(proprietary|internal|in-house|private|licensed)\b", re.IGNORECASE)
_GENERIC = re.compile(r"\b(custom|proprietary|internal|in-house|learnable|learned|generic)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that a fact names: its IRI, its label, whether a curated table knows it, and whether the name says that it is proprietary."""

    kind: str
    iri: str
    label: str
    linked: bool
    proprietary: bool = False


class Names:
    """Looks names up in the reference tables; what they lack gets a name of its own."""

    def __init__(self, reference: Reference, base: str) -> None:
        self.reference = reference
        self.base = base
        self._organizations = {
            _folded(label): each for each in reference.organizations.values() for label in (*each.aliases, each.label)
        }
        self._concepts = {
            scheme: {
                _folded(label): concept
                for concept in concepts
                for label in (*concept.ambiguous, *concept.alternatives, concept.label)
            }
            for scheme, concepts in reference.concepts.items()
            if scheme in ("dataset", "benchmark", "component", "model-family")
        }

    def thing(self, kind: str, name: str, passage: str) -> Thing:
        """Return what `name` means as a Country, Accelerator, Benchmark, Dataset, Organization or ModelComponent.

        Countries, accelerators and organizations are keys or names that are the same wherever they occur; a dataset or benchmark that no table
        knows belongs to its passage, since a name alone does not tell that two passages mean the same.
        """
        if kind == "Country":
            country = self.reference.countries[name]
            return Thing(kind, f"{self.base}country/{country.alpha3}", country.name, linked=True)
        if kind == "Accelerator":
            known = self.reference.accelerators.get(name)
            iri = minted(self.base, "accelerator", name)
            return Thing(kind, iri, known.label if known else name, linked=known is not None)
        if kind == "Organization":
            maker = self._organizations.get(_folded(name))
            if maker is not None:
                return Thing(kind, f"{self.base}organization/{maker.key}", maker.label, linked=True)
            return Thing(kind, minted(self.base, "organization", name), name, linked=False)
        if kind == "ModelComponent":
            design = self.design(name)
            return design or Thing(kind, minted(self.base, "component", passage, name), name, linked=False)
        concept = self._concepts[kind.lower()].get(_folded(name))
        if concept is not None:
            return Thing(kind, f"{self.base}{kind.lower()}/{concept.key}", concept.label, linked=True)
        iri = minted(self.base, kind.lower(), passage, name)
        return Thing(kind, iri, name, linked=False, proprietary=_PROPRIETARY.search(name) is not None)

    def design(self, name: str) -> Thing | None:
        """Return the shared design that a component's name means (`CLIP ViT-L/14`), or None where the name describes rather than names."""
        concept = self._concepts["component"].get(_folded(name))
        if concept is not None:
            return Thing("ModelComponent", f"{self.base}component/{concept.key}", concept.label, linked=True)
        specific = any(character.isdigit() for character in name) or _folded(name) in self._concepts["model-family"]
        if not specific or _GENERIC.search(name):
            return None
        return Thing("ModelComponent", minted(self.base, "component", name), name, linked=True)


def _folded(name: str) -> str:
    """Return a name without case, spaces and hyphens: `Flickr-30k` and `Flickr30K` are one spelling."""
    return re.sub(r"[\s_-]+", "", name).casefold()
