"""The program that logs in the Docker configuration of cdk-assets, under dash and bash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.commands.cdk_docker import cdk_docker_commands, hides_login
from cdk_ecr_public_pull.builds.login import login_commands
from tests.builds.shells import FAKES, TOKEN, Run, run

SHELLS = (("dash",), ("dash", "-eu"), ("bash",), ("bash", "-eu", "-o", "pipefail"))
SAY = "cdk_ecr_public_pull:"
WEST = "ecr-public get-login-password --region us-west-2"
EAST = "ecr-public get-login-password --region us-east-1"
CREDENTIALS = '{"credHelpers":{"https://index.docker.io/v1/":"cdk-assets"}}'

# What it is called with, and the configuration that it would use; a login is kept there.
FAKE_DOCKER = """#!/bin/sh
[ "$1" != version ] || exit 0
printf '[%s] %s\\n' "${DOCKER_CONFIG#"$HOME"/}" "$*" >> "$RECORDS/docker"
if [ "$1" = login ]; then
  read -r token || exit 1
  echo 'Login Succeeded'
  printf '{"auths":{"public.ecr.aws":{}}}' > "$DOCKER_CONFIG/config.json"
elif [ "$1" = logout ]; then
  echo 'Removing login credentials'
else
  echo "the output of docker"
fi
exit "${STATUS:-0}"
"""

LOGIN = "[config] login --username AWS --password-stdin public.ecr.aws"
BUILD = "[] --config {home}/config build --tag image ."
SUCCEEDED = f"Login Succeeded\n{SAY} logged in at us-west-2.\n"
OUTPUT = "the output of docker\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Calls of docker by CDK, and what comes of them."""

    id: str
    calls: Sequence[str]
    status: int = 0
    output: str = ""
    aws: Sequence[str] = ()
    docker: Sequence[str] = ()
    config: str = CREDENTIALS
    environment: Mapping[str, str] = field(default_factory=dict)
    required: bool = True


CONFIG_BUILD = '--config "$HOME/config" build --tag image .'
CASES = (
    Case(
        id="without a configuration of its own",
        calls=["build --tag image .", "push image"],
        output=OUTPUT + OUTPUT,
        docker=["[] build --tag image .", "[] push image"],
    ),
    Case(
        id="no build",
        calls=['--config "$HOME/config" inspect image', "--version"],
        output=OUTPUT + OUTPUT,
        docker=["[] --config {home}/config inspect image", "[] --version"],
    ),
    Case(
        id="one build",
        calls=[CONFIG_BUILD],
        output=SUCCEEDED + OUTPUT,
        aws=[WEST],
        docker=[LOGIN, BUILD],
    ),
    Case(
        id="two builds with one configuration",
        calls=[CONFIG_BUILD, CONFIG_BUILD],
        output=SUCCEEDED + OUTPUT + OUTPUT,
        aws=[WEST],
        docker=[LOGIN, BUILD, BUILD],
    ),
    Case(
        id="a credential of the pipeline's own for public.ecr.aws",
        config='{"credHelpers":{"public.ecr.aws":"cdk-assets"}}',
        calls=[CONFIG_BUILD],
        output=OUTPUT,
        docker=[BUILD],
    ),
    Case(
        id="arguments that a shell would change",
        calls=["build --build-arg 'A=it'\\''s $HOME  *' ."],
        output=OUTPUT,
        docker=["[] build --build-arg A=it's $HOME  * ."],
    ),
    Case(
        id="the status of docker",
        calls=["push image"],
        environment={"STATUS": "7"},
        status=7,
        output=OUTPUT,
        docker=["[] push image"],
    ),
    Case(
        id="switched off",
        calls=['"$HOME"'],
        environment={"ECR_PUBLIC_PULL": "off", "CDK_DOCKER": "echo"},
        output=f"{SAY} ECR_PUBLIC_PULL is off: CDK_DOCKER stays as it is.\n{{home}}\n",
    ),
    Case(
        id="another tool than docker",
        calls=['"$HOME"'],
        environment={"CDK_DOCKER": "echo"},
        output=(
            f"{SAY} WARNING: CDK_DOCKER is echo and stays: cdk-assets builds without a login to "
            "public.ecr.aws.\n{home}\n"
        ),
    ),
)


def called(
    folder: Path, case: Case, shell: Sequence[str], *, program: str = '"$CDK_DOCKER"'
) -> Run:
    """Run the command, then the program that CDK_DOCKER names; HOME has a space."""
    home = folder / "a home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.json").write_text(case.config)
    [command] = cdk_docker_commands(login_commands(required=case.required))
    lines = [command, *(f"{program} {call}" for call in case.calls)]
    actual = run(
        folder,
        "\n".join(lines),
        shell=shell,
        environment={"HOME": str(home), **case.environment},
        fakes={**FAKES, "docker": FAKE_DOCKER},
    )
    return Run(
        status=actual.status,
        output=actual.output.replace(str(home), "{home}"),
        aws=actual.aws,
        docker=tuple(it.replace(str(home), "{home}") for it in actual.docker),
    )


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_calls(tmp_path: Path, case: Case, shell: Sequence[str]) -> None:
    """A build with a configuration of its own is logged in there once; all else is docker's."""
    assert called(tmp_path, case, shell) == Run(
        status=case.status, output=case.output, aws=tuple(case.aws), docker=tuple(case.docker)
    )


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(
    ("required", "status", "builds"), [(True, 1, []), (False, 0, ["logout public.ecr.aws"])]
)
def test_a_login_that_fails(
    tmp_path: Path, shell: str, *, required: bool, status: int, builds: list[str]
) -> None:
    """Without a login the build fails before docker builds, or goes on if none is required."""
    case = Case(
        id="",
        calls=[CONFIG_BUILD],
        environment={"AWS_REFUSES": "us-west-2 us-east-1"},
        required=required,
    )

    actual = called(tmp_path, case, [shell])

    logout = [f"[config] {it}" for it in builds]
    assert (actual.status, actual.aws) == (status, (WEST, EAST) * 3)
    assert list(actual.docker) == [*[LOGIN] * 6, *logout, *([BUILD] if builds else [])]
    expected = "ERROR" if required else "WARNING"
    assert f"{SAY} {expected}: no login to public.ecr.aws (asked: us-west-2, us-east-1)." in (
        actual.output
    )


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_token(tmp_path: Path, shell: str) -> None:
    """Not even a tracing shell shows the token, and no argument holds it."""
    case = Case(id="", calls=[CONFIG_BUILD])

    actual = called(tmp_path, case, [shell], program=f'{shell} -x "$CDK_DOCKER"')

    assert (actual.status, "\n+ exec docker " in actual.output) == (0, True)
    assert TOKEN not in "\n".join([actual.output, *actual.aws, *actual.docker])


def test_the_output_of_docker_is_alone(tmp_path: Path) -> None:
    """What the login prints is no part of docker's output, which a program may read."""
    silent = Case(id="", calls=[f"{CONFIG_BUILD} 2>/dev/null"])

    assert called(tmp_path, silent, ["dash"]).output == OUTPUT


WRITES = "echo '{}' > $HOME/.cdk/cdk-docker-creds.json"
PUBLISHES = 'cdk-assets --path "a.assets.json" --verbose publish "hash:account"'
REPAIR = cdk_docker_commands(login_commands())[0]


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ({}, False),
        ({"build": [PUBLISHES]}, False),
        ({"pre_build": [WRITES]}, False),
        ({"install": ["npm install -g cdk-assets@latest"], "pre_build": [WRITES]}, False),
        ({"install": [REPAIR], "pre_build": [WRITES], "build": [PUBLISHES]}, False),
        ({"pre_build": [WRITES], "build": [PUBLISHES]}, True),
        ({"pre_build": WRITES, "build": f"npx {PUBLISHES}"}, True),
    ],
)
def test_hides_login(commands: dict[str, object], *, expected: bool) -> None:
    """The login is hidden where assets are published with credentials, and no repair is there."""
    phases = {name: {"commands": it} for name, it in commands.items()}

    assert hides_login({"phases": phases}) is expected


@pytest.mark.parametrize("build_spec", [{}, {"phases": None}, {"phases": {"build": None}}])
def test_hides_login_in_nothing(build_spec: dict[str, object]) -> None:
    """A buildspec without commands hides nothing."""
    assert hides_login(build_spec) is False
