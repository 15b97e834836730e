"""The world of these tests, made once and as new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.world import World, new_world


@pytest.fixture(scope="session")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with new_world(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(_world: World) -> World:
    """A Docker engine without images, and registries that nobody has asked anything yet."""
    _world.reset()
    return _world
