"""The login of image builds that ``cdk-assets`` starts with a Docker configuration of its own.

In a CDK Pipeline with ``docker_credentials``, ``cdk-assets`` finds a file with them and
then builds as ``docker --config DIR build``. The configuration in DIR knows the registries
of that file and no other login. The repair is a program in the place of ``docker``, which
CDK names with the variable ``CDK_DOCKER``:
https://docs.aws.amazon.com/cdk/v2/guide/build-containers.html
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.builds.plain_data import listed

_FIRST_LINE = f"{MARKER}log in the Docker configuration of cdk-assets"

# ~/.cdk is no place for it: CDK Pipelines makes that folder, and fails where it is.
_PROGRAM = '"$HOME/.ecr-public-pull/docker"'

_CREDENTIALS_FILE = "cdk-docker-creds.json"
_PUBLISH = re.compile(r"\bcdk-assets\b.*\bpublish\b")


def cdk_docker_commands(login: Sequence[str]) -> tuple[str, ...]:
    """Return the buildspec commands that let ``cdk-assets`` build with a login.

    It is one command in POSIX sh. It writes a program, and exports ``CDK_DOCKER`` as its
    path for the commands that come later. The program runs ``docker`` with the arguments
    that it gets; before ``--config DIR build`` it runs the login with DIR as Docker's
    configuration, unless that names public.ecr.aws already. ``docker`` adds a login to
    that file and keeps the registries that are in it. What the login prints goes to the
    standard error, and if it fails, so does the build.

    A ``CDK_DOCKER`` that is set already stays, with a warning: it may be another tool than
    Docker. With ``ECR_PUBLIC_PULL=off`` in the build's environment nothing is written.

    Args:
        login: The commands that log in, of ``login_commands``.

    Returns:
        The commands, for ``phases.*.commands`` of a buildspec.
    """
    return (_INSTALL.format(first_line=_FIRST_LINE, program=_PROGRAM, docker=_docker(login)),)


def hides_login(build_spec: Mapping[str, object]) -> bool:
    """Say whether a build publishes assets with a Docker configuration without the login.

    Args:
        build_spec: The buildspec.

    Returns:
        Whether its commands write CDK's file of Docker credentials and run ``cdk-assets
        publish``, and none is that of ``cdk_docker_commands``.
    """
    commands = list(_commands(build_spec))
    return (
        any(_CREDENTIALS_FILE in command for command in commands)
        and any(_PUBLISH.search(command) for command in commands)
        and not any(command.startswith(_FIRST_LINE) for command in commands)
    )


def _commands(build_spec: Mapping[str, object]) -> Iterator[str]:
    phases = build_spec.get("phases")
    for phase in phases.values() if isinstance(phases, Mapping) else ():
        if isinstance(phase, Mapping):
            yield from map(str, listed(phase.get("commands")))


def _docker(login: Sequence[str]) -> str:
    return _DOCKER.format(login=textwrap.indent("\n".join(login), "    "))


_INSTALL = """\
{first_line}
if [ "${{ECR_PUBLIC_PULL:-}}" = off ]; then
  echo 'cdk_ecr_public_pull: ECR_PUBLIC_PULL is off: CDK_DOCKER stays as it is.'
elif [ -n "${{CDK_DOCKER:-}}" ] && [ "$CDK_DOCKER" != {program} ]; then
  printf 'cdk_ecr_public_pull: WARNING: CDK_DOCKER is %s and stays: \
cdk-assets builds without a login to public.ecr.aws.\\n' "$CDK_DOCKER" >&2
else
  mkdir -p "$HOME/.ecr-public-pull" &&
  cat > {program} <<'END_OF_DOCKER' &&
{docker}
END_OF_DOCKER
  chmod 755 {program} &&
  export CDK_DOCKER={program}
fi"""

_DOCKER = """\
#!/bin/sh
# cdk-assets gives docker a configuration without the login to public.ecr.aws: docker --config DIR.
if [ "${{1:-}}" = --config ] && [ "${{3:-}}" = build ] &&
  ! grep -qs '"public\\.ecr\\.aws"' "$2/config.json"; then
  (
    DOCKER_CONFIG=$2
    export DOCKER_CONFIG
{login}
  ) >&2 || exit
fi
exec docker "$@\""""
