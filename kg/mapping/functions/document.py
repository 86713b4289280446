"""The page of the reference that tells of all functions."""

from __future__ import annotations

from collections.abc import Iterable

from kg.mapping.functions import grel, idlab, own
from kg.mapping.functions.registry import FUNCTIONS, REFUSED
from kg.mapping.functions.signature import Function, Parameter, local_name
from kg.rdf.namespaces import XSD

_INTRODUCTION = """# Functions of mappings

<!-- Written by docs/generate.py from kg/mapping/functions. Change that, then run it. -->

What a mapping can call with `rml:functionExecution`. A function is a relational expression: it runs in the engine, for all rows at once.

Where an input is missing, there is no result, unless the function says else; where an input is unfit (a text that is no number, an index beyond the
end), there is none either. An input with several values makes a result for each; a parameter marked *list* takes all values together, and may be given
several times. Functions that are always wrong (an unknown name, a missing input, a wrong pattern) are errors of the mapping, KG240 to KG247.

Numbers are those of `xsd:decimal` and `xsd:double`; conditions are `true` or `1`, and `false` or `0`. Regular expressions are RE2's. Patterns of dates
are those of Unicode and Java: `yyyy` or `yy`, `M` or `MM`, `MMM` or `MMMM` (English names), `d` or `dd`, `H` or `HH`, `h` or `hh` with `a`, `mm`, `ss`,
`S`, `EEE`, and texts in quotes (`'T'`). The units are those of [this table](ontology.md#units)."""
_SECTIONS = (
    (
        "Our own",
        own.NAMESPACE,
        "kgf",
        "What is not said elsewhere returns `kgf:result`.",
    ),
    (
        "GREL",
        grel.NAMESPACE,
        "grel",
        "Parameters and outputs can also be given by the IRIs of their predicates, as many mappings do.",
    ),
    (
        "IDLab",
        idlab.NAMESPACE,
        "idlab-fn",
        f"The older namespace `{idlab.OLD_NAMESPACE}` means the same, and so do the IRIs of the predicates.",
    ),
)


def functions_reference() -> str:
    """Return docs/reference/functions.md: every function with its parameters and its output, and those that are not offered."""
    functions = {function.iri: function for function in FUNCTIONS.values()}.values()
    parts = [_INTRODUCTION]
    for title, namespace, prefix, note in _SECTIONS:
        rows = [_row(each, prefix) for each in functions if each.iri.startswith(namespace)]
        parts += [
            f"## {title}",
            f"`{prefix}:` is `{namespace}`. {note}",
            _table(("function", "what it does", "parameters", "returns"), rows),
        ]
    refused = [(f"<{iri}>", reason) for iri, reason in REFUSED.items()]
    parts += ["## Not offered", _table(("function", "why"), refused)]
    return "\n\n".join(parts) + "\n"


def _row(function: Function, prefix: str) -> tuple[str, ...]:
    parameters = "<br>".join(_parameter(each) for each in function.parameters) or "none"
    output = function.output
    kind = local_name(output.datatype) if output.datatype else "as given" if output.of else "string"
    return (
        f"`{prefix}:{local_name(function.iri)}`",
        function.comment,
        parameters,
        f"`{local_name(output.iri)}`: {kind}" + (" list" if output.listed else ""),
    )


def _parameter(parameter: Parameter) -> str:
    said = [parameter.datatype.removeprefix(XSD)]
    if parameter.listed:
        said.append("list")
    if parameter.constant:
        said.append("constant")
    if parameter.default is not None:
        said.append(
            f"else `{parameter.default}`"
            if parameter.default.strip()
            else f"else {'a space' if parameter.default else 'nothing'}"
        )
    elif not parameter.required:
        said.append("optional")
    if parameter.choices:
        said.append("one of " + " ".join(parameter.choices))
    return f"`{parameter.name}`: {', '.join(said)}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
