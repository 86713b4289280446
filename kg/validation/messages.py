"""Sentences for shapes that bring no sh:message of their own, and the choice among those that do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kg.rdf.namespaces import SH
from kg.rdf.terms import literal
from kg.validation.constraints import Constraint
from kg.validation.paths import path_text
from kg.validation.shapes import Shape, short
from kg.validation.sql import words

# Component -> what is wanted of the values; {0} stands for the parameters.
_WANTED: Final[Mapping[str, str]] = {
    "Class": "each value must be an instance of {0}",
    "Datatype": "each value must be a well-formed literal of {0}",
    "NodeKind": "each value must be {0}",
    "MinCount": "there must be at least {0}",
    "MaxCount": "there must be at most {0}",
    "MinInclusive": "each value must be {0} or more",
    "MinExclusive": "each value must be more than {0}",
    "MaxInclusive": "each value must be {0} or less",
    "MaxExclusive": "each value must be less than {0}",
    "MinLength": "each value must have at least {0} characters",
    "MaxLength": "each value must have at most {0} characters",
    "Pattern": "each value must match the regular expression {0}",
    "LanguageIn": "each value must have one of the language tags {0}",
    "UniqueLang": "no two values may have the same language tag",
    "Equals": "the values must be the same as those of {0}",
    "Disjoint": "no value may also be one of {0}",
    "LessThan": "each value must be less than each of {0}",
    "LessThanOrEquals": "each value must be less than or equal to each of {0}",
    "HasValue": "one value must be {0}",
    "In": "each value must be one of {0}",
    "Closed": "no other properties are allowed here",
    "Node": "each value must conform to {0}",
    "Not": "no value may conform to {0}",
    "And": "each value must conform to all of {0}",
    "Or": "each value must conform to at least one of {0}",
    "Xone": "each value must conform to exactly one of {0}",
    "QualifiedMinCount": "too few values conform to {0}",
    "QualifiedMaxCount": "too many values conform to {0}",
}
_NODE_KINDS: Final = {"<": "an IRI", "_": "a blank node", '"': "a literal"}


def default_message(shape: Shape, component: str) -> str:
    """Return a sentence (a term, English) on what a component (its IRI) of a shape wants."""
    name = component.removeprefix(SH).removesuffix("ConstraintComponent")
    constraints = [constraint for constraint in shape.constraints if constraint.component == name]
    subject = short(path_text(shape.path)) + ": " if shape.path else ""
    wanted = _WANTED.get(name, f"the constraint {name} does not hold").format(_parameters(constraints))
    sentence = subject + wanted
    return (
        literal(sentence[0].upper() + sentence[1:] + ".", language="en")
        if not subject
        else literal(sentence + ".", language="en")
    )


def _parameters(constraints: Iterable[Constraint]) -> str:
    wanted: list[str] = []
    for constraint in constraints:
        if constraint.component == "NodeKind":
            wanted.append(" or ".join(_NODE_KINDS[first] for first in constraint.terms[0]))
        elif constraint.component == "Pattern":
            wanted.append(constraint.terms[1])
        elif constraint.component in ("MinCount", "MaxCount"):
            wanted.append("1 value" if constraint.count == 1 else f"{constraint.count} values")
        elif constraint.terms or constraint.shapes:
            wanted.extend(_shown(term) for term in (*constraint.terms, *constraint.shapes))
        else:
            wanted.append(str(constraint.count))
    return ", ".join(dict.fromkeys(wanted))


def _shown(term: str) -> str:
    if term.startswith('"'):
        return term.rpartition('"')[0][1:]
    return "a nameless shape" if term.startswith("_:") else short(term)


def chosen_message(messages: Iterable[str]) -> str:
    """Return the text of the message (terms) in English, else without a language, else of the first one."""
    ranked = sorted(messages, key=lambda term: (_language_rank(term.rpartition('"')[2]), term))
    return words(ranked[0]) if ranked else ""


def _language_rank(mark: str) -> int:
    return 0 if mark.startswith("@en") else 1 if not mark else 2
