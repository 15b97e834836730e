"""Rewrites to the mirrors that somebody configured."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.dockerfile.support import check_rewritten

OTHER_MIRRORS = {
    "a repository": (
        {"myorg/app": "reg.example/app"},
        b"FROM myorg/app:1\n",
        b"FROM reg.example/app:1\n",
    ),
    "all of a path": (
        {"myorg/*": "reg.example/m/*"},
        b"FROM myorg/a/b\n",
        b"FROM reg.example/m/a/b\n",
    ),
    "a whole registry": (
        {"ghcr.io/*": "reg.example/*"},
        b"FROM ghcr.io/o/x\n",
        b"FROM reg.example/o/x\n",
    ),
    "a shorter name": (
        {"a.example/x/b": "b.example/b"},
        b"FROM a.example/x/b\n",
        b"FROM b.example/b\n",
    ),
    "an official one": (
        {"node": "reg.example/node"},
        b"FROM node:21\n",
        b"FROM reg.example/node:21\n",
    ),
    "another name": ({"node": "reg.example/x"}, b'FROM "node":21\n', b'FROM "reg.example/x":21\n'),
    "the syntax": (
        {"docker/dockerfile": "reg.example/df"},
        b"# syntax = docker/dockerfile:1\nFROM scratch\n",
        b"# syntax = reg.example/df:1\nFROM scratch\n",
    ),
    "in a COPY": (
        {"my/x": "r.example/x"},
        b"FROM scratch\nCOPY --from=my/x:1 a b\n",
        b"FROM scratch\nCOPY --from=r.example/x:1 a b\n",
    ),
}


@pytest.mark.parametrize(
    ("mirrors", "content", "expected"), OTHER_MIRRORS.values(), ids=OTHER_MIRRORS.keys()
)
def test_other_mirrors(mirrors: dict[str, str], content: bytes, expected: bytes) -> None:
    """A configured mirror is used at every place, whatever it replaces."""
    check_rewritten(content, expected, mirrors=Mirrors(mirrors=mirrors))


def test_the_registry_is_named_that_the_image_is_pulled_from() -> None:
    """A mirror declared for another registry than Docker Hub is told as such."""
    mirrors = Mirrors(mirrors={"ghcr.io/*": "reg.example/*"})
    (finding,) = check_dockerfile(b"FROM ghcr.io/o/x:1\n", path="Dockerfile", mirrors=mirrors)
    assert finding.message == "ghcr.io/o/x:1 is pulled from ghcr.io"
    assert finding.help == "pull reg.example/o/x:1"
