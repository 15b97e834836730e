"""A Dockerfile as a list of what its instructions mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Arg, Definition, From, Node
from cdk_ecr_public_pull.dockerfile.instructions.parse import parse_instruction
from cdk_ecr_public_pull.dockerfile.parser.directives import find_escape
from cdk_ecr_public_pull.dockerfile.parser.reader import (
    Heredoc,
    Instruction,
    read_instruction,
    read_instructions,
    refuse_long_lines,
)
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError, Text

if TYPE_CHECKING:
    from cdk_ecr_public_pull.report.edit import Edit


class ParsedDockerfile:
    """A Dockerfile, whose instructions are read when they are first asked for.

    Attributes:
        content: The file.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._escape: str | None = None
        self._nodes: list[tuple[Node, Instruction]] | None = None

    @property
    def escape(self) -> str:
        """Its escape character.

        Raises:
            BuildError: A directive is wrong.
        """
        if self._escape is None:
            self._escape = find_escape(self.content)
        return self._escape

    @property
    def nodes(self) -> list[tuple[Node, Instruction]]:
        """Its instructions, but for those that surely name no image and surely build.

        Raises:
            BuildError: BuildKit refuses one.
        """
        if self._nodes is None:
            self._nodes = list(self._parsed())
        return self._nodes

    def _parsed(self) -> Iterator[tuple[Node, Instruction]]:
        has_stage = False
        for instruction in read_instructions(self.content, self.escape, _find_heredocs):
            node = parse_instruction(instruction, self.escape)
            has_stage = has_stage or isinstance(node, From)
            if not has_stage and not isinstance(node, Arg):
                raise BuildError("no build stage in current context", start=instruction.start)
            yield node, instruction

    def stage_args(self) -> Iterator[Definition]:
        """The ARGs of its stages, which are skipped for the most part."""
        read = read_instructions(self.content, self.escape, _find_heredocs, skip=False)
        is_in_stage = False
        for instruction in read:
            is_in_stage = is_in_stage or instruction.command.name == "FROM"
            if is_in_stage and instruction.command.name == "ARG":
                node = parse_instruction(instruction, self.escape)
                yield from node.definitions if isinstance(node, Arg) else ()

    def edited(self, content: bytes, edits: Sequence[Edit]) -> ParsedDockerfile:
        """The file after changes, of which only the changed instructions are read again.

        What stands between them is the same, and so reads the same.

        Args:
            content: The file as it is then.
            edits: The changes, in the order of the file.
        """
        edited = ParsedDockerfile(content)
        starts = (it.start for node, it in self._nodes or () if isinstance(node, From))
        # A directive changes how all is read, and an ARG where names come from.
        if edits[0].start >= next(starts, len(content)):
            edited._nodes = self._nodes_after(content, edits)
        return edited

    def _nodes_after(
        self, content: bytes, edits: Sequence[Edit]
    ) -> list[tuple[Node, Instruction]] | None:
        """The instructions after changes; None if all of the file must be read to tell."""
        waiting = [*reversed(edits)]
        shift = 0
        nodes: list[tuple[Node, Instruction]] = []
        try:
            refuse_long_lines(content)
            for node, instruction in self.nodes:
                if not waiting or instruction.end <= waiting[-1].start:
                    nodes.append((node, instruction))
                    continue
                start, end = instruction.start + shift, instruction.end + shift
                while waiting and waiting[-1].start < instruction.end:
                    shift += _growth(waiting[-1])
                    end += _growth(waiting.pop())
                again, following = read_instruction(content, start, self.escape, _find_heredocs)
                if again is None or following != end:
                    return None
                nodes.append((parse_instruction(again, self.escape), again))
        except BuildError:
            # Who reads all of the file hears of it.
            return None
        return nodes


def _growth(edit: Edit) -> int:
    return len(edit.replacement) - (edit.end - edit.start)


def _find_heredocs(instruction: Text, start: int) -> Sequence[Heredoc]:
    from cdk_ecr_public_pull.dockerfile.expansion.heredocs import find_heredocs  # noqa: PLC0415  (few files have one)

    return find_heredocs(instruction, start)
