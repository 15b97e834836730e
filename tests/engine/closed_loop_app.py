"""A CDK app with the projects of the closed loop, which know nothing of what they build."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild

from app import BUILD_SPEC
from cdk_ecr_public_pull import EcrPublicPull, EcrPublicPullProject, HubPulls
from tests.engine.world import PRIVATE_REGISTRY

# As a job that makes its own base image before the image that it is for.
WITH_A_BASE = {
    "version": "0.2",
    "phases": {"build": {"commands": ["docker build --tag my-base base", "docker build ."]}},
}
WITHOUT_A_PUSH = {"version": "0.2", "phases": {"build": {"commands": ["docker build ."]}}}
AT_ONCE = 20
# However long their logins take, the builds pull at the same time.
TOGETHER = {
    "version": "0.2",
    "phases": {
        "build": {
            "commands": [
                "mkdir -p /codebuild/ready; touch /codebuild/ready/$CODEBUILD_BUILD_NUMBER",
                f"until [ $(ls /codebuild/ready | wc -l) = {AT_ONCE} ]; do sleep 0.1; done",
                "docker build .",
            ]
        }
    },
}
REPOSITORY = {
    "REPOSITORY_URI": codebuild.BuildEnvironmentVariable(value=f"{PRIVATE_REGISTRY}/closed-loop")
}


def build_app() -> cdk.App:
    """Build the app."""
    app = cdk.App()
    stack = cdk.Stack(app, "ClosedLoop")
    for name, build_spec in (("Plain", BUILD_SPEC), ("UnhelpedTogether", TOGETHER)):
        codebuild.Project(
            stack,
            name,
            build_spec=codebuild.BuildSpec.from_object(build_spec),
            environment=codebuild.BuildEnvironment(privileged=True),
            environment_variables=REPOSITORY,
        )
    enforcing = EcrPublicPull(hub_pulls=HubPulls.ENFORCE, local_images=["my-base"])
    projects = {
        "Redirecting": (BUILD_SPEC, EcrPublicPull()),
        "Strict": (WITHOUT_A_PUSH, EcrPublicPull()),
        "Lenient": (WITHOUT_A_PUSH, EcrPublicPull(required=False)),
        "Enforcing": (BUILD_SPEC, enforcing),
        "Basing": (WITH_A_BASE, enforcing),
        "Together": (TOGETHER, EcrPublicPull()),
    }
    for name, (build_spec, pull) in projects.items():
        EcrPublicPullProject(
            stack, name, build_spec=build_spec, pull=pull, environment_variables=REPOSITORY
        )
    return app


if __name__ == "__main__":
    build_app().synth()
