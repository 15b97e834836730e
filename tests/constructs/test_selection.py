"""CodeBuildProjects: the projects that a mixin is asked about, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from cdk_ecr_public_pull import CodeBuildProjects, EcrPublicPull
from cdk_ecr_public_pull.builds.login import login_commands
from tests.constructs.projects import POLICY, logins, project, selected_mixin, warnings

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct, IConstruct

[LOGIN] = login_commands()
LOGIN_NAME = LOGIN.partition("\n")[0]
SOURCE = codebuild.CfnProject.SourceProperty(type="NO_SOURCE", build_spec="{}")


class _Counting(EcrPublicPull):
    """Keeps what it is asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def supports(self, construct: IConstruct) -> bool:
        self.asked.append(construct.node.path)
        return super().supports(construct)


def l1_project(scope: Construct, construct_id: str) -> codebuild.CfnProject:
    """A project that is a CloudFormation resource alone."""
    return codebuild.CfnProject(
        scope,
        construct_id,
        artifacts=codebuild.CfnProject.ArtifactsProperty(type="NO_ARTIFACTS"),
        environment=codebuild.CfnProject.EnvironmentProperty(
            compute_type="BUILD_GENERAL1_SMALL", image="aws/codebuild/standard:7.0", type="LINUX"
        ),
        service_role="arn",
        source=SOURCE,
    )


def test_only_projects_are_asked_about() -> None:
    """All projects below the scope are selected, imported ones too, and nothing else."""
    app = cdk.App()
    stack = cdk.Stack(cdk.Stage(app, "Stage"), "Stack")
    sqs.Queue(stack, "Queue")
    project(stack)
    codebuild.PipelineProject(cdk.NestedStack(stack, "Nested"), "Build")
    codebuild.Project.from_project_name(stack, "Imported", "name")
    project(cdk.Stack(app, "Stack"))
    pull = _Counting()

    cdk.Mixins.of(app, CodeBuildProjects()).apply(pull)

    below = [f"Stage/Stack/{name}" for name in ("Build", "Nested/Build", "Imported")]
    assert pull.asked == [*below, "Stack/Build"]


def test_of_one_project() -> None:
    """A scope that is a project is the one that is selected."""
    stack = cdk.Stack(cdk.App(), "Stack")
    one = project(stack, "One")
    project(stack, "Two")

    assert CodeBuildProjects().select(one) == [one]


# What CDK lists before a project's own resource: its children with numbers for ids.
NESTED: dict[str, Callable[[codebuild.Project], object]] = {
    "a resource": lambda outer: l1_project(outer, "1"),
    "a resource and a project": lambda outer: (l1_project(outer, "1"), project(outer, "2")),
    "a project": lambda outer: project(outer, "1"),
}


@pytest.mark.parametrize("make", NESTED.values(), ids=NESTED)
def test_projects_within_a_project(make: Callable[[codebuild.Project], object]) -> None:
    """The login comes to each project's own resource, and to no other."""
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack, "Before")
    make(project(stack, "Outer"))

    selected_mixin(stack, EcrPublicPull())

    found = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    texts = {name: it["Properties"]["Source"]["BuildSpec"] for name, it in found.items()}
    alone = {
        stack.get_logical_id(it)
        for it in stack.node.find_all()
        if isinstance(it, codebuild.CfnProject) and it.node.id != "Resource"
    }
    assert {name for name, text in texts.items() if LOGIN_NAME not in text} == alone


def test_roles_made_elsewhere() -> None:
    """A project's own role that is not to be made takes no grants, and the project says so."""
    stack = cdk.Stack(cdk.App(), "Stack")
    iam.Role.customize_roles(stack, use_precreated_roles={"Stack/Build/Role": "name"})
    project(stack)

    selected_mixin(stack, EcrPublicPull())

    assert logins(stack) == [[LOGIN, POLICY]]
    assert list(warnings(stack)) == ["role-without-grant"]
