"""A login that no waiting would bring: it ends at once."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.login import login_commands
from tests.builds.shells import EAST, FAKES, SHELLS, WEST, Run, run

SAY = "cdk_ecr_public_pull:"
LOGIN = "login --username AWS --password-stdin public.ecr.aws"
LOGOUT = "logout public.ecr.aws"
LOGGED_OUT = "Removing login credentials for public.ecr.aws\n"
FAILS = "The build fails. ECR_PUBLIC_PULL=off skips it.\n"
GOES_ON = "The build goes on at the lower rate of anonymous pulls.\n"
DENIED = (
    "aws: error: AccessDenied at us-west-2\n"
    "Error: Cannot perform an interactive login from a non TTY device\n"
)
NO_CREDENTIALS = "no login to public.ecr.aws: aws has no credentials.\n"


def outcome(cause: str, *, required: bool, logout: bool = True) -> str:
    """What is said in the end of a login that failed."""
    if required:
        return f"{SAY} ERROR: {cause}{FAILS}"
    return f"{LOGGED_OUT if logout else ''}{SAY} WARNING: {cause}{GOES_ON}"


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("missing", ["aws", "docker"])
def test_a_program_is_missing(
    tmp_path: Path, missing: str, shell: Sequence[str], *, required: bool
) -> None:
    """It is named, with what to do about it, and docker is not called where it is not."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "cat", "dash", "od", "sed", "sh", "sleep", "tr", "wc"):
        (programs / name).symlink_to(str(shutil.which(name)))
    [script] = login_commands(required=required)

    actual = run(
        tmp_path,
        script,
        shell=shell,
        environment={"PATH": f"{tmp_path}:{programs}"},
        fakes={name: text for name, text in FAKES.items() if name != missing},
    )

    cause = (
        f"no login to public.ecr.aws: {missing} is missing. Put what ecr-public-pull login"
        " prints behind the command that installs it.\n"
    )
    logout = missing != "docker"
    assert actual == Run(
        status=1 if required else 0,
        output=outcome(cause, required=required, logout=logout),
        docker=(LOGOUT,) if logout and not required else (),
    )


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("required", [True, False])
def test_no_credentials(tmp_path: Path, shell: Sequence[str], *, required: bool) -> None:
    """AWS CLI v2 has a status for it."""
    [script] = login_commands(required=required)

    actual = run(
        tmp_path,
        script,
        shell=shell,
        environment={"AWS_REFUSES": "us-west-2 us-east-1", "AWS_STATUS": "253"},
        fakes=FAKES,
    )

    assert actual == Run(
        status=1 if required else 0,
        output=f"{DENIED}{outcome(NO_CREDENTIALS, required=required)}",
        aws=(WEST,),
        docker=(LOGIN,) if required else (LOGIN, LOGOUT),
    )


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("status", ["1", "130", "252", "254", "255"])
def test_any_other_error(tmp_path: Path, shell: str, status: str) -> None:
    """In AWS CLI v1, 255 is every error, and in v2 a network that fails."""
    [script] = login_commands()

    actual = run(
        tmp_path,
        script,
        shell=[shell],
        environment={"AWS_REFUSES": "us-west-2 us-east-1", "AWS_STATUS": status},
        fakes=FAKES,
    )

    assert (actual.status, actual.aws) == (1, (WEST, EAST) * 3)
