"""The registry mirror of a running build, on real engines; the policy on those without one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.engine.aws import CREDENTIALS
from tests.engine.codebuild import CA_BUNDLE
from tests.engine.images import busybox_image, put_image
from tests.engine.registry import Fault
from tests.engine.sandbox import Ran
from tests.engine.test_policy import BUILD, COMMANDS, COMPOSE, COPIES, EVERY_KIND, has
from tests.engine.world import World

pytestmark = [pytest.mark.engine, pytest.mark.image_store]

PRIVATE = "me/private"
HUB_PASSWORD = "of-docker-hub"
HUB_LOGIN = f"echo {HUB_PASSWORD} | docker login --username me --password-stdin"


def build(
    world: World,
    dockerfile: str,
    *,
    command: str = BUILD,
    before: str = "true",
    mirrors: Mirrors | None = None,
) -> Ran:
    """Build a Dockerfile after the commands that a project gets."""
    world.sandbox.write("/context/Dockerfile", dockerfile)
    world.sandbox.write("/context/compose.yaml", COMPOSE)
    commands = (*login_commands(), *hub_pulls_commands(mirrors or Mirrors()))
    return world.sandbox.run(
        "\n".join(["set -e", before, *commands, command]),
        environment={**CREDENTIALS, "AWS_CA_BUNDLE": CA_BUNDLE},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_way_to_build(world: World, command: str) -> None:
    """No build asks Docker Hub; the log says what moved the pulls."""
    ran = build(world, EVERY_KIND, command=command)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert (COPIES - world.public.images, world.public.anonymous_pulls) == (set(), [])
    assert ("by a registry mirror" in ran.output) is world.engine.takes_mirrors
    assert ("no registry mirror: it takes Docker 28" in ran.output) is (
        not world.engine.takes_mirrors
    )


def absent_tag(world: World) -> None:
    """The copy lacks the tag."""
    world.public.missing.add("docker/library/node/manifests/21")


def absent_repository(world: World) -> None:
    """The copy lacks the repository."""
    world.public.missing.add("docker/library/node")


def over_the_limit(world: World) -> None:
    """The copy says 429 to every build."""
    world.public.fail(Fault.THROTTLED_PULL)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (absent_tag, "public.ecr.aws/docker/library/node:21: not found"),
        (absent_repository, "public.ecr.aws/docker/library/node:21: not found"),
        (over_the_limit, "429 Too Many Requests"),
    ],
)
def test_fall_back(world: World, fault: Callable[[World], None], error: str) -> None:
    """A mirrored engine goes on to Docker Hub, so that the build ends as without the library."""
    fault(world)
    world.hub.pulls_left = None
    mirrored = world.engine.takes_mirrors

    ran = build(world, "FROM node:21\n")

    assert (ran.status, error in ran.output) == ((0, False) if mirrored else (1, True)), ran.output
    assert world.hub.images == ({"library/node:21"} if mirrored else set())


@pytest.mark.parametrize("image", ["my-base", "node:custom"])
def test_an_image_of_the_same_job(world: World, image: str) -> None:
    """A mirrored engine finds it without a word in local_images, an official name too."""
    has(world, image)

    ran = build(world, f"FROM {image}\nCOPY Dockerfile /\n")

    found = world.engine.takes_mirrors or image == "my-base"
    assert (ran.status, world.hub.seen) == (0 if found else 1, []), ran.output


def test_credentials(world: World) -> None:
    """A private image of Docker Hub is pulled, and each registry sees its own login alone."""
    image = busybox_image(world.busybox, files={"private": ""})
    put_image(world.hub.backend, f"docker/{PRIVATE}", "1", image)
    world.public.missing.add(f"docker/{PRIVATE}")
    world.hub.passwords.add(HUB_PASSWORD)
    world.hub.members_only.add(PRIVATE)
    world.hub.pulls_left = None

    ran = build(world, f"FROM {PRIVATE}:1\nCOPY --from=node:21 /bin/busybox /a\n", before=HUB_LOGIN)

    assert ran.status == 0, ran.output
    assert world.hub.images == {f"{PRIVATE}:1"}
    assert f"me:{HUB_PASSWORD}" in world.hub.shown
    assert any(shown.startswith("AWS:") for shown in world.public.shown)
    assert world.hub.shown.isdisjoint(world.public.shown)
    # What the mirror changes: the copy hears the name of the private image.
    asked = f"docker/{PRIVATE}:1" in world.public.images
    assert asked is world.engine.takes_mirrors


@pytest.mark.parametrize("command", ["docker pull node:21", "docker run --rm node:21 true"])
def test_pulls_of_the_engine(world: World, command: str) -> None:
    """With containerd's image store a mirrored engine pulls so, too."""
    world.hub.pulls_left = None

    ran = build(world, "FROM scratch\n", command=command)

    assert ran.status == 0, ran.output
    moved = world.engine.pulls_by_mirror
    assert world.hub.images == (set() if moved else {"library/node:21"})
    assert ("docker/library/node:21" in world.public.images) is moved


def test_declared_copies(world: World) -> None:
    """They are a policy's matter beside the mirror, which goes by path."""
    put_image(world.public.backend, "me/base", "1", busybox_image(world.busybox))
    mirrors = Mirrors(mirrors={"grafana/grafana": "public.ecr.aws/me/base"})

    ran = build(world, "FROM grafana/grafana:1\nCOPY --from=node:21 / /\n", mirrors=mirrors)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert {"me/base:1", "docker/library/node:21"} <= world.public.images


def test_a_second_time(world: World) -> None:
    """In another project's build on the same machine it asks the registry nothing again."""
    assert build(world, "FROM node:21\n").status == 0
    world.public.seen.clear()

    ran = build(world, "FROM node:21\n")

    assert ran.status == 0, ran.output
    assert all(seen.is_build for seen in world.public.seen)
