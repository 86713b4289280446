"""The reconciliation service matches names to things, as OpenRefine asks (Reconciliation Service API 0.2)."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import kg_serve
from tests.shared import ROOT

NS = "https://kg.example/ns#"
TPU = "https://kg.example/id/accelerator/google-tpu-v5p"


@pytest.fixture(scope="module")
def service(release: Path) -> Iterator[str]:
    with kg_serve(release) as server:
        yield f"{server.url}reconcile"


def ask(address: str, form: dict[str, object] | None = None, status: int = 200) -> Any:
    data = None if form is None else urllib.parse.urlencode({k: json.dumps(v) for k, v in form.items()}).encode()
    try:
        answer = urllib.request.urlopen(urllib.request.Request(address, data), timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        found = json.load(answer)
    assert answer.status == status
    return found


def test_the_manifest_says_what_there_is_and_its_addresses_answer(service: str) -> None:
    manifest = ask(service)
    assert manifest["versions"] == ["0.2"]
    assert {each["id"] for each in manifest["defaultTypes"]} >= {f"{NS}ExtractedStatement"}
    view = manifest["view"]["url"].replace("{{id}}", urllib.parse.quote(TPU, safe=""))
    with urllib.request.urlopen(view, timeout=60) as page:
        assert page.status == 200
    suggest = manifest["suggest"]["entity"]
    found = ask(f"{suggest['service_url']}{suggest['service_path']}?prefix=TPU")["result"]
    assert TPU in {each["id"] for each in found}


def test_a_preview_is_a_small_page_that_may_be_framed(service: str) -> None:
    preview = ask(service)["preview"]
    assert (preview["width"], preview["height"]) == (480, 320)
    with urllib.request.urlopen(preview["url"].replace("{{id}}", urllib.parse.quote(TPU, safe="")), timeout=60) as page:
        html, policy = page.read().decode(), page.headers["Content-Security-Policy"]
        assert page.headers.get_content_type() == "text/html"
        assert "X-Frame-Options" not in page.headers
    assert policy == "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
    assert "<script" not in html
    assert "<style" not in html
    for words in ("TPU v5p", "Google", "95"):
        assert words in html
    assert len(html) < 5000
    with urllib.request.urlopen(f"{service.removesuffix('reconcile')}ns", timeout=60) as page:
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("id_", ["", "no iri", "https://kg.example/none", "javascript:alert(1)", "<b>"])
def test_what_is_not_known_has_no_preview(service: str, id_: str) -> None:
    for path in ("preview", "flyout"):
        assert ask(f"{service}/{path}?id={urllib.parse.quote(id_, safe='')}", status=404)["status"] == 404


def test_what_is_suggested_has_a_flyout(service: str) -> None:
    for kind, iri, words in (("entity", TPU, "Google"), ("type", f"{NS}Model", "odel"), ("property", f"{NS}level", "")):
        suggest = ask(service)["suggest"][kind]
        path = suggest["flyout_service_path"].replace("${id}", urllib.parse.quote(iri, safe=""))
        found = ask(f"{suggest['flyout_service_url']}{path}")
        assert found["id"] == iri
        assert words in found["html"]
        assert 'href="http' in found["html"]
        assert "<html" not in found["html"]


def test_a_batch_of_names_is_matched_by_get_and_by_post(service: str) -> None:
    queries = {"a": {"query": "TPU v5p"}, "b": {"query": "nothing is called so"}, "c": {"query": "TPU", "limit": 2}}
    found = ask(service, {"queries": queries})
    assert found == ask(f"{service}?queries={urllib.parse.quote(json.dumps(queries))}")
    best = found["a"]["result"][0]
    assert (best["id"], best["name"], best["match"]) == (TPU, "TPU v5p", True)
    assert f"{NS}TPU" in {each["id"] for each in best["type"]}
    assert found["b"]["result"] == []
    assert len(found["c"]["result"]) == 2
    assert not any(each["match"] for each in found["c"]["result"])


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ("TPU v5p", True),
        ("TPU-v5p", True),
        ("TPUv5p", True),
        ("TPU v 5 p", True),
        ("TUP v5p", False),
        ("TPU v5pp", False),
        ("TPV v5p", False),
    ],
)
def test_a_name_is_found_however_it_is_spelled_and_matched_where_it_is_the_same(
    service: str, asked: str, match: bool
) -> None:
    best = ask(service, {"queries": {"a": {"query": asked, "type": f"{NS}TPU"}}})["a"]["result"][0]
    assert (best["id"], best["match"]) == (TPU, match)
    assert best["score"] >= 98 if match else 50 < best["score"] < 98
    found = ask(f"{service}/suggest/entity?prefix={urllib.parse.quote(asked)}")["result"]
    assert TPU in {each["id"] for each in found[:3]}


def test_a_name_among_other_words_is_a_candidate_and_no_match(service: str) -> None:
    asked = {"query": "several pods of the TPU v5p in a data centre", "type": f"{NS}TPU"}
    best = ask(service, {"queries": {"a": asked}})["a"]["result"][0]
    assert (best["id"], best["match"]) == (TPU, False)
    assert 30 < best["score"] < 50
    one = {**asked, "properties": [{"pid": f"{NS}manufacturer", "v": "Google"}]}
    best = ask(service, {"queries": {"a": one}})["a"]["result"][0]
    assert (best["id"], best["match"]) == (TPU, False)


GOOGLE = "https://kg.example/id/organization/google"


@pytest.mark.parametrize(
    ("property_", "value", "match", "score"),
    [
        ("manufacturer", "Google", True, 100),
        ("manufacturer", "google", True, 100),
        ("manufacturer", GOOGLE, True, 100),
        ("manufacturer", {"id": GOOGLE, "name": "Google"}, True, 100),
        ("manufacturer", ["NVIDIA", "Google"], True, 100),
        ("manufacturer", "Gooogle", True, 100),
        ("manufacturer", "NVIDIA", False, 66.7),
        ("memorySize", 95, True, 100),
        ("memorySize", "95.0", True, 100),
        ("memorySize", 96, False, 66.7),
        ("nothing", "Google", True, 100),
        ("manufacturer", "", True, 100),
        ("no iri", "Google", True, 100),
    ],
)
def test_a_property_that_is_contradicted_lowers_the_score_and_forbids_a_match(
    service: str, property_: str, value: object, match: bool, score: float
) -> None:
    query = {"query": "TPU v5p", "properties": [{"pid": f"{NS}{property_}", "v": value}]}
    found = ask(service, {"queries": {"a": query}})["a"]["result"]
    best = next(each for each in found if each["id"] == TPU)
    assert (best["match"], best["score"]) == (match, score)


def test_a_property_that_agrees_raises_the_score(service: str) -> None:
    plain = {"query": "TPU v", "limit": 50}
    queries = {"a": plain, "b": {**plain, "properties": [{"pid": f"{NS}memorySize", "v": "95"}]}}
    answer = ask(service, {"queries": queries})
    before, after = ({each["id"]: each["score"] for each in answer[name]["result"]} for name in "ab")
    assert after[TPU] > before[TPU]
    assert answer["b"]["result"][0]["id"] == TPU
    assert [each["score"] for each in answer["b"]["result"]] == sorted(after.values(), reverse=True)


def test_a_type_narrows_what_is_found(service: str) -> None:
    queries = {"a": {"query": "TPU v5p", "type": f"{NS}Model"}, "b": {"query": "TPU v5p", "type": [f"{NS}TPU"]}}
    found = ask(service, {"queries": queries})
    assert found["a"]["result"] == []
    assert found["b"]["result"][0]["id"] == TPU


def test_types_and_properties_are_suggested(service: str) -> None:
    assert f"{NS}Model" in {each["id"] for each in ask(f"{service}/suggest/type?prefix=model")["result"]}
    assert f"{NS}manufacturer" in {each["id"] for each in ask(f"{service}/suggest/property?prefix=manuf")["result"]}
    asked = urllib.parse.quote(f"{NS}Accelerator", safe="")
    of_type = {each["id"] for each in ask(f"{service}/properties?type={asked}")["properties"]}
    assert f"{NS}manufacturer" in of_type
    assert f"{NS}parameterCount" not in of_type


@pytest.mark.parametrize(
    ("address", "list_", "usual"),
    [
        ("/suggest/entity?prefix=a", "result", 8),
        ("/suggest/type?prefix=e", "result", 10),
        ("/suggest/property?prefix=a", "result", 20),
        (f"/properties?type={urllib.parse.quote(f'{NS}Accelerator', safe='')}", "properties", 8),
    ],
)
def test_as_many_come_as_are_wanted(service: str, address: str, list_: str, usual: int) -> None:
    every = ask(f"{service}{address}")[list_]
    assert len(every) >= usual
    assert ask(f"{service}{address}&limit=2")[list_] == every[:2]
    assert ask(f"{service}{address}&limit=50")[list_][: len(every)] == every
    for none in ("0", "-1", "x", "", "²"):
        assert ask(f"{service}{address}&limit={urllib.parse.quote(none)}")[list_] == every
    assert len(ask(f"{service}{address}&limit=9999999")[list_]) <= 50


@pytest.mark.parametrize("none", ["", [], [""]])
def test_no_type_is_any(service: str, none: object) -> None:
    answer = ask(service, {"queries": {"a": {"query": "TPU v5p", "type": none}, "b": {"query": "TPU v5p"}}})
    assert answer["a"] == answer["b"]
    assert answer["a"]["result"][0]["id"] == TPU


@pytest.mark.parametrize("media", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_what_is_no_form_is_refused(service: str, media: str) -> None:
    body = json.dumps({"queries": {"a": {"query": "TPU v5p"}}}).encode()
    request = urllib.request.Request(service, body, {"content-type": media})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.status == 400
    assert "application/x-www-form-urlencoded" in json.load(refused.value)["detail"]


def test_a_batch_has_a_hundred_queries_at_most(service: str) -> None:
    queries = {f"q{number}": {"query": f"TPU v5p {number}"} for number in range(101)}
    assert "100" in ask(service, {"queries": queries}, status=400)["detail"]
    del queries["q100"]
    assert len(ask(service, {"queries": queries})) == 100


def test_values_of_properties_come_as_columns(service: str) -> None:
    asked = {"ids": [TPU, "no iri"], "properties": [{"id": f"{NS}manufacturer"}, {"id": f"{NS}memorySize"}]}
    found = ask(service, {"extend": asked})
    assert [each["id"] for each in found["meta"]] == [f"{NS}manufacturer", f"{NS}memorySize"]
    assert found["rows"][TPU] == {
        f"{NS}manufacturer": [{"id": "https://kg.example/id/organization/google", "name": "Google"}],
        f"{NS}memorySize": [{"int": 95}],
    }
    assert found["rows"]["no iri"] == {f"{NS}manufacturer": [], f"{NS}memorySize": []}


@pytest.mark.parametrize(
    "form",
    [
        {"queries": []},
        {"queries": {"a": 1}},
        {"queries": {"a": {"query": "x", "properties": "y"}}},
        {"queries": {"a": {"query": "x", "properties": [{"v": "y"}]}}},
        {"extend": {"ids": 1}},
    ],
)
def test_what_is_no_request_is_refused(service: str, form: dict[str, object]) -> None:
    assert ask(service, form, status=400)["status"] == 400


ODD = """
@prefix : <https://kg.example/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://kg.example/id/a> a :Model ; rdfs:label "Alpha" ;
  :n 7, 7000000000, 9007199254740993 ; :d 1.5 ; :f 2e3 ; :b true, "maybe"^^xsd:boolean ; :t "2024-05-01"^^xsd:date, "2024-02-30"^^xsd:date ; :x <https://kg.example/id/b>, [] .
<https://kg.example/id/b> a :Model ; rdfs:label "Beta, \\"quoted\\" \\u0001 é" .
"""


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the command that drives the classes of OpenRefine; the test is skipped where Java, Maven or the network is missing."""
    if not (shutil.which("mvn") and shutil.which("java")):
        pytest.skip("Maven or Java is not installed")
    here, folder = ROOT / "tests" / "e2e" / "openrefine", tmp_path_factory.mktemp("openrefine")
    shutil.copy(here / "pom.xml", folder)
    copy = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}"]
    copied = subprocess.run(copy, cwd=folder, capture_output=True, text=True, check=False)
    if copied.returncode != 0:
        pytest.skip(f"Maven cannot have OpenRefine: {copied.stdout[-300:]}")
    return ["java", "-cp", f"{folder / 'lib'}/*", str(here / "Reconcile.java")]


def refined(command: list[str], service: str, type_: str, properties: str, *names: str) -> Any:
    done = subprocess.run([*command, service, type_, properties, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_openrefine_guesses_matches_and_adds_columns(service: str, openrefine: list[str]) -> None:
    properties = f"{NS}manufacturer {NS}memorySize {NS}nothing"
    found = refined(openrefine, service, f"{NS}TPU", properties, "TPU v5p", "tpu v5p ", "TPU", "nothing is called so")
    assert found["guessed"][0]["id"] == f"{NS}Accelerator"
    assert [each["j"] for each in found["matched"]] == ["matched", "matched", "none", "none"]
    assert {each["m"]["id"] for each in found["matched"][:2]} == {TPU}
    assert TPU in {each["id"] for each in found["matched"][2]["c"]}
    assert found["matched"][3]["c"] == []
    assert found["columns"][:2] == ["manufacturer", "memorySize"]
    ((google, size, nothing),) = found["rows"][TPU]
    assert (google["id"], google["name"]) == ("https://kg.example/id/organization/google", "Google")
    assert (size, nothing) == (95, None)
    other = refined(openrefine, service, f"{NS}Model", properties, "TPU v5p")
    assert other["matched"][0]["j"] == "none"


@pytest.mark.slow
def test_openrefine_reads_values_as_they_are_meant(tmp_path: Path, openrefine: list[str]) -> None:
    (tmp_path / "odd.ttl").write_text(ODD, encoding="utf-8")
    with kg_serve(tmp_path / "odd.ttl") as server:
        properties = " ".join(f"{NS}{name}" for name in "ndfbtx")
        service = f"{server.url}reconcile"
        found = refined(openrefine, service, f"{NS}Model", properties, "Alpha", 'Beta, "quoted" \x01 é')
    assert [each["j"] for each in found["matched"]] == ["matched", "matched"]
    columns = list(zip(*found["rows"]["https://kg.example/id/a"], strict=True))
    wanted = [
        {7, 7_000_000_000, "9007199254740993"},
        {1.5},
        {2000},
        {True, "maybe"},
        {"2024-05-01T00:00:00Z", "2024-02-30"},
    ]
    assert [set(column) - {None} for column in columns[:5]] == wanted
    assert [each["id"] for each in columns[5] if each] == ["https://kg.example/id/b"]
