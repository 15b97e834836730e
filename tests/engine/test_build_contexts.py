"""Build contexts, read by a real Docker engine whose Docker Hub answers 429."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts
from tests.engine.images import busybox_image, put_image
from tests.engine.sandbox import Ran
from tests.engine.world import World

pytestmark = pytest.mark.engine

COPY = "docker-image://public.ecr.aws/docker/library/"


def build(
    world: World,
    dockerfile: str,
    contexts: Mapping[str, str],
    *,
    program: str = "docker build --network=none --progress=plain --tag built",
) -> Ran:
    """Build a Dockerfile with named build contexts."""
    world.sandbox.write("/context/Dockerfile", dockerfile)
    flags = [word for pair in contexts.items() for word in ("--build-context", "=".join(pair))]
    return world.sandbox.run(f'{program} "$@" /context', *flags)


MOVED = {
    "every kind of pull": """\
FROM node:21 AS build
FROM busybox
COPY --from=node:latest /bin/busybox /a
RUN --mount=from=node:21.7.0-alpine3.19,target=/m cp /m/bin/busybox /b
COPY --from=build /bin/busybox /c
""",
    "variables, and other names of Docker Hub": """\
ARG V=21
FROM docker.io/library/node:${V} AS a
FROM index.docker.io/library/busybox:latest
COPY --from=a /bin/busybox /c
""",
    "a stage that has the name of its image, and a tag": "FROM node:21 AS node\nFROM node\n",
}


@pytest.mark.parametrize("dockerfile", MOVED.values(), ids=MOVED)
def test_planned(world: World, dockerfile: str) -> None:
    """With the contexts that are planned, a build makes no request to Docker Hub."""
    plan = plan_contexts(dockerfile.encode())
    ran = build(world, dockerfile, plan.contexts)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert plan.findings == ()


SPELLED = """\
FROM docker.io/library/node:21 AS build
FROM node:latest
COPY --from=index.docker.io/library/busybox:latest /bin/busybox /a
"""


@pytest.mark.parametrize(
    "program", ["docker build --network=none", "podman build", "buildah build"]
)
def test_other_builders(world: World, program: str) -> None:
    """Podman and Buildah, too, take a context for a name in the form in which it is written."""
    plan = plan_contexts(SPELLED.encode())
    ran = build(world, SPELLED, plan.contexts, program=program)

    assert (ran.status, world.hub.seen) == (0, []), ran.output


@pytest.mark.parametrize("dockerfile", ["ARG V=21\nFROM node:$V\n", 'FROM "node:21"\n'])
def test_what_podman_does_not_find(world: World, dockerfile: str) -> None:
    """A name with a variable, or in quotes, it pulls from Docker Hub whatever is given."""
    world.hub.pulls_left = None
    ran = build(
        world, dockerfile, plan_contexts(dockerfile.encode()).contexts, program="podman build"
    )

    assert (ran.status, world.hub.images) == (0, {"library/node:21"}), ran.output


def test_a_context_that_is_not_needed(world: World) -> None:
    """Nobody asks for its image, so that those of another platform do no harm."""
    ran = build(world, "FROM public.ecr.aws/docker/library/node:21\n", {"none": f"{COPY}none:1"})

    assert ran.status == 0, ran.output
    assert all("none" not in seen.path for seen in world.public.seen)


def test_a_context_that_is_named_like_a_stage(world: World) -> None:
    """It takes the place of the whole stage in silence, which is why none is planned."""
    dockerfile = "FROM busybox AS busybox\nRUN touch /mark\nFROM busybox\nRUN test ! -e /mark\n"
    ran = build(world, dockerfile, {"busybox": f"{COPY}busybox"})

    assert ran.status == 0, ran.output
    assert plan_contexts(dockerfile.encode()).contexts == {}


def test_a_given_context_in_the_place_of_a_stage(world: World) -> None:
    """The base of that stage is not pulled, and no context is planned for it."""
    dockerfile, given = "FROM node:21 AS a\nFROM a\n", {"a": f"{COPY}busybox"}
    ran = build(world, dockerfile, given)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert plan_contexts(dockerfile.encode(), given=given).contexts == {}


@pytest.mark.parametrize("name", ["Busybox", "busybox::linux/amd64"])
def test_names_that_docker_refuses(world: World, name: str) -> None:
    """A context's name is an image's."""
    ran = build(world, "FROM busybox\n", {name: f"{COPY}busybox"})

    assert ran.status == 1
    assert f"invalid context name {name}: invalid reference format" in ran.output


def test_frontends(world: World) -> None:
    """One that does not know build contexts refuses them; a context replaces its image, too."""
    put_image(world.public.backend, "docker/library/frontend", "1", busybox_image(world.busybox))
    error = "current frontend does not support --build-context."
    node = {"node:21": f"{COPY}node:21"}

    named = "# syntax=public.ecr.aws/docker/library/frontend:1\nFROM node:21\n"
    assert error in build(world, named, node).output
    assert plan_contexts(named.encode()).contexts == {}

    replaced = node | {"docker/dockerfile:1": f"{COPY}frontend:1"}
    assert error in build(world, "# syntax=docker/dockerfile:1\nFROM node:21\n", replaced).output
    assert world.hub.seen == []
