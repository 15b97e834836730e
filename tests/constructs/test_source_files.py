"""Projects whose buildspec is a file: of their source, or an asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull import EcrPublicPull, EcrPublicPullPipelineProject, EcrPublicPullProject
from cdk_ecr_public_pull.builds.login import login_commands
from tests.constructs.projects import PRIVILEGED, Apply, aspect, directly, granted, mixin, warnings

BUILD = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker build .\n"
BY_HAND = (
    "version: 0.2\nphases:\n  pre_build:\n    commands:\n      - aws ecr-public"
    " get-login-password --region us-east-1 | docker login -u AWS --password-stdin public.ecr.aws\n"
)
PRINTED = '{"phases": {"build": {"commands": ["# cdk_ecr_public_pull: log in to public.ecr.aws"]}}}'
MAKE = "version: 0.2\nphases:\n  build:\n    commands:\n      - make\n"
HELP = (
    "put what ecr-public-pull login prints before its first docker command, and move the pulls of"
    " its Dockerfiles with ecr-public-pull fix; the role has the permissions"
)
FOUND = (
    f"project Stack/Build builds by {{file}}, which does not log in to public.ecr.aws\n"
    f"  help: {HELP}"
)
ABSENT = (
    "project Stack/Build builds by the file {file} of its source, which is not in {root}\n"
    f"  help: in the repository that has it, {HELP}. Or name a checkout of that repository:"
    " EcrPublicPull(source_root=...)"
)
Make = Callable[[cdk.Stack, codebuild.BuildSpec | None], codebuild.Project]


def project(stack: cdk.Stack, build_spec: codebuild.BuildSpec | None) -> codebuild.Project:
    """A project that builds a repository."""
    source = codebuild.Source.git_hub(owner="o", repo="r")
    return codebuild.Project(
        stack, "Build", source=source, build_spec=build_spec, environment=PRIVILEGED
    )


def pipeline_project(stack: cdk.Stack, build_spec: codebuild.BuildSpec | None) -> codebuild.Project:
    """A project that builds what its pipeline brings."""
    return codebuild.PipelineProject(stack, "Build", build_spec=build_spec, environment=PRIVILEGED)


def own(stack: cdk.Stack, build_spec: codebuild.BuildSpec | None) -> codebuild.Project:
    """A project of this library."""
    source = codebuild.Source.git_hub(owner="o", repo="r")
    return EcrPublicPullProject(stack, "Build", source=source, build_spec=build_spec)


def own_pipeline(stack: cdk.Stack, build_spec: codebuild.BuildSpec | None) -> codebuild.Project:
    """A project of this library in a pipeline."""
    return EcrPublicPullPipelineProject(stack, "Build", build_spec=build_spec)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose app, in a folder of its own, is the working folder."""
    (tmp_path / "repository/.git").mkdir(parents=True)
    (tmp_path / "repository/infra").mkdir()
    monkeypatch.chdir(tmp_path / "repository/infra")
    return tmp_path / "repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file of the source, and what is said of it.

    Attributes:
        name: Its name in the project; None for the one that CodeBuild takes by itself.
        text: What is in it; None if there is no such file.
        message: The warning; None for none.
    """

    name: str | None = "ci/build.yml"
    text: str | None = BUILD
    message: str | None = FOUND


CASES = {
    "a file without a login": Case(),
    "the usual one": Case(name=None),
    "one that logs in by hand": Case(text=BY_HAND, message=None),
    "one with what the command prints": Case(text=PRINTED, message=None),
    "one of another repository": Case(text=None, message=ABSENT),
    "one that is no buildspec": Case(
        text="phases: [\n",
        message=(
            "project Stack/Build builds by a file that is no buildspec: {file}:2:1: this is no"
            " valid YAML (expected the node content, but found '<stream end>')\n  \n  ^\n"
            "Correct the buildspec here."
        ),
    ),
}


@pytest.mark.parametrize("make", [project, pipeline_project])
@pytest.mark.parametrize("apply", [mixin, directly, aspect])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_of_the_source(repository: Path, case: Case, apply: Apply, make: Make) -> None:
    """The role may log in; a warning says what to do, while the file has no login."""
    name = case.name or "buildspec.yml"
    file = repository / name
    file.parent.mkdir(exist_ok=True)
    if case.text is not None:
        file.write_text(case.text)
    stack = cdk.Stack(cdk.App(), "Stack")
    make(stack, codebuild.BuildSpec.from_source_filename(case.name) if case.name else None)

    apply(stack, EcrPublicPull())

    shown = file if case.text is not None else f'"{name}"'
    message = case.message and case.message.format(file=shown, root=repository)
    assert warnings(stack) == ({"source-build-spec": message} if message else {})
    assert granted(stack) == 1


@pytest.mark.parametrize("make", [own, own_pipeline])
def test_projects_of_the_library(repository: Path, make: Make) -> None:
    """They take such a buildspec, or none, as CDK does."""
    (repository / "buildspec.yml").write_text(BUILD)
    for build_spec in (None, codebuild.BuildSpec.from_source_filename("buildspec.yml")):
        stack = cdk.Stack(cdk.App(), "Stack")

        make(stack, build_spec)

        message = FOUND.format(file=repository / "buildspec.yml")
        assert warnings(stack) == {"source-build-spec": message}
        assert granted(stack) == 1


def test_another_checkout(tmp_path: Path, repository: Path) -> None:
    """What the app's repository does not have may be looked for in another."""
    assert repository.exists()
    (tmp_path / "service").mkdir()
    (tmp_path / "service/buildspec.yml").write_text(BUILD)
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack, None)

    EcrPublicPull(source_root=tmp_path / "service").apply_to(stack)

    message = FOUND.format(file=tmp_path / "service/buildspec.yml")
    assert warnings(stack) == {"source-build-spec": message}


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of any, it is the working folder that is looked in."""
    monkeypatch.chdir(tmp_path)
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack, None)

    EcrPublicPull().apply_to(stack)

    message = ABSENT.format(file='"buildspec.yml"', root=tmp_path)
    assert warnings(stack) == {"source-build-spec": message}


@pytest.mark.parametrize(("text", "message"), [(BUILD, FOUND), (BY_HAND, None)])
def test_an_asset(repository: Path, text: str, message: str | None) -> None:
    """The file that is uploaded is here, wherever it is."""
    file = repository / "infra/ci.yml"
    file.write_text(text)
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack, codebuild.BuildSpec.from_asset(str(file)))

    EcrPublicPull().apply_to(stack)

    expected = {"source-build-spec": message.format(file="ci.yml")} if message else {}
    assert warnings(stack) == expected
    assert granted(stack) == 1


def test_nothing_of_docker(repository: Path) -> None:
    """A build that has no daemon and says nothing of Docker needs no word."""
    (repository / "buildspec.yml").write_text(MAKE)
    stack = cdk.Stack(cdk.App(), "Stack")
    codebuild.Project(stack, "Build", source=codebuild.Source.git_hub(owner="o", repo="r"))

    EcrPublicPull().apply_to(stack)

    assert warnings(stack) == {}


def test_what_is_printed_is_a_login(repository: Path) -> None:
    """The remedy works: the file with what the command prints has no warning."""
    [login] = login_commands()
    lines = "\n".join(f"          {line}" for line in login.splitlines())
    text = f"version: 0.2\nphases:\n  build:\n    commands:\n      - |\n{lines}\n"
    (repository / "buildspec.yml").write_text(text)
    stack = cdk.Stack(cdk.App(), "Stack")
    project(stack, None)

    EcrPublicPull().apply_to(stack)

    assert warnings(stack) == {}
