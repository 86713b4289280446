"""Who may push, and by which way: passwords and tokens that are wrong, TLS, compressed uploads."""

from __future__ import annotations

import contextlib
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.e2e.test_push import GRAPH, OTHERS, lines, ours, push
from tests.e2e.test_push_faults import started
from tests.proxy import Proxy
from tests.stores import store


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate of 127.0.0.1 that it has signed itself, and what serves with it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed (apt-get install openssl)")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=a store of tests",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context


def test_a_certificate_that_nobody_trusts_is_refused_and_one_that_is_named_is_taken(
    tmp_path: Path, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    file = tmp_path / "new.nt"
    file.write_text(lines(300))
    made, context = certificate
    with store("oxigraph", tmp_path / "store") as running:
        proxy = Proxy(running, tls=context)
        for environment, status in (({}, 3), ({"SSL_CERT_FILE": str(made)}, 0)):
            process = started(proxy.url, file, environment, "--staged", "--chunk", "1KB")
            _, said = process.communicate(timeout=60)
            assert process.returncode == status, said
            assert (b"KG620" in said and b"not trusted" in said and b"SSL_CERT_FILE" in said) == (status == 3)
            assert running.count(GRAPH) == (300 if status == 0 else 0)
        proxy.close()


@pytest.mark.parametrize("kind", OTHERS)
def test_uploads_are_compressed_where_the_store_takes_that(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "new.nt"
    file.write_text(lines(3000, "value " * 20))
    with store(kind, tmp_path / "store") as running:
        for graph, options in ((f"{GRAPH}/staged", ["--staged", "--chunk", "100KB"]), (f"{GRAPH}/whole", [])):
            # Nothing happens in it: it counts what is sent.
            proxy = Proxy(running)
            process = started(proxy.url, file, running.environment, "--gzip", *options, "--graph", graph)
            _, said = process.communicate(timeout=120)
            proxy.close()
            assert process.returncode == 0, said
            assert running.count(graph) == 3000
            assert (proxy.sent < file.stat().st_size / 3) == (kind != "virtuoso")


def test_a_wrong_token_is_said_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "new.nt").write_text(lines(3))
    with contextlib.ExitStack() as stack:
        running = ours(stack, tmp_path)
        running.environment |= {"KG_PUSH_TOKEN": "not-this-one"}
        refused(push(running, tmp_path / "new.nt"))
        assert running.count(GRAPH) == 0


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_a_wrong_password_of_fuseki_is_said_and_not_shown(tmp_path: Path, scheme: str) -> None:
    (tmp_path / "new.nt").write_text(lines(3))
    users = tmp_path / "users"
    users.write_text("me: right-one\n")
    with store("fuseki", tmp_path / "store") as running:
        running.kill()
        running.command[-1:-1] = [f"--passwd={users}", f"--auth={scheme}"]
        running.start()
        refused(push(running, tmp_path / "new.nt"), "KG_PUSH_USER")
        running.environment |= {"KG_PUSH_USER": "me", "KG_PUSH_PASSWORD": "not-this-one"}
        refused(push(running, tmp_path / "new.nt"))
        running.environment |= {"KG_PUSH_PASSWORD": "right-one"}
        status, said = push(running, tmp_path / "new.nt")
        assert status == 0, said
        assert "3 triples" in said


# RDF4J leaves passwords to its container: Jetty takes the application with a realm of its own, and with rules beside those of its web.xml.
_CONTEXT = """<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure class="org.eclipse.jetty.webapp.WebAppContext">
  <Set name="war">{war}</Set>
  <Set name="overrideDescriptor">{folder}/rules.xml</Set>
  <Get name="securityHandler"><Set name="loginService"><New class="org.eclipse.jetty.security.HashLoginService">
    <Set name="name">test</Set><Set name="config">{folder}/users</Set>
  </New></Set></Get>
</Configure>
"""
_RULES = """<web-app xmlns="http://xmlns.jcp.org/xml/ns/javaee" version="3.1">
  <security-constraint>
    <web-resource-collection><web-resource-name>data</web-resource-name><url-pattern>/repositories/*</url-pattern></web-resource-collection>
    <auth-constraint><role-name>writer</role-name></auth-constraint>
  </security-constraint>
  <login-config><auth-method>{scheme}</auth-method><realm-name>test</realm-name></login-config>
  <security-role><role-name>writer</role-name></security-role>
</web-app>
"""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_a_wrong_password_of_rdf4j_is_said_and_not_shown(tmp_path: Path, scheme: str) -> None:
    (tmp_path / "new.nt").write_text(lines(3))
    (tmp_path / "users").write_text("me: right-one, writer\nother: right-one, reader\n")
    (tmp_path / "rules.xml").write_text(_RULES.format(scheme=scheme.upper()))
    context = tmp_path / "context.xml"
    with store("rdf4j", tmp_path / "store") as running:
        running.kill()
        context.write_text(_CONTEXT.format(folder=tmp_path, war=running.command[-1]))
        running.command[-1] = str(context)
        running.start()
        refused(push(running, tmp_path / "new.nt"), "KG_PUSH_USER")
        running.environment |= {"KG_PUSH_USER": "me", "KG_PUSH_PASSWORD": "not-this-one"}
        refused(push(running, tmp_path / "new.nt"))
        running.environment |= {"KG_PUSH_USER": "other", "KG_PUSH_PASSWORD": "right-one"}
        refused(push(running, tmp_path / "new.nt"), code="KG622")
        running.environment |= {"KG_PUSH_USER": "me"}
        status, said = push(running, tmp_path / "new.nt")
        assert status == 0, said
        assert "3 triples" in said


@pytest.mark.slow
def test_a_wrong_password_of_virtuoso_is_said_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "new.nt").write_text(lines(3))
    with store("virtuoso", tmp_path / "store") as running:
        running.environment |= {"KG_PUSH_PASSWORD": "not-this-one"}
        refused(push(running, tmp_path / "new.nt"))
        assert running.count(GRAPH) == 0


def refused(pushed: tuple[int, str], *expected: str, code: str = "KG621") -> None:
    """Look that a push was refused for who we are, and that the message does not show the password."""
    status, said = pushed
    assert status == 3
    assert all(text in said for text in (code, "nothing was changed", *expected)), said
    assert "not-this-one" not in said
