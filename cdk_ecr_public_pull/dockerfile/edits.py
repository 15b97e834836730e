"""Changes to bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A change to a file.

    Attributes:
        start: The first byte that is replaced.
        end: The byte after the last one; equal to ``start`` for an insertion.
        replacement: The text that is put there, which is ASCII.
    """

    start: int
    end: int
    replacement: str


def apply_edits(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Make changes that do not overlap, the last one first so that offsets stay right.

    Args:
        content: The file.
        edits: The changes, in any order.
    """
    for edit in sorted(edits, reverse=True):
        content = content[: edit.start] + edit.replacement.encode("ascii") + content[edit.end :]
    return content
