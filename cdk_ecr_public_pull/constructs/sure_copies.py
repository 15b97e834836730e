"""What takes the place of an image that AWS itself pulls, and cannot pull from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Verdict, unseen_copies
from cdk_ecr_public_pull.images.reference import ImageReference

if TYPE_CHECKING:
    from cdk_ecr_public_pull.images.mirrors import Mirrors


class HubImage(NamedTuple):
    """An image of Docker Hub.

    Attributes:
        written: Its name, as it is written.
        copy: What takes its place; None if it stays.
        reason: Why it stays.
        remedy: What to do about it.
    """

    written: str
    copy: str | None = None
    reason: str = ""
    remedy: str = ""


def hub_image(
    text: object, mirrors: Mirrors, *, has_secret: bool, take: str, construct: str
) -> HubImage | None:
    """Say what becomes of an image; None if it is none of Docker Hub's, or not known.

    Nothing falls back: only a copy that is surely there takes an image's place.

    Args:
        text: The image.
        mirrors: Which images have copies, and where.
        has_secret: Whether it is pulled with the credentials of its registry.
        take: How to say that a copy is to be taken, with ``{}`` for its name.
        construct: The construct whose mirrors these are.
    """
    try:
        reference = ImageReference.parse(text) if isinstance(text, str) else None
    except InvalidReference:
        return None
    resolution = mirrors.resolve(reference) if reference is not None else None
    if reference is None or resolution is None:
        return None
    if resolution.verdict in {Verdict.NOT_DOCKER_HUB, Verdict.LOCAL}:
        return None
    stays = HubImage(written=str(text))
    if resolution.replacement is None:
        name = reference._replace(tag=None, digest=None).familiar
        return stays._replace(
            reason=resolution.reason or "it has no copy",
            remedy=f'name a copy of it: {construct}(mirrors=Mirrors(mirrors={{"{name}": "..."}}))',
        )
    copy = str(resolution.replacement)
    taken = take.format(f'"{copy}"')
    if has_secret:
        return stays._replace(
            reason="its secret is for Docker Hub",
            remedy=f"if the image is public, {taken} without a secret",
        )
    if reference.digest is not None:
        return stays._replace(
            reason="it is pinned by a digest, which the copy may not have",
            remedy=f"if it does, {taken}",
        )
    if reference.is_official and reference.repository.removeprefix("library/") in unseen_copies():
        return stays._replace(
            reason="nobody was seen to use its copy", remedy=f"if it is there, {taken}"
        )
    return stays._replace(copy=copy)
