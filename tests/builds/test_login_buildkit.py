"""Old Docker clients build with BuildKit once they are logged in, under dash and bash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.login import login_commands
from tests.builds.shells import FAKES, SHELLS, run

OLD = "20.10.24+dfsg1"


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"DOCKER_CLIENT": "18.09.9"}, "1"),
        ({"DOCKER_CLIENT": "19.03.15-ce"}, "1"),
        ({"DOCKER_CLIENT": OLD}, "1"),
        ({"DOCKER_CLIENT": "22.06.0-beta.0"}, "1"),
        ({"DOCKER_CLIENT": "23.0.0"}, "unset"),
        ({"DOCKER_CLIENT": "28.5.2"}, "unset"),
        ({"DOCKER_CLIENT": "100.1.0"}, "unset"),
        ({"DOCKER_CLIENT": "200.1.0"}, "unset"),
        # Podman, under the name of docker.
        ({"DOCKER_CLIENT": "4.9.3"}, "unset"),
        ({"DOCKER_CLIENT": ""}, "unset"),
        ({"DOCKER_CLIENT": OLD, "DOCKER_BUILDKIT": "0"}, "0"),
        ({"DOCKER_CLIENT": OLD, "DOCKER_BUILDKIT": ""}, ""),
        ({"DOCKER_CLIENT": "28.5.2", "DOCKER_BUILDKIT": "1"}, "1"),
        ({"DOCKER_CLIENT": OLD, "ECR_PUBLIC_PULL": "off"}, "unset"),
        ({"DOCKER_CLIENT": OLD, "ECR_PUBLIC_PULL": "on"}, "1"),
    ],
)
def test_buildkit(
    tmp_path: Path, environment: Mapping[str, str], expected: str, shell: Sequence[str]
) -> None:
    """It is switched on where Docker would not by itself and nobody has said otherwise."""
    [script] = login_commands()

    actual = run(
        tmp_path,
        f"{script}\nsh -c 'echo ${{DOCKER_BUILDKIT-unset}}'",
        shell=shell,
        environment=environment,
        fakes=FAKES,
    )

    assert (actual.status, actual.output.splitlines()[-1]) == (0, expected)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_without_a_login(tmp_path: Path, shell: Sequence[str]) -> None:
    """A build that goes on without a login builds with BuildKit as well."""
    [script] = login_commands(required=False)

    actual = run(
        tmp_path,
        f"{script}\nsh -c 'echo ${{DOCKER_BUILDKIT-unset}}'",
        shell=shell,
        environment={"DOCKER_CLIENT": OLD, "DOCKER_REFUSES": "1"},
        fakes=FAKES,
    )

    assert (actual.status, actual.output.splitlines()[-1]) == (0, "1")
