"""The image that a project's builds run in."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_ecr_public_pull import EcrPublicPull, HubPulls, Mirrors
from tests.constructs.projects import project, warnings

LINUX = codebuild.LinuxBuildImage
DIGEST = "sha256:" + "ab" * 32
OFFICIAL = "public.ecr.aws/docker/library"
COPY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/k6"
MIRRORS = Mirrors(mirrors={"grafana/k6": COPY})


def image_of(stack: cdk.Stack) -> object:
    """What the only project of a stack builds in."""
    template = assertions.Template.from_stack(stack)
    [found] = template.find_resources("AWS::CodeBuild::Project").values()
    return found["Properties"]["Environment"]["Image"]


def built_in(image: str, *, secret: bool = False) -> tuple[object, dict[str, str]]:
    """The image in the template, and the warning about it."""
    stack = cdk.Stack(cdk.App(), "Stack")
    credentials = (
        secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "hub") if secret else None
    )
    build_image = LINUX.from_docker_registry(image, secrets_manager_credentials=credentials)
    environment = codebuild.BuildEnvironment(build_image=build_image, privileged=True)
    project(stack, environment=environment)
    for _ in range(2):
        EcrPublicPull(mirrors=MIRRORS).apply_to(stack)
    said = {key: text for key, text in warnings(stack).items() if key == "environment-image"}
    return image_of(stack), said


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("node:21", f"{OFFICIAL}/node:21"),
        ("node", f"{OFFICIAL}/node"),
        ("docker.io/library/docker:27-dind", f"{OFFICIAL}/docker:27-dind"),
        ("grafana/k6:1", f"{COPY}:1"),
        ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
        (f"{OFFICIAL}/node:21", f"{OFFICIAL}/node:21"),
    ],
)
def test_moved(image: str, expected: str) -> None:
    """An image that has a copy becomes it; one that is elsewhere stays."""
    assert built_in(image) == (expected, {})


def stays(image: str, reason: str, remedy: str) -> str:
    """The warning about an image that stays."""
    return (
        f"project Stack/Build builds in {image}, which CodeBuild pulls from Docker Hub: {reason}\n"
        f"  help: {remedy}; or acknowledge this"
    )


TAKE = 'take LinuxBuildImage.from_docker_registry("'
STAYS = {
    "secret": (
        "node:21",
        True,
        "its secret is for Docker Hub",
        f'if the image is public, {TAKE}{OFFICIAL}/node:21") without a secret',
    ),
    "digest": (
        f"node@{DIGEST}",
        False,
        "it is pinned by a digest, which the copy may not have",
        f'if it does, {TAKE}{OFFICIAL}/node@{DIGEST}")',
    ),
    "unseen": (
        "elasticsearch:9",
        False,
        "nobody was seen to use its copy",
        f'if it is there, {TAKE}{OFFICIAL}/elasticsearch:9")',
    ),
    "no copy": (
        "some/image:1",
        False,
        "no copy of some/image on ECR Public is known",
        'name a copy of it: EcrPublicPull(mirrors=Mirrors(mirrors={"some/image": "..."}))',
    ),
}


@pytest.mark.parametrize(("image", "secret", "reason", "remedy"), STAYS.values(), ids=STAYS)
def test_stays(image: str, *, secret: bool, reason: str, remedy: str) -> None:
    """What may not be at the copy stays, with a word."""
    expected = {"environment-image": stays(image, reason, remedy)}

    assert built_in(image, secret=secret) == (image, expected)


OTHERS: dict[str, Callable[[cdk.Stack], codebuild.IBuildImage]] = {
    "CodeBuild's own": lambda _: LINUX.STANDARD_7_0,
    "of ECR": lambda stack: LINUX.from_ecr_repository(ecr.Repository(stack, "Repository")),
    "a token": lambda stack: LINUX.from_docker_registry(
        cdk.CfnParameter(stack, "Image").value_as_string
    ),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_others(make: Callable[[cdk.Stack], codebuild.IBuildImage]) -> None:
    """Nothing is said of an image that is none of Docker Hub's, or not known."""
    plain, stack = cdk.Stack(cdk.App(), "Stack"), cdk.Stack(cdk.App(), "Stack")
    for each in (plain, stack):
        environment = codebuild.BuildEnvironment(build_image=make(each), privileged=True)
        project(each, environment=environment)

    EcrPublicPull().apply_to(stack)

    assert image_of(stack) == image_of(plain)
    assert "environment-image" not in warnings(stack)


def test_as_written() -> None:
    """Where nothing is to be moved, this is not, either."""
    stack = cdk.Stack(cdk.App(), "Stack")
    image = LINUX.from_docker_registry("node:21")
    project(stack, environment=codebuild.BuildEnvironment(build_image=image, privileged=True))

    EcrPublicPull(hub_pulls=HubPulls.AS_WRITTEN).apply_to(stack)

    assert image_of(stack) == "node:21"
