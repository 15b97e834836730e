"""DockerHubPulls: what it looks at, and what it says."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
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

from cdk_ecr_public_pull import DockerHubPulls, EcrPublicBuildContexts, Mirrors
from cdk_ecr_public_pull.errors import InvalidConfig

if TYPE_CHECKING:
    from collections.abc import Callable

NODE = "FROM node:21\n"
PULLED = "Dockerfile:1:6: node:21 is pulled from Docker Hub"
HUB = "docker-hub-pull"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, content: str) -> str:
    """Write a file; returns its folder, absolute because Node does not follow a change."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return str(path.parent.absolute())


@dataclass(frozen=True)
class Said:
    """A violation: its severity, rule, description, and the constructs it is reported for."""

    severity: str
    rule: str
    description: str
    constructs: tuple[str, ...] = ("",)


def report(app: cdk.App) -> dict[str, Any]:
    """Synthesize an app; returns what the plugin says in CDK's report, nothing if it does not."""
    # The report is thrown, and written to a file, too.
    with suppress(RuntimeError):
        app.synth()
    reports = json.loads((Path(app.outdir) / "validation-report.json").read_text())
    found = [each for each in reports["pluginReports"] if each["pluginName"] == "DockerHubPulls"]
    return found[0] if found else {"conclusion": "success", "violations": []}


def said(app: cdk.App) -> list[Said]:
    """Synthesize an app; returns what the plugin says."""
    return [
        Said(
            violation["severity"],
            violation["ruleName"],
            violation["description"],
            tuple(it["constructPath"] for it in violation["violatingConstructs"]),
        )
        for violation in report(app)["violations"]
    ]


def new_app(**options: Any) -> tuple[cdk.App, cdk.Stack]:  # noqa: ANN401  (the plugin's own)
    """An app with the plugin, and a stack of it."""
    app = cdk.App(outdir=str(Path("cdk.out").absolute()))
    cdk.Validations.of(app).add_plugins(DockerHubPulls(**options))
    return app, cdk.Stack(app, "Stack")


def image(scope: cdk.Stack, content: str = NODE, **props: Any) -> ecr_assets.DockerImageAsset:  # noqa: ANN401
    """An image asset."""
    directory = write("image/Dockerfile", content)
    return ecr_assets.DockerImageAsset(scope, "Image", directory=directory, **props)


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
    "a platform": (
        "FROM node:21-$TARGETARCH\n",
        {"platform": ecr_assets.Platform.LINUX_ARM64},
        [Said("error", HUB, "image/Dockerfile:1:6: node:21-arm64 is pulled from Docker Hub")],
    ),
    "several platforms": (
        "FROM --platform=$TARGETPLATFORM node:21\n",
        {"platform": ecr_assets.Platform.custom("linux/arm64,linux/amd64")},
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


def test_the_build_contexts_of_this_package_move_it() -> None:
    """An asset that EcrPublicBuildContexts moved is not reported."""
    app = cdk.App(
        outdir=str(Path("cdk.out").absolute()), property_injectors=[EcrPublicBuildContexts()]
    )
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    image(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"))

    assert said(app) == []


def test_a_warning_is_shown_once() -> None:
    """What EcrPublicBuildContexts has said already, the plugin does not say again."""
    app = cdk.App(
        outdir=str(Path("cdk.out").absolute()), property_injectors=[EcrPublicBuildContexts()]
    )
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    image(cdk.Stack(app, "Stack"), f"{NODE}COPY --from=grafana/loki:3 / /\n")

    assert said(app) == []


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


def test_asset_staging_may_be_off() -> None:
    """Without copies of the assets, the files themselves are read."""
    context = {"aws:cdk:disable-asset-staging": True, "aws:cdk:enable-path-metadata": True}
    app = cdk.App(outdir=str(Path("cdk.out").absolute()), context=context)
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    image(cdk.Stack(app, "Stack"))

    assert said(app) == [Said("error", HUB, f"image/{PULLED}", ("Stack/Image",))]


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


def test_the_legacy_synthesizer() -> None:
    """A stack without asset manifests has its image assets in its metadata."""
    app, _ = new_app()
    synthesizer = cdk.LegacyStackSynthesizer()
    arguments = {"BASE": "python:3.12"}
    image(cdk.Stack(app, "Old", synthesizer=synthesizer), ARG, build_args=arguments)

    description = "image/Dockerfile:2:6: python:3.12 is pulled from Docker Hub"
    assert said(app) == [Said("error", HUB, description, ("Old/Image",))]


def test_a_wrong_argument() -> None:
    """A severity or a rule that does not exist is an error where the plugin is made."""
    with pytest.raises(InvalidConfig) as caught:
        DockerHubPulls(severities={"no-miror": "error"})

    assert str(caught.value) == (
        "DockerHubPulls: severities: unknown rule 'no-miror'; did you mean 'no-mirror'?"
    )
