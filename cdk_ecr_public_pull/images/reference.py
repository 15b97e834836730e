"""Image references, as Docker and BuildKit read them.

The grammar is that of https://github.com/distribution/reference
(``reference.go``, ``regexp.go``, ``normalize.go``)::

    reference  = name [ ":" tag ] [ "@" digest ]
    name       = [ registry "/" ] component { "/" component }
    registry   = host [ ":" port ] | component     (the latter where it has an underscore)
    host       = domain | "[" IPv6 address "]"
    component  = alphanumeric { separator alphanumeric }   (lower case)
    separator  = "." | "_" | "__" | "-" { "-" }
    tag        = word { word | "." | "-" }                 (128 at most)
    digest     = algorithm ":" hex                         (64 for sha256)

What is before the first ``/`` is a registry only if it is ``localhost``, holds a
``.`` or a ``:``, or has an upper-case letter; otherwise the name is Docker Hub's.
A name of one component on Docker Hub is an official image, in ``library/``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cdk_ecr_public_pull.errors import InvalidReference

DOCKER_HUB = "docker.io"
IMAGE_SCHEME = "docker-image://"
"""What BuildKit has before the name of an image, in build contexts and source policies."""
DOCKERFILE_FRONTEND = "docker/dockerfile"
"""The image of Docker's own frontend, which ``# syntax=`` lines name."""
_LEGACY_DOCKER_HUB = "index.docker.io"
_OFFICIAL = "library/"
_PATH_MAX = 255
_HEX_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}

_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_DOMAIN = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REFERENCE = re.compile(
    rf"(?P<registry>(?:{_DOMAIN}(?:\.{_DOMAIN})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?|{_COMPONENT})"
    rf"/(?P<repository>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
)
_IMAGE_ID_LENGTH = 64


class ImageReference(NamedTuple):
    """The name of an image: where it is, and which version of it.

    Attributes:
        registry: The registry's host, ``docker.io`` for Docker Hub.
        repository: The path in the registry, ``library/node`` for an official image.
        tag: The tag, or None if none was written.
        digest: The digest (``sha256:…``), or None if none was written.
    """

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Read an image name as ``docker pull`` and BuildKit's ``FROM`` do.

        Args:
            text: The name, such as ``node:21`` or ``ghcr.io/owner/image@sha256:…``.

        Returns:
            The reference with its registry and its whole repository. No tag is
            added: see ``with_default_tag``.

        Raises:
            InvalidReference: The text is not an image name. The message is the
                cause, in the words of Docker's own errors where it has some.
        """
        if _is_image_id(text):
            msg = f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
            raise InvalidReference(msg)
        registry, rest = split_registry(text)
        path = rest.partition(":")[0]
        if path != path.lower():
            msg = f"invalid reference format: repository name ({path}) must be lowercase"
            raise InvalidReference(msg)
        match = _REFERENCE.fullmatch(f"{registry}/{rest}")
        if match is None:
            msg = "invalid reference format"
            raise InvalidReference(msg)
        if len(match["repository"]) > _PATH_MAX:
            msg = f"repository name must not be more than {_PATH_MAX} characters"
            raise InvalidReference(msg)
        if match["digest"]:
            _check_digest(match["digest"])
        return cls(**match.groupdict())

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest: ``docker.io/library/node``."""
        return f"{self.registry}/{self.repository}"

    @property
    def familiar(self) -> str:
        """The shortest text that means this image, as people write it: ``node:21``."""
        text = str(self)
        if self.registry != DOCKER_HUB:
            return text
        version = text.removeprefix(self.name)
        for name in (self.repository.removeprefix(_OFFICIAL), self.repository):
            # `docker.io/foo.bar/x` must keep its registry: `foo.bar` alone would be one.
            means_this = split_registry(name) == (self.registry, self.repository)
            if means_this and not _is_image_id(name + version):
                return name + version
        return text

    @property
    def is_official(self) -> bool:
        """Whether this is the name of a Docker Hub image in ``library/``."""
        return (
            self.registry == DOCKER_HUB
            and self.repository.startswith(_OFFICIAL)
            and "/" not in self.repository.removeprefix(_OFFICIAL)
        )

    def with_default_tag(self) -> ImageReference:
        """This reference, with the tag ``latest`` if it has neither tag nor digest."""
        return self if self.tag or self.digest else self._replace(tag="latest")

    def __str__(self) -> str:
        """The canonical text, such as ``docker.io/library/node:21``."""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


@lru_cache(maxsize=4096)
def parse_image(name: str) -> ImageReference:
    """Read an image's name, with the tag ``latest`` if it has neither tag nor digest.

    Raises:
        InvalidReference: It is none.
    """
    return ImageReference.parse(name).with_default_tag()


def split_registry(text: str) -> tuple[str, str]:
    """Split a name into its registry and the rest, with Docker Hub's defaults.

    The rule is ``splitDockerDomain`` of distribution/reference.

    Args:
        text: An image name, or the beginning of one (a pattern, say); not checked.

    Returns:
        The registry, and what follows it; ``library/`` is put before a name of one
        component on Docker Hub.
    """
    first, slash, rest = text.partition("/")
    if not slash:
        return DOCKER_HUB, _OFFICIAL + text
    if first == _LEGACY_DOCKER_HUB:
        registry = DOCKER_HUB
    elif first == "localhost" or "." in first or ":" in first or first != first.lower():
        registry = first
    else:
        registry, rest = DOCKER_HUB, text
    if registry == DOCKER_HUB and "/" not in rest:
        rest = _OFFICIAL + rest
    return registry, rest


def _is_image_id(text: str) -> bool:
    return len(text) == _IMAGE_ID_LENGTH and not text.strip("0123456789abcdef")


def _check_digest(digest: str) -> None:
    algorithm, _, hex_digits = digest.partition(":")
    if algorithm not in _HEX_DIGITS:
        msg = f"unsupported digest algorithm: {algorithm}"
        raise InvalidReference(msg)
    if len(hex_digits) != _HEX_DIGITS[algorithm]:
        msg = "invalid checksum digest length"
        raise InvalidReference(msg)
    if hex_digits != hex_digits.lower():
        msg = "invalid checksum digest format"
        raise InvalidReference(msg)
