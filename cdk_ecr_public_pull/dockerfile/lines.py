"""The lines of a Dockerfile, and how those of one instruction become one.

The rules are those of ``frontend/dockerfile/parser/parser.go`` in
https://github.com/moby/buildkit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from cdk_ecr_public_pull.dockerfile.text import SPACES, Text
from cdk_ecr_public_pull.report.locations import BOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a file.

    Attributes:
        escape: The file's escape character.
        raw: The lines, without their line feeds.
        starts: The byte at which each of them starts.
    """

    escape: str
    raw: Sequence[bytes]
    starts: Sequence[int]

    @classmethod
    def of(cls, content: bytes, escape: str, *, start: int = 0) -> Lines:
        """Split a file, or a part of one.

        Args:
            content: The file, or the part.
            escape: The file's escape character.
            start: The byte at which the part starts in the file.
        """
        raw = content.split(b"\n")
        if not raw[-1]:
            del raw[-1]
        starts = accumulate((len(line) + 1 for line in raw[:-1]), initial=start)
        return cls(escape=escape, raw=raw, starts=list(starts))

    def join(self, first: int, last: int) -> Text:
        """Make one line of those of an instruction, as BuildKit reads them.

        Args:
            first: The index of the instruction's first line.
            last: The index of its last line.
        """
        continued = continuation(self.escape)
        parts: list[Text] = []
        for index in range(first, last + 1):
            start = self.starts[index]
            text = Text.of_bytes(self.raw[index].rstrip(b"\r"), start)
            if start == 0 and self.raw[index].startswith(BOM):
                text = text[1:]
            stripped = text.chars.lstrip(SPACES)
            if index == first:
                text = text[len(text) - len(stripped) :]
            elif not stripped or stripped[0] == "#":
                continue
            end = continued.search(text.chars)
            parts.append(text[: end.start()] if end else text)
        return Text.join(parts)


@cache
def continuation(escape: str) -> re.Pattern[str]:
    """What at the end of a line makes the next one continue it.

    Args:
        escape: The file's escape character.
    """
    # Not after another escape; BuildKit does not count whether that one is escaped itself.
    quoted = re.escape(escape)
    return re.compile(rf"(?<!{quoted}){quoted}[ \t]*\Z")
