"""XML: an iterator and references are XPaths (1.0). A document is read once, into rows of the values that the mapping refers to.

An iterator of plain steps (`/list/item`, `//item`) is followed while the document is read, and what lies behind is forgotten; another one, and references that look out of the
record (`../name`, not `../@id`), need the document in memory. Entities are not expanded, DTDs not loaded, and libxml2's limits of depth (256) and text (10 MB) hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from kg.errors import MappingError, SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content
from kg.mapping.readers.encodings import encoding_of
from kg.mapping.readers.files import contents
from kg.mapping.readers.record import RECORD, nowhere
from kg.mapping.readers.rows import rows_scan, write_rows
from kg.mapping.readers.sql import identifier
from kg.mapping.readers.xml_paths import (
    Pattern,
    Simple,
    compiled,
    is_inward,
    is_node_set,
    is_single,
    pattern_of,
    simple,
)
from kg.mapping.readers.xml_values import serialised, string_value, texts_of, values
from kg.mapping.rules import Column, LogicalSource, Table

SUFFIXES = (".xml",)
_CHUNK = 1 << 16
_Fill: TypeAlias = Callable[[Any, list[list[str]]], None]


def open_xml(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a source of XML; a reference is an XPath from the record. See `open_source`."""
    where = str(source.place)
    _check(source, references, where)
    return xml_view(con, contents(source, SUFFIXES, access), source, references, name, numbered=numbered, access=access)


def xml_view(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Content],
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of files of XML, whose records are the elements that the source's iterator finds."""
    where = str(source.place)
    encoding = getattr(source.access, "encoding", "utf-8")
    columns = _columns(references, dict(source.namespaces))

    def write(part: Path) -> None:
        unseen = set(references) if access.strict else set()
        rows = _rows(files, source, columns, encoding, unseen, where)
        try:
            write_rows(rows, part)
        except ValueError as error:
            raise _broken(files[-1], str(error), where) from error
        if unseen and part.stat().st_size:
            raise nowhere(min(unseen, key=list(references).index), where)

    key = (*(identity(content.path) for content in files), encoding, source.iterator, source.namespaces, source.nulls, references, access.strict)  # fmt: skip
    path = access.staged(key, ".jsonl", write)
    types = {column.name: "VARCHAR[]" if column.many else "VARCHAR" for column in columns.values()} | {
        "kg_row": "BIGINT"
    }
    selected = [column.name for column in columns.values()] + ["kg_row"] * numbered
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT {', '.join(selected) or 'true AS kg_record'} FROM {rows_scan(path, types)}"
    )
    return Table(name, columns)


def _check(source: LogicalSource, references: Sequence[str], where: str) -> None:
    namespaces = dict(source.namespaces)
    if not source.iterator:
        raise MappingError(
            "KG226", "XML has no iterator", where=where, advice="name the elements that are records, such as /list/item"
        )
    for path in (source.iterator, *references):
        if path != RECORD:
            compiled(path, namespaces, where)


def _columns(references: Sequence[str], namespaces: Mapping[str, str]) -> dict[str, Column]:
    found = {}
    for number, reference in enumerate(references):
        many = reference != RECORD and not is_single(reference) and is_node_set(compiled(reference, namespaces))
        found[reference] = Column(f"c{number}", many=many)
    return found


def _rows(
    files: Sequence[Content],
    source: LogicalSource,
    columns: Mapping[str, Column],
    encoding: str,
    unseen: set[str],
    where: str,
) -> Iterator[Mapping[str, object]]:
    """Yield the values of each record by column; references that found something leave `unseen`."""
    fill = _filler(tuple(columns), dict(source.namespaces))
    places = [(column.name, column.many) for column in columns.values()]
    nulls = frozenset(source.nulls)
    number = 0
    for content in files:
        for record in _records(content, source, tuple(columns), encoding, where):
            found: list[list[str]] = [[] for _ in places]
            fill(record, found)
            if unseen:
                unseen -= {reference for reference, values_of in zip(columns, found, strict=True) if values_of}
            row: dict[str, object] = {"kg_row": number}
            number += 1
            for (name, many), values_of in zip(places, found, strict=True):
                kept = [value for value in values_of if value not in nulls] if nulls else values_of
                row[name] = kept if many else kept[0] if kept else None
            yield row


def _filler(references: Sequence[str], namespaces: Mapping[str, str]) -> _Fill:
    """Return what adds the values of a record to the list of each reference: plain paths in one walk over the record, others by themselves."""
    tree = _Tree()
    others: list[tuple[int, Callable[[Any], list[str]]]] = []
    for number, reference in enumerate(references):
        if reference == RECORD:
            others.append((number, lambda record: [serialised(record)]))
        elif (path := simple(reference, namespaces)) is not None:
            tree.add(number, path)
        else:
            others.append((number, _evaluated(compiled(reference, namespaces))))

    def fill(record: Any, found: list[list[str]]) -> None:
        tree.collect(record, found)
        for number, values_of in others:
            found[number] += values_of(record)

    return fill


def _evaluated(xpath: Any) -> Callable[[Any], list[str]]:
    return lambda record: values(xpath(record))


class _Tree:
    """Plain references as a tree of tags, with what is wanted of the element at each."""

    __slots__ = ("attributes", "children", "texts", "values")

    def __init__(self) -> None:
        self.children: dict[str, _Tree] = {}
        self.values: list[int] = []
        self.texts: list[int] = []
        self.attributes: list[tuple[int, str]] = []

    def add(self, number: int, path: Simple) -> None:
        node = self
        for tag in path.tags:
            node = node.children.setdefault(tag, _Tree())
        if path.last.startswith("@"):
            node.attributes.append((number, path.last[1:]))
        else:
            (node.texts if path.last else node.values).append(number)

    def collect(self, element: Any, found: list[list[str]]) -> None:
        """Add what is wanted of an element and those within it, in the order of the document."""
        for number in self.values:
            found[number].append(string_value(element))
        for number in self.texts:
            found[number] += texts_of(element)
        for number, name in self.attributes:
            value = element.get(name)
            if value is not None:
                found[number].append(value)
        children = self.children
        if not children:
            return
        for child in element:
            node = children.get(child.tag)
            if node is None:
                continue
            # Most are an element of which the text is wanted, and have no other within them: a call for each would double the time.
            if len(node.values) == 1 and not (node.children or node.texts or node.attributes or len(child)):
                found[node.values[0]].append(child.text or "")
            else:
                node.collect(child, found)


def _records(
    content: Content, source: LogicalSource, references: Sequence[str], encoding: str, where: str
) -> Iterator[Any]:
    """Yield the records of a file in the order of the document."""
    from lxml import etree

    namespaces = dict(source.namespaces)
    named = encoding_of(content.path, encoding, where)
    override = None if named.startswith(("utf-8", "ascii")) else named
    pattern = pattern_of(source.iterator, namespaces)
    try:
        root, has_dtd = _looked_at(content, override, where)
        if pattern is not None and all(reference == RECORD or is_inward(reference) for reference in references):
            records = _streamed(content, pattern, root, override)
        else:
            records = _of_whole(content, compiled(source.iterator, namespaces, where), override, where)
        for record in records:
            if has_dtd and any(True for _ in record.iter(etree.Entity)):
                raise _refused(content, "the document uses entities of a DTD, which is not read", where)
            yield record
    except etree.XMLSyntaxError as error:
        if "entity" in error.msg.lower():
            raise _refused(
                content, f"the document uses entities in a way that is not followed: {error.msg}", where
            ) from error
        raise _broken(content, error.msg, where) from error
    except (OSError, LookupError) as error:
        raise _broken(content, str(error), where) from error


def _options(encoding: str | None) -> dict[str, Any]:
    return {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "encoding": encoding}


def _looked_at(content: Content, encoding: str | None, where: str) -> tuple[str, bool]:
    """Return the tag of the root, and whether the document has a DTD elsewhere; SourceError (KG228) where it declares entities itself."""
    from lxml import etree

    parser = etree.XMLPullParser(events=("start",), **_options(encoding))
    with content.path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            for _, root in parser.read_events():
                information = root.getroottree().docinfo
                declared = information.internalDTD
                if declared is not None and any(True for _ in declared.iterentities()):
                    raise _refused(content, "the document declares entities, which are not expanded", where)
                return str(root.tag), bool(information.system_url or information.public_id)
    parser.close()
    raise _broken(content, "it has no element", where)


def _streamed(content: Content, pattern: Pattern, root_tag: str, encoding: str | None) -> Iterator[Any]:
    """Yield records as they are read, and forget what is complete before the next part is."""
    from lxml import etree

    tags = ("*",) if pattern.last == "*" else (root_tag, pattern.last)
    parser = etree.XMLPullParser(events=("start", "end"), tag=tags, **_options(encoding))
    root = known = None
    with content.path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            for event, element in parser.read_events():
                if root is None:
                    root = element
                if event == "start" or (element.tag != pattern.last and pattern.last != "*"):
                    continue
                parent = element.getparent()
                if known is not None and parent is known:
                    # What is so called in one element is a record throughout, or not.
                    yield from _with_inner(element, pattern)
                elif pattern.fits(element) and not _is_within_record(element, pattern):
                    known = parent
                    yield from _with_inner(element, pattern)
            if root is not None:
                _forget(root, pattern)
    parser.close()


def _is_within_record(element: Any, pattern: Pattern) -> bool:
    return pattern.may_nest and any(pattern.fits(above) for above in element.iterancestors())


def _with_inner(record: Any, pattern: Pattern) -> Iterator[Any]:
    """Yield a record, and those within it."""
    if pattern.may_nest and len(record):
        yield from (inner for inner in record.iter() if pattern.fits(inner))
    else:
        yield record


def _forget(root: Any, pattern: Pattern) -> None:
    """Remove what is complete, down to the record that is being read."""
    node = root
    while len(node) and not pattern.fits(node):
        del node[:-1]
        node = node[-1]


def _of_whole(content: Content, iterator: Any, encoding: str | None, where: str) -> Iterator[Any]:
    from lxml import etree

    tree = etree.parse(str(content.path), etree.XMLParser(**_options(encoding)))
    found = iterator(tree)
    if not isinstance(found, list) or not all(hasattr(node, "tag") and isinstance(node.tag, str) for node in found):
        raise MappingError(
            "KG226",
            "the iterator finds something else than elements",
            where=where,
            advice="let it end at an element; refer to attributes and texts from there",
        )
    yield from found


def _refused(content: Content, what: str, where: str) -> SourceError:
    return SourceError(
        "KG228",
        what,
        where=f"{where}: {content.name}" if where else content.name,
        advice="give a document without them, for example xmllint's --noent output",
    )


def _broken(content: Content, what: str, where: str) -> SourceError:
    return SourceError(
        "KG221",
        f"the file cannot be read as XML: {what}",
        where=f"{where}: {content.name}" if where else content.name,
        advice="correct the file",
    )
