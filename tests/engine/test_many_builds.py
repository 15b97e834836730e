"""Many builds at the same time, against registries that limit the pulls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.engine.closed_loop_app import AT_ONCE
from tests.engine.codebuild import Build, CodeBuild
from tests.engine.images import busybox_image, put_image
from tests.engine.world import World

pytestmark = pytest.mark.engine


def builds(world: World, codebuild: CodeBuild, project: str) -> list[Build]:
    """Run the builds, each on an image of its own.

    They share an engine here, which would ask only once for one image.
    """
    codebuild.project(project)
    for number in range(AT_ONCE):
        image = busybox_image(world.busybox, files={"number": str(number)})
        put_image(world.public.backend, "docker/library/node", str(number), image)
    sources = [{"Dockerfile": f"FROM node:{number}\n"} for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda source: codebuild.build(project, source), sources))


def test_without_help(world: World, codebuild: CodeBuild) -> None:
    """From a Docker Hub with ten requests left, most get nothing."""
    world.hub.pulls_left = 10

    done = builds(world, codebuild, "ClosedLoop-UnhelpedTogether")

    failed = [build.log for build in done if not build.succeeded]
    assert len(failed) >= AT_ONCE - 10
    assert [log for log in failed if "429 Too Many Requests" not in log] == []


def test_with_it(world: World, codebuild: CodeBuild) -> None:
    """None asks Docker Hub, each logs in with one call, and all get their image."""
    world.hub.pulls_left = 10

    done = builds(world, codebuild, "ClosedLoop-Together")

    assert [build.log for build in done if not build.succeeded] == []
    assert (world.hub.seen, world.public.anonymous_pulls) == ([], [])
    asked = {
        seen.path for seen in world.public.pulls if seen.is_build and "/manifests/" in seen.path
    }
    assert len([path for path in asked if "sha256:" not in path]) == AT_ONCE
    assert world.api.calls == ["us-west-2"] * AT_ONCE


def test_more_than_public_ecr_aws_gives(world: World, codebuild: CodeBuild) -> None:
    """A mirrored engine gets the rest from Docker Hub; under a policy most builds fail.

    Ten manifests in all, not in a second: how many builds a second there are is the machine's.
    """
    world.public.pulls_left = 10
    world.hub.pulls_left = None

    done = builds(world, codebuild, "ClosedLoop-Together")

    failed = [build.log for build in done if not build.succeeded]
    assert [log for log in failed if "429 Too Many Requests" not in log] == []
    assert (failed == []) is world.engine.takes_mirrors, failed
    assert (world.hub.images != set()) is world.engine.takes_mirrors


def test_over_the_limit_of_public_ecr_aws(world: World) -> None:
    """All tries of BuildKit's are over before a second is, and the build fails."""
    world.public.pulls_a_second = 1
    world.sandbox.write("/context/Dockerfile", "FROM public.ecr.aws/docker/library/node:21\n")

    ran = world.sandbox.run("docker build /context")

    assert ran.status == 1
    assert "429 Too Many Requests" in ran.output
    statuses = [seen.status for seen in world.public.pulls if seen.status != 401]
    assert (statuses[0], set(statuses[1:])) == (200, {429})
    assert len(statuses) > 5
