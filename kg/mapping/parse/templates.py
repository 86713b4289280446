"""String templates (RML-Core, section on templates): text and references in braces."""

from __future__ import annotations

import re

from kg.mapping.rules import Reference, Template

# An escaped character, a reference in braces, a run of text, or a character that may not stand there.
_PIECE = re.compile(r"\\([{}\\])|\{((?:[^{}\\]|\\[{}\\])+)\}|([^\\{}]+)|(.)", re.DOTALL)
_ESCAPE = re.compile(r"\\([{}\\])")


class TemplateError(ValueError):
    """What is wrong with a template, and what to write instead."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


def parse_template(text: str) -> Template:
    r"""Return the parts of a template; a backslash takes the meaning from `{`, `}` and `\`. TemplateError where one is not well-formed."""
    parts: list[str | Reference] = []
    for escaped, reference, plain, stray in _PIECE.findall(text):
        if stray:
            raise _fault(text, stray)
        if reference:
            parts.append(Reference(_ESCAPE.sub(r"\1", reference)))
        elif parts and isinstance(parts[-1], str):
            parts[-1] += escaped + plain
        else:
            parts.append(escaped + plain)
    if not parts:
        raise TemplateError("the template is empty", "write text with references in braces, such as {id}")
    return Template(tuple(parts))


def template_text(template: Template) -> str:
    """Return the text of a template, from which `parse_template` makes the same."""
    return "".join(
        _escaped(part) if isinstance(part, str) else "{" + _escaped(part.name) + "}" for part in template.parts
    )


def _escaped(text: str) -> str:
    return re.sub(r"([{}\\])", r"\\\1", text)


def _fault(text: str, stray: str) -> TemplateError:
    shown = text.replace("\n", " ")
    if stray == "\\":
        return TemplateError(
            f"the template '{shown}' has a backslash that escapes nothing",
            r"write \\ for a backslash that is meant, which in a string of Turtle is \\\\",
        )
    if "{}" in text:
        return TemplateError(f"the template '{shown}' has an empty reference", "write the reference between { and }")
    return TemplateError(
        f"the template '{shown}' has an unbalanced '{stray}'",
        rf"write \{stray} for a brace that is meant, which in a string of Turtle is \\{stray}",
    )
