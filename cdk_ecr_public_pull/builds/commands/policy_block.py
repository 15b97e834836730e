"""The lines of a command that set a running build's source policy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.source_policy import POLICY_VARIABLE

POLICY_FILE = "ecr-public-pull"
"""How the name of a file begins that this library sets as a build's source policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Obstacle:
    """What keeps an engine from being used: ``word`` fits ``pattern``, as a shell's case has it."""

    word: str
    pattern: str
    cause: str
    remedy: str


_WITHOUT_BUILDKIT = (
    _Obstacle(
        word="${DOCKER_BUILDKIT:-1}",
        pattern="0 | [Ff]*",
        cause="DOCKER_BUILDKIT is off",
        remedy="Unset it",
    ),
    _Obstacle(
        # docker build falls back to the builder of old. A Docker that is too old anyway is
        # not helped by a plugin.
        word="$docker",
        pattern="*buildx*) ;; 2[4-9].* | [3-9]?.*",
        cause="Docker has no buildx",
        remedy="Install docker-buildx",
    ),
)
_WITHOUT_POLICY = (
    _Obstacle(
        word="$policy",
        # None, and one that an earlier command has set, are no obstacle.
        pattern=f"'' | */{POLICY_FILE}.*) ;; *",
        cause=f"{POLICY_VARIABLE} is set, and BuildKit takes one",
        remedy="Unset it, or add the output of ecr-public-pull policy",
    ),
    _Obstacle(
        # BuildKit has source policies since 0.11, and Docker that since 24. Buildx reads the
        # variable since 0.11: https://docs.docker.com/build/release-notes/#0110
        # It says "github.com/docker/buildx v0.32.1 COMMIT", Debian's without the "v".
        word="$docker/$(docker buildx version 2>/dev/null)",
        pattern="1?.* | 2[0-3].* | *x?0.[0-9].* | *x??0.[0-9].* | *x?0.10.* | *x??0.10.*",
        cause="Docker is below 24, or buildx below 0.11",
        remedy="Build on aws/codebuild/standard:7.0",
    ),
)


def buildkit_block() -> list[str]:
    """Return the lines that look whether the engine builds with BuildKit.

    As those of ``policy_block`` they are POSIX sh, with what the command of
    ``hub_pulls_commands`` defines.
    """
    return list(map(_look_for, _WITHOUT_BUILDKIT))


def policy_block(policy: Mapping[str, object], *, said: str) -> list[str]:
    """Return the lines that write a source policy to a file of its own, and print its name.

    Args:
        policy: The policy.
        said: What to say of it.
    """
    text = shlex.quote(json.dumps(policy, separators=(",", ":")))
    unwritten = shlex.join(
        ["unused", "the policy cannot be written", "Set TMPDIR to a folder that can be"]
    )
    return [
        *map(_look_for, _WITHOUT_POLICY),
        # mktemp makes a file that nobody else could have put there; a later phase may run as
        # another user, who must be able to read it.
        f'file=$(mktemp -t {POLICY_FILE}.XXXXXX) && chmod a+r "$file" &&',
        f"  printf '%s\\n' {text} >\"$file\" ||",
        f"  {unwritten}",
        f"say {shlex.quote(said)}",
        'echo "$file"',
    ]


def _look_for(obstacle: _Obstacle) -> str:
    unused = shlex.join(["unused", obstacle.cause, obstacle.remedy])
    return f"case {obstacle.word} in {obstacle.pattern}) {unused} ;; esac"
