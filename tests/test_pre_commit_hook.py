"""The hook that others put into their pre-commit configuration."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
(HOOK,) = YAML(typ="safe", pure=True).load(ROOT / ".pre-commit-hooks.yaml")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Dockerfile.dockerignore", False),
        ("docs/Dockerfile.md/index.txt", False),
        ("Dockerfiles", False),
        ("MyDockerfile", False),
        (".Dockerfile/x", False),
        ("Dockerfile", True),
        ("services/api/Dockerfile", True),
        ("services/api/Dockerfile.prod", True),
        ("api.Dockerfile", True),
        ("Containerfile", True),
        ("a/Containerfile.test.arm", True),
        ("a/b.Containerfile", True),
    ],
)
def test_the_hook_runs_on_dockerfiles(path: str, expected: bool) -> None:
    """The hook's patterns select what a folder's check would look at."""
    # As pre-commit does: https://pre-commit.com/#filtering-files-with-types
    selected = re.search(HOOK["files"], path) and not re.search(HOOK["exclude"], path)
    assert bool(selected) is expected


def test_the_hook_calls_the_installed_command() -> None:
    """The command of the hook is one that the package installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert HOOK["entry"].split() == [*project["scripts"], "check"]
