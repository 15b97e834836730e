"""``ecr-public-pull mirror``: an engine's registry mirror, as text or put in its place."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdk_ecr_public_pull.builds.registry_mirrors import (
    BUILDKITD_TOML,
    DOCKER_HOSTS_FILE,
    DOCKER_HOSTS_TOML,
    REGISTRIES_CONF,
)
from cdk_ecr_public_pull.cli.console import complaint
from cdk_ecr_public_pull.cli.files import create_file
from cdk_ecr_public_pull.cli.statuses import FOUND, OK
from cdk_ecr_public_pull.errors import UnusableFile
from cdk_ecr_public_pull.printable import escape_controls

_SYSTEM_CONTAINERS = Path("/etc/containers")
_CONTAINERD_HOSTS_FILE = "/etc/containerd/certs.d/docker.io/hosts.toml"
_DROP_IN = "registries.conf.d/ecr-public-pull.conf"
_CERTIFICATES = {".cert", ".crt", ".key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A program that pulls images, and how it is given a mirror.

    Attributes:
        reads: Which file says it, and who reads that.
        text: What the file says.
        file: The file on this machine, for this user.
        hides: What there is that would no longer hold for docker.io beside the file.
        next_step: What there is to do once the file is there.
    """

    reads: str
    text: str
    file: Callable[[], Path]
    hides: Callable[[Path], Iterable[Path]]
    next_step: str

    @property
    def content(self) -> str:
        """The whole file."""
        return (
            f"# {self.reads}.\n"
            "# What public.ecr.aws has is pulled from there, all else from Docker Hub.\n"
            f"{self.text}"
        )


def run(options: argparse.Namespace) -> int:
    """Print the engine's configuration, or write it; returns the exit status."""
    engine = ENGINES[options.engine]
    if not options.write:
        print(engine.content, end="")
        return OK
    file = engine.file()
    shown = escape_controls(str(file))
    if os.path.lexists(file):
        if _read_toml(file) == tomllib.loads(engine.text):
            print(f"{shown}: says so already; nothing is written.")
            return OK
        return _refuse(
            f"{shown}: is there, and says something else; nothing is written.\n"
            f"  help: add by hand what `ecr-public-pull mirror {options.engine}` prints"
        )
    if (hidden := next(iter(engine.hides(file)), None)) is not None:
        return _refuse(
            f"{escape_controls(str(hidden))}: says how images of docker.io are pulled, "
            f"which would no longer hold beside {shown}; nothing is written.\n"
            "  help: make that file by hand, so that it says both; "
            f"`ecr-public-pull mirror {options.engine}` prints its part"
        )
    create_file(str(file), engine.content.encode())
    print(f"{shown}: written.\n{engine.next_step}", end="")
    return OK


def _refuse(message: str) -> int:
    print(complaint(message), end="", file=sys.stderr)
    return FOUND


def _read_toml(file: Path) -> dict[str, Any]:
    """What a file says; nothing if it is no TOML, or not there."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    except OSError as error:
        shown = escape_controls(str(file))
        raise UnusableFile(f"{shown}: cannot be read: {error.strerror}") from None


def _hidden_by_hosts(file: Path) -> Iterator[Path]:
    """The folder for registries without one, and certificates in the folder of this one."""
    default = file.parent.parent / "_default"
    # Unlike Path.exists, this does not fail where only root may look.
    if os.path.lexists(default):
        yield default
    yield from sorted(it for it in file.parent.glob("*") if it.suffix in _CERTIFICATES)


def _hidden_by_docker_hosts(file: Path) -> Iterator[Path]:
    yield from _hidden_by_hosts(file)
    daemon = file.parent.parent.parent / "daemon.json"
    try:
        configuration = json.loads(daemon.read_text("utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(configuration, dict) and configuration.get("registry-mirrors"):
        yield daemon


def _buildx_file() -> Path:
    docker = os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    return Path(os.environ.get("BUILDX_CONFIG") or f"{docker}/buildx") / "buildkitd.default.toml"


def _containers_folder() -> Path:
    own = Path.home() / ".config" / "containers"
    # Before 6.0, a registries.conf of the user's own, root's too, hides all that is in /etc.
    if os.geteuid() == 0 and not (own / "registries.conf").exists():
        return _SYSTEM_CONTAINERS
    return own


def _hidden_by_registries(file: Path) -> Iterator[Path]:
    """Files that say where docker.io's official images come from."""
    for folder in dict.fromkeys((_SYSTEM_CONTAINERS, file.parent.parent)):
        files = folder / "registries.conf", *sorted(folder.glob("registries.conf.d/*.conf"))
        for path in files:
            registries = _read_toml(path).get("registry")
            for registry in registries if isinstance(registries, list) else ():
                prefix = registry.get("prefix") or registry.get("location")
                if prefix in {"docker.io", "docker.io/library"}:
                    yield path


_DOCKER_NEXT = """\
Docker 28.0 and newer reads it at each pull: nothing needs to be restarted. An image that a
build used in the last 10 minutes may still come from where it came from then.
"""
_BUILDKIT_NEXT = """\
Builders that `docker buildx create` makes from now on have it; remove those that are there,
and create them again. While the file is there, `docker buildx create --driver=remote` fails.
A buildkitd of your own reads /etc/buildkit/buildkitd.toml when it starts.
"""
_PODMAN_NEXT = """\
Podman and Buildah read it when they start; restart a Podman service that runs already.
"""
_CONTAINERD_NEXT = """\
nerdctl reads it at each pull, and so does ctr with --hosts-dir /etc/containerd/certs.d; but
ctr shows the login of --user to Docker Hub, too, where it falls back.
Kubernetes' pulls read it from containerd 2.2 on. Before, say where it is in
/etc/containerd/config.toml, and restart containerd:
  [plugins."io.containerd.cri.v1.images".registry]   # 1.7: "io.containerd.grpc.v1.cri"
  config_path = "/etc/containerd/certs.d"
"""

ENGINES = {
    "docker": Engine(
        reads=f"{DOCKER_HOSTS_FILE}, which Docker 28.0 and newer reads",
        text=DOCKER_HOSTS_TOML,
        file=lambda: Path(DOCKER_HOSTS_FILE),
        hides=_hidden_by_docker_hosts,
        next_step=_DOCKER_NEXT,
    ),
    "buildkit": Engine(
        reads="buildkitd.toml of BuildKit, or buildkitd.default.toml of docker buildx create",
        text=BUILDKITD_TOML,
        file=_buildx_file,
        hides=lambda _: (),
        next_step=_BUILDKIT_NEXT,
    ),
    "podman": Engine(
        reads=f"{_SYSTEM_CONTAINERS}/{_DROP_IN}, which Podman and Buildah read",
        text=REGISTRIES_CONF,
        file=lambda: _containers_folder() / _DROP_IN,
        hides=_hidden_by_registries,
        next_step=_PODMAN_NEXT,
    ),
    "containerd": Engine(
        reads=f"{_CONTAINERD_HOSTS_FILE}, which containerd 1.7 and newer reads",
        text=DOCKER_HOSTS_TOML,
        file=lambda: Path(_CONTAINERD_HOSTS_FILE),
        hides=_hidden_by_hosts,
        next_step=_CONTAINERD_NEXT,
    ),
}
