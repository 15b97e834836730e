"""A CDK Pipeline that publishes images and a file, synthesized in full."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import pipelines

SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hub-AbCdEf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A CodeBuild project of a pipeline.

    Attributes:
        build_spec: Its buildspec, from the template or from the file in the assembly.
        privileged: Whether its builds may run the Docker daemon.
        statements: How many statements allow its role to ask for a login to ECR Public.
        timeout: How many minutes a build may take.
    """

    build_spec: dict[str, Any]
    privileged: bool
    statements: int
    timeout: int | None

    def commands(self, phase: str) -> list[str]:
        """The commands of a phase."""
        listed: list[str] = self.build_spec["phases"].get(phase, {}).get("commands", [])
        return listed


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineApp:
    """An app with a pipeline.

    Attributes:
        folder: Where its image and its assembly are.
        app: The app.
        stack: The pipeline's stack.
    """

    folder: Path
    app: cdk.App
    stack: cdk.Stack

    def projects(self) -> dict[str, Project]:
        """Synthesize, and read each project of the pipeline, by its name."""
        template = json.loads(Path(self.app.synth().stacks[0].template_full_path).read_bytes())
        resources = template["Resources"]
        policies = [it for it in resources.values() if it["Type"] == "AWS::IAM::Policy"]
        return {
            name: self._project(resources[logical_id]["Properties"], policies)
            for logical_id in resources
            for name in PROJECTS
            if resources[logical_id]["Type"] == "AWS::CodeBuild::Project" and name in logical_id
        }

    def warnings(self) -> dict[str, list[str]]:
        """The rules of this library's warnings, by the project's name."""
        marker = "[ack: cdk_ecr_public_pull:"
        found: dict[str, list[str]] = {}
        for construct in self.stack.node.find_all():
            for entry in construct.node.metadata:
                if entry.type == "aws:cdk:warning" and marker in str(entry.data):
                    rule = str(entry.data).rpartition(marker)[2].rstrip("]")
                    found.setdefault(construct.node.id.rstrip("1"), []).append(rule)
        return found

    def _project(self, properties: dict[str, Any], policies: list[dict[str, Any]]) -> Project:
        text = properties["Source"]["BuildSpec"]
        if not text.startswith("{"):
            text = (Path(self.app.outdir) / text).read_text(encoding="utf-8")
        role = properties["ServiceRole"]["Fn::GetAtt"][0]
        statements = [
            statement
            for policy in policies
            if {"Ref": role} in policy["Properties"]["Roles"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]
        return Project(
            build_spec=json.loads(text),
            privileged=properties["Environment"]["PrivilegedMode"],
            statements=json.dumps(statements).count("ecr-public:GetAuthorizationToken"),
            timeout=properties.get("TimeoutInMinutes"),
        )


PROJECTS = ("Synth", "SelfMutation", "Test", "DockerAsset", "FileAsset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What a pipeline is made with.

    Attributes:
        options: Properties of ``pipelines.CodePipeline``.
        usages: The usages of its Docker Hub credential; an empty list is no credential.
    """

    options: dict[str, Any] = field(default_factory=dict)
    usages: tuple[pipelines.DockerCredentialUsage, ...] = ()


class _Stage(cdk.Stage):
    def __init__(self, scope: cdk.App, folder: Path) -> None:
        super().__init__(scope, "Prod")
        stack = cdk.Stack(self, "Stack")
        # Without a resource CDK's own validation warns.
        s3.Bucket(stack, "Bucket")
        ecr_assets.DockerImageAsset(stack, "Image", directory=str(folder / "image"))
        s3_assets.Asset(stack, "File", path=str(folder / "image" / "Dockerfile"))


def pipeline_app(folder: Path, given: Pipeline) -> PipelineApp:
    """Make an app with a pipeline, and do not synthesize it yet.

    Args:
        folder: An empty folder.
        given: What the pipeline is made with.
    """
    (folder / "image").mkdir()
    (folder / "image" / "Dockerfile").write_text("FROM public.ecr.aws/docker/library/node:21\n")
    app = cdk.App(outdir=str(folder / "cdk.out"))
    env = cdk.Environment(account="111111111111", region="eu-west-1")
    stack = cdk.Stack(app, "Pipeline", env=env)
    secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", SECRET)
    credential = pipelines.DockerCredential.docker_hub(secret, usages=list(given.usages))
    pipeline = pipelines.CodePipeline(
        stack,
        "Pipeline",
        synth=pipelines.ShellStep(
            "Synth",
            input=pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "app.zip"),
            install_commands=["docker run --rm tools"],
            commands=["cdk synth"],
        ),
        docker_credentials=[credential] if given.usages else None,
        **given.options,
    )
    pipeline.add_stage(
        _Stage(app, folder),
        pre=[pipelines.ShellStep("Test", commands=["docker run test"])],
    )
    return PipelineApp(folder=folder, app=app, stack=stack)
