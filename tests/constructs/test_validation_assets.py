"""DockerHubPulls and image assets: what their builds pull."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets

from cdk_ecr_public_pull import DockerHubPulls
from tests.constructs.hub_reports import (
    HUB,
    NODE,
    PULLED,
    Said,
    image,
    new_app,
    report,
    said,
    with_build_contexts,
    write,
)

pytestmark = pytest.mark.usefixtures("working_folder")

STAGES = (
    "FROM node:21 AS build\nFROM alpine AS test\nFROM public.ecr.aws/x/y\nCOPY --from=build / /\n"
)
ARG = "ARG BASE=node:21\nFROM $BASE\n"
COPY = "docker-image://public.ecr.aws/docker/library/node:21"

QUIET: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing of Docker Hub": ("FROM public.ecr.aws/docker/library/node:21\n", {}),
    "scratch": ("FROM scratch\n", {}),
    "a stage that is not built": (STAGES, {"target": "nothing", "file": "Other"}),
    "a build context": (NODE, {"build_contexts": {"node:21": COPY}}),
    "a build context by another name": (
        NODE,
        {"build_contexts": {"docker.io/library/node:21": COPY}},
    ),
    "a build context for a stage": (
        "FROM node:21 AS base\nFROM base\n",
        {"build_contexts": {"base": COPY}},
    ),
    "a build argument": (ARG, {"build_args": {"BASE": "public.ecr.aws/docker/library/node:21"}}),
    "a stage that a build argument leaves out": (
        "ARG BASE=a\nFROM node:21 AS a\nFROM public.ecr.aws/x/y AS b\nFROM ${BASE}\n",
        {"build_args": {"BASE": "b"}},
    ),
    "an ONBUILD that nothing fires": (
        "FROM public.ecr.aws/x/y\nONBUILD COPY --from=node:21 / /\n",
        {},
    ),
    "a place that is ignored": (f"# ecr-public-pull: ignore[docker-hub-pull] x\n{NODE}", {}),
}


@pytest.mark.parametrize(("content", "props"), QUIET.values(), ids=QUIET)
def test_an_image_that_is_not_pulled(content: str, props: dict[str, Any]) -> None:
    """What the build of an asset does not pull is not reported."""
    write("image/Other", "FROM public.ecr.aws/x/y AS nothing\nFROM node:21\n")
    app, stack = new_app()
    image(stack, content, **props)

    assert said(app) == []
    assert report(app)["conclusion"] == "success"


LOUD: dict[str, tuple[str, dict[str, Any], list[Said]]] = {
    "plain": (NODE, {}, [Said("error", HUB, f"image/{PULLED}")]),
    "only what the target needs": (
        STAGES,
        {},
        [Said("error", HUB, f"image/{PULLED}")],
    ),
    "another file": (
        "FROM public.ecr.aws/x/y\n",
        {"file": "docker/Web.Dockerfile"},
        [Said("error", HUB, "image/docker/Web.Dockerfile:1:6: nginx:1 is pulled from Docker Hub")],
    ),
    "a build argument": (
        ARG,
        {"build_args": {"BASE": "python:3.12"}},
        [Said("error", HUB, "image/Dockerfile:2:6: python:3.12 is pulled from Docker Hub")],
    ),
    "a tag that only the build tells": (
        "ARG V\nFROM node:${V}\n",
        {},
        [Said("error", HUB, "image/Dockerfile:2:6: node:${V} is pulled from Docker Hub")],
    ),
    "a platform": (
        "FROM node:21-$TARGETARCH\n",
        {"platform": ecr_assets.Platform.LINUX_ARM64},
        [Said("error", HUB, "image/Dockerfile:1:6: node:21-arm64 is pulled from Docker Hub")],
    ),
    "several platforms": (
        "FROM --platform=$TARGETPLATFORM node:21\n",
        {
            "platform": ecr_assets.Platform.custom("linux/arm64,linux/amd64"),
            "build_args": {"A": "b"},
        },
        [Said("error", HUB, "image/Dockerfile:1:33: node:21 is pulled from Docker Hub")],
    ),
    "a build context from Docker Hub": (
        NODE,
        {"build_contexts": {"node:21": "docker-image://node:22", "other": "docker-image://a"}},
        [
            Said(
                "error",
                HUB,
                "image/Dockerfile, build context node:21: node:22 is pulled from Docker Hub",
            )
        ],
    ),
    "no copy": (
        "FROM grafana/grafana:11\n",
        {},
        [
            Said(
                "warning",
                "no-mirror",
                "image/Dockerfile:1:6: grafana/grafana:11 is pulled from Docker Hub: "
                "no copy of grafana/grafana on ECR Public is known",
            )
        ],
    ),
}


@pytest.mark.parametrize("case", LOUD)
def test_an_image_that_is_pulled(case: str) -> None:
    """What the build of an asset pulls is reported for the asset, with its place in the source."""
    content, props, expected = LOUD[case]
    write("image/docker/Web.Dockerfile", "FROM nginx:1\n")
    app, stack = new_app()
    image(stack, content, **props)

    assert said(app) == [
        Said(it.severity, it.rule, it.description, ("Stack/Image",)) for it in expected
    ]


def test_the_build_contexts_of_this_package_move_it() -> None:
    """An asset that EcrPublicBuildContexts moved is not reported."""
    app = with_build_contexts()
    image(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))

    assert said(app) == []


def test_a_warning_is_shown_once() -> None:
    """What EcrPublicBuildContexts warns of, where it is shown, the plugin does not repeat."""
    content = f"{NODE}COPY --from=grafana/loki:3 / /\n"
    app = with_build_contexts()
    image(cdk.Stack(app, "Stack"), content)
    image(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), content)

    loki = (
        "image/Dockerfile:2:13: grafana/loki:3 is pulled from Docker Hub: "
        "no copy of grafana/loki on ECR Public is known"
    )
    assert said(app) == [
        Said("warning", "no-mirror", loki, ("Prod/Stack/Image",)),
        Said("warning", "no-mirror", f"{loki}, in Prod/Stack/Image"),
    ]


def test_an_error_is_shown_whatever_was_said() -> None:
    """What no build context can move is a warning there, and an error here."""
    app = with_build_contexts()
    image(cdk.Stack(app, "Stack"), "FROM node AS node\n")

    description = "image/Dockerfile:1:6: node:latest is pulled from Docker Hub"
    assert said(app) == [Said("error", HUB, description, ("Stack/Image",))]


def test_asset_staging_may_be_off() -> None:
    """Without copies of the assets, the files themselves are read."""
    context = {"aws:cdk:disable-asset-staging": True, "aws:cdk:enable-path-metadata": True}
    app = cdk.App(outdir=str(Path("cdk.out").absolute()), context=context)
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    image(cdk.Stack(app, "Stack"))

    assert said(app) == [Said("error", HUB, f"image/{PULLED}", ("Stack/Image",))]


def test_the_legacy_synthesizer() -> None:
    """A stack without asset manifests has its image assets in its metadata."""
    app, _ = new_app()
    synthesizer = cdk.LegacyStackSynthesizer()
    arguments = {"BASE": "python:3.12"}
    image(cdk.Stack(app, "Old", synthesizer=synthesizer), ARG, build_args=arguments)

    description = "image/Dockerfile:2:6: python:3.12 is pulled from Docker Hub"
    assert said(app) == [Said("error", HUB, description, ("Old/Image",))]
