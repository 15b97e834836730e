"""Image names of which a part is not known yet: a variable's value, say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.reference import ImageReference

UNKNOWN = "\0"
"""Stands in a name for a part that is not known; no name can hold it."""


class PartialReference(NamedTuple):
    """An image of which at least the registry and the repository are known.

    Attributes:
        reference: The image; without tag and digest if a part of them is not known.
        version: The tag and the digest as they are written, ``…`` for what is not known:
            ``:21-…``. Empty if there are none.
    """

    reference: ImageReference
    version: str

    @property
    def familiar(self) -> str:
        """The name as people write it."""
        return self.with_version(self.reference)

    def with_version(self, image: ImageReference) -> str:
        """The name of another image, with this one's tag and digest.

        Args:
            image: The image; its own tag and digest do not count.
        """
        return image._replace(tag=None, digest=None).familiar + self.version


def parse_partial(text: str) -> PartialReference | None:
    """Read an image's name of which parts may be unknown.

    Args:
        text: The name, with ``UNKNOWN`` for each part that is not known.

    Returns:
        The image, or None if the text is no image's name, or the part that is known does
        not tell the repository.
    """
    head, unknown, rest = text.partition(UNKNOWN)
    name = head
    if unknown:
        # `registry:$PORT/name` looks like `name:$TAG` up to there.
        name, separator, _ = _split_version(head)
        if not separator or "/" in rest:
            return None
    try:
        reference = ImageReference.parse(name)
    except InvalidReference:
        return None
    version = text[len(_split_version(text)[0]) :].replace(UNKNOWN, "…")
    return PartialReference(
        reference=reference if unknown else reference.with_default_tag(), version=version
    )


def with_written_parts(text: str, parts: Iterable[str]) -> ImageReference | None:
    """An image of which at least the registry and the repository are known.

    Args:
        text: The name, with ``UNKNOWN`` for each part that is not known.
        parts: What is written for each of them, in order: ``${VERSION}``.

    Returns:
        The image, whose tag and digest have these parts as they are written; None as
        ``parse_partial`` says.
    """
    partial = parse_partial(text)
    if partial is None:
        return None
    written = iter(parts)
    version = text[len(_split_version(text)[0]) :]
    tag, _, digest = ("".join(_filled(part, written)) for part in version.partition("@"))
    return partial.reference._replace(tag=tag.removeprefix(":") or None, digest=digest or None)


def _filled(text: str, parts: Iterator[str]) -> Iterator[str]:
    first, *rest = text.split(UNKNOWN)
    yield first
    for following in rest:
        yield next(parts)
        yield following


def _split_version(text: str) -> tuple[str, str, str]:
    """Split a name before its tag or digest."""
    path, at, digest = text.partition("@")
    folder, slash, base = path.rpartition("/")
    name, colon, tag = base.partition(":")
    separator = colon or at
    return folder + slash + name, separator, tag + at * bool(colon) + digest
