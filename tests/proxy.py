"""A relay to a store on loopback, in which something happens once, at a byte or a word on its way; with TLS if that is wanted."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from tests.stores import TripleStore


class Proxy:
    """Relays connections to a store; does `action` once, when so many bytes or some bytes (`at`) have come from the client.

    The block that has them is still sent on if `forward` says so; else the connection is closed after the action. `sent` counts the bytes from the client.
    """

    def __init__(
        self,
        running: TripleStore,
        at: int | bytes = -1,
        action: Callable[[], None] = lambda: None,
        *,
        forward: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._port, self._at, self._action, self._forward, self._tls = running.port, at, action, forward, tls
        self._place = socket.create_server(("127.0.0.1", 0))
        self.done = threading.Event()
        self.sent = 0
        self._closed = False
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._place.getsockname()[1]}{running.path}"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            socket.create_connection(self._place.getsockname()).close()
        self._place.close()

    def _listen(self) -> None:
        while not self._closed:
            with contextlib.suppress(OSError):
                near, _ = self._place.accept()
                try:
                    near = self._tls.wrap_socket(near, server_side=True) if self._tls else near
                    far = socket.create_connection(("127.0.0.1", self._port))
                except OSError:
                    near.close()
                    raise
                for one, other, up in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._relay, args=(one, other, up), daemon=True).start()

    def _relay(self, one: socket.socket, other: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while block := one.recv(4096):
                if up and self._is_there(block):
                    self.done.set()
                    if self._forward:
                        other.sendall(block)
                    self._action()
                    if not self._forward:
                        break
                    continue
                other.sendall(block)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _is_there(self, block: bytes) -> bool:
        self.sent += len(block)
        if self.done.is_set() or self._at == -1:
            return False
        return self._at in block if isinstance(self._at, bytes) else self.sent > self._at
