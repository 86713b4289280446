"""Term maps to SQL: terms in N-Triples syntax, NULL where there is none, and what makes a value unfit to be one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.mapping.plan.values import Scope, Value, product, quoted, raw_value, references, value
from kg.mapping.rules import (
    ConstantTerm,
    Expression,
    Gather,
    Joined,
    QuotedTriple,
    Reference,
    Reifier,
    Template,
    Term,
    TermMap,
    TermType,
)
from kg.rdf import lexical
from kg.rdf.namespaces import XSD

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE = (TermType.IRI, TermType.URI)
_CHECKED = tuple(f"{XSD}{name}" for name in lexical.FORMS)
# A natural datatype, and one that its lexical forms fit.
_PROVEN = {
    (XSD + natural, XSD + given)
    for natural, fitting in {
        "integer": ("integer", "decimal", "double", "float"),
        "decimal": ("decimal", "double", "float"),
        "double": ("double", "float"),
        "boolean": ("boolean",),
        "date": ("date",),
        "time": ("time",),
        "dateTime": ("dateTime",),
        "hexBinary": ("hexBinary",),
    }.items()
    for given in fitting
}


@dataclass(frozen=True, slots=True)
class Made:
    """SQL of a term, a list of terms with `many`; each of `faults` is SQL of the reason why a row's value is unfit, else NULL."""

    sql: str
    many: bool = False
    faults: tuple[str, ...] = ()

    @property
    def value(self) -> Value:
        """The term as a value, for products."""
        return Value(self.sql, self.many)


def term(made_of: Term | Joined, scope: Scope) -> Made:
    """Return the SQL of a term; a joined term reads the scope of its own source."""
    if isinstance(made_of, Joined):
        return term(made_of.term, scope)
    if isinstance(made_of, ConstantTerm):
        return Made(quoted(made_of.text))
    if isinstance(made_of, QuotedTriple):
        parts = [term(part, scope) for part in (made_of.subject, made_of.predicate, made_of.object)]
        opening, closing = ("'<< '", "' >>'") if scope.catalog.legacy else ("'<<( '", "' )>>'")
        joined = product(
            [part.value for part in parts],
            lambda t: f"({opening} || {t[0]} || ' ' || {t[1]} || ' ' || {t[2]} || {closing})",
        )
        return Made(joined.sql, joined.many, tuple(fault for part in parts for fault in part.faults))
    if isinstance(made_of, Reifier):
        triple = term(made_of.triple, scope)
        return Made(product((triple.value,), lambda one: f"('_:t' || md5({one[0]}))").sql, triple.many, triple.faults)
    if isinstance(made_of, Gather):
        from kg.mapping.plan.collections import head

        return head(made_of, scope)
    made = _term(made_of, scope)
    return _conditional(made, made_of.conditions, scope)


def condition(conditions: Sequence[Expression], scope: Scope) -> str:
    """Return SQL of whether all conditions are true."""
    tests = []
    for each in conditions:
        answer = value(each, scope)
        tests.append(f"list_contains({answer.sql}, 'true')" if answer.many else f"{answer.sql} = 'true'")
    return " AND ".join(tests)


def _conditional(made: Made, conditions: Sequence[Expression], scope: Scope) -> Made:
    if not conditions:
        return made
    holds = condition(conditions, scope)
    return Made(
        f"CASE WHEN {holds} THEN {made.sql} END",
        made.many,
        tuple(f"CASE WHEN {holds} THEN {fault} END" for fault in made.faults),
    )


def _term(made_of: TermMap, scope: Scope) -> Made:
    kind, expression = made_of.term_type, made_of.expression
    if expression is None:
        # Each map has nodes of its own (its base is a name of its own), and a node is the same in all that one record says of it.
        label = hashlib.sha256(made_of.base.encode()).hexdigest()[:8]
        return Made(f"('_:r{label}_' || {scope.alias}.kg_row)")
    if kind is TermType.LITERAL:
        return _literal(made_of, expression, scope)
    text = value(expression, scope, kind)
    faults = _composite(expression, scope)
    if kind is TermType.BLANK_NODE:
        return _each(text, lambda one: f"kg_blank({one})", faults)
    if isinstance(expression, Template) and kind in _SAFE:
        absolute = _is_absolute(expression)
        if absolute is not None:
            enclosed = Template(("<" if absolute else f"<{made_of.base}", *expression.parts, ">"))
            iri = value(enclosed, scope, kind)
            return Made(iri.sql, iri.many, faults)
    # What is not encoded by us is checked.
    ascii_only = "true" if kind in (TermType.URI, TermType.UNSAFE_URI) else "false"
    arguments = f"{quoted(made_of.base)}, {ascii_only}"
    made = _each(text, lambda one: f"kg_iri(kg_sound_iri({one}, {arguments}))", faults)
    return Made(made.sql, made.many, (*made.faults, _first(text, lambda one: f"kg_iri_fault({one}, {ascii_only})")))


def _literal(made_of: TermMap, expression: Expression, scope: Scope) -> Made:
    faults = _composite(expression, scope)
    if made_of.language is not None:
        return _with(made_of.language, expression, scope, "kg_tag_fault({})", _tagged)
    raw = raw_value(expression, scope)
    if isinstance(made_of.datatype, ConstantTerm):
        datatype = made_of.datatype.text
        text = value(expression, scope)
        if datatype not in _CHECKED or (raw.datatype or "", datatype) in _PROVEN:
            return _each(text, lambda one: f"kg_typed({one}, {quoted(datatype)})", faults)
        return _each(
            text, lambda one: _checked(one, datatype), (*faults, _first(text, lambda one: _misfit(one, datatype)))
        )
    if made_of.datatype is not None:
        made = _with(made_of.datatype, expression, scope, "kg_iri_fault({}, false)", _typed_by_row)
        bare, _ = _bare(made_of.datatype, scope)
        pairs = product((value(expression, scope), bare), lambda pair: _misfit_by_row(pair[0], pair[1]))
        return Made(made.sql, made.many, (*made.faults, _first(pairs, str)))
    if raw.json:
        return _each(raw, lambda one: f"kg_json_literal({one})", faults)
    if raw.datatype:
        return _each(raw, lambda one: f"kg_typed({one}, {quoted(raw.datatype or '')})", faults)
    return _each(raw, lambda one: f"kg_plain({one})", faults)


def _with(
    inner: TermMap | ConstantTerm, expression: Expression, scope: Scope, check: str, build: Callable[[str, str], str]
) -> Made:
    """Return the literal of a value with a language tag or datatype, which may come from the row too."""
    bare, faults = _bare(inner, scope)
    both = product((value(expression, scope), bare), lambda pair: build(pair[0], pair[1]))
    if isinstance(inner, TermMap):
        faults += (_first(_unchecked(inner, scope), check.format),)
    return Made(both.sql, both.many, (*_composite(expression, scope), *faults))


def _checked(text: str, datatype: str) -> str:
    # A text that fits has nothing to escape.
    opening, closing = quoted('"'), quoted(f'"^^<{datatype}>')
    return f"CASE WHEN {lexical.is_form(datatype, text)} THEN concat({opening}, {text}, {closing}) END"


def _misfit(text: str, datatype: str) -> str:
    """Return SQL of the fault that a text is not in the lexical space of a datatype (RML-Core, section on datatype-override mapping)."""
    name = datatype.replace(XSD, "xsd:")
    return f"CASE WHEN NOT ({lexical.is_form(datatype, text)}) THEN json_quote({text})::VARCHAR || {quoted(f' is no {name}')} END"


def _tagged(text: str, tag: str) -> str:
    # In brackets: what follows a text is one constant then, as a rule.
    return f"(kg_plain({text}) || ('@' || {tag}))"


def _typed_by_row(text: str, datatype: str) -> str:
    return f"CASE WHEN {_misfit_by_row(text, datatype)} IS NULL THEN kg_typed({text}, {datatype}) END"


def _misfit_by_row(text: str, datatype: str) -> str:
    cases = " ".join(f"WHEN {quoted(each)} THEN {_misfit(text, each)}" for each in _CHECKED)
    return f"CASE {datatype} {cases} END"


def _bare(inner: TermMap | ConstantTerm, scope: Scope) -> tuple[Value, tuple[str, ...]]:
    """Return the bare IRI of a datatype, or a language tag, NULL where it is none."""
    if isinstance(inner, ConstantTerm):
        return Value(quoted(inner.text)), ()
    text = _unchecked(inner, scope)
    if inner.term_type is TermType.LITERAL:
        sound = product((text,), lambda one: f"kg_sound_tag({one[0]})")
    else:
        sound = product((text,), lambda one: f"kg_sound_iri({one[0]}, {quoted(inner.base)}, false)")
    holds = condition(inner.conditions, scope)
    if holds:
        sound = Value(f"CASE WHEN {holds} THEN {sound.sql} END", sound.many)
    return sound, _composite(inner.expression, scope) if inner.expression else ()


def _unchecked(inner: TermMap, scope: Scope) -> Value:
    if inner.expression is None:
        return Value("NULL::VARCHAR")
    return value(inner.expression, scope, inner.term_type)


def _composite(expression: Expression, scope: Scope) -> tuple[str, ...]:
    """Return the fault that a value is a JSON array or object, which is no value of RDF."""
    faults = []
    for name in references(expression):
        raw = raw_value(Reference(name), scope)
        if raw.json:
            faults.append(_first(raw, lambda one: f"kg_json_fault({one})"))
    return tuple(faults)


def _each(text: Value, build: Callable[[str], str], faults: tuple[str, ...]) -> Made:
    made = product((text,), lambda one: build(one[0]))
    return Made(made.sql, made.many, faults)


def _first(text: Value, build: Callable[[str], str]) -> str:
    """Return SQL of the first fault of a value or of its many."""
    made = product((text,), lambda one: build(one[0]))
    return f"list_filter({made.sql}, lambda f: f IS NOT NULL)[1]" if made.many else made.sql


def _is_absolute(template: Template) -> bool | None:
    """Return whether what an encoded template makes has a scheme; None where only the row tells."""
    first = template.parts[0] if template.parts else ""
    if isinstance(first, str) and _SCHEME.match(first):
        return True
    # A reference is encoded and holds no colon; one in the text after it may end a scheme, unless a slash, ? or # comes before.
    for part in template.parts:
        if isinstance(part, str):
            head = re.match(r"[^/?#:]*(.?)", part, re.DOTALL)
            stop = head.group(1) if head else ""
            if stop == ":":
                return None
            if stop:
                return False
    return False
