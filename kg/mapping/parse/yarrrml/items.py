"""YAML as texts, lists and collections, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from kg.errors import MappingError
from kg.mapping.parse.faults import nearest
from kg.mapping.rules import Place

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Item:
    """A text as it is written (None for null), a list, or a collection of keys; `line` counts from 1."""

    line: int
    text: str | None = None
    items: tuple[Item, ...] | None = None
    keys: dict[str, Item] | None = None
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def is_null(self) -> bool:
        """Whether there is nothing."""
        return self.text is None and self.items is None and self.keys is None

    def each(self) -> tuple[Item, ...]:
        """Return the members of a list, or the one item that stands for a list of one."""
        if self.items is not None:
            return self.items
        return () if self.is_null else (self,)


def read_items(content: bytes, file: str) -> Item:
    """Return what a YAML file holds; MappingError for one that is not well-formed, or holds itself."""
    try:
        root = YAML(typ="safe", pure=True).compose(content)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 0
        raise MappingError(
            "KG215",
            f"the mapping is no YAML: {said}",
            where=str(Place(file, line)),
            advice="correct this line, or the one before",
        ) from error
    if root is None:
        return Item(1)
    return _Converter(file).converted(root)


class _Converter:
    """Turns YAML nodes into items; what is referred to several times is converted once."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._done: dict[int, Item] = {}
        self._open: set[int] = set()

    def converted(self, node: Node) -> Item:
        if id(node) in self._open:
            raise fault(self._file, node.start_mark.line + 1, "the YAML holds itself", "take the circle apart")
        if id(node) not in self._done:
            self._open.add(id(node))
            self._done[id(node)] = self._converted(node)
            self._open.remove(id(node))
        return self._done[id(node)]

    def _converted(self, node: Node) -> Item:
        line = node.start_mark.line + 1
        if isinstance(node, ScalarNode):
            return Item(line, None if str(node.tag) == _NULL else node.value)
        if isinstance(node, SequenceNode):
            return Item(line, items=tuple(self.converted(each) for each in node.value))
        return self._collection(node, line)

    def _collection(self, node: Node, line: int) -> Item:
        keys: dict[str, Item] = {}
        lines: dict[str, int] = {}
        merged: list[Item] = []
        for key, value in node.value:
            here = key.start_mark.line + 1
            if str(key.tag) == _MERGE:
                merged.extend(self.converted(value).each())
                continue
            if not isinstance(key, ScalarNode):
                raise fault(self._file, here, "a key is no text", "write a text before the colon")
            if key.value in keys:
                raise fault(self._file, here, f"the key {key.value!r} is given twice", "give it once")
            keys[key.value], lines[key.value] = self.converted(value), here
        for each in merged:
            keys = (each.keys or {}) | keys
            lines = each.key_lines | lines
        return Item(line, keys=keys, key_lines=lines)


def fault(file: str, line: int, what: str, advice: str, name: str = "", code: str = "KG215") -> MappingError:
    """Return an error at a line."""
    return MappingError(code, what, where=str(Place(file, line, name)), advice=advice)


def unknown_key(file: str, item: Item, key: str, known: tuple[str, ...], name: str) -> MappingError:
    """Return an error for a key that means nothing where it stands."""
    return fault(file, item.key_lines[key], f"the key {key!r} means nothing here", nearest(key, known), name, "KG208")
