"""The registry mirror of a running build, with a fake docker and a fake curl."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.registry_mirrors import DOCKER_HOSTS_TOML
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.builds.shells import SHELLS

SAY = "cdk_ecr_public_pull:"
MIRRORED = (
    f"{SAY} docker build pulls from public.ecr.aws by a registry mirror, or else from Docker Hub."
    " ECR_PUBLIC_PULL=off skips it.\n"
)
REDIRECTED = (
    f"{SAY} docker build pulls copies of images by a source policy. "
    "Not found: that tag has no copy; add it to allow. "
    "ECR_PUBLIC_PULL=off skips it.\n"
)
DECLARED = f"{SAY} docker build pulls what your mirrors name from there, by a source policy.\n"
NOTHING = (
    f"{SAY} WARNING: no source policy moves the pulls: {{}}.\n{{}}, or run ecr-public-pull fix.\n"
)
# What the next command of the build finds, in a process of its own.
NEXT = """
echo "status $?"
sh -c 'echo "policy ${EXPERIMENTAL_BUILDKIT_SOURCE_POLICY:+set}"'
"""
SECURITY = "[name=seccomp,profile=builtin name=cgroupns]"

FAKE_DOCKER = """#!/bin/sh
case $1 in
  buildx) [ -n "$DOCKER_BUILDX" ] && echo "$DOCKER_BUILDX" ;;
  info) echo "$DOCKER_ENGINE $DOCKER_INFO [${DOCKER_BUILDX:+buildx}]" ;;
esac
"""
# The second call of the pipe gets the token on its standard input.
FAKE_CURL = """#!/bin/sh
for last; do :; done
case $last in
  */token/*) file=token ;;
  *) file=manifest; cat > "$RECORDS/header" ;;
esac
printf '%s\\n' "$@" > "$RECORDS/$file"
if [ "$file" = "$CURL_REFUSES" ] || { [ $file = manifest ] && [ ! -s "$RECORDS/header" ]; }; then
  echo 'curl: (22) The requested URL returned error: 401' >&2
  exit 22
fi
[ $file = manifest ] || echo '{"token": "anonymous-token"}'
"""
REFUSED = "curl: (22) The requested URL returned error: 401\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A build's machine, and what is said on it instead of that a mirror is set.

    Attributes:
        id: What it is.
        environment: Variables of the build.
        files: Files of the machine, by their paths in it; a name that ends with / is a folder.
        without: Files that it lacks.
        output: What the command says.
        fakes: Programs that it has in the place of the usual ones.
    """

    id: str
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    without: Sequence[str] = ()
    output: str = ""
    fakes: Mapping[str, str] = field(default_factory=dict)


FILES = {
    "home/.docker/config.json": '{"auths": {"public.ecr.aws": {"auth": "QVdTOng="}}}',
    "run/docker.pid": "7",
}
CERTS = "etc/docker/certs.d"

MIRROR = (
    Machine(id="as CodeBuild's images are"),
    Machine(id="Docker 29", environment={"DOCKER_ENGINE": "29.7.2"}),
    Machine(id="empty mirrors", environment={"DOCKER_INFO": f"default [] {SECURITY}"}),
    Machine(id="a helper for it", files={"home/.docker/config.json": '{"credsStore":"ecr-login"}'}),
    Machine(id="our own file", files={f"{CERTS}/docker.io/hosts.toml": DOCKER_HOSTS_TOML}),
    Machine(
        id="the same mirror by the user",
        files={f"{CERTS}/docker.io/hosts.toml": "[host.'https://public.ecr.aws/v2/docker']\n"},
    ),
    Machine(id="other registries", files={f"{CERTS}/ghcr.io/hosts.toml": "server = 'x'\n"}),
    Machine(
        id="a policy of the user's, for what it names",
        environment={"EXPERIMENTAL_BUILDKIT_SOURCE_POLICY": "/etc/mine.json"},
    ),
)


def no(cause: str, **machine: object) -> Machine:
    """A machine where a source policy is set, because of a cause."""
    before = machine.pop("before", "")
    output = f"{before}{SAY} no registry mirror: {cause}.\n{REDIRECTED}"
    return Machine(id=str(machine.pop("id", cause)), output=output, **machine)  # type: ignore[arg-type]


ELSEWHERE = "another engine builds"
PROBE = "curl failed"
POLICY = (
    *(
        no(
            "it takes Docker 28",
            id=f"Docker {version or 'later'}",
            environment=environment,
        )
        for version in ("27.5.1", "24.0.9", "26.1.5+dfsg1", "")
        for environment in [{"DOCKER_ENGINE": version}]
    ),
    no("Docker is rootless", environment={"DOCKER_INFO": "default null [name=rootless]"}),
    no(ELSEWHERE, id="DOCKER_HOST", environment={"DOCKER_HOST": "tcp://10.0.0.1:2376"}),
    no(ELSEWHERE, id="BUILDX_BUILDER", environment={"BUILDX_BUILDER": "mine"}),
    no(ELSEWHERE, id="a context", environment={"DOCKER_INFO": f"far null {SECURITY}"}),
    no(ELSEWHERE, id="another machine's", without=("run/docker.pid",)),
    no(
        "Docker has others",
        environment={"DOCKER_INFO": f'default ["https://mirror.test/"] {SECURITY}'},
    ),
    no("not logged in", files={"home/.docker/config.json": '{"auths": {}}'}),
    no("not logged in", id="no config", without=("home/.docker/config.json",)),
    no("{root}/etc/docker/certs.d/docker.io is there", files={f"{CERTS}/docker.io/ca.crt": ""}),
    no(
        "{root}/etc/docker/certs.d/docker.io is there",
        id="hosts of the user's",
        files={f"{CERTS}/docker.io/hosts.toml": "server = 'x'\n"},
    ),
    no("{root}/etc/docker/certs.d/_default is there", files={f"{CERTS}/_default/hosts.toml": ""}),
    no(PROBE, id="no token", environment={"CURL_REFUSES": "token"}, before=REFUSED * 2),
    no(PROBE, id="no manifest", environment={"CURL_REFUSES": "manifest"}, before=REFUSED),
)
NEITHER = (
    Machine(
        id="the builder of old",
        environment={"DOCKER_BUILDKIT": "0"},
        output=NOTHING.format("DOCKER_BUILDKIT is off", "Unset it"),
    ),
    Machine(
        id="no buildx",
        environment={"DOCKER_BUILDX": ""},
        output=NOTHING.format("Docker has no buildx", "Install docker-buildx"),
    ),
    *(
        Machine(
            id=f"Docker 20{buildx}",
            environment={"DOCKER_ENGINE": "20.10.24", "DOCKER_BUILDX": buildx},
            output=f"{SAY} no registry mirror: it takes Docker 28.\n"
            + NOTHING.format(
                "Docker is below 24, or buildx below 0.11",
                "Build on aws/codebuild/standard:7.0",
            ),
        )
        for buildx in ("", " and buildx v0.10.4 c513d34")
    ),
)


def run(
    root: Path, machine: Machine, shell: Sequence[str], *, mirrors: Mirrors | None = None
) -> str:
    """Run the command on a machine whose folders are below a root; returns what it prints."""
    for name, text in ({**FILES, **machine.files}).items():
        if name not in machine.without:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
    for name in ("bin", "records"):
        (root / name).mkdir()
    for name, text in {"docker": FAKE_DOCKER, "curl": FAKE_CURL, **machine.fakes}.items():
        (root / "bin" / name).write_text(text, "utf-8")
        (root / "bin" / name).chmod(0o755)
    [command] = hub_pulls_commands(mirrors or Mirrors())
    there = command.replace("/etc/docker", f"{root}/etc/docker")
    there = there.replace("/var/run/docker.pid", f"{root}/run/docker.pid")
    done = subprocess.run(
        [*shell, "-c", f"{there}{NEXT}"],
        env={
            "PATH": f"{root}/bin:/usr/bin:/bin",
            "HOME": f"{root}/home",
            "TMPDIR": f"{root}/records",
            "RECORDS": f"{root}/records",
            "DOCKER_ENGINE": "28.5.2",
            "DOCKER_BUILDX": "github.com/docker/buildx v0.32.1 4d3d4a4",
            "DOCKER_INFO": f"default null {SECURITY}",
            "CURL_REFUSES": "",
            **machine.environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout.replace(str(root), "{root}")


def hosts(root: Path) -> str | None:
    """The file of the mirror, if there is one; nothing is beside it."""
    assert list(root.glob(f"{CERTS}/docker.io.*")) == []
    path = root / CERTS / "docker.io/hosts.toml"
    return path.read_text("utf-8") if path.exists() else None


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("machine", MIRROR, ids=lambda machine: machine.id)
def test_the_mirror(tmp_path: Path, machine: Machine, shell: Sequence[str]) -> None:
    """The file is written, and no policy is set: that of the user's stays."""
    policy = machine.environment.get("EXPERIMENTAL_BUILDKIT_SOURCE_POLICY") and "set"

    output = run(tmp_path, machine, shell)

    assert output == f"{MIRRORED}status 0\npolicy {policy or ''}\n"
    there = machine.files.get(f"{CERTS}/docker.io/hosts.toml")
    assert hosts(tmp_path) == (there or DOCKER_HOSTS_TOML)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("machine", POLICY, ids=lambda machine: machine.id)
def test_the_policy(tmp_path: Path, machine: Machine, shell: Sequence[str]) -> None:
    """One line says why there is no mirror; the policy is set, and nothing written elsewhere."""
    output = run(tmp_path, machine, shell)

    assert output == f"{machine.output}status 0\npolicy set\n"
    assert hosts(tmp_path) in (machine.files.get(f"{CERTS}/docker.io/hosts.toml"), None)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("machine", NEITHER, ids=lambda machine: machine.id)
def test_neither(tmp_path: Path, machine: Machine, shell: Sequence[str]) -> None:
    """Without BuildKit nothing is announced that would not be."""
    output = run(tmp_path, machine, shell)

    assert output == f"{machine.output}status 0\npolicy \n"
    assert hosts(tmp_path) is None


def test_the_probe(tmp_path: Path) -> None:
    """It asks for what a mirrored engine does, and the token is in no argument."""
    run(tmp_path, Machine(id=""), ["dash"])

    records = tmp_path / "records"
    assert (
        records.joinpath("header").read_text("ascii") == "Authorization: Bearer anonymous-token\n"
    )
    token, manifest = (records.joinpath(name).read_text("ascii") for name in ("token", "manifest"))
    assert token.endswith("&scope=aws::&scope=repository:library/busybox:pull\n")
    assert manifest.endswith("/v2/docker/library/busybox/manifests/latest?ns=docker.io\n")
    assert "anonymous-token" not in token + manifest


def test_no_curl(tmp_path: Path) -> None:
    """Nobody can say that the registry takes what the engine will ask: the policy."""
    machine = Machine(id="", fakes={"curl": "#!/no/such/interpreter\n"})

    output = run(tmp_path, machine, ["dash"])

    assert f"{SAY} no registry mirror: {PROBE}.\n{REDIRECTED}" in output


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The policy takes its place."""
    machine = Machine(id="", files={"etc/docker/certs.d": "a file"})

    output = run(tmp_path, machine, ["dash"])

    cause = "{root}/etc/docker/certs.d/docker.io cannot be written"
    assert f"{SAY} no registry mirror: {cause}.\n{REDIRECTED}" in output


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_declared_copies(tmp_path: Path, shell: Sequence[str]) -> None:
    """A policy of these alone stands beside the mirror, which goes by path."""
    mirrors = Mirrors(mirrors={"ghcr.io/*": "public.ecr.aws/*"})

    output = run(tmp_path, Machine(id=""), shell, mirrors=mirrors)

    assert output == f"{MIRRORED}{DECLARED}status 0\npolicy set\n"
    [policy] = tmp_path.glob("records/ecr-public-pull.*")
    assert "ghcr" in policy.read_text("ascii")
    assert "adminer" not in policy.read_text("ascii")
    assert hosts(tmp_path) == DOCKER_HOSTS_TOML
