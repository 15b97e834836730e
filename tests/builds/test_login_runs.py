"""The login commands, run by dash and by bash against a fake aws and a fake docker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.login import LoginRegion, login_commands
from tests.builds.shells import EAST, FAKES, SHELLS, TOKEN, WEST, Run, run

LOGIN = "login --username AWS --password-stdin public.ecr.aws"
LOGOUT = "logout public.ecr.aws"

NO_TTY = "Error: Cannot perform an interactive login from a non TTY device\n"
LOGIN_REFUSED = "Error response from daemon: login attempt failed\n"
WEST_DENIED = f"aws: error: AccessDenied at us-west-2\n{NO_TTY}"
EAST_DENIED = f"aws: error: AccessDenied at us-east-1\n{NO_TTY}"
LOGGED_OUT = "Removing login credentials for public.ecr.aws\n"

SAY = "cdk_ecr_public_pull:"
AGAIN = tuple(f"{SAY} no login yet; next try in {wait} s.\n" for wait in (3, 9))
ASKED = "no login to public.ecr.aws (asked: us-west-2, us-east-1). "
CAUSES = (
    "See above.\n"
    "- Access denied: the role needs ecr-public:GetAuthorizationToken and"
    " sts:GetServiceBearerToken on *, and no SCP may deny these regions.\n"
    "- No connection: a VPC without NAT, or AWS_USE_FIPS_ENDPOINT.\n"
)
FAILS = "The build fails. ECR_PUBLIC_PULL=off skips it.\n"
GOES_ON = "The build goes on at the lower rate of anonymous pulls.\n"
FAILED = f"{SAY} ERROR: {ASKED}{CAUSES}{FAILS}"
WENT_ON = f"{SAY} WARNING: {ASKED}{CAUSES}{GOES_ON}"


def three_times(output: str) -> str:
    """What is seen of three rounds of tries that fail."""
    return output.join(["", *AGAIN, ""])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An environment, and what the login commands make of it."""

    id: str
    environment: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    expected: Run


CASES = (
    Case(
        id="the first region answers",
        expected=Run(
            status=0,
            output=f"Login Succeeded\n{SAY} logged in at us-west-2.\n",
            aws=(WEST,),
            docker=(LOGIN,),
        ),
    ),
    Case(
        id="the second region answers",
        environment={"AWS_REFUSES": "us-west-2"},
        expected=Run(
            status=0,
            output=f"{WEST_DENIED}Login Succeeded\n{SAY} logged in at us-east-1.\n",
            aws=(WEST, EAST),
            docker=(LOGIN, LOGIN),
        ),
    ),
    Case(
        id="no region answers",
        environment={"AWS_REFUSES": "us-west-2 us-east-1"},
        expected=Run(
            status=1,
            output=f"{three_times(WEST_DENIED + EAST_DENIED)}{FAILED}",
            aws=(WEST, EAST) * 3,
            docker=(LOGIN,) * 6,
            sleep=("3", "9"),
        ),
    ),
    Case(
        id="aws succeeds with an empty token",
        environment={"AWS_IS_SILENT": "1"},
        expected=Run(
            status=1,
            output=f"{three_times(NO_TTY * 2)}{FAILED}",
            aws=(WEST, EAST) * 3,
            docker=(LOGIN,) * 6,
            sleep=("3", "9"),
        ),
    ),
    Case(
        id="docker refuses the token",
        environment={"DOCKER_REFUSES": "1"},
        expected=Run(
            status=1,
            output=f"{three_times(LOGIN_REFUSED * 2)}{FAILED}",
            aws=(WEST, EAST) * 3,
            docker=(LOGIN,) * 6,
            sleep=("3", "9"),
        ),
    ),
    Case(
        id="not required, and the first region answers",
        required=False,
        expected=Run(
            status=0,
            output=f"Login Succeeded\n{SAY} logged in at us-west-2.\n",
            aws=(WEST,),
            docker=(LOGIN,),
        ),
    ),
    Case(
        id="not required, and no region answers: a stale login is dropped",
        environment={"AWS_REFUSES": "us-west-2 us-east-1"},
        required=False,
        expected=Run(
            status=0,
            output=f"{three_times(WEST_DENIED + EAST_DENIED)}{LOGGED_OUT}{WENT_ON}",
            aws=(WEST, EAST) * 3,
            docker=(*(LOGIN,) * 6, LOGOUT),
            sleep=("3", "9"),
        ),
    ),
    Case(
        id="not required, and not even the logout works",
        environment={"AWS_REFUSES": "us-west-2 us-east-1", "LOGOUT_STATUS": "1"},
        required=False,
        expected=Run(
            status=0,
            output=f"{three_times(WEST_DENIED + EAST_DENIED)}{LOGGED_OUT}{WENT_ON}",
            aws=(WEST, EAST) * 3,
            docker=(*(LOGIN,) * 6, LOGOUT),
            sleep=("3", "9"),
        ),
    ),
    Case(
        id="switched off",
        environment={"ECR_PUBLIC_PULL": "off"},
        expected=Run(
            status=0,
            output=f"{SAY} ECR_PUBLIC_PULL is off: nothing is done.\n",
        ),
    ),
    Case(
        id="switched on",
        environment={"ECR_PUBLIC_PULL": "on"},
        expected=Run(
            status=0,
            output=f"Login Succeeded\n{SAY} logged in at us-west-2.\n",
            aws=(WEST,),
            docker=(LOGIN,),
        ),
    ),
)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_login(tmp_path: Path, case: Case, shell: Sequence[str]) -> None:
    """The commands call, say and return the same in every shell."""
    [script] = login_commands(required=case.required)

    actual = run(tmp_path, script, shell=shell, environment=case.environment, fakes=FAKES)

    assert actual == case.expected


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({}, 0),
        ({"AWS_REFUSES": "us-west-2"}, 0),
        ({"DOCKER_REFUSES": "1"}, 1),
    ],
)
def test_token_stays_in_the_pipe(
    tmp_path: Path, shell: str, environment: Mapping[str, str], status: int
) -> None:
    """Not even a tracing shell shows the token, and no argument holds it; docker reads it."""
    [command] = login_commands()

    actual = run(
        tmp_path, f"set -x\n{command}", shell=[shell], environment=environment, fakes=FAKES
    )

    assert (actual.status, "\n+ echo " in actual.output) == (status, True)
    assert TOKEN not in "\n".join([actual.output, *actual.aws, *actual.docker])
    assert (tmp_path / "records" / "stdin").read_text(encoding="utf-8") == f"{TOKEN}\n"


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_failure_leaves_the_shell_running(tmp_path: Path, shell: str) -> None:
    """A failed login is a status, not an exit: what the shell runs next still runs."""
    [command] = login_commands()

    actual = run(
        tmp_path,
        f'{command}\necho "the finally block: $?"',
        shell=[shell],
        environment={"AWS_REFUSES": "us-west-2 us-east-1"},
        fakes=FAKES,
    )

    assert actual == Run(
        status=0,
        output=f"{three_times(WEST_DENIED + EAST_DENIED)}{FAILED}the finally block: 1\n",
        aws=(WEST, EAST) * 3,
        docker=(LOGIN,) * 6,
        sleep=("3", "9"),
    )


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize(("required", "status"), [(True, 1), (False, 0)])
def test_docker_without_a_working_program(
    tmp_path: Path, shell: Sequence[str], *, required: bool, status: int
) -> None:
    """A docker that cannot be run fails the login, and nothing else."""
    [script] = login_commands(required=required)
    fakes = {**FAKES, "docker": "#!/no/such/interpreter\n"}

    actual = run(tmp_path, script, shell=shell, environment={}, fakes=fakes)

    assert (actual.status, actual.output.count(SAY)) == (status, 3)
    assert actual.output.endswith(FAILED if required else WENT_ON)


def test_one_region(tmp_path: Path) -> None:
    """Only the regions that are named are asked."""
    [script] = login_commands(regions=[LoginRegion.US_EAST_1])

    actual = run(
        tmp_path, script, shell=["dash"], environment={"AWS_REFUSES": "us-east-1"}, fakes=FAKES
    )

    assert actual == Run(
        status=1,
        output=f"{three_times(EAST_DENIED)}"
        f"{SAY} ERROR: no login to public.ecr.aws (asked: us-east-1). {CAUSES}{FAILS}",
        aws=(EAST,) * 3,
        docker=(LOGIN,) * 3,
        sleep=("3", "9"),
    )
