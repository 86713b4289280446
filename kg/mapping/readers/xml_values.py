"""Values of nodes and of XPaths as text (XPath 1.0, section 5 on string values and function string())."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kg.errors import SourceError
from kg.mapping.readers.xml_paths import compiled

_DECLARED = re.compile(r"xmlns\(\s*([^\s=()]+)\s*=\s*([^()]*)\)\s*")


def string_value(element: Any) -> str:
    """Return the text of an element and all within it."""
    if len(element):
        return str(compiled("string()", {})(element))
    return element.text or ""


def texts_of(element: Any) -> list[str]:
    """Return the text nodes that are children of an element."""
    return [text for text in (element.text, *(child.tail for child in element)) if text]


def values(result: Any) -> list[str]:
    """Return what an XPath gave: the string value of each node, or the one text that a number or truth value is."""
    if isinstance(result, list):
        return [node if isinstance(node, str) else _value(node) for node in result]
    if isinstance(result, bool):
        return ["true" if result else "false"]
    return [_number(result) if isinstance(result, float) else str(result)]


def _value(node: Any) -> str:
    if isinstance(node, tuple):
        return str(node[1])
    return string_value(node) if isinstance(node.tag, str) else node.text or ""


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return {"inf": "INF", "-inf": "-INF"}.get(str(value), "NaN")
    return str(int(value)) if value == int(value) else repr(value)


def serialised(element: Any) -> str:
    """Return an element with its tags, and the namespaces that it needs."""
    from lxml import etree

    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def found_in(text: str, path: str) -> list[str]:
    """Return the values that a path finds in the text of an element; see `nested.define` for prefixes."""
    root, path, namespaces = _prepared(text, path)
    return values(compiled(path, namespaces)(root))


def elements_in(text: str, path: str) -> list[str]:
    """Return the elements that a path finds in the text of an element, with their tags."""
    root, path, namespaces = _prepared(text, path)
    found = compiled(path, namespaces)(root)
    return [serialised(node) for node in found if hasattr(node, "tag")] if isinstance(found, list) else []


def _prepared(text: str, path: str) -> tuple[Any, str, dict[str, str]]:
    namespaces: dict[str, str] = {}
    while match := _DECLARED.match(path):
        namespaces[match[1]] = match[2].strip()
        path = path[match.end() :]
    root = _root(text)
    return root, path, {prefix: uri for prefix, uri in root.nsmap.items() if prefix} | namespaces


@lru_cache(maxsize=16)
def _root(text: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(
            "KG221", f"a record is no XML: {error}", where=text[:60], advice="correct the source"
        ) from error
