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

    The block that has them is still sent on if `forward` says so; else only its whole lines before them are, after which a cut is hardest to notice, and the connection is closed
    after the action. `done` says that it has happened, `ended` that the store has hung up since; `sent` counts the bytes from the client.
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
        self._struck: socket.socket | None = None
        self.done = threading.Event()
        self.ended = threading.Event()
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
                for relay in (self._up, self._down):
                    threading.Thread(target=relay, args=(near, far), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := near.recv(4096):
                if not self._is_there(block):
                    far.sendall(block)
                    continue
                self._struck = far
                self.done.set()
                until = block.find(self._at) if isinstance(self._at, bytes) else len(block)
                far.sendall(block if self._forward else block[: block.rfind(b"\n", 0, until) + 1])
                self._action()
                if not self._forward:
                    break
        # What the system does for a client that is gone: the store sees the end, and may still answer.
        for each, how in ((near, socket.SHUT_RDWR), (far, socket.SHUT_WR)):
            with contextlib.suppress(OSError):
                each.shutdown(how)

    def _down(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := far.recv(4096):
                with contextlib.suppress(OSError):
                    near.sendall(block)
        for each in (near, far):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        if self._struck is far:
            self.ended.set()

    def _is_there(self, block: bytes) -> bool:
        self.sent += len(block)
        if self.done.is_set() or self._at == -1:
            return False
        return self._at in block if isinstance(self._at, bytes) else self.sent > self._at
