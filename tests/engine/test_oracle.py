"""The images that a real BuildKit asks for are those that ``pulls`` names."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

import pytest

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
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
DOCKER_26 = "26.1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What engines do with a Dockerfile that not all of them read alike.

    Attributes:
        docker_26: Docker 26.1.5.
        docker_28: Docker 28.5.2, which is the one of CodeBuild's images, and is asked here, too.
        buildkit: BuildKit 0.32.2.
    """

    docker_26: str
    docker_28: str
    buildkit: str


# Cases that Docker 26.1.5 answers otherwise than the table, which newer engines bear out.
NEWER = {
    "TARGETSTAGE": Answers(
        docker_26="refuses the FROM: base name ($TARGETSTAGE) should not be blank",
        docker_28="pulls the image that is named default, as the target is",
        buildkit="pulls the image that is named default, as the target is",
    ),
    "onbuild lower heredoc": Answers(
        docker_26="pulls the base, takes the image of the ONBUILD COPY for a stage, and refuses it",
        docker_28="pulls the base and the image of the ONBUILD COPY",
        buildkit="pulls the base and the image of the ONBUILD COPY",
    ),
    "heredoc shift2": Answers(
        docker_26="sees no heredoc where a space follows <<, and pulls the last base",
        docker_28="refuses an unterminated heredoc, and asks for nothing",
        buildkit="refuses an unterminated heredoc, and asks for nothing",
    ),
    "heredoc space": Answers(
        docker_26="sees no heredoc where a space follows <<, and refuses its end as an instruction",
        docker_28="reads the heredoc, and pulls the base behind it",
        buildkit="reads the heredoc, and pulls the base behind it",
    ),
    "syntax BOM": Answers(
        docker_26="sees no directive behind the mark, and pulls the base by its own frontend",
        docker_28="pulls the frontend",
        buildkit="pulls the frontend",
    ),
    "syntax after check": Answers(
        docker_26="takes the check directive for a comment, and pulls the base by its own frontend",
        docker_28="pulls the frontend",
        buildkit="pulls the frontend",
    ),
    "no stages": Answers(
        docker_26="ends with a Go panic, and with it all other builds",
        docker_28="refuses: dockerfile contains no stages to build",
        buildkit="refuses: dockerfile contains no stages to build",
    ),
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


def wanted(case: Case) -> tuple[set[str], set[str]]:
    """What ``pulls`` says of the default target: what must be asked for, and what may be.

    Of a file with a frontend of its own it is the frontend: it alone would know the rest,
    and nothing here can run it. Of a file that is refused nothing must be: what is wrong may
    show before a request is sent, or after.
    """
    found = find_pulls(case.content, build_args=case.build_args)
    pulls = [pull for pull in found.pulls if not pull.unresolved]
    if syntax := {recorded(pull.image) for pull in pulls if pull.via is Via.SYNTAX}:
        return syntax, syntax
    reachable = {recorded(pull.image) for pull in pulls if pull.reachable}
    return set() if found.error else reachable, reachable


def test_every_case(world: World) -> None:
    """For each Dockerfile of the table, BuildKit's requests are the list of ``pulls``."""
    otherwise = NEWER if world.engine.series == DOCKER_26 else {}
    table = dict(enumerate(case for case in cases() if case.name not in otherwise))
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
    expected = {case.name: wanted(case) for case in table.values()}
    wrong = {
        name: (asked[name], *both)
        for name, both in expected.items()
        if not both[0] <= asked[name] <= both[1]
    }
    assert wrong == {}
    assert sum(bool(must) for must, _ in expected.values()) > 80


def test_what_is_left_out() -> None:
    """Each case that is left out is one of the table."""
    assert NEWER.keys() <= {case.name for case in cases()}
