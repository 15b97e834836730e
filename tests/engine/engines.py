"""The Docker engines that the tests run on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A Docker engine.

    Attributes:
        suite: The Debian release that it comes from.
        series: The series of its versions that the tests know.
        options: Options of its daemon.
        takes_mirrors: Whether it reads a registry's ``hosts.toml``.
        pulls_by_mirror: Whether ``docker pull`` and ``docker run`` go by that, too.
    """

    suite: str
    series: str
    options: str = ""
    takes_mirrors: bool = False
    pulls_by_mirror: bool = False


CONTAINERD_STORE = "docker-28-containerd"
"""The engine that keeps its images as new installations of Docker 29 do."""

ENGINES = {
    "docker-26": Engine(suite="trixie", series="26.1."),
    "docker-28": Engine(suite="forky", series="28.5.", takes_mirrors=True),
    CONTAINERD_STORE: Engine(
        suite="forky",
        series="28.5.",
        options="--feature=containerd-snapshotter",
        takes_mirrors=True,
        pulls_by_mirror=True,
    ),
}
"""By their names."""

SETTING = "ENGINES"
"""The variable that chooses among them: names with spaces between, or all by default."""


def chosen() -> Sequence[str]:
    """The names of the engines that the tests run on.

    Raises:
        ValueError: There is no engine of such a name.
    """
    names = os.environ.get(SETTING, "").split() or list(ENGINES)
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        message = f"{SETTING} names {', '.join(unknown)}; there are {', '.join(ENGINES)}"
        raise ValueError(message)
    return names
