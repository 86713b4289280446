"""Reads the pattern of a query about named things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kg.query.pattern import MOST, Part, Step, Values
from kg.query.pattern_plan import Group, Plan, Stage, Triple
from kg.query.tokens import TYPE, Token, named

# What makes little of little: no value here grows each time that it is used, and none is another one each time.
_FUNCTIONS = frozenset(
    """AS DISTINCT IN NOT STR LANG LANGMATCHES DATATYPE BOUND ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM CONTAINS STRSTARTS STRENDS STRLEN LCASE UCASE STRBEFORE STRAFTER
    COALESCE IF IRI URI STRDT STRLANG ABS ROUND CEIL FLOOR YEAR MONTH DAY HOURS MINUTES SECONDS COUNT SUM AVG MIN MAX TRUE FALSE""".split()  # noqa: SIM905
)
_MODIFIERS = frozenset(("GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC"))
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DEEPEST, _STEPS = 8, 30


class PatternReader:
    """Reads the tokens of one query; IndexError, KeyError or ValueError where its pattern cannot be followed from what it names.

    `iris` are the IRIs behind the first brace or DESCRIBE, which have the first places; `terms` those of the places behind them, None where they are to be found; `steps` all triple
    patterns. `forward` says whether all is found by its subject, `width` how many rows there may be of nothing but rows of values and empty patterns.
    """

    def __init__(self, found: Sequence[Token], prefixes: Mapping[str, str]) -> None:
        self._tokens, self._prefixes = found, prefixes
        self._at = 0
        begun = next((place for place, token in enumerate(found) if token.sign in ("{", "DESCRIBE")), len(found))
        self.iris = [token for token in found[begun:] if token.kind == "iri"]
        self._places = {token.start: place for place, token in enumerate(self.iris)}
        self._variables: dict[str, int] = {}
        self.terms: list[Any] = []
        self.steps: list[Step] = []
        self.forward = True
        self.width = 1
        # How often more is looked for than what is asked.
        self._inexact = 0
        # Variables that may have a value which is not known here.
        self._hidden: set[str] = set()

    def read(self) -> tuple[tuple[Part, ...] | None, int | None]:
        """Return the parts of the pattern, None where things are described that need not be found, and how many rows are asked for at most."""
        if self._is("DESCRIBE"):
            while self._at < len(self._tokens):
                if self._tokens[self._at].kind not in ("iri", "name"):
                    raise ValueError("described is what has to be found")
                self._term()
            if self._at > _STEPS:
                raise ValueError("too much to describe")
            return None, None
        self._form()
        self._is("WHERE")
        self._must("{")
        group = self._group(0)
        limit = self._modifiers()
        constants = (place for place, term in enumerate(self.terms) if term is not None)
        known = {*range(len(self.iris)), *(len(self.iris) + place for place in constants)}
        # A value that is not known here may be another than that which is found.
        plan = Plan(loose=not self._hidden.isdisjoint(self._variables))
        parts = plan.parts(group, known)
        self.steps, self.forward = plan.steps, plan.forward
        if len(self.steps) > _STEPS:
            raise ValueError("too many patterns")
        return parts, limit

    # -- tokens

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _is(self, sign: str) -> bool:
        """Return whether this comes next, and step over it if so."""
        if self._at == len(self._tokens) or self._tokens[self._at].sign != sign:
            return False
        self._at += 1
        return True

    def _must(self, sign: str) -> None:
        if not self._is(sign):
            raise ValueError(f"{sign} should come here")

    # -- the query but for its pattern

    def _form(self) -> None:
        if self._is("ASK"):
            return
        if self._is("CONSTRUCT"):
            if self._is("{"):
                while not self._is("}"):
                    if self._next().text in "{()<>":
                        raise ValueError("no triples")
            return
        self._must("SELECT")
        # What REDUCED leaves out depends on the order in which rows come.
        self._is("DISTINCT")
        while self._tokens[self._at].sign not in ("WHERE", "{"):
            if self._is("("):
                self._expression()
            elif self._next().kind != "variable" and self._tokens[self._at - 1].text != "*":
                raise ValueError("neither a variable nor an expression")

    def _modifiers(self) -> int | None:
        """Step over what stands behind the pattern, and return the limit."""
        limit = None
        while self._at < len(self._tokens):
            if self._is("LIMIT"):
                limit = int(self._next().text)
            elif self._is("("):
                self._expression()
            else:
                token = self._next()
                if token.kind != "variable" and token.sign not in _MODIFIERS | _FUNCTIONS:
                    raise ValueError("another modifier")
        return limit

    def _expression(self) -> None:
        """Step over an expression up to the parenthesis that ends it."""
        before, depth = "(", 1
        while depth:
            token = self._next()
            depth += (token.text == "(") - (token.text == ")")
            # Behind a value, it may be a sign that says "less".
            is_value = before in (")", "") and token.kind == "iri"
            if token.text in ("{", "}") or (token.kind == "word" and token.sign not in _FUNCTIONS) or is_value:
                raise ValueError("another expression")
            if token.kind in ("name", "iri") and self._tokens[self._at].text == "(":
                self._cast(token)
            before = token.text if token.kind == "sign" else ""

    def _cast(self, token: Token) -> None:
        """Read the name of a function, which must be a datatype: the store knows others, which may take long."""
        if token.kind != "name" or not named(token.text, self._prefixes).value.startswith(_XSD):
            raise ValueError("another function")

    # -- the pattern

    def _group(self, depth: int) -> Group:
        """Read what stands between braces, behind the first of them."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        group, stage, found = Group(), Stage(), self._inexact
        while not self._is("}"):
            if self._is("."):
                continue
            minus = self._is("MINUS")
            if minus or self._is("OPTIONAL"):
                # Deeper, what it finds may depend on what is not known there yet.
                if depth:
                    raise ValueError("too deep for what need not be there")
                self._must("{")
                stage.optional, stage.minus = self._group(depth + 1), minus
                group.stages.append(stage)
                stage = Stage()
            elif self._is("BIND"):
                # Where the variable has another value already, there is no solution.
                group.loose = True
                self._must("(")
                self._expression()
                self._hidden.add(self._tokens[self._at - 2].text[1:])
            elif self._is("FILTER"):
                group.loose = True
                self._filter(group, depth)
            elif self._is("VALUES"):
                stage.values.append(self._values())
            elif self._is("{"):
                stage.unions.append(self._union(group, depth))
            else:
                stage.triples += self._triples()
        group.stages.append(stage)
        group.loose |= self._inexact > found
        return group

    def _union(self, group: Group, depth: int) -> list[Group]:
        """Read a group in a group, or several of which one must hold."""
        union = [self._group(depth + 1)]
        while self._is("UNION"):
            self._must("{")
            union.append(self._group(depth + 1))
        self._widen(len(union))
        group.loose |= any(each.loose for each in union)
        return union

    def _filter(self, group: Group, depth: int) -> None:
        """Read what filters solutions."""
        if self._is("NOT"):
            self._must("EXISTS")
            self._at -= 1
        if self._is("EXISTS"):
            if depth:
                raise ValueError("too deep for what must not be there")
            self._must("{")
            group.last.append(self._group(depth + 1))
            return
        if not self._is("("):
            token = self._next()
            if token.kind in ("name", "iri"):
                self._cast(token)
            elif token.sign not in _FUNCTIONS:
                raise ValueError("another constraint")
            self._must("(")
        self._expression()

    def _values(self) -> Values:
        names, places, rows = [], [], []
        many = self._is("(")
        while self._tokens[self._at].kind == "variable":
            names.append(self._tokens[self._at].text[1:])
            places.append(self._term())
        if not places:
            raise ValueError("values of nothing")
        if many:
            self._must(")")
        self._must("{")
        found = self._inexact
        while not self._is("}"):
            if many:
                self._must("(")
            row = [None if self._is("UNDEF") else self._term() for _ in places]
            if many:
                self._must(")")
            rows.append(tuple(row))
        self._widen(len(rows))
        if self._inexact > found:
            self._hidden.update(names)
        self._inexact += 1
        return Values(tuple(places), tuple(rows))

    def _widen(self, ways: int) -> None:
        self.width *= max(1, ways)
        if self.width > MOST:
            raise ValueError("too many rows of nothing")

    def _triples(self) -> list[Triple]:
        """Read what is said of one subject."""
        found: list[Triple] = []
        subject = self._term()
        while True:
            path = self._path()
            while True:
                found += self._chain(subject, path, self._term())
                if not self._is(","):
                    break
            if not self._is(";"):
                return found
            if self._tokens[self._at].text in (".", "}"):
                return found

    def _path(self) -> list[tuple[bool, tuple[int, ...]]]:
        """Read a verb: for each step of a path whether it goes backwards, and what its predicate may be."""
        steps = [self._step()]
        if self._tokens[self._at].text == "|":
            either = list(steps[0][1])
            while self._is("|"):
                backwards, predicates = self._step()
                if backwards or steps[0][0]:
                    raise ValueError("a path of another kind")
                either += predicates
            return [(False, tuple(either))]
        while self._is("/"):
            steps.append(self._step())
        return steps

    def _step(self) -> tuple[bool, tuple[int, ...]]:
        backwards = self._is("^")
        if self._tokens[self._at].text == "a":
            self._at += 1
            return backwards, (self._place(TYPE),)
        if self._tokens[self._at].kind not in ("iri", "name", "variable"):
            raise ValueError("no verb")
        return backwards, (self._term(),)

    def _chain(self, subject: int, path: list[tuple[bool, tuple[int, ...]]], object_: int) -> list[Triple]:
        found = []
        for number, (backwards, predicates) in enumerate(path, 1):
            end = object_ if number == len(path) else self._place(None)
            # What stands twice in a pattern is looked for as if it did not.
            if subject == end:
                end = self._unknown()
            verbs = tuple(self._unknown() if each in (subject, end) else each for each in predicates)
            found.append(Triple(end, verbs, subject) if backwards else Triple(subject, verbs, end))
            subject = end
        return found

    # -- terms

    def _place(self, term: Any) -> int:
        """Return a new place, of a term that is known, or None."""
        self.terms.append(term)
        return len(self.iris) + len(self.terms) - 1

    def _unknown(self) -> int:
        """Return the place of what is looked for although it is written."""
        self._inexact += 1
        return self._place(None)

    def _term(self) -> int:
        """Read a term and return its place."""
        token = self._next()
        if token.kind == "variable":
            name = token.text[1:]
            if name not in self._variables:
                self._variables[name] = self._place(None)
            return self._variables[name]
        if token.kind == "iri":
            return self._places[token.start]
        if token.kind == "name":
            return self._place(named(token.text, self._prefixes))
        if token.kind == "text":
            return self._place(self._literal(token.text[1:-1]))
        if token.kind == "number" or token.sign in ("TRUE", "FALSE"):
            # Its datatype, which is not read here, says how it is compared.
            return self._unknown()
        raise ValueError("no term")

    def _literal(self, value: str) -> ox.Literal | None:
        if self._is("^^"):
            token = self._next()
            if token.kind == "name":
                return ox.Literal(value, datatype=named(token.text, self._prefixes))
            # One whose datatype is another each time is not known.
            self._inexact += 1
            return None
        if self._tokens[self._at].kind == "tag":
            return ox.Literal(value, language=self._next().text[1:])
        return ox.Literal(value)
