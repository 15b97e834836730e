"""The lines of a command that give a running build's engine its registry mirror."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath

from cdk_ecr_public_pull.builds.registry_mirrors import (
    DOCKER_HOSTS_FILE,
    DOCKER_HOSTS_TOML,
    DOCKER_MIRROR,
)
from cdk_ecr_public_pull.images.mirrors import ECR_PUBLIC

_HOSTS = PurePosixPath(DOCKER_HOSTS_FILE).parent

# The scopes are the registry's own, and the image's as the engine knows it.
_TOKEN = (
    f"https://{ECR_PUBLIC}/token/?service={ECR_PUBLIC}&scope=aws::"
    "&scope=repository:library/busybox:pull"
)
_HEADER = r's/.*"token": *"\([^"]*\)".*/Authorization: Bearer \1/p'
_MANIFEST = f"https://{ECR_PUBLIC}/v2/docker/library/busybox/manifests/latest?ns=docker.io"
# A manifest of a type that nobody accepts is an error.
_TYPES = (
    "oci.image.index.v1",
    "oci.image.manifest.v1",
    "docker.distribution.manifest.list.v2",
    "docker.distribution.manifest.v2",
)
_ACCEPT = f"$(printf application/vnd.%s+json, {' '.join(_TYPES)})"

# Of many builds that start together some are told 429, which says nothing of the question.
_LINES = f"""\
(
no() {{ say "no registry mirror: $1."; exit 1; }}
certs={_HOSTS.parent}
hosts=$certs/{_HOSTS.name}
is_set() {{ grep -qs {DOCKER_MIRROR} $hosts/hosts.toml; }}
ask() {{ curl -fsSm9 --retry 3 "$@"; }}
case $docker in 2[89].* | [3-9]?.*) ;; *) no 'it takes Docker 28' ;; esac
case $docker in
*rootless*) no 'Docker is rootless' ;;
*' null '* | *' [] '*) ;;
*) no 'Docker has others' ;;
esac
case ${{DOCKER_HOST:-}}${{BUILDX_BUILDER:-}}$docker in
[0-9]*' default '*) [ -e /var/run/docker.pid ] ;;
*) false ;;
esac || no 'another engine builds'
grep -qs -e {ECR_PUBLIC} -e ecr-login "${{DOCKER_CONFIG:-$HOME/.docker}}/config.json" ||
  no 'not logged in'
is_set && exit
for it in $hosts $certs/_default; do [ ! -e $it ] || no "$it is there"; done
ask {shlex.quote(_TOKEN)} | sed -n {shlex.quote(_HEADER)} |
  ask -I -o /dev/null -H @- -H "Accept:{_ACCEPT}" {shlex.quote(_MANIFEST)} ||
  no 'curl failed'
mkdir -p $certs && new=$(mktemp -d $hosts.XXXXXX) &&
  echo {shlex.quote(DOCKER_HOSTS_TOML.rstrip())} >$new/hosts.toml &&
  mv -T $new $hosts || is_set || no "$hosts cannot be written"
)"""


def mirror_block() -> list[str]:
    """Return the lines that set a registry mirror for docker.io, if the engine will use it.

    They are a subshell of POSIX sh, with what the command of ``hub_pulls_commands`` defines.
    Its status is 0 where the mirror is set. Otherwise it is 1, nothing has changed, and a line
    has said why:

    - The engine is older than Docker 28, the first to read the file
      (https://github.com/moby/moby/pull/47380), or rootless, or another machine's, or builds
      go to a builder that is not its own.
    - It has mirrors for Docker Hub already.
    - There is no login to public.ecr.aws: what that refuses would come from Docker Hub.
    - public.ecr.aws does not answer what an engine with the mirror asks it. That would not
      show in a build, whose every pull would come from Docker Hub.
    """
    return _LINES.splitlines()
