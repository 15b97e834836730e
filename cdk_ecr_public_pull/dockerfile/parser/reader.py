"""The one loop that reads a Dockerfile.

It skips what surely names no image and surely builds, reads the next instruction exactly, and
goes on skipping. The rules are those of ``frontend/dockerfile/parser/parser.go`` in
https://github.com/moby/buildkit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from cdk_ecr_public_pull.dockerfile.parser.arguments import Command, split_command
from cdk_ecr_public_pull.dockerfile.parser.skippable import blanks, skippable
from cdk_ecr_public_pull.dockerfile.parser.source_text import LONGEST_LINE, SPACES, BuildError, Text
from cdk_ecr_public_pull.report.locations import BOM


class Heredoc:
    """A heredoc.

    Attributes:
        name: The line that ends it.
        strips_tabs: Whether tabs before that line are passed over (``<<-``).
        expands: Whether COPY and ADD expand variables in its body: not if the name is
            quoted.
    """

    __slots__ = ("expands", "name", "strips_tabs")

    def __init__(self, name: str, *, strips_tabs: bool, expands: bool) -> None:
        self.name = name
        self.strips_tabs = strips_tabs
        self.expands = expands


class Instruction:
    """An instruction.

    Attributes:
        start: The byte at which its name starts, or its first line if that has a mark.
        end: The byte behind its last line, which a heredoc may end.
        command: The instruction as BuildKit reads it: on one line, without comments and
            continuations, and taken apart.
        bodies: The bodies of its heredocs by their names, as far as there may be a
            variable in them; those of RUN are its shell's.
    """

    __slots__ = ("bodies", "command", "end", "start")

    def __init__(self, start: int, end: int, command: Command, bodies: Mapping[str, Text]) -> None:
        self.start = start
        self.end = end
        self.command = command
        self.bodies = bodies


FindHeredocs = Callable[[Text, int], Sequence[Heredoc]]
_NO_BODIES: Mapping[str, Text] = {}


def read_instructions(
    content: bytes, escape: str, find_heredocs: FindHeredocs, *, skip: bool = True
) -> list[Instruction]:
    """Read the instructions of a Dockerfile that may name an image or be refused.

    Args:
        content: The file.
        escape: Its escape character.
        find_heredocs: Finds the heredocs that an instruction opens: their markers are words
            of a shell. Its second argument is the byte at which the instruction starts.
        skip: Whether to leave out what surely names no image and surely builds.

    Returns:
        The instructions, in order.

    Raises:
        BuildError: BuildKit cannot cut the file: no instruction in it, a heredoc without
            an end, or a line too long.
    """
    if not content:
        raise BuildError("the Dockerfile cannot be empty", start=0)
    refuse_long_lines(content)
    found: list[Instruction] = []
    pattern, skips = blanks(), skip
    ended = content if content.endswith(b"\n") else content + b"\n"
    position, size = 0, len(content)
    while True:
        match = pattern.match(ended, position)
        position = match.end() if match else position
        if position >= size:
            break
        instruction, position = read_instruction(content, position, escape, find_heredocs)
        if instruction is None:
            continue
        found.append(instruction)
        # Before the first FROM nothing may stand but ARG.
        if skips and instruction.command.name == "FROM":
            pattern, skips = skippable(content, escape), False
    if not found:
        raise BuildError("file with no instructions", start=content.rfind(b"\n", 0, -1) + 1)
    return found


def refuse_long_lines(content: bytes) -> None:
    """Refuse a file with a line that is too long.

    Args:
        content: The file.

    Raises:
        BuildError: It has one.
    """
    start = 0
    while start + LONGEST_LINE < len(content):
        end = content.rfind(b"\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            message = f"dockerfile line greater than maximum allowed size of {LONGEST_LINE}"
            raise BuildError(message, start=start)
        start = end + 1


# One line of ASCII that opens no heredoc: what it says is what is written.
_PLAIN_LINE = re.compile(
    rb"[ \t]*+([!\"$-;=-~][!-;=-~]*+)(?![^ \t\r\n])[ \t]*+((?:[\t -;=-~]|<(?!<))*+)\r*+(?:\n|\Z)"
)


def read_instruction(
    content: bytes, start: int, escape: str, find_heredocs: FindHeredocs
) -> tuple[Instruction | None, int]:
    """Read the instruction that begins on a line.

    Args:
        content: The file.
        start: The byte at which the line starts.
        escape: The file's escape character.
        find_heredocs: As ``read_instructions`` has it.

    Returns:
        The instruction, None for a blank line or a comment; and where the next line starts.
    """
    if plain := _PLAIN_LINE.match(content, start):
        name, arguments = plain[1].decode("ascii"), plain[2].decode("ascii").rstrip(" \t")
        if not (arguments or name).endswith(escape):
            place, following = plain.start(1), plain.end()
            offsets = range(plain.start(2), plain.start(2) + len(arguments))
            command = Command(name, Text(arguments, offsets), place)
            return Instruction(place, following, command, _NO_BODIES), following
    joined, place, following = _joined(content, start, escape)
    if joined is None:
        return None, following
    text = joined
    command = split_command(text)
    if "<<" not in text.chars:
        return Instruction(place, following, command, _NO_BODIES), following
    first = content.rfind(b"\n", 0, place) + 1
    bodies: dict[str, Text] = {}
    for heredoc in find_heredocs(text, first):
        body, body_start, following = _heredoc(content, following, heredoc, first)
        # Of those of a name, the last one counts.
        bodies.pop(heredoc.name, None)
        if b"$" in body and command.name != "RUN":
            bodies[heredoc.name] = Text.of_bytes(body, body_start)
    return Instruction(place, following, command, bodies), following


def _joined(content: bytes, start: int, escape: str) -> tuple[Text | None, int, int]:
    """Make one line of those of an instruction.

    Returns:
        The line, None if there is no instruction; the byte at which its name, or a mark
        before that, starts; and where the line behind it starts.
    """
    continued = _continuation(escape)
    parts: list[Text] = []
    place = following = start
    for line_start, raw in _lines(content, start):
        following = line_start + len(raw) + 1
        text = Text.of_bytes(raw.rstrip(b"\r"), line_start)
        if line_start == 0 and raw.startswith(BOM):
            text = text[1:]
        stripped = text.chars.lstrip(SPACES)
        if not stripped or stripped[0] == "#":
            if parts:
                continue
            return None, start, following
        if not parts:
            text = text[len(text) - len(stripped) :]
            place = line_start + len(raw) - len(raw.lstrip(b" \t\r\f\v"))
        end = continued.search(text.chars)
        parts.append(text[: end.start()] if end else text)
        if end is None:
            break
    return Text.join(parts), place, following


def _heredoc(
    content: bytes, start: int, heredoc: Heredoc, instruction: int
) -> tuple[bytes, int, int]:
    """The body of a heredoc, where it starts, and where the line behind its end starts."""
    name = heredoc.name.encode("utf-8", "surrogateescape")
    for line_start, raw in _lines(content, start):
        line = raw.rstrip(b"\r")
        if name == (line.lstrip(b"\t") if heredoc.strips_tabs else line):
            return content[start : max(start, line_start - 1)], start, line_start + len(raw) + 1
    message = f'unterminated heredoc: no line "{heredoc.name}" ends it'
    raise BuildError(message, start=instruction)


def _lines(content: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        yield start, content[start:end]
        start = end + 1


@cache
def _continuation(escape: str) -> re.Pattern[str]:
    """What at the end of a line makes the next one continue it."""
    # Not after another escape; BuildKit does not count whether that one is escaped itself.
    quoted = re.escape(escape)
    return re.compile(rf"(?<!{quoted}){quoted}[ \t]*\Z")
