"""Records of an XML document, while it is read or from the whole of it; entities are not expanded, and DTDs not loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.errors import MappingError, SourceError
from kg.mapping.readers.content import Content
from kg.mapping.readers.encodings import encoding_of
from kg.mapping.readers.record import RECORD
from kg.mapping.readers.xml_paths import Pattern, compiled, is_inward, pattern_of
from kg.mapping.rules import LogicalSource

_CHUNK = 1 << 16


def records_of(
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
        raise broken(content, error.msg, where) from error
    except (OSError, LookupError) as error:
        raise broken(content, str(error), where) from error


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
    raise broken(content, "it has no element", where)


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


def broken(content: Content, what: str, where: str) -> SourceError:
    """Return the error for a file that is no XML."""
    return SourceError(
        "KG221",
        f"the file cannot be read as XML: {what}",
        where=f"{where}: {content.name}" if where else content.name,
        advice="correct the file",
    )
