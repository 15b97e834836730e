"""Where the copy of an image is, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from cdk_ecr_public_pull.errors import InvalidConfig, InvalidReference
from cdk_ecr_public_pull.images.reference import DOCKER_HUB, ImageReference, split_registry

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
    "adoptopenjdk centos consul express-gateway java jenkins jobber mono nats-streaming vault".split()
)
_EVIDENCE = "https://gallery.ecr.aws/docker"


class Verdict(StrEnum):
    """What is known of an image's copy."""

    MIRRORED = "mirrored"
    NO_MIRROR = "no_mirror"
    UNKNOWN = "unknown"
    LOCAL = "local"
    NOT_DOCKER_HUB = "not_docker_hub"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """Which images have copies, and where.

    Built in are Docker's official images: ``docker.io/library/NAME`` has its copy
    at ``public.ecr.aws/docker/library/NAME`` (https://gallery.ecr.aws/docker).

    Attributes:
        mirrors: Further copies. A key names a repository (``myorg/app``) or all
            below a path (``myorg/*``); its value names the copy in the same form
            (``123456789012.dkr.ecr.eu-west-1.amazonaws.com/app``, ``…/mirror/*``).
            They come before the built-in ones; of two that fit, the longer key wins.
        local_images: Images that the build's own engine has, which are never
            pulled: names (``my-base``: every tag of it; ``node:custom``: that tag)
            or patterns with ``*`` (``myorg/*``). They come before all mirrors.

    Raises:
        InvalidConfig: A key or value is not a repository name, or a ``/*`` stands
            on one side alone.
    """

    mirrors: Mapping[str, str] = field(default_factory=dict)
    local_images: Iterable[str] = ()
    _copies: dict[str, str] = field(init=False, repr=False, compare=False)
    _locals: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Check and compile what was given."""
        given = tuple(self.local_images)
        object.__setattr__(self, "mirrors", dict(self.mirrors))
        object.__setattr__(self, "local_images", given)
        copies = dict(_mirror_names(key, value) for key, value in self.mirrors.items())
        object.__setattr__(self, "_copies", copies)
        object.__setattr__(self, "_locals", tuple(_local_patterns(text) for text in given))

    def with_local_images(self, local_images: Iterable[str]) -> Mirrors:
        """These mirrors, with more images declared to be local.

        Args:
            local_images: Names or patterns, as in the attribute of that name.
        """
        return replace(self, local_images=(*self.local_images, *local_images))

    def resolve(self, reference: ImageReference) -> Resolution:
        """Find the copy of an image.

        Args:
            reference: The image; its tag and digest are kept in the replacement.

        Returns:
            The resolution; nothing is asked from any registry.
        """
        if self._is_local(reference):
            return Resolution(reference=reference, verdict=Verdict.LOCAL)
        copy = self._configured_copy(reference.name)
        if copy is not None:
            target = ImageReference.parse(copy)
            return _mirrored(reference, target.registry, target.repository)
        for prefix, reason in _WITHDRAWN.items():
            if reference.name.startswith(prefix):
                return Resolution(reference=reference, verdict=Verdict.WITHDRAWN, reason=reason)
        if reference.registry != DOCKER_HUB:
            return Resolution(reference=reference, verdict=Verdict.NOT_DOCKER_HUB)
        return _resolve_on_docker_hub(reference)

    def _is_local(self, reference: ImageReference) -> bool:
        tag = reference.tag or "latest"
        return any(
            name.fullmatch(reference.name) and (tag_pattern is None or tag_pattern.fullmatch(tag))
            for name, tag_pattern in self._locals
        )

    def _configured_copy(self, name: str) -> str | None:
        if not self._copies:
            return None
        if name in self._copies:
            return self._copies[name]
        parent = name
        while "/" in parent:
            parent = parent.rpartition("/")[0]
            if f"{parent}/" in self._copies:
                return self._copies[f"{parent}/"] + name[len(parent) + 1 :]
        return None


@cache
def official_images() -> frozenset[str]:
    """The names of Docker's official images, as of the catalog in this package.

    The list is the folder ``library/`` of
    https://github.com/docker-library/official-images on 2026-08-21.
    """
    text = (files(__package__) / "data" / "official-images.txt").read_text(encoding="ascii")
    return frozenset(text.split())


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


def _mirrored(
    reference: ImageReference, registry: str, repository: str, *, evidence: str | None = None
) -> Resolution:
    return Resolution(
        reference=reference,
        verdict=Verdict.MIRRORED,
        replacement=replace(reference, registry=registry, repository=repository),
        evidence=evidence,
    )


def _mirror_names(key: str, value: str) -> tuple[str, str]:
    """Both names in full; those of all below a path end in ``/``."""
    if key.endswith("/*") != value.endswith("/*"):
        msg = (
            f'mirror "{key}" = "{value}": one side ends in "/*" and the other does not.\n'
            '  help: write "/*" on both sides to move all below a path, or on neither'
        )
        raise InvalidConfig(msg)
    return _full_name(key, of=f'mirror "{key}"'), _full_name(value, of=f'mirror "{key}"')


def _full_name(text: str, *, of: str) -> str:
    stem = text.removesuffix("/*")
    is_path = stem != text
    try:
        # A lone namespace, as in `myorg/*`, would read as an official image: parse it with a name.
        reference = ImageReference.parse(f"{stem}/x" if is_path else stem)
    except InvalidReference as error:
        msg = f'{of}: "{text}" is not a repository name: {error}'
        raise InvalidConfig(msg) from None
    if reference.tag or reference.digest:
        msg = (
            f'{of}: "{text}" has a tag or a digest.\n'
            "  help: name the repository alone; tags and digests are kept as the Dockerfile has them"
        )
        raise InvalidConfig(msg)
    return reference.name.removesuffix("x") if is_path else reference.name


def _local_patterns(text: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    path, colon, tag = text.rpartition(":")
    if not colon or "/" in tag:
        path, tag = text, ""
    # The registry rules hold for patterns too: `myorg/*` is Docker Hub's, `ghcr.io/*` is not.
    registry, repository = split_registry(path)
    probe = f"{registry}/{repository}:{tag or 'latest'}".replace("*", "x")
    try:
        ImageReference.parse(probe)
    except InvalidReference as error:
        msg = f'local image "{text}" is not an image name or a pattern of one: {error}'
        raise InvalidConfig(msg) from None
    return _glob(f"{registry}/{repository}"), _glob(tag) if tag else None


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
