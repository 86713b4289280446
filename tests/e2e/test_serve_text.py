"""Queries that look for text in many values: answered alike by a worker that has read the values and by one that has not, before an update and after it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.serving import kg_serve

_COUNT = 20_000
_QUERY = "SELECT ?s ?n {{ ?s <http://data.example/name> ?n FILTER(REGEX(STR(?n), '{}', 'i')) }}"


def test_text_is_found_in_whatever_way_it_is_looked_for(tmp_path: Path) -> None:
    names = {f"Model {number:05}, revised" for number in range(_COUNT)} | {"MODEL 00042 \\ “quoted” \u212a"}
    data = "".join(
        f'<http://data.example/{place}> <http://data.example/name> "{name.replace(chr(92), chr(92) * 2)}" .\n'
        for place, name in enumerate(sorted(names))
    )
    options = ("--fronts", "1", "--workers", "1", "--cache", "0", "--writable", "--open")
    with kg_serve(tmp_path / "store", *options) as server:
        put = server.ask(f"{server.store}?default", "PUT", data, {"Content-Type": "application/n-triples"})
        assert put.status in (201, 204)

        def found(words: str) -> list[str]:
            answer = server.select(_QUERY.format(words))
            assert answer.status == 200, answer.text
            return sorted(row["n"]["value"] for row in json.loads(answer.body)["results"]["bindings"])

        def check() -> None:
            # Enough of them to take as long as it takes before the values are read.
            for number in range(30, 90):
                words = f"model 000{number}"
                assert found(words) == sorted(name for name in names if words in name.lower())
            assert found("” k") == [name for name in names if "\u212a" in name]
            assert found("nothing of the kind") == []

        check()
        for name in ("Model 00050, again", "Model 00095"):
            added = server.change(f'INSERT DATA {{ <http://data.example/new> <http://data.example/name> "{name}" }}')
            assert added.status == 204
            names.add(name)
        check()
