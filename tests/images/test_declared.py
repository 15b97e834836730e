"""What a declaration of mirrors and local images may not say."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.errors import InvalidConfig
from cdk_ecr_public_pull.images.mirrors import Mirrors

DIGEST = "sha256:" + "a" * 64
REPOSITORY = "name the repository alone; tags and digests stay as the Dockerfile has them"


@pytest.mark.parametrize(
    ("mirrors", "message"),
    [
        (
            {"a/*": "r.io/b"},
            (
                'mirror "a/*" = "r.io/b": one side ends in "/*" and the other does not.\n'
                '  help: write "/*" on both sides to move all below a path, or on neither'
            ),
        ),
        (
            {"a/b": "r.io/*"},
            (
                'mirror "a/b" = "r.io/*": one side ends in "/*" and the other does not.\n'
                '  help: write "/*" on both sides to move all below a path, or on neither'
            ),
        ),
    ],
)
def test_wrong_pairs(mirrors: dict[str, str], message: str) -> None:
    """A path is moved to a path, and a repository to a repository."""
    with pytest.raises(InvalidConfig) as caught:
        Mirrors(mirrors=mirrors)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("mirrors", "message"),
    [
        ({"": "r.io/b"}, 'mirror "": "" is not a repository name: invalid reference format'),
        ({"*": "r.io/b"}, 'mirror "*": "*" is not a repository name: invalid reference format'),
        ({"/*": "r.io/*"}, 'mirror "/*": "/*" is not a repository name: invalid reference format'),
        (
            {"a/b*": "r.io/b"},
            'mirror "a/b*": "a/b*" is not a repository name: invalid reference format',
        ),
        (
            {"a/*/b": "r.io/b"},
            'mirror "a/*/b": "a/*/b" is not a repository name: invalid reference format',
        ),
        (
            {"a/b": "https://r.io/b"},
            'mirror "a/b": "https://r.io/b" is not a repository name: invalid reference format',
        ),
        (
            {"a/B": "r.io/b"},
            (
                'mirror "a/B": "a/B" is not a repository name: '
                "invalid reference format: repository name (a/B) must be lowercase"
            ),
        ),
        (
            {"node:21": "r.io/n"},
            f'mirror "node:21": "node:21" has a tag or a digest.\n  help: {REPOSITORY}',
        ),
        (
            {"node": "r.io/n:1"},
            f'mirror "node": "r.io/n:1" has a tag or a digest.\n  help: {REPOSITORY}',
        ),
        (
            {"node": f"r.io/n@{DIGEST}"},
            f'mirror "node": "r.io/n@{DIGEST}" has a tag or a digest.\n  help: {REPOSITORY}',
        ),
        (
            {"node": "r.io/a", "library/node": "r.io/b"},
            'mirror "library/node": is the same as mirror "node"',
        ),
        (
            {"myorg/node": "node"},
            (
                'mirror "myorg/node" = "node": the copy is on Docker Hub itself.\n'
                "  help: name one in another registry"
            ),
        ),
        (
            {"a/*": "docker.io/*"},
            (
                'mirror "a/*" = "docker.io/*": the copy is on Docker Hub itself.\n'
                "  help: name one in another registry"
            ),
        ),
        (
            {"ghcr.io/a/*": "ghcr.io/a/b/*"},
            (
                'mirror "ghcr.io/a/*" = "ghcr.io/a/b/*": mirror "ghcr.io/a/*" would move the copy '
                "again.\n  help: name the place where it stays"
            ),
        ),
        (
            {"a/b": "r.io/x/b", "r.io/x/*": "s.io/*"},
            (
                'mirror "a/b" = "r.io/x/b": mirror "r.io/x/*" would move the copy again.\n'
                "  help: name the place where it stays"
            ),
        ),
        (
            {"a/*": "r.io/*", "r.io/b": "s.io/b"},
            (
                'mirror "a/*" = "r.io/*": mirror "r.io/b" would move the copy again.\n'
                "  help: name the place where it stays"
            ),
        ),
        (
            {"r.io/b": "r.io/b"},
            (
                'mirror "r.io/b" = "r.io/b": mirror "r.io/b" would move the copy again.\n'
                "  help: name the place where it stays"
            ),
        ),
    ],
)
def test_wrong_names(mirrors: dict[str, str], message: str) -> None:
    """What is no repository, or no place to stay, is refused with the text and the cause."""
    with pytest.raises(InvalidConfig) as caught:
        Mirrors(mirrors=mirrors)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("local_image", "cause"),
    [
        ("", "is not an image name or a pattern of one: invalid reference format"),
        ("my base", "is not an image name or a pattern of one: invalid reference format"),
        ("node:", "is not an image name or a pattern of one: invalid reference format"),
        ("node:a:b", "is not an image name or a pattern of one: invalid reference format"),
        (
            "My-Base",
            (
                "is not an image name or a pattern of one: "
                "invalid reference format: repository name (library/My-Base) must be lowercase"
            ),
        ),
        (
            f"node@{DIGEST}",
            "has a digest.\n  help: name it without the digest",
        ),
    ],
)
def test_wrong_local_images(local_image: str, cause: str) -> None:
    """What can be no image is refused."""
    with pytest.raises(InvalidConfig) as caught:
        Mirrors(local_images=[local_image])
    assert str(caught.value) == f'local image "{local_image}" {cause}'
