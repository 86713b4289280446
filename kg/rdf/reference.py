"""The curated tables of `ontology/reference/`: accelerators, countries, organizations, and the names of the field."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import pyoxigraph

from kg.errors import MappingError
from kg.resources import resource

PRECISIONS = ("fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8", "fp4")

_ACCELERATOR_COLUMNS = (
    *("key", "label", "kind", "vendor", "family", "form_factor", "memory_gb", "level", "broader", "variant", "aliases"),
    *PRECISIONS,
    *("tdp_w", "release_date", "source", "note"),
)
_COUNTRY_COLUMNS = ("alpha3", "alpha2", "name", "aliases", "adjectives", "parts", "ambiguous", "source")
_GRID_COLUMNS = ("alpha3", "year", "g_co2_per_kwh", "source")
_ORGANIZATION_COLUMNS = ("key", "label", "aliases", "source")
_CONCEPT_FILES = ("benchmarks.ttl", "datasets.ttl", "methods.ttl")

_SKOS = "http://www.w3.org/2004/02/skos/core#"
# What is read of a concept, by the predicate's IRI; a Turtle file may say more.
_READ = {
    f"{_SKOS}prefLabel": "label",
    f"{_SKOS}altLabel": "alternatives",
    f"{_SKOS}inScheme": "scheme",
    f"{_SKOS}broader": "broader",
    "https://kg.example/ns#ambiguousLabel": "ambiguous",
}
# The concepts' IRIs are relative and only their last segment is read, so any base will do.
_ANY_BASE = "https://kg.example/id/"


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A row of accelerators.csv: a family, a variant of it (one memory size or one form factor), or a product.

    `peaks` maps a name of PRECISIONS to FLOP/s (int8: OP/s) of dense arithmetic, `tdp_w` counts watts, `memory_gb` GB as the maker counts them.
    `broader` is the key of the row above, `variant` that of the product whose figures are assumed where only this row is named.
    """

    key: str
    label: str
    vendor: str
    family: str
    form_factor: str | None
    memory_gb: int | None
    kind: str
    broader: str | None
    variant: str | None
    aliases: tuple[str, ...]
    level: str
    peaks: Mapping[str, Decimal]
    tdp_w: Decimal | None
    release_date: str | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country of ISO 3166-1.

    An alias or name in capitals only (`US`, `UAE`) counts only in capitals; `adjectives` and `parts` (`Scotland`) let the country be inferred and
    never state it; a name in `ambiguous` means other things too (Georgia, Jordan) and needs a cue that a place is meant.
    `grid_g_co2_per_kwh` is the carbon intensity of the country's electricity in `grid_year`, g/kWh.
    """

    alpha3: str
    alpha2: str
    name: str
    aliases: tuple[str, ...]
    adjectives: tuple[str, ...]
    parts: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    grid_g_co2_per_kwh: Decimal | None = None
    grid_year: int | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization that makes accelerators or models; `key` is the last segment of its IRI."""

    key: str
    label: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """A name of the field: a dataset, a benchmark or a method.

    `key` is the last segment of the concept's IRI and `kind` the one before (`dataset/laion-5b`), `scheme` the list it stands in (`optimizer`). A
    label in `ambiguous` is also an ordinary word and counts only as it is capitalised there: `RACE` by its capitals, `Pile` or `linear` beside a cue.
    The preferred label may be one of them; `alternatives` are the other labels that are not.
    """

    key: str
    label: str
    alternatives: tuple[str, ...]
    scheme: str
    broader: str | None
    ambiguous: tuple[str, ...] = ()
    kind: str = ""


# Compared by identity, so that what is computed from a reference can be cached by it.
@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """All tables: accelerators and organizations by key, countries by alpha-3, concepts by scheme (sorted by key)."""

    accelerators: Mapping[str, Accelerator]
    countries: Mapping[str, Country]
    concepts: Mapping[str, tuple[Concept, ...]]
    organizations: Mapping[str, Organization]


def load_reference(folder: Path | None = None) -> Reference:
    """Read the tables of a folder, or the project's own; the same folder is read once.

    Raises MappingError, which names every malformed row of the first faulty file.
    """
    return _load((folder or resource("ontology") / "reference").resolve())


@lru_cache(maxsize=8)
def _load(folder: Path) -> Reference:
    grid = _table(folder / "grid.csv", _GRID_COLUMNS, _grid)
    accelerators = _table(folder / "accelerators.csv", _ACCELERATOR_COLUMNS, _accelerator)
    _check_links(folder / "accelerators.csv", accelerators)
    countries = _table(folder / "countries.csv", _COUNTRY_COLUMNS, lambda row: _country(row, grid))
    return Reference(
        accelerators=MappingProxyType(accelerators),
        countries=MappingProxyType(countries),
        concepts=MappingProxyType(_concepts([folder / name for name in _CONCEPT_FILES])),
        organizations=MappingProxyType(_table(folder / "organizations.csv", _ORGANIZATION_COLUMNS, _organization)),
    )


Row = TypeVar("Row")


def _table(path: Path, columns: tuple[str, ...], read: Callable[[dict[str, str]], Row]) -> dict[str, Row]:
    """Read a table by its first column; `read` makes a value of a row and raises ValueError with a sentence where it cannot."""
    header, *lines = _lines(path) or [[]]
    if tuple(header) != columns:
        raise MappingError(
            "KG251", f"the header is {','.join(header)}", where=str(path), advice=f"it must be {','.join(columns)}"
        )
    rows: dict[str, Row] = {}
    faults: list[str] = []
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(columns):
            faults.append(f"row {number} has {len(cells)} cells where the header has {len(columns)}")
        elif not cells[0] or cells[0] in rows:
            faults.append(f"row {number} has the key {cells[0]!r}, which is empty or that of an earlier row")
        else:
            try:
                rows[cells[0]] = read(dict(zip(columns, cells, strict=True)))
            except ValueError as error:
                faults.append(f"row {number} ({cells[0]}): {error}")
    _raise_if(path, faults)
    return rows


def _lines(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MappingError("KG251", f"the table cannot be read ({error})", where=str(path)) from error


def _raise_if(path: Path, faults: list[str]) -> None:
    if faults:
        raise MappingError("KG251", "; ".join(faults), where=str(path), advice="correct these rows")


def _accelerator(row: dict[str, str]) -> Accelerator:
    if row["level"] not in ("family", "variant", "product"):
        raise ValueError(f"the level is {row['level']!r}, and must be family, variant or product")
    for name in ("label", "kind", "vendor", "family", "source"):
        if not row[name]:
            raise ValueError(f"the {name} is missing")
    return Accelerator(
        key=row["key"],
        label=row["label"],
        vendor=row["vendor"],
        family=row["family"],
        form_factor=row["form_factor"] or None,
        memory_gb=_whole(row["memory_gb"], "memory_gb"),
        kind=row["kind"],
        broader=row["broader"] or None,
        variant=row["variant"] or None,
        aliases=_list(row["aliases"]),
        level=row["level"],
        peaks=MappingProxyType({name: _number(row[name], name) for name in PRECISIONS if row[name]}),
        tdp_w=_number(row["tdp_w"], "tdp_w") if row["tdp_w"] else None,
        release_date=row["release_date"] or None,
        source=row["source"],
        note=row["note"],
    )


def _check_links(path: Path, rows: Mapping[str, Accelerator]) -> None:
    """Raise for a `broader` or `variant` that no row has, and for a row that is above itself."""
    faults = []
    for row in rows.values():
        for name, key in (("broader", row.broader), ("variant", row.variant)):
            if key is not None and key not in rows:
                faults.append(f"{row.key}: {name} is {key}, which no row has")
        above, seen = row.broader, {row.key}
        while above is not None and above in rows and above not in seen:
            seen.add(above)
            above = rows[above].broader
        if above in seen:
            faults.append(f"{row.key}: following broader leads back to {above}")
    _raise_if(path, faults)


def _grid(row: dict[str, str]) -> tuple[int, Decimal]:
    year = _whole(row["year"], "year")
    if year is None:
        raise ValueError("the year is missing")
    return year, _number(row["g_co2_per_kwh"], "g_co2_per_kwh")


def _country(row: dict[str, str], grid: Mapping[str, tuple[int, Decimal]]) -> Country:
    year, intensity = grid.get(row["alpha3"], (None, None))
    return Country(
        alpha3=row["alpha3"],
        alpha2=row["alpha2"],
        name=row["name"],
        aliases=_list(row["aliases"]),
        adjectives=_list(row["adjectives"]),
        parts=_list(row["parts"]),
        ambiguous=_list(row["ambiguous"]),
        grid_g_co2_per_kwh=intensity,
        grid_year=year,
    )


def _organization(row: dict[str, str]) -> Organization:
    return Organization(row["key"], row["label"], _list(row["aliases"]))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _whole(cell: str, name: str) -> int | None:
    if cell and not (cell.isascii() and cell.isdigit()):
        raise ValueError(f"{name} is {cell!r}, and must be a whole number")
    return int(cell) if cell else None


def _number(cell: str, name: str) -> Decimal:
    try:
        number = Decimal(cell)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number <= 0:
        raise ValueError(f"{name} is {cell!r}, and must be a number over 0")
    return number


def _concepts(paths: Iterable[Path]) -> dict[str, tuple[Concept, ...]]:
    schemes: dict[str, list[Concept]] = {}
    for path in paths:
        for iri, properties in _subjects(path).items():
            for scheme in properties.get("scheme", ()):
                concept = _concept(path, iri, properties, _last(scheme))
                schemes.setdefault(concept.scheme, []).append(concept)
    return {scheme: tuple(sorted(schemes[scheme], key=lambda concept: concept.key)) for scheme in sorted(schemes)}


def _subjects(path: Path) -> dict[str, dict[str, list[str]]]:
    """Return what is read of each subject: lexical forms or IRIs by a name of _READ."""
    subjects: dict[str, dict[str, list[str]]] = {}
    try:
        for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE, base_iri=_ANY_BASE):
            name = _READ.get(quad.predicate.value)
            if name is not None:
                # No triple term stands in these files, and a blank node has a value too.
                subject, value = quad.subject.value, quad.object.value
                subjects.setdefault(subject, {}).setdefault(name, []).append(value)
    except (OSError, SyntaxError) as error:
        raise MappingError("KG252", f"the Turtle cannot be read ({error})", where=str(path)) from error
    return subjects


def _concept(path: Path, iri: str, properties: Mapping[str, list[str]], scheme: str) -> Concept:
    labels = properties.get("label", [])
    if len(labels) != 1:
        where = f"{path}, {iri.removeprefix(_ANY_BASE)}"
        raise MappingError(
            "KG252", f"the concept has {len(labels)} preferred labels", where=where, advice="give it exactly one"
        )
    above, _, key = iri.rpartition("/")
    broader = properties.get("broader")
    return Concept(
        key=key,
        label=labels[0],
        alternatives=tuple(properties.get("alternatives", ())),
        scheme=scheme,
        broader=_last(broader[0]) if broader else None,
        ambiguous=tuple(properties.get("ambiguous", ())),
        kind=_last(above),
    )


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]
