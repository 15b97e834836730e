"""DockerHubPulls: what it looks at beside image assets, and its options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import cloudformation_include, pipelines

from cdk_ecr_public_pull import DockerHubPulls, Mirrors
from cdk_ecr_public_pull.errors import InvalidConfig
from tests.constructs.hub_reports import (
    HUB,
    NODE,
    PULLED,
    Said,
    image,
    new_app,
    report,
    said,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("working_folder")


def test_every_place_of_an_app() -> None:
    """All that names images is found, in nested stacks and Stages too."""
    app, stack = new_app()
    folder = write("image/Dockerfile", NODE)
    code = lambda_.DockerImageCode.from_image_asset(folder)
    lambda_.DockerImageFunction(stack, "Function", code=code)
    nested = cdk.NestedStack(stack, "Nested")
    task = ecs.FargateTaskDefinition(nested, "Task")
    task.add_container("a", image=ecs.ContainerImage.from_asset(folder))
    task.add_container("b", image=ecs.ContainerImage.from_registry("nginx:1"))
    codebuild.Project(
        stack,
        "Build",
        build_spec=codebuild.BuildSpec.from_object(
            {
                "version": "0.2",
                "phases": {"build": {"commands": [f"docker run -e R={stack.region} node:20"]}},
            }
        ),
        environment=codebuild.BuildEnvironment(
            build_image=codebuild.LinuxBuildImage.from_docker_registry("golang:1")
        ),
    )
    for name in ("Test", "Prod"):
        image(cdk.Stack(cdk.Stage(app, name), "Service"))

    assert said(app) == [
        Said(
            "error",
            HUB,
            "environment image: golang:1 is pulled from Docker Hub",
            ("Stack/Build/Resource",),
        ),
        Said(
            "error",
            HUB,
            "buildspec phases.build.commands[0], docker run: node:20 is pulled from Docker Hub",
            ("Stack/Build/Resource",),
        ),
        Said(
            "error",
            HUB,
            "container b: nginx:1 is pulled from Docker Hub",
            ("Stack/Nested/Task/Resource",),
        ),
        Said(
            "error",
            HUB,
            f"image/{PULLED}",
            (
                "Stack/Function/AssetImage",
                "Stack/Nested/Task/a/AssetImage",
                "Prod/Service/Image",
                "Test/Service/Image",
            ),
        ),
        Said("error", HUB, f"image/{PULLED}, in Prod/Service/Image and Test/Service/Image"),
    ]


def test_what_programs_are_told() -> None:
    """The report on file has the file, the line, the fix, and the resource with its property."""
    app, stack = new_app()
    image(stack)
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("web", image=ecs.ContainerImage.from_registry("nginx:1"))

    task_violation, image_violation = report(app)["violations"]

    assert task_violation["violatingConstructs"][0]["cloudFormationResource"] == {
        "templatePath": "Stack.template.json",
        "logicalId": "Task79114B6B",
        "propertyPaths": ["Properties.ContainerDefinitions.0.Image"],
    }
    assert task_violation["suggestedFix"] == "use public.ecr.aws/docker/library/nginx:1"
    assert image_violation["ruleMetadata"] == {
        "file": "image/Dockerfile",
        "line": "1",
        "column": "6",
    }
    assert image_violation["suggestedFix"] == (
        "pull public.ecr.aws/docker/library/node:21\n"
        "or run: ecr-public-pull fix image/Dockerfile\n"
        "or add to the app, before its stacks: "
        "PropertyInjectors.of(app).add(EcrPublicBuildContexts())"
    )


ACKNOWLEDGED: dict[str, Callable[[cdk.App], Any]] = {
    "its stack": lambda app: app.node.find_child("Prod").node.find_child("Stack"),
    "its Stage": lambda app: app.node.find_child("Prod"),
    "the app": lambda app: app,
}


@pytest.mark.parametrize("where", ACKNOWLEDGED.values(), ids=ACKNOWLEDGED)
def test_acknowledged(where: Callable[[cdk.App], Any]) -> None:
    """A rule that is acknowledged on a construct, or above it, is kept with its reason."""
    app, _ = new_app()
    image(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), f"{NODE}COPY --from=grafana/loki:3 / /\n")
    rule = cdk.Acknowledgment(id="DockerHubPulls::docker-hub-pull", reason="moves next week")
    cdk.Validations.of(where(app)).acknowledge(rule)

    result = report(app)
    (suppressed,) = result["suppressedViolations"]

    assert result["conclusion"] == "success"
    assert [it["ruleName"] for it in result["violations"]] == ["no-mirror", "no-mirror"]
    assert (suppressed["ruleName"], suppressed["reason"]) == (HUB, "moves next week")
    assert suppressed["violatingConstructs"][0]["constructPath"] == "Prod/Stack/Image"


def test_report_only() -> None:
    """A report alone has no errors, and lets the synth go on."""
    app, stack = new_app(report_only=True)
    image(stack)
    app.synth()

    assert said(app) == [Said("warning", HUB, f"image/{PULLED}", ("Stack/Image",))]


def test_the_configuration_of_the_working_folder() -> None:
    """Mirrors, local images, severities and ignored paths are those of the command."""
    write(
        "ecr-public-pull.toml",
        'ignore = ["ignored"]\nlocal_images = ["mine"]\n[severities]\nno-mirror = "error"\n'
        '[mirrors]\n"myorg/*" = "ghcr.io/copies/*"\n',
    )
    app, stack = new_app()
    bases = {"a": "grafana/loki:3", "b": "mine", "c": "myorg/app:1", "ignored": "node"}
    for name, base in bases.items():
        directory = write(f"{name}/Dockerfile", f"FROM {base}\n")
        ecr_assets.DockerImageAsset(stack, name, directory=directory)

    assert said(app) == [
        Said(
            "error",
            "no-mirror",
            "a/Dockerfile:1:6: grafana/loki:3 is pulled from Docker Hub: "
            "no copy of grafana/loki on ECR Public is known",
            ("Stack/a",),
        ),
        Said("error", HUB, "c/Dockerfile:1:6: myorg/app:1 is pulled from Docker Hub", ("Stack/c",)),
    ]


ARGUMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "none": ({}, ["error no-mirror"]),
    "mirrors": ({"mirrors": Mirrors(mirrors={"a/*": "ghcr.io/a/*"})}, ["error docker-hub-pull"]),
    "local_images": ({"local_images": ["a/*"]}, []),
    "severities": ({"severities": {"no-mirror": "warning"}}, ["warning no-mirror"]),
    "severities off": ({"severities": {"no-mirror": "off"}}, []),
    "ignore": ({"ignore": ["image"]}, []),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_come_before_the_configuration(name: str) -> None:
    """What is given as an argument counts, and the configuration for the rest."""
    write("ecr-public-pull.toml", '[severities]\nno-mirror = "error"\n')
    options, expected = ARGUMENTS[name]
    app, stack = new_app(**options)
    image(stack, "FROM a/b:1\n")

    assert [f"{it.severity} {it.rule}" for it in said(app)] == expected


def test_dockerfiles_without_a_construct() -> None:
    """Further Dockerfiles are checked as the command does it, and belong to the app."""
    write("docker/Dockerfile", f"{NODE}FROM public.ecr.aws/x/y\n")
    write("docker/web.Dockerfile", "FROM nginx:1\n")
    write("one", "FROM alpine:3\n")
    app, _ = new_app(dockerfiles=["docker", Path("one")])

    assert said(app) == [
        Said("error", HUB, f"docker/{PULLED}"),
        Said("error", HUB, "docker/web.Dockerfile:1:6: nginx:1 is pulled from Docker Hub"),
        Said("error", HUB, "one:1:6: alpine:3 is pulled from Docker Hub"),
    ]


def test_a_dockerfile_that_is_not_there() -> None:
    """A path that cannot be read fails the synth, and no acknowledgement helps."""
    app, _ = new_app(dockerfiles="docker")
    rule = cdk.Acknowledgment(id="DockerHubPulls::check-failed", reason="x")
    cdk.Validations.of(app).acknowledge(rule)

    message = "the app could not be checked: docker: no such file or folder"
    assert said(app) == [Said("fatal", "check-failed", message)]
    assert report(app)["conclusion"] == "failure"


def test_a_plugin_of_one_stage() -> None:
    """Registered at a Stage, it looks at that Stage alone."""
    app = cdk.App(outdir=str(Path("cdk.out").absolute()))
    image(cdk.Stack(app, "Stack"))
    stage = cdk.Stage(app, "Prod")
    image(cdk.Stack(stage, "Stack"))
    cdk.Validations.of(stage).add_plugins(DockerHubPulls())

    assert [it.constructs for it in said(app)] == [("Prod/Stack/Image",), ("",)]


def test_a_stage_of_cdk_pipelines() -> None:
    """What a plain synth shows by itself is not reported a second time."""
    app, stack = new_app()
    source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Bucket"), "source.zip")
    commands = ["docker run node:20 npm ci", "npx cdk synth"]
    synth = pipelines.ShellStep("Synth", input=source, commands=commands)
    stage = cdk.Stage(app, "Prod")
    image(cdk.Stack(stage, "Service"))
    pipelines.CodePipeline(stack, "Pipeline", synth=synth).add_stage(stage)

    assert said(app) == [
        Said(
            "error",
            HUB,
            "buildspec phases.build.commands[0], docker run: node:20 is pulled from Docker Hub",
            ("Stack/Pipeline/Pipeline/Build/Synth/CdkBuildProject/Resource",),
        ),
        Said("error", HUB, f"image/{PULLED}", ("Prod/Service/Image",)),
    ]


def test_a_template_from_elsewhere() -> None:
    """A path that an included template brings along is not taken for one of this app."""
    task = {
        "Type": "AWS::ECS::TaskDefinition",
        "Metadata": {"aws:cdk:path": "Stack/Other/Task"},
        "Properties": {"ContainerDefinitions": [{"Name": "web", "Image": "nginx:1"}]},
    }
    write("included.json", json.dumps({"Resources": {"Task": task}}))
    app, stack = new_app()
    file = str(Path("included.json").absolute())
    cloudformation_include.CfnInclude(stack, "Included", template_file=file)

    description = "container web: nginx:1 is pulled from Docker Hub"
    assert said(app) == [Said("error", HUB, description, ("Stack/Included/Task",))]


def test_a_wrong_argument() -> None:
    """A severity or a rule that does not exist is an error where the plugin is made."""
    with pytest.raises(InvalidConfig) as caught:
        DockerHubPulls(severities={"no-miror": "error"})

    assert str(caught.value) == (
        "DockerHubPulls: severities: unknown rule 'no-miror'; did you mean 'no-mirror'?"
    )
