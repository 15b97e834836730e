"""The world of these tests, made once and as new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.aws import Aws, new_aws
from tests.engine.codebuild import CodeBuild
from tests.engine.engines import CONTAINERD_STORE, ENGINES, Engine, chosen
from tests.engine.world import World, new_world

ROOT = Path(__file__).parent.parent.parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what an engine answers as another one has answered."""
    left_out = [item for item in items if _is_known(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_known(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    engine = callspec.params.get("engine") if callspec else None
    if engine is None:
        return False
    if item.get_closest_marker("no_engine"):
        return bool(engine != chosen()[0])
    return engine == CONTAINERD_STORE and item.get_closest_marker("image_store") is None


@pytest.fixture(
    scope="session",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in chosen()],
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """A Docker engine; each test that uses it runs on all of them."""
    return ENGINES[request.param]


@pytest.fixture(scope="session")
def _world(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with new_world(engine, tmp_path_factory.mktemp("world")) as world:
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
