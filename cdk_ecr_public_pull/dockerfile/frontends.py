"""Which frontends of a ``# syntax=`` line can be built with named build contexts.

BuildKit refuses a build that has ``--build-context`` if its frontend does not say that
it knows them (``frontend/gateway/gateway.go`` in https://github.com/moby/buildkit):
"Named contexts are supported since Dockerfile v1.4"
(https://github.com/docker/buildx/issues/1124). An image's label says so, which is not
looked at here: its name and tag must do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdk_ecr_public_pull.dockerfile.directives import find_syntax
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.reference import parse_image

# Docker's own, also where they were copied to another registry.
_REPOSITORY = re.compile(r"(?:.*/)?docker/dockerfile(?:-upstream)?")
_MOVING_TAG = re.compile(r"(?:latest|labs|master|1)(?:-labs)?")
_VERSION = re.compile(r"([0-9]+)\.([0-9]+)(?:\.[0-9]+)?(?:-labs)?")
_FIRST_VERSION = (1, 4)


def takes_contexts(content: bytes, build_args: Mapping[str, str]) -> bool:
    """Whether a Dockerfile's frontend is known to take named build contexts.

    Args:
        content: The Dockerfile.
        build_args: The values of ``--build-arg``; ``BUILDKIT_SYNTAX`` names the frontend.

    Returns:
        Whether it does; one that is built into BuildKit does.
    """
    syntax = find_syntax(content)
    written = build_args.get("BUILDKIT_SYNTAX", syntax.value.chars if syntax else None)
    if written is None:
        return True
    try:
        image = parse_image(written.strip().partition(" ")[0])
    except InvalidReference:
        return False
    if not _REPOSITORY.fullmatch(image.repository):
        return False
    tag = image.tag or ""
    version = _VERSION.fullmatch(tag)
    if version:
        return (int(version[1]), int(version[2])) >= _FIRST_VERSION
    return _MOVING_TAG.fullmatch(tag) is not None
