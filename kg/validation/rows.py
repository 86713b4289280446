"""The shapes of a run as rows: what the plans join with the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.validation.constraints import Constraint
from kg.validation.paths import Step, automaton, path_text
from kg.validation.shapes import Shape, Shapes, Target

TABLES: Final = {
    # each shape: when its values are found (level), when it is judged (height), and whether another refers to it
    "kg_shape": "shape INTEGER, level INTEGER, height INTEGER, path VARCHAR, judged BOOLEAN",
    # the sets that targets make; classes with all their sub-classes
    "kg_target": "shape INTEGER, id INTEGER, kind VARCHAR, term VARCHAR",
    # the sets in which a shape finds its focus nodes, and whether it is asked about these
    "kg_member": "shape INTEGER, id INTEGER, asked BOOLEAN",
    # the sets that the values of a property shape make
    "kg_handed": "shape INTEGER, id INTEGER, asked BOOLEAN",
    # the shapes whose values are their focus nodes; those with a path of one predicate; and those with another one, as automata
    "kg_own": "shape INTEGER",
    "kg_step": "shape INTEGER, p VARCHAR",
    "kg_edge": "shape INTEGER, origin INTEGER, p VARCHAR, inverse BOOLEAN, goal INTEGER",
    "kg_end": "shape INTEGER, state INTEGER",
    # what constraints want, one row for each parameter; references to shapes; property shapes of shapes (own: of a node shape)
    "kg_parameter": "shape INTEGER, component VARCHAR, term VARCHAR, number INTEGER",
    "kg_class": "class VARCHAR, below VARCHAR",
    "kg_reference": "shape INTEGER, id INTEGER, component VARCHAR, used INTEGER, number INTEGER, sibling BOOLEAN",
    "kg_child": "shape INTEGER, child INTEGER, own BOOLEAN",
}


class Rows:
    """The shapes that some shapes with targets reach, as rows.

    `shapes` has them in the order of their numbers and `by_height` by the order in which they are judged; `judged` are those
    of which it matters which nodes fail them: shapes that a constraint refers to, and all below.
    """

    def __init__(self, shapes: Shapes, roots: Sequence[Shape], subclasses: Mapping[str, frozenset[str]]) -> None:
        self.by_term: dict[str, Shape] = {}
        for root in roots:
            self.by_term.update((shape.term, shape) for shape in shapes.reach(root.term) if not shape.deactivated)
        self.shapes = tuple(self.by_term.values())
        self.targets: tuple[Target, ...] = tuple(target for root in roots for target in root.targets)
        self._number = {term: number for number, term in enumerate(self.by_term)}
        self._subclasses = subclasses
        level, height = self._levels(), self._heights()
        self.levels = 1 + max(level.values(), default=-1)
        self.by_height = [
            [shape for shape in self.shapes if height[shape.term] == place]
            for place in range(1 + max(height.values(), default=-1))
        ]
        referred = {term for shape in self.shapes for constraint in shape.constraints for term in constraint.shapes}
        self.judged = {below.term for term in referred for below in shapes.reach(term)}
        self.tables: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
        for shape in self.shapes:
            self._add(shape, level[shape.term], height[shape.term])
        self._add_members(roots, level)
        for root in roots:
            self._add_targets(root)
        self._level = [level[shape.term] for shape in self.shapes]
        classes = {
            term for shape in self.shapes for use in shape.constraints if use.component == "Class" for term in use.terms
        }
        self.tables["kg_class"] = [(term, below) for term in sorted(classes) for below in self._below(term)]

    def any_of(self, table: str, level: int) -> bool:
        """Return whether a table has a row of a shape of a level."""
        return any(self._level[int(str(row[0]))] == level for row in self.tables[table])

    def _used(self, shape: Shape) -> list[Shape]:
        return [self.by_term[term] for term in shape.uses if term in self.by_term]

    def _levels(self) -> dict[str, int]:
        """Return for each shape how many paths lie before it on the longest way from a target; there are no circles."""
        users: dict[str, list[Shape]] = {term: [] for term in self.by_term}
        for shape in self.shapes:
            for used in self._used(shape):
                users[used.term].append(shape)
        level: dict[str, int] = {}

        def of(term: str) -> int:
            if term not in level:
                level[term] = max((of(user.term) + (user.path is not None) for user in users[term]), default=0)
            return level[term]

        return {term: of(term) for term in users}

    def _heights(self) -> dict[str, int]:
        """Return for each shape the length of the longest way down from it."""
        height: dict[str, int] = {}

        def of(shape: Shape) -> int:
            if shape.term not in height:
                height[shape.term] = max((1 + of(used) for used in self._used(shape)), default=0)
            return height[shape.term]

        return {shape.term: of(shape) for shape in self.shapes}

    def _add(self, shape: Shape, level: int, height: int) -> None:
        number = self._number[shape.term]
        path = path_text(shape.path) if shape.path else None
        self.tables["kg_shape"].append((number, level, height, path, shape.term in self.judged))
        self.tables["kg_child"] += [
            (number, self._number[used], shape.path is None) for used in shape.properties if used in self._number
        ]
        if shape.path is None and shape.constraints:
            self.tables["kg_own"].append((number,))
        elif isinstance(shape.path, Step) and not shape.path.inverse:
            self.tables["kg_step"].append((number, shape.path.predicate))
        elif shape.path is not None:
            made = automaton(shape.path)
            self.tables["kg_edge"] += [
                (number, edge.origin, edge.step.predicate, edge.step.inverse, edge.goal) for edge in made.edges
            ]
            self.tables["kg_end"] += [(number, state) for state in made.ends]
        for constraint in shape.constraints:
            self._add_constraint(number, constraint)

    def _add_constraint(self, number: int, constraint: Constraint) -> None:
        name = constraint.component
        self.tables["kg_parameter"] += [(number, name, term, constraint.count) for term in constraint.terms or (None,)]
        identity = len(self.tables["kg_reference"])
        for place, used in enumerate(constraint.shapes):
            sibling = name.startswith("Qualified") and place > 0
            # A shape that is switched off has no number, and nothing fails it.
            row = (number, identity, name, self._number.get(used, -1), constraint.count, sibling)
            self.tables["kg_reference"].append(row)

    def _add_members(self, roots: Sequence[Shape], level: Mapping[str, int]) -> None:
        """Add which sets each shape looks at: (set, asked), handed down from those that use it."""
        members: dict[str, set[tuple[int, bool]]] = {term: set() for term in self.by_term}
        for root in roots:
            members[root.term].add((self._target_set(root), True))
        for shape in self._users_first(level):
            number, own = self._number[shape.term], members[shape.term]
            modes = sorted({asked for _, asked in own})
            handed = own if shape.path is None else {(3 * number + 1 + asked, asked) for asked in modes}
            for used in shape.properties:
                if used in members:
                    members[used] |= handed
            for used in (term for constraint in shape.constraints for term in constraint.shapes if term in members):
                members[used] |= {(kept, False) for kept, _ in handed}
            if shape.path is not None and self._used(shape):
                self.tables["kg_handed"] += [(number, 3 * number + 1 + asked, asked) for asked in modes]
        for term, kept in members.items():
            self.tables["kg_member"] += [(self._number[term], *member) for member in sorted(kept)]

    def _users_first(self, level: Mapping[str, int]) -> Iterable[Shape]:
        """Return the shapes so that each comes after all that use it."""
        heights = {shape.term: height for height, shapes in enumerate(self.by_height) for shape in shapes}
        return sorted(self.shapes, key=lambda shape: (level[shape.term], -heights[shape.term]))

    def _target_set(self, root: Shape) -> int:
        return 3 * self._number[root.term]

    def _add_targets(self, root: Shape) -> None:
        for target in root.targets:
            terms = self._below(target.term) if target.kind == "class" else [target.term]
            self.tables["kg_target"] += [
                (self._number[root.term], self._target_set(root), target.kind, term) for term in terms
            ]

    def _below(self, term: str) -> list[str]:
        """Return a class and all its sub-classes."""
        found, waiting = {term}, [term]
        while waiting:
            more = self._subclasses.get(waiting.pop(), frozenset()) - found
            found |= more
            waiting.extend(more)
        return sorted(found)
