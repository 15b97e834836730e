"""When a login that was refused is tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.login import login_commands
from tests.builds.shells import EAST, FAKES, SHELLS, WEST, run


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize(
    ("environment", "calls", "sleep"),
    [
        # The login comes in the third round.
        ({"DOCKER_REFUSES_FIRST": "4"}, 5, ("3", "9")),
        ({"DOCKER_REFUSES_FIRST": "2", "RANDOM_BYTE": "255"}, 3, ("3",)),
        ({"DOCKER_REFUSES_FIRST": "2", "RANDOM_BYTE": "254"}, 3, ("5",)),
        ({"DOCKER_REFUSES_FIRST": "4", "RANDOM_BYTE": "116"}, 5, ("5", "17")),
    ],
)
def test_a_later_try_succeeds(
    tmp_path: Path,
    environment: Mapping[str, str],
    calls: int,
    sleep: tuple[str, ...],
    shell: Sequence[str],
) -> None:
    """A login that is refused for a while is tried again, after times that differ."""
    [script] = login_commands()

    actual = run(
        tmp_path,
        f'{script}\necho "${{wait-}}${{seconds-}}${{begun-}}"',
        shell=shell,
        environment=environment,
        fakes=FAKES,
    )

    assert (actual.status, len(actual.aws), actual.sleep) == (0, calls, sleep)
    assert actual.output.endswith(
        "Login Succeeded\ncdk_ecr_public_pull: logged in at us-west-2.\n\n"
    )


@pytest.mark.parametrize(("clock_step", "rounds"), [("14", 3), ("15", 2), ("30", 1)])
def test_no_try_after_half_a_minute(tmp_path: Path, clock_step: str, rounds: int) -> None:
    """Where a try takes long, there is no network, and another one would take as long."""
    [script] = login_commands()

    actual = run(
        tmp_path,
        script,
        shell=["dash"],
        environment={"AWS_REFUSES": "us-west-2 us-east-1", "CLOCK_STEP": clock_step},
        fakes=FAKES,
    )

    assert (actual.status, actual.aws) == (1, (WEST, EAST) * rounds)
