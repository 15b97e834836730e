"""The README's examples do what it says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import assertions

from cdk_ecr_public_pull.cli.main import main
from cdk_ecr_public_pull.config import parse_config

if TYPE_CHECKING:
    import pytest

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The README's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_the_construct_is_a_project_with_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first example runs as it stands, and finds the sample's two pulls."""
    monkeypatch.chdir(Path(__file__).parent.parent)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    names: dict[str, object] = {}
    exec(blocks("python")[0], names)  # noqa: S102  (the README's own code)
    stack = names["stack"]
    assert isinstance(stack, cdk.Stack)
    template = assertions.Template.from_stack(stack).to_json()
    (project,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CodeBuild::Project"
    )
    assert "for region in us-west-2 us-east-1; do" in project["Source"]["BuildSpec"]
    errors = assertions.Annotations.from_stack(stack).find_error(
        "/Images/Build", assertions.Match.any_value()
    )
    assert len(errors) == 2


def test_check_says_what_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Dockerfile, the findings and the fixed Dockerfile belong together."""
    before, after = blocks("dockerfile")
    (findings,) = (block for block in blocks("text") if block.startswith("Dockerfile:"))
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text(before, "utf-8")
    assert main(["check", "Dockerfile"]) == 1
    assert capsys.readouterr().out == findings
    assert main(["fix", "Dockerfile"]) == 0
    assert Path("Dockerfile").read_text("utf-8") == after


def test_the_configuration_is_one() -> None:
    """The README's configuration is understood."""
    (text,) = blocks("toml")
    config = parse_config(tomllib.loads(text), source="README.md", folder=".")
    assert len(config.mirrors.mirrors) == 2
