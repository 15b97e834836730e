"""The command that sets a running build's source policy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.commands.messages import MARKER, PREFIX, say, warn
from cdk_ecr_public_pull.builds.source_policy import POLICY_VARIABLE, HubPulls, source_policy
from cdk_ecr_public_pull.images.mirrors import Mirrors

_FIRST_LINE = f"{MARKER}set the source policy of docker build"
_FILE = "ecr-public-pull-policy"

_AS_WRITTEN = "so that images are pulled as they are written"
_NEWER = "Choose a newer image for the environment of the build, aws/codebuild/standard:7.0 say"


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
        pattern=f"*/{_FILE}.*) ;; ?*",
        cause=f"{POLICY_VARIABLE} names another, and BuildKit takes one",
        remedy="Unset it, or add the rules that ecr-public-pull policy prints to its file",
    ),
    _Obstacle(
        word="${DOCKER_BUILDKIT:-1}",
        pattern="0 | [Ff]*",
        cause="DOCKER_BUILDKIT switches BuildKit off",
        remedy="Take it out of the environment",
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
        "  " + say(f"ECR_PUBLIC_PULL is off: no source policy is set, {_AS_WRITTEN}."),
        *_look_for_obstacles(is_enforced=is_enforced),
        f"elif {POLICY_VARIABLE}=$(",
        *_write(json.dumps(policy, separators=(",", ":"))),
        f") && export {POLICY_VARIABLE}; then",
        "  " + (_ENFORCED if is_enforced else _REDIRECTED),
        "else",
        f"  unset {POLICY_VARIABLE}",
        "  "
        + warn(
            _unused("its file cannot be written", is_enforced=is_enforced),
            "Its folder is TMPDIR, or else /tmp; the error above says why.",
        ),
        *(["  false"] if is_enforced else []),
        "fi",
    ]
    return ("\n".join(lines),)


def _look_for_obstacles(*, is_enforced: bool) -> list[str]:
    fix = "" if is_enforced else ", or move the pulls in the Dockerfiles with ecr-public-pull fix"
    return [
        # In a shell of its own, so that its function is nobody else's.
        "elif ! (",
        "  unused() {",
        f'    echo "{PREFIX}{_unused("$1", is_enforced=is_enforced)}',
        f'$2{fix}." >&2',
        "    exit 1",
        "  }",
        *map(_look_for, _OBSTACLES),
        "); then",
        "  false" if is_enforced else "  true",
    ]


def _look_for(obstacle: _Obstacle) -> str:
    unused = shlex.join(["unused", obstacle.cause, obstacle.remedy])
    return f'  case "{obstacle.word}" in {obstacle.pattern}) {unused} ;; esac'


def _unused(cause: str, *, is_enforced: bool) -> str:
    if is_enforced:
        return f"ERROR: the source policy cannot be enforced: {cause}. The build fails."
    return f"WARNING: the source policy is not used: {cause}, {_AS_WRITTEN}."


def _write(policy: str) -> list[str]:
    # mktemp makes a file that nobody else could have put there; a later phase may run as
    # another user, who must be able to read it.
    return [
        f'  file=$(mktemp "${{TMPDIR:-/tmp}}/{_FILE}.XXXXXX") &&',
        '    chmod a+r "$file" &&',
        f"    printf '%s\\n' {shlex.quote(policy)} > \"$file\" &&",
        '    echo "$file"',
    ]


_REDIRECTED = say(
    "docker build pulls images of Docker Hub from their copies, where they have one.",
    '- "not found" at the place of a copy: there is none of that tag. Add it to allow.',
    "- To build without it, set ECR_PUBLIC_PULL=off in the environment of the build.",
)

_ENFORCED = say(
    "docker build pulls images of Docker Hub from their copies, and stops at one that has none.",
    '"denied by policy" stands behind the name of that image. What to do about it:',
    "- this job builds it, or loads it: add it to local_images.",
    "- it has a copy: name that under mirrors.",
    "- it is docker/dockerfile: take the # syntax= line out of the Dockerfile; BuildKit has"
    " a frontend built in.",
    "- it may be pulled from Docker Hub: add it to allow.",
)
