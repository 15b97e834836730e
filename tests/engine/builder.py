"""A BuildKit on a port: that of an engine, of which this hands on the connections.

    python3 builder.py PORT

It stands for the buildkitd that a builder of ``docker buildx create`` has, whose image is
on Docker Hub alone.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading

_UPGRADE = b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"


def _hand_on(client: socket.socket) -> None:
    engine = socket.socket(socket.AF_UNIX)
    engine.connect("/var/run/docker.sock")
    engine.sendall(_UPGRADE)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += engine.recv(1)
    threading.Thread(target=_copy, args=(client, engine), daemon=True).start()
    _copy(engine, client)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for side in (source, target):
        with contextlib.suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
        while True:
            threading.Thread(target=_hand_on, args=(server.accept()[0],), daemon=True).start()
