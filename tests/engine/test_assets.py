"""Image assets: an app that the README's line moves, built and pushed by the real CDK CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_

from cdk_ecr_public_pull import EcrPublicBuildContexts, RewrittenBuildContext
from tests.engine.aws import Aws
from tests.engine.world import World

pytestmark = pytest.mark.engine

DOCKERFILES = {
    "job": """\
ARG VERSION=20
FROM node:${VERSION} AS build
FROM scratch AS run
COPY --from=build /bin/busybox /a
COPY --from=given /bin/busybox /b
FROM grafana/grafana:11 AS unused
""",
    "function": "FROM busybox\nRUN --mount=from=node:latest,target=/m cp /m/bin/busybox /a\n",
    "service": "FROM docker.io/library/node:21.7.0-alpine3.19\nRUN touch /a\n",
    "staged": "FROM scratch\nCOPY --from=busybox:1.36.1-musl /bin/busybox /a\n",
    "named": "FROM node:21\nFROM busybox AS busybox\nCOPY --from=0 /bin/busybox /a\n",
}
MOVED = ("Job", "Function", "Service", "Prod/Staged", "Rewritten")


def task(scope: cdk.Stack, directory: str, **options: Any) -> None:  # noqa: ANN401  (of the asset)
    """A task whose container is an image asset."""
    image = ecr_assets.DockerImageAsset(scope, "Image", directory=directory, **options)
    ecs.FargateTaskDefinition(scope, "Task").add_container(
        "Container", image=ecs.ContainerImage.from_docker_image_asset(image)
    )


def synthesized(folder: Path, name: str, *injectors: cdk.IPropertyInjector) -> str:
    """The cloud assembly of an app, whose build contexts are in a folder."""
    app = cdk.App(outdir=str(folder / name))
    cdk.PropertyInjectors.of(app).add(*injectors)
    task(
        cdk.Stack(app, "Job"),
        f"{folder}/job",
        target="run",
        build_args={"VERSION": "21"},
        build_contexts={"given": "docker-image://public.ecr.aws/docker/library/busybox"},
    )
    lambda_.DockerImageFunction(
        cdk.Stack(app, "Function"),
        "Function",
        code=lambda_.DockerImageCode.from_image_asset(f"{folder}/function"),
    )
    task(cdk.NestedStack(cdk.Stack(app, "Service"), "Nested"), f"{folder}/service")
    task(cdk.Stack(cdk.Stage(app, "Prod"), "Staged"), f"{folder}/staged")
    task(cdk.Stack(app, "NamedLikeAStage"), f"{folder}/named")
    rewritten = cdk.Stack(app, "Rewritten")
    context = RewrittenBuildContext(rewritten, "Context", directory=f"{folder}/named")
    task(rewritten, context.path)
    return app.synth().directory


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the build contexts."""
    folder = tmp_path_factory.mktemp("contexts")
    for name, content in DOCKERFILES.items():
        (folder / name).mkdir()
        (folder / name / "Dockerfile").write_text(content, "utf-8")
    return folder


@pytest.fixture(scope="module")
def moved(folder: Path) -> str:
    """The assembly of the app that has the README's line."""
    return synthesized(folder, "moved", EcrPublicBuildContexts())


def test_as_written(world: World, aws: Aws, folder: Path) -> None:
    """Without the line, Docker Hub is asked, and the image is not built."""
    ran = aws.publish_assets(synthesized(folder, "as-written"), ["Job"], world.sandbox)

    assert ran.status == 1
    assert "https://registry-1.docker.io/v2/library/node/manifests/21: 429" in ran.output
    assert world.private.pushed == []


def test_moved(world: World, aws: Aws, moved: str) -> None:
    """With it no asset of the app asks Docker Hub, wherever it is made, and all are pushed."""
    ran = aws.publish_assets(moved, MOVED, world.sandbox)

    assert (ran.status, world.hub.seen) == (0, []), ran.output
    assert len(world.private.pushed) == len(MOVED)
    assert world.public.images == {
        "docker/library/busybox:1.36.1-musl",
        "docker/library/busybox:latest",
        "docker/library/node:21",
        "docker/library/node:21.7.0-alpine3.19",
        "docker/library/node:latest",
    }


def test_named_like_a_stage(world: World, aws: Aws, moved: str) -> None:
    """An image that is named like a stage is all that is still asked of Docker Hub."""
    ran = aws.publish_assets(moved, ["NamedLikeAStage"], world.sandbox)

    assert ran.status == 1
    assert "a build context named like the image would take the stage's place" in ran.output
    assert world.hub.images == {"library/busybox:latest"}
    assert world.public.images == {"docker/library/node:21"}
