"""Whether two rules can make the same quad: what cannot needs no DISTINCT."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kg.mapping.plan.values import expressions, references
from kg.mapping.rules import ConstantTerm, Joined, Reference, Rule, Template, Term, TermMap, TermType

_RESERVED = re.compile(r"[^:/?#\[\]@!$&'()*+,;=]")
_IRIS = (TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI)
_ENCODED = (TermType.IRI, TermType.URI)


def overlapping(rules: Sequence[Rule]) -> frozenset[int]:
    """Return the numbers of the rules that may make a quad which another one makes too."""
    found: set[int] = set()
    for bucket in _buckets(rules):
        for one, other in _pairs(rules, bucket):
            if not (one in found and other in found) and not _disjoint(rules[one], rules[other]):
                found |= {one, other}
    return frozenset(found)


def is_injective(expression: object, term_type: TermType) -> bool:
    """Return whether different references always give different terms: encoded, no value holds the character that stands between two."""
    if isinstance(expression, Reference):
        return term_type in (TermType.BLANK_NODE, TermType.LITERAL)
    if not isinstance(expression, Template):
        return False
    if term_type not in _ENCODED:
        # A relative IRI may be the same as an absolute one.
        relative = term_type in _IRIS and not _starts_absolute(expression)
        return not relative and sum(isinstance(part, Reference) for part in expression.parts) == 1
    between = _between(expression)
    return all(_RESERVED.sub("", text) for text in between)


def is_told_by_columns(rule: Rule) -> bool:
    """Return whether rows that differ in a column that the rule reads always give different quads."""
    read: set[str] = set()
    told: set[str] = set()
    for part in (rule.subject, rule.predicate, rule.object, rule.graph):
        if part is None or isinstance(part, ConstantTerm):
            continue
        if not isinstance(part, TermMap) or part.expression is None:
            return False
        read |= {name for each in expressions(part) for name in references(each)}
        if is_injective(part.expression, part.term_type):
            told |= set(references(part.expression))
    return read == told


def _between(template: Template) -> list[str]:
    """Return the texts that stand between the references of a template."""
    inner: list[str] = []
    open_text: str | None = None
    for part in template.parts:
        if isinstance(part, Reference):
            if open_text is not None:
                inner.append(open_text)
            open_text = ""
        elif open_text is not None:
            open_text += part
    return inner


def _buckets(rules: Sequence[Rule]) -> Iterable[list[int]]:
    """Yield groups of rules, so that two rules that are in no group together cannot overlap."""
    by_key: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    loose: list[int] = []
    for number, rule in enumerate(rules):
        if isinstance(rule.predicate, ConstantTerm):
            constant = rule.object.text if isinstance(rule.object, ConstantTerm) else ""
            by_key[rule.predicate.text, constant].append(number)
        else:
            loose.append(number)
    for (predicate, constant), numbers in by_key.items():
        open_ended = by_key.get((predicate, ""), []) if constant else []
        yield [*numbers, *open_ended, *loose]
    if not by_key:
        yield loose


def _pairs(rules: Sequence[Rule], bucket: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rules whose subjects may start alike; there may be thousands of rules, most of them with subjects of their own."""
    alike: list[tuple[str, int]] = []
    for start, number in sorted((_start(rules[number]), number) for number in bucket):
        while alike and not start.startswith(alike[-1][0]):
            alike.pop()
        for _, other in alike:
            yield other, number
        alike.append((start, number))


def _start(rule: Rule) -> str:
    """Return what a rule's subjects start with in N-Triples, as far as it is known."""
    subject = _unjoined(rule.subject)
    if isinstance(subject, ConstantTerm):
        return subject.text.removesuffix(">")
    if not isinstance(subject, TermMap):
        return ""
    return {"iri": f"<{_prefix(subject)}", "blank": "_"}.get(_kind(subject), '"')


def _disjoint(one: Rule, other: Rule) -> bool:
    if isinstance(one.graph, ConstantTerm) and isinstance(other.graph, ConstantTerm) and one.graph != other.graph:
        return True
    if (one.graph is None) != (other.graph is None):
        return True
    pairs = ((one.subject, other.subject), (one.predicate, other.predicate), (one.object, other.object))
    return any(_differ(_unjoined(mine), _unjoined(theirs)) for mine, theirs in pairs)


def _unjoined(term: Term | Joined) -> Term:
    return term.term if isinstance(term, Joined) else term


def _differ(one: Term, other: Term) -> bool:
    """Return whether two terms are never the same."""
    if isinstance(one, ConstantTerm) and isinstance(other, ConstantTerm):
        return one != other
    if isinstance(one, ConstantTerm) and isinstance(other, TermMap):
        return _never(other, one.text)
    if isinstance(one, TermMap) and isinstance(other, ConstantTerm):
        return _never(one, other.text)
    if not isinstance(one, TermMap) or not isinstance(other, TermMap):
        return False
    kinds = (_kind(one), _kind(other))
    if kinds[0] != kinds[1]:
        return True
    if kinds[0] == "iri":
        mine, theirs = _prefix(one), _prefix(other)
        if not (mine.startswith(theirs) or theirs.startswith(mine)):
            return True
        skeletons = (_skeleton(one), _skeleton(other))
        return None not in skeletons and skeletons[0] != skeletons[1]
    if kinds[0] == "literal":
        return any(
            isinstance(mine, ConstantTerm) and isinstance(theirs, ConstantTerm) and mine != theirs
            for mine, theirs in ((one.datatype, other.datatype), (one.language, other.language))
        ) or (one.language is None) != (other.language is None)
    return False


def _never(made: TermMap, constant: str) -> bool:
    kind = {"<": "iri", "_": "blank"}.get(constant[:1], "literal")
    if kind != _kind(made):
        return True
    return kind == "iri" and not constant[1:-1].startswith(_prefix(made))


def _kind(made: TermMap) -> str:
    if made.term_type in _IRIS:
        return "iri"
    return "blank" if made.term_type is TermType.BLANK_NODE else "literal"


def _prefix(made: TermMap) -> str:
    """Return the text that the IRIs of a map start with, as far as it is known."""
    if not isinstance(made.expression, Template):
        return ""
    return str(made.expression.parts[0]) if _starts_absolute(made.expression) else ""


def _starts_absolute(template: Template) -> bool:
    first = template.parts[0] if template.parts else ""
    return isinstance(first, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", first) is not None


def _skeleton(made: TermMap) -> str | None:
    """Return the reserved characters of a template whose references are encoded, and so add none; None where others could be added."""
    if not _prefix(made) or made.term_type not in _ENCODED or not isinstance(made.expression, Template):
        return None
    return _RESERVED.sub("", "".join(part for part in made.expression.parts if isinstance(part, str)))
