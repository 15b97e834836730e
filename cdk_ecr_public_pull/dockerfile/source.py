"""A Dockerfile's instructions: which lines each one takes, and its text with origins.

The lines are BuildKit's (``frontend/dockerfile/parser/parser.go``). The segmenting
itself is dockerfile-parse's, which alone would err on heredocs, on blank lines and
comments in a continuation, on escaped escapes, on a byte order mark and on unusual
white space. So it gets a masked copy, in which every line keeps its place and those
are gone, and gives back names and lines; words are read from the original bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from dockerfile_parse import DockerfileParser

from cdk_ecr_public_pull.dockerfile.directives import find_escape
from cdk_ecr_public_pull.dockerfile.heredocs import find_heredocs
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.text import BOM, SPACES, Text

# BuildKit's scanner: bufio.MaxScanTokenSize - 1.
MAX_LINE = 65_535
_SENTINEL = b"x\n"
_COMMENT = b"#"
_BLANK_OR_COMMENT = re.compile(rb"(?m)^[ \t\r\f\v]*(?:#[^\n]*)?$")
# A letter for what is not ASCII, and for what Python's \s matches and BuildKit does not.
_TO_LETTER = bytes(
    ord("x") if code >= 0x80 or 0x1C <= code <= 0x1F or code == 0 else code for code in range(256)
)
_LEADING_SPACES = re.compile(
    rb"(?m)^(?:[ \t\r\f\v]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]"
    rb"|\xe2\x81\x9f|\xe3\x80\x80)+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction.

    Attributes:
        name: Its name, in upper case.
        start_line: Its first line, from 1.
        end_line: Its last line, which is the last heredoc's terminator if it has any.
        command_end_line: The last line of the instruction itself, without heredocs.
    """

    name: str
    start_line: int
    end_line: int
    command_end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A Dockerfile, cut into instructions.

    Attributes:
        content: The file.
        escape: Its escape character.
        lines: Its lines, without their line feeds.
        starts: The byte at which each line starts.
        instructions: Its instructions, in order.
    """

    content: bytes
    escape: str
    lines: Sequence[bytes]
    starts: Sequence[int]
    instructions: Sequence[Instruction]

    def raw(self, instruction: Instruction) -> bytes:
        """The bytes of an instruction's lines, without its heredocs."""
        last = instruction.command_end_line - 1
        end = self.starts[last] + len(self.lines[last])
        return self.content[self.starts[instruction.start_line - 1] : end]

    def text(self, instruction: Instruction) -> Text:
        """An instruction as BuildKit reads it: one line, without comments and continuations."""
        first, last = instruction.start_line - 1, instruction.command_end_line - 1
        return logical_line(self.lines, self.starts, first, last, self.escape)


def parse_source(content: bytes) -> Source:
    """Cut a Dockerfile into its instructions.

    Args:
        content: The file.

    Returns:
        The source.

    Raises:
        Refusal: BuildKit cannot cut it: no instruction in it, a heredoc without an
            end, a line too long, or a bad directive.
    """
    if not content:
        message = "the Dockerfile cannot be empty"
        raise Refusal(message, line=1)
    escape = find_escape(content)
    lines = content.split(b"\n")
    if not lines[-1]:
        del lines[-1]
    starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]
    _check_line_lengths(lines)
    masked = _mask(content, escape)
    heredoc_ends: dict[int, int] = {}
    if b"<<" in masked:
        masked, heredoc_ends = _mask_heredocs(masked, lines, starts, escape)
    instructions = tuple(_segment(masked, lines, escape, heredoc_ends))
    if not instructions:
        message = "file with no instructions"
        raise Refusal(message, line=len(lines))
    return Source(
        content=content, escape=escape, lines=lines, starts=starts, instructions=instructions
    )


def logical_line(
    lines: Sequence[bytes], starts: Sequence[int], first: int, last: int, escape: str
) -> Text:
    """Join the lines of one instruction.

    Args:
        lines: The file's lines.
        starts: The byte at which each line starts.
        first: The index of the instruction's first line.
        last: The index of its last line.
        escape: The file's escape character.
    """
    continued = _continuation(escape)
    parts: list[Text] = []
    for index in range(first, last + 1):
        start, raw = starts[index], lines[index].rstrip(b"\r")
        if index == 0 and raw.startswith(BOM):
            start, raw = start + len(BOM), raw[len(BOM) :]
        text = Text.of_bytes(raw, start)
        stripped = text.chars.lstrip(SPACES)
        if index == first:
            text = text[len(text) - len(stripped) :]
        elif not stripped or stripped[0] == "#":
            continue
        end = continued.search(text.chars)
        parts.append(text[: end.start()] if end else text)
    return Text.join(parts)


@cache
def _continuation(escape: str) -> re.Pattern[str]:
    # Not after another escape; BuildKit does not count whether that one is escaped itself.
    quoted = re.escape(escape)
    return re.compile(rf"(?<!{quoted}){quoted}[ \t]*\Z")


@cache
def _not_a_continuation(escape: str) -> re.Pattern[bytes]:
    """What dockerfile-parse would take for a continuation, and BuildKit does not."""
    quoted = re.escape(escape).encode()
    return re.compile(
        rb"(?m)(?<=%(e)b)%(e)b[ \t\r\f\v]*$|%(e)b[ \t\r]*[\f\v][ \t\r\f\v]*$"
        rb"|%(e)b[ \t]*\r+[ \t][ \t\r\f\v]*$" % {b"e": quoted}
    )


def _mask(content: bytes, escape: str) -> bytes:
    if content.startswith(BOM):
        content = content[len(BOM) :]
    if not content.isascii():
        content = _LEADING_SPACES.sub(b" ", content)
    content = _BLANK_OR_COMMENT.sub(_COMMENT, content.translate(_TO_LETTER))
    return _not_a_continuation(escape).sub(b"x", content)


def _mask_heredocs(
    masked: bytes, lines: Sequence[bytes], starts: Sequence[int], escape: str
) -> tuple[bytes, dict[int, int]]:
    """Turn the bodies of heredocs into comments.

    Returns:
        The masked copy, and the last line of each instruction that has heredocs, by
        its first line (both from 1).
    """
    masked_lines = masked.split(b"\n")[: len(lines)]
    ends: dict[int, int] = {}
    index = 0
    while index < len(lines):
        first = last = index
        index += 1
        if masked_lines[first].startswith(_COMMENT):
            continue
        has_marker = b"<<" in masked_lines[first]
        while index < len(lines) and _continues(masked_lines[last], escape):
            if not masked_lines[index].startswith(_COMMENT):
                last = index
                has_marker = has_marker or b"<<" in masked_lines[last]
            index += 1
        if not has_marker:
            continue
        end = _heredoc_end(lines, starts, first, index - 1, escape)
        if end >= index:
            masked_lines[index : end + 1] = [_COMMENT] * (end + 1 - index)
            ends[first + 1] = end + 1
            index = end + 1
    return b"\n".join(masked_lines), ends


def _continues(masked_line: bytes, escape: str) -> bool:
    return masked_line.rstrip(b" \t\r").endswith(escape.encode())


def _heredoc_end(
    lines: Sequence[bytes], starts: Sequence[int], first: int, last: int, escape: str
) -> int:
    """The index of the line that ends the heredocs of an instruction; ``last`` if it has none."""
    end = last
    text = logical_line(lines, starts, first, last, escape)
    for heredoc in find_heredocs(text, line=first + 1):
        while True:
            end += 1
            if end >= len(lines):
                message = f'unterminated heredoc: no line "{heredoc.name}" ends it'
                raise Refusal(message, line=first + 1, offset=text.offsets[0])
            body = lines[end].rstrip(b"\r")
            body = body.lstrip(b"\t") if heredoc.strips_tabs else body
            if body == heredoc.name.encode("utf-8", "surrogateescape"):
                break
    return end


def _segment(
    masked: bytes, lines: Sequence[bytes], escape: str, heredoc_ends: dict[int, int]
) -> list[Instruction]:
    # A directive of its own tells dockerfile-parse the escape character; a last line that
    # continues nothing makes it report an instruction that the end of the file cuts off.
    copy = b"# escape=%b\n%b\n%b" % (escape.encode(), masked.removesuffix(b"\n"), _SENTINEL)
    instructions: list[Instruction] = []
    for found in DockerfileParser(fileobj=io.BytesIO(copy)).structure:
        start = found["startline"]
        if found["content"].startswith("#") or start > len(lines):
            continue
        command_end = min(found["endline"], len(lines))
        instructions.append(
            Instruction(
                name=found["instruction"],
                start_line=start,
                end_line=heredoc_ends.get(start, command_end),
                command_end_line=command_end,
            )
        )
    return instructions


def _check_line_lengths(lines: Sequence[bytes]) -> None:
    if max(map(len, lines)) <= MAX_LINE:
        return
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            message = f"dockerfile line greater than maximum allowed size of {MAX_LINE}"
            raise Refusal(message, line=number)
