"""Projects that build in other images than CodeBuild's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.login import login_commands
from tests.constructs.projects import POLICY, build_specs, project, warnings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

[LOGIN] = login_commands()
LINUX = codebuild.LinuxBuildImage
FOREIGN: dict[str, Callable[[cdk.Stack, str], codebuild.IBuildImage]] = {
    "Docker Hub": lambda *_: LINUX.from_docker_registry("docker:27"),
    "ECR": lambda stack, _: LINUX.from_ecr_repository(ecr.Repository(stack, "Repository")),
    "an asset": lambda stack, folder: LINUX.from_asset(stack, "Image", directory=folder),
    "GPU": lambda *_: codebuild.LinuxGpuBuildImage.DLC_MXNET_1_6_0,
}


def built_in(image: codebuild.IBuildImage, *, privileged: bool) -> codebuild.BuildEnvironment:
    """The environment of a build in an image."""
    return codebuild.BuildEnvironment(build_image=image, privileged=privileged)


@pytest.mark.parametrize("privileged", [True, False])
@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_foreign(
    make: Callable[[cdk.Stack, str], codebuild.IBuildImage], tmp_path: Path, *, privileged: bool
) -> None:
    """Where a failed login fails the build, it is said that it may."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    stack = cdk.Stack(cdk.App(), "Stack")
    image = make(stack, str(tmp_path))
    project(stack, environment=built_in(image, privileged=privileged))

    for _ in range(2):
        EcrPublicPull().apply_to(stack)

    assert list(warnings(stack)) == (["foreign-image"] if privileged else [])


OWN: dict[str, Callable[[cdk.Stack], codebuild.IBuildImage]] = {
    "standard": lambda _: LINUX.STANDARD_7_0,
    "arm": lambda _: codebuild.LinuxArmBuildImage.AMAZON_LINUX_2_STANDARD_3_0,
    "by its id": lambda _: LINUX.from_code_build_image_id("aws/codebuild/standard:8.0"),
    "a token": lambda stack: LINUX.from_code_build_image_id(
        cdk.CfnParameter(stack, "Image").value_as_string
    ),
}


@pytest.mark.parametrize("make", OWN.values(), ids=OWN)
def test_own(make: Callable[[cdk.Stack], codebuild.IBuildImage]) -> None:
    """CodeBuild's own images have aws and docker."""
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack, environment=built_in(make(stack), privileged=True))

    EcrPublicPull().apply_to(stack)

    assert warnings(stack) == {}


def test_a_login_behind_the_installation() -> None:
    """The login that the user has put there stays there, without a warning."""
    stack = cdk.Stack(cdk.App(), "Stack")
    spec = {"phases": {"pre_build": {"commands": ["apk add aws-cli", LOGIN]}}}
    project(
        stack,
        build_spec=codebuild.BuildSpec.from_object(spec),
        environment=built_in(LINUX.from_docker_registry("docker:27"), privileged=True),
    )

    EcrPublicPull().apply_to(stack)

    [merged] = build_specs(stack)
    assert merged["phases"]["pre_build"]["commands"] == [POLICY, "apk add aws-cli", LOGIN]
    assert warnings(stack) == {}
