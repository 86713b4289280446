"""Language tags: whether one is well-formed (BCP 47, section 2.1)."""

from __future__ import annotations

import re

_WELL_FORMED = re.compile(
    r"""(?: (?:[a-z]{2,3}(?:-[a-z]{3}){0,3} | [a-z]{4,8})  # language
            (?:-[a-z]{4})?                                 # script
            (?:-(?:[a-z]{2}|[0-9]{3}))?                    # region
            (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*       # variants
            (?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*            # extensions
            (?:-x(?:-[a-z0-9]{1,8})+)?                     # private use
        | x(?:-[a-z0-9]{1,8})+
        | en-gb-oed | i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu) | sgn-(?:be-fr|be-nl|ch-de))""",
    re.VERBOSE,
)


def is_language_tag(text: str) -> bool:
    """Whether a text is a well-formed language tag; that its parts are registered is not asked."""
    return _WELL_FORMED.fullmatch(text.lower()) is not None
