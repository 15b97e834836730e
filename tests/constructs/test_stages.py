"""Projects in Stages, which no aspect of the app reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions, pipelines
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3 as s3

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import is_project
from tests.constructs.projects import granted, logins, project, warnings

if TYPE_CHECKING:
    from constructs import IConstruct

HELP = (
    "  help: say EcrPublicPull().add_to(app) behind the constructs of the app, in the place of"
    " Aspects.of(app).add(EcrPublicPull())"
)
SOURCE = codebuild.Source.git_hub(owner="o", repo="r")
Make = Callable[[cdk.App], list[cdk.Stack]]


def in_stages(app: cdk.App) -> list[cdk.Stack]:
    """Projects of the app itself, of a Stage, and of a Stage in a Stage."""
    outer = cdk.Stage(app, "Outer")
    stacks = [cdk.Stack(it, "Stack") for it in (app, outer, cdk.Stage(outer, "Inner"))]
    for stack in stacks:
        project(stack)
    return stacks


def as_resources(app: cdk.App) -> list[cdk.Stack]:
    """A Stage whose project is a resource alone."""
    stack = cdk.Stack(cdk.Stage(app, "Stage"), "Stack")
    role = "arn:aws:iam::123456789012:role/build"
    [made] = cdk.ConstructSelector.cfn_resource().select(project(cdk.Stack(app, "Other")))
    assert isinstance(made, codebuild.CfnProject)
    codebuild.CfnProject(
        stack,
        "Build",
        service_role=role,
        artifacts=made.artifacts,
        environment=made.environment,
        source=made.source,
    )
    return [stack]


def added_before(app: cdk.App, make: Make) -> list[cdk.Stack]:
    """The line stands before the constructs."""
    EcrPublicPull().add_to(app)
    return make(app)


def added_behind(app: cdk.App, make: Make) -> list[cdk.Stack]:
    """The line stands behind the constructs."""
    stacks = make(app)
    EcrPublicPull().add_to(app)
    return stacks


@pytest.mark.parametrize("add", [added_before, added_behind])
def test_every_stage(add: Callable[[cdk.App, Make], list[cdk.Stack]]) -> None:
    """One line reaches all projects, wherever they are and wherever it stands."""
    app = cdk.App()

    stacks = add(app, in_stages)

    for stack in stacks:
        assert [len(it) for it in logins(stack)] == [2]
        assert granted(stack) == 1
        assert warnings(stack) == {}


def test_a_resource_alone() -> None:
    """Behind the constructs the line reaches resources in Stages, too."""
    app = cdk.App()

    [stack] = added_behind(app, as_resources)

    assert [len(it) for it in logins(stack)] == [2]


@pytest.mark.parametrize("in_parallel", [True, False])
def test_cdk_pipelines(in_parallel: bool) -> None:
    """It reaches the projects that CDK Pipelines makes in the end."""
    app = cdk.App()
    EcrPublicPull().add_to(app)
    stack = cdk.Stack(app, "Stack")
    source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "app.zip")
    synth = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
    pipelines.CodePipeline(stack, "Pipeline", synth=synth, publish_assets_in_parallel=in_parallel)

    assert [len(it) for it in logins(stack)] == [2, 2]


def test_an_aspect_of_the_app() -> None:
    """A warning at the app's first stack names what an aspect alone cannot reach."""
    app = cdk.App()
    first, *_ = in_stages(app)

    cdk.Aspects.of(app).add(EcrPublicPull())

    assert warnings(first) == {
        "project-in-stage": (
            "projects Outer/Inner/Stack/Build, Outer/Stack/Build are in Stages, into which no"
            f" aspect of the app reaches, so that they do not log in\n{HELP}"
        )
    }


def test_an_app_of_stages_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """Without a stack of its own it is the error stream that has the warning."""
    app = cdk.App()
    project(cdk.Stack(cdk.Stage(app, "Stage"), "Stack"))
    cdk.Aspects.of(app).add(EcrPublicPull())

    app.synth()

    assert (
        "cdk_ecr_public_pull: WARNING: project Stage/Stack/Build is in a Stage, into which no"
        f" aspect of the app reaches, so that it does not log in\n{HELP}\n"
    ) in capfd.readouterr().err


def test_nothing_to_say_of_stages() -> None:
    """A Stage without projects, or whose projects are moved, needs no word."""
    app = cdk.App()
    stacks = in_stages(app)
    cdk.Stage(app, "Empty")
    EcrPublicPull().apply_to(app)

    cdk.Aspects.of(app).add(EcrPublicPull())

    assert [warnings(it) for it in stacks] == [{}, {}, {}]


def test_one_aspect_a_stage() -> None:
    """However many projects it has, and however often the line is said."""
    app = cdk.App()
    pull = EcrPublicPull()
    pull.add_to(app)
    pull.add_to(app)
    stage = cdk.Stage(app, "Stage")
    stack = cdk.Stack(stage, "Stack")
    for name in ("A", "B", "C"):
        project(stack, name)

    assert len(cdk.Aspects.of(stage).all) == 1
    assert [len(it) for it in logins(stack)] == [2, 2, 2]
    assert all(MARKER in str(it) for it in logins(stack))
    assert sum(map(is_project, stack.node.find_all())) == 3


@jsii.implements(cdk.IPropertyInjector)
class Descriptions:
    """An injector of the user's."""

    @property
    def construct_unique_id(self) -> str:
        """The class that it looks at."""
        return codebuild.Project.PROPERTY_INJECTION_ID

    def inject(self, original_props: Any, *, id: str, scope: IConstruct) -> Any:  # noqa: A002, ANN401, ARG002
        """Describe each project."""
        return {**original_props, "description": f"The project {id}"}


def test_an_injector_of_the_user() -> None:
    """One that is there goes on doing what it did."""
    app = cdk.App()
    cdk.PropertyInjectors.of(app).add(Descriptions())
    EcrPublicPull().add_to(app)
    stack = cdk.Stack(cdk.Stage(app, "Stage"), "Stack")
    project(stack)

    template = assertions.Template.from_stack(stack)

    template.has_resource_properties(
        "AWS::CodeBuild::Project", {"Description": "The project Build"}
    )
    assert [len(it) for it in logins(stack)] == [2]


def test_a_file_of_the_source_in_a_stage() -> None:
    """It has its own warning, and no other one about the Stage."""
    app = cdk.App()
    EcrPublicPull().add_to(app)
    cdk.Stack(app, "Stack")
    stack = cdk.Stack(cdk.Stage(app, "Stage"), "Stack")
    project(stack, build_spec=codebuild.BuildSpec.from_source_filename("absent.yml"), source=SOURCE)

    app.synth()

    assert list(warnings(stack)) == ["source-build-spec"]
    assert warnings(app.node.find_child("Stack")) == {}  # type: ignore[arg-type]
