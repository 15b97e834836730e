"""Projects that EcrPublicPull passes over as a mixin and as an aspect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.errors import InvalidBuildSpec, UnsupportedProject
from tests.constructs.projects import (
    POLICY,
    Apply,
    aspect,
    directly,
    logins,
    mixin,
    project,
    warnings,
)

if TYPE_CHECKING:
    from constructs import IConstruct

HELP = (
    "  help: pass the buildspec itself, as a mapping or as codebuild.BuildSpec.from_object(...), "
    'or the path of a local file: build_spec="buildspec.yml" of an EcrPublicPullProject'
)
LINUX = "environment=codebuild.BuildEnvironment(build_image=codebuild.LinuxBuildImage.STANDARD_7_0)"
UNREADABLE = "the buildspec of project Stack/Build cannot be read at synth: "
ASSET = Path(__file__).parent / "projects.py"
STEPS = {"steps": [{"run": "make"}]}
RUNNER = (
    "project Stack/Build is a runner: it ignores its buildspec, unless a job's label says "
    "buildspec-override:true, so that a login there would not run\n"
    "  help: let the job run what ecr-public-pull login prints, and give the role "
    "ecr.PublicGalleryAuthorizationToken.grant_read(project); where the jobs have that "
    "label, use EcrPublicPull().apply_to(project)"
)


def imported(stack: cdk.Stack) -> IConstruct:
    """A project of another app."""
    return codebuild.Project.from_project_name(stack, "Build", "name")


def with_props(**props: Callable[[], Any]) -> Callable[[cdk.Stack], IConstruct]:
    """What makes a project with some properties, each made when it is asked for."""
    return lambda stack: project(stack, **{name: make() for name, make in props.items()})


def with_image(image: str, kind: type) -> Callable[[cdk.Stack], IConstruct]:
    """What makes a project that runs in an image that has no Docker."""
    environment = codebuild.BuildEnvironment(build_image=getattr(kind, image))
    return with_props(environment=lambda: environment)


def github_runner() -> codebuild.ISource:
    """The source of a project that runs the jobs of GitHub Actions."""
    event = codebuild.EventAction.WORKFLOW_JOB_QUEUED
    filters = [codebuild.FilterGroup.in_event_of(event)]
    return codebuild.Source.git_hub(owner="o", repo="r", webhook_filters=filters)


def buildkite_token() -> dict[str, codebuild.BuildEnvironmentVariable]:
    """The variable that makes a project run the jobs of Buildkite."""
    name = "CODEBUILD_CONFIG_BUILDKITE_AGENT_TOKEN"
    return {name: codebuild.BuildEnvironmentVariable(value="an-id")}


PASSED_OVER: dict[str, tuple[Callable[[cdk.Stack], IConstruct], str]] = {
    "imported-project": (
        imported,
        (
            "project Stack/Build is imported: its buildspec cannot be changed from here\n"
            "  help: apply EcrPublicPull in the app that makes the project"
        ),
    ),
    "invalid-build-spec": (
        with_props(
            build_spec=lambda: codebuild.BuildSpec.from_object(
                {"phases": {"install": STEPS, "pre_build": STEPS, "build": STEPS}}
            )
        ),
        (
            "the buildspec of project Stack/Build: phases.install, phases.pre_build and "
            "phases.build all hold steps, and a phase holds either steps or commands, so that the "
            "login has no place. Write the steps of one of them as commands, or move them to "
            "another."
        ),
    ),
    "lambda-compute": (
        with_image("AMAZON_LINUX_2023_NODE_22", codebuild.LinuxLambdaBuildImage),
        (
            "project Stack/Build has the environment type LINUX_LAMBDA_CONTAINER: Lambda compute "
            "has no Docker, so that it can build no image\n"
            f"  help: choose a container image, {LINUX}"
        ),
    ),
    "windows-compute": (
        with_image("WIN_SERVER_CORE_2019_BASE_3_0", codebuild.WindowsBuildImage),
        (
            "project Stack/Build has the environment type WINDOWS_SERVER_2019_CONTAINER: "
            "CodeBuild's Windows has no Docker, so that it can build no image\n"
            f"  help: choose a Linux image, {LINUX}"
        ),
    ),
    "runner-project": (with_props(source=github_runner), RUNNER),
    "runner-project (Buildkite)": (with_props(environment_variables=buildkite_token), RUNNER),
}


@pytest.mark.parametrize("apply", [mixin, directly, aspect])
@pytest.mark.parametrize("case", PASSED_OVER)
def test_passed_over(case: str, apply: Apply) -> None:
    """A project that cannot be helped stays as it is, and its warning says what to do."""
    make, message = PASSED_OVER[case]
    plain, stack = cdk.Stack(cdk.App(), "Stack"), cdk.Stack(cdk.App(), "Stack")
    make(plain)
    make(stack)

    apply(stack, EcrPublicPull())

    assert warnings(stack) == {case.partition(" ")[0]: message}
    changed = assertions.Template.from_stack(stack).to_json()
    assert changed == assertions.Template.from_stack(plain).to_json()


def test_acknowledged() -> None:
    """The warning at a project that is passed over can be turned off for the stack."""
    app = cdk.App()
    stack = cdk.Stack(app, "Stack")
    imported(stack)
    cdk.Annotations.of(stack).acknowledge_warning("cdk_ecr_public_pull:imported-project")

    mixin(app, EcrPublicPull())

    assert warnings(stack) == {}


def test_by_name() -> None:
    """Applied to one project by its name, it refuses what it cannot do, with an error."""
    stack = cdk.Stack(cdk.App(), "Stack")
    phases = dict.fromkeys(("install", "pre_build", "build"), STEPS)
    steps = codebuild.BuildSpec.from_object({"phases": phases})
    for construct, error in (
        (imported(stack), UnsupportedProject),
        (project(stack, "Steps", build_spec=steps), InvalidBuildSpec),
    ):
        with pytest.raises(error):
            EcrPublicPull().apply_to(construct)


@pytest.mark.parametrize("case", PASSED_OVER)
def test_a_question_changes_nothing(case: str) -> None:
    """Asked whether it supports a project, it says so of each, and gives no warning yet."""
    make, _ = PASSED_OVER[case]
    stack = cdk.Stack(cdk.App(), "Stack")

    assert EcrPublicPull().supports(make(stack))
    assert warnings(stack) == {}


def test_other_constructs() -> None:
    """It supports nothing but projects."""
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack)

    others = [it for it in stack.node.find_all() if it.node.id != "Build"]
    assert len(others) > 1
    assert not any(EcrPublicPull().supports(it) for it in others)


def test_a_question_before_a_name() -> None:
    """To have asked about a project does not change what happens to it by its name."""
    pull = EcrPublicPull()
    construct = imported(cdk.Stack(cdk.App(), "Stack"))

    assert pull.supports(construct)
    with pytest.raises(UnsupportedProject):
        pull.apply_to(construct)


def test_a_runner_by_name() -> None:
    """A runner whose jobs use the buildspec gets the login when it is asked for."""
    stack = cdk.Stack(cdk.App(), "Stack")

    EcrPublicPull().apply_to(project(stack, source=github_runner()))

    assert logins(stack) == [[*login_commands(), POLICY]]
