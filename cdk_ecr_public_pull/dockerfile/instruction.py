"""One instruction of a Dockerfile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.text import Text


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction.

    Attributes:
        start: The byte at which its first line, or its name on that line, starts.
        text: The instruction as BuildKit reads it: on one line, without comments and
            continuations.
        bodies: The bodies of its heredocs by their names, as far as there may be a
            variable in them; None if there are none.
    """

    start: int
    text: Text
    bodies: Mapping[str, Text] | None = None
