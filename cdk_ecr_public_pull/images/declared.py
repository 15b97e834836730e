"""What a project declares about images: where copies are, and which are built locally."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cdk_ecr_public_pull.errors import InvalidConfig, InvalidReference
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, ImageReference, split_registry

# Stands for what a `/*` stands for: of two parts, so that the part before it is never taken
# for the name of an official image.
_SOME_NAME = "x/y"


class Copies:
    """The declared copies of repositories, and of all below a path.

    Both are kept by their full names; those of all below a path end in ``/``.
    """

    def __init__(self, mirrors: Mapping[str, str]) -> None:
        """Check and compile what was declared.

        Args:
            mirrors: The copies, as ``Mirrors.mirrors`` has them.

        Raises:
            InvalidConfig: A key or value is not a repository name, a ``/*`` stands on one
                side alone, two keys are the same, or a copy would be moved again.
        """
        self._copies: dict[str, str] = {}
        keys: dict[str, str] = {}
        for key, value in mirrors.items():
            name, copy = _mirror_names(key, value)
            if name in keys:
                raise InvalidConfig(f'mirror "{key}": is the same as mirror "{keys[name]}"')
            keys[name] = key
            self._copies[name] = copy
        for name, key in keys.items():
            self._check_rests(f'mirror "{key}" = "{mirrors[key]}"', self._copies[name], keys)

    def find(self, name: str) -> str | None:
        """The copy of a repository; the longest key that fits decides.

        Args:
            name: The repository's full name, without tag and digest.
        """
        if name in self._copies:
            return self._copies[name]
        parent = name if self._copies else ""
        while "/" in parent:
            parent = parent.rpartition("/")[0]
            if f"{parent}/" in self._copies:
                return self._copies[f"{parent}/"] + name[len(parent) + 1 :]
        return None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yields each full name with its copy; both end in ``/`` where all below is meant.

        Of two names that fit a repository, the one that decides comes first.
        """
        return iter(sorted(self._copies.items(), key=lambda item: (-len(item[0]), item[0])))

    def _check_rests(self, what: str, copy: str, keys: Mapping[str, str]) -> None:
        """Refuse a copy that the next rewrite would move again."""
        if copy.startswith(f"{DOCKER_HUB}/"):
            raise InvalidConfig(
                f"{what}: the copy is on Docker Hub itself.\n  help: name one in another registry"
            )
        for name, key in keys.items():
            is_below = name.endswith("/") and copy.startswith(name)
            if name == copy or is_below or (copy.endswith("/") and name.startswith(copy)):
                raise InvalidConfig(
                    f'{what}: mirror "{key}" would move the copy again.\n'
                    "  help: name the place where it stays"
                )


class ImagePattern(NamedTuple):
    """A name that was declared, or a pattern of names; ``*`` stands for any characters.

    Attributes:
        registry: The registry's host, ``docker.io`` for Docker Hub.
        repository: The path in the registry.
        tag: The tag; None for every tag.
    """

    registry: str
    repository: str
    tag: str | None

    @classmethod
    def parse(cls, text: str, *, what: str) -> ImagePattern:
        """Read what was declared.

        Args:
            text: The text, such as ``myorg/*`` or ``node:custom``.
            what: What to call it in an error, ``local image`` say.

        Raises:
            InvalidConfig: It is no image name and no pattern of one.
        """
        # The registry rules hold for patterns too: `myorg/*` is Docker Hub's, `ghcr.io/*` is not.
        registry, rest = split_registry(text)
        try:
            sample = ImageReference.parse(f"{registry}/{rest}".replace("*", "x"))
        except InvalidReference as error:
            raise InvalidConfig(
                f'{what} "{text}" is not an image name or a pattern of one: {error}'
            ) from None
        if sample.digest:
            raise InvalidConfig(
                f'{what} "{text}" has a digest.\n  help: name it without the digest'
            )
        repository, _, tag = rest.partition(":")
        return cls(registry=registry, repository=repository, tag=tag or None)


class LocalImages:
    """The images that were declared to be local."""

    def __init__(self, declared: tuple[str, ...]) -> None:
        """Check and compile what was declared.

        Args:
            declared: Names or patterns, as ``Mirrors.local_images`` has them.

        Raises:
            InvalidConfig: One of them is no image name and no pattern of one.
        """
        self.patterns = tuple(ImagePattern.parse(text, what="local image") for text in declared)
        self._compiled = [
            (_glob(f"{it.registry}/{it.repository}"), _glob(it.tag) if it.tag else None)
            for it in self.patterns
        ]

    def __contains__(self, reference: object) -> bool:
        """Whether an image was declared to be local."""
        if not isinstance(reference, ImageReference):
            return False
        tag = reference.tag or "latest"
        return any(
            name.fullmatch(reference.name) and (tag_pattern is None or tag_pattern.fullmatch(tag))
            for name, tag_pattern in self._compiled
        )


def _mirror_names(key: str, value: str) -> tuple[str, str]:
    if key.endswith("/*") != value.endswith("/*"):
        raise InvalidConfig(
            f'mirror "{key}" = "{value}": one side ends in "/*" and the other does not.\n'
            '  help: write "/*" on both sides to move all below a path, or on neither'
        )
    return _full_name(key, of=f'mirror "{key}"'), _full_name(value, of=f'mirror "{key}"')


def _full_name(text: str, *, of: str) -> str:
    path = text.removesuffix("*")
    is_path = path.endswith("/")
    try:
        reference = ImageReference.parse(path + _SOME_NAME if is_path else text)
    except InvalidReference as error:
        raise InvalidConfig(f'{of}: "{text}" is not a repository name: {error}') from None
    if reference.tag or reference.digest:
        raise InvalidConfig(
            f'{of}: "{text}" has a tag or a digest.\n'
            "  help: name the repository alone; tags and digests stay as the Dockerfile has them"
        )
    return reference.name.removesuffix(_SOME_NAME) if is_path else reference.name


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
