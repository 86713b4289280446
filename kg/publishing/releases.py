"""The releases of a site: each has an IRI, its files and a description of its own, and stays when a newer one comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import PublishError
from kg.pages import StaticSite
from kg.pages.releases import FileShown, ReleaseShown
from kg.pages.thing import Form
from kg.pages.writing import written
from kg.rdf.namespaces import DCAT, DCTERMS, OWL, RDF, VOID, XSD

_PAV = "http://purl.org/pav/"
_SPDX = "http://spdx.org/rdf/terms#"
_MEDIA = {
    ".ttl": "text/turtle",
    ".zst": "application/zstd",
    ".html": "text/html",
    ".json": "application/json",
}
_SHORT = 12


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Published:
    """A release that is on the site: `previous` is the version before it, `changes` says that there is a page of what changed since then."""

    version: str
    sha256: str
    triples: int
    files: tuple[File, ...] = ()
    previous: str | None = None
    changes: bool = False

    def folder(self) -> str:
        """Return the folder of its files."""
        return f"release/{self.version}"


def known(about: Mapping[str, Any]) -> list[Published]:
    """Return the releases that a manifest tells of, the oldest first."""
    return [
        Published(**{**each, "files": tuple(File(**file) for file in each["files"])})
        for each in about.get("releases", ())
    ]


def told(releases: Sequence[Published]) -> list[dict[str, Any]]:
    """Return releases as a manifest tells of them."""
    return [asdict(each) for each in releases]


def version_of(sha256: str, wanted: str, releases: Sequence[Published]) -> str:
    """Return the name of a release; PublishError where another release has it."""
    version = wanted or next((each.version for each in releases if each.sha256 == sha256), sha256[:_SHORT])
    if any(each.version.casefold() == version.casefold() and each.sha256 != sha256 for each in releases):
        raise PublishError(
            "KG656",
            "a release of this name is on the site already, with another graph",
            where=version,
            advice="give this one another name with --version",
        )
    return version


def iri(site: StaticSite, version: str) -> str:
    """Return the IRI of a release."""
    return f"{site.settings.base}release/{quote(version)}"


def shown(site: StaticSite, each: Published) -> ReleaseShown:
    """Return a release as pages show it."""
    at = site.addresses.page
    place = f"release/{quote(each.version)}"
    return ReleaseShown(
        each.version,
        iri(site, each.version),
        at(f"{place}.html"),
        each.triples,
        at(f"{place}/changes.html") if each.changes else None,
        (
            Form("Turtle", at(f"{place}.ttl"), "text/turtle"),
            Form("JSON-LD", at(f"{place}.jsonld"), "application/ld+json"),
        ),
        tuple(FileShown(file.name, at(f"{place}/{quote(file.name)}"), file.size, file.sha256) for file in each.files),
    )


def pages(site: StaticSite, releases: Sequence[Published], dataset: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that tell of the releases: a page of all, and a page and data of each."""
    by_version = {each.version: shown(site, each) for each in releases}
    yield "release.html", site.releases(tuple(reversed(by_version.values()))).encode("utf-8", "replace")
    for each in releases:
        previous = by_version.get(each.previous) if each.previous else None
        yield f"{each.folder()}.html", site.release(by_version[each.version], previous).encode("utf-8", "replace")
        triples = described(site, each, dataset)
        names = {**site.settings.prefixes, "dcat": DCAT, "void": VOID, "pav": _PAV, "spdx": _SPDX}
        yield f"{each.folder()}.ttl", written(triples, ox.RdfFormat.TURTLE, names)
        yield f"{each.folder()}.jsonld", written(triples, ox.RdfFormat.JSON_LD, names)
        sums = "".join(f"{file.sha256}  {file.name}\n" for file in each.files)
        yield f"{each.folder()}/SHA256SUMS", sums.encode()


def described(site: StaticSite, each: Published, dataset: str) -> list[ox.Triple]:
    """Return what is to be said of a release: which data set it is a version of, what came before, and its files with their digests."""
    this = ox.NamedNode(iri(site, each.version))
    page = shown(site, each)
    found: list[tuple[ox.NamedNode | ox.BlankNode, str, ox.NamedNode | ox.BlankNode | ox.Literal]] = [
        (this, RDF + "type", ox.NamedNode(VOID + "Dataset")),
        (this, RDF + "type", ox.NamedNode(DCAT + "Dataset")),
        (this, DCTERMS + "title", ox.Literal(f"{site.settings.title}, release {each.version}")),
        (this, DCTERMS + "isVersionOf", ox.NamedNode(dataset)),
        (this, OWL + "versionInfo", ox.Literal(each.version)),
        (this, _PAV + "version", ox.Literal(each.version)),
        (this, DCAT + "version", ox.Literal(each.version)),
        (this, VOID + "triples", _whole(each.triples)),
        (this, DCAT + "landingPage", ox.NamedNode(site.absolute(page.href))),
    ]
    if site.settings.license:
        found.append((this, DCTERMS + "license", ox.NamedNode(site.settings.license)))
    if each.previous:
        before = ox.NamedNode(iri(site, each.previous))
        found += [(this, _PAV + "previousVersion", before), (this, DCAT + "previousVersion", before)]
    for file in page.files:
        address = ox.NamedNode(site.absolute(file.href))
        place = ox.NamedNode(f"{this.value}#{quote(file.name)}")
        check = ox.NamedNode(f"{this.value}#{quote(file.name)}-sha256")
        suffix = "." + file.name.rpartition(".")[2]
        found += [
            (this, DCAT + "distribution", place),
            (place, RDF + "type", ox.NamedNode(DCAT + "Distribution")),
            (place, DCTERMS + "title", ox.Literal(file.name)),
            (place, DCAT + "downloadURL", address),
            (place, DCAT + "byteSize", _whole(file.size)),
            (place, _SPDX + "checksum", check),
            (check, RDF + "type", ox.NamedNode(_SPDX + "Checksum")),
            (check, _SPDX + "algorithm", ox.NamedNode(_SPDX + "checksumAlgorithm_sha256")),
            (check, _SPDX + "checksumValue", ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary"))),
        ]
        if suffix in _MEDIA:
            media = ox.NamedNode(f"https://www.iana.org/assignments/media-types/{_MEDIA[suffix]}")
            found.append((place, DCAT + "mediaType", media))
        if file.name.startswith("graph."):
            found.append((this, VOID + "dataDump", address))
    return [ox.Triple(subject, ox.NamedNode(predicate), value) for subject, predicate, value in found]


def of_dataset(site: StaticSite, releases: Sequence[Published], current: str, dataset: str) -> list[ox.Triple]:
    """Return what the description of the data set says of its releases."""
    this = ox.NamedNode(dataset)
    found = [
        ox.Triple(this, ox.NamedNode(DCAT + "hasVersion"), ox.NamedNode(iri(site, each.version))) for each in releases
    ]
    newest = ox.NamedNode(iri(site, current))
    return [
        *found,
        ox.Triple(this, ox.NamedNode(_PAV + "hasCurrentVersion"), newest),
        ox.Triple(this, ox.NamedNode(DCAT + "hasCurrentVersion"), newest),
        ox.Triple(this, ox.NamedNode(OWL + "versionInfo"), ox.Literal(current)),
    ]


def _whole(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
