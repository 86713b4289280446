"""Regular expressions in calls: RE2's, constants of the mapping; GREL writes them between slashes."""

from __future__ import annotations

import re

from kg.mapping.functions.signature import Argument, quoted


def expression_fault(pattern: str) -> str | None:
    """Return what is wrong with a regular expression."""
    import duckdb

    try:
        with duckdb.connect() as con:
            con.execute("SELECT regexp_matches('', $1)", [pattern])
    except duckdb.Error as error:
        return f"the regular expression {pattern!r} is wrong: {str(error).splitlines()[0].split(': ', 1)[-1]}"
    return None


def replacement_fault(arguments: tuple[Argument, ...]) -> str | None:
    """Return what is wrong with a replacement: it names a group that the expression lacks."""
    pattern, replacement = arguments[1].constant, arguments[2].constant
    if pattern is None or replacement is None:
        return None
    named = [int(number) for number in re.findall(r"(?<!\\)(?:\\\\)*\\([0-9])", replacement)]
    groups = group_count(pattern)
    return (
        f"the replacement names the group \\{max(named)}, where there are {groups}"
        if max(named, default=0) > groups
        else None
    )


def is_slashed(text: str | None) -> bool:
    """Return whether a constant is a regular expression in GREL's way: `/…/`."""
    return text is not None and len(text) > 2 and text.startswith("/") and text.endswith("/")


def slashed_fault(text: str) -> str | None:
    """Return what is wrong with a text that may be a regular expression in GREL's way."""
    return expression_fault(text[1:-1]) if is_slashed(text) else None


def whole_match_fault(text: str) -> str | None:
    """Return what is wrong with a text that has to be a regular expression in GREL's way."""
    return (
        expression_fault(text[1:-1])
        if is_slashed(text)
        else f"a regular expression of GREL stands between slashes, as in '/{text}/'"
    )


def replaced(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of GREL's replace: a text, or a regular expression whose groups the replacement calls `$1`."""
    value, find, replacement = arguments
    if find.constant is None or not is_slashed(find.constant):
        return f"replace({value.sql}, {find.sql}, {replacement.sql})"
    if replacement.constant is None:
        rewrite = f"replace({replacement.sql}, '\\', '\\\\')"
    else:
        rewrite = quoted(re.sub(r"\$([0-9])", r"\\\1", replacement.constant.replace("\\", "\\\\")))
    return f"regexp_replace({value.sql}, {quoted(find.constant[1:-1])}, {rewrite}, 'g')"


def slashed_replacement_fault(arguments: tuple[Argument, ...]) -> str | None:
    """Return what is wrong with a replacement in GREL's way."""
    pattern, replacement = arguments[1].constant, arguments[2].constant
    if pattern is None or replacement is None or not is_slashed(pattern):
        return None
    named = [int(number) for number in re.findall(r"\$([0-9])", replacement)]
    groups = group_count(pattern[1:-1])
    return (
        f"the replacement names the group ${max(named)}, where there are {groups}"
        if max(named, default=0) > groups
        else None
    )


def contained(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of GREL's contains: a text or a regular expression."""
    value, sought = arguments
    if sought.constant is not None and is_slashed(sought.constant):
        return f"kg_fn_text(regexp_matches({value.sql}, {quoted(sought.constant[1:-1])}))"
    return f"kg_fn_contains({value.sql}, {sought.sql})"


def tokens(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of GREL's split, which leaves empty pieces out; the separator is a text or a regular expression."""
    value, separator = arguments
    if separator.constant is not None and is_slashed(separator.constant):
        return f"kg_fn_tokens(string_split_regex({value.sql}, {quoted(separator.constant[1:-1])}))"
    return f"kg_fn_tokens(kg_fn_split({value.sql}, {separator.sql}))"


def smart_tokens(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of GREL's smartSplit: without a separator, it is whichever of tab and comma there is more of."""
    value, separator = arguments
    if separator.sql != "NULL":
        return tokens(arguments)
    counts = (f"length(replace({value.sql}, {each}, ''))" for each in ("chr(9)", "','"))
    return f"kg_fn_tokens(kg_fn_split({value.sql}, CASE WHEN {' <= '.join(counts)} THEN chr(9) ELSE ',' END))"


def matched_groups(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of GREL's match: what the groups of an expression hold that matches the whole text."""
    value, pattern = arguments[0].sql, (arguments[1].constant or "")[1:-1]
    whole = quoted(f"^(?:{pattern})$")
    groups = ", ".join(f"regexp_extract({value}, {whole}, {number})" for number in range(1, group_count(pattern) + 1))
    return f"CASE WHEN regexp_matches({value}, {whole}) THEN CAST([{groups}] AS VARCHAR[]) END"


def extracted(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of the first match, or of a group of it; the arguments are the value, the expression, and the group's number."""
    value, pattern, group = arguments
    return f"CASE WHEN regexp_matches({value.sql}, {pattern.sql}) THEN regexp_extract({value.sql}, {pattern.sql}, {int(group.constant or 0)}) END"


def group_fault(arguments: tuple[Argument, ...]) -> str | None:
    """Return what is wrong with the number of a group."""
    pattern, number = arguments[1].constant or "", arguments[2].constant or "0"
    if not number.isdecimal():
        return f"the number of a group is a whole number, not {number!r}"
    groups = group_count(pattern)
    return f"the group {number} is named, where there are {groups}" if int(number) > groups else None


def group_count(pattern: str) -> int:
    """Return how many groups a right expression of RE2 has."""
    without_classes = re.sub(
        r"\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]", "", pattern, flags=re.DOTALL
    )
    return len(re.findall(r"\((?!\?)|\(\?P?<[^>=!]+>", without_classes))
