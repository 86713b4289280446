"""What must be true of the files of any static site: every link leads to a file, every page is found by links, and no name is unsafe."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_EVERY = re.compile(r"<[a-z]+\b[^>]*>")
_ATTRIBUTE = re.compile(r"\b(href|src|action|data-finder)=\"([^\"]*)\"")
_ID = re.compile(r"\bid=\"([^\"]*)\"")
_ORIGIN = "http://site.test"


def files(folder: Path) -> set[str]:
    """Return the names of all files of a site."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def links(html: str, address: str) -> set[tuple[str, str]]:
    """Return the addresses on the site to which a page links, each with its fragment."""
    found = set()
    for element in _EVERY.findall(html):
        if element.startswith("<link") and ('rel="type"' in element or 'rel="canonical"' in element):
            continue
        for _, link in _ATTRIBUTE.findall(element):
            parts = urlsplit(urljoin(f"{_ORIGIN}{address}", unescape(link)))
            if f"{parts.scheme}://{parts.netloc}" == _ORIGIN:
                assert not parts.query, (address, link)
                found.add((parts.path, unquote(parts.fragment)))
    return found


def broken(folder: Path, root: str = "/") -> tuple[list[str], set[str]]:
    """Follow all links from all pages; return those that lead to no file or no place in it, and the pages that no other page links to."""
    there = files(folder)
    pages = {name for name in there if name.endswith(".html") and not name.endswith("report.html")}
    texts = {name: (folder / name).read_text("utf-8") for name in pages}
    ids = {name: {unescape(each) for each in _ID.findall(text)} for name, text in texts.items()}
    wrong, led = [], set()
    for name, text in sorted(texts.items()):
        for path, fragment in sorted(links(text, f"{root}{name}")):
            target = file_of(path, root)
            if target is None or target not in there:
                wrong.append(f"{path} on {name}")
            elif fragment and fragment not in ids.get(target, {fragment}):
                wrong.append(f"{path}#{fragment} on {name}")
            elif target != name:
                led.add(target)
    return wrong, {name for name in pages if name not in led}


def file_of(path: str, root: str = "/") -> str | None:
    """Return the name of the file of a path, as a plain web server finds it; None for a path outside the site."""
    if not path.startswith(root):
        return None
    name = unquote(path[len(root) :])
    return f"{name}index.html" if not name or name.endswith("/") else name
