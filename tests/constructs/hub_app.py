"""An app that pulls from Docker Hub, for the tests that run the real ``cdk synth`` on it.

Its argument says which: the parts of it are described in test_validation_synth.py.
"""

from __future__ import annotations

import sys
from unittest import mock

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr_assets as ecr_assets

from cdk_ecr_public_pull import DockerHubPulls
from cdk_ecr_public_pull.constructs.synth_check import app_check


def project(scope: cdk.Stack, image: str) -> codebuild.Project:
    """A CodeBuild project that runs an image."""
    commands = {"version": "0.2", "phases": {"build": {"commands": [f"docker run {image}"]}}}
    return codebuild.Project(scope, "Build", build_spec=codebuild.BuildSpec.from_object(commands))


def staged(app: cdk.App) -> list[cdk.Stage]:
    """A pipeline's stack, and two Stages with an image asset, one as CDK Pipelines makes it."""
    cdk.Stack(app, "Pipeline")
    stages = [cdk.Stage(app, "Prod"), cdk.Stage(app, "Deployed")]
    for stage in stages:
        ecr_assets.DockerImageAsset(cdk.Stack(stage, "Service"), "Image", directory="image")
    stages[1].synth(validate_on_synthesis=True)
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    return stages


def mixed(app: cdk.App) -> None:
    """A stack with an error and a warning, one with a warning, and one with nothing.

    And what ``staged`` has, acknowledged.
    """
    rule = cdk.Acknowledgment(id="DockerHubPulls::docker-hub-pull", reason="moves next week")
    for stage in staged(app):
        cdk.Validations.of(stage).acknowledge(rule)
    project(cdk.Stack(app, "Errors"), "node:21 && docker run grafana/grafana:11")
    project(cdk.Stack(app, "Warnings"), "grafana/loki:3")


def broken(app: cdk.App) -> None:
    """A plugin that has a fault."""
    cdk.Stack(app, "Stack")
    mock.patch.object(app_check.AppCheck, "stack", side_effect=KeyError("fault")).start()
    cdk.Validations.of(app).add_plugins(DockerHubPulls())


if __name__ == "__main__":
    made = cdk.App()
    {each.__name__: each for each in (staged, mixed, broken)}[sys.argv[1]](made)
    made.synth()
