"""What a buildspec says of Docker, without reading its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdk_ecr_public_pull.builds.commands.messages import MARKER

_DOCKER = re.compile(r"\bdocker", re.IGNORECASE)
_LOGIN = re.compile(rf"^{re.escape(MARKER)}log in|\becr-public\s+get-login-password\b")
_PRIVATE_LOGIN = re.compile(r"\baws\s(?:.*\s)?ecr\s+get-login\b|\becr\s+get-login-password\b")
_MAKES_BUILDER = re.compile(r"\bbuildx\s+create\b")


def names_docker(build_spec: object) -> bool:
    """Say whether a buildspec says "docker" anywhere but in the commands of this library.

    A script of its source may do so unseen.

    Args:
        build_spec: What it says, in any form that JSON has; tokens as CDK resolves them.
    """
    return any(map(_DOCKER.search, _texts(build_spec)))


def makes_builder(build_spec: object) -> bool:
    """Say whether a buildspec makes a builder of its own, which has no part in the engine's mirror.

    Args:
        build_spec: As for ``names_docker``.
    """
    return any(map(_MAKES_BUILDER.search, _texts(build_spec)))


def logs_in(build_spec: object) -> bool:
    """Say whether a buildspec logs in to public.ecr.aws, by hand or as this library does.

    Args:
        build_spec: As for ``names_docker``.
    """
    return any(map(_LOGIN.search, _texts(build_spec, ours=True)))


def logs_in_to_private_ecr(build_spec: object) -> bool:
    """Say whether a buildspec asks for a login of a private registry of ECR.

    Args:
        build_spec: As for ``names_docker``.
    """
    return any(map(_PRIVATE_LOGIN.search, _texts(build_spec)))


def _texts(value: object, *, ours: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        if ours or not value.startswith(MARKER):
            yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for it in pair for text in _texts(it, ours=ours))
    elif isinstance(value, list | tuple):
        yield from (text for it in value for text in _texts(it, ours=ours))
