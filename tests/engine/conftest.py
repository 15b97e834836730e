"""The world of these tests, made once and as new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.aws import Aws, new_aws
from tests.engine.codebuild import CodeBuild
from tests.engine.world import World, new_world

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with new_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(_world: World) -> World:
    """A Docker engine without images, and registries that nobody has asked anything yet."""
    _world.reset()
    return _world


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An AWS with the sample and the app of the closed loop in it."""
    with new_aws(tmp_path_factory.mktemp("aws")) as aws:
        aws.bootstrap()
        aws.deploy(ROOT / "app.py")
        aws.deploy(ROOT / "tests/engine/closed_loop_app.py")
        yield aws


@pytest.fixture(scope="session")
def _projects() -> dict[str, Any]:
    return {}


@pytest.fixture
def codebuild(world: World, aws: Aws, _projects: dict[str, Any]) -> CodeBuild:
    """A CodeBuild for the projects that are deployed."""
    return CodeBuild(aws=aws, sandbox=world.sandbox, projects=_projects)
