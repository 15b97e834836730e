"""From the CDK app to the pushed image: deployed, built, and counted at the registries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.codebuild import Build, CodeBuild
from tests.engine.world import World

pytestmark = pytest.mark.engine

SAMPLE = Path(__file__).parent.parent.parent / "sample"
HUB = ["docker.io/library/node:21.7.0-alpine3.19", "docker.io/library/busybox:1.36.1-musl"]


def pushed(world: World) -> list[str]:
    """The tags of the images that the account's registry got."""
    return [
        seen.path.removeprefix("/v2/")
        for seen in world.private.seen
        if seen.method == "PUT" and "/manifests/" in seen.path and seen.status == 201
    ]


def test_without_help(world: World, codebuild: CodeBuild) -> None:
    """The sample's build fails where nothing of this library is: Docker Hub answers 429."""
    build = codebuild.build("ClosedLoop-Plain", SAMPLE)

    assert not build.succeeded
    assert "429 Too Many Requests" in build.log
    assert {seen.status for seen in world.hub.pulls} == {401, 429}
    assert pushed(world) == []


def test_the_sample(world: World, codebuild: CodeBuild) -> None:
    """Deployed as it is, the sample is built and pushed without a request to Docker Hub."""
    build = codebuild.build("EcrPublicPullSample-Build", SAMPLE)

    assert build.succeeded, build.log
    print(build.log)
    assert world.hub.seen == []


def log_of(build: Build) -> str:
    """A build's log."""
    return build.log
