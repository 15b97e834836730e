"""What goes wrong at AWS and at the registries, and how a deployed build ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.engine.codebuild import CodeBuild
from tests.engine.ecr_public_api import Mood
from tests.engine.registry import Fault
from tests.engine.world import World

pytestmark = pytest.mark.engine

WEST, EAST = "us-west-2", "us-east-1"
SOURCE = {"Dockerfile": "FROM node:21\nCOPY --from=busybox:1.36.1-musl /bin/busybox /tool\n"}
STALE = {
    "auths": {"public.ecr.aws": {"auth": base64.b64encode(b"AWS:of-yesterday").decode()}},
}
# How long a build waits before it tries again, tests/builds/ shows.
NO_WAITING = "sleep() { :; }"
NO_LOGIN = "cdk_ecr_public_pull: ERROR: no login to public.ecr.aws (asked: us-west-2, us-east-1)."
GOES_ON = "cdk_ecr_public_pull: WARNING: no login to public.ecr.aws (asked: us-west-2, us-east-1)."
AGAIN = "cdk_ecr_public_pull: no login yet; next try in "


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, and how a build ends.

    Attributes:
        id: Its name.
        fault: What brings it about.
        project: The project that builds.
        succeeds: Whether the build succeeds.
        calls: The regions that are asked for a login.
        says: What its log says.
        stale: Whether an expired login is there before.
        logged_in: Whether public.ecr.aws serves builders with a login, and no other.
        falls_back: Whether a mirrored engine gets from Docker Hub what it misses, which then
            serves it: the build succeeds there.
    """

    id: str
    fault: Callable[[World], None]
    project: str = "Strict"
    succeeds: bool = True
    calls: tuple[str, ...] = (WEST,)
    says: tuple[str, ...] = ()
    stale: bool = False
    logged_in: bool = True
    falls_back: bool = False


def api(world: World, mood: Mood, *regions: str, times: int = 1_000_000) -> None:
    """Let the API of regions answer so."""
    for region in regions:
        world.api.set_mood(region, mood, times=times)


LOGINS = (
    Case(
        id="us-west-2 refuses",
        fault=lambda world: api(world, Mood.REFUSE, WEST),
        calls=(WEST, EAST),
        stale=True,
        says=("(UnsupportedCommandException)", "logged in at us-east-1."),
    ),
    Case(
        # The AWS CLI asks three times.
        id="us-west-2 throttles for a while",
        fault=lambda world: api(world, Mood.THROTTLE, WEST, times=2),
        calls=(WEST, WEST, WEST),
    ),
    Case(
        id="both regions throttle for a while",
        fault=lambda world: api(world, Mood.THROTTLE, WEST, EAST, times=3),
        calls=(WEST, WEST, WEST, EAST, EAST, EAST, WEST),
        says=("(ThrottlingException)", AGAIN),
    ),
    Case(
        id="the role lacks an action",
        fault=lambda world: api(world, Mood.DENY, WEST, EAST),
        succeeds=False,
        calls=(WEST, EAST) * 3,
        says=(
            "is not authorized to perform: sts:GetServiceBearerToken",
            NO_LOGIN,
            "needs ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken on *",
        ),
    ),
    Case(
        id="the permission is known a little later",
        fault=lambda world: api(world, Mood.DENY, WEST, EAST, times=1),
        calls=(WEST, EAST, WEST),
        says=(AGAIN,),
    ),
    Case(
        id="no login, and none is required",
        fault=lambda world: api(world, Mood.DENY, WEST, EAST),
        project="Lenient",
        calls=(WEST, EAST) * 3,
        says=(GOES_ON,),
        stale=True,
        logged_in=False,
    ),
    Case(
        id="public.ecr.aws throttles the login for a while",
        fault=lambda world: world.public.fail(Fault.THROTTLED, times=2),
        calls=(WEST, EAST, WEST),
        says=(AGAIN,),
    ),
    Case(
        id="every login counts as expired",
        fault=lambda world: world.public.fail(Fault.EXPIRED_LOGIN),
        succeeds=False,
        calls=(WEST, EAST) * 3,
        says=(NO_LOGIN,),
    ),
    Case(
        id="every login counts as expired, and none is required",
        fault=lambda world: world.public.fail(Fault.EXPIRED_LOGIN),
        project="Lenient",
        calls=(WEST, EAST) * 3,
        says=(GOES_ON,),
        stale=True,
        logged_in=False,
    ),
)


@pytest.mark.parametrize("case", LOGINS, ids=lambda case: case.id)
def test_login(world: World, codebuild: CodeBuild, case: Case) -> None:
    """A login that fails is tried again, elsewhere, or ends the build with what to do."""
    before = [NO_WAITING]
    if case.stale:
        before.append(f"mkdir ~/.docker; echo '{json.dumps(STALE)}' > ~/.docker/config.json")
    case.fault(world)

    build = codebuild.build(f"ClosedLoop-{case.project}", SOURCE, before="; ".join(before))

    assert build.succeeded is case.succeeds, build.log
    assert tuple(world.api.calls) == case.calls
    assert [text for text in case.says if text not in build.log] == [], build.log
    served = {seen.login for seen in world.public.pulls if seen.status == 200 and seen.is_build}
    assert served == ({case.logged_in} if case.succeeds else set())
    assert world.hub.seen == []


def throttle(world: World, *, times: int) -> None:
    """Let public.ecr.aws refuse builds their manifests, not the probe."""
    world.public.fail(Fault.THROTTLED_PULL, times=times)


def without(world: World, image: str) -> None:
    """Let public.ecr.aws lack an image."""
    world.public.missing.add(image)


PULLS = (
    Case(
        id="the pulls are throttled for a while",
        fault=lambda world: throttle(world, times=4),
    ),
    Case(
        id="the pulls are throttled",
        fault=lambda world: throttle(world, times=1_000_000),
        succeeds=False,
        says=("https://public.ecr.aws/v2/docker/library/", "429 Too Many Requests"),
        falls_back=True,
    ),
    Case(id="slow", fault=lambda world: world.public.fail(Fault.SLOW, times=4)),
    Case(
        id="a layer is cut once",
        fault=lambda world: world.public.fail(Fault.CUT_LAYER, times=1),
    ),
    Case(
        id="no such repository",
        fault=lambda world: without(world, "docker/library/node"),
        succeeds=False,
        says=(
            "public.ecr.aws/docker/library/node:21: not found",
            "Not found: that tag has no copy; add it to allow.",
        ),
        falls_back=True,
    ),
    Case(
        id="no such tag",
        fault=lambda world: without(world, "docker/library/busybox/manifests/1.36.1-musl"),
        succeeds=False,
        says=(
            "public.ecr.aws/docker/library/busybox:1.36.1-musl: not found",
            "Not found: that tag has no copy; add it to allow.",
        ),
        falls_back=True,
    ),
)


@pytest.mark.parametrize("case", PULLS, ids=lambda case: case.id)
def test_pull(world: World, codebuild: CodeBuild, case: Case) -> None:
    """BuildKit tries again, falls back if it has a mirror, or says which copy it did not get."""
    falls_back = case.falls_back and world.engine.takes_mirrors
    case.fault(world)
    if falls_back:
        world.hub.pulls_left = None

    build = codebuild.build(f"ClosedLoop-{case.project}", SOURCE)

    assert build.succeeded is (case.succeeds or falls_back), build.log
    assert tuple(world.api.calls) == case.calls
    said = () if falls_back else case.says
    assert [text for text in said if text not in build.log] == [], build.log
    assert (world.hub.seen != []) is falls_back
