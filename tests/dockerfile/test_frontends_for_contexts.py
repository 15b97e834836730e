"""Frontends: which of them take named build contexts."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.frontends import takes_contexts

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
docker/dockerfile:experimental docker/dockerfile:1.1.7-experimental
docker/dockerfile@{DIGEST} dockerfile:1 me/dockerfile:1 ghcr.io/me/frontend mydocker/dockerfile:1
docker/dockerfile/x:1 Docker/Dockerfile:
""".split()


@pytest.mark.parametrize(
    ("image", "expected"),
    [*((image, True) for image in TAKE), *((image, False) for image in DO_NOT)],
)
@pytest.mark.parametrize("form", ["line", "build argument"])
def test_takes_contexts(image: str, expected: bool, form: str) -> None:
    """Docker's own frontend does from version 1.4 on; of others it is not known."""
    content = {
        "line": f"# syntax={image} more\nFROM scratch\n",
        "build argument": "# syntax=docker/dockerfile:1.2\nFROM scratch\n",
    }[form]
    build_args = {"BUILDKIT_SYNTAX": f" {image} more"} if form == "build argument" else {}
    assert takes_contexts(content.encode(), build_args) == expected


def test_built_in_frontend() -> None:
    """A file that names no frontend is built by BuildKit's own."""
    assert takes_contexts(b"FROM scratch\n# syntax=docker/dockerfile:1.2\n", {})


def test_empty_build_argument() -> None:
    """An empty name is no frontend that takes contexts."""
    assert not takes_contexts(b"FROM scratch\n", {"BUILDKIT_SYNTAX": ""})
