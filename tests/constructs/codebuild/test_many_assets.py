"""A CDK Pipeline that publishes many files: its template stays as small as it was."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import pipelines
from constructs import Construct

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.builds.login import LOGIN_ACTIONS, login_commands
from tests.constructs.projects import (
    POLICY,
    PRIVILEGED,
    USERS,
    Apply,
    aspect,
    build_specs,
    directly,
    mixin,
    warnings,
)

FILES = 130
[LOGIN] = login_commands()
[LENIENT_LOGIN] = login_commands(required=False)


def pipeline_of_files(folder: Path, files: int, **options: object) -> pipelines.CodePipeline:
    """A pipeline that publishes files and no images, in an app of its own."""
    folder.mkdir()
    app = cdk.App(outdir=str(folder / "cdk.out"))
    stack = cdk.Stack(app, "Pipeline")
    source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "app.zip")
    synth = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
    pipeline = pipelines.CodePipeline(stack, "Pipeline", synth=synth, **options)  # type: ignore[arg-type]
    stage = cdk.Stage(app, "Prod")
    prod = cdk.Stack(stage, "Stack")
    s3.Bucket(prod, "Bucket")
    for number in range(files):
        file = folder / f"{number}.txt"
        file.write_text(file.name)
        s3_assets.Asset(prod, file.stem, path=str(file))
    pipeline.add_stage(stage)
    return pipeline


def template(pipeline: pipelines.CodePipeline) -> str:
    """Synthesize, and return the text of the pipeline's template."""
    app = pipeline.node.root
    assert isinstance(app, cdk.App)
    path = app.synth().get_stack_by_name("Pipeline").template_full_path
    return Path(path).read_text(encoding="utf-8")


def added(text: str) -> list[list[str]]:
    """What this library lets each project of a template run, in the order of the pipeline."""
    resources = json.loads(text)["Resources"].values()
    projects = [it["Properties"] for it in resources if it["Type"] == "AWS::CodeBuild::Project"]
    phases = [json.loads(it["Source"]["BuildSpec"])["phases"].values() for it in projects]
    return [
        [line for phase in each for line in phase["commands"] if line.startswith(MARKER)]
        for each in phases
    ]


def test_size(tmp_path: Path) -> None:
    """With 130 files, a template grows by at most 5 %, however the login comes to them."""
    given = EcrPublicPull().code_build_options()
    plain = pipeline_of_files(tmp_path / "plain", FILES)
    by_options = pipeline_of_files(tmp_path / "options", FILES, code_build_defaults=given)
    by_aspect = pipeline_of_files(tmp_path / "aspect", FILES)
    cdk.Aspects.of(by_aspect).add(EcrPublicPull())

    size = len(template(plain))

    assert size < len(template(by_options)) <= 1.05 * size
    assert size < len(template(by_aspect)) <= 1.05 * size


@pytest.mark.parametrize("apply", [aspect, mixin, directly])
def test_projects_that_are_there(tmp_path: Path, apply: Apply) -> None:
    """A project that publishes a file gets no login and no permission, without a word."""
    pipeline = pipeline_of_files(tmp_path / "app", 1)
    pipeline.build_pipeline()

    apply(pipeline, EcrPublicPull(required=False))

    text = template(pipeline)
    assert added(text) == [[LENIENT_LOGIN, POLICY], [LENIENT_LOGIN, POLICY], []]
    assert text.count(f'"{LOGIN_ACTIONS[0]}"') == 2
    assert warnings(cdk.Stack.of(pipeline)) == {}


def test_a_project_that_is_named(tmp_path: Path) -> None:
    """Somebody who names such a project may know better."""
    pipeline = pipeline_of_files(tmp_path / "app", 1)
    pipeline.build_pipeline()
    [build] = [it for it in pipeline.node.find_all() if it.node.id == "FileAsset1"]

    EcrPublicPull().apply_to(build)

    assert added(template(pipeline)) == [[], [], [LENIENT_LOGIN, POLICY]]


def test_a_project_of_like_name() -> None:
    """What only has the name of a project of CDK Pipelines gets the login."""
    stack = cdk.Stack(cdk.App(), "Stack")
    build_spec = codebuild.BuildSpec.from_object(USERS)
    scope = Construct(stack, "Assets")
    codebuild.PipelineProject(scope, "FileAsset1", build_spec=build_spec, environment=PRIVILEGED)

    EcrPublicPull().apply_to(stack)

    [merged] = build_specs(stack)
    phases = merged["phases"].values()
    assert [it for phase in phases for it in phase["commands"]] == [LOGIN, POLICY, "make"]


def test_what_the_pipeline_has_itself(tmp_path: Path) -> None:
    """All but the login stays in every project: commands, tokens, privileges."""
    variable = {"env": {"variables": {"STACK": cdk.Aws.STACK_ID}}}
    own = {**variable, "phases": {"install": {"commands": ["npm ci"]}}}
    given = EcrPublicPull().code_build_options(
        partial_build_spec=own, build_environment=codebuild.BuildEnvironment(privileged=True)
    )
    pipeline = pipeline_of_files(tmp_path / "app", 1, code_build_defaults=given)

    resources = json.loads(template(pipeline))["Resources"]

    found = [
        it["Properties"] for it in resources.values() if it["Type"] == "AWS::CodeBuild::Project"
    ]
    assert [it["Environment"]["PrivilegedMode"] for it in found] == [True] * 3
    for properties, logged_in in zip(found, (True, True, False), strict=True):
        [_, parts] = properties["Source"]["BuildSpec"]["Fn::Join"]
        text = "".join(it if isinstance(it, str) else it["Ref"] for it in parts)
        spec = json.loads(text)
        assert spec["env"]["variables"]["STACK"] == "AWS::StackId"
        login = [LOGIN, POLICY] if logged_in else []
        assert spec["phases"]["install"]["commands"][: len(login) + 1] == [*login, "npm ci"]


def test_the_size_of_the_commands() -> None:
    """What is put into a project with the default options is at most 6,000 characters."""
    assert len(LOGIN + POLICY) <= 6_000
