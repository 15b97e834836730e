"""The commands that log a running build in to public.ecr.aws."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from enum import StrEnum

from cdk_ecr_public_pull.builds.commands.messages import MARKER, PREFIX, say, warn


class LoginRegion(StrEnum):
    """A region whose ECR Public API can be asked for a login.

    The API has endpoints in these two regions alone, whatever region a build
    runs in: https://docs.aws.amazon.com/general/latest/gr/ecr-public.html
    """

    US_WEST_2 = "us-west-2"
    US_EAST_1 = "us-east-1"


DEFAULT_LOGIN_REGIONS = (LoginRegion.US_WEST_2, LoginRegion.US_EAST_1)

LOGIN_ACTIONS = ("ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken")

_FIRST_LINE = f"{MARKER}log in to public.ecr.aws"


def login_statement() -> dict[str, object]:
    """Return the IAM statement that a build's role needs for the login.

    Both actions accept no resource other than ``*``:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistrypublic.html
    """
    return {
        "Sid": "AmazonECRPublicGalleryPull",
        "Effect": "Allow",
        "Action": list(LOGIN_ACTIONS),
        "Resource": "*",
    }


def login_commands(
    *,
    regions: Sequence[LoginRegion] = DEFAULT_LOGIN_REGIONS,
    required: bool = True,
) -> tuple[str, ...]:
    """Return the buildspec commands that log a build in to public.ecr.aws.

    It is one command of several lines, in POSIX sh, so that it does the same
    in dash and in bash, and under ``set -e``, ``-u``, ``-x`` and ``pipefail``.
    It never leaves the shell that it shares with the user's commands: a failed login
    is a status that is not zero, as of any command, and the phase's ``finally`` still
    runs. Of that shell it sets one variable, ``DOCKER_BUILDKIT`` to 1, where it is not set
    and the Docker client is older than 23: newer ones use BuildKit by themselves, and
    fail with that variable where they have no buildx.

    A credential helper that Docker's config.json names for public.ecr.aws is a login:
    then nothing is asked of AWS. A name without a hyphen is that of one of Docker's stores,
    ``pass`` say, to which ``docker login`` writes:
    https://docs.docker.com/reference/cli/docker/login/#credential-stores

    When no region gives a login, all are asked again after 3 to 5 seconds, and once
    more after 9 to 17: what is throttled, or a permission that has just been granted
    and is not known everywhere yet, may work then. The times differ from build to
    build, so that builds that were refused together do not come back together. After
    half a minute there is no other try.

    There is none at all where waiting mends nothing: a program is missing, or AWS has
    no credentials, which is status 253 of AWS CLI v2:
    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html
    In v1 the status of that is 255, as of most errors, so that v1 asks again.

    The token goes from ``aws`` to ``docker`` through a pipe and is nowhere
    else. The status of a pipe is that of ``docker login``, which refuses an
    empty password: that is how a failed call to AWS fails the try.

    With ``ECR_PUBLIC_PULL=off`` in the build's environment it does nothing but
    say so.

    Args:
        regions: The regions to ask, in this order, until one answers. The
            default asks us-west-2, then us-east-1.
        required: Whether the build fails when no region answers. Otherwise it
            goes on without a login, with a warning, after ``docker logout``:
            an expired login breaks even the pulls that need none.

    Returns:
        The commands, for ``phases.*.commands`` of a buildspec.

    Raises:
        ValueError: ``regions`` is empty, names a region twice, or names one
            that has no ECR Public API.
    """
    checked = _checked_regions(regions)
    lines = [
        _FIRST_LINE,
        'if [ "${ECR_PUBLIC_PULL:-}" = off ]; then',
        "  " + say("ECR_PUBLIC_PULL is off: nothing is done."),
        "elif",
        _BUILDKIT,
        # In a shell of its own, so that its variables and its function are nobody else's.
        "(",
        *_failure(required=required),
        _HELPER,
        *_tries(checked),
        ")",
        "then",
        f"""  case ${{DOCKER_AUTH_CONFIG:-}} in *'"public.ecr.aws"'*) {_OVERRIDDEN} ;; esac""",
        *(["else", "  false"] if required else []),
        "fi",
    ]
    return ("\n".join(lines),)


def _checked_regions(regions: Sequence[str]) -> tuple[LoginRegion, ...]:
    known = ", ".join(LoginRegion)
    if not regions:
        message = f"no login region is given: name at least one of {known}"
        raise ValueError(message)
    for region in regions:
        if region not in tuple(LoginRegion):
            message = f"{region!r} has no ECR Public API: a login region is one of {known}"
            raise ValueError(message)
    if len(set(regions)) < len(regions):
        message = f"a login region is named twice in {', '.join(regions)}: name each once"
        raise ValueError(message)
    return tuple(LoginRegion(region) for region in regions)


# The client's version is known without an engine.
_BUILDKIT = """\
  case ${DOCKER_BUILDKIT-$(docker version --format '{{.Client.Version}}' 2>/dev/null)} in
    1?.* | 2[0-2].*) export DOCKER_BUILDKIT=1 ;;
  esac"""

# Helpers are names by registry, so that no brace comes before that of public.ecr.aws; and a text
# that looks like them has a backslash before each quote.
_HELPER = """\
helper=$(
  tr -d ' \\n\\r\\t' 2>/dev/null <"${DOCKER_CONFIG:-${HOME:-}/.docker}/config.json" |
    sed -n -e 's/.*"credHelpers":{[^{}]*"public\\.ecr\\.aws":"\\([^"]*-[^"]*\\)".*/\\1/p' \\
      -e t -e 's/.*"credsStore":"\\(ecr-login\\)".*/\\1/p'
)
for program in docker "${helper:+docker-credential-}${helper:-aws}"; do
  command -v "$program" >/dev/null || fail ": $program is missing. \
Put what ecr-public-pull login prints behind the command that installs it."
done
[ "$helper" ] && say "$program logs in." && exit 0"""

_OVERRIDDEN = warn("WARNING: Docker 28.3 or newer prefers DOCKER_AUTH_CONFIG.")

_CAUSES = f"""\
See above.
- Access denied: the role needs {" and ".join(LOGIN_ACTIONS)} on *, and no SCP may deny these \
regions.
- No connection: a VPC without NAT, or AWS_USE_FIPS_ENDPOINT."""


def _failure(*, required: bool) -> list[str]:
    kind, outcome = (
        ("ERROR", "fails. ECR_PUBLIC_PULL=off skips it.")
        if required
        else ("WARNING", "goes on at the lower rate of anonymous pulls.")
    )
    logout = '  [ "${program-}" = docker ] || docker logout public.ecr.aws || true'
    return [
        f'say() {{ echo "{PREFIX}$1"; }}',
        "fail() {",
        *([] if required else [logout]),
        f'  say "{kind}: no login to public.ecr.aws$1',
        f'The build {outcome}" >&2',
        "  exit 1",
        "}",
    ]


def _tries(regions: Sequence[LoginRegion]) -> list[str]:
    token = "aws ecr-public get-login-password --region $region"
    login = "docker login --username AWS --password-stdin public.ecr.aws"
    causes = f" (asked: {', '.join(regions)}). {_CAUSES}"
    return [
        "end=$(($(date +%s) + 30))",
        "for wait in 3 9 0; do",
        f"  for region in {' '.join(regions)}; do",
        # A status of aws that is not zero goes past the pipe.
        "    status=$(",
        "      exec 3>&1",
        f"      {{ {token} || echo $? >&3; }} |",
        f"        {login} >&2 3>&-",
        '    ) && say "logged in at $region." && exit 0',
        '    [ "$status" != 253 ] || fail ": aws has no credentials."',
        "  done",
        "  [ $wait -gt 0 ] && [ $(date +%s) -lt $end ] || break",
        "  seconds=$((wait + $(od -An -N1 -tu1 /dev/urandom) % wait))",
        '  say "no login yet; next try in $seconds s." >&2',
        "  sleep $seconds",
        "done",
        f"fail {shlex.quote(causes)}",
    ]
