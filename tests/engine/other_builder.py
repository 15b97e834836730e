"""A BuildKit that is not that of the engine: the one of the other Debian, on a port."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.engine.debian import debian_folder
from tests.engine.engines import ENGINES, Engine, chosen
from tests.engine.ports import free_port, listens
from tests.engine.sandbox import Sandbox, wait_until
from tests.engine.world import World, start_docker

_PROGRAM = "/etc/harness/builder.py"


def other_than(engine: Engine) -> Engine:
    """An engine of another version, if one is chosen, or else a second one of this version."""
    engines = [ENGINES[name] for name in chosen()]
    return next((other for other in engines if other.suite != engine.suite), engine)


@contextlib.contextmanager
def other_builder(world: World, folder: Path) -> Iterator[int]:
    """Start the builder; yields the port that it is on.

    Args:
        world: Whose registries it pulls from.
        folder: An empty folder.
    """
    engine = other_than(world.engine)
    sandbox = Sandbox(debian_folder(engine.suite), folder)
    with contextlib.closing(sandbox):
        for name in ("/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"):
            sandbox.write(name, world.sandbox.read(name))
        start_docker(sandbox, engine)
        port = free_port()
        sandbox.write(_PROGRAM, Path(__file__).with_name("builder.py").read_text("utf-8"))
        sandbox.start(f"python3 {_PROGRAM} {port}", log="/var/log/builder")
        wait_until(lambda: listens(port), seconds=30, what="the builder")
        yield port
