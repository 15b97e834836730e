"""What a buildspec says of Docker."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.builds.buildspec.docker_use import (
    logs_in_to_private_ecr,
    makes_builder,
    names_docker,
)
from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.images.mirrors import Mirrors

OURS = [*login_commands(), *hub_pulls_commands(Mirrors())]


def build(*commands: str) -> dict[str, object]:
    """A buildspec that has commands in one phase."""
    return {"version": "0.2", "phases": {"build": {"commands": list(commands)}}}


@pytest.mark.parametrize(
    ("build_spec", "docker", "builder"),
    [
        (build("make"), False, False),
        (build("npm ci", *OURS), False, False),
        (build("docker build ."), True, False),
        (build("if :; then sudo docker-compose up; fi"), True, False),
        (build("DOCKER_BUILDKIT=1 ./build.sh"), True, False),
        (build("docker  buildx  create --use"), True, True),
        (build("mydocker-tool", "buildx creates"), False, False),
        ({"phases": {"install": {"runtime-versions": {"docker": 20}}}}, True, False),
        ({"phases": {"build": {"steps": [{"run": "docker build ."}]}}}, True, False),
        # As CDK resolves one with a token.
        ({"Fn::Join": ["", ['{"commands": ["docker tag a ', {"Ref": "B"}, '"]}']]}, True, False),
        (None, False, False),
    ],
)
def test_docker_use(build_spec: object, docker: bool, builder: bool) -> None:
    """A word of Docker anywhere counts, but none of this library's."""
    assert (names_docker(build_spec), makes_builder(build_spec)) == (docker, builder)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("aws ecr get-login-password --region eu-west-1 | docker login r", True),
        ("aws --region eu-west-1 ecr get-login-password", True),
        ("$(aws ecr get-login --no-include-email)", True),
        ("aws ecr-public get-login-password --region us-east-1", False),
        ("docker login ghcr.io", False),
    ],
)
def test_private_logins(command: str, expected: bool) -> None:
    """Those of ECR Public are none."""
    assert logs_in_to_private_ecr(build(command, *OURS)) is expected
