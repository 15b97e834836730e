"""What an instruction means for the images of a build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.text import Text

# Words, each with what says why BuildKit refuses its expansion (None if it does not).
Judged = tuple[tuple[Text, Callable[[str], str | None]], ...]


@dataclass(frozen=True, slots=True)
class From:
    """FROM: the base image or stage, the platform, and the new stage's name as it is written."""

    image: Text
    platform: Text | None
    alias: Text | None

    @property
    def stage_name(self) -> str | None:
        """The name that others find the stage by."""
        return None if self.alias is None else self.alias.chars.lower()


@dataclass(frozen=True, slots=True)
class Arg:
    """ARG: names and defaults; None for a name without one."""

    defaults: tuple[tuple[Text, Text | None], ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """COPY.

    Attributes:
        source: What ``--from`` names, or None.
        words: The words in which variables are expanded.
        judged: More such words, whose expansions must have a form.
        bodies: The heredocs in which variables are expanded.
    """

    source: Text | None
    words: tuple[Text, ...]
    judged: Judged = ()
    bodies: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """RUN: what the ``from`` of each ``--mount`` names.

    Attributes:
        sources: The names, in order; None for a mount that names nothing.
        late: Why BuildKit refuses a mount when it runs the instruction, or None.
        words: The words in which variables are expanded, as far as they may have some.
    """

    sources: tuple[Text | None, ...]
    late: Refusal | None
    words: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class OnBuild:
    """ONBUILD: the instruction that it keeps for builds on top.

    Attributes:
        trigger: The instruction.
        refusal: Why a build that fires it is refused, or None.
    """

    trigger: Parsed
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Other:
    """An instruction that names no image.

    Attributes:
        words: The words in which variables are expanded.
        judged: More such words, whose expansions must have a form.
        bodies: The heredocs in which variables are expanded.
    """

    words: tuple[Text, ...] = ()
    judged: Judged = ()
    bodies: tuple[Text, ...] = ()


Parsed = From | Arg | Copy | Run | OnBuild | Other
