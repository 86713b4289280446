"""What each store can do, and what it does to data: one profile a product."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

_KIB, _MIB, _GIB = 1 << 10, 1 << 20, 1 << 30
_NUMBERS: Final = (
    *("integer", "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "decimal", "double", "float"),
)
_TIMES: Final = (
    *("dateTime", "dateTimeStamp", "date", "time", "gYear", "gYearMonth", "gMonth", "gDay", "gMonthDay"),
    *("duration", "yearMonthDuration", "dayTimeDuration"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A store product.

    `query`, `update` and `store` are paths below the root that probing finds (`store`: the Graph Store Protocol; None: it has none). `chunk` is the bytes
    of one upload and `chunk_triples` its triples (0: any number); `whole` the bytes up to which one upload alone is used for an empty graph, which
    the store then shows whole or not at all (0: never). `update_triples` bounds one update. `swap` says whether MOVE is seen by readers as one step,
    `update_atomic` whether an update is. `page` is the number of rows of one read (0: a graph is read by one GET). `rewrites` are the XSD datatypes whose
    lexical forms the store changes, `destroys` those whose values it loses; `digits` and `decimal_digits` the precision of double and decimal that it gives back
    (0: all).
    """

    name: str
    title: str
    query: str
    update: str
    store: str | None
    auth: str = "basic"
    chunk: int = 8 * _MIB
    chunk_triples: int = 0
    whole: int = 0
    update_triples: int = 20_000
    update_bytes: int = 8 * _MIB
    gzip: bool = True
    cut_is_end: bool = False  # whether it takes a body that breaks off for one that has ended
    swap: bool = True
    copies: bool = False  # whether the swap is made of DROP and INSERT, where MOVE is not to be trusted
    update_atomic: bool = True
    head: bool = True
    default: bool = True
    blanks: bool = True
    page: int = 0
    form: bool = False  # whether an update is sent as a form
    parameters: str = ""  # of an upload to a staging graph, which nobody reads
    whole_parameters: str = ""  # of one upload to an empty graph, which is one step
    rewrites: tuple[str, ...] = ()
    destroys: tuple[str, ...] = ()
    digits: int = 0
    decimal_digits: int = 0
    run: bool = False  # whether tests push into the real store
    note: str = ""


PROFILES: Final = {
    profile.name: profile
    for profile in (
        Profile(
            "oxigraph",
            "Oxigraph server",
            "/query",
            "/update",
            "/store",
            auth="none",
            # Its bulk loader takes a third of the time of a transaction. It shows a request whole or not at all, but not a graph that is replaced.
            parameters="no_transaction",
            whole_parameters="no_transaction",
            chunk=32 * _MIB,
            whole=4 * _GIB,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
            run=True,
            note="MOVE copies the graph in one transaction: it takes several times as long as the upload",
        ),
        Profile(
            "kg",
            "kg serve --writable",
            "/sparql",
            "/sparql",
            "/store",
            auth="bearer",
            chunk=8 * _MIB,
            whole=48 * _MIB,
            gzip=False,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
            run=True,
            note="an upload or update may take 30 seconds, which `kg serve --timeout` changes",
        ),
        Profile(
            "virtuoso",
            "OpenLink Virtuoso 7",
            "/sparql",
            "/sparql-auth",
            "/sparql-graph-crud-auth",
            auth="digest",
            chunk=1 * _MIB,
            update_triples=1000,
            update_bytes=64 * _KIB,
            gzip=False,
            swap=False,
            update_atomic=False,
            head=False,
            default=False,
            page=10_000,
            form=True,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
            destroys=("duration", "yearMonthDuration", "dayTimeDuration"),
            digits=6,
            decimal_digits=15,
            run=True,
            note="MOVE is not one step: a reader may see the graph empty or in part while it runs",
        ),
        Profile(
            "fuseki",
            "Apache Jena Fuseki",
            "/query",
            "/update",
            "/data",
            chunk=32 * _MIB,
            whole=2 * _GIB,
            cut_is_end=True,
            rewrites=(*_NUMBERS, "boolean", "dateTime", "dateTimeStamp", "date"),
            copies=True,
            run=True,
            note="MOVE onto a graph that is there loses triples (5.2.0 over TDB2): one update of DROP, INSERT and DROP takes its place, which is one transaction",
        ),
        Profile(
            "rdf4j",
            "Eclipse RDF4J server",
            "",
            "/statements",
            "/rdf-graphs/service",
            chunk=16 * _MIB,
            run=True,
            note="its native store (3.7.7) cannot be read any more once its disk was full in an upload: see that there is room",
        ),
        Profile(
            "graphdb",
            "Ontotext GraphDB",
            "",
            "/statements",
            "/rdf-graphs/service",
            chunk=16 * _MIB,
        ),
        Profile(
            "blazegraph",
            "Blazegraph",
            "",
            "",
            None,
            auth="none",
            update_triples=10_000,
            chunk_triples=10_000,
            chunk=4 * _MIB,
            gzip=False,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
            note="its Graph Store Protocol is not used: SPARQL Update is what its documentation describes in full",
        ),
        Profile(
            "neptune",
            "Amazon Neptune",
            "/sparql",
            "/sparql",
            "/sparql/gsp/",
            auth="none",
            chunk=8 * _MIB,
            rewrites=(*_NUMBERS, "boolean", "dateTime", "date"),
            note="requests are not signed: a cluster with IAM authentication refuses them; one request may take as long as the cluster's query timeout says",
        ),
        Profile(
            "stardog",
            "Stardog",
            "/query",
            "/update",
            "",
            chunk=16 * _MIB,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
        ),
        Profile(
            "qlever",
            "QLever",
            "",
            "",
            "",
            auth="bearer",
            chunk=4 * _MIB,
            gzip=False,
            swap=False,
            update_atomic=False,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
            note="updates need the access token (KG_PUSH_TOKEN); that MOVE is one step is not documented",
        ),
        Profile(
            "generic",
            "a SPARQL endpoint",
            "",
            "",
            None,
            chunk=1 * _MIB,
            chunk_triples=1000,
            update_triples=1000,
            update_bytes=1 * _MIB,
            gzip=False,
            swap=False,
            update_atomic=False,
            page=10_000,
            rewrites=(*_NUMBERS, "boolean", *_TIMES),
            note="nothing is known of it but that it answers SPARQL: what it can do is assumed to be little",
        ),
    )
}


def profile_of(name: str, version: str) -> Profile:
    """Return the profile of a product of which the header Server says the version; where it says none, what holds for any."""
    profile = PROFILES[name]
    found = re.search(r"/(\d+)\.(\d+)", version)
    if name == "oxigraph" and (found is None or (int(found[1]), int(found[2])) < (0, 5)):
        # Its bulk loader was not one step then.
        return replace(profile, whole_parameters="", whole=256 * _MIB)
    return profile
