"""Functions of mappings (RML-FNML): relational expressions, and functions that users write in Python."""

from __future__ import annotations

from kg.mapping.functions.calls import check_call, function_sql
from kg.mapping.functions.document import functions_reference
from kg.mapping.functions.registry import FUNCTIONS
from kg.mapping.functions.session import define, function_error, look_up_tables
from kg.mapping.functions.signature import Function, Functions, Output, Parameter, Result
from kg.mapping.functions.user import function, load_functions, user_function

__all__ = [
    "FUNCTIONS",
    "Function",
    "Functions",
    "Output",
    "Parameter",
    "Result",
    "check_call",
    "define",
    "function",
    "function_error",
    "function_sql",
    "functions_reference",
    "load_functions",
    "look_up_tables",
    "user_function",
]
