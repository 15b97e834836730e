"""Byte offsets as lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Span:
    """A range of bytes.

    Attributes:
        start: The first byte.
        end: The byte after the last.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Location:
    """A place as an editor shows it.

    Attributes:
        line: From 1.
        column: In characters, from 1; a byte order mark is not counted.
    """

    line: int
    column: int


class Locations:
    """The lines of a file, to find places in."""

    def __init__(self, content: bytes) -> None:
        """Keep the file; its lines are counted when they are first asked for."""
        self._content = content

    @cached_property
    def has_ignores(self) -> bool:
        """Whether the file has a comment that may make a finding be ignored."""
        return b"ecr-public-pull:" in self._content

    def at(self, offset: int) -> Location:
        """The place of a byte.

        Args:
            offset: From 0 to the length of the file.
        """
        line = bisect_right(self._starts, offset)
        before = self._content[self._starts[line - 1] : offset]
        if line == 1:
            before = before.removeprefix(BOM)
        return Location(line, len(before.decode("utf-8", "replace")) + 1)

    def line(self, number: int) -> str:
        """A line's text, without its end.

        Args:
            number: The line, from 1.
        """
        start = self._starts[number - 1]
        end = self._content.find(b"\n", start)
        raw = self._content[start : len(self._content) if end < 0 else end]
        if number == 1:
            raw = raw.removeprefix(BOM)
        return raw.rstrip(b"\r").decode("utf-8", "replace")

    @cached_property
    def _starts(self) -> list[int]:
        lines = self._content.split(b"\n")
        return [0, *accumulate(len(line) + 1 for line in lines[:-1])]
