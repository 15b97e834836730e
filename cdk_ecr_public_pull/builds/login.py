"""The commands that log a running build in to public.ecr.aws."""

from __future__ import annotations

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
    It sets no variable of the shell that it shares with the user's commands, and
    never leaves that: a failed login is a status that is not zero, as of any
    command, and the phase's ``finally`` still runs.

    When no region gives a login, all are asked again after 3 to 5 seconds, and once
    more after 9 to 17: what is throttled, or a permission that has just been granted
    and is not known everywhere yet, may work then. The times differ from build to
    build, so that builds that were refused together do not come back together. After
    half a minute there is no other try.

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
        "  " + say("ECR_PUBLIC_PULL is off: no login to public.ecr.aws."),
        *_tries(checked),
        *(_fail(checked) if required else _go_on(checked)),
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


def _tries(regions: Sequence[LoginRegion]) -> list[str]:
    token = "aws ecr-public get-login-password --region $region"
    login = "docker login --username AWS --password-stdin public.ecr.aws"
    return [
        # In a shell of its own, so that its variables are nobody else's.
        "elif ! (",
        "  begun=$(date +%s)",
        "  for wait in 0 3 9; do",
        "    if [ $wait -gt 0 ]; then",
        "      [ $(($(date +%s) - begun)) -lt 30 ] || break",
        "      seconds=$((wait + $(od -An -N1 -tu1 /dev/urandom) % wait))",
        f'      echo "{PREFIX}no login yet; trying again in $seconds seconds." >&2',
        "      sleep $seconds",
        "    fi",
        f"    for region in {' '.join(regions)}; do",
        f"      if {token} | {login}; then",
        f'        echo "{PREFIX}logged in to public.ecr.aws at $region."',
        "        exit 0",
        "      fi",
        "    done",
        "  done",
        "  false",
        "); then",
    ]


def _fail(regions: Sequence[LoginRegion]) -> list[str]:
    return [
        *_report(
            f"ERROR: no login to public.ecr.aws (asked: {', '.join(regions)}). The build fails.",
            "To build without a login, set ECR_PUBLIC_PULL=off in the environment of the build.",
        ),
        "  false",
    ]


def _go_on(regions: Sequence[LoginRegion]) -> list[str]:
    return [
        "  docker logout public.ecr.aws || true",
        *_report(
            f"WARNING: no login to public.ecr.aws (asked: {', '.join(regions)})."
            " The build goes on without one, at the lower rate of anonymous pulls."
        ),
    ]


_CAUSES = (
    "The errors of aws and docker above say why. The usual causes:",
    (
        f"- access denied: the role of the build needs {' and '.join(LOGIN_ACTIONS)}"
        " on resource *, and no policy of the organization may deny these regions."
    ),
    (
        "- aws or docker not found: the login comes before your first command. Put what"
        " ecr-public-pull login prints behind the command that installs them; it stays there."
    ),
    "- a timeout: the build has no way to the internet (a VPC without NAT).",
)


def _report(outcome: str, *ways_out: str) -> list[str]:
    fips = "AWS_USE_FIPS_ENDPOINT is true: ECR Public documents no FIPS endpoint."
    return [
        "  " + warn(outcome, *_CAUSES, *ways_out),
        # botocore takes "true" in any case.
        f'  case "${{AWS_USE_FIPS_ENDPOINT:-}}" in [Tt][Rr][Uu][Ee]) {warn(fips)} ;; esac',
    ]
