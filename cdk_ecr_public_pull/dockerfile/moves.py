"""How an image's name is moved to its copy, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import lru_cache

from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.images.mirrors import Resolution
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.edit import Edit

# The base that is no image.
SCRATCH = "scratch"


class Via(StrEnum):
    """What makes a build pull an image."""

    FROM = "from"
    COPY = "copy"
    MOUNT = "mount"
    SYNTAX = "syntax"
    ONBUILD = "onbuild"


@dataclass(slots=True, eq=False, repr=False)
class Place:
    """A place of the file that names an image or a stage.

    Attributes:
        via: The kind of place.
        word: The word as it is written.
    """

    via: Via
    word: Text


class Obstacle(Enum):
    """Why a name cannot be changed."""

    GIVEN = auto()
    SCATTERED = auto()
    PREFIX_FROM_ARG = auto()
    SHARED_ARG = auto()
    ONBUILD = auto()
    UNVERIFIED = auto()
    STAGE_NAME = auto()
    SYNTAX_IMAGE = auto()
    FRONTEND = auto()
    IGNORED_ELSEWHERE = auto()


@dataclass(frozen=True, slots=True)
class ArgSite:
    """The default of an ARG: its first byte, the byte after its last, and the ARG's name."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Move:
    """How one name is moved, or why it cannot be.

    Attributes:
        edit: The change; None if there is an obstacle.
        site: The ARG default that is changed; None if the word itself is.
        obstacle: What is in the way, or None.
        args: The ARGs that are in the way.
        context: The name of the build context that moves it; None if a change does.
    """

    edit: Edit | None = None
    site: ArgSite | None = None
    obstacle: Obstacle | None = None
    args: tuple[str, ...] = ()
    context: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class Decision:
    """What is done about a pull.

    Attributes:
        place: The place that makes the build pull the image.
        image: The image.
        resolution: Where its copy is.
        move: How the pull is moved there; None if it stays as it is.
    """

    place: Place
    image: ImageReference
    resolution: Resolution
    move: Move | None = None

    @property
    def is_mended(self) -> bool:
        """Whether a change, or a build context, moves the pull."""
        move = self.move
        return move is not None and (move.edit is not None or move.context is not None)


def context_name(image: ImageReference) -> str:
    """The name of the build context that takes the place of an image: ``node:21``."""
    return image.familiar.removesuffix(":latest")


@lru_cache(maxsize=4096)
def replaced_prefix(reference: str, new_name: str) -> tuple[int, str]:
    """How much of a reference's beginning must become what, trailing components kept."""
    old_parts = _name_of(reference).split("/")
    new_parts = new_name.split("/")
    kept = 0
    while (
        kept < min(len(old_parts), len(new_parts)) and old_parts[-1 - kept] == new_parts[-1 - kept]
    ):
        kept += 1
    old_prefix = "/".join(old_parts[: len(old_parts) - kept])
    new_prefix = "/".join(new_parts[: len(new_parts) - kept])
    if kept and not old_prefix:
        new_prefix += "/"
    if kept and not new_prefix:
        # The copy's name is the end of the old one: the slash between goes too.
        return len(old_prefix) + 1, ""
    return len(old_prefix), new_prefix


def _name_of(reference: str) -> str:
    name = reference.partition("@")[0]
    path, slash, last = name.rpartition("/")
    return path + slash + last.partition(":")[0]
