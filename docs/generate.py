"""Writes the parts of the documentation, and the JSON-LD context, that follow from something else.

`python docs/generate.py` writes them; with `--check` it ends with status 1 when a committed one is not up to date.
To add one, write a function that returns its text and name it in OUTPUTS.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import argparse
import difflib
import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pyoxigraph  # noqa: E402 - the checkout comes before an installed package

from kg.rdf.namespaces import DCAT, DCTERMS, OA, OWL, PROV, QUDT, RDF, RDFS, SKOS, XSD  # noqa: E402
from kg.rdf.units import load_units  # noqa: E402
from kg.rdf.vocabulary import Term, Vocabulary, load_vocabulary  # noqa: E402
from kg.settings import ONTOLOGY  # noqa: E402

_PREFIXES = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "fair4ml": "https://w3id.org/fair4ml#",
    "it6": "http://data.europa.eu/it6/",
    "kg": ONTOLOGY,
    "mls": "http://www.w3.org/ns/mls#",
    "oa": OA,
    "owl": OWL,
    "prov": PROV,
    "qudt": QUDT,
    "rai": "http://mlcommons.org/croissant/RAI/",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "skos": SKOS,
    "xsd": XSD,
}
_RELATIONS = {
    RDFS + "subClassOf": "a kind of",
    RDFS + "subPropertyOf": "implies",
    OWL + "equivalentClass": "same as",
    OWL + "equivalentProperty": "same as",
    SKOS + "exactMatch": "matches",
    SKOS + "closeMatch": "close to",
    SKOS + "broadMatch": "narrower than",
    SKOS + "narrowMatch": "broader than",
    SKOS + "relatedMatch": "related to",
}

_INTRODUCTION = f"""# Ontology reference

<!-- Written by docs/generate.py from the files in ontology/. Change those, then run it. -->

The classes and properties of the namespace `{ONTOLOGY}` (prefix `kg:`). The files are in `ontology/`, one class a file;
`ontology/alignments/` says how the terms relate to those of other vocabularies, one file a vocabulary, and
`ontology/context.jsonld` is the JSON-LD context."""
_Named = pyoxigraph.NamedNode

# For one subject: predicate IRI to values, in the order of the files.
Described = dict[str, list[str]]


def ontology_reference() -> str:
    """Return docs/reference/ontology.md: every class with its properties, the annotations, and the units."""
    page = _Page(load_vocabulary())
    parts = [_INTRODUCTION, page.contents(), *map(page.section, page.classes), page.annotations(), _units()]
    return "\n\n".join(parts) + "\n"


def context() -> str:
    """Return ontology/context.jsonld: a JSON-LD 1.1 context with one entry for each class and property."""
    entries: dict[str, object] = {"@version": 1.1, "id": "@id", "type": "@type"}
    entries |= {
        prefix: _PREFIXES[prefix] for prefix in ("dcterms", "kg", "oa", "prov", "qudt", "rdf", "rdfs", "skos", "xsd")
    }
    entries["label"] = {"@id": "rdfs:label"}
    entries |= {term.name: _entry(term) for term in load_vocabulary() if term.kind != "annotation"}
    return json.dumps({"@context": entries}, indent=2, ensure_ascii=False) + "\n"


def _entry(term: Term) -> object:
    """Return a term's entry: values of a datatype are typed, those of a class are IRIs, strings are as they are."""
    if term.kind in ("object", "quantity"):
        return {"@id": f"kg:{term.name}", "@type": "@id"}
    if term.kind == "class" or term.range in (None, XSD + "string", RDFS + "Literal"):
        return f"kg:{term.name}"
    return {"@id": f"kg:{term.name}", "@type": _short(str(term.range))}


def commands_reference() -> str:
    """Return docs/reference/commands.md: every command with its arguments and options, from the command line itself."""
    import importlib

    import click

    from kg.cli import COMMANDS, group

    sections = [_COMMANDS_INTRODUCTION, _options(group)]
    for name, (module, line) in COMMANDS.items():
        command = importlib.import_module(module).command
        context = click.Context(command, info_name=f"kg {name}", max_content_width=100)
        usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
        sections += [f"## kg {name}", line, f"```text\n{usage}\n```", _help_text(command.help or ""), _options(command)]
    return "\n\n".join(sections) + "\n"


def functions_reference() -> str:
    """Return docs/reference/functions.md: every function that a mapping can call."""
    from kg.mapping.functions import functions_reference as reference

    return reference()


_COMMANDS_INTRODUCTION = """# Command reference

<!-- Written by docs/generate.py from the command line itself. Change that, then run it. -->

Data goes to standard output, talk to standard error; `-` is standard input or output. Long work shows its progress on a terminal and is silent in a pipe.
Exit status: 0 fine, 1 findings at or over `--fail-on`, 2 wrong usage, 3 an error of [this list](errors.md).

Every option can be set by the environment: `KG_BUILD_BASE` is `--base` of `kg build`."""


def _help_text(text: str) -> str:
    """Return a command's help as Markdown: its paragraphs, and the examples, which click keeps as they are, as a block."""
    parts = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            head, *lines = [line.strip() for line in paragraph.splitlines()[1:]]
            parts.append(f"{head}\n\n```sh\n" + "\n".join(lines) + "\n```")
        else:
            parts.append(" ".join(paragraph.split()))
    return "\n\n".join(parts)


def _options(command: click.Command) -> str:
    import click

    rows = []
    context = click.Context(command)
    for parameter in command.params:
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            rows.append((f"`{record[0]}`", " ".join(record[1].split())))
    return _table(("option", "meaning"), rows)


class _Page:
    """The parts of the page of the ontology, from the terms, what the files say of them, and the alignments."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        folder = ROOT / "ontology"
        self.vocabulary = vocabulary
        self.classes = [term for term in vocabulary if term.kind == "class"]
        self.own = _described(sorted(folder.glob("*.ttl")))
        self.aligned = _described(sorted((folder / "alignments").glob("*.ttl")))

    def contents(self) -> str:
        rows = [(_link(term), term.definition) for term in self.classes]
        return f"## Classes\n\n{_table(('class', 'definition'), rows)}"

    def section(self, term: Term) -> str:
        """Return the section of a class."""
        facts = [f"* Example: {text}" for text in self._said(term, SKOS + "example")]
        facts += [
            f"* A kind of {_link(parent)}, with its properties." for parent in self.vocabulary.ancestors(term.name)
        ]
        if elsewhere := self._elsewhere(term):
            facts.append(f"* In other vocabularies: {elsewhere}.")
        parts = [f"## {_title(term)}", f"`kg:{term.name}`: {self._meaning(term)}", "\n".join(facts)]
        carried = [self._row(other) for other in self.vocabulary if term.name in other.domains]
        if carried:
            parts.append(_table(("property", "values", "definition", "example", "elsewhere"), carried))
        return "\n\n".join(part for part in parts if part)

    def annotations(self) -> str:
        rows = [(f"`kg:{term.name}`", self._meaning(term)) for term in self.vocabulary if term.kind == "annotation"]
        what = "Said of terms and concepts, not of the things that passages tell of."
        return f"## Annotations\n\n{what}\n\n{_table(('annotation', 'definition'), rows)}"

    def _row(self, term: Term) -> tuple[str, ...]:
        examples = "; ".join(self._said(term, SKOS + "example"))
        return f"`kg:{term.name}`", self._values(term), self._meaning(term), examples, self._elsewhere(term)

    def _values(self, term: Term) -> str:
        ranges = self._said(term, RDFS + "range") or self._said(term, ONTOLOGY + "rangeIncludes")
        shown = " or ".join(self._range(iri) for iri in ranges)
        unit = f", in `{term.unit}`" if term.unit else ""
        return shown + unit + "".join(f"; implies `kg:{parent}`" for parent in term.parents)

    def _range(self, iri: str) -> str:
        name = iri.removeprefix(ONTOLOGY)
        return _link(self.vocabulary.term(name)) if name in self.vocabulary else f"`{_short(iri)}`"

    def _meaning(self, term: Term) -> str:
        return " ".join([term.definition, *self._said(term, SKOS + "scopeNote")])

    def _said(self, term: Term, predicate: str) -> list[str]:
        return self.own[term.iri].get(predicate, [])

    def _elsewhere(self, term: Term) -> str:
        said = self.aligned.get(term.iri, {})
        pairs = [(word, other) for predicate, word in _RELATIONS.items() for other in sorted(said.get(predicate, []))]
        return ", ".join(f"{word} `{_short(other)}`" for word, other in pairs)


def _units() -> str:
    rows = [
        (
            f"`{unit.word}`",
            unit.label,
            f"<{unit.iri}>" if unit.iri else "",
            f"{unit.factor} {unit.base}" if unit.factor not in (None, 1) else "",
        )
        for unit in load_units().values()
    ]
    what = "The words for units in facts and in `kg:unitText`, from `ontology/reference/units.csv`."
    return f"## Units\n\n{what}\n\n{_table(('word', 'unit', 'QUDT', 'is'), rows)}"


def _title(term: Term) -> str:
    return term.label[:1].upper() + term.label[1:]


def _link(term: Term) -> str:
    """Return a link to the section of a class, by the anchor that GitHub and most renderers give to it."""
    return f"[{_title(term)}](#{term.label.lower().replace(' ', '-')})"


def _short(iri: str) -> str:
    for prefix, namespace in _PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _described(files: Iterable[Path]) -> dict[str, Described]:
    """Return what the files say about each of our terms."""
    subjects: dict[str, Described] = {}
    for file in files:
        for quad in pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if isinstance(subject, _Named) and isinstance(value, _Named | pyoxigraph.Literal):
                subjects.setdefault(subject.value, {}).setdefault(quad.predicate.value, []).append(value.value)
    return {subject: said for subject, said in subjects.items() if subject.startswith(ONTOLOGY)}


OUTPUTS: Mapping[str, Callable[[], str]] = {
    "docs/reference/commands.md": commands_reference,
    "docs/reference/functions.md": functions_reference,
    "docs/reference/ontology.md": ontology_reference,
    "ontology/context.jsonld": context,
}


def stale(root: Path = ROOT) -> dict[str, str]:
    """Return, by path, how each output that is missing or out of date differs from what it should be, as a diff."""
    differences: dict[str, str] = {}
    for name, generate in OUTPUTS.items():
        path = root / name
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        new = generate()
        if old != new:
            names = f"{name} (committed)", f"{name} (generated)"
            difference = difflib.unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="", n=1)
            differences[name] = "\n".join(difference)
    return differences


def main() -> int:
    """Write or check all outputs; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 when a file is not up to date")
    checking = parser.parse_args().check
    differences = stale()
    for name, difference in differences.items():
        if checking:
            hint = "\n".join(difference.splitlines()[:20])
            sys.stderr.write(f"{name} is not up to date; run: python docs/generate.py\n{hint}\n")
        else:
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(OUTPUTS[name](), encoding="utf-8")
            sys.stderr.write(f"wrote {name}\n")
    return 1 if checking and differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
