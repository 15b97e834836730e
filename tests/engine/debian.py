"""A folder with a Debian of its own, made once and kept between runs."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

SUITE = "trixie"
"""Debian 13: its Docker is 26.1 and has buildx; that of Debian 12 has none."""

PACKAGES = (
    "awscli",
    "buildah",
    "busybox-static",
    "ca-certificates",
    "docker-buildx",
    "docker-cli",
    "docker-compose",
    "docker-registry",
    "docker.io",
    "podman",
)

_HOST_TOOLS = ("apt-get", "chroot", "mmdebstrap", "mount", "nsenter", "unshare")


class CannotRun(Exception):
    """This machine cannot run a Docker engine of our own."""


def debian_folder() -> Path:
    """The folder, which is made if it is not there yet; that takes a minute.

    Raises:
        CannotRun: There is no way to make it, or to run what is in it.
    """
    if os.geteuid() != 0:
        raise CannotRun("it mounts and changes its root folder, which only root may")
    missing = [tool for tool in _HOST_TOOLS if shutil.which(tool) is None]
    if missing:
        raise CannotRun(f"it needs {', '.join(missing)}")
    refused = _mount_is_refused()
    if refused:
        raise CannotRun(f"it mounts, which is refused here: {refused}")
    folder = _cache() / _name()
    if not folder.exists():
        _make(folder)
    return folder


def _mount_is_refused() -> str:
    """What the machine says against namespaces and mounts, as in most containers; or nothing."""
    tried = subprocess.run(
        [*("unshare", "--mount", "--pid", "--fork"), *("mount", "-t", "tmpfs", "tmpfs", "/mnt")],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return tried.stderr.strip() if tried.returncode != 0 else ""


def _cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else Path.home() / ".cache") / "cdk-ecr-public-pull"


def _name() -> str:
    # Another list of packages is another folder.
    kind = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:12]
    return f"{SUITE}-{kind}"


def _make(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("Making a Debian with a Docker engine (a minute the first time)\n")
    sys.stdout.flush()
    unfinished = folder.with_suffix(f".{os.getpid()}")
    command = [
        *("mmdebstrap", "--variant=essential", "--aptopt=APT::Install-Recommends false"),
        *(f"--include={','.join(PACKAGES)}", SUITE, str(unfinished), _mirror()),
    ]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode != 0:
            raise CannotRun(f"{shlex.join(command)} failed:\n{done.stdout[-4000:]}")
        if not folder.exists():
            unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _mirror() -> str:
    """The Debian mirror that this machine's apt is configured for."""
    shown = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in shown.splitlines():
        label, _, uri = line.partition(" ")
        if label == "Debian":
            return uri
    raise CannotRun("apt knows no Debian mirror; apt-get update, and try again")


if __name__ == "__main__":
    try:
        debian_folder()
    except CannotRun as error:
        sys.exit(f"tests/engine cannot run here: {error}")
