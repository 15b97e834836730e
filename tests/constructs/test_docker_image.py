"""EcrPublicDockerImage: which images bundling runs and builds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cdk_ecr_public_pull import EcrPublicDockerImage, Mirrors
from cdk_ecr_public_pull.errors import InvalidReference, UnmovableImage, UnusableFile

COPIES = "public.ecr.aws/docker/library/"
DIGEST = "sha256:" + "ab" * 32
MIRRORS = Mirrors(mirrors={"myorg/*": "registry.example/mirror/*"})


@pytest.mark.parametrize(
    ("image", "options", "expected"),
    [
        ("node:21", {}, f"{COPIES}node:21"),
        ("docker.io/library/node", {}, f"{COPIES}node"),
        (f"node:21@{DIGEST}", {}, f"{COPIES}node:21@{DIGEST}"),
        ("myorg/app:1", {"mirrors": MIRRORS}, "registry.example/mirror/app:1"),
        ("my-base", {"local_images": ["my-base"]}, "my-base"),
        ("node:custom", {"local_images": ["node:custom"]}, "node:custom"),
        ("public.ecr.aws/sam/build-python3.12", {}, "public.ecr.aws/sam/build-python3.12"),
        ("ghcr.io/a/b:1", {}, "ghcr.io/a/b:1"),
    ],
)
def test_from_registry(image: str, options: dict[str, Any], expected: str) -> None:
    """An image comes from its copy, or from where it is if that is not Docker Hub."""
    assert EcrPublicDockerImage.from_registry(image, **options).image == expected


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (
            "node:",
            InvalidReference,
            (
                "'node:' is not an image name: invalid reference format\n"
                "  help: write it as for docker pull: node:21"
            ),
        ),
        (
            "myorg/app:1",
            UnmovableImage,
            (
                "myorg/app:1 cannot be pulled from a copy: no copy of myorg/app on ECR Public is "
                "known\n  help: copy it to a registry of yours, and name that copy: "
                "mirrors=Mirrors(mirrors={'myorg/app': \"…\"}); "
                "cdk.DockerImage.from_registry pulls it from where it is"
            ),
        ),
        (
            "my-base",
            UnmovableImage,
            (
                "my-base cannot be pulled from a copy: my-base is not one of Docker's official "
                "images\n  help: if your own engine has it, say local_images=['my-base']; if a "
                "registry has it, name that: mirrors=Mirrors(mirrors={'my-base': \"…\"}); "
                "cdk.DockerImage.from_registry pulls it from where it is"
            ),
        ),
        (
            "public.ecr.aws/bitnami/nginx",
            UnmovableImage,
            (
                "public.ecr.aws/bitnami/nginx cannot be pulled from a copy: public.ecr.aws/bitnami "
                "was removed on 2026-06-10\n  help: take another image, or name a copy of it: "
                "mirrors=Mirrors(mirrors={'public.ecr.aws/bitnami/nginx': \"…\"})"
            ),
        ),
    ],
)
def test_from_registry_refused(image: str, error: type[Exception], message: str) -> None:
    """An image that has no copy is an error, which says what to do."""
    with pytest.raises(error) as caught:
        EcrPublicDockerImage.from_registry(image)
    assert str(caught.value) == message


# It stands for docker, as no engine runs here: it writes down what it is asked for, has an image
# once that was built, and runs a container by writing a file where bundling looks for one.
# Python by way of sh: a first line names no program whose path has a space.
RECORDING_DOCKER = """#!/bin/sh
''':'
exec "{python}" "$0" "$@"
'''
import json, pathlib, sys
log = pathlib.Path({log!r})
calls = json.loads(log.read_text()) if log.exists() else []
arguments = sys.argv[1:]
call = {{"arguments": arguments}}
if arguments[0] == "build":
    folder = pathlib.Path(arguments[-1])
    call["files"] = {{
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*") if path.is_file()
    }}
    call["arguments"] = [argument.replace(str(folder), "~") for argument in arguments]
if arguments[0] == "run":
    output = next(it for it in arguments if ":/asset-output" in it).partition(":")[0]
    pathlib.Path(output, "out").touch()
log.write_text(json.dumps([*calls, call]))
if arguments[0] == "image":
    sys.exit(not any(arguments[-1] in it["arguments"] for it in calls if "files" in it))
"""
APP = """
import sys, warnings
import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets
from cdk_ecr_public_pull import EcrPublicDockerImage

folder, out = sys.argv[1:]
stack = cdk.Stack(cdk.App(outdir=out), "Stack")
build = lambda **options: EcrPublicDockerImage.from_build(folder, **options)
options = {"command": ["make"], "image": EcrPublicDockerImage.from_registry("node:21")}
s3_assets.Asset(stack, "Asset", path=folder, bundling=cdk.BundlingOptions(**options))
first, again = build(), build()
assert first.image == again.image
build(
    file="sub/Dockerfile", build_args={"V": "21"}, platform="linux/arm64", target_stage="a",
    network="host", cache_disabled=True,
)
"""
DOCKERFILE = "FROM node:21\nFROM busybox\n"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What docker is asked for by an app that bundles, in a process of its own.

    CDK reads ``CDK_DOCKER`` in the process of Node, which runs already in this one.
    """
    root = tmp_path_factory.mktemp("bundling")
    folder, log, docker = root / "in", root / "log.json", root / "docker"
    (folder / "sub").mkdir(parents=True)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "sub/Dockerfile").write_text("ARG V\nFROM node:$V AS a\nFROM myorg/app\n")
    (folder / ".dockerignore").write_text("ignored\n")
    (folder / "ignored").write_text("")
    docker.write_text(RECORDING_DOCKER.format(python=sys.executable, log=str(log)))
    docker.chmod(0o755)
    process = subprocess.run(
        [sys.executable, "-c", APP, str(folder), str(root / "out")],
        env={**os.environ, "CDK_DOCKER": str(docker)},
        check=True,
        capture_output=True,
        text=True,
    )
    found: list[dict[str, Any]] = json.loads(log.read_text())
    assert (folder / "Dockerfile").read_text() == DOCKERFILE
    return [*found, {"stderr": process.stderr}]


def named(calls: list[dict[str, Any]], command: str) -> list[dict[str, Any]]:
    """The calls of a command of docker."""
    return [call for call in calls if call.get("arguments", [""])[0] == command]


def test_bundling_runs_the_copy(calls: list[dict[str, Any]]) -> None:
    """The container of an asset's bundling is one of the copy."""
    (run,) = named(calls, "run")
    assert run["arguments"][-2:] == [f"{COPIES}node:21", "make"]


def test_from_build(calls: list[dict[str, Any]]) -> None:
    """A copy of the folder is built, once, whose Dockerfile names the copies."""
    (first, second) = named(calls, "build")
    tag = first["arguments"][2]
    assert first["arguments"] == ["build", "-t", tag, "-f", "~/Dockerfile", "~"]
    assert first["files"] == {
        ".dockerignore": "ignored\n",
        "Dockerfile": f"FROM {COPIES}node:21\nFROM {COPIES}busybox\n",
        "sub/Dockerfile": "ARG V\nFROM node:$V AS a\nFROM myorg/app\n",
    }
    assert (
        second["files"]["sub/Dockerfile"] == f"ARG V\nFROM {COPIES}node:$V AS a\nFROM myorg/app\n"
    )
    given = "--platform linux/arm64 --network host --target a --no-cache --build-arg V=21 ~"
    assert second["arguments"][3:] == ["-f", "~/sub/Dockerfile", *given.split()]


def test_from_build_warns(calls: list[dict[str, Any]]) -> None:
    """What stays on Docker Hub is a warning at the line of the call."""
    lines = calls[-1]["stderr"].splitlines()
    warning = next(line for line in lines if "Warning" in line)
    assert warning.startswith("<string>:9: UserWarning: ")
    assert warning.endswith(
        "in/sub/Dockerfile:3:6: myorg/app:latest is pulled from Docker Hub: no copy of myorg/app "
        "on ECR Public is known [no-mirror]"
    )


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a build argument that names it": (
        "ARG B\nFROM $B\n",
        {"build_args": {"B": "node:21"}},
        (
            "~/Dockerfile:2:6: node:21 is pulled from Docker Hub [docker-hub-pull]\n"
            f"  help: pass the name of its copy as the build argument: {COPIES}node:21"
        ),
    ),
    "two of them": (
        "FROM public.ecr.aws/bitnami/nginx AS a\nFROM public.ecr.aws/bitnami/redis\n",
        {},
        (
            "~/Dockerfile:1:6: public.ecr.aws/bitnami/nginx:latest is gone: public.ecr.aws/bitnami "
            "was removed on 2026-06-10 [withdrawn-image]\n"
            "  help: pull another image, or name a copy of it under mirrors: "
            '"public.ecr.aws/bitnami/nginx" = "…"\n'
            "~/Dockerfile:2:6: public.ecr.aws/bitnami/redis:latest is gone: public.ecr.aws/bitnami "
            "was removed on 2026-06-10 [withdrawn-image]\n"
            "  help: pull another image, or name a copy of it under mirrors: "
            '"public.ecr.aws/bitnami/redis" = "…"'
        ),
    ),
    "refused by BuildKit": (
        "FROM node:21\nCOPY a\n",
        {},
        (
            "~/Dockerfile:2:6: BuildKit refuses this file: COPY requires at least two arguments, "
            "but only one was provided. Destination could not be determined [invalid-dockerfile]\n"
            "  help: mend this line; nothing is changed before the file builds"
        ),
    ),
}


@pytest.mark.parametrize(("dockerfile", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_from_build_refused(
    tmp_path: Path, dockerfile: str, options: dict[str, Any], message: str
) -> None:
    """What has a copy and cannot be moved is an error, before anything is built."""
    (tmp_path / "Dockerfile").write_text(dockerfile)
    with pytest.raises(UnmovableImage) as caught:
        EcrPublicDockerImage.from_build(tmp_path, **options)
    assert str(caught.value) == message.replace("~", str(tmp_path))


def test_from_build_without_a_file(tmp_path: Path) -> None:
    """A Dockerfile that is not there is an error that names it."""
    with pytest.raises(UnusableFile) as caught:
        EcrPublicDockerImage.from_build(tmp_path, file="no")
    assert str(caught.value) == (
        f"the Dockerfile 'no' of the build context '{tmp_path}' cannot be rewritten: "
        "there is no such file\n  help: name it from the folder"
    )
