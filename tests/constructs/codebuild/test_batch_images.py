"""The images that the tasks of a batch build run in."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull import EcrPublicPull, HubPulls
from cdk_ecr_public_pull.constructs.codebuild.batch_images import with_copies
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.constructs.projects import build_specs, project

COPY = "public.ecr.aws/docker/library/node:21"
OWN = "aws/codebuild/standard:7.0"


def task(image: object) -> dict[str, object]:
    """A task that runs in an image."""
    return {"identifier": "a", "env": {"compute-type": "BUILD_GENERAL1_SMALL", "image": image}}


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        ({"build-list": [task("node:21")]}, {"build-list": [task(COPY)]}),
        ({"build-graph": [task("node:21")]}, {"build-graph": [task(COPY)]}),
        (
            {"build-matrix": {"dynamic": task(["node:21", OWN]), "static": task("node:21")}},
            {"build-matrix": {"dynamic": task([COPY, OWN]), "static": task(COPY)}},
        ),
        ({"build-list": [task("elasticsearch:9")]}, {"build-list": [task("elasticsearch:9")]}),
        ({"build-list": [task(OWN), {"identifier": "b"}, 1]}, None),
        ({"build-list": "x", "fast-fail": False}, None),
        ("x", None),
    ],
)
def test_copies(batch: object, expected: object) -> None:
    """Each image whose copy was seen becomes it; all else stays."""
    build_spec = {"version": "0.2", "batch": batch}

    moved = with_copies(build_spec, Mirrors())

    assert moved == {"version": "0.2", "batch": batch if expected is None else expected}


@pytest.mark.parametrize(
    ("hub_pulls", "image"), [(HubPulls.REDIRECT, COPY), (HubPulls.AS_WRITTEN, "node:21")]
)
@pytest.mark.parametrize("token", ["", cdk.Aws.REGION], ids=["plain", "token"])
def test_in_a_project(hub_pulls: HubPulls, image: str, token: str) -> None:
    """They move with the pulls of the build, in a buildspec with tokens too."""
    stack = cdk.Stack(cdk.App(), "Stack")
    commands = [f"docker build . {token}"]
    spec = {"phases": {"build": {"commands": commands}}, "batch": {"build-list": [task("node:21")]}}
    project(stack, build_spec=codebuild.BuildSpec.from_object(spec))

    for _ in range(2):
        EcrPublicPull(hub_pulls=hub_pulls).apply_to(stack)

    assert f'"{image}"' in json.dumps(build_specs(stack)).replace("\\", "")
