"""What the property tests draw from: texts of every kind that has torn somebody's RDF."""

from __future__ import annotations

from hypothesis import strategies as st

# Quotes and escapes, line ends, controls, NUL and DEL, what IRIs may not hold, combining and unassigned characters, four-byte ones.
AWKWARD = "\"'\\\n\r\t\b\f\x00\x01\x1f\x7f\x80\x85\u2028 %{}<>|^`#?/:@.-_~aZ09éß\u0301葉\u200d\ufeff\ufffd\ufffe\uffff\ufdd0\ue000\U0001f600\U000e0100\U0010ffff"

# No lone surrogates: they are no characters, and no source lets them in.
texts = st.text(st.sampled_from(AWKWARD) | st.characters(exclude_categories=["Cs"]), max_size=30)
# DuckDB takes a list at the price of one value.
many_texts = st.lists(texts, min_size=1, max_size=20)
finite = st.floats(allow_nan=False, allow_infinity=False)
