"""Where the copy of an image is, or why there is none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.declared import Copies, ImagePattern, LocalImages
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, ImageReference

ECR_PUBLIC = "public.ecr.aws"
_OFFICIAL_COPIES = "docker/library"
_WITHDRAWN = {
    # https://github.com/bitnami/charts/issues/36537
    f"{ECR_PUBLIC}/bitnami/": "public.ecr.aws/bitnami was removed on 2026-06-10",
}
# Official images whose copy is missing, or has been seen by nobody yet.
_OFFICIAL_WITHOUT_COPY = {
    "azul-zulu": "public.ecr.aws/docker/library has no azul-zulu "
    "(https://github.com/docker-library/official-images/issues/21700)",
    "nim": "nim became an official image in 2026-07; no copy of it has been seen yet",
    "espocrm": "espocrm became an official image in 2026-08; no copy of it has been seen yet",
}
# Once official: they are on Docker Hub still, so they are not built locally.
_FORMERLY_OFFICIAL = frozenset(
    "adoptopenjdk centos consul express-gateway java jenkins jobber mono nats-streaming "
    "vault".split()
)
# Enough for all images of a large repository.
_MOST_KNOWN = 4096
_EVIDENCE = "https://gallery.ecr.aws/docker"


class Verdict(StrEnum):
    """What is known of an image's copy."""

    MIRRORED = "mirrored"
    NO_MIRROR = "no_mirror"
    UNKNOWN = "unknown"
    LOCAL = "local"
    NOT_DOCKER_HUB = "not_docker_hub"
    WITHDRAWN = "withdrawn"


class Resolution(NamedTuple):
    """The answer to "where is the copy of this image?".

    Attributes:
        reference: The image that was asked for.
        verdict: The answer's kind.
        replacement: The copy, with the tag and the digest of ``reference``; None
            unless the verdict is MIRRORED.
        reason: Why there is no copy, as a sentence without a full stop; None if
            the verdict says it all.
        evidence: Where the copy can be looked up; None if it comes from the
            configuration or if there is none.
    """

    reference: ImageReference
    verdict: Verdict
    replacement: ImageReference | None = None
    reason: str | None = None
    evidence: str | None = None


class Mirrors:
    """Which images have copies, and where.

    Built in are Docker's official images: ``docker.io/library/NAME`` has its copy
    at ``public.ecr.aws/docker/library/NAME`` (https://gallery.ecr.aws/docker).

    Attributes:
        mirrors: Further copies. A key names a repository (``myorg/app``) or all
            below a path (``myorg/*``, ``docker.io/*``); its value names the copy in the
            same form (``123456789012.dkr.ecr.eu-west-1.amazonaws.com/app``,
            ``…/mirror/*``). They come before the built-in ones; of two that fit, the
            longer key wins. A key may be of any registry: other names of Docker Hub
            (``registry-1.docker.io/library/*``) count as it only where a key says so.
        local_images: Images that the build's own engine has, which are never
            pulled: names (``my-base``: every tag of it; ``node:custom``: that tag)
            or patterns with ``*`` (``myorg/*``). They come before all mirrors.

    Raises:
        InvalidConfig: A key or value is not a repository name, a ``/*`` stands on one
            side alone, or a copy is on Docker Hub or would be moved again.
    """

    def __init__(
        self, *, mirrors: Mapping[str, str] | None = None, local_images: Iterable[str] = ()
    ) -> None:
        """Check and compile what is given."""
        self.mirrors = dict(mirrors or {})
        self.local_images = tuple(local_images)
        self._copies = Copies(self.mirrors)
        self._local = LocalImages(self.local_images)
        self._resolved: dict[ImageReference, Resolution] = {}

    def __eq__(self, other: object) -> bool:
        """Whether the same was declared."""
        if not isinstance(other, Mirrors):
            return NotImplemented
        return (self.mirrors, self.local_images) == (other.mirrors, other.local_images)

    def __hash__(self) -> int:
        """Equal for what is equal."""
        return hash((frozenset(self.mirrors.items()), self.local_images))

    def __repr__(self) -> str:
        """The call that makes these mirrors."""
        return f"Mirrors(mirrors={self.mirrors!r}, local_images={self.local_images!r})"

    def with_local_images(self, local_images: Iterable[str]) -> Mirrors:
        """These mirrors, with more images declared to be local.

        Args:
            local_images: Names or patterns, as in the attribute of that name.
        """
        return Mirrors(mirrors=self.mirrors, local_images=(*self.local_images, *local_images))

    def declared_copies(self) -> tuple[tuple[str, str], ...]:
        """The full names in ``mirrors``, each with that of its copy.

        Both end in ``/`` where all below a path is meant. Of two names that fit a
        repository, the one that decides comes first.
        """
        return tuple(self._copies)

    def local_patterns(self) -> tuple[ImagePattern, ...]:
        """What ``local_images`` means, with its registries."""
        return self._local.patterns

    def resolve(self, reference: ImageReference) -> Resolution:
        """Find the copy of an image.

        Args:
            reference: The image; its tag and digest are kept in the replacement.

        Returns:
            The resolution; nothing is asked from any registry.
        """
        known = self._resolved
        resolution = known.get(reference)
        if resolution is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            resolution = known[reference] = self._resolve(reference)
        return resolution

    def _resolve(self, reference: ImageReference) -> Resolution:
        if reference in self._local:
            return Resolution(reference=reference, verdict=Verdict.LOCAL)
        copy = self._copies.find(reference.name)
        if copy is not None:
            return _mirrored_as_declared(reference, copy)
        for prefix, reason in _WITHDRAWN.items():
            if reference.name.startswith(prefix):
                return Resolution(reference=reference, verdict=Verdict.WITHDRAWN, reason=reason)
        if reference.registry != DOCKER_HUB:
            return Resolution(reference=reference, verdict=Verdict.NOT_DOCKER_HUB)
        built_in = _resolve_on_docker_hub(reference)
        if built_in.replacement is not None:
            # The copy itself may have a declared copy, in a cache of ECR Public say.
            copy = self._copies.find(built_in.replacement.name)
            if copy is not None:
                return _mirrored_as_declared(reference, copy)
        return built_in


@cache
def default_mirrors() -> Mirrors:
    """The mirrors of somebody who configured none."""
    return Mirrors()


@cache
def official_images() -> frozenset[str]:
    """The names of Docker's official images, as of the catalog in this package.

    The list is the folder ``library/`` of
    https://github.com/docker-library/official-images on 2026-08-21.
    """
    return _names("official-images.txt")


@cache
def unseen_copies() -> frozenset[str]:
    """The names of official images whose copies no public file was seen to use.

    Docker copies all official images, but some were found missing, so that what cannot fall
    back to Docker Hub leaves these where they are. Public files were searched for
    ``public.ecr.aws/docker/library/NAME`` on 2026-11-30.
    """
    return _names("unseen-copies.txt")


def _names(file_name: str) -> frozenset[str]:
    # Not importlib.resources, whose import takes longer than the check of a file.
    name = os.path.join(os.path.dirname(__file__), "data", file_name)  # noqa: PTH118, PTH120
    with open(name, encoding="utf-8") as file:  # noqa: PTH123
        return frozenset(file.read().split())


def _resolve_on_docker_hub(reference: ImageReference) -> Resolution:
    short_name = reference.repository.removeprefix("library/")
    cause = None
    verdict = Verdict.NO_MIRROR
    if not reference.is_official:
        cause = f"no copy of {reference.repository} on ECR Public is known"
    elif short_name in _OFFICIAL_WITHOUT_COPY:
        cause = _OFFICIAL_WITHOUT_COPY[short_name]
    elif short_name in _FORMERLY_OFFICIAL:
        cause = f"{short_name} is no longer an official image; nobody has shown a copy of it"
    elif short_name not in official_images():
        verdict = Verdict.UNKNOWN
        cause = f"{short_name} is not one of Docker's official images"
    if cause is None:
        return _mirrored(
            reference, ECR_PUBLIC, f"{_OFFICIAL_COPIES}/{short_name}", evidence=_EVIDENCE
        )
    return Resolution(reference=reference, verdict=verdict, reason=cause)


def _mirrored_as_declared(reference: ImageReference, copy: str) -> Resolution:
    try:
        target = ImageReference.parse(copy)
    except InvalidReference as error:
        # A path may grow too long where a `/*` moves it.
        cause = f"its copy would be {copy}: {error}"
        return Resolution(reference=reference, verdict=Verdict.NO_MIRROR, reason=cause)
    return _mirrored(reference, target.registry, target.repository)


def _mirrored(
    reference: ImageReference, registry: str, repository: str, *, evidence: str | None = None
) -> Resolution:
    return Resolution(
        reference=reference,
        verdict=Verdict.MIRRORED,
        replacement=reference._replace(registry=registry, repository=repository),
        evidence=evidence,
    )
