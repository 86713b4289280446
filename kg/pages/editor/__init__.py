"""The query page: an editor with the terms of this graph, the named questions, and results as table, chart, graph and files.

It works as a plain form; `static/editor.js` makes it better, and a bundled CodeMirror, where `kg.pages.editor.build` has built it, better still.
"""

from __future__ import annotations

from kg.pages.editor.page import Asked, Question, query_page
from kg.pages.editor.results import Fault, Rows, Triples, Truth, fault, read_results
from kg.pages.editor.terms import terms

__all__ = ["Asked", "Fault", "Question", "Rows", "Triples", "Truth", "fault", "query_page", "read_results", "terms"]
