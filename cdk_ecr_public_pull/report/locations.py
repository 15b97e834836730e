"""Byte offsets as lines and columns."""

from __future__ import annotations

from typing import NamedTuple

BOM = b"\xef\xbb\xbf"


class Span(NamedTuple):
    """A range of bytes.

    Attributes:
        start: The first byte.
        end: The byte after the last.
    """

    start: int
    end: int


class Location(NamedTuple):
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
        """Keep the file, and where it was last looked at: most questions go on from there."""
        self._content = content
        self._line = 1
        self._start = 0

    def at(self, offset: int) -> Location:
        """The place of a byte.

        Args:
            offset: From 0 to the length of the file.
        """
        content, known = self._content, self._start
        if offset >= known:
            self._line += content.count(b"\n", known, offset)
        else:
            self._line -= content.count(b"\n", offset, known)
        self._start = content.rfind(b"\n", 0, offset) + 1
        before = content[self._start : offset]
        if self._line == 1:
            before = before.removeprefix(BOM)
        return Location(self._line, len(before.decode("utf-8", "replace")) + 1)

    def line(self, number: int) -> str:
        """A line's text, without its end.

        Args:
            number: The line, from 1.
        """
        start = self._start_of(number)
        end = self._content.find(b"\n", start)
        raw = self._content[start : len(self._content) if end < 0 else end]
        if number == 1:
            raw = raw.removeprefix(BOM)
        return raw.rstrip(b"\r").decode("utf-8", "replace")

    def _start_of(self, number: int) -> int:
        while self._line < number:
            self._start = self._content.index(b"\n", self._start) + 1
            self._line += 1
        while self._line > number:
            self._start = self._content.rfind(b"\n", 0, self._start - 1) + 1
            self._line -= 1
        return self._start
