"""CDK Pipelines: the login by build options and by aspect, in synthesized pipelines."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import pipelines

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.commands.cdk_docker import cdk_docker_commands
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.errors import InvalidBuildSpec
from tests.constructs.codebuild.pipeline_app import (
    PROJECTS,
    Pipeline,
    PipelineApp,
    Project,
    pipeline_app,
)
from tests.constructs.projects import POLICY, ours

[LOGIN] = login_commands()
[LENIENT_LOGIN] = login_commands(required=False)
[CDK_DOCKER] = cdk_docker_commands([LOGIN])
ALL = {name: [LOGIN, POLICY] for name in PROJECTS}
LENIENT = {name: [LENIENT_LOGIN, POLICY] for name in PROJECTS}

# What each project installs before it can start, without this library.
INSTALL = {
    "Synth": ["docker run --rm tools"],
    "SelfMutation": ["npm install -g aws-cdk@2"],
    "Test": [],
    "DockerAsset": ["npm install -g cdk-assets@latest"],
    "FileAsset": ["npm install -g cdk-assets@latest"],
}


def behind(logins: dict[str, list[str]]) -> dict[str, list[str]]:
    """What each project runs before its build, if these come before its own commands."""
    return {name: [*logins.get(name, []), *own] for name, own in INSTALL.items()}


def before_build(projects: dict[str, Project]) -> dict[str, list[str]]:
    """What each project runs before its build, and what this library lets it run in that."""
    return {
        name: [*it.commands("install"), *it.commands("pre_build"), *ours(it.commands("build"))]
        for name, it in projects.items()
    }


def with_login_in(*names: str, **others: object) -> Pipeline:
    """A pipeline with the login among its options of these names."""
    return Pipeline(options={name: EcrPublicPull().code_build_options() for name in names} | others)


PUBLISHING = "asset_publishing_code_build_defaults"
OPTIONS: dict[tuple[str, ...], dict[str, list[str]]] = {
    (): {},
    ("code_build_defaults",): ALL,
    ("synth_code_build_defaults",): {"Synth": [LOGIN, POLICY]},
    ("self_mutation_code_build_defaults",): {"SelfMutation": [LOGIN, POLICY]},
    (PUBLISHING,): {"DockerAsset": [LOGIN, POLICY], "FileAsset": [LOGIN, POLICY]},
    # CDK appends the one list to the other: a second login costs a second, and no harm.
    ("code_build_defaults", PUBLISHING): {
        **ALL,
        "DockerAsset": [LOGIN, POLICY, LOGIN, POLICY],
        "FileAsset": [LOGIN, POLICY, LOGIN, POLICY],
    },
}


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize("names", OPTIONS, ids=" and ".join)
def test_options(tmp_path: Path, names: tuple[str, ...], *, parallel: bool) -> None:
    """The options log in just the projects that they are for, before any other command."""
    given = with_login_in(*names, publish_assets_in_parallel=parallel)

    projects = pipeline_app(tmp_path, given).projects()

    expected = OPTIONS[names]
    # A job for one file builds nothing; where one job publishes all, it cannot be told apart.
    left_out = {"FileAsset"} if parallel else set()
    run = {name: commands for name, commands in expected.items() if name not in left_out}
    assert before_build(projects) == behind(run)
    assert {name for name, it in projects.items() if it.statements == 1} == set(expected)
    # As without this library: CDK knows which of its projects build images.
    assert {name for name, it in projects.items() if it.privileged} == {"DockerAsset"}


def test_own_options(tmp_path: Path) -> None:
    """The options that a pipeline has already are kept, beside the login and behind it."""
    statement = iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::b/*"])
    given = EcrPublicPull().code_build_options(
        partial_build_spec={
            "env": {"variables": {"NAME": "value"}},
            "phases": {"install": {"commands": ["npm ci"]}, "pre_build": {"commands": ["true"]}},
        },
        role_policy=[statement],
        build_environment=codebuild.BuildEnvironment(privileged=True),
        timeout=cdk.Duration.minutes(7),
    )

    project = pipeline_app(
        tmp_path, Pipeline(options={"synth_code_build_defaults": given})
    ).projects()["Synth"]

    assert project.build_spec["env"] == {"variables": {"NAME": "value"}}
    assert project.commands("install") == [LOGIN, POLICY, "npm ci", "docker run --rm tools"]
    assert project.commands("pre_build") == ["true"]
    assert project.privileged
    assert project.timeout == 7
    assert project.statements == 1


def test_a_partial_build_spec_that_cannot_be_merged() -> None:
    """What CodeBuild would refuse is refused, with the place."""
    with pytest.raises(InvalidBuildSpec) as caught:
        EcrPublicPull().code_build_options(partial_build_spec={"phases": ["install"]})

    assert str(caught.value) == (
        'partial_build_spec: phases must be a mapping, and is ["install"]. '
        "The keys of phases are install, pre_build, build, post_build."
    )


def aspect(made: PipelineApp) -> PipelineApp:
    """Add the aspect to the app."""
    cdk.Aspects.of(made.app).add(EcrPublicPull())
    return made


def test_the_aspect_alone(tmp_path: Path) -> None:
    """A pipeline's projects, which CDK makes at synth, get the login; no daemon, no failure."""
    made = aspect(pipeline_app(tmp_path, Pipeline()))

    expected = {**LENIENT, "DockerAsset": [LOGIN, POLICY], "FileAsset": []}
    assert before_build(made.projects()) == behind(expected)
    assert made.warnings() == {}


def test_the_aspect_where_the_options_are(tmp_path: Path) -> None:
    """A project that has the login by its options is left alone."""
    plain, more = tmp_path / "plain", tmp_path / "more"
    plain.mkdir()
    more.mkdir()
    given = with_login_in("code_build_defaults")
    made = aspect(pipeline_app(more, given))

    assert made.projects() == pipeline_app(plain, given).projects()
    assert made.warnings() == {}


@pytest.mark.parametrize(
    ("names", "warned"),
    [
        ([], {"DockerAsset": ["assembly-build-spec"]}),
        ([PUBLISHING], {}),
        (["code_build_defaults"], {}),
    ],
)
def test_the_aspect_and_a_file_in_the_assembly(
    tmp_path: Path, names: list[str], warned: dict[str, list[str]]
) -> None:
    """A buildspec that CDK wrote into the assembly is read; without the login it is said."""
    made = aspect(pipeline_app(tmp_path, with_login_in(*names, publish_assets_in_parallel=False)))

    expected = [*([LOGIN, POLICY] if names else []), *INSTALL["DockerAsset"]]
    assert made.projects()["DockerAsset"].commands("install") == expected
    assert made.warnings() == warned


ASSETS = pipelines.DockerCredentialUsage.ASSET_PUBLISHING
SYNTH = pipelines.DockerCredentialUsage.SYNTH


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize(
    ("usages", "repaired", "warned"),
    [
        ([ASSETS, SYNTH], False, {"DockerAsset": ["docker-credentials"]}),
        ([ASSETS], True, {}),
        ([SYNTH], False, {}),
    ],
)
def test_docker_credentials(
    tmp_path: Path,
    usages: list[pipelines.DockerCredentialUsage],
    warned: dict[str, list[str]],
    *,
    repaired: bool,
    parallel: bool,
) -> None:
    """Where cdk-assets would not see the login, it is said, unless the repair is there."""
    given = EcrPublicPull().code_build_options(with_docker_credentials=repaired)
    made = Pipeline(
        options={"code_build_defaults": given, "publish_assets_in_parallel": parallel},
        usages=tuple(usages),
    )
    app = aspect(pipeline_app(tmp_path, made))

    expected = [LOGIN, POLICY, *([CDK_DOCKER] if repaired else []), *INSTALL["DockerAsset"]]
    assert app.projects()["DockerAsset"].commands("install") == expected
    assert app.warnings() == warned
