"""The command that moves a running build's pulls away from Docker Hub."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from cdk_ecr_public_pull.builds.commands.messages import MARKER, PREFIX
from cdk_ecr_public_pull.builds.commands.mirror_block import mirror_block
from cdk_ecr_public_pull.builds.commands.policy_block import buildkit_block, policy_block
from cdk_ecr_public_pull.builds.source_policy import (
    POLICY_VARIABLE,
    HubPulls,
    declared_policy,
    source_policy,
)
from cdk_ecr_public_pull.images.mirrors import Mirrors

_FIRST_LINE = f"{MARKER}move the pulls of docker build"

_INFO = (
    "{{.ServerVersion}} {{.ClientInfo.Context}} {{json .RegistryConfig.Mirrors}}"
    " {{.SecurityOptions}} {{.ClientInfo.Plugins}}"
)

_WITHOUT = "ECR_PUBLIC_PULL=off skips it."
_MIRRORED = (
    "docker build pulls from public.ecr.aws by a registry mirror, or else from Docker Hub."
    f" {_WITHOUT}"
)
_DECLARED = "docker build pulls what your mirrors name from there, by a source policy."
_REDIRECTED = (
    "docker build pulls copies of images by a source policy."
    f" Not found: that tag has no copy; add it to allow. {_WITHOUT}"
)
_ENFORCED = """\
docker build pulls images of Docker Hub from their copies, and stops at one that has none.
"denied by policy" stands behind the name of that image. What to do about it:
- this job builds it, or loads it: add it to local_images.
- it has a copy: name that under mirrors.
- it is docker/dockerfile: take the # syntax= line out of the Dockerfile; BuildKit has a frontend \
built in.
- it may be pulled from Docker Hub: add it to allow."""

_UNUSED = """\
WARNING: no source policy moves the pulls: $1.
$2, or run ecr-public-pull fix."""
_UNENFORCED = """\
ERROR: no source policy can be enforced: $1. The build fails.
$2."""


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

    Without one the variable stays as it is, or is empty, which is none to all that read it.

    With ``ECR_PUBLIC_PULL=off`` in the build's environment it does nothing; the login says so.

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
    if is_enforced:
        steps = policy_block(policy, said=_ENFORCED)
    elif hub_pulls is HubPulls.SOURCE_POLICY or allowed:
        steps = policy_block(policy, said=_REDIRECTED)
    else:
        steps = _mirror_or_policy(policy, declared_policy(mirrors))
    return (_command(steps, is_enforced=is_enforced),)


def _mirror_or_policy(
    policy: Mapping[str, object], declared: Mapping[str, object] | None
) -> list[str]:
    """The steps that set a mirror by path, with the copies that were declared; or the policy."""
    beside = policy_block(declared, said=_DECLARED) if declared else ["unchanged"]
    return [
        *mirror_block(),
        "if [ $? = 0 ]; then",
        f"say {shlex.quote(_MIRRORED)}",
        *beside,
        "else",
        *policy_block(policy, said=_REDIRECTED),
        "fi",
    ]


def _command(steps: Iterable[str], *, is_enforced: bool) -> str:
    """The command, whose steps print the name of the policy's file."""
    start, end = ("{ ", f" && export {POLICY_VARIABLE}; }}") if is_enforced else ("export ", "")
    lines = [
        _FIRST_LINE,
        # The login has said that it is off.
        '[ "${ECR_PUBLIC_PULL:-}" = off ] ||',
        f'{start}{POLICY_VARIABLE}="$(',
        # Not indented: the steps hold texts of several lines, each of which would be changed.
        "set +e",
        f"policy=${{{POLICY_VARIABLE}:-}}",
        f'say() {{ echo "{PREFIX}$1" >&2; }}',
        'unchanged() { echo "$policy"; exit 1; }',
        f'unused() {{ say "{_UNENFORCED if is_enforced else _UNUSED}"; unchanged; }}',
        # 28.5.2 default null [name=seccomp,profile=builtin] [{{… v0.32.1 …} buildx /usr/… …}]
        f"docker=$(docker info --format {shlex.quote(_INFO)} 2>/dev/null)",
        *buildkit_block(),
        *steps,
        f')"{end}',
    ]
    return "\n".join(lines)
