"""What the tests of the parser share: a file's instructions, with the lines that they take."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.expansion.heredocs import find_heredocs
from cdk_ecr_public_pull.dockerfile.parser.arguments import Flag, split_flags
from cdk_ecr_public_pull.dockerfile.parser.directives import find_escape
from cdk_ecr_public_pull.dockerfile.parser.reader import read_instructions
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An instruction of a file.

    Attributes:
        first: Its first line, from 1.
        last: Its last line, which a heredoc may end.
        word: Its name, as it is written.
        rest: What follows it, on one line.
        flags: Its flags.
    """

    first: int
    last: int
    word: str
    rest: str
    flags: tuple[Flag, ...]


def read_all(content: bytes, *, skip: bool = False) -> list[Read] | None:
    """Read a file.

    Args:
        content: The file.
        skip: Whether to leave out what surely names no image and surely builds.

    Returns:
        Its instructions, or None if it cannot be cut into any.
    """
    try:
        found = read_instructions(content, find_escape(content), find_heredocs, skip=skip)
    except BuildError:
        return None
    return [
        Read(
            first=content.count(b"\n", 0, one.start) + 1,
            last=content[: one.end].removesuffix(b"\n").count(b"\n") + 1,
            word=one.command.word,
            rest=one.command.arguments.chars,
            flags=tuple(split_flags(one.command.arguments)[0]),
        )
        for one in found
    ]
