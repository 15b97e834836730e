"""`pulls`: the list of images, as text and as the JSON that programs read."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import Cli, Ran

STAGES = """\
# syntax=docker/dockerfile:1
ARG BASE=node:21
FROM ${BASE} AS build
FROM grafana/grafana AS other
FROM build
COPY --from=my-tool /a /b
"""


def test_text(cli: Cli) -> None:
    """A line for each pull: where it is, what it is, and its copy or why there is none."""
    cli.write("Dockerfile", STAGES)
    assert cli("pulls", "Dockerfile") == Ran(
        status=0,
        out="Dockerfile:1:10: docker.io/docker/dockerfile:1 -> no mirror (syntax)\n"
        "Dockerfile:3:6: docker.io/library/node:21 -> "
        "public.ecr.aws/docker/library/node:21 (from)\n"
        "Dockerfile:4:6: docker.io/grafana/grafana:latest -> no mirror (from, not in this build)\n"
        "Dockerfile:6:13: docker.io/library/my-tool:latest -> unknown (copy)\n",
    )


@pytest.mark.parametrize(
    ("arguments", "images"),
    [
        ((), ["docker/dockerfile:1", "node:21", "my-tool:latest"]),
        (("--target", "other"), ["docker/dockerfile:1", "grafana/grafana:latest"]),
        (("--target=build",), ["docker/dockerfile:1", "node:21"]),
        (("--build-arg", "BASE=python:3"), ["docker/dockerfile:1", "python:3", "my-tool:latest"]),
        (
            ("--build-arg", "BASE=x=y", "--build-arg=BASE=ghcr.io/a/b:1"),
            ["docker/dockerfile:1", "ghcr.io/a/b:1", "my-tool:latest"],
        ),
    ],
)
def test_conditions(cli: Cli, arguments: tuple[str, ...], images: list[str]) -> None:
    """Build arguments and the target decide what is pulled, as in a build."""
    cli.write("Dockerfile", STAGES)
    ran = cli("pulls", "--format", "json", *arguments, "Dockerfile")
    (file,) = json.loads(ran.out)["files"]
    reachable = [pull["image"] for pull in file["pulls"] if pull["reachable"]]
    short = [image.removeprefix("docker.io/").removeprefix("library/") for image in reachable]
    assert (ran.status, short) == (0, images)


@pytest.mark.parametrize(
    ("arguments", "image"),
    [
        ((), "amd64/a:latest"),
        (("--platform", "linux/arm64/v8"), "arm64/a:latest"),
        (("--platform", "Linux/aarch64"), "arm64/a:latest"),
        (("--platform", "linux"), "amd64/a:latest"),
    ],
)
def test_the_platform(cli: Cli, arguments: tuple[str, ...], image: str) -> None:
    """The platform is linux/amd64 unless another is named."""
    cli.write("Dockerfile", "FROM $TARGETARCH/a\n")
    assert cli("pulls", *arguments, "Dockerfile") == Ran(
        status=0, out=f"Dockerfile:1:6: docker.io/{image} -> no mirror (from)\n"
    )


def test_json(cli: Cli) -> None:
    """The document has all keys, places in characters, and spans in bytes."""
    cli.write("x/Dockerfile", "\ufeff# é\nFROM scratch\nCOPY --from=node:21 é /b\n")
    assert json.loads(cli("pulls", "--format", "json", "x").out) == {
        "version": 1,
        "files": [
            {
                "path": "x/Dockerfile",
                "error": None,
                "pulls": [
                    {
                        "image": "docker.io/library/node:21",
                        "via": "copy",
                        "written": "node:21",
                        "line": 3,
                        "column": 13,
                        "span": [33, 40],
                        "stage": 0,
                        "stage_name": None,
                        "reachable": True,
                        "deferred": False,
                        "unresolved": [],
                        "verdict": "mirrored",
                        "replacement": "public.ecr.aws/docker/library/node:21",
                        "reason": None,
                        "edit": {
                            "line": 3,
                            "column": 13,
                            "span": [33, 33],
                            "text": "public.ecr.aws/docker/library/",
                        },
                    }
                ],
            }
        ],
    }


UNRESOLVED = "ARG V\nARG REG\nFROM node:${V}-slim AS a\nFROM ${REG}/x\n"


def test_what_a_build_argument_tells(cli: Cli) -> None:
    """A pull of which only the tag is not known is listed, with the arguments that tell it."""
    cli.write("Dockerfile", UNRESOLVED)
    assert cli("pulls", "Dockerfile").out == (
        "Dockerfile:3:6: docker.io/library/node:${V}-slim -> "
        "public.ecr.aws/docker/library/node:${V}-slim "
        "(from, not in this build, --build-arg V=… tells the rest)\n"
    )
    (file,) = json.loads(cli("pulls", "--format", "json", "Dockerfile").out)["files"]
    keys = ("image", "unresolved", "replacement", "edit")
    assert [tuple(pull[key] for key in keys) for pull in file["pulls"]] == [
        (
            "docker.io/library/node:${V}-slim",
            ["V"],
            "public.ecr.aws/docker/library/node:${V}-slim",
            {"line": 3, "column": 6, "span": [19, 19], "text": "public.ecr.aws/docker/library/"},
        )
    ]


def test_conditions_that_change_nothing(cli: Cli) -> None:
    """A build argument that no file declares is told, and a target that is no stage."""
    cli.write("a.Dockerfile", "ARG A\nFROM scratch AS a\n")
    cli.write("b.Dockerfile", "FROM scratch\nARG B\n")
    given = ("--build-arg", "A=1", "--build-arg", "B=1", "--build-arg", "C=1")
    assert cli("pulls", *given, "a.Dockerfile", "b.Dockerfile") == Ran(
        status=0, err="ecr-public-pull: --build-arg C: no ARG of these files declares it\n"
    )
    assert cli("pulls", "--target", "b", "a.Dockerfile") == Ran(
        status=0,
        err="ecr-public-pull: a.Dockerfile:2:1: BuildKit refuses this file: "
        'target stage "b" could not be found\n',
    )


def test_the_kinds_of_pulls(cli: Cli) -> None:
    """Syntax images have no stage; triggers of a base that is not built on are deferred."""
    content = (
        "# syntax=docker/dockerfile:1\nFROM scratch AS a\nONBUILD COPY --from=x/y:1 b c\n"
        "RUN --mount=from=r.io/z,target=/z true\n"
    )
    ran = cli("pulls", "--format", "json", "-", stdin=content.encode())
    (file,) = json.loads(ran.out)["files"]
    keys = ("via", "stage", "stage_name", "reachable", "deferred", "verdict", "edit")
    assert file["path"] == "-"
    assert [tuple(pull[key] for key in keys) for pull in file["pulls"]] == [
        ("syntax", None, None, True, False, "no_mirror", None),
        ("onbuild", 0, "a", False, True, "no_mirror", None),
        ("mount", 0, "a", True, False, "not_docker_hub", None),
    ]


def test_a_file_that_is_refused(cli: Cli) -> None:
    """BuildKit's refusal is told, and is no reason to fail."""
    cli.write("Dockerfile", "FROM node\nCOPY --from=$X a b\n")
    cli.write("b.Dockerfile", "FROM python\n")
    ran = cli("pulls", "--format", "json", "Dockerfile", "b.Dockerfile")
    first, second = json.loads(ran.out)["files"]
    assert (ran.status, ran.err, first["error"]["line"], second["error"]) == (0, "", 2, None)
    assert cli("pulls", "Dockerfile") == Ran(
        status=0,
        err=f"ecr-public-pull: Dockerfile:2:13: BuildKit refuses this file: "
        f"{first['error']['message']}\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--build-arg", "X"), "argument --build-arg: 'X' is not of the form NAME=VALUE"),
        (("--build-arg", "=x"), "argument --build-arg: '=x' is not of the form NAME=VALUE"),
        (
            ("--platform", "linux/a b"),
            'argument --platform: "a b" is an invalid component of "linux/a b"',
        ),
        (
            ("--platform", "foo"),
            'argument --platform: "foo": unknown operating system or architecture',
        ),
    ],
)
def test_wrong_conditions(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    """A wrong argument is named with its text and its form."""
    ran = cli("pulls", *arguments, "Dockerfile")
    assert (ran.status, ran.err.splitlines()[-1]) == (2, f"ecr-public-pull pulls: error: {message}")
