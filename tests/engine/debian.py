"""Folders with a Debian and its Docker engine, made once and kept between runs."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.engine.engines import ENGINES, chosen

PACKAGES = (
    "awscli",
    "buildah",
    "busybox-static",
    "ca-certificates",
    "curl",
    "docker-buildx",
    "docker-cli",
    "docker-compose",
    "docker-registry",
    "docker.io",
    "podman",
)

REQUIRED_SUITE = "trixie"
"""Debian 13: its Docker is 26.1 and has buildx; that of Debian 12 has none. The suite of a
release to come may be out of order for a while."""

CANNOT_RUN = 3
"""The exit status where this machine cannot run the engine."""

_SHOWN = ("docker.io", "docker-buildx", "docker-compose", "podman", "buildah", "awscli")

_HOST_TOOLS = ("apt-get", "mmdebstrap", "mount", "nsenter", "pivot_root", "unshare")
# What the sandbox does, in small.
_MOUNTS = """\
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir lower changes work root &&
mount -t overlay -o lowerdir=lower,upperdir=changes,workdir=work overlay root
"""


class CannotRun(Exception):
    """This machine cannot run a Docker engine of our own."""


class UnknownEngine(Exception):
    """The engine of a Debian is not the one that the tests know."""


def debian_folder(suite: str) -> Path:
    """The folder, which is made if it is not there yet; that takes a minute or two.

    Args:
        suite: The Debian release.

    Raises:
        CannotRun: There is no way to make it, or to run what is in it.
    """
    missing = [tool for tool in _HOST_TOOLS if shutil.which(tool) is None]
    if missing:
        raise CannotRun(f"it needs {', '.join(missing)}")
    if os.geteuid() != 0:
        raise CannotRun("it mounts and changes its root folder, which only root may")
    _check_mounts()
    # Another list of packages is another folder.
    kind = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:12]
    folder = _cache() / f"{suite}-{kind}"
    if not folder.exists():
        _make(suite, folder)
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


def _make(suite: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _say(f"Making a Debian {suite} with a Docker engine (a minute or two, once)")
    unfinished = folder.with_suffix(f".{os.getpid()}")
    command = [
        *("mmdebstrap", "--variant=essential", "--aptopt=APT::Install-Recommends false"),
        # The index of a release to come is good for days, and a mirror's may be older.
        "--aptopt=Acquire::Check-Valid-Until false",
        *(f"--include={','.join(PACKAGES)}", suite, str(unfinished), _mirror()),
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


def versions(folder: Path) -> dict[str, str]:
    """The versions of the packages in a folder.

    Args:
        folder: What ``debian_folder`` has made.
    """
    status = (folder / "var/lib/dpkg/status").read_text("utf-8")
    return dict(re.findall(r"^Package: (.+)$(?:\n.+)*?\nVersion: (.+)$", status, re.MULTILINE))


def _checked(name: str) -> Path:
    """The folder of an engine, which is the one that the tests know.

    Raises:
        CannotRun: As ``debian_folder``.
        UnknownEngine: It is of another series.
    """
    engine = ENGINES[name]
    folder = debian_folder(engine.suite)
    found = versions(folder)["docker.io"]
    if not found.startswith(engine.series):
        raise UnknownEngine(
            f"the Docker of Debian {engine.suite} is {found}, and the tests know"
            f" {engine.series}*: see which of their answers hold for it, and change"
            " tests/engine/engines.py"
        )
    return folder


def main(left_out: Path) -> int:
    """Make what the chosen engines need; their names go to the standard output.

    Args:
        left_out: The file that says which engines cannot run here, and why; none if all can.

    Returns:
        An exit status: CANNOT_RUN where a required engine cannot run here.
    """
    able, causes = [], []
    for name in chosen():
        try:
            found = versions(_checked(name))
        except CannotRun as error:
            if ENGINES[name].suite == REQUIRED_SUITE:
                _say(f"tests/engine cannot run here: {error}")
                return CANNOT_RUN
            causes.append(f"The tests did not run on the engine {name}: {error}")
        except UnknownEngine as error:
            _say(f"tests/engine: {error}")
            return 1
        else:
            _say(f"{name}: {', '.join(f'{package} {found[package]}' for package in _SHOWN)}")
            able.append(name)
    left_out.unlink(missing_ok=True)
    if causes:
        left_out.write_text("\n".join(causes) + "\n", "utf-8")
    sys.stdout.write(f"{' '.join(able)}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
