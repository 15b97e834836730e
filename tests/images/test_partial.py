"""Image names of which a part is not known."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.images.partial import UNKNOWN, parse_partial
from cdk_ecr_public_pull.images.reference import ImageReference

U = UNKNOWN
DIGEST = "sha256:" + "a" * 64
COPY = ImageReference.parse("public.ecr.aws/docker/library/x:other")

NO_NAMES = [
    "",
    U,
    f"{U}:21",
    f"{U}/node:21",
    f"node{U}",
    f"node{U}:21",
    f"docker.io/{U}:21",
    f"registry:{U}/node:21",
    f"docker.io:{U}/node:21",
    f"Node:{U}",
    "no such/name",
    f":{U}",
]


@pytest.mark.parametrize("text", NO_NAMES)
def test_nothing_can_be_said(text: str) -> None:
    """A name whose repository is not known, or that is none, is no image."""
    assert parse_partial(text) is None


NAMES = {
    "node": ("docker.io/library/node:latest", "node", ""),
    "node:21": ("docker.io/library/node:21", "node:21", ":21"),
    f"node@{DIGEST}": (f"docker.io/library/node@{DIGEST}", f"node@{DIGEST}", f"@{DIGEST}"),
    f"node:21@{DIGEST}": (
        f"docker.io/library/node:21@{DIGEST}",
        f"node:21@{DIGEST}",
        f":21@{DIGEST}",
    ),
    f"node:{U}": ("docker.io/library/node", "node:…", ":…"),
    f"node:{U}-alpine{U}": ("docker.io/library/node", "node:…-alpine…", ":…-alpine…"),
    f"node:21-{U}": ("docker.io/library/node", "node:21-…", ":21-…"),
    f"node@{U}": ("docker.io/library/node", "node@…", "@…"),
    f"node:21@{U}": ("docker.io/library/node", "node:21@…", ":21@…"),
    f"localhost:5000/a:{U}": ("localhost:5000/a", "localhost:5000/a:…", ":…"),
    f"docker.io/a/b:{U}": ("docker.io/a/b", "a/b:…", ":…"),
}


@pytest.mark.parametrize("text", NAMES)
def test_the_known_part_decides(text: str) -> None:
    """A name whose repository is known is an image, and keeps what is written after it."""
    partial = parse_partial(text)
    assert partial is not None
    full, familiar, version = NAMES[text]
    assert (str(partial.reference), partial.familiar) == (full, familiar)
    assert partial.with_version(COPY) == f"public.ecr.aws/docker/library/x{version}"
