"""The source policy, read by a real Docker engine whose Docker Hub answers 429."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.source_policy import HubPulls
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.engine.other_builder import other_builder
from tests.engine.sandbox import Ran
from tests.engine.world import World

pytestmark = pytest.mark.engine

REDIRECT, ENFORCE, AS_WRITTEN = HubPulls.SOURCE_POLICY, HubPulls.ENFORCE, HubPulls.AS_WRITTEN
BUILD = "docker build --network=none --progress=plain --tag built /context"
COMMANDS = (
    BUILD,
    f"docker buildx {BUILD.removeprefix('docker ')}",
    "cd /context && docker buildx bake --progress=plain app",
    "cd /context && docker compose --progress plain build",
)
COMPOSE = "services: {app: {build: {context: ., network: none}}}\n"


def build(
    world: World,
    dockerfile: str,
    *,
    command: str = BUILD,
    mirrors: Mirrors | None = None,
    hub_pulls: HubPulls = REDIRECT,
    allow: tuple[str, ...] = (),
) -> Ran:
    """Build a Dockerfile under a policy."""
    world.sandbox.write("/context/Dockerfile", dockerfile)
    world.sandbox.write("/context/compose.yaml", COMPOSE)
    policy = hub_pulls_commands(mirrors or Mirrors(), hub_pulls=hub_pulls, allow=allow)
    return world.sandbox.run("\n".join(["set -e", *policy, command]))


def has(world: World, name: str) -> None:
    """Let the engine's own store have an image, as one that was built before."""
    world.sandbox.check(f"echo 'FROM scratch' | docker build --quiet --tag {name} -")


EVERY_KIND = """\
FROM node:21 AS build
FROM busybox
COPY --from=node:latest /bin/busybox /a
RUN --mount=from=node:21.7.0-alpine3.19,target=/m cp /m/bin/busybox /b
COPY --from=build /bin/busybox /c
"""
COPIES = {
    "docker/library/busybox:latest",
    "docker/library/node:21",
    "docker/library/node:21.7.0-alpine3.19",
    "docker/library/node:latest",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_way_to_build(world: World, command: str) -> None:
    """Whoever reads the variable builds without a request to Docker Hub."""
    ran = build(world, EVERY_KIND, command=command)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert world.public.images == COPIES


def test_a_builder_of_its_own(world: World, tmp_path: Path) -> None:
    """So does a BuildKit that is not the engine's: Buildx hands it the policy with the build."""
    with other_builder(world, tmp_path) as port:
        world.sandbox.check(
            f"docker buildx create --driver=remote --name=own tcp://127.0.0.1:{port}"
        )

        ran = build(
            world, EVERY_KIND, command="docker buildx build --builder=own --network=none /context"
        )

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert 'building with "own" instance using remote driver' in ran.output
    assert world.public.images == COPIES


def test_without_a_policy(world: World) -> None:
    """BuildKit asks Docker Hub seven times, five of them over its limit, and gives up."""
    ran = build(world, "FROM node:21\n", hub_pulls=AS_WRITTEN)

    assert ran.status == 1
    assert "429 Too Many Requests" in ran.output
    assert [seen.status for seen in world.hub.seen] == [401, 200, *[429] * 5]


NOTHING = Mirrors()
LOCAL = Mirrors(local_images=["my-base", "myorg/*", "node:custom"])
CACHE = Mirrors(mirrors={"ghcr.io/*": "public.ecr.aws/*"}, local_images=["ghcr.io/o/*"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An image that is only in the engine's own store, and what becomes of a build on it."""

    image: str
    mirrors: Mirrors = NOTHING
    hub_pulls: HubPulls = REDIRECT
    allow: tuple[str, ...] = ()
    error: str = ""

    def name(self) -> str:
        """The case's name."""
        declared = ", ".join([*self.mirrors.local_images, *self.allow])
        return f"{self.image} under {self.hub_pulls} ({declared})"


DENIED = (
    "failed to resolve source metadata for docker.io/{0}: could not resolve image due to policy:"
    ' source "docker-image://docker.io/{0}" denied by policy: source denied by policy'
)
NOT_FOUND = "public.ecr.aws/docker/library/node:custom: not found"


@pytest.mark.image_store
@pytest.mark.parametrize(
    "case",
    [
        Case(image="my-base"),
        Case(image="myorg/base:1"),
        Case(image="node:custom", error=NOT_FOUND),
        Case(image="node:custom", mirrors=LOCAL),
        Case(image="my-base", hub_pulls=ENFORCE, error=DENIED.format("library/my-base:latest")),
        Case(image="myorg/base:1", hub_pulls=ENFORCE, error=DENIED.format("myorg/base:1")),
        Case(image="node:custom", hub_pulls=ENFORCE, error=NOT_FOUND),
        Case(image="my-base", hub_pulls=ENFORCE, mirrors=LOCAL),
        Case(image="myorg/base:1", hub_pulls=ENFORCE, mirrors=LOCAL),
        Case(image="node:custom", hub_pulls=ENFORCE, mirrors=LOCAL),
        Case(image="node:custom", hub_pulls=ENFORCE, allow=("node:cust*",)),
        Case(image="ghcr.io/o/base:1", mirrors=CACHE),
        Case(image="ghcr.io/o/base:1", mirrors=CACHE, hub_pulls=ENFORCE),
    ],
    ids=Case.name,
)
def test_images_of_the_engine(world: World, case: Case) -> None:
    """A declared image is taken from the engine's store, whatever the policy says besides."""
    has(world, case.image)

    ran = build(
        world,
        f"FROM {case.image}\nCOPY Dockerfile /\n",
        mirrors=case.mirrors,
        hub_pulls=case.hub_pulls,
        allow=case.allow,
    )

    assert (ran.status, case.error in ran.output) == (1 if case.error else 0, True), ran.output
    assert world.hub.seen == []


@pytest.mark.parametrize(
    ("dockerfile", "image"),
    [
        ("FROM grafana/grafana:11\n", "grafana/grafana:11"),
        ("FROM node:21\nCOPY --from=azul-zulu:21 / /\n", "library/azul-zulu:21"),
        ("# syntax=docker/dockerfile:1\nFROM node:21\n", "docker/dockerfile:1"),
    ],
)
def test_enforced(world: World, dockerfile: str, image: str) -> None:
    """An image without a copy stops the build, and its name leads to what to do about it."""
    ran = build(world, dockerfile, hub_pulls=ENFORCE)

    assert ran.status == 1
    assert f'source "docker-image://docker.io/{image}" denied by policy' in ran.output
    assert '"denied by policy" stands behind the name of that image.' in ran.output
    assert world.hub.seen == []


def test_enforced_with_exceptions(world: World) -> None:
    """Nothing stands between an allowed image and Docker Hub."""
    ran = build(world, "FROM grafana/grafana:11\n", hub_pulls=ENFORCE, allow=("grafana/*",))

    assert ran.status == 1
    assert "429 Too Many Requests" in ran.output
    assert {seen.path for seen in world.hub.pulls} == {"/v2/grafana/grafana/manifests/11"}
