"""Changes as a page: one file without scripts or anything from elsewhere, readable on paper and by screen readers."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from kg.diffing.changes import Changes
from kg.diffing.text import remarks, summary

_STYLE = """
:root { color-scheme: light dark; background: Canvas; color: CanvasText; --line: #8886; --quiet: #595959; --new: #116329; --gone: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --quiet: #b0b0b0; --new: #7ee2a8; --gone: #ffa3ac; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
article { border-top: 1px solid var(--line); padding: .75rem 0; break-inside: avoid; }
p, dl, dd { margin: 0; } dl > div { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; column-gap: 1rem; }
dt { grid-row: span 2; color: var(--quiet); } dd { grid-column: 2; }
ins, del { text-decoration: none; } ins { color: var(--new); } del { color: var(--gone); }
ins::before { content: "+ "; } del::before { content: "\\2212  "; }
.status { font-weight: 400; color: var(--quiet); } .new .status { color: var(--new); } .gone .status { color: var(--gone); }
.iri, .remark { color: var(--quiet); font-size: .875rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 36rem) { dl > div { display: block; } }
@media print { body { max-width: none; margin: 0; } }
"""
_POLICY = f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'"


def changelog_html(changes: Changes, *, level: int = 2) -> Markup:
    """Return changes as HTML to stand within a page, whose headings begin at a level; all that comes from the graphs is escaped."""
    return Markup(  # noqa: S704 - the template escapes what it is given
        _template("changelog.html").render(
            changes=changes, level=level, summary=summary(changes), remark=remarks(changes)
        )
    )


def render_html(changes: Changes, title: str = "What has changed") -> str:
    """Return changes as an HTML document."""
    return _template("page.html").render(
        title=title,
        changelog=changelog_html(changes),
        policy=_POLICY,
        style=Markup(_STYLE),  # noqa: S704 - our own
    )


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(files("kg.diffing").joinpath(name).read_text(encoding="utf-8"))
