"""JSON-LD 1.1 with the context of our ontology, of which a file holds what it uses: nothing is to be fetched to read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.export.document import order_predicates
from kg.export.survey import NIL, TYPE, Survey, local
from kg.export.syntax import Syntax, shortened
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.prefixes import shortened as shortened_iri
from kg.rdf.sql import text
from kg.resources import resource

if TYPE_CHECKING:
    import duckdb

_PAD = "repeat('  ', level + 1)"
# Numbers that every reader of JSON keeps as they are, and that come back as the same literal. The floating-point ones do not.
_WHOLE = "0|-?[1-9][0-9]{0,14}"


def json_ld(
    con: duckdb.DuckDBPyConnection, found: Survey, prefixes: dict[str, str], *, label_in_place: bool = False
) -> Syntax:
    """Return the syntax of JSON-LD; nodes in place have their @id too if `label_in_place`. `prefixes`: namespace (with `<`) to prefix."""
    terms, coercions = _terms(con)
    # A word of the context has one meaning, and what is before the colon of an IRI is none of its words.
    taken = {"id", "type", *terms.values()} | found.schemes
    prefixes = {space: prefix for space, prefix in prefixes.items() if prefix not in taken}
    names = {prefix: space[1:] for space, prefix in prefixes.items()}

    def short(iri: str, ending: str = "") -> str:
        ending = ending or local(iri)
        space = f"left({iri}, length({iri}) - length({ending}))"
        return f"CASE WHEN {iri} < '_' THEN {shortened(ending, space, prefixes, f'{iri}[2:-2]')} ELSE {iri} END"

    def key(iri: str) -> str:
        return terms.get(iri) or shortened_iri(iri[1:-1], names).strip("<>")

    coercions |= {p: kind for p, kind in _observed(con).items() if p not in terms}
    identity = f"""{_PAD} || '"id": "' || ({{}}) || E'",\n'""".format
    syntax = Syntax(
        header=_header(terms, {key(p): kind for p, kind in coercions.items()}, names),
        footer=("\n]}" if found.graphs else "") + "\n]\n}\n",
        value=_value(found, prefixes, names, terms),
        graph=f"""CASE WHEN prev_g IS NULL THEN '' ELSE E'\n]}}' END || CASE WHEN starts THEN '' ELSE ',' END
            || E'\n{{"id": "' || {short("g")} || '", "@graph": ['""",
        subject=f"""CASE WHEN starts OR new_g THEN '' ELSE ',' END || E'\n' || repeat('  ', level) || E'{{\n' || {identity(short("s", "ending"))}""",
        head=f"""CASE WHEN item THEN CASE WHEN first_s THEN '' ELSE ', ' END WHEN NOT first_p THEN ''
            ELSE {f"CASE WHEN first_s AND depth > 0 THEN {identity(short('s'))} ELSE '' END" if label_in_place else "''"} || {_PAD} || name || ': ' || CASE WHEN last_p THEN '' ELSE '[' END END""",
        after="""CASE WHEN last_p AND NOT first_p AND NOT item THEN ']' ELSE '' END
            || CASE WHEN item OR last_s THEN '' WHEN last_p THEN E',\n' ELSE ', ' END""",
        end="E'\n' || repeat('  ', level) || '}'",
        node=("{\n", f"E'\\n' || {_PAD} || '}}'"),
        list=('{"@list": [', "']}'"),
        predicate=f"CASE WHEN p = '{TYPE}' AND (o < '<' OR o >= '_') THEN '' ELSE p END",
    )
    cases = " ".join(f"WHEN {text(p)} THEN {text(term)}" for p, term in terms.items())
    name = f"CASE p WHEN '' THEN '{TYPE[1:-1]}' WHEN '{TYPE}' THEN 'type' {cases} ELSE {short('p')} END"
    kinds = " ".join(f"WHEN {text(p)} THEN {text(kind)}" for p, kind in coercions.items())
    order_predicates(con, syntax, f"""'"' || {name} || '"'""", f"CASE p {kinds} ELSE '' END" if kinds else "''")
    return syntax


def _terms(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], dict[str, str]]:
    """Return IRI to term, for the classes and predicates of our context that are used, and IRI to coercion (`@id` or `^^<datatype>`)."""
    context = json.loads((resource("ontology") / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    terms: dict[str, str] = {}
    coercions: dict[str, str] = {}

    def whole(name: str) -> str:
        prefix, _, rest = name.partition(":")
        return f"<{context[prefix]}{rest}>"

    for term, meaning in context.items():
        what = meaning if isinstance(meaning, dict) else {"@id": meaning}
        if not isinstance(meaning, float | int) and not what["@id"].startswith(("@", "http:", "https:")):
            terms[whole(what["@id"])] = term
            kind = what.get("@type")
            if kind:
                coercions[whole(what["@id"])] = kind if kind == "@id" else f"^^{whole(kind)}"
    used = {
        iri
        for (iri,) in con.execute(
            "SELECT iri FROM (SELECT p AS iri FROM export_survey UNION SELECT class FROM export_survey) WHERE iri IN (SELECT unnest($1))",
            [list(terms)],
        ).fetchall()
    }
    return {iri: term for iri, term in terms.items() if iri in used}, {
        iri: kind for iri, kind in coercions.items() if iri in used
    }


# So many predicates that our ontology does not know get a coercion of their own.
_MOST = 1000


def _observed(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the coercion of predicates whose objects are all IRIs (or blank nodes), or all of one datatype."""
    found = con.execute(f"""
        SELECT p, any_value(kind) FROM (
          SELECT p, n, CASE WHEN blank THEN NULL WHEN suffix IS NULL THEN '@id' WHEN starts_with(suffix, '^^') THEN suffix ELSE '' END AS kind
          FROM export_survey WHERE p <> '{TYPE}')
        GROUP BY p HAVING count(DISTINCT kind) = 1 AND any_value(kind) NOT IN ('', '^^<{RDF}JSON>')
        ORDER BY sum(n) DESC, p LIMIT {_MOST}""").fetchall()
    return dict(sorted(found))


def _header(terms: dict[str, str], coercions: dict[str, str], names: dict[str, str]) -> str:
    context: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type"} | dict(sorted(names.items()))

    def short(iri: str) -> str:
        return shortened_iri(iri, names).strip("<>")

    iris = {term: short(iri[1:-1]) for iri, term in terms.items()}
    for term in sorted({*iris, *coercions}):
        named = {"@id": iris[term]} if term in iris else {}
        kind = coercions.get(term)
        context[term] = named | {"@type": kind if kind == "@id" else short(kind[3:-1])} if kind else iris[term]
    told = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in context.items())
    return f'{{\n"@context": {{\n{told}\n}},\n"@graph": ['


def _value(found: Survey, prefixes: dict[str, str], names: dict[str, str], terms: dict[str, str]) -> str:
    short = shortened("local", "space", prefixes, "o[2:-2]", "named")
    classes = " ".join(f"WHEN {text(iri)} THEN {text(term)}" for iri, term in terms.items())
    datatypes = " ".join(
        f"WHEN {text(suffix)} THEN {text(shortened_iri(suffix[3:-1], names).strip('<>'))}" for suffix in found.datatypes
    )
    datatype = f"CASE suffix {datatypes} ELSE suffix[4:-2] END" if datatypes else "suffix[4:-2]"
    return f"""CASE WHEN o < '<' THEN CASE
          WHEN suffix = '' THEN CASE WHEN coercion = '' THEN o ELSE '{{"@value": ' || o || '}}' END
          WHEN starts_with(suffix, '@') THEN '{{"@value": "' || lexical || '", "@language": "' || replace(suffix[2:], '--', '", "@direction": "') || '"}}'
          WHEN coercion IN ('', suffix) AND CASE suffix WHEN '^^<{XSD}integer>' THEN regexp_full_match(lexical, '{_WHOLE}')
            WHEN '^^<{XSD}boolean>' THEN lexical IN ('true', 'false') ELSE false END THEN lexical
          WHEN suffix = coercion THEN '"' || lexical || '"'
          ELSE '{{"@value": "' || lexical || '", "@type": "' || {datatype} || '"}}' END
        WHEN o >= '_' THEN '{{"id": "' || o || '"}}'
        WHEN o = '{NIL}' AND p IS DISTINCT FROM '{TYPE}' THEN '{{"@list": []}}'
        WHEN p = '{TYPE}' THEN '"' || {f"CASE o {classes} ELSE {short} END" if classes else short} || '"'
        WHEN coercion = '@id' THEN '"' || {short} || '"'
        ELSE '{{"id": "' || {short} || '"}}' END"""
