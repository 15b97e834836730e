"""A stack with one project, and what came of it."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild

USERS = {"version": "0.2", "phases": {"build": {"commands": ["docker build ."]}}}
LOGIN_STATEMENT = {
    "Action": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"],
    "Effect": "Allow",
    "Resource": "*",
}


def new_stack(**props: object) -> cdk.Stack:
    """A stack in an app of its own."""
    env = cdk.Environment(**props) if props else None  # type: ignore[arg-type]
    return cdk.Stack(cdk.App(), "Stack", env=env)


def new_project(stack: cdk.Stack, **props: object) -> codebuild.Project:
    """A plain project that builds an image."""
    given: dict[str, object] = {
        "build_spec": codebuild.BuildSpec.from_object(USERS),
        "environment": codebuild.BuildEnvironment(privileged=True),
        **props,
    }
    return codebuild.Project(stack, "Build", **given)  # type: ignore[arg-type]


def build_spec_of(stack: cdk.Stack) -> object:
    """The buildspec of the only project in the stack's template."""
    projects = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    (project,) = projects.values()
    return json.loads(project["Properties"]["Source"]["BuildSpec"])


def login_statements(stack: cdk.Stack) -> list[object]:
    """The policy statements of the template that allow the login."""
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    return [
        statement
        for policy in policies.values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "ecr-public:GetAuthorizationToken" in statement["Action"]
    ]


def warnings_of(stack: cdk.Stack) -> list[str]:
    """The ids of the project's warnings, each in the text that acknowledges it."""
    found = assertions.Annotations.from_stack(stack).find_warning(
        "/Stack/Build", assertions.Match.any_value()
    )
    texts = [str(it.entry.data) for it in found]
    return [text.rpartition("[ack: ")[2].rstrip("]") for text in texts]
