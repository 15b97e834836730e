"""EcrPublicImages: the images that templates name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lightsail as lightsail
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_ecr_public_pull import DockerHubPulls, EcrPublicImages, Mirrors
from tests.constructs.projects import warnings

OFFICIAL = "public.ecr.aws/docker/library"
DIGEST = "sha256:" + "ab" * 32
Apply = Callable[[cdk.Stack], None]


def aspect(stack: cdk.Stack) -> None:
    """As an aspect, twice."""
    for _ in range(2):
        cdk.Aspects.of(stack).add(EcrPublicImages())


def mixin(stack: cdk.Stack) -> None:
    """As a mixin, twice."""
    for _ in range(2):
        cdk.Mixins.of(stack).apply(EcrPublicImages())


def task(stack: cdk.Stack, *images: ecs.ContainerImage) -> ecs.FargateTaskDefinition:
    """A task definition with a container for each image."""
    definition = ecs.FargateTaskDefinition(stack, "Task")
    for index, image in enumerate(images):
        definition.add_container(f"c{index}", image=image)
    return definition


def properties(stack: cdk.Stack, kind: str) -> Any:  # noqa: ANN401
    """The properties of the only resource of a type."""
    [found] = assertions.Template.from_stack(stack).find_resources(kind).values()
    return found["Properties"]


def images(stack: cdk.Stack) -> list[object]:
    """The images of a task's containers."""
    found = properties(stack, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return [it["Image"] for it in found]


FROM = ecs.ContainerImage.from_registry


@pytest.mark.parametrize("apply", [aspect, mixin])
def test_a_task(apply: Apply) -> None:
    """Each image that has a copy becomes it; all else of the containers stays."""
    plain, stack = cdk.Stack(cdk.App(), "Stack"), cdk.Stack(cdk.App(), "Stack")
    for each in (plain, stack):
        task(each, FROM("nginx:1.27"), FROM("ghcr.io/a/b"), FROM("docker.io/library/redis"))

    apply(stack)

    assert images(stack) == [f"{OFFICIAL}/nginx:1.27", "ghcr.io/a/b", f"{OFFICIAL}/redis"]
    before = properties(plain, "AWS::ECS::TaskDefinition")
    after = properties(stack, "AWS::ECS::TaskDefinition")
    for definition in (before, after):
        for container in definition["ContainerDefinitions"]:
            container.pop("Image")
    assert after == before
    assert warnings(stack) == {}


def test_a_container_that_comes_later() -> None:
    """An aspect sees what is added before the synthesis."""
    stack = cdk.Stack(cdk.App(), "Stack")
    definition = task(stack, FROM("nginx:1.27"))
    aspect(stack)

    definition.add_container("late", image=FROM("redis:7"))

    assert images(stack) == [f"{OFFICIAL}/nginx:1.27", f"{OFFICIAL}/redis:7"]


@pytest.mark.parametrize("apply", [aspect, mixin])
def test_a_job(apply: Apply) -> None:
    """So do Batch's."""
    stack = cdk.Stack(cdk.App(), "Stack")
    batch.CfnJobDefinition(
        stack,
        "Job",
        type="container",
        parameters={"image": "ubuntu"},
        container_properties=batch.CfnJobDefinition.ContainerPropertiesProperty(
            image="python:3.12"
        ),
    )

    apply(stack)

    job = properties(stack, "AWS::Batch::JobDefinition")
    assert job["ContainerProperties"]["Image"] == f"{OFFICIAL}/python:3.12"
    assert job["Parameters"] == {"image": "ubuntu"}


def test_lightsail() -> None:
    """And Lightsail's."""
    stack = cdk.Stack(cdk.App(), "Stack")
    kind = lightsail.CfnContainer
    kind(
        stack,
        "Service",
        power="nano",
        scale=1,
        service_name="service",
        container_service_deployment=kind.ContainerServiceDeploymentProperty(
            containers=[
                kind.ContainerProperty(container_name="web", image="nginx:1"),
                kind.ContainerProperty(container_name="own", image=":service.web.3"),
            ]
        ),
    )

    aspect(stack)

    deployment = properties(stack, "AWS::Lightsail::Container")["ContainerServiceDeployment"]
    found = [it["Image"] for it in deployment["Containers"]]
    assert found == [f"{OFFICIAL}/nginx:1", ":service.web.3"]


def with_secret(stack: cdk.Stack) -> ecs.ContainerImage:
    """An image that is pulled with a login to Docker Hub."""
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "hub")
    return FROM("nginx:1", credentials=secret)


STAYS: dict[str, tuple[Callable[[cdk.Stack], ecs.ContainerImage], str, str, str]] = {
    "a secret": (
        with_secret,
        "nginx:1",
        "its secret is for Docker Hub",
        f'if the image is public, name it "{OFFICIAL}/nginx:1" without a secret',
    ),
    "a digest": (
        lambda _: FROM(f"node@{DIGEST}"),
        f"node@{DIGEST}",
        "it is pinned by a digest, which the copy may not have",
        f'if it does, name it "{OFFICIAL}/node@{DIGEST}"',
    ),
    "no copy that was seen": (
        lambda _: FROM("elasticsearch:9"),
        "elasticsearch:9",
        "nobody was seen to use its copy",
        f'if it is there, name it "{OFFICIAL}/elasticsearch:9"',
    ),
    "no copy": (
        lambda _: FROM("grafana/grafana:11"),
        "grafana/grafana:11",
        "no copy of grafana/grafana on ECR Public is known",
        'name a copy of it: EcrPublicImages(mirrors=Mirrors(mirrors={"grafana/grafana": "..."}))',
    ),
}


@pytest.mark.parametrize(("make", "image", "reason", "remedy"), STAYS.values(), ids=STAYS)
def test_what_stays(
    make: Callable[[cdk.Stack], ecs.ContainerImage], image: str, reason: str, remedy: str
) -> None:
    """It is named, with what to do."""
    stack = cdk.Stack(cdk.App(), "Stack")
    task(stack, make(stack))

    aspect(stack)

    assert images(stack) == [image]
    assert warnings(stack) == {
        "template-image": (
            f"ContainerDefinitions.0.Image of Stack/Task/Resource is {image}, which comes from"
            f" Docker Hub: {reason}\n  help: {remedy}; or acknowledge this"
        )
    }


def test_tokens() -> None:
    """What only the deployment knows is left to it."""
    stack = cdk.Stack(cdk.App(), "Stack")
    task(stack, FROM(cdk.CfnParameter(stack, "Image").value_as_string))

    aspect(stack)

    assert images(stack) == [{"Ref": "Image"}]


def test_mirrors() -> None:
    """The mirrors that are given count, and what is local stays."""
    stack = cdk.Stack(cdk.App(), "Stack")
    task(stack, FROM("myorg/app:1"), FROM("myorg/own"))
    mirrors = Mirrors(mirrors={"myorg/app": "public.ecr.aws/myorg/app"})

    cdk.Aspects.of(stack).add(EcrPublicImages(mirrors=mirrors, local_images=["myorg/own"]))

    assert images(stack) == ["public.ecr.aws/myorg/app:1", "myorg/own"]
    assert warnings(stack) == {}


def test_the_guard_is_content() -> None:
    """What it moves, DockerHubPulls does not report."""
    app = cdk.App()
    stack = cdk.Stack(app, "Stack")
    task(stack, FROM("nginx:1.27"))
    aspect(stack)
    cdk.Validations.of(app).add_plugins(DockerHubPulls())

    app.synth()


def test_other_constructs() -> None:
    """It supports nothing else."""
    stack = cdk.Stack(cdk.App(), "Stack")
    definition = task(stack, FROM("nginx"))
    [resource] = cdk.ConstructSelector.cfn_resource().select(definition)

    supported = [EcrPublicImages().supports(it) for it in (stack, definition, resource)]

    assert supported == [False, False, True]


@pytest.mark.parametrize(("moving", "reported"), [(True, False), (False, True)])
def test_the_guard_says_nothing_twice(moving: bool, reported: bool, tmp_path: Path) -> None:
    """What this class warns of is not a second warning of DockerHubPulls."""
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Stack")
    task(stack, FROM("grafana/grafana:11"))
    if moving:
        aspect(stack)
    cdk.Validations.of(app).add_plugins(DockerHubPulls())

    app.synth()

    text = (tmp_path / "validation-report.json").read_text()
    assert ("container c0: grafana/grafana:11 is pulled" in text) is reported
