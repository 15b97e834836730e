"""The sandbox is closed."""

from __future__ import annotations

import pytest

from tests.engine.world import World

pytestmark = pytest.mark.engine


def test_what_enters_a_container(world: World) -> None:
    """It finds the root folder of the container, and not that of the machine."""
    image = "public.ecr.aws/docker/library/busybox"
    inside = world.sandbox.check(
        f"""docker pull --quiet {image} >/dev/null
        docker run --detach --name entered {image} sh -c 'ls /; sleep 60' >/dev/null
        until docker logs entered | grep -q .; do sleep 0.1; done
        docker logs entered"""
    )

    entered = world.sandbox.run("docker exec entered ls / && docker rm --force entered >/dev/null")

    assert (entered.status, entered.output) == (0, inside)
