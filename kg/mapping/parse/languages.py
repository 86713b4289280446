"""Language tags: whether one is well-formed (BCP 47, section 2.1)."""

from __future__ import annotations

import re

from kg.rdf.terms import LANGUAGE_TAG


def is_language_tag(text: str) -> bool:
    """Whether a text is a well-formed language tag; that its parts are registered is not asked."""
    return re.fullmatch(LANGUAGE_TAG, text.lower()) is not None
