"""The images that a real BuildKit asks for are those that ``pulls`` names."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

import pytest

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from cdk_ecr_public_pull.dockerfile.pulls import Pull, find_pulls
from cdk_ecr_public_pull.images.reference import ImageReference
from tests.dockerfile.support import Case, cases
from tests.engine.recorder import HOST
from tests.engine.world import World

pytestmark = pytest.mark.engine

# Each registry that the table names, and what stands for it in a name at the recorder.
REGISTRIES = {
    "docker.io": "hub",
    "docker.io:443": "hub-443",
    "DOCKER.IO": "hub-in-capitals",
    "registry.hub.docker.com": "hub-com",
    "mirror.gcr.io": "gcr",
    "public.ecr.aws": "ecr",
    "localhost": "localhost",
    "reg:5000": "port",
    "[::1]:5000": "ipv6",
}
AT_ONCE = 4

# The table is of a newer BuildKit than that of Docker 26.1.
NEWER = {
    "TARGETSTAGE": "it does not know this argument yet",
    "COPY forward": "it does not refuse a stage that nothing needs",
    "COPY from stage defined by later same-name": "it does not refuse a stage that nothing needs",
    "onbuild lower heredoc": "it takes the image of an ONBUILD COPY for a stage",
    "RUN mount secret": "it refuses this after it has asked",
    "heredoc shift2": "it sees no heredoc where a space follows the marker",
    "heredoc space": "it sees no heredoc where a space follows the marker",
    "syntax BOM": "it does not drop the mark before it reads directives",
    "syntax after check": "it does not know this directive yet",
    "no stages": "it ends the engine, with a Go panic",
}


def recorded(image: ImageReference) -> str:
    """An image's name at the recorder, which has no digests of others."""
    tag = image.tag or ("digest" if image.digest else "latest")
    return f"{REGISTRIES[image.registry]}/{image.repository}:{tag}"


def policy(number: int) -> str:
    """A source policy that sends every pull of a build to the recorder."""
    rules = []
    for registry, place in REGISTRIES.items():
        start = f"^docker-image://{re.escape(registry)}/"
        target = f"docker-image://{HOST}/{number}/{place}/"
        for end, tag in (("([^:@]+)@.+$", "${1}:digest"), ("([^@]+)(?:@.+)?$", "${1}")):
            selector = {"match_type": "REGEX", "identifier": f"{start}{end}"}
            updates = {"identifier": f"{target}{tag}"}
            rules.append({"action": "CONVERT", "selector": selector, "updates": updates})
    return json.dumps({"version": 1, "rules": rules})


def command(number: int, case: Case) -> str:
    """What builds a case; whether its steps work does not matter."""
    arguments = [f"--build-arg={name}={value}" for name, value in case.build_args.items()]
    words = ["docker", "build", "--progress=plain", *arguments, "."]
    place = f"/oracle/{number}"
    return (
        f"cd {place} && export EXPERIMENTAL_BUILDKIT_SOURCE_POLICY={place}.json;"
        f" {shlex.join(words)} > {place}.log 2>&1"
    )


def wanted(case: Case) -> Iterator[Pull]:
    """What ``pulls`` says of the default target.

    Of a file with a frontend of its own it is the frontend: it alone would know the rest,
    and nothing here can run it.
    """
    found = find_pulls(case.content, build_args=case.build_args)
    syntax = [pull for pull in found.pulls if pull.via is Via.SYNTAX]
    yield from syntax or [pull for pull in found.pulls if pull.reachable and not found.error]


def test_every_case(world: World) -> None:
    """For each Dockerfile of the table, BuildKit's requests are the list of ``pulls``."""
    table = dict(enumerate(case for case in cases() if case.name not in NEWER))
    for number, case in table.items():
        world.sandbox.write(f"/oracle/{number}/Dockerfile", case.content)
        world.sandbox.write(f"/oracle/{number}.json", policy(number))
    commands = "\0".join(command(number, case) for number, case in table.items())

    world.sandbox.run(
        f"xargs -0 -P {AT_ONCE} -I COMMAND sh -c COMMAND", stdin=commands, timeout=500
    )

    asked: dict[str, set[str]] = {case.name: set() for case in table.values()}
    for name in world.recorder.asked:
        place, _, image = name.partition("/")
        asked[table[int(place)].name].add(image)
    expected = {case.name: {recorded(it.image) for it in wanted(case)} for case in table.values()}
    assert asked == expected
    assert sum(map(bool, expected.values())) > 80
