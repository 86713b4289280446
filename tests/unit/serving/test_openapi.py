"""The description of the server is whole: it has what the documentation tells, and all that it refers to."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kg.serving
from kg.pages.addresses import RESERVED
from kg.serving.openapi import openapi
from tests.shared import ROOT

DOCUMENT: dict[str, Any] = json.loads(openapi())
PATHS: dict[str, dict[str, Any]] = DOCUMENT["paths"]
OPERATIONS = [(path, method, operation) for path, item in PATHS.items() for method, operation in item.items()]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects of a document."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(part)


def told() -> dict[str, list[str]]:
    """Return the methods by the addresses that the documentation tells of."""
    rows = re.findall(
        r"^\| (`/.*?|any other) \| .* \| ([A-Z, ]+) \|$",
        (ROOT / "docs/reference/server.md").read_text("utf-8"),
        re.MULTILINE,
    )
    addresses = ((name, methods) for names, methods in rows for name in re.findall(r"`(/[^`?]*)|(any other)", names))
    return {name[0] or "/…": methods.split(", ") for name, methods in addresses}


def test_it_has_what_the_documentation_tells() -> None:
    assert len(told()) > 20
    for name, methods in told().items():
        found = [path for path in PATHS if path == name or ("…" in name and path.startswith(name.replace("…", "{")))]
        assert found, name
        assert {method.lower() for method in methods} <= {method for path in found for method in PATHS[path]}, name
        # HEAD wherever GET is, and OPTIONS everywhere.
        assert all({"get", "head", "options"} <= set(PATHS[path]) for path in found)


def test_every_path_of_the_site_itself_is_in_it() -> None:
    first = {path.split("/")[1] for path in PATHS}
    # There is no such picture; no thing shall be taken for it.
    assert RESERVED - first == {"favicon.ico"}


def test_what_may_be_a_thing_may_lead_to_its_document() -> None:
    for path in ("/", "/{path}", "/resource"):
        assert {"200", "303"} <= set(PATHS[path]["get"]["responses"])


def test_every_error_that_the_server_tells_is_in_it() -> None:
    sources = Path(kg.serving.__file__).parent.glob("*.py")
    raised = {int(status) for path in sources for status in re.findall(r"Problem\(\s*(\d{3})", path.read_text("utf-8"))}
    assert len(raised) > 10
    answers = {int(status) for _, _, operation in OPERATIONS for status in operation["responses"]}
    assert raised <= answers


def test_what_it_refers_to_is_there_and_used() -> None:
    used = {node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node}
    there = {
        f"#/components/{kind}/{name}"
        for kind, found in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in found
    }
    assert used == there


def test_operations_have_names_of_their_own_and_the_parameters_of_their_paths() -> None:
    assert max(Counter(operation["operationId"] for _, _, operation in OPERATIONS).values()) == 1
    for path, method, operation in OPERATIONS:
        given = [each["name"] for each in operation.get("parameters", ()) if each.get("in") == "path"]
        assert given == re.findall(r"\{(\w+)\}", path), (method, path)


@pytest.mark.parametrize("status", ["400", "408", "414", "429", "431", "503"])
def test_any_request_may_be_refused(status: str) -> None:
    assert all(status in operation["responses"] for _, _, operation in OPERATIONS)
