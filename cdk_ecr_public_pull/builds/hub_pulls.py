"""The command that sets a running build's source policy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.login import MARKER
from cdk_ecr_public_pull.builds.messages import say, warn
from cdk_ecr_public_pull.builds.source_policy import POLICY_VARIABLE, HubPulls, source_policy
from cdk_ecr_public_pull.images.mirrors import Mirrors

_FIRST_LINE = f"{MARKER}set the source policy of docker build"
_FILE = "ecr-public-pull-policy"

_AS_WRITTEN = "so that images are pulled as they are written"
_FIX = "move the pulls in the Dockerfiles with ecr-public-pull fix."
_NEWER = (
    "Choose a newer image for the environment of the build, aws/codebuild/standard:7.0 say, or"
    f" {_FIX}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Obstacle:
    """What keeps a policy from being used: ``word`` fits ``pattern``, as a shell's case has it."""

    word: str
    pattern: str
    cause: str
    remedy: str


_OBSTACLES = (
    _Obstacle(
        word=f"${{{POLICY_VARIABLE}:-}}",
        # Neither unset nor set by this command.
        pattern=f"*/{_FILE}.*) false ;; ?*",
        cause=f"{POLICY_VARIABLE} names another, and BuildKit takes one",
        remedy=(
            "Add the rules that ecr-public-pull policy prints to that file, or leave the"
            " variable to this command."
        ),
    ),
    _Obstacle(
        word="${DOCKER_BUILDKIT:-1}",
        pattern="0 | [Ff]*",
        cause="DOCKER_BUILDKIT switches BuildKit off",
        remedy=f"Take it out of the environment, or {_FIX}",
    ),
    _Obstacle(
        # The first with BuildKit 0.11, which has source policies.
        word="$(docker version --format '{{.Server.Version}}' 2>/dev/null)",
        pattern="1?.* | 2[0-3].*",
        cause="this Docker is older than 24",
        remedy=_NEWER,
    ),
    _Obstacle(
        # It reads the variable since: https://docs.docker.com/build/release-notes/#0110
        # Debian's has no "v" before its version.
        word="$(docker buildx version 2>/dev/null)",
        pattern=" | ".join(f"*/buildx\\ {v}0.{n}.*" for v in ("", "v") for n in ("[0-9]", "10")),
        cause="this buildx is older than 0.11",
        remedy=_NEWER,
    ),
)


def hub_pulls_commands(
    mirrors: Mirrors,
    *,
    hub_pulls: HubPulls = HubPulls.REDIRECT,
    allow: Iterable[str] = (),
) -> tuple[str, ...]:
    """Return the buildspec commands that move a build's pulls away from Docker Hub.

    It is one command of several lines, in POSIX sh, as that of the login is. It writes
    a source policy to a file of its own and exports the variable that names it to
    ``docker build``, ``docker buildx build``, ``docker buildx bake`` and ``docker compose
    build``. Both in one command, because a variable that names no file fails every build.

    BuildKit takes one file: a policy that the build has set already is kept, and the
    command says that this one is not used. It says so too where Docker is too old for a
    policy. With ENFORCE either fails the build, which would ask Docker Hub unnoticed.

    With ``ECR_PUBLIC_PULL=off`` in the build's environment it does nothing but say so.

    Args:
        mirrors: As for ``source_policy``.
        hub_pulls: As for ``source_policy``; AS_WRITTEN needs no command.
        allow: As for ``source_policy``.

    Returns:
        The commands, for ``phases.*.commands`` of a buildspec.

    Raises:
        InvalidConfig: As for ``source_policy``.
    """
    policy = source_policy(mirrors, hub_pulls=hub_pulls, allow=allow)
    if hub_pulls is HubPulls.AS_WRITTEN:
        return ()
    is_enforced = hub_pulls is HubPulls.ENFORCE
    lines = [
        _FIRST_LINE,
        'if [ "${ECR_PUBLIC_PULL:-}" = off ]; then',
        say(f"ECR_PUBLIC_PULL is off: no source policy is set, {_AS_WRITTEN}."),
        *(line for it in _OBSTACLES for line in _obstructed(it, is_enforced=is_enforced)),
        *_write(json.dumps(policy, separators=(",", ":"))),
        *(_enforced() if is_enforced else _redirected()),
        "else",
        f"  unset {POLICY_VARIABLE}",
        *_unused(
            "its file cannot be written",
            "Its folder is TMPDIR, or else /tmp; the error above says why.",
            is_enforced=is_enforced,
        ),
        "fi",
    ]
    return ("\n".join(lines),)


def _obstructed(obstacle: _Obstacle, *, is_enforced: bool) -> list[str]:
    return [
        f'elif case "{obstacle.word}" in {obstacle.pattern}) true ;; *) false ;; esac; then',
        *_unused(obstacle.cause, obstacle.remedy, is_enforced=is_enforced),
    ]


def _unused(cause: str, remedy: str, *, is_enforced: bool) -> list[str]:
    if is_enforced:
        return [
            warn(f"ERROR: the source policy cannot be enforced: {cause}. The build fails."),
            warn(remedy),
            "  false",
        ]
    return [
        warn(f"WARNING: the source policy is not used: {cause}, {_AS_WRITTEN}."),
        warn(remedy),
    ]


def _write(policy: str) -> list[str]:
    # mktemp makes a file that nobody else could have put there; a later phase may run as
    # another user, who must be able to read it.
    return [
        f'elif {POLICY_VARIABLE}=$(mktemp "${{TMPDIR:-/tmp}}/{_FILE}.XXXXXX") &&',
        f'  chmod a+r "${POLICY_VARIABLE}" &&',
        f"  printf '%s\\n' {shlex.quote(policy)} > \"${POLICY_VARIABLE}\" &&",
        f"  export {POLICY_VARIABLE}; then",
    ]


def _redirected() -> list[str]:
    return [
        say("docker build pulls images of Docker Hub from their copies, where they have one."),
        say('- "not found" at the place of a copy: there is none of that tag. Add it to allow.'),
        say("- To build without it, set ECR_PUBLIC_PULL=off in the environment of the build."),
    ]


def _enforced() -> list[str]:
    return [
        say(
            "docker build pulls images of Docker Hub from their copies, and stops at one that has"
            " none."
        ),
        say('"denied by policy" stands behind the name of that image. What to do about it:'),
        say("- this job builds it, or loads it: add it to local_images."),
        say("- it has a copy: name that under mirrors."),
        say(
            "- it is docker/dockerfile: take the # syntax= line out of the Dockerfile; BuildKit"
            " has a frontend built in."
        ),
        say("- it may be pulled from Docker Hub: add it to allow."),
    ]
