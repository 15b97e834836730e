"""A folder with a Debian of its own, made once and kept between runs."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
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

CANNOT_RUN = 3
"""The exit status where this machine cannot run the engine."""

_HOST_TOOLS = ("apt-get", "mmdebstrap", "mount", "nsenter", "pivot_root", "unshare")
# What the sandbox does, in small.
_MOUNTS = """\
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir lower changes work root &&
mount -t overlay -o lowerdir=lower,upperdir=changes,workdir=work overlay root
"""


class CannotRun(Exception):
    """This machine cannot run a Docker engine of our own."""


def debian_folder() -> Path:
    """The folder, which is made if it is not there yet; that takes a minute.

    Raises:
        CannotRun: There is no way to make it, or to run what is in it.
    """
    missing = [tool for tool in _HOST_TOOLS if shutil.which(tool) is None]
    if missing:
        raise CannotRun(f"it needs {', '.join(missing)}")
    if os.geteuid() != 0:
        raise CannotRun("it mounts and changes its root folder, which only root may")
    _check_mounts()
    folder = _cache() / _name()
    if not folder.exists():
        _make(folder)
    return folder


def _check_mounts() -> None:
    """Try namespaces and mounts, which most containers refuse."""
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            [*("unshare", "--mount", "--pid", "--fork"), *("sh", "-c", _MOUNTS, "sh", folder)],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if tried.returncode != 0:
        cause = tried.stderr.strip() or f"status {tried.returncode}"
        raise CannotRun(f"it mounts, which is refused here: {cause}")


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
        sys.stderr.write(f"tests/engine cannot run here: {error}\n")
        sys.exit(CANNOT_RUN)
