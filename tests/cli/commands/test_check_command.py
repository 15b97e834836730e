"""`check`: the findings, their exit status, and the JSON that programs read."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import Cli, Ran

NODE = """\
Dockerfile:1:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]
  FROM node:21
       ^^^^^^^
  help: pull public.ecr.aws/docker/library/node:21
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("FROM scratch\n", Ran(status=0, err="0 errors, 0 warnings in 1 file\n")),
        ("FROM ghcr.io/a/b\n", Ran(status=0, err="0 errors, 0 warnings in 1 file\n")),
        (
            "FROM grafana/grafana:11\n",
            Ran(
                status=0,
                out="Dockerfile:1:6: warning: grafana/grafana:11 is pulled from Docker Hub: "
                "no copy of grafana/grafana on ECR Public is known [no-mirror]\n"
                "  FROM grafana/grafana:11\n"
                "       ^^^^^^^^^^^^^^^^^^\n"
                "  help: copy it to a registry of yours, and name that under mirrors: "
                '"grafana/grafana" = "…"\n',
                err="0 errors, 1 warning in 1 file\n",
            ),
        ),
        (
            "FROM node:21\n",
            Ran(
                status=1,
                out=NODE,
                err="1 error, 0 warnings in 1 file; ecr-public-pull fix mends 1\n",
            ),
        ),
        (
            "RUN x\n",
            Ran(
                status=1,
                out="Dockerfile:1:1: error: BuildKit refuses this file: "
                "no build stage in current context [invalid-dockerfile]\n"
                "  RUN x\n"
                "  ^^^^^\n"
                "  help: mend this line; nothing is changed before the file builds\n",
                err="1 error, 0 warnings in 1 file\n",
            ),
        ),
        (
            "",
            Ran(
                status=1,
                out="Dockerfile:1:1: error: BuildKit refuses this file: "
                "the Dockerfile cannot be empty [invalid-dockerfile]\n"
                "  \n"
                "  ^\n"
                "  help: mend this line; nothing is changed before the file builds\n",
                err="1 error, 0 warnings in 1 file\n",
            ),
        ),
    ],
)
def test_text(cli: Cli, content: str, expected: Ran) -> None:
    """Findings go to the standard output, their number to the standard error."""
    cli.write("Dockerfile", content)
    assert cli("check", "Dockerfile") == expected


def test_the_standard_input(cli: Cli) -> None:
    """A dash is the standard input, and its name in the findings."""
    assert cli("check", "-", stdin=b"FROM node:21\n") == Ran(
        status=1,
        out=NODE.replace("Dockerfile:", "-:"),
        err="1 error, 0 warnings in 1 file; ecr-public-pull fix mends 1\n",
    )


def test_json(cli: Cli) -> None:
    """The document has every finding, with the change that mends it."""
    cli.write("a/Dockerfile", "\ufeff# é\nFROM --platform=linux/amd64 node:21 AS b\r\n")
    cli.write("b/Dockerfile", "FROM grafana/grafana\n")
    cli.write("c/Dockerfile", "FROM scratch\n")
    ran = cli("check", "--format", "json", ".")
    assert (ran.status, ran.err) == (1, "")
    assert json.loads(ran.out) == {
        "version": 1,
        "findings": [
            {
                "rule": "docker-hub-pull",
                "severity": "error",
                "path": "a/Dockerfile",
                "line": 2,
                "column": 29,
                "end_line": 2,
                "end_column": 36,
                "message": "node:21 is pulled from Docker Hub",
                "help": "pull public.ecr.aws/docker/library/node:21",
                "edit": {
                    "line": 2,
                    "column": 29,
                    "span": [36, 36],
                    "text": "public.ecr.aws/docker/library/",
                },
            },
            {
                "rule": "no-mirror",
                "severity": "warning",
                "path": "b/Dockerfile",
                "line": 1,
                "column": 6,
                "end_line": 1,
                "end_column": 21,
                "message": "grafana/grafana:latest is pulled from Docker Hub: "
                "no copy of grafana/grafana on ECR Public is known",
                "help": "copy it to a registry of yours, and name that under mirrors: "
                '"grafana/grafana" = "…"',
                "edit": None,
            },
        ],
        "files": 3,
    }


def test_json_of_nothing(cli: Cli) -> None:
    """Without findings the document is whole; what cannot be used is told apart from it."""
    cli.write("Dockerfile", "FROM scratch\n")
    assert cli("check", "--format=json", "Dockerfile", "missing") == Ran(
        status=2,
        out='{"version": 1, "findings": [], "files": 1}\n',
        err="ecr-public-pull: missing: no such file or folder\n",
    )


PYPROJECT = "[tool.cdk-ecr-public-pull]\n"


@pytest.mark.parametrize(
    ("config", "status", "summary"),
    [
        ("", 1, "1 error, 2 warnings in 1 file; ecr-public-pull fix mends 1\n"),
        (
            'local_images = ["my-base"]',
            1,
            "1 error, 1 warning in 1 file; ecr-public-pull fix mends 1\n",
        ),
        (
            'mirrors = { "a/*" = "r.io/*" }',
            1,
            "2 errors, 1 warning in 1 file; ecr-public-pull fix mends 2\n",
        ),
        ('severities = { docker-hub-pull = "off" }', 0, "0 errors, 2 warnings in 1 file\n"),
        (
            'severities = { docker-hub-pull = "warning", no-mirror = "off" }',
            0,
            "0 errors, 2 warnings in 1 file; ecr-public-pull fix mends 1\n",
        ),
        (
            'severities = { unknown-image = "error" }',
            1,
            "2 errors, 1 warning in 1 file; ecr-public-pull fix mends 1\n",
        ),
        ('ignore = ["Dockerfile"]', 0, "0 errors, 0 warnings in 0 files\n"),
    ],
)
def test_what_the_configuration_changes(cli: Cli, config: str, status: int, summary: str) -> None:
    """The nearest configuration decides about severities, copies, local images and files."""
    cli.write("Dockerfile", "FROM node\nFROM a/b\nFROM my-base\n")
    cli.write("pyproject.toml", PYPROJECT + config)
    ran = cli("check", "Dockerfile")
    assert (ran.status, ran.err) == (status, summary)


def test_a_named_configuration_comes_alone(cli: Cli) -> None:
    """The file that --config names is read instead of the nearest one."""
    cli.write("Dockerfile", "FROM my-base\n")
    cli.write("ecr-public-pull.toml", "wrong =")
    cli.write("other.toml", 'local_images = ["my-base"]')
    assert cli("check", "--config", "other.toml", "Dockerfile") == Ran(
        status=0, err="0 errors, 0 warnings in 1 file\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "ecr-public-pull.toml: unknown key 'mirror'; did you mean 'mirrors'?"),
        (("--config", "missing.toml"), "missing.toml: cannot be read: No such file or directory"),
        (
            ("--config", "pyproject.toml"),
            "pyproject.toml: has no table [tool.cdk-ecr-public-pull]",
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "fix", "pulls"])
def test_a_wrong_configuration(
    cli: Cli, command: str, arguments: tuple[str, ...], message: str
) -> None:
    """Without a right configuration nothing is looked at, and nothing is printed but why."""
    cli.write("Dockerfile", "FROM node\n")
    path = cli.write("ecr-public-pull.toml", "[mirror]\n")
    cli.write("pyproject.toml", "[project]\n")
    shown = message.replace("ecr-public-pull.toml", str(path))
    assert cli(command, *arguments, "Dockerfile") == Ran(
        status=2, err=f"ecr-public-pull: {shown}\n"
    )
    assert cli.files()["Dockerfile"] == b"FROM node\n"


@pytest.mark.parametrize(
    ("comment", "status"),
    [
        ("# ecr-public-pull: ignore[no-mirror] the wrong rule", 1),
        ("# ecr-public-pull: ignore the brackets are missing", 1),
        ("# ecr-public-pull: ignore[docker-hub-pull]\n", 1),
        ("# ecr-public-pull: ignore[docker-hub-pull] a reason", 0),
        ("#ecr-public-pull:ignore[no-mirror, docker-hub-pull]", 0),
    ],
)
def test_a_place_that_is_ignored(cli: Cli, comment: str, status: int) -> None:
    """A comment on the line above silences the rules that it names, for `fix` too."""
    content = f"{comment}\nFROM node:21\n"
    cli.write("Dockerfile", content)
    assert cli("check", "Dockerfile").status == status
    cli("fix", "Dockerfile")
    is_unchanged = cli.files()["Dockerfile"].decode() == content
    assert is_unchanged == (status == 0)
