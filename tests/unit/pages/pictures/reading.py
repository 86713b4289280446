"""Reads a picture as a browser would."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"


def read(picture: str) -> ET.Element:
    """Return the root of a picture; ParseError where it is not well-formed."""
    return ET.fromstring(picture)  # noqa: S314


def of_class(root: ET.Element, name: str) -> Iterator[ET.Element]:
    """Yield the elements of a class."""
    return (element for element in root.iter() if name in (element.get("class") or "").split())


def texts(root: ET.Element, class_: str = "") -> list[str]:
    """Return the texts that are drawn, in their order."""
    found = root.iter(f"{SVG}text")
    return [element.text or "" for element in found if not class_ or class_ in (element.get("class") or "").split()]


def hrefs(root: ET.Element) -> list[str]:
    """Return where the links lead to."""
    return [element.get("href") or "" for element in root.iter(f"{SVG}a")]
