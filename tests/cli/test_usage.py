"""Help, version, wrong usage, and `login`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cdk_ecr_public_pull import __version__
from cdk_ecr_public_pull.builds.login import login_commands
from tests.cli.program import Cli, Ran, run


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (
            ("--help",),
            [
                *("check", "fix", "pulls", "login", "policy", "mirror", "--version"),
                *("examples:", "exit status:"),
            ],
        ),
        (("check", "--help"), ["--config FILE", "--format {text,json}", "local_images", "ignore["]),
        (("fix", "--help"), ["--diff", "symbolic link", "read-only", "hard links"]),
        (("pulls", "-h"), ["--build-arg NAME=VALUE", "--target STAGE", "--platform OS/ARCH"]),
        (("policy", "--help"), ["--enforce", "--allow IMAGE", "--shell", "--config FILE"]),
        (("mirror", "--help"), ["ENGINE", "--write", "--driver=remote", "rootless", "private"]),
        (("login", "--help"), ["--run", "--optional", "us-west-2", "us-east-1"]),
    ],
)
def test_help(cli: Cli, arguments: tuple[str, ...], parts: list[str]) -> None:
    """The help goes to the standard output, fits a terminal, and names what there is."""
    ran = cli(*arguments)
    assert (ran.status, ran.err) == (0, "")
    assert [part for part in parts if part not in ran.out] == []
    assert [line for line in ran.out.splitlines() if len(line) > 96] == []


def test_version(cli: Cli) -> None:
    """The version is the package's."""
    assert cli("--version") == Ran(status=0, out=f"ecr-public-pull {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "ecr-public-pull: error: the following arguments are required: COMMAND"),
        (("check",), "ecr-public-pull check: error: the following arguments are required: PATH"),
        (
            ("check", "--form=json", "."),
            "ecr-public-pull: error: unrecognized arguments: --form=json",
        ),
        (
            ("fix", "--format=json", "."),
            "ecr-public-pull: error: unrecognized arguments: --format=json",
        ),
        (
            ("check", "--format", "xml", "."),
            (
                "ecr-public-pull check: error: argument --format: invalid choice: 'xml' "
                "(choose from 'text', 'json')"
            ),
        ),
        (
            ("check", "-\x1b[31m", "."),
            "ecr-public-pull: error: unrecognized arguments: -\\x1b[31m",
        ),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    """Wrong usage is status 2, with what is wrong on the last line."""
    ran = cli(*arguments)
    # Python 3.12 quotes the choices otherwise.
    last = re.sub(r"choose from text, json", "choose from 'text', 'json'", ran.err.splitlines()[-1])
    assert (ran.status, ran.out, last) == (2, "", message)


def test_login_prints_the_commands(cli: Cli) -> None:
    """What is printed is what the library puts into buildspecs."""
    assert cli("login") == Ran(status=0, out="\n".join(login_commands()) + "\n")
    assert cli("login", "--optional").out == "\n".join(login_commands(required=False)) + "\n"


def fake_tools(folder: Path, **scripts: str) -> str:
    """A PATH on which some programs are shell scripts."""
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


# The command runs in a pipe in a substitution in a subshell of the shell that is run.
KILL_THE_SHELL = """
shell=$PPID
for _ in 1 2 3; do read -r _ _ _ shell _ < /proc/$shell/stat; done
kill -9 $shell
"""


@pytest.mark.parametrize(
    ("arguments", "aws", "status", "out"),
    [
        (
            ("--run",),
            "echo token",
            0,
            "cdk_ecr_public_pull: logged in at us-west-2.\n",
        ),
        (
            ("--run",),
            'case "$*" in *us-east-1*) echo token;; *) exit 1;; esac',
            0,
            "cdk_ecr_public_pull: logged in at us-east-1.\n",
        ),
        (("--run",), "exit 1", 1, ""),
        (("--run", "--optional"), "exit 1", 0, ""),
        (("--run",), KILL_THE_SHELL, 137, ""),
    ],
)
def test_login_runs_the_commands(
    tmp_path: Path, arguments: tuple[str, ...], aws: str, status: int, out: str
) -> None:
    """The exit status of --run is that of the commands."""
    docker = 'read -r token && [ -n "$token" ]'
    docker = f'[ "$1" != login ] || {{ {docker}; }}'
    path = fake_tools(tmp_path, aws=aws, docker=docker, sleep="exit 0")
    ran = run("login", *arguments, folder=tmp_path, PATH=path, ECR_PUBLIC_PULL="")
    assert (ran.status, ran.out) == (status, out)


def test_login_without_a_shell(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without sh gets a message."""
    monkeypatch.setenv("PATH", str(cli.folder))
    assert cli("login", "--run") == Ran(
        status=2, err="ecr-public-pull: sh: cannot be run: No such file or directory\n"
    )
