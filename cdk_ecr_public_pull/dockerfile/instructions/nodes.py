"""What an instruction means for the images of a build.

The classes are plain ones: a file makes many of them, and every start would pay for dataclasses.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text

# The base that is no image.
SCRATCH = "scratch"


class Via(StrEnum):
    """What makes a build pull an image."""

    FROM = "from"
    COPY = "copy"
    MOUNT = "mount"
    SYNTAX = "syntax"
    ONBUILD = "onbuild"


class From:
    """FROM.

    Attributes:
        image: The base image or stage.
        platform: The value of ``--platform``; None if there is none, or an empty one.
        alias: The new stage's name as it is written, or None.
    """

    __slots__ = ("alias", "image", "platform")

    def __init__(self, image: Text, platform: Text | None, alias: Text | None) -> None:
        self.image = image
        self.platform = platform
        self.alias = alias

    @property
    def stage_name(self) -> str | None:
        """The name that others find the stage by."""
        return None if self.alias is None else self.alias.chars.lower()


class Definition:
    """A name of an ARG.

    Attributes:
        name: The name.
        default: Its default as it is written; None if it has none.
        place: The byte behind the name, or behind the ``=`` if there is one.
    """

    __slots__ = ("default", "name", "place")

    def __init__(self, name: Text, default: Text | None, place: int) -> None:
        self.name = name
        self.default = default
        self.place = place


class Arg:
    """ARG: its names, in order."""

    __slots__ = ("definitions",)

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self.definitions = definitions


class Other:
    """An instruction that names no image.

    Attributes:
        words: The words in which variables are expanded.
        bodies: The heredocs in which variables are expanded.
    """

    __slots__ = ("bodies", "words")

    def __init__(self, words: Sequence[Text] = (), bodies: Sequence[Text] = ()) -> None:
        self.words = words
        self.bodies = bodies


class Copy(Other):
    """COPY; ``source`` is what its ``--from`` names, or None."""

    __slots__ = ("source",)

    def __init__(
        self, source: Text | None, words: Sequence[Text], bodies: Sequence[Text] = ()
    ) -> None:
        super().__init__(words, bodies)
        self.source = source


class Run(Other):
    """RUN.

    Attributes:
        sources: What the ``from`` of each ``--mount`` names, in order; None for one that names
            nothing.
        late: Why BuildKit refuses a mount when it runs the instruction, or None.
    """

    __slots__ = ("late", "sources")

    def __init__(
        self, sources: Sequence[Text | None], late: BuildError | None, words: Sequence[Text]
    ) -> None:
        super().__init__(words)
        self.sources = sources
        self.late = late


class OnBuild:
    """ONBUILD.

    Attributes:
        trigger: The instruction that it keeps for builds on top.
        error: Why a build that fires it is refused, or None.
    """

    __slots__ = ("error", "trigger")

    def __init__(self, trigger: Node, error: BuildError | None) -> None:
        self.trigger = trigger
        self.error = error


Node = From | Arg | Other | OnBuild
