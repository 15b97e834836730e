"""The buildspec of a project in a template: what it says, or the file that it names."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.constructs.synth_check.project_build_spec import SourceFiles
from cdk_ecr_public_pull.constructs.synth_check.template_images import resource_images
from cdk_ecr_public_pull.images.mirrors import Mirrors

YAML = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker run node:21\n"
PLACE = "phases.build.commands[0], docker run"


def places(source: object, files: SourceFiles) -> list[str]:
    """Where the project with a source names images."""
    resource = {"Type": "AWS::CodeBuild::Project", "Properties": {"Source": source}}
    return [it.place for it in resource_images(resource, Mirrors(), files)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"Type": "GITHUB", "BuildSpec": "ci/build.yml"}, [f"ci/build.yml {PLACE}"]),
        ({"Type": "CODEPIPELINE"}, [f"buildspec.yml {PLACE}"]),
        ({"Type": "GITHUB", "BuildSpec": "absent.yml"}, []),
        ({"Type": "GITHUB", "BuildSpec": "broken.yml"}, []),
        ({"Type": "NO_SOURCE"}, []),
        ({"Type": "GITHUB", "BuildSpec": {"Ref": "File"}}, []),
        ({"Type": "GITHUB", "BuildSpec": "arn:aws:s3:::bucket/ci/build.yml"}, []),
    ],
)
def test_files_of_the_source(tmp_path: Path, source: object, expected: list[str]) -> None:
    """A file is read where there is one; what CodeBuild would refuse is left to it."""
    (tmp_path / "ci").mkdir()
    for name, text in (("ci/build.yml", YAML), ("buildspec.yml", YAML), ("broken.yml", "a: [")):
        (tmp_path / name).write_text(text)

    assert places(source, SourceFiles(root=tmp_path)) == expected


def test_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default it is that of the working folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    (tmp_path / "buildspec.yml").write_text(YAML)
    monkeypatch.chdir(tmp_path / "infra")

    assert places({"Type": "CODEPIPELINE"}, SourceFiles()) == [f"buildspec.yml {PLACE}"]


def test_an_asset(tmp_path: Path) -> None:
    """What CDK uploads is read as it is staged."""
    file = tmp_path / "ci.yml"
    file.write_text(YAML)
    app = cdk.App(outdir=str(tmp_path / "cdk.out"))
    stack = cdk.Stack(app, "Stack")
    build_spec = codebuild.BuildSpec.from_asset(str(file))
    codebuild.Project(stack, "Build", build_spec=build_spec)

    template = app.synth().get_stack_by_name("Stack").template

    [source] = [
        it["Properties"]["Source"]
        for it in template["Resources"].values()
        if it["Type"] == "AWS::CodeBuild::Project"
    ]
    files = SourceFiles(outdir=tmp_path / "cdk.out")
    assert places(source, files) == [f"buildspec {PLACE}"]
