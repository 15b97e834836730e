"""One instruction of a Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.text import Text


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction.

    Attributes:
        start: The byte at which its first line, or its name on that line, starts.
        text: The instruction as BuildKit reads it: on one line, without comments and
            continuations.
    """

    start: int
    text: Text
