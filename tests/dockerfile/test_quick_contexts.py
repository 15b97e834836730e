"""Which Dockerfiles take the quick way to their build contexts, and that it is right."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from cdk_ecr_public_pull.dockerfile import contexts
from cdk_ecr_public_pull.dockerfile.contexts import plan_contexts
from cdk_ecr_public_pull.dockerfile.quick_contexts import contexts_quickly
from cdk_ecr_public_pull.images.mirrors import Mirrors

# Each with the names of its contexts.
QUICK = {
    b"FROM node\n": ["node"],
    b"FROM node:21 AS a\nFROM nginx:1.27\nCOPY --from=a /a /\n": ["nginx:1.27", "node:21"],
    b"FROM nginx\nCOPY --from=busybox:1.36 /a /\n": ["busybox:1.36", "nginx"],
    b"FROM nginx\nRUN --mount=from=busybox,target=/b ls\n": ["busybox", "nginx"],
    # What no build of the last stage needs, with a copy or without one.
    b"FROM node:21 AS a\nFROM my-base AS b\nFROM nginx\n": ["nginx"],
    b"FROM node:21 AS a\nFROM a AS b\nFROM b\n": ["node:21"],
    b"FROM scratch\nCOPY a /\n": [],
    b"FROM public.ecr.aws/docker/library/node:21\n": [],
    b"ARG V=21\nFROM --platform=$BUILDPLATFORM node:${V}-alpine\n": ["node:21-alpine"],
    # The platform does not change an ARG that has a default.
    b"ARG TARGETARCH=21\nFROM node:$TARGETARCH\n": ["node:21"],
}
LONG = {
    "something is to be said": b"FROM my-base\n",
    "a digest": b"FROM node@sha256:" + b"0" * 64 + b"\n",
    "a stage of the image's name": b"FROM node AS nginx\nFROM nginx:latest\n",
    "a syntax image": b"# syntax=docker/dockerfile:1\nFROM node\n",
    "a name that the platform changes": b"ARG TARGETARCH\nFROM node:$TARGETARCH\n",
    "refused": b"FROM node AS\n",
}


@pytest.mark.parametrize(("content", "names"), QUICK.items())
def test_quick(content: bytes, names: list[str]) -> None:
    """A usual file, of which nothing is to be said, takes it; the long way gives the same."""
    quick = contexts_quickly(content, Mirrors())
    with patch.object(contexts, "contexts_quickly", return_value=None):
        planned = plan_contexts(content)

    assert quick is not None
    assert sorted(quick) == names
    assert (planned.contexts, planned.findings) == (quick, ())


@pytest.mark.parametrize("content", LONG.values(), ids=LONG)
def test_long(content: bytes) -> None:
    """Any other file does not."""
    assert contexts_quickly(content, Mirrors()) is None
