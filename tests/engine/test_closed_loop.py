"""From the CDK app to the pushed image: deployed, built, and counted at the registries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.aws import Aws
from tests.engine.codebuild import CodeBuild
from tests.engine.leaks import Watch
from tests.engine.world import World

pytestmark = pytest.mark.engine

SAMPLE = Path(__file__).parent.parent.parent / "sample"
# A repository that the CDK app has never seen.
UNSEEN = {
    "Dockerfile": """\
ARG BASE=node:21
FROM $BASE AS build
RUN --mount=type=bind,from=busybox,target=/other cp /other/bin/busybox /tool
FROM scratch
COPY --from=build /tool /tool
COPY --from=docker.io/library/node:latest /bin/busybox /busybox
"""
}


def is_over_the_limit(world: World) -> bool:
    """Whether Docker Hub was asked for images, and gave none."""
    statuses = {seen.status for seen in world.hub.pulls}
    return 429 in statuses and statuses <= {401, 429}


@pytest.mark.image_store
def test_without_help(world: World, codebuild: CodeBuild) -> None:
    """The sample's build fails where nothing of this library is: Docker Hub answers 429."""
    build = codebuild.build("ClosedLoop-Plain", SAMPLE)

    assert not build.succeeded
    assert "429 Too Many Requests" in build.log
    assert is_over_the_limit(world)
    assert world.private.pushed == []


def test_the_sample(world: World, codebuild: CodeBuild) -> None:
    """Deployed as it is, from the source in its bucket, the sample is built and pushed."""
    source = codebuild.pipeline_source("EcrPublicPullSample")
    assert "FROM public.ecr.aws/docker/library/node:" in source["Dockerfile"]

    build = codebuild.build("EcrPublicPullSample-Build", source)

    assert build.succeeded, build.log
    assert (world.hub.seen, world.public.anonymous_pulls) == ([], [])
    assert len(world.public.pulls) > 0
    assert set(world.private.pushed) == {f"ecr-public-pull-sample:{build.number}"}


@pytest.mark.image_store
@pytest.mark.parametrize("source", [SAMPLE, UNSEEN], ids=["the sample", "a repository"])
def test_a_source_that_synth_never_saw(
    world: World, codebuild: CodeBuild, source: Path | dict[str, str]
) -> None:
    """Its Dockerfile names Docker Hub, and is built and pushed without a request to it."""
    build = codebuild.build("ClosedLoop-Redirecting", source)

    assert build.succeeded, build.log
    assert (world.hub.seen, world.public.anonymous_pulls) == ([], [])
    assert len(world.public.pulls) > 0
    assert set(world.private.pushed) == {f"closed-loop:{build.number}"}


def test_one_call_to_aws(world: World, codebuild: CodeBuild) -> None:
    """Where us-west-2 answers, a build pays one call for its login."""
    build = codebuild.build("ClosedLoop-Redirecting", UNSEEN)

    assert (build.succeeded, world.api.calls) == (True, ["us-west-2"]), build.log


def test_enforced(world: World, codebuild: CodeBuild) -> None:
    """An image without a copy stops the build before any request, and the log names it."""
    source = {"Dockerfile": "FROM node:21\nCOPY --from=grafana/grafana:11 / /\n"}

    build = codebuild.build("ClosedLoop-Enforcing", source)

    assert not build.succeeded
    assert 'source "docker-image://docker.io/grafana/grafana:11" denied by policy' in build.log
    assert '"denied by policy" stands behind the name' in build.log
    assert (world.hub.seen, world.private.pushed) == ([], [])


@pytest.mark.image_store
def test_enforced_with_a_local_image(world: World, codebuild: CodeBuild) -> None:
    """An image that the job has built itself, and that is declared, is let through."""
    source = {
        "base/Dockerfile": "FROM node:21\nRUN touch /base\n",
        "Dockerfile": "FROM my-base\nRUN test -e /base\n",
    }

    build = codebuild.build("ClosedLoop-Basing", source)

    assert build.succeeded, build.log
    assert (world.hub.seen, world.public.anonymous_pulls) == ([], [])


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_the_token_stays_where_it_is(
    world: World, codebuild: CodeBuild, aws: Aws, shell: str
) -> None:
    """Not even a build that traces its commands shows it, and no argument list holds it."""
    with Watch() as watch:
        build = codebuild.build("ClosedLoop-Redirecting", UNSEEN, shell=shell, before="set -x")

    assert build.succeeded, build.log
    assert "+ docker build" in build.log
    assert any("get-login-password" in line for line in watch.command_lines)
    everything = "\n".join([build.log, aws.templates(), *watch.command_lines])
    assert len(world.api.given) == 2
    assert [secret for secret in world.api.given if secret in everything] == []


def test_switched_off(world: World, codebuild: CodeBuild) -> None:
    """One variable of the build takes all of it out, for the evening when something breaks."""
    build = codebuild.build(
        "ClosedLoop-Redirecting", SAMPLE, environment={"ECR_PUBLIC_PULL": "off"}
    )

    assert not build.succeeded
    assert build.log.count("ECR_PUBLIC_PULL is off") == 1
    assert (world.api.calls, world.public.seen) == ([], [])
    assert is_over_the_limit(world)
