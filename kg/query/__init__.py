"""Queries: SPARQL over a store, the named questions, what is known of one thing, and counts."""

from __future__ import annotations

from kg.query.counts import counts
from kg.query.csv_rows import csv_lines
from kg.query.endpoint import ask_endpoint
from kg.query.excerpt import Excerpt, excerpt
from kg.query.explain import Explanation, explain
from kg.query.guard import is_deep
from kg.query.lookup import Lookup
from kg.query.lookup_reader import graph_lookup, lookup
from kg.query.named import Question, question, questions
from kg.query.planner import Planner
from kg.query.reading import Reading, read, scoped
from kg.query.results import FORMATS, render
from kg.query.run import run
from kg.query.syntax import why_not
from kg.query.text import explanation_text
from kg.query.text_search import TextSearch, folded, text_search

__all__ = [
    "FORMATS",
    "Excerpt",
    "Explanation",
    "Lookup",
    "Planner",
    "Question",
    "Reading",
    "TextSearch",
    "ask_endpoint",
    "counts",
    "csv_lines",
    "excerpt",
    "explain",
    "explanation_text",
    "folded",
    "graph_lookup",
    "is_deep",
    "lookup",
    "question",
    "questions",
    "read",
    "render",
    "run",
    "scoped",
    "text_search",
    "why_not",
]
