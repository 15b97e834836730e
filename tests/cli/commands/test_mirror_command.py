"""`mirror`."""

from __future__ import annotations

import argparse
import os
import stat
import tomllib
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.registry_mirrors import (
    BUILDKITD_TOML,
    DOCKER_HOSTS_TOML,
    REGISTRIES_CONF,
)
from cdk_ecr_public_pull.cli import command_line
from cdk_ecr_public_pull.cli.commands import mirror_command
from cdk_ecr_public_pull.cli.commands.mirror_command import ENGINES
from tests.cli.program import Cli, Ran

# Where each engine's file is below the folder that stands for the machine.
FILES = {
    "docker": "etc/docker/certs.d/docker.io/hosts.toml",
    "buildkit": "home/.docker/buildx/buildkitd.default.toml",
    "podman": "etc/containers/registries.conf.d/ecr-public-pull.conf",
    "containerd": "etc/containerd/certs.d/docker.io/hosts.toml",
}
SECOND = "# What public.ecr.aws has is pulled from there, all else from Docker Hub.\n"
CONTENTS = {
    "docker": (
        "# /etc/docker/certs.d/docker.io/hosts.toml, which Docker 28.0 and newer reads.\n"
        f"{SECOND}{DOCKER_HOSTS_TOML}"
    ),
    "buildkit": (
        "# buildkitd.toml of BuildKit, or buildkitd.default.toml of docker buildx create.\n"
        f"{SECOND}{BUILDKITD_TOML}"
    ),
    "podman": (
        "# /etc/containers/registries.conf.d/ecr-public-pull.conf, which Podman and Buildah read.\n"
        f"{SECOND}{REGISTRIES_CONF}"
    ),
    "containerd": (
        "# /etc/containerd/certs.d/docker.io/hosts.toml, which containerd 1.7 and newer reads.\n"
        f"{SECOND}{DOCKER_HOSTS_TOML}"
    ),
}
NEXT = {
    "docker": """\
Docker 28.0 and newer reads it at each pull: nothing needs to be restarted. An image that a
build used in the last 10 minutes may still come from where it came from then.
""",
    "buildkit": """\
Builders that `docker buildx create` makes from now on have it; remove those that are there,
and create them again. While the file is there, `docker buildx create --driver=remote` fails.
A buildkitd of your own reads /etc/buildkit/buildkitd.toml when it starts.
""",
    "podman": """\
Podman and Buildah read it when they start; restart a Podman service that runs already.
""",
    "containerd": """\
nerdctl reads it at each pull, and so does ctr with --hosts-dir /etc/containerd/certs.d; but
ctr shows the login of --user to Docker Hub, too, where it falls back.
Kubernetes' pulls read it from containerd 2.2 on. Before, say where it is in
/etc/containerd/config.toml, and restart containerd:
  [plugins."io.containerd.cri.v1.images".registry]   # 1.7: "io.containerd.grpc.v1.cri"
  config_path = "/etc/containerd/certs.d"
""",
}
HUB = '[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "cache.example"\n'


@pytest.fixture
def machine(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line on a machine that is below its working folder, as root."""
    root = cli.folder
    monkeypatch.setenv("HOME", str(root / "home"))
    for variable in ("BUILDX_CONFIG", "DOCKER_CONFIG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(mirror_command, "_SYSTEM_CONTAINERS", root / "etc/containers")
    for name in ("docker", "containerd"):
        engine = replace(ENGINES[name], file=partial(Path, root / FILES[name]))
        monkeypatch.setitem(ENGINES, name, engine)
    return cli


def test_the_engines_are_those_of_the_arguments() -> None:
    """The arguments do not load the table, and name what is in it."""
    options = [command_line.parser().parse_args(["mirror", name]) for name in ENGINES]
    assert options == [
        argparse.Namespace(command="mirror", engine=name, write=False) for name in FILES
    ]


@pytest.mark.parametrize("engine", FILES)
def test_it_prints(machine: Cli, engine: str) -> None:
    """Without --write nothing is written."""
    assert machine("mirror", engine) == Ran(status=0, out=CONTENTS[engine])
    assert machine.files() == {}
    assert tomllib.loads(CONTENTS[engine]) == tomllib.loads(ENGINES[engine].text)


@pytest.mark.parametrize("engine", FILES)
def test_it_writes(machine: Cli, engine: str) -> None:
    """With --write it is where the engine reads it, and can be read by all."""
    file = machine.folder / FILES[engine]

    ran = machine("mirror", engine, "--write")

    assert ran == Ran(status=0, out=f"{file}: written.\n{NEXT[engine]}")
    assert machine.files() == {FILES[engine]: CONTENTS[engine].encode()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize("engine", FILES)
@pytest.mark.parametrize("with_comment", [True, False])
def test_what_is_there_says_the_same(machine: Cli, engine: str, *, with_comment: bool) -> None:
    """A second run leaves the file alone, and so does one after a build that wrote its own."""
    content = CONTENTS[engine] if with_comment else ENGINES[engine].text
    file = machine.write(FILES[engine], content)

    ran = machine("mirror", engine, "--write")

    assert ran == Ran(status=0, out=f"{file}: says so already; nothing is written.\n")
    assert machine.files() == {FILES[engine]: content.encode()}


@pytest.mark.parametrize("engine", FILES)
@pytest.mark.parametrize("content", [b"", b'server = "https://a"\n', b"[", b"\xff"])
def test_what_is_there_says_something_else(machine: Cli, engine: str, content: bytes) -> None:
    """A file of somebody else's is never replaced."""
    file = machine.write(FILES[engine], content)

    assert machine("mirror", engine, "--write") == Ran(
        status=1,
        err=(
            f"ecr-public-pull: {file}: is there, and says something else; nothing is written.\n"
            f"  help: add by hand what `ecr-public-pull mirror {engine}` prints\n"
        ),
    )
    assert machine.files() == {FILES[engine]: content}


def test_a_link_to_nothing_is_there(machine: Cli) -> None:
    """A symbolic link is never replaced either."""
    file = machine.folder / FILES["docker"]
    file.parent.mkdir(parents=True)
    file.symlink_to("elsewhere")

    assert machine("mirror", "docker", "--write").status == 1
    assert file.readlink() == Path("elsewhere")


@pytest.mark.parametrize(
    ("engine", "name", "content"),
    [
        ("docker", "etc/docker/certs.d/_default/hosts.toml", ""),
        ("docker", "etc/docker/certs.d/docker.io/ca.crt", ""),
        ("docker", "etc/docker/certs.d/docker.io/client.cert", ""),
        ("docker", "etc/docker/daemon.json", '{"registry-mirrors": ["https://cache.example"]}'),
        ("containerd", "etc/containerd/certs.d/_default/hosts.toml", ""),
        ("containerd", "etc/containerd/certs.d/docker.io/ca.crt", ""),
        ("podman", "etc/containers/registries.conf", HUB),
        ("podman", "etc/containers/registries.conf.d/a.conf", HUB),
        ("podman", "etc/containers/registries.conf.d/z.conf", f"{REGISTRIES_CONF}insecure = true"),
        (
            "podman",
            "etc/containers/registries.conf.d/a.conf",
            '[[registry]]\nprefix = "docker.io/library"\nlocation = "cache.example"\n',
        ),
    ],
)
def test_what_would_no_longer_hold(machine: Cli, engine: str, name: str, content: str) -> None:
    """Nothing is written beside what the engine would not ask any more."""
    machine.write(name, content)
    # A folder's name is what is said of it.
    shown = machine.folder / name.removesuffix("/hosts.toml")

    assert machine("mirror", engine, "--write") == Ran(
        status=1,
        err=(
            f"ecr-public-pull: {shown}: says how images of docker.io are pulled, which would no "
            f"longer hold beside {machine.folder / FILES[engine]}; nothing is written.\n"
            "  help: make that file by hand, so that it says both; "
            f"`ecr-public-pull mirror {engine}` prints its part\n"
        ),
    )
    assert machine.files() == {name: content.encode()}


@pytest.mark.parametrize(
    ("engine", "name", "content"),
    [
        ("docker", "etc/docker/certs.d/ghcr.io/hosts.toml", ""),
        ("docker", "etc/docker/daemon.json", '{"registry-mirrors": []}'),
        ("docker", "etc/docker/daemon.json", "{"),
        ("docker", "etc/docker/daemon.json", "[]"),
        ("podman", "etc/containers/registries.conf", 'registry = "docker.io"\n'),
        ("containerd", "etc/docker/daemon.json", '{"registry-mirrors": ["https://cache.example"]}'),
        ("podman", "etc/containers/registries.conf", 'unqualified-search-registries = ["a"]'),
        ("podman", "etc/containers/registries.conf", "["),
        (
            "podman",
            "etc/containers/registries.conf.d/a.conf",
            '[[registry]]\nlocation = "docker.io/library/node"\n[aliases]\na = "docker.io/a"\n',
        ),
        ("podman", "etc/containers/registries.conf.d/a.conf.off", HUB),
    ],
)
def test_what_still_holds(machine: Cli, engine: str, name: str, content: str) -> None:
    """What is about something else, or says nothing, is left beside the file."""
    machine.write(name, content)

    assert machine("mirror", engine, "--write").status == 0
    assert set(machine.files()) == {name, FILES[engine]}


@pytest.mark.parametrize(
    ("variables", "file"),
    [
        ({"BUILDX_CONFIG": "x", "DOCKER_CONFIG": "d"}, "x/buildkitd.default.toml"),
        ({"BUILDX_CONFIG": "", "DOCKER_CONFIG": "d"}, "d/buildx/buildkitd.default.toml"),
        ({"DOCKER_CONFIG": ""}, "home/.docker/buildx/buildkitd.default.toml"),
    ],
)
def test_the_folder_of_buildx(
    machine: Cli, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], file: str
) -> None:
    """It is found as docker buildx finds it."""
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    assert machine("mirror", "buildkit", "--write").status == 0
    assert set(machine.files()) == {file}


OWN = "home/.config/containers/registries.conf.d/ecr-public-pull.conf"


def test_podman_of_a_user(machine: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users other than root have a folder of their own, and read the system's, too."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert machine("mirror", "podman", "--write").status == 0
    assert set(machine.files()) == {OWN}

    (machine.folder / OWN).unlink()
    machine.write("etc/containers/registries.conf.d/a.conf", HUB)
    assert machine("mirror", "podman", "--write").status == 1


def test_podman_of_a_root_with_a_configuration(machine: Cli) -> None:
    """Podman before 6.0 then reads nothing of the system's."""
    own = "home/.config/containers/registries.conf"
    machine.write(own, "")

    assert machine("mirror", "podman", "--write").status == 0
    assert set(machine.files()) == {own, OWN}


def test_no_way_to_write(machine: Cli) -> None:
    """Where a folder cannot be made, that is the message."""
    machine.write("etc/docker", "")

    assert machine("mirror", "docker", "--write") == Ran(
        status=2,
        err=(
            f"ecr-public-pull: {machine.folder}/{FILES['docker']}: cannot be written: "
            "Not a directory.\n  help: run this as a user who may write there\n"
        ),
    )


def test_no_way_to_read(machine: Cli) -> None:
    """Where the file is something that cannot be read, that is the message."""
    file = machine.folder / FILES["docker"]
    file.mkdir(parents=True)

    assert machine("mirror", "docker", "--write") == Ran(
        status=2, err=f"ecr-public-pull: {file}: cannot be read: Is a directory\n"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_an_interrupted_write(machine: Cli, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """What is not finished leaves no file behind."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)

    assert machine("mirror", engine, "--write").status == 130
    assert machine.files() == {}
