"""The projects below a construct: which those are, and what is known of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest.mock import patch

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from jsii._kernel.providers import process

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import projects_in
from tests.constructs.projects import POLICY, logins, project, warnings

if TYPE_CHECKING:
    from collections.abc import Callable

[LOGIN] = login_commands()
LOGIN_NAME = LOGIN.partition("\n")[0]
SOURCE = codebuild.CfnProject.SourceProperty(type="NO_SOURCE", build_spec="{}")


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


def test_only_those_below() -> None:
    """All projects below the scope get the login, those of Stages too, and no other."""
    app = cdk.App()
    stage = cdk.Stage(app, "Stage")
    stack = cdk.Stack(stage, "Stack")
    nested = cdk.NestedStack(stack, "Nested")
    beside = cdk.Stack(app, "Beside")
    sqs.Queue(stack, "Queue")
    for scope in (stack, nested, beside):
        project(scope)

    EcrPublicPull().apply_to(stage)

    assert [logins(it) for it in (stack, nested, beside)] == [[[LOGIN, POLICY]]] * 2 + [[[]]]


def test_no_projects() -> None:
    """Where there is no project there is nothing to do, as for a mixin of the scope."""
    stack = cdk.Stack(cdk.App(), "Stack")

    EcrPublicPull().apply_to(stack)

    assert warnings(stack) == {}


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

    EcrPublicPull().apply_to(stack)

    found = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    texts = {name: it["Properties"]["Source"]["BuildSpec"] for name, it in found.items()}
    alone = {
        stack.get_logical_id(it)
        for it in stack.node.find_all()
        if isinstance(it, codebuild.CfnProject) and it.node.id != "Resource"
    }
    assert {name for name, text in texts.items() if LOGIN_NAME not in text} == alone


def in_nested_stacks(app: cdk.App) -> None:
    """Projects before, in and behind a nested stack."""
    stack = cdk.Stack(app, "Stack")
    project(stack, "Before")
    project(cdk.NestedStack(stack, "Nested"))
    project(stack, "Behind")


def in_stacks_of_stacks(app: cdk.App) -> None:
    """A project behind a stack, and one behind a Stage, that lie within its own."""
    outer = cdk.Stack(app, "Outer")
    cdk.Stack(outer, "Inner")
    project(outer)
    other = cdk.Stack(app, "Other")
    project(cdk.Stack(cdk.Stage(other, "Stage"), "Stack"))
    project(other)


def in_stacks_side_by_side(app: cdk.App) -> None:
    """Projects of two stacks with numbers for ids, which turns them round, and of a Stage."""
    for number in ("2", "1"):
        stack = cdk.Stack(app, number, stack_name=f"Stack{number}")
        project(Construct(stack, "Group"), "1")
        project(stack)
    project(cdk.Stack(cdk.Stage(app, "Stage"), "Stack"))


@pytest.mark.parametrize("is_part", [False, True], ids=["of the app", "of its first child"])
@pytest.mark.parametrize("make", [in_nested_stacks, in_stacks_of_stacks, in_stacks_side_by_side])
def test_stacks(make: Callable[[cdk.App], None], is_part: bool) -> None:
    """Each project is read with its own stack and its own resource, however these nest."""
    app = cdk.App()
    make(app)
    listed = (app.node.children[0] if is_part else app).node.find_all()

    read = projects_in(listed)

    assert list(read) == [it for it in listed if isinstance(it, codebuild.Project)]
    for construct, found in read.items():
        assert isinstance(construct, codebuild.Project)
        assert found.construct is construct
        assert found.stack is construct.stack
        # jsii makes an object more each time that it passes one on.
        assert found.resource.node.path == f"{construct.node.path}/Resource"
        assert found.build_spec == construct.stack.resolve(found.resource.source)["buildSpec"]


def test_texts_and_tokens_together() -> None:
    """The buildspecs of a stack are resolved together, and each project keeps its own."""
    stack = cdk.Stack(cdk.App(), "Stack")
    without = {"build_spec": None, "source": codebuild.Source.git_hub(owner="o", repo="r")}
    text, none, token = project(stack, "A"), project(stack, "B", **without), project(stack, "C")
    for construct, build_spec in ((text, "{}"), (token, cdk.Fn.import_value("spec"))):
        resource = construct.node.default_child
        assert isinstance(resource, codebuild.CfnProject)
        resource.source = codebuild.CfnProject.SourceProperty(
            type="NO_SOURCE", build_spec=build_spec
        )

    read = projects_in(stack.node.find_all())

    found = [read[it].build_spec for it in (text, none, token)]
    assert found == ["{}", None, {"Fn::ImportValue": "spec"}]


def test_properties_that_were_read_before() -> None:
    """That somebody reads a resource by its attributes changes nothing of what is known of it."""
    event = codebuild.EventAction.WORKFLOW_JOB_QUEUED
    build = project(
        cdk.Stack(cdk.App(), "Stack"),
        environment_variables={"NAME": codebuild.BuildEnvironmentVariable(value="x")},
        source=codebuild.Source.git_hub(
            owner="o", repo="r", webhook_filters=[codebuild.FilterGroup.in_event_of(event)]
        ),
    )
    resource = build.node.default_child
    assert isinstance(resource, codebuild.CfnProject)
    names = ("environment", "source", "triggers")

    [before] = projects_in([build]).values()
    assert all(getattr(resource, name) is not None for name in names)
    [after] = projects_in([build]).values()

    # What is no plain value would not do as JSON.
    told = [json.dumps([it.properties[name] for name in names]) for it in (before, after)]
    assert json.loads(told[1]) == json.loads(told[0])


def test_messages() -> None:
    """A project more is nine messages more, two about whose its resource is; Node answers each."""
    counts = []
    for projects in (1, 2, 12):
        app = cdk.App()
        stack = cdk.Stack(app, "Stack")
        for number in range(projects):
            project(stack, f"Build{number}")
        pull = EcrPublicPull()
        # jsii shows its messages nowhere else.
        node = process._NodeProcess  # noqa: SLF001
        with patch.object(node, "send", autospec=True, side_effect=node.send) as send:
            pull.apply_to(app)
        counts.append(send.call_count)

    assert [count - counts[0] for count in counts] == [0, 9, 99]


def test_roles_made_elsewhere() -> None:
    """A project's own role that is not to be made takes no grants, and the project says so."""
    app = cdk.App()
    stack = cdk.Stack(app, "Stack")
    iam.Role.customize_roles(stack, use_precreated_roles={"Stack/Build/Role": "name"})
    project(stack)

    EcrPublicPull().apply_to(app)

    assert logins(stack) == [[LOGIN, POLICY]]
    assert list(warnings(stack)) == ["role-without-grant"]
