"""Which lines each instruction of a Dockerfile takes.

The lines are BuildKit's (``frontend/dockerfile/parser/parser.go``). The segmenting
itself is dockerfile-parse's, which alone would err on heredocs, on blank lines and
comments in a continuation, on escaped escapes, on a byte order mark and on unusual
white space. So it gets a masked copy, in which every line keeps its place and those
are gone, and gives back first and last lines; words are read from the original bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache

from dockerfile_parse import DockerfileParser

from cdk_ecr_public_pull.dockerfile.heredocs import Heredoc, find_heredocs
from cdk_ecr_public_pull.dockerfile.lines import Lines
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.report.locations import BOM

_SENTINEL = b"x\n"
_COMMENT = b"#"
_BLANK_OR_COMMENT = re.compile(rb"(?m)^[ \t\r\f\v]*(?:#[^\n]*)?$")
# A letter for what is not ASCII, and for what Python's \\s matches and BuildKit does not.
_TO_LETTER = bytes.maketrans(
    bytes([0, *range(0x1C, 0x20), *range(0x80, 0x100)]), b"x" * (1 + 4 + 0x80)
)
_LEADING_SPACES = re.compile(
    rb"(?m)^(?:[ \t\r\f\v]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]"
    rb"|\xe2\x81\x9f|\xe3\x80\x80)+"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """The lines of one instruction.

    Attributes:
        start_line: Its first line, from 1.
        command_end_line: Its last line, heredocs left out.
        end_line: Its last line, which is the last heredoc's terminator if it has any.
    """

    start_line: int
    command_end_line: int
    end_line: int


def segment(content: bytes, lines: Lines) -> list[Segment]:
    """Cut a Dockerfile into its instructions.

    Args:
        content: The file.
        lines: Its lines.

    Returns:
        The instructions' lines, in order.

    Raises:
        Refusal: A heredoc has no end.
    """
    masked, heredoc_ends = _mask_bodies(_mask(content, lines.escape), lines)
    # A directive of its own tells dockerfile-parse the escape character; a last line that
    # continues nothing makes it report an instruction that the end of the file cuts off.
    copy = b"# escape=%b\n%b\n%b" % (lines.escape.encode(), masked, _SENTINEL)
    segments: list[Segment] = []
    last_line = len(lines.raw)
    for found in DockerfileParser(fileobj=io.BytesIO(copy)).structure:
        start = found["startline"]
        if found["content"].startswith("#") or start > last_line:
            continue
        end = min(found["endline"], last_line)
        segments.append(Segment(start, end, heredoc_ends.get(start, end)))
    return segments


@cache
def _not_a_continuation(escape: str) -> re.Pattern[bytes]:
    """What dockerfile-parse would take for a continuation, and BuildKit does not."""
    quoted = re.escape(escape).encode()
    return re.compile(
        rb"(?m)(?<=%(e)b)%(e)b[ \t\r\f\v]*$|%(e)b[ \t\r]*[\f\v][ \t\r\f\v]*$"
        rb"|%(e)b[ \t]*\r+[ \t][ \t\r\f\v]*$" % {b"e": quoted}
    )


def _mask(content: bytes, escape: str) -> bytes:
    content = content.removeprefix(BOM)
    if not content.isascii():
        content = _LEADING_SPACES.sub(b" ", content)
    content = _BLANK_OR_COMMENT.sub(_COMMENT, content.translate(_TO_LETTER))
    return _not_a_continuation(escape).sub(b"x", content)


def _mask_bodies(masked: bytes, lines: Lines) -> tuple[bytes, dict[int, int]]:
    """Turn the bodies of heredocs, and the middles of continuations, into comments.

    A heredoc's body is no instruction. The middle of a continuation is part of one, but
    dockerfile-parse gathers its text line by line, in quadratic time.

    Returns:
        The masked copy, and the last line of each instruction that has heredocs, by
        its first line (both from 1).
    """
    copy = masked.split(b"\n")[: len(lines.raw)]
    ends: dict[int, int] = {}
    index = 0
    while index < len(copy):
        first = last = index
        index += 1
        if copy[first].startswith(_COMMENT):
            continue
        # The two characters of a marker may stand on two lines.
        has_marker = b"<" in copy[first]
        while index < len(copy) and _continues(copy[last], lines.escape):
            if not copy[index].startswith(_COMMENT):
                if last != first:
                    copy[last] = _COMMENT
                last = index
                has_marker = has_marker or b"<" in copy[last]
            index += 1
        if has_marker and (end := _heredoc_end(lines, first, index - 1)) >= index:
            copy[index : end + 1] = [_COMMENT] * (end + 1 - index)
            ends[first + 1] = end + 1
            index = end + 1
    return b"\n".join(copy), ends


def _continues(masked_line: bytes, escape: str) -> bool:
    return masked_line.rstrip(b" \t\r").endswith(escape.encode())


def _heredoc_end(lines: Lines, first: int, last: int) -> int:
    """The index of the line that ends the heredocs of an instruction; ``last`` if it has none."""
    end, start = last, lines.starts[first]
    for heredoc in find_heredocs(lines.join(first, last), start=start):
        end = find_end(lines, heredoc, end + 1)
        if end == len(lines.raw):
            message = f'unterminated heredoc: no line "{heredoc.name}" ends it'
            raise Refusal(message, start=start)
    return end


def find_end(lines: Lines, heredoc: Heredoc, first: int) -> int:
    """Find the line that ends a heredoc.

    Args:
        lines: The file's lines.
        heredoc: The heredoc.
        first: The index of its body's first line.

    Returns:
        The index of the line; how many there are if none ends it.
    """
    name = heredoc.name.encode("utf-8", "surrogateescape")
    for index in range(first, len(lines.raw)):
        line = lines.raw[index].rstrip(b"\r")
        if name == (line.lstrip(b"\t") if heredoc.strips_tabs else line):
            return index
    return len(lines.raw)
