"""Frontends: which of them read Dockerfiles, and which take named build contexts."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.dockerfile.support import check_rewritten

DIGEST = "sha256:" + "ab" * 32
TAKE = f"""
docker/dockerfile docker/dockerfile:1 docker/dockerfile:latest docker/dockerfile:labs
docker/dockerfile:1-labs docker/dockerfile:1.4 docker/dockerfile:1.4.3 docker/dockerfile:1.7-labs
docker/dockerfile:1.5.2-labs docker/dockerfile:1.10 docker/dockerfile:2.0
docker/dockerfile:1.4@{DIGEST} docker.io/docker/dockerfile:1 docker/dockerfile-upstream:master
docker/dockerfile-upstream:master-labs ghcr.io/docker/dockerfile:1
registry.example:5000/cache/docker/dockerfile:1.9
""".split()
DO_NOT = f"""
docker/dockerfile:1.0 docker/dockerfile:1.2.1 docker/dockerfile:1.3 docker/dockerfile:1.3-labs
docker/dockerfile:experimental docker/dockerfile:1.1.7-experimental docker/dockerfile@{DIGEST}
dockerfile:1 me/dockerfile:1 ghcr.io/me/dockerfile-upstream
""".split()
FOREIGN = "ghcr.io/me/frontend me/dockerfile.x docker/dockerfile/x:1 node nginx:1".split()
FORMS = ["line", "build argument"]


def build(image: str, form: str) -> tuple[bytes, dict[str, str]]:
    """A file and build arguments with which a frontend parses the file."""
    if form == "line":
        return f"# syntax={image} more\nFROM node:21\n".encode(), {}
    content = b"# syntax=docker/dockerfile:1.2\nFROM node:21\n"
    return content, {"BUILDKIT_SYNTAX": f" {image} more"}


@pytest.mark.parametrize(
    ("image", "expected"),
    [*((image, True) for image in TAKE), *((image, False) for image in DO_NOT + FOREIGN)],
)
@pytest.mark.parametrize("form", FORMS)
def test_takes_contexts(image: str, expected: bool, form: str) -> None:
    """Docker's own frontend does from version 1.4 on; of others it is not known."""
    content, build_args = build(image, form)
    plan = plan_contexts(content, build_args=build_args)
    assert list(plan.contexts) == (["node:21"] if expected else [])


@pytest.mark.parametrize(
    ("image", "expected"),
    [*((image, ["node:21"]) for image in TAKE + DO_NOT), *((image, []) for image in FOREIGN)],
)
@pytest.mark.parametrize("form", FORMS)
def test_reads_dockerfiles(image: str, expected: list[str], form: str) -> None:
    """What is called dockerfile does; another one reads a language of its own."""
    content, build_args = build(image, form)
    found = find_pulls(content, build_args=build_args)
    assert found.error is None
    assert [pull.image.familiar for pull in found.pulls if pull.stage is not None] == expected


def test_a_mirror_of_dockers_own() -> None:
    """Where the configuration moves Docker's frontend to, its copy reads Dockerfiles."""
    check_rewritten(
        b"# syntax=reg.example/df:1\nFROM node\n",
        b"# syntax=reg.example/df:1\nFROM ~node\n",
        mirrors=Mirrors(mirrors={"docker/dockerfile": "reg.example/df"}),
    )


INVALID = {"two colons": b"a:b:c", "upper case": b"A/B", "nothing but a mark": b":"}


@pytest.mark.parametrize("name", INVALID.values(), ids=INVALID.keys())
def test_a_name_that_is_no_reference(name: bytes) -> None:
    """It fails before anything is pulled."""
    found = find_pulls(b"# syntax=" + name + b"\nFROM node\n")
    assert found.pulls == ()
    assert found.error is not None
    assert (found.error.line, found.error.column) == (1, 10)


def test_built_in_frontend() -> None:
    """A file that names no frontend is built by BuildKit's own."""
    content = b"FROM node:21\n# syntax=docker/dockerfile:1.2\n"
    assert list(plan_contexts(content).contexts) == ["node:21"]


def test_empty_build_argument() -> None:
    """An empty name is no frontend that takes contexts."""
    assert plan_contexts(b"FROM node\n", build_args={"BUILDKIT_SYNTAX": ""}).contexts == {}
