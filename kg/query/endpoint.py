"""Asks a SPARQL endpoint of somebody else."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query.results import render

_ACCEPT = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "table": "application/sparql-results+json, text/turtle;q=0.5",
}
_TIMEOUT = 60


def ask_endpoint(url: str, query: str, format_: str, prefixes: dict[str, str]) -> bytes:
    """Send a query by POST and return what comes back; a table is made here of JSON. QueryError where the endpoint refuses or cannot be reached."""
    data = urllib.parse.urlencode({"query": query}).encode()
    headers = {"Accept": _ACCEPT[format_], "Content-Type": "application/x-www-form-urlencoded"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=_TIMEOUT) as response:
            body: bytes = response.read()
            kind = response.headers.get_content_type()
    except urllib.error.HTTPError as error:
        with error:
            detail = error.read(500).decode("utf-8", "replace").strip()
        raise QueryError(
            "KG512", f"the endpoint answered {error.code} {error.reason}{': ' + detail if detail else ''}", where=url
        ) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise QueryError(
            "KG512",
            f"the endpoint cannot be reached: {' '.join(str(getattr(error, 'reason', error)).split()) or type(error).__name__}",
            where=url,
            advice="check the address",
        ) from error
    if format_ != "table" or kind != "application/sparql-results+json":
        return body
    try:
        return render(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON), "table", prefixes)
    except (SyntaxError, ValueError) as error:
        what = f"the endpoint answered what are no SPARQL results: {error}"
        raise QueryError("KG512", what, where=url, advice="--format json shows the answer as it is") from error
