"""The image that a project's builds run in, which CodeBuild pulls before any command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Verdict, unseen_copies
from cdk_ecr_public_pull.images.reference import ImageReference

if TYPE_CHECKING:
    from cdk_ecr_public_pull.images.mirrors import Mirrors

# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
_CURATED = "aws/codebuild/"


class EnvironmentImage(NamedTuple):
    """An image of Docker Hub.

    Attributes:
        written: Its name, as the project has it.
        copy: What takes its place; None if it stays.
        reason: Why it stays.
        remedy: What to do about it.
    """

    written: str
    copy: str | None = None
    reason: str = ""
    remedy: str = ""


def environment_image(
    environment: Mapping[str, object], mirrors: Mirrors
) -> EnvironmentImage | None:
    """Say what becomes of the image of a project's environment; None if nothing does.

    CodeBuild does not fall back: only a copy that is surely there takes an image's place.

    Args:
        environment: The environment, as the properties of the project have it.
        mirrors: Which images have copies, and where.
    """
    text = environment.get("image")
    if not isinstance(text, str) or text.startswith(_CURATED):
        return None
    try:
        reference = ImageReference.parse(text)
    except InvalidReference:
        # A token, or none of CodeBuild's.
        return None
    resolution = mirrors.resolve(reference)
    if resolution.verdict in {Verdict.NOT_DOCKER_HUB, Verdict.LOCAL}:
        return None
    if resolution.replacement is None:
        name = reference._replace(tag=None, digest=None).familiar
        return EnvironmentImage(
            written=text,
            reason=resolution.reason or "it has no copy",
            remedy="name a copy of it: "
            f'EcrPublicPull(mirrors=Mirrors(mirrors={{"{name}": "..."}}))',
        )
    copy = str(resolution.replacement)
    take = f'take LinuxBuildImage.from_docker_registry("{copy}")'
    if environment.get("registryCredential") is not None:
        return EnvironmentImage(
            written=text,
            reason="its secret is for Docker Hub",
            remedy=f"if the image is public, {take} without a secret",
        )
    if reference.digest is not None:
        return EnvironmentImage(
            written=text,
            reason="it is pinned by a digest, which the copy may not have",
            remedy=f"if it does, {take}",
        )
    if reference.is_official and reference.repository.removeprefix("library/") in unseen_copies():
        return EnvironmentImage(
            written=text, reason="nobody was seen to use its copy", remedy=f"if it is there, {take}"
        )
    return EnvironmentImage(written=text, copy=copy)
