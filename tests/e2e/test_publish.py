"""`kg publish` as a user meets it: the files of a site, and how real web servers serve them."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import zstandard

from kg.publishing.redirects import accepted
from kg.serving.negotiation import choose
from tests.e2e.conftest import kg
from tests.serving import Answer, Server
from tests.shared import ROOT
from tests.static_site import broken, files
from tests.web_servers import apache, nginx

HTML, TURTLE, JSON = "text/html", "text/turtle", "application/ld+json"
MEDIA = {".html": HTML, ".ttl": TURTLE, ".jsonld": JSON}
ACCEPTS = (
    *("", "*/*", HTML, TURTLE, JSON, "text/*", "application/*", f"{HTML}, {TURTLE}", f"{TURTLE}, {HTML}"),
    *(f"{TURTLE};q=0.5, {HTML}", f"{HTML};q=0.5, {TURTLE}", f"{HTML};q=0.9,{TURTLE};q=1.0,*/*;q=0.1"),
    *("*/*;q=0.1, application/ld+json", "text/*;q=0.3, text/html;q=0.7, text/turtle;q=0.4, */*;q=0.5"),
    *("TEXT/TURTLE", "text/turtle ; q=0.7 , text/html ; q=0.3", f"{TURTLE};charset=utf-8;q=0.9, {HTML};q=0.8"),
    *("application/n-triples", "image/png", f"{HTML};q=0", f"{HTML};q=0, {TURTLE}", f"{HTML};q=0, */*;q=0.01"),
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    *("text/turtles", "xtext/turtle", f"{TURTLE};q=1;x=y, {HTML}", f"{TURTLE};q=0.001"),
)
MODEL = "/id/model/"


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is served: its folder, and the path at which it stands."""

    server: Server
    folder: Path
    root: str

    def ask(self, path: str, accept: str | None = None, method: str = "GET") -> Answer:
        headers = {"Accept": accept} if accept is not None else {}
        return self.server.ask(self.root.rstrip("/") + path, method, headers=headers)

    def things(self, below: str) -> list[str]:
        """Return the paths of the things below a path."""
        found = sorted(path.stem for path in (self.folder / below.strip("/")).glob("*.html"))
        assert found, below
        return [f"{below}{name}" for name in found]


def publish(target: Path, folder: Path, *options: str | Path) -> str:
    """Publish, and return what the command says."""
    done = kg("publish", target, "-o", folder, *options)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    return done.stderr.decode()


@pytest.fixture(scope="module")
def folder(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of the seeds, for the top of a host."""
    place = tmp_path_factory.mktemp("site") / "site"
    publish(release, place)
    return place


@pytest.fixture(scope="module")
def project(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the top of a host that has a site of the seeds at /project/."""
    place = tmp_path_factory.mktemp("top")
    publish(release, place / "project", "--url", "https://someone.example/project/")
    return place


@pytest.fixture(scope="module", params=["nginx", "nginx below a path", "apache", "apache below a path"])
def site(request: pytest.FixtureRequest, folder: Path, project: Path) -> Iterator[Site]:
    """Serve a site."""
    serve: Callable[[Path, Path], AbstractContextManager[Server]] = (
        nginx if request.param.startswith("nginx") else apache
    )
    below = "below" in request.param
    top, place = (project, project / "project") if below else (folder, folder)
    with serve(top, place) as server:
        yield Site(server, place, "/project/" if below else "/")


def test_every_link_of_every_page_leads_to_a_file(folder: Path, project: Path) -> None:
    for place, root in ((folder, "/"), (project / "project", "/project/")):
        wrong, unlinked = broken(place, root)
        assert wrong == []
        assert unlinked == {"404.html"}
    assert len(files(folder)) > 1000


def test_a_thing_leads_to_its_document_in_the_form_that_is_liked_most(site: Site) -> None:
    path = site.things(MODEL)[0]
    for accept in ACCEPTS:
        answer = site.ask(path, accept)
        liked = choose(accept, (HTML, TURTLE, JSON))
        if liked is None:
            assert answer.status == 406, accept
            continue
        assert answer.status == 303, accept
        assert "accept" in answer.headers["Vary"].lower()
        (suffix,) = [suffix for suffix, media in MEDIA.items() if media == liked]
        assert (
            answer.headers["Location"].removeprefix(site.server.url.rstrip("/"))
            == f"{site.root.rstrip('/')}{path}{suffix}"
        ), accept
        document = site.server.ask(answer.headers["Location"].removeprefix(site.server.url.rstrip("/")))
        assert (document.status, document.media) == (200, liked)
    # No header at all likes all the same.
    assert site.ask(path).headers["Location"].endswith(".html")


def test_all_things_of_the_graph_lead_to_data_that_are_about_them(site: Site) -> None:
    for path in itertools.islice(
        (each for kind in ("model", "country", "passage", "run") for each in site.things(f"/id/{kind}/")), 30
    ):
        answer = site.ask(path, TURTLE)
        assert (answer.status, answer.headers["Location"].rpartition(".")[2]) == (303, "ttl"), path
        said = {}
        for suffix in (".ttl", ".jsonld"):
            document = site.ask(f"{path}{suffix}")
            assert (document.status, document.media) == (200, MEDIA[suffix])
            format_ = ox.RdfFormat.from_media_type(MEDIA[suffix])
            said[suffix] = {quad.triple for quad in ox.parse(document.body, format=format_)}
        assert said[".ttl"] == said[".jsonld"]
        assert any(str(triple.subject) == f"<https://kg.example{path}>" for triple in said[".ttl"])


def test_a_document_of_hash_iris_is_sent_at_its_own_address(site: Site) -> None:
    for accept, media in ((TURTLE, TURTLE), (JSON, JSON), (HTML, HTML), ("*/*", HTML)):
        answer = site.ask("/ns", accept)
        (suffix,) = [suffix for suffix, each in MEDIA.items() if each == media]
        assert (answer.status, answer.media) == (200, media)
        assert answer.headers["Content-Location"] == f"{site.root.rstrip('/')}/ns{suffix}"
        assert "accept" in answer.headers["Vary"].lower()
        assert answer.body == site.ask(f"/ns{suffix}").body


def test_files_come_with_their_media_types(site: Site) -> None:
    version = next((site.folder / "release").glob("*.html")).stem
    wanted = {
        "/": HTML,
        "/search.html": HTML,
        "/static/site.css": "text/css",
        "/static/site.js": "text/javascript",
        "/static/icon.svg": "image/svg+xml",
        "/search/index.json": "application/json",
        "/sitemap.xml": "application/xml",
        "/robots.txt": "text/plain",
        "/void.ttl": TURTLE,
        "/void.jsonld": JSON,
        f"/release/{version}/graph.nq.zst": "application/zstd",
        f"/release/{version}/graph.ttl": TURTLE,
    }
    for path, media in wanted.items():
        answer = site.ask(path)
        assert (answer.status, answer.media) == (200, media), path
        assert answer.body
        if media in (HTML, TURTLE):
            assert "utf-8" in answer.headers["Content-Type"].lower(), path


def test_the_data_set_and_its_releases_are_found_at_their_iris(site: Site) -> None:
    answer = site.ask("/id/void", TURTLE)
    assert (answer.status, answer.headers["Location"].rpartition("/")[2]) == (303, "void.ttl")
    version = next((site.folder / "release").glob("*.html")).stem
    answer = site.ask(f"/release/{version}", TURTLE)
    assert (answer.status, answer.headers["Location"].rpartition("/")[2]) == (303, f"{version}.ttl")


def test_what_is_not_there_is_not_found(site: Site) -> None:
    for path in (
        "/id/model/none",
        "/id",
        "/id/model/",
        "/none.html",
        "/.kg-site",
        "/id/model/%2e%2e/none",
        "/id/model/a%00b",
    ):
        for accept in (HTML, TURTLE, "image/png"):
            answer = site.ask(path, accept)
            assert answer.status in (404, 400, 403), path
    assert b"There is nothing here" in site.ask("/id/model/none", HTML).body


def test_no_path_leads_to_another_host(site: Site) -> None:
    path = site.things(MODEL)[0]
    for sent in (
        f"/{path}",
        f"/{path}?x=//evil.example",
        f"//evil.example{path}",
        f"{path}%0d%0aX-Evil:%201",
        f"{path}?a%0d%0ab",
        f"/\\evil.example{path}",
    ):
        answer = site.server.ask(sent, headers={"Accept": TURTLE})
        place = answer.headers.get("Location", "")
        assert not place.startswith(("//", "/\\")), sent
        assert "evil" not in place.partition("?")[0].removeprefix(site.server.url).partition("/")[0], sent
        assert "X-Evil" not in answer.headers


def test_the_rules_choose_as_the_server_does() -> None:
    import re

    rules = [(re.compile(pattern, re.IGNORECASE), suffix) for pattern, suffix in accepted()]
    for accept in ACCEPTS:
        found = next((suffix for rule, suffix in rules if rule.search(accept)), None)
        assert (MEDIA[found] if found else None) == choose(accept, (HTML, TURTLE, JSON)), accept


def state(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return what is in a folder: the time, the size and the digest of each file."""
    found = {}
    for name in files(folder):
        stat = (folder / name).stat()
        found[name] = (stat.st_mtime_ns, stat.st_ino, hashlib.sha256((folder / name).read_bytes()).hexdigest())
    return found


def contents(folder: Path) -> dict[str, str]:
    """Return the digests of the files of a folder."""
    return {name: each[2] for name, each in state(folder).items()}


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Return a small graph in Turtle."""
    lines = ["@prefix kg: <https://kg.example/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."]
    lines += [
        f'<https://kg.example/id/model/m{n}> a kg:Model ; rdfs:label "Model {n}" ; kg:country <https://kg.example/id/country/c{n % 3}> .'
        for n in range(40)
    ]
    file = tmp_path / "graph.ttl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_the_same_again_writes_nothing(graph: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    publish(graph, place)
    before = state(place)
    assert " 0 written, 0 removed" in publish(graph, place)
    assert state(place) == before
    # Another number of processes, and a file that somebody has damaged: only that one is written.
    (place / "id/model/m1.html").write_text("damaged")
    assert " 1 written, 0 removed" in publish(graph, place, "--jobs", "3", "--title", "graph")
    assert contents(place) == {
        **{name: each[2] for name, each in before.items()},
        ".kg-site": contents(place)[".kg-site"],
    }


def test_only_what_changed_is_written_and_what_went_is_removed(graph: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    publish(graph, place, "--release", "1")
    before = state(place)
    text = graph.read_text("utf-8")
    changed = text.replace('"Model 7"', '"Model Seven"').replace(
        "<https://kg.example/id/model/m9> a", "<https://kg.example/id/model/m9b> a"
    )
    graph.write_text(changed, encoding="utf-8")
    publish(graph, place, "--release", "2")
    after = state(place)
    gone = {name for name in before if name not in after and name.startswith("id/")}
    assert gone == {f"id/model/m9.{suffix}" for suffix in ("html", "ttl", "jsonld")}
    rewritten = {
        name for name in after if name in before and after[name] != before[name] and name.startswith("id/model/")
    }
    assert rewritten == {f"id/model/m7.{suffix}" for suffix in ("html", "ttl", "jsonld")}
    assert broken(place)[0] == []
    # What a first run makes of the same is the same.
    fresh = tmp_path / "fresh"
    publish(graph, fresh, "--release", "2")
    same = contents(place)
    assert {name: digest for name, digest in contents(fresh).items() if name.startswith("id/")} == {
        name: digest for name, digest in same.items() if name.startswith("id/")
    }


def made_of_the_seeds(release: Path, folder: Path) -> tuple[Path, str]:
    """Return a file for a graph, and the graph of a release as N-Quads."""
    folder.mkdir()
    packed = (release / "graph.nq.zst").read_bytes()
    return folder / "graph.nq", zstandard.ZstdDecompressor().decompressobj().decompress(packed).decode()


@pytest.mark.parametrize("most", [300_000, 400])
@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("a name", lambda text: text.replace('"China"', '"Zhongguo"')),
        ("a thing is gone", lambda text: re.sub(r"(?m)^<[^>]*/id/country/CHN> .*\n", "", text)),
        ("a thing is renamed", lambda text: text.replace("/id/country/CHN>", "/id/country/CH2>")),
        (
            "a class has one more",
            lambda text: re.sub(r"(?m)^(<[^>]*/id/country/)CHN(> .*)$", r"\1CHN\2\n\1XXX\2", text),
        ),
    ],
)
def test_a_changed_graph_gives_what_a_first_run_gives(
    what: str, change: Callable[[str], str], most: int, release: Path, tmp_path: Path
) -> None:
    graph, text = made_of_the_seeds(release, tmp_path / "graph")
    changed = change(text)
    assert changed != text, what
    graph.write_text(text, "utf-8")
    publish(graph, tmp_path / "site", "--files", str(most))
    graph.write_text(changed, "utf-8")
    publish(graph, tmp_path / "site", "--files", str(most))
    publish(graph, tmp_path / "fresh", "--files", str(most))
    # A site knows the releases before, too.
    found, fresh = (
        {
            name: each
            for name, each in contents(tmp_path / name).items()
            if not name.startswith((".kg-site", "release", "void."))
        }
        for name in ("site", "fresh")
    )
    assert len(fresh) > 100
    assert found == fresh


def test_documents_that_a_change_does_not_touch_are_not_made_again(release: Path, tmp_path: Path) -> None:
    graph, text = made_of_the_seeds(release, tmp_path / "graph")
    site = tmp_path / "site"
    graph.write_text(text, "utf-8")
    publish(graph, site)
    # Of the same size, so that only one who made it again would see.
    untouched = next(path for path in sorted(site.glob("id/benchmark/*.html")))
    marked = untouched.read_bytes().replace(b"<body>", b"<BODY>")
    untouched.write_bytes(marked)
    graph.write_text(text.replace('"China"', '"Zhongguo"'), "utf-8")
    publish(graph, site)
    assert untouched.read_bytes() == marked
    # Where the record does not fit the manifest, nothing is taken on trust.
    with (site / ".kg-site.seen").open("ab") as record:
        record.write(b"\n")
    graph.write_text(text, "utf-8")
    publish(graph, site)
    assert untouched.read_bytes() != marked


def test_files_of_others_stay_and_are_not_replaced(graph: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    place.mkdir()
    (place / "CNAME").write_text("data.example.org\n")
    (place / "id").mkdir()
    (place / "id/notes.txt").write_text("mine")
    publish(graph, place)
    graph.write_text(
        graph.read_text("utf-8").partition("\n")[0] + "\n<https://kg.example/other> a <https://kg.example/ns#Model> .",
        "utf-8",
    )
    publish(graph, place)
    assert not (place / "id/model").exists()
    assert ((place / "CNAME").read_text(), (place / "id/notes.txt").read_text()) == ("data.example.org\n", "mine")
    (place / "other").mkdir()
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "index.html").write_text("mine")
    done = kg("publish", graph, "-o", theirs)
    assert done.returncode == 3
    assert b"[KG651]" in done.stderr
    assert (theirs / "index.html").read_text() == "mine"


def test_a_process_that_meets_a_file_of_another_says_so(release: Path, tmp_path: Path) -> None:
    # So many things are made by more than one process.
    theirs = tmp_path / "site" / "id" / "model"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    done = kg("publish", release, "-o", tmp_path / "site", "--jobs", "2")
    assert done.returncode == 3
    assert b"[KG651]" in done.stderr
    assert b"Traceback" not in done.stderr
    assert theirs.read_text() == "theirs"


def test_the_number_of_processes_changes_nothing(release: Path, folder: Path, tmp_path: Path) -> None:
    publish(release, tmp_path / "one", "--jobs", "1")
    assert files(tmp_path / "one") == files(folder)
    assert all((tmp_path / "one" / name).read_bytes() == (folder / name).read_bytes() for name in files(folder))


def test_nothing_is_written_into_a_release(release: Path) -> None:
    before = {path.name for path in release.iterdir()}
    done = kg("publish", release, "-o", release)
    assert (done.returncode, b"KG651" in done.stderr) == (3, True)
    assert {path.name for path in release.iterdir()} == before


def test_title_and_licence_are_those_of_the_release(tmp_path: Path) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    (tmp_path / "a.txt").write_text("Orion-7B was trained on 64 A100 GPUs for 12 days.", encoding="utf-8")
    options = ("--title", "Our <models>", "--license", licence)
    assert kg("build", tmp_path / "a.txt", "-o", tmp_path / "build", *options).returncode == 0
    assert kg("publish", tmp_path / "build", "-o", tmp_path / "site").returncode == 0
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "Our &lt;models&gt;" in home
    assert f'href="{licence}"' in home


def test_nothing_is_written_through_a_link(graph: Path, tmp_path: Path) -> None:
    place, outside = tmp_path / "site", tmp_path / "outside"
    place.mkdir()
    outside.mkdir()
    (place / "id").symlink_to(outside)
    done = kg("publish", graph, "-o", place)
    assert done.returncode == 3
    assert b"[KG651]" in done.stderr
    assert files(outside) == set()
    # A manifest that somebody changed removes nothing outside, neither by its name nor through a link.
    (place / "id").unlink()
    publish(graph, place)
    (outside / "file").write_text("theirs")
    (place / "link").symlink_to(outside)
    with (place / ".kg-site").open("a") as manifest:
        manifest.write(f"{'0' * 64} 6 ../outside/file\n{'0' * 64} 6 link/file\n{'0' * 64} 6 {outside}/file\n")
    publish(graph, place)
    assert (outside / "file").read_text() == "theirs"


def test_a_killed_run_leaves_whole_files_and_the_next_one_finishes_its_work(release: Path, tmp_path: Path) -> None:
    place, whole = tmp_path / "site", tmp_path / "whole"
    publish(release, whole, "--title", "site")
    wanted = contents(whole)
    command = [
        sys.executable,
        "-c",
        "from kg.cli import main; main()",
        "publish",
        str(release),
        "-o",
        str(place),
        "--title",
        "site",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for turn in range(2):
        process = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
        while len(files(place)) < 200 + 300 * turn and process.poll() is None:
            time.sleep(0.02)
        assert process.poll() is None, "the run was over before it was killed"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        left = {name: digest for name, digest in contents(place).items() if not name.startswith(".kg-site")}
        assert left
        assert {name: digest for name, digest in left.items() if wanted.get(name) != digest} == {}
    publish(release, place, "--title", "site")
    assert contents(place) == wanted


def are_running(group: int) -> bool:
    """Say whether any process of a group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_no_process_outlives_a_run_that_was_killed(release: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from kg.cli import main; main()", "publish", str(release)]
    command += ["-o", str(tmp_path / "site"), "--jobs", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        while len(files(tmp_path / "site")) < 200 and process.poll() is None:
            time.sleep(0.02)
        assert process.poll() is None, "the run was over before it was killed"
        process.kill()
        process.wait()
        end = time.monotonic() + 30
        while are_running(process.pid) and time.monotonic() < end:
            time.sleep(0.1)
        assert not are_running(process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_one_who_stops_it_is_told_what_is_there(release: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from kg.cli import main; main()", "publish", release, "-o", tmp_path / "site"],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    while not (tmp_path / "site" / "id").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert (process.returncode, "KG657" in said, "Traceback" in said) == (3, True, False), said
    publish(release, tmp_path / "site")


def test_two_runs_at_once_do_not_meet(graph: Path, tmp_path: Path) -> None:
    import fcntl

    place = tmp_path / "site"
    publish(graph, place)
    held = os.open(place, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    done = kg("publish", graph, "-o", place)
    os.close(held)
    assert done.returncode == 3
    assert b"[KG652]" in done.stderr


def test_names_that_no_file_can_have_are_published_all_the_same(tmp_path: Path) -> None:
    base = "https://kg.example/"
    odd = [
        *(
            "id/Case",
            "id/case",
            "id/CASE",
            f"id/{'long' * 80}",
            "id/a%2Fb",
            "id/a%2e%2e%2fb",
            "id/%00nul",
            "id/con",
            "id/.hidden",
            ".git/config",
        ),
        *(
            "id/x.html/y",
            "id/x",
            "id/x.ttl",
            "id/a//b",
            "id/trailing/",
            "index",
            "404",
            "Static/site.css",
            "static/site.css",
            "id/e\u0301",
            "id/\u00e9",
        ),
        *(
            "id/a?b=c",
            "id/'quote'",
            "id/sp%20ace",
            "id/~user",
            "id/-dash",
            "id/ends.",
            ".kg-site",
            "redirects/nginx-http.conf",
            "id/../../up",
            "id/a:b",
            "id/a&b;c",
        ),
        *(
            "",
            "..",
            "id/%5C..%5Cup",
            "id/NUL.txt",
            "search/index.json",
            "id/日本",
            "id/\u0130",
            "class/kg-Model",
            "release/1",
            "void",
        ),
    ]
    file = tmp_path / "odd.nt"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    file.write_text("".join(f'<{base}{name}> {label} "thing {n}" .\n' for n, name in enumerate(odd)), encoding="utf-8")
    place = tmp_path / "top" / "site"
    publish(file, place, "--base", base)
    assert broken(place)[0] == []
    there = files(place)
    assert {name.casefold(): name for name in there} == {
        name.casefold(): name for name in {n.casefold(): n for n in there}.values()
    }
    assert len({name.casefold() for name in there}) == len(there)
    assert files(tmp_path) == {"odd.nt", *(f"top/site/{name}" for name in there)}
    titles = {}
    for name in there:
        if name.endswith(".html"):
            html = (place / name).read_text("utf-8")
            for n in range(len(odd)):
                if f"<h1><bdi>thing {n}</bdi></h1>" in html:
                    titles[n] = name
    assert sorted(titles) == list(range(len(odd)))
    assert titles[odd.index("id/-dash")] == "id/-dash.html"
    for n, name in titles.items():
        said = ox.parse(path=str(place / name.replace(".html", ".ttl")), format=ox.RdfFormat.TURTLE)
        assert f"<{base}{odd[n]}>" in {str(quad.subject) for quad in said}
    with nginx(place, place) as server:
        for n in (odd.index("id/Case"), odd.index("id/case"), odd.index("id/a&b;c"), odd.index("id/x.html/y")):
            answer = server.ask(f"/{odd[n]}", headers={"Accept": HTML})
            assert answer.status == 303, odd[n]
            page = server.ask(answer.headers["Location"].removeprefix(server.url.rstrip("/")))
            assert f"thing {n}<" in page.text


def test_a_page_of_a_static_site_has_nothing_that_needs_a_server(folder: Path) -> None:
    pages = [
        (folder / name).read_text("utf-8") for name in files(folder) if name.endswith(".html") and "report" not in name
    ]
    assert len(pages) > 400
    for page in pages:
        for part in ("/sparql", "data-suggest", "?f=", "?sort=", "/query", 'class="facets"'):
            assert part not in page
        assert 'http-equiv="Content-Security-Policy"' in page


@pytest.fixture(scope="module")
def bundled(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the top of a host that has a site of the seeds at /project/, in which evidence shares files, and the things of the world have their own."""
    top = tmp_path_factory.mktemp("bundled")
    publish(release, top / "project", "--url", "https://someone.example/project/", "--files", "1250")
    return top


def of_things(folder: Path) -> list[str]:
    """Return the files of things, without those of long lists."""
    return [name for name in files(folder) if name.startswith(("id/", "bundle/", "resource/")) and name[9:12] != "in/"]


def described(file: Path) -> set[str]:
    """Return the triples of a file without those about the file itself, and without blank nodes, whose names hold in one file alone."""
    found = {str(quad.triple) for quad in ox.parse(path=str(file))}
    return {each for each in found if "_:" not in each and ".html> " not in each}


@pytest.mark.parametrize("most", [100, 600, 1250])
def test_things_share_files_where_there_would_be_too_many(
    most: int, release: Path, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "site"
    publish(release, place, "--files", str(most))
    assert len(of_things(folder)) > 1250
    assert 60 < len(of_things(place)) <= most
    assert broken(place) == ([], {"404.html"})
    assert (place / "id/model").is_dir() == (most == 1250)
    assert not (place / "id/statement").exists()
    pages = list((place / "bundle").glob("*.html"))
    shown = set()
    for page in pages:
        html = page.read_text("utf-8")
        ids = re.findall(r"\bid=\"([^\"]*)\"", html)
        assert len(set(ids)) == len(ids), page
        assert html.count("<h1") == 1
        shown |= set(ids)
        said = {quad.triple for quad in ox.parse(path=str(page.with_suffix(".ttl")))}
        assert said == {quad.triple for quad in ox.parse(path=str(page.with_suffix(".jsonld")))}
        for each in ids:
            if each.startswith("id/") and "#" not in each:
                assert described(folder / f"{each}.ttl") <= {str(triple) for triple in said}, each
    # Nothing got lost.
    plain = {name.removesuffix(".html") for name in files(folder) if name.startswith("id/") and name.endswith(".html")}
    own = {name.removesuffix(".html") for name in files(place) if name.startswith("id/") and name.endswith(".html")}
    assert {each for each in shown if each.startswith("id/") and "#" not in each} | own == plain
    before = state(place)
    assert " 0 written, 0 removed" in publish(release, place, "--files", str(most))
    assert state(place) == before


@pytest.mark.parametrize("serve", [nginx, apache])
def test_a_thing_that_shares_files_leads_to_them(
    serve: Callable[[Path, Path], AbstractContextManager[Server]], bundled: Path
) -> None:
    place = bundled / "project"
    sections = {
        each: page
        for page in (place / "bundle").glob("*.html")
        for each in re.findall(r"<div id=\"([^\"]*)\" class=\"bundled\"", page.read_text("utf-8"))
        if each.startswith("id/")
    }
    assert len(sections) > 200
    with serve(bundled, place) as server:
        for iri, page in sorted(sections.items())[::10]:
            for accept, suffix in ((HTML, ".html"), (TURTLE, ".ttl"), (JSON, ".jsonld")):
                answer = server.ask(f"/project/{iri}", headers={"Accept": accept})
                assert answer.status == 303, iri
                parts = urlsplit(answer.headers["Location"])
                assert parts.path == f"/project/bundle/{page.stem}{suffix}"
                assert parts.fragment == (iri if accept == HTML else "")
                assert "accept" in answer.headers["Vary"].lower()
            document = server.ask(f"/project/bundle/{page.stem}.ttl")
            assert (document.status, document.media) == (200, TURTLE)
            assert f"https://kg.example/{iri}" in {
                quad.subject.value for quad in ox.parse(document.body, format=ox.RdfFormat.TURTLE)
            }
        assert server.ask(f"/project/{iri}", headers={"Accept": "image/png"}).status == 406
        # All others are as they were.
        model = f"/project/id/model/{min((place / 'id/model').glob('*.html')).stem}"
        answer = server.ask(model, headers={"Accept": TURTLE})
        assert (answer.status, urlsplit(answer.headers["Location"]).path) == (303, f"{model}.ttl")
        for path in ("/project/id/model/none", "/project/id/statement/none.at.all", "/project/bundle/none"):
            assert server.ask(path, headers={"Accept": HTML}).status == 404, path


@pytest.mark.parametrize("serve", [nginx, apache])
def test_things_in_very_many_directories_lead_to_their_bundles(
    serve: Callable[[Path, Path], AbstractContextManager[Server]], tmp_path: Path
) -> None:
    file, place = tmp_path / "many.nt", tmp_path / "site"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    lines = (f'<https://kg.example/id/d{n}/t{n}> {label} "thing {n}" .\n' for n in range(1100))
    file.write_text("".join(lines), encoding="utf-8")
    publish(file, place, "--base", "https://kg.example/", "--files", "300")
    with serve(place, place) as server:
        for path, accept, wanted in (
            ("id/d7/t7", HTML, "/bundle/_7.html#id/d7/t7"),
            ("id/d1007/t1007", TURTLE, "/bundle/_7.ttl"),
        ):
            answer = server.ask(f"/{path}", headers={"Accept": accept})
            assert answer.status == 303
            assert answer.headers["Location"].removeprefix(server.url.rstrip("/")) == wanted
        assert server.ask("/id/none/xyz", headers={"Accept": HTML}).status == 404


def test_the_host_of_the_iris_leads_to_bundles_too(bundled: Path, tmp_path: Path) -> None:
    (tmp_path / ".htaccess").write_bytes((bundled / "project/redirects/w3id.htaccess").read_bytes())
    page = next(
        page
        for page in sorted((bundled / "project/bundle").glob("*.html"))
        if "id/statement/" in page.read_text("utf-8")
    )
    iri = re.findall(r"<div id=\"(id/statement/[^\"]*)\" class=\"bundled\"", page.read_text("utf-8"))[0]
    site = "https://someone.example/project"
    with apache(tmp_path, tmp_path) as server:
        for path, accept, place in (
            (iri, HTML, f"/bundle/{page.name}#{iri}"),
            (iri, TURTLE, f"/bundle/{page.stem}.ttl"),
            ("ns", TURTLE, "/ns.ttl"),
            ("id/model/x", HTML, "/id/model/x.html"),
            ("id/model/x", JSON, "/id/model/x.jsonld"),
        ):
            answer = server.ask(f"/{path}", headers={"Accept": accept})
            assert (answer.status, answer.headers["Location"]) == (303, site + place)


def test_a_change_rewrites_only_its_bundle(graph: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    # 43 documents of three files each.
    publish(graph, place, "--release", "1", "--files", "100")
    before = state(place)
    graph.write_text(graph.read_text("utf-8").replace('"Model 17"', '"Model Seventeen"'), encoding="utf-8")
    publish(graph, place, "--release", "2", "--files", "100", "--jobs", "2")
    after = state(place)
    assert after.keys() >= {name for name in before if name.startswith("bundle/")}
    rewritten = {name for name in before if after.get(name) != before[name] and name.startswith("bundle/")}
    assert "bundle/_7.html" in rewritten
    # The country that links to it is shown with its name.
    assert rewritten <= {f"bundle/_{end}.{form}" for end in ("7", "2") for form in ("html", "ttl", "jsonld")}
    fresh = tmp_path / "fresh"
    publish(graph, fresh, "--release", "2", "--files", "100", "--jobs", "1")
    assert {name: each for name, each in contents(fresh).items() if name.startswith("bundle/")} == {
        name: each for name, each in contents(place).items() if name.startswith("bundle/")
    }


def test_dumps_stay_with_their_release(graph: Path, tmp_path: Path) -> None:
    place = tmp_path / "site"
    publish(graph, place, "--release", "1.0")
    first = {name: digest for name, digest in contents(place).items() if name.startswith("release/1.0/")}
    assert first
    graph.write_text(graph.read_text("utf-8").replace('"Model 7"', '"Model Seven"'), encoding="utf-8")
    publish(graph, place, "--release", "1.1")
    after = contents(place)
    assert {name: after.get(name) for name in first} == first
    for version in ("1.0", "1.1"):
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", "SHA256SUMS"],
            cwd=place / "release" / version,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done
        assert done.stdout.count(b": OK") >= 1
    said = {str(quad.triple) for quad in ox.parse(path=str(place / "release/1.1.ttl"), format=ox.RdfFormat.TURTLE)}
    new, old = "<https://kg.example/release/1.1>", "<https://kg.example/release/1.0>"
    assert f"{new} <http://purl.org/pav/previousVersion> {old}" in said
    assert f'{new} <http://www.w3.org/2002/07/owl#versionInfo> "1.1"' in said
    assert any(each.startswith(f"{new} <http://purl.org/dc/terms/isVersionOf> ") for each in said)
    page = (place / "release.html").read_text("utf-8")
    assert page.index(">1.1<") < page.index(">1.0<")
    changes = (place / "release/1.1/changes.html").read_text("utf-8")
    assert "Model Seven" in changes
    assert "Model 8" not in changes
    assert not (place / "release/1.0/changes.html").exists()
    assert broken(place)[0] == []
    # Another graph under a name that is taken would change what the name stands for.
    done = kg("publish", graph, "-o", place, "--release", "1.0")
    assert done.returncode == 3
    assert b"[KG656]" in done.stderr


def test_the_index_finds_what_the_server_finds(folder: Path) -> None:
    index = json.loads((folder / "search/index.json").read_text("utf-8"))
    held = {
        entry[1]: entry[0]
        for file, *_ in index["shards"].values()
        for entry in json.loads((folder / f"search/{file}.json").read_text("utf-8"))
    }
    assert any(href.startswith("id/model/") for href in held)
    for href in held:
        assert (folder / href.partition("#")[0]).is_file(), href
    names = "".join((folder / name).read_text("utf-8") for name in files(folder) if name.startswith("search/names-"))
    for href in held:
        assert f'href="/{href}"' in names or href.partition("/")[0] == "id", href


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a/",
        "https://a",
        "//a/",
        "https://a/../",
        "https://a/b c/",
        "https://a/?x/",
        "https://u@a/",
        "https://a/%2e/",
        "javascript:alert(1)/",
    ],
)
def test_an_address_that_no_site_can_stand_at_is_refused(url: str, graph: Path, tmp_path: Path) -> None:
    done = kg("publish", graph, "-o", tmp_path / "site", "--url", url)
    assert done.returncode == 3
    assert b"[KG650]" in done.stderr
    assert not (tmp_path / "site").exists()
