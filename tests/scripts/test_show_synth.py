"""What `make synth` prints about the sample pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.show_synth import NothingToShow, describe, plain_text

LOGIN = (
    "# cdk_ecr_public_pull: log in to public.ecr.aws\n"
    "if true; then\n"
    "  aws ecr-public get-login-password --region us-west-2 |\n"
    "    docker login --username AWS --password-stdin public.ecr.aws\n"
    "fi"
)
PULLS = "# cdk_ecr_public_pull: move the pulls of docker build\ntrue"
BUILDSPEC = json.dumps(
    {"version": "0.2", "phases": {"pre_build": {"commands": ["date", LOGIN, PULLS]}, "build": {}}}
)
DOCKERFILE = "# The image\nFROM public.ecr.aws/docker/library/node:21\nRUN node --version\n"

REPORT = """
What changes in {tmp}/sample/Dockerfile

  --- {tmp}/sample/Dockerfile
  +++ {tmp}/out/asset.new/Dockerfile
  @@ -2 +2 @@
  -FROM node:21
  +FROM public.ecr.aws/docker/library/node:21

The login in the buildspec

  Build: phases.pre_build.commands[1]

    # cdk_ecr_public_pull: log in to public.ecr.aws
    if true; then
      aws ecr-public get-login-password --region us-west-2 |
        docker login --username AWS --password-stdin public.ecr.aws
    fi

What moves the pulls of a running build

  Build: phases.pre_build.commands[2]

    # cdk_ecr_public_pull: move the pulls of docker build
    true

The template

  {tmp}/out/Sample.template.json"""


def assembly(folder: Path, *, dockerfile: str | None, buildspec: object) -> tuple[Path, Path]:
    """Writes the sample and what cdk synth would make of it; returns the two folders."""
    source, out = folder / "sample", folder / "out"
    for name in ("sample", "out/asset.old", "out/asset.new"):
        (folder / name).mkdir(parents=True)
    (source / "Dockerfile").write_text("# The image\nFROM node:21\nRUN node --version\n")
    (out / "asset.old" / "Dockerfile").write_text("FROM left-by-an-earlier-synth\n")
    if dockerfile is not None:
        (out / "asset.new" / "Dockerfile").write_text(dockerfile)
    files = {"new": {"source": {"path": "asset.new"}}, "t": {"source": {"path": "t.json"}}}
    project = {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {"Source": {"BuildSpec": buildspec}},
    }
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role"}, "Build": project}}
    (out / "Sample.assets.json").write_text(json.dumps({"files": files}))
    (out / "Sample.template.json").write_text(json.dumps(template))
    return source, out


@pytest.mark.parametrize(
    "buildspec",
    [
        pytest.param(BUILDSPEC, id="text"),
        pytest.param({"Fn::Join": ["", [BUILDSPEC[:12], BUILDSPEC[12:]]]}, id="joined"),
    ],
)
def test_a_synth_is_described(buildspec: object, tmp_path: Path) -> None:
    """The changed lines, the login with its place, and the template's path are shown."""
    source, out = assembly(tmp_path, dockerfile=DOCKERFILE, buildspec=buildspec)
    assert describe(source, out, "Sample") == REPORT.format(tmp=tmp_path)


@pytest.mark.parametrize(
    ("stack", "dockerfile", "buildspec", "message"),
    [
        ("Other", DOCKERFILE, BUILDSPEC, "cdk synth did not write {out}/Other.template.json."),
        ("Sample", None, BUILDSPEC, "no file asset of Sample in {out} holds a Dockerfile."),
        (
            "Sample",
            DOCKERFILE,
            '{"version": "0.2", "phases": {"build": {"commands": ["date"]}}}',
            (
                "no CodeBuild project in the template has the command"
                " # cdk_ecr_public_pull: log in to public.ecr.aws"
            ),
        ),
    ],
)
def test_what_is_missing_is_said(
    stack: str, dockerfile: str | None, buildspec: str, message: str, tmp_path: Path
) -> None:
    """A synth without one of the three parts is an error that names the part."""
    source, out = assembly(tmp_path, dockerfile=dockerfile, buildspec=buildspec)
    with pytest.raises(NothingToShow) as caught:
        describe(source, out, stack)
    assert str(caught.value) == message.format(out=out)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ({"Ref": "AWS::Region"}, "${AWS::Region}"),
        ({"Fn::GetAtt": ["Repository", "Arn"]}, "${Repository.Arn}"),
        ({"Fn::Join": ["/", ["a", {"Ref": "B"}, "c"]]}, "a/${B}/c"),
        ({"Fn::ImportValue": "x"}, "${…}"),
    ],
)
def test_references_in_a_text_are_written_as_such(value: object, expected: str) -> None:
    """A template's functions become text that a reader understands."""
    assert plain_text(value) == expected
