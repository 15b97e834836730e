"""Projects that are CloudFormation resources, without a ``codebuild.Project``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions, cloudformation_include
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.login import LOGIN_ACTIONS, login_commands, login_statement
from tests.constructs.projects import POLICY, Apply, aspect, directly, mixin, warnings

[LOGIN] = login_commands()
SPEC = {"version": "0.2", "phases": {"build": {"commands": ["docker build ."]}}}
STATEMENT = {"Action": list(LOGIN_ACTIONS), "Effect": "Allow", "Resource": "*"}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
NO_GRANT = (
    "the role of project Stack/Build takes no grants (it is imported or immutable), so that the"
    f" login may be refused\n  help: add this statement to the role by hand:"
    f" {json.dumps(login_statement())}"
)


def resource(stack: cdk.Stack, service_role: str) -> codebuild.CfnProject:
    """A project as CloudFormation has it."""
    kind = codebuild.CfnProject
    return kind(
        stack,
        "Build",
        service_role=service_role,
        artifacts=kind.ArtifactsProperty(type="NO_ARTIFACTS"),
        environment=kind.EnvironmentProperty(
            compute_type="BUILD_GENERAL1_SMALL",
            image="aws/codebuild/standard:7.0",
            type="LINUX_CONTAINER",
            privileged_mode=True,
        ),
        source=kind.SourceProperty(type="NO_SOURCE", build_spec=json.dumps(SPEC)),
    )


def with_role(stack: cdk.Stack) -> None:
    """Its role is one of CDK's."""
    principal = iam.ServicePrincipal("codebuild.amazonaws.com")
    resource(stack, iam.Role(stack, "Role", assumed_by=principal).role_arn)


def with_resource(stack: cdk.Stack) -> None:
    """Its role is a resource, too."""
    resource(stack, iam.CfnRole(stack, "Role", assume_role_policy_document={}).attr_arn)


def included(stack: cdk.Stack, folder: Path) -> None:
    """It comes from a template."""
    project = {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
            "Artifacts": {"Type": "NO_ARTIFACTS"},
            "Environment": {
                "ComputeType": "BUILD_GENERAL1_SMALL",
                "Image": "aws/codebuild/standard:7.0",
                "Type": "LINUX_CONTAINER",
                "PrivilegedMode": True,
            },
            "Source": {"Type": "NO_SOURCE", "BuildSpec": json.dumps(SPEC)},
        },
    }
    template = folder / "template.json"
    template.write_text(json.dumps({"Resources": {"Role": ROLE, "Build": project}}))
    cloudformation_include.CfnInclude(stack, "Include", template_file=str(template))


MAKERS: dict[str, Callable[[cdk.Stack, Path], None]] = {
    "a role of CDK's": lambda stack, _: with_role(stack),
    "a role that is a resource": lambda stack, _: with_resource(stack),
    "a template": included,
}


def commands(stack: cdk.Stack) -> list[str]:
    """What the only project of a stack runs."""
    template = assertions.Template.from_stack(stack)
    [project] = template.find_resources("AWS::CodeBuild::Project").values()
    phases = json.loads(project["Properties"]["Source"]["BuildSpec"])["phases"]
    return [it for phase in phases.values() for it in phase["commands"]]


def policies(stack: cdk.Stack) -> list[Any]:
    """The statements of a stack's policies."""
    found = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return [it["Properties"]["PolicyDocument"]["Statement"] for it in found]


@pytest.mark.parametrize("apply", [mixin, directly, aspect])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_moved(tmp_path: Path, make: Callable[[cdk.Stack, Path], None], apply: Apply) -> None:
    """It gets what any project gets, and its role the permissions, once."""
    stack = cdk.Stack(cdk.App(), "Stack")
    make(stack, tmp_path)

    apply(stack, EcrPublicPull(), EcrPublicPull())

    assert commands(stack) == [LOGIN, POLICY, "docker build ."]
    assert policies(stack) == [[STATEMENT]]
    assert warnings(stack) == {}


ELSEWHERE: dict[str, Callable[[cdk.Stack], str]] = {
    "an ARN": lambda _: "arn:aws:iam::123456789012:role/build",
    "a parameter": lambda stack: cdk.CfnParameter(stack, "Arn").value_as_string,
    "another stack": lambda _: cdk.Fn.import_value("role"),
}


@pytest.mark.parametrize("role", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_role_elsewhere(role: Callable[[cdk.Stack], str]) -> None:
    """The statement is told, for a role that is not in the stack."""
    stack = cdk.Stack(cdk.App(), "Stack")
    resource(stack, role(stack))

    EcrPublicPull().apply_to(stack)

    assert commands(stack) == [LOGIN, POLICY, "docker build ."]
    assert policies(stack) == []
    assert warnings(stack) == {"role-without-grant": NO_GRANT}


def test_by_its_name() -> None:
    """It may be named itself, as a project may."""
    stack = cdk.Stack(cdk.App(), "Stack")
    principal = iam.ServicePrincipal("codebuild.amazonaws.com")
    project = resource(stack, iam.Role(stack, "Role", assumed_by=principal).role_arn)

    EcrPublicPull().apply_to(project)

    assert commands(stack) == [LOGIN, POLICY, "docker build ."]


def test_that_of_a_project_is_the_project() -> None:
    """The resource of a codebuild.Project is no project beside it."""
    stack = cdk.Stack(cdk.App(), "Stack")
    project = codebuild.Project(stack, "Build", build_spec=codebuild.BuildSpec.from_object(SPEC))
    [own] = cdk.ConstructSelector.cfn_resource().select(project)

    assert EcrPublicPull().supports(project)
    assert not EcrPublicPull().supports(own)
