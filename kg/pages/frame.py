"""What stands around the content of every page: the head, the way to other pages, the foot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from markupsafe import Markup

from kg.pages import article, charts, pieces
from kg.pages.context import Context
from kg.pages.pieces import escaped
from kg.pages.render import part, render

_ENGLISH: Sequence[str] = ("en",)


class Frame:
    """Makes whole pages of a site; what is the same on all is made once."""

    def __init__(self, context: Context) -> None:
        self._context, self._addresses, self._settings = context, context.addresses, context.settings
        self._tops: dict[str, Markup] = {}

    def page(self, template: str, here: str, **values: Any) -> str:
        """Return a page of a template and its values; `here` is the page of the site that it is, if it is one."""
        asked = str(values.get("asked", ""))
        if not asked and here not in self._tops:
            self._tops[here] = self._top(here, "")
        top = self._top(here, asked) if asked else self._tops[here]
        return render(
            template,
            site=self._frame,
            at=self._addresses.page,
            top=top,
            heading=self._heading(values["title"]),
            **values,
        )

    def thing(self, found: Mapping[str, Any]) -> str:
        """Return the page of a thing as `kg.pages.thing` tells it: templates are filled once for all of them, with holes for what differs."""
        parts = {
            "heading": escaped(self._heading(found["title"])),
            "title": escaped(found["title"]),
            "meta": article.meta(found),
            "links": pieces.relations(found["links"]),
            "head": self._pictures if found["picture"] else "",
            "content": article.content(found),
        }
        return "".join([parts[piece] if at % 2 else piece for at, piece in enumerate(self._shell)])

    def around(self) -> str:
        """Return what is the same on the pages of all things."""
        frame = self._frame
        return f"{frame['head']}{frame['script']}{self._top('', '')}{frame['foot']}"

    def _heading(self, title: str) -> str:
        """Return what a browser calls a page."""
        return title if title == self._settings.title else f"{title} · {self._settings.title}"

    @cached_property
    def _shell(self) -> tuple[str, ...]:
        """The page of a thing in pieces: each second one is the name of what belongs there."""
        holes = {name: Markup(f"\0{name}\0") for name in ("heading", "title", "meta", "links", "head", "content")}  # noqa: S704 - names of ours
        site = self._frame | {"head": holes.pop("links") + self._frame["head"]}
        page = render("shell.html", site=site, at=self._addresses.page, top=self._top("", ""), links=(), **holes)
        return tuple(re.split("\0(heading|title|meta|links|head|content)\0", page))

    @cached_property
    def _pictures(self) -> str:
        return f'<link rel="stylesheet" href="{escaped(self._addresses.page("static/pictures.css"))}">'

    def _top(self, here: str, asked: str) -> Markup:
        """Return what stands above each page; `here` is the page of the site that it is."""
        return part("top.html", site=self._about, at=self._addresses.page, here=here, asked=asked)

    @cached_property
    def _about(self) -> dict[str, Any]:
        """What every page says of the site."""
        return {
            "title": self._settings.title,
            "description": self._settings.description,
            "license": self._settings.license,
            "downloads": self._settings.downloads,
            "without": self._without,
            "static": self._addresses.static,
            "suggest": self._suggest,
        }

    @cached_property
    def _frame(self) -> dict[str, Any]:
        """The same, with what stands in the head of each page, and below."""
        at = self._addresses.page
        head = Markup('<link rel="icon" type="image/svg+xml" href="{}">\n<link rel="stylesheet" href="{}">')
        return self._about | {
            "head": head.format(at("static/icon.svg"), at("static/site.css")),
            "script": Markup('<script src="{}" defer></script>').format(at("static/site.js")),
            "foot": part("foot.html", site=self._about, at=at),
        }

    @cached_property
    def _suggest(self) -> Markup:
        """The attributes of a field that suggests names: where to ask for them, or the index and what looks into it."""
        page = self._addresses.page
        if self._addresses.static:
            return Markup('data-index="{}" data-finder="{}"').format(page("search/"), page("static/finder.js"))
        return Markup('data-suggest="{}"').format(page("suggest"))

    @cached_property
    def _without(self) -> frozenset[str]:
        """The pages that the graph has nothing for."""
        none = {"map": charts.facilities, "timeline": charts.compute}
        found = frozenset(name for name, chart in none.items() if chart(self._context, _ENGLISH) is None)
        return found | {"query"} if self._addresses.static else found
