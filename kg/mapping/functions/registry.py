"""All functions that mappings can call without more, and those that they cannot, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from kg.mapping.functions import grel, idlab
from kg.mapping.functions.grel import GREL
from kg.mapping.functions.idlab import IDLAB
from kg.mapping.functions.own import OWN
from kg.mapping.functions.signature import Function, Functions

_RANDOM = "its result is another one at every run"
_STATE = "it keeps a state between runs"
REFUSED = MappingProxyType(
    {grel.NAMESPACE + name: _RANDOM for name in ("date_now", "math_randomNumber")}
    | {idlab.NAMESPACE + "random": _RANDOM}
    | {
        idlab.NAMESPACE + name: _STATE
        for name in (
            "createUniqueIRI",
            "explicitCreate",
            "explicitDelete",
            "explicitUpdate",
            "generateUniqueIRI",
            "implicitCreate",
            "implicitDelete",
            "implicitUpdate",
            "updateUniqueIRI",
        )
    }
    | {
        idlab.NAMESPACE + "readFile": "it reads any file of this machine",
        idlab.NAMESPACE + "dbpediaSpotlight": "it sends data over the network",
    }
)


def by_iri(functions: Iterable[Function]) -> Functions:
    """Return functions by each of their IRIs; of those with one IRI, the last counts."""
    return MappingProxyType({iri: each for each in functions for iri in (each.iri, *each.also)})


FUNCTIONS: Functions = by_iri((*OWN, *GREL, *IDLAB))
