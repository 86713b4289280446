"""String templates: what is written comes back, and nothing else is one."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mapping.parse.templates import TemplateError, parse_template, template_text
from kg.mapping.rules import Reference, Template

TEXT = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("{}\\ ")), min_size=1)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Draw a template in which no two texts follow each other."""
    parts: list[str | Reference] = []
    for part in draw(st.lists(st.one_of(TEXT, TEXT.map(Reference)), min_size=1)):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return Template(tuple(parts))


@given(templates())
def test_a_template_that_is_written_is_read_the_same(template: Template) -> None:
    assert parse_template(template_text(template)) == template


@given(st.text(alphabet="{}\\ab "))
def test_what_is_read_is_written_the_same_or_refused(text: str) -> None:
    with contextlib.suppress(TemplateError):
        assert template_text(parse_template(text)) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a{b}c", ("a", Reference("b"), "c")),
        ("{a}{b}", (Reference("a"), Reference("b"))),
        (r"\{\{ {$['a b']} \}\}", ("{{ ", Reference("$['a b']"), " }}")),
        (r"{$['\{Name\}']}", (Reference("$['{Name}']"),)),
        (r"\\o/{a\\b}", ("\\o/", Reference("a\\b"))),
        ('{"Name"}', (Reference('"Name"'),)),
        ("text", ("text",)),
        ("line\n{a}", ("line\n", Reference("a"))),
    ],
)
def test_templates(text: str, parts: tuple[str | Reference, ...]) -> None:
    assert parse_template(text) == Template(parts)
