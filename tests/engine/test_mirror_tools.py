"""What `mirror` prints, read by Podman, Buildah, containerd and docker buildx create.

The first three pull with it. No buildkitd runs here: what buildx would give it is looked at.
"""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Iterator

import pytest

from cdk_ecr_public_pull.cli.commands.mirror_command import ENGINES
from tests.engine.registry import Fault
from tests.engine.sandbox import Ran
from tests.engine.world import PRIVATE_REGISTRY, World

pytestmark = [pytest.mark.engine, pytest.mark.no_engine]

REGISTRIES = "/etc/containers/registries.conf.d/ecr-public-pull.conf"
HOSTS_FOLDER = "/etc/containerd/certs.d"
HOSTS = f"{HOSTS_FOLDER}/docker.io/hosts.toml"
# Docker's own, which is there as long as the engine runs.
SOCKET = "/var/run/docker/containerd/containerd.sock"
NODE = "docker.io/library/node:21"

# What a sandbox without the right to raise limits can run.
OPTIONS = "--isolation=chroot --network=host --ulimit=nofile=1024:1024 --ulimit=nproc=1024:1024"
BUILDS = (f"buildah build {OPTIONS}", f"podman build {OPTIONS}")
CONTAINERD = f"ctr --address {SOCKET} --namespace tests images"
CTR = f"{CONTAINERD} pull --hosts-dir {HOSTS_FOLDER} {NODE}"
# ctr reads no file with logins.
PULLS_WITH_LOGIN = ("podman pull node:21", "buildah pull node:21")
PULLS = (*PULLS_WITH_LOGIN, CTR)
DOCKERFILE = """\
FROM node:21
COPY --from=busybox /bin/busybox /tool
RUN --mount=from=docker.io/library/node:21.7.0-alpine3.19,target=/other ls /other/bin/busybox
"""


@pytest.fixture
def mirrored(world: World) -> Iterator[World]:
    """A world whose Podman, Buildah and containerd have their mirrors."""
    world.sandbox.write(REGISTRIES, ENGINES["podman"].content)
    world.sandbox.write(HOSTS, ENGINES["containerd"].content)
    yield world
    world.sandbox.check(
        f"rm -rf /root/.config {HOSTS_FOLDER} {REGISTRIES};"
        f" {CONTAINERD} list --quiet | xargs -r {CONTAINERD} remove --sync"
    )


def build(world: World, command: str, dockerfile: str) -> Ran:
    """Run a build."""
    world.sandbox.write("/context/Dockerfile", dockerfile)
    return world.sandbox.run(f"{command} /context")


def log_in(world: World, password: str) -> None:
    """Leave what `docker login public.ecr.aws` would."""
    login = {"auth": base64.b64encode(f"AWS:{password}".encode()).decode()}
    config = json.dumps({"auths": {"public.ecr.aws": login}})
    world.sandbox.write("/root/.docker/config.json", config)


@pytest.mark.parametrize("command", BUILDS)
def test_a_build(mirrored: World, command: str) -> None:
    """All that it pulls are the copies; Docker Hub is not asked."""
    ran = build(mirrored, command, DOCKERFILE)

    assert (ran.status, mirrored.hub.seen) == (0, []), ran.output
    assert mirrored.public.images == {
        "docker/library/node:21",
        "docker/library/busybox:latest",
        "docker/library/node:21.7.0-alpine3.19",
    }


@pytest.mark.parametrize("command", PULLS)
def test_a_pull(mirrored: World, command: str) -> None:
    """What is no build is moved, too."""
    ran = mirrored.sandbox.run(command)

    assert (ran.status, mirrored.hub.seen) == (0, []), ran.output
    assert mirrored.public.images == {"docker/library/node:21"}


def test_a_pull_by_digest(mirrored: World) -> None:
    """A digest is asked for at the copy."""
    mirrored.sandbox.check("podman pull node:21")
    inspect = "podman image inspect --format '{{.Digest}}' node:21 2>/dev/null"
    digest = mirrored.sandbox.check(inspect).strip()
    mirrored.reset()

    ran = mirrored.sandbox.run(f"podman pull docker.io/library/node@{digest}")

    assert (ran.status, mirrored.hub.seen) == (0, []), ran.output
    assert f"/v2/docker/library/node/manifests/{digest}" in {
        seen.path for seen in mirrored.public.pulls
    }


@pytest.mark.parametrize("command", PULLS_WITH_LOGIN)
def test_the_login(mirrored: World, command: str) -> None:
    """The login of `docker login` is shown to the registry that it is for, and to no other."""
    mirrored.public.passwords.add("secret")
    mirrored.hub.pulls_left = None
    log_in(mirrored, "secret")

    assert mirrored.sandbox.run(command).status == 0
    assert [seen for seen in mirrored.public.pulls if not seen.login] == []

    mirrored.public.missing.add("docker/library/busybox")
    mirrored.sandbox.check(command.replace("node:21", "busybox"))
    assert mirrored.hub.images == {"library/busybox:latest"}
    assert [seen for seen in mirrored.hub.seen if seen.login] == []


def test_the_login_of_ctr(mirrored: World) -> None:
    """It is shown to each registry that is asked, Docker Hub among them: `mirror` warns of it."""
    mirrored.public.passwords.add("secret")
    mirrored.public.missing.add("docker/library/node")
    mirrored.hub.pulls_left = None

    ran = mirrored.sandbox.run(CTR.replace("--hosts-dir", "--user AWS:secret --hosts-dir"))

    assert (ran.status, [seen.login for seen in mirrored.hub.seen if seen.login]) == (1, [True])


@pytest.mark.parametrize("command", PULLS)
@pytest.mark.parametrize(
    "missing",
    ["/v2/docker/library/node/manifests/21", "/v2/docker/library/node"],
    ids=["tag", "repository"],
)
def test_what_has_no_copy(mirrored: World, command: str, missing: str) -> None:
    """It comes from Docker Hub."""
    mirrored.public.missing.add(missing)
    mirrored.hub.pulls_left = None

    ran = mirrored.sandbox.run(command)

    assert ran.status == 0, ran.output
    assert mirrored.public.images == {"docker/library/node:21"}
    assert mirrored.hub.images == {"library/node:21"}


@pytest.mark.parametrize("command", BUILDS)
def test_a_build_with_an_image_that_has_no_copy(mirrored: World, command: str) -> None:
    """That image comes from Docker Hub, and no other."""
    mirrored.public.missing.add("docker/library/busybox")
    mirrored.hub.pulls_left = None

    ran = build(mirrored, command, DOCKERFILE)

    assert (ran.status, mirrored.hub.images) == (0, {"library/busybox:latest"}), ran.output


@pytest.mark.parametrize(
    ("command", "tries"),
    # Podman and Buildah wait 2, 4, 8 and 16 seconds between theirs.
    [("podman pull node:21", 5), ("buildah pull node:21", 5), (CTR, 5)],
)
def test_a_throttled_copy(mirrored: World, command: str, tries: int) -> None:
    """It is asked some more times, and then Docker Hub is."""
    mirrored.public.fail(Fault.THROTTLED_PULL, times=tries)
    mirrored.hub.pulls_left = None

    ran = mirrored.sandbox.run(command)

    assert (ran.status, mirrored.hub.images) == (0, {"library/node:21"}), ran.output
    asked = [seen for seen in mirrored.public.seen if seen.path.endswith("/manifests/21")]
    assert [seen.status for seen in asked if seen.status != 401] == [429] * tries


@pytest.mark.parametrize(
    ("fault", "command"),
    [
        *((Fault.THROTTLED, command) for command in PULLS),
        *((Fault.EXPIRED_LOGIN, command) for command in PULLS_WITH_LOGIN),
    ],
)
def test_a_copy_that_gives_no_token(mirrored: World, fault: Fault, command: str) -> None:
    """Docker Hub is asked at once, also after a login that has expired."""
    mirrored.public.fail(fault)
    mirrored.hub.pulls_left = None
    log_in(mirrored, "of yesterday")

    ran = mirrored.sandbox.run(command)

    assert (ran.status, mirrored.hub.images) == (0, {"library/node:21"}), ran.output


@pytest.mark.parametrize("command", BUILDS)
@pytest.mark.parametrize("name", ["node:custom", "docker.io/library/node:custom"])
def test_an_image_of_the_same_job(mirrored: World, command: str, name: str) -> None:
    """It is found, whether its name says a registry or not, and no registry is asked."""
    made = build(mirrored, f"{command} --tag {name}", "FROM node:21\nCOPY Dockerfile /made\n")
    assert made.status == 0, made.output
    mirrored.public.seen.clear()

    ran = build(mirrored, command, "FROM node:custom\nRUN test -f /made\n")

    assert (ran.status, mirrored.public.seen, mirrored.hub.seen) == (0, [], []), ran.output


def test_it_hides_other_mirrors_of_docker_hub_from_podman(mirrored: World) -> None:
    """A registry of the whole docker.io is not asked any more: so `mirror` does not write then."""
    own = "/etc/containers/registries.conf.d/own.conf"
    mirror = f'[[registry.mirror]]\nlocation = "{PRIVATE_REGISTRY}"\n'
    mirrored.sandbox.write(own, f'[[registry]]\nlocation = "docker.io"\n{mirror}')

    ran = mirrored.sandbox.run(f"podman pull node:21; status=$?; rm {own}; exit $status")

    assert (ran.status, mirrored.private.seen) == (0, []), ran.output
    assert mirrored.public.images == {"docker/library/node:21"}


def test_it_hides_the_default_hosts_from_containerd(mirrored: World) -> None:
    """They are not asked any more: so `mirror` does not write then."""
    mirrored.sandbox.write(
        f"{HOSTS_FOLDER}/_default/hosts.toml", f'[host."https://{PRIVATE_REGISTRY}"]\n'
    )

    ran = mirrored.sandbox.run(CTR)

    assert (ran.status, mirrored.private.seen) == (0, []), ran.output

    mirrored.sandbox.check(f"rm -r {HOSTS_FOLDER}/docker.io")
    mirrored.sandbox.run(CTR)
    assert mirrored.private.seen != []


@pytest.mark.parametrize("folder", ["/etc/containers", "/root/.config/containers"])
def test_root_with_a_configuration_of_its_own(mirrored: World, folder: str) -> None:
    """Podman then reads nothing below /etc, which `mirror` takes into account."""
    mirrored.hub.pulls_left = None
    mirrored.sandbox.write("/root/.config/containers/registries.conf", "")
    if folder != "/etc/containers":
        mirrored.sandbox.check(
            f"mkdir {folder}/registries.conf.d && mv {REGISTRIES} {folder}/registries.conf.d"
        )

    ran = mirrored.sandbox.run(f"podman pull {NODE}")

    assert ran.status == 0, ran.output
    is_moved = folder != "/etc/containers"
    assert mirrored.hub.images == (set() if is_moved else {"library/node:21"})


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, "/root/.docker/buildx"),
        ({"DOCKER_CONFIG": "/root/.docker/of-docker"}, "/root/.docker/of-docker/buildx"),
        (
            {
                "DOCKER_CONFIG": "/root/.docker/of-docker",
                "BUILDX_CONFIG": "/root/.docker/of-buildx",
            },
            "/root/.docker/of-buildx",
        ),
    ],
    ids=["home", "DOCKER_CONFIG", "BUILDX_CONFIG"],
)
def test_a_new_builder_has_it(world: World, variables: dict[str, str], folder: str) -> None:
    """Buildx keeps it for the buildkitd of a builder, and makes no remote builder beside it."""
    world.sandbox.write(f"{folder}/buildkitd.default.toml", ENGINES["buildkit"].content)
    create = "docker buildx create --name"

    made = world.sandbox.run(f"{create} own --driver=docker-container", environment=variables)
    remote = world.sandbox.run(f"{create} far --driver=remote tcp://b:1", environment=variables)

    assert made.status == 0, made.output
    kept = json.loads(world.sandbox.read(f"{folder}/instances/own"))
    toml = base64.b64decode(kept["Nodes"][0]["Files"]["buildkitd.toml"]).decode()
    assert tomllib.loads(toml) == tomllib.loads(ENGINES["buildkit"].text)
    assert remote.status == 1
    assert "setting config file is not supported for remote driver" in remote.output
