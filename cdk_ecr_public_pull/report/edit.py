"""Changes to bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """A change to a file.

    Attributes:
        start: The first byte that is replaced.
        end: The byte after the last one; equal to ``start`` for an insertion.
        replacement: The text that is put there, which is ASCII.
    """

    start: int
    end: int
    replacement: str


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Sort changes as they stand in the file."""
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


def apply_edits(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Make changes that do not overlap.

    Args:
        content: The file.
        edits: The changes, in any order, with offsets into the file as it is.
    """
    parts: list[bytes] = []
    kept = 0
    for edit in in_order(edits):
        parts += (content[kept : edit.start], edit.replacement.encode("ascii"))
        kept = edit.end
    return b"".join((*parts, content[kept:]))
