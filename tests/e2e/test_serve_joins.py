"""Queries that need all rows of several properties: answered right by a worker that plans them, before an update and after it."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from tests.serving import kg_serve

_COUNT = 5000
_IRI = "<http://data.example/{}>"
_QUERY = """PREFIX d: <http://data.example/>
SELECT ?of (COUNT(?s) AS ?things) (SUM(?n) AS ?sum) (COUNT(?note) AS ?notes)
WHERE { ?s d:of ?of ; d:number ?n FILTER(?n >= 100) OPTIONAL { ?s d:note ?note } } GROUP BY ?of ORDER BY ?of"""


def test_groups_are_right_however_they_are_joined(tmp_path: Path) -> None:
    things: dict[str, tuple[str, int, bool]] = {
        str(number): (f"group{number % 3}", number, number % 5 == 0) for number in range(_COUNT)
    }
    options = ("--fronts", "1", "--workers", "1", "--cache", "0", "--writable", "--open")

    def written(name: str) -> str:
        group, number, noted = things[name]
        lines = [("of", _IRI.format(group)), ("number", number), *([("note", '"noted"')] if noted else [])]
        return "".join(f"{_IRI.format(name)} {_IRI.format(verb)} {value} .\n" for verb, value in lines)

    with kg_serve(tmp_path / "store", *options) as server:
        put = server.ask(
            f"{server.store}?default", "PUT", "".join(map(written, things)), {"Content-Type": "text/turtle"}
        )
        assert put.status in (201, 204)

        def check() -> None:
            wanted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
            for group, number, noted in things.values():
                if number >= 100:
                    counted = wanted[f"http://data.example/{group}"]
                    counted[:] = counted[0] + 1, counted[1] + number, counted[2] + noted
            answer = server.select(_QUERY)
            assert answer.status == 200, answer.text
            rows = json.loads(answer.body)["results"]["bindings"]
            found = [
                (row["of"]["value"], [int(row[name]["value"]) for name in ("things", "sum", "notes")]) for row in rows
            ]
            assert found == sorted(wanted.items())

        check()
        check()
        things["new"] = "group9", 100_000, True
        assert server.change(f"INSERT DATA {{ {written('new')} }}").status == 204
        check()
