"""The lines of a command that set a running build's source policy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.commands.messages import PREFIX, warn
from cdk_ecr_public_pull.builds.source_policy import POLICY_VARIABLE

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
        # BuildKit has source policies since 0.11, and Docker that since 24. Buildx reads the
        # variable since 0.11: https://docs.docker.com/build/release-notes/#0110
        word="$server $buildx",
        pattern="1?.* | 2[0-3].* | *\\ 0.[0-9].* | *\\ 0.10.*",
        cause="this Docker is older than 24, or its buildx than 0.11",
        remedy="Choose a newer image for the environment of the build, aws/codebuild/standard:7.0"
        " say",
    ),
    _Obstacle(
        # docker build falls back to the builder of old.
        word="$server $buildx",
        pattern="?*\\ ",
        cause="this Docker has no buildx, and so no BuildKit",
        remedy="Install its plugin docker-buildx",
    ),
)


def policy_block(policy: Mapping[str, object], *, said: str, is_enforced: bool) -> list[str]:
    """Return the lines that set a source policy: an ``if`` of POSIX sh, with its ``fi``.

    They write the policy to a file of its own and export the variable that names it, or say
    why that is of no use; where it is enforced, that is a status of 1.

    Args:
        policy: The policy.
        said: The command that says what the policy does.
        is_enforced: Whether the build fails where the policy cannot be used.
    """
    return [
        *_look_for_obstacles(is_enforced=is_enforced),
        f"elif {POLICY_VARIABLE}=$(",
        *_write(json.dumps(policy, separators=(",", ":"))),
        f") && export {POLICY_VARIABLE}; then",
        f"  {said}",
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


def _look_for_obstacles(*, is_enforced: bool) -> list[str]:
    fix = "" if is_enforced else ", or move the pulls in the Dockerfiles with ecr-public-pull fix"
    return [
        # In a shell of its own, so that its names are nobody else's.
        "if ! (",
        "  unused() {",
        f'    echo "{PREFIX}{_unused("$1", is_enforced=is_enforced)}',
        f'$2{fix}." >&2',
        "    exit 1",
        "  }",
        "  server=$(docker version --format '{{.Server.Version}}' 2>/dev/null)",
        # github.com/docker/buildx v0.32.1 COMMIT; Debian's has no "v".
        "  buildx=$(docker buildx version 2>/dev/null)",
        "  buildx=${buildx#* }",
        "  buildx=${buildx#v}",
        "  buildx=${buildx%% *}",
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
