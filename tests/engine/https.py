"""A small HTTPS server for handlers written in Python."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks for; the names of the headers are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it gets.

    Attributes:
        status: The HTTP status.
        headers: The headers, besides the length.
        body: The body; not sent for HEAD.
        cut_after: After how many bytes of the body the connection breaks.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut_after: int | None = None


class Service(Protocol):
    """What answers requests, in many threads at once."""

    def answer(self, request: Request) -> Answer:
        """Answer a request."""


class HttpsServer:
    """A server on a loopback address, for one service."""

    def __init__(self, address: str, context: ssl.SSLContext, service: Service) -> None:
        self._server = _Server((address, 443), _Handler)
        self._server.context = context
        self._server.service = service
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        """Stop it, and wait for its threads."""
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = False
    context: ssl.SSLContext
    service: Service

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()

    # The handshake is the connection's own thread's, not that of the one that accepts.
    def finish_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        # Clients that go away are no error of the server.
        with contextlib.suppress(OSError), self.context.wrap_socket(request, True) as secure:  # noqa: FBT003  (server_side)
            self._open.add(secure)
            try:
                super().finish_request(secure, client_address)
            finally:
                self._open.discard(secure)

    def close_connections(self) -> None:
        """Wake the threads that wait for another request of a client."""
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _handle(self) -> None:
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers={
                name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers
            },
            body=self._body(),
        )
        self._send(self.server.service.answer(request))

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _handle  # noqa: N815  (http.server's names)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not {"content-length", "Content-Length"} & set(answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(answer.body[: answer.cut_after])
        if answer.cut_after is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (http.server's name)
        """Say nothing: the services keep records of their own."""
