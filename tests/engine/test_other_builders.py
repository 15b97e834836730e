"""What does not read the source policy, on a real engine; and that ``fix`` moves it."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.source_policy import HubPulls
from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.engine.sandbox import Ran
from tests.engine.world import World

pytestmark = pytest.mark.engine

DOCKERFILE = "FROM node:21\nCOPY --from=busybox /bin/busybox /tool\n"
BUILDERS = (
    "buildah build /context",
    "podman build /context",
    "DOCKER_BUILDKIT=0 docker build /context",
)


def run(world: World, command: str, dockerfile: str = DOCKERFILE) -> Ran:
    """Run a command where builds get the source policy."""
    world.sandbox.write("/context/Dockerfile", dockerfile)
    policy = hub_pulls_commands(Mirrors(), hub_pulls=HubPulls.REDIRECT)
    return world.sandbox.run("\n".join(["set -e", *policy, command]))


@pytest.mark.parametrize("command", BUILDERS)
def test_builders(world: World, command: str) -> None:
    """These pull from Docker Hub whatever the policy says."""
    world.hub.pulls_left = None

    ran = run(world, command)

    assert (ran.status, world.public.images) == (0, set()), ran.output
    assert world.hub.images == {"library/node:21", "library/busybox:latest"}


@pytest.mark.parametrize("command", BUILDERS)
def test_fixed(world: World, command: str) -> None:
    """From a Dockerfile that ``fix`` has been at, they pull the copies."""
    fixed = rewrite_dockerfile(DOCKERFILE.encode()).content.decode()

    ran = run(world, command, fixed)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert world.public.images == {"docker/library/node:21", "docker/library/busybox:latest"}


@pytest.mark.image_store
@pytest.mark.parametrize("command", ["docker pull node:21", "docker run --rm node:21 true"])
def test_pulls(world: World, command: str) -> None:
    """What is no build pulls from Docker Hub."""
    world.hub.pulls_left = None

    ran = run(world, command)

    assert (ran.status, world.public.images) == (0, set()), ran.output
    assert world.hub.images == {"library/node:21"}


@pytest.mark.parametrize(
    ("option", "hub", "public"),
    [
        ("", {"moby/buildkit:buildx-stable-1"}, set()),
        ("--driver-opt=image=public.ecr.aws/me/buildkit:1", set(), {"me/buildkit:1"}),
    ],
)
def test_the_image_of_a_builder(world: World, option: str, hub: set[str], public: set[str]) -> None:
    """A builder in a container is an image of Docker Hub, unless another one is named."""
    ran = run(world, f"docker buildx create --driver=docker-container --bootstrap {option}")

    assert ran.status == 1
    assert (world.hub.images, world.public.images) == (hub, public)
