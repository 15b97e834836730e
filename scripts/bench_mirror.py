"""A build under the registry mirror beside one under the source policy, on a Docker engine.

Each figure is of pairs, in turn, with the engine started anew before each; the commands that a
project gets count, the probe among them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.builds.source_policy import HubPulls
from cdk_ecr_public_pull.images.mirrors import Mirrors
from scripts.bench_rows import BenchFailed, Row, show
from tests.engine.aws import CREDENTIALS
from tests.engine.codebuild import CA_BUNDLE
from tests.engine.engines import ENGINES
from tests.engine.world import World, new_world

PAIRS = 15
GOAL = 1.05
ENGINE = "docker-28"
DOCKERFILE = """\
FROM node:21 AS dependencies
RUN touch /a
FROM node:21.7.0-alpine3.19 AS build
COPY --from=dependencies /a /b
FROM busybox
COPY --from=build /b /c
"""


def rows() -> Iterator[Row]:
    """The mirror's time in times the policy's, of a cold build and of a warm one."""
    with (
        tempfile.TemporaryDirectory() as folder,
        new_world(ENGINES[ENGINE], Path(folder)) as world,
    ):
        pairs = [
            (_seconds(world, HubPulls.REDIRECT), _seconds(world, HubPulls.SOURCE_POLICY))
            for _ in range(PAIRS)
        ]
    for number, name in enumerate(("cold", "warm")):
        ratios = [mirror[number] / policy[number] for mirror, policy in pairs]
        yield Row(
            name=f"mirror to policy: a {name} build of three stages", ratios=ratios, goal=GOAL
        )


def _seconds(world: World, hub_pulls: HubPulls) -> tuple[float, float]:
    """What a first build on a new engine takes, and what the same takes again."""
    world.reset()
    world.sandbox.write("/context/Dockerfile", DOCKERFILE)
    environment = {**CREDENTIALS, "AWS_CA_BUNDLE": CA_BUNDLE}
    world.sandbox.run("\n".join(login_commands()), environment=environment)
    build = "\n".join(
        ["set -e", *hub_pulls_commands(Mirrors(), hub_pulls=hub_pulls), "docker build /context"]
    )
    return _timed(world, build), _timed(world, build)


def _timed(world: World, script: str) -> float:
    start = time.monotonic()
    world.sandbox.check(script)
    seconds = time.monotonic() - start
    if world.hub.seen:
        raise BenchFailed(f"Docker Hub was asked: {world.hub.seen[0]}")
    return seconds


if __name__ == "__main__":
    sys.exit(not all(row.is_met for row in show(rows())))
