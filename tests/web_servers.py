"""Web servers that serve a folder on a free loopback port, for tests of static sites: nginx and Apache, as Debian packages them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Server

_PATIENCE = 30
_APACHE_MODULES = Path("/usr/lib/apache2/modules")
_NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  include {site}/redirects/nginx-http.conf;
  server {{ listen 127.0.0.1:{port}; root {top}; include {site}/redirects/nginx-server.conf; }}
}}
"""
_APACHE = """
ServerName localhost
ServerRoot {folder}
PidFile {folder}/pid
Mutex file:{folder}
Listen 127.0.0.1:{port}
ErrorLog {folder}/error.log
{modules}
TypesConfig /dev/null
{user}
DocumentRoot {top}
<Directory {top}>
  AllowOverride All
  Require all granted
</Directory>
"""


@contextlib.contextmanager
def nginx(top: Path, site: Path) -> Iterator[Server]:
    """Serve `top`, in which the site lies or which is the site, with the rules of the site."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("there is no nginx (Debian: nginx-light)")
    user = "user root;" if os.geteuid() == 0 else ""
    with _started(_NGINX, top, site, user=user) as (folder, config, port):
        yield from _running([program, "-c", str(config), "-p", str(folder)], port, folder, signal.SIGQUIT)


@contextlib.contextmanager
def apache(top: Path, site: Path) -> Iterator[Server]:
    """Serve `top`, in which the site lies or which is the site, with the rules of the site."""
    program = shutil.which("apache2") or shutil.which("apache2", path="/usr/sbin")
    if program is None or not _APACHE_MODULES.is_dir():
        pytest.skip("there is no Apache (Debian: apache2-bin)")
    names = ("mpm_event", "authz_core", "mime", "dir", "headers", "rewrite", "env")
    modules = "\n".join(f"LoadModule {name}_module {_APACHE_MODULES}/mod_{name}.so" for name in names)
    with contextlib.ExitStack() as stack:
        user = ""
        if os.geteuid() == 0:
            # Started by root it becomes another user, who has to be able to read what it serves.
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            copy.chmod(0o755)
            top, site = shutil.copytree(top, copy / "top"), copy / "top" / site.relative_to(top)
            (copy / "top").chmod(0o755)
            user = "User www-data\nGroup www-data"
        folder, config, port = stack.enter_context(_started(_APACHE, top, site, modules=modules, user=user))
        command = [program, "-d", str(folder), "-f", str(config), "-DFOREGROUND"]
        yield from _running(command, port, folder, signal.SIGTERM)


@contextlib.contextmanager
def _started(template: str, top: Path, site: Path, **more: str) -> Iterator[tuple[Path, Path, int]]:
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as place:
        folder, port = Path(name), place.getsockname()[1]
        place.close()
        config = folder / "server.conf"
        config.write_text(template.format(folder=folder, top=top, site=site, port=port, **more), encoding="utf-8")
        yield folder, config, port


def _running(command: list[str], port: int, folder: Path, end: signal.Signals) -> Iterator[Server]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        server = Server(process, f"http://127.0.0.1:{port}/")
        limit = time.monotonic() + _PATIENCE
        while True:
            with contextlib.suppress(OSError):
                server.ask("/")
                break
            if process.poll() is not None or time.monotonic() > limit:
                log = folder / "error.log"
                told = log.read_text("utf-8", "replace") if log.is_file() else ""
                said = process.stdout.read().decode() if process.stdout and process.poll() is not None else ""
                raise AssertionError(f"{command[0]} does not start: {said}{told}")
            time.sleep(0.05)
        yield server
    finally:
        process.send_signal(end)
        process.wait(_PATIENCE)
        if process.stdout:
            process.stdout.close()
