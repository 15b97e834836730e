"""The command that moves a running build's pulls away from Docker Hub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from cdk_ecr_public_pull.builds.commands.messages import MARKER, say
from cdk_ecr_public_pull.builds.commands.mirror_block import mirror_block
from cdk_ecr_public_pull.builds.commands.policy_block import policy_block
from cdk_ecr_public_pull.builds.source_policy import HubPulls, declared_policy, source_policy
from cdk_ecr_public_pull.images.mirrors import Mirrors

_FIRST_LINE = f"{MARKER}move the pulls of docker build"

_MAKES_BUILDER = re.compile(r"\bbuildx\s+create\b")

_WITHOUT = "- To build without it, set ECR_PUBLIC_PULL=off in the environment of the build."

_MIRRORED = say(
    "docker build pulls images of Docker Hub from public.ecr.aws, by a registry mirror, and from"
    " Docker Hub what is not there.",
    _WITHOUT,
)
_DECLARED = say("docker build pulls what your mirrors name from there, by a source policy.")
_REDIRECTED = say(
    "docker build pulls images of Docker Hub from their copies, where they have one, by a source"
    " policy.",
    '- "not found" at the place of a copy: there is none of that tag. Add it to allow.',
    _WITHOUT,
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


def hub_pulls_commands(
    mirrors: Mirrors,
    *,
    hub_pulls: HubPulls = HubPulls.REDIRECT,
    allow: Iterable[str] = (),
) -> tuple[str, ...]:
    """Return the buildspec commands that move a build's pulls away from Docker Hub.

    It is one command of several lines, in POSIX sh, as that of the login is. With REDIRECT it
    gives the engine a registry mirror, where the engine will use it: what the mirror does not
    have comes from Docker Hub, and images of the same job are found. It says what it
    chose, and why. Copies that ``mirrors`` declares are a source policy's matter even then.

    A source policy goes into a file of its own, whose name is exported to ``docker build``,
    ``docker buildx build``, ``docker buildx bake`` and ``docker compose build``; in one
    command with the file, because a variable that names none fails every build.
    BuildKit takes one policy: one that the build has set already is kept, and the command
    says that this one is not used. It says so too where Docker cannot use it. With
    ENFORCE either fails the build, which would ask Docker Hub unnoticed.

    With ``ECR_PUBLIC_PULL=off`` in the build's environment it does nothing but say so.

    Args:
        mirrors: As for ``source_policy``.
        hub_pulls: What it does; AS_WRITTEN needs no command.
        allow: As for ``source_policy``. A registry mirror knows no such exceptions, so that
            with some REDIRECT is SOURCE_POLICY.

    Returns:
        The commands, for ``phases.*.commands`` of a buildspec.

    Raises:
        InvalidConfig: As for ``source_policy``.
    """
    allowed = tuple(allow)
    policy = source_policy(mirrors, hub_pulls=hub_pulls, allow=allowed)
    if hub_pulls is HubPulls.AS_WRITTEN:
        return ()
    is_enforced = hub_pulls is HubPulls.ENFORCE
    block = policy_block(
        policy, said=_ENFORCED if is_enforced else _REDIRECTED, is_enforced=is_enforced
    )
    off = say("ECR_PUBLIC_PULL is off: images are pulled as they are written.")
    lines = [_FIRST_LINE, 'if [ "${ECR_PUBLIC_PULL:-}" = off ]; then', f"  {off}"]
    if hub_pulls is HubPulls.REDIRECT and not allowed:
        first, *others, last = mirror_block()
        lines += [f"elif {first}", *others, f"{last}; then", *_beside_the_mirror(mirrors), "else"]
        lines += [*block, "fi"]
    else:
        lines += [f"el{block[0]}", *block[1:]]
    return ("\n".join(lines),)


def makes_builder(build_spec: object) -> bool:
    """Say whether a buildspec makes a builder of its own, which has no part in the engine's mirror.

    Args:
        build_spec: What it says, in any form that JSON has; tokens as CDK resolves them.
    """
    return _MAKES_BUILDER.search(json.dumps(build_spec, default=str)) is not None


def _beside_the_mirror(mirrors: Mirrors) -> list[str]:
    """What a mirror by path does not move: the copies that were declared, wherever they are."""
    said = [f"  {_MIRRORED}"]
    declared = declared_policy(mirrors)
    if declared is None:
        return said
    return [*said, *policy_block(declared, said=_DECLARED, is_enforced=False)]
