"""EcrPublicPullProject and EcrPublicPullPipelineProject."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_s3 as s3

from cdk_ecr_public_pull import (
    EcrPublicPull,
    EcrPublicPullPipelineProject,
    EcrPublicPullProject,
)
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.constructs.project import PipelineProjectProps, ProjectProps
from cdk_ecr_public_pull.errors import UnsupportedProject, UnusableFile
from tests.constructs.projects import POLICY

BOTH = pytest.mark.parametrize("kind", [EcrPublicPullProject, EcrPublicPullPipelineProject])
USERS = {"version": "0.2", "phases": {"build": {"commands": ["docker build ."]}}}
MERGED = {
    "version": "0.2",
    "phases": {"build": {"commands": [*login_commands(), POLICY, "docker build ."]}},
}
# The two classes differ in the properties that none of these tests passes.
Kind = type[Any]


OTHERS = {"self", "scope", "id", "build_spec", "environment"}


def new_stack() -> cdk.Stack:
    """A stack in an app of its own."""
    return cdk.Stack(cdk.App(), "Stack")


def project_in(stack: cdk.Stack) -> dict[str, Any]:
    """The properties of the only project in the stack's template."""
    projects = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    (project,) = projects.values()
    properties: dict[str, Any] = project["Properties"]
    return properties


@BOTH
def test_defaults(kind: Kind) -> None:
    """A project is privileged, logs in, and has CDK's default image otherwise."""
    stack = new_stack()

    kind(stack, "Build", build_spec=USERS)

    project = project_in(stack)
    assert json.loads(project["Source"]["BuildSpec"]) == MERGED
    assert project["Environment"] == {
        "ComputeType": "BUILD_GENERAL1_SMALL",
        "Image": "aws/codebuild/standard:7.0",
        "ImagePullCredentialsType": "CODEBUILD",
        "PrivilegedMode": True,
        "Type": "LINUX_CONTAINER",
    }


ENVIRONMENTS = {
    "nothing said": (codebuild.BuildEnvironment(compute_type=codebuild.ComputeType.LARGE), True),
    "a dictionary": ({"compute_type": codebuild.ComputeType.LARGE}, True),
    "privileged": (
        codebuild.BuildEnvironment(compute_type=codebuild.ComputeType.LARGE, privileged=True),
        True,
    ),
    "not privileged": (
        codebuild.BuildEnvironment(compute_type=codebuild.ComputeType.LARGE, privileged=False),
        False,
    ),
    "a server for Docker": (
        codebuild.BuildEnvironment(
            compute_type=codebuild.ComputeType.LARGE,
            docker_server=codebuild.DockerServerOptions(
                compute_type=codebuild.DockerServerComputeType.SMALL
            ),
        ),
        False,
    ),
}


@pytest.mark.parametrize(("environment", "expected"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
@BOTH
def test_environment(kind: Kind, environment: object, *, expected: bool) -> None:
    """What the user says of the environment stays; privileged is a default."""
    stack = new_stack()

    kind(stack, "Build", build_spec=USERS, environment=environment)

    actual = project_in(stack)["Environment"]
    assert (actual["ComputeType"], actual["PrivilegedMode"]) == ("BUILD_GENERAL1_LARGE", expected)


@BOTH
def test_other_properties(kind: Kind) -> None:
    """The parent's other properties reach it."""
    stack = new_stack()

    kind(stack, "Build", build_spec=USERS, project_name="name", timeout=cdk.Duration.minutes(7))

    project = project_in(stack)
    assert (project["Name"], project["TimeoutInMinutes"]) == ("name", 7)


@pytest.mark.parametrize(
    ("parent", "props"),
    [
        (codebuild.Project, ProjectProps),
        (codebuild.PipelineProject, PipelineProjectProps),
    ],
)
def test_typed_properties(parent: type, props: type) -> None:
    """The typed properties are those of the parent, less the two that take more here."""
    parameters = set(inspect.signature(vars(parent)["__init__"]).parameters)

    assert props.__annotations__.keys() | OTHERS == parameters


@BOTH
def test_pull(kind: Kind) -> None:
    """The options are those of ``pull``."""
    stack = new_stack()

    kind(stack, "Build", build_spec=USERS, pull=EcrPublicPull(required=False))

    build = json.loads(project_in(stack)["Source"]["BuildSpec"])["phases"]["build"]
    assert build["commands"] == [*login_commands(required=False), POLICY, "docker build ."]


@pytest.mark.parametrize(
    "image",
    [
        codebuild.LinuxLambdaBuildImage.AMAZON_LINUX_2023_NODE_22,
        codebuild.WindowsBuildImage.WIN_SERVER_CORE_2019_BASE_3_0,
    ],
)
@BOTH
def test_no_docker(kind: Kind, image: codebuild.IBuildImage) -> None:
    """Compute without Docker is refused with the cause, not for being privileged."""
    environment = codebuild.BuildEnvironment(build_image=image)

    with pytest.raises(UnsupportedProject, match="Stack/Build has the environment type"):
        kind(new_stack(), "Build", build_spec=USERS, environment=environment)


def said_of(kind: Kind, dockerfile: Path, content: str) -> tuple[list[str], list[str]]:
    """The errors and the warnings of a project that is given a Dockerfile."""
    stack = new_stack()
    dockerfile.write_text(content)
    kind(stack, "Build", build_spec=USERS, dockerfiles=[dockerfile])
    annotations = assertions.Annotations.from_stack(stack)
    anything = assertions.Match.any_value()
    errors = annotations.find_error("/Stack/Build", anything)
    warnings = annotations.find_warning("/Stack/Build", anything)
    return [str(it.entry.data) for it in errors], [str(it.entry.data) for it in warnings]


@BOTH
def test_dockerfiles(kind: Kind, tmp_path: Path) -> None:
    """A Dockerfile that pulls from Docker Hub is an error, with its place and the remedy."""
    dockerfile = tmp_path / "Dockerfile"
    errors, warnings = said_of(kind, dockerfile, "FROM node:21\nFROM some/app:1\n")
    assert [text.partition(": ")[0] for text in warnings] == [f"{dockerfile}:2:6"]
    [error] = errors
    assert error == (
        f"{dockerfile}:1:6: node:21 is pulled from Docker Hub [docker-hub-pull]\n"
        "  help: pull public.ecr.aws/docker/library/node:21\n"
        f"  or run: ecr-public-pull fix {dockerfile}"
    )
    assert warnings[0].endswith("[ack: cdk_ecr_public_pull:no-mirror]")


@BOTH
def test_dockerfiles_with_a_tag_that_only_the_build_tells(kind: Kind, tmp_path: Path) -> None:
    """An image whose repository is known is an error, whatever its tag will be."""
    dockerfile = tmp_path / "Dockerfile"
    content = "ARG V\nFROM node:${V}\nFROM public.ecr.aws/x/y:${V}\n"
    errors, warnings = said_of(kind, dockerfile, content)
    assert [text.partition("\n")[0] for text in errors] == [
        f"{dockerfile}:2:6: node:${{V}} is pulled from Docker Hub [docker-hub-pull]"
    ]
    assert warnings == []


@BOTH
def test_dockerfiles_with_mirrors(kind: Kind, tmp_path: Path) -> None:
    """What ``pull`` knows of local images counts."""
    stack = new_stack()
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM some/app:1\n")
    pull = EcrPublicPull(local_images=["some/*"])

    kind(stack, "Build", build_spec=USERS, pull=pull, dockerfiles=str(dockerfile))

    annotations = assertions.Annotations.from_stack(stack)
    assert annotations.find_warning("*", assertions.Match.any_value()) == []


@BOTH
def test_missing_dockerfile(kind: Kind) -> None:
    """A Dockerfile that is not there is an error."""
    with pytest.raises(UnusableFile) as caught:
        kind(new_stack(), "Build", build_spec=USERS, dockerfiles=["no/Dockerfile"])

    assert str(caught.value) == (
        "no/Dockerfile: the file cannot be read: No such file or directory"
    )


def test_in_a_pipeline() -> None:
    """A pipeline project is one, wherever CDK wants one."""
    stack = new_stack()
    source = codepipeline.Artifact()
    project = EcrPublicPullPipelineProject(stack, "Build", build_spec=USERS)
    bucket = s3.Bucket(stack, "Bucket", versioned=True)

    codepipeline.Pipeline(
        stack,
        "Pipeline",
        artifact_bucket=s3.Bucket(stack, "Artifacts"),
        stages=[
            codepipeline.StageProps(
                stage_name="Source",
                actions=[
                    actions.S3SourceAction(
                        action_name="S3", bucket=bucket, bucket_key="x.zip", output=source
                    )
                ],
            ),
            codepipeline.StageProps(
                stage_name="Build",
                actions=[
                    actions.CodeBuildAction(action_name="Build", project=project, input=source)
                ],
            ),
        ],
    )

    properties = project_in(stack)
    assert properties["Source"]["Type"] == "CODEPIPELINE"
    assert json.loads(properties["Source"]["BuildSpec"]) == MERGED
