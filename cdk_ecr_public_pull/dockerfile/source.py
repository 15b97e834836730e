"""A Dockerfile's instructions, in the way that is quickest for it."""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.directives import find_escape
from cdk_ecr_public_pull.dockerfile.heredocs import find_heredocs
from cdk_ecr_public_pull.dockerfile.instruction import Instruction
from cdk_ecr_public_pull.dockerfile.lines import Lines
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.scan import scan_plain
from cdk_ecr_public_pull.dockerfile.segments import Segment, find_end, segment
from cdk_ecr_public_pull.dockerfile.text import MAX_LINE, Text


def find_instructions(content: bytes) -> tuple[str, list[Instruction]]:
    """Find the instructions of a Dockerfile that may name an image or be refused.

    Args:
        content: The file.

    Returns:
        The file's escape character, and the instructions in order; of a plain file,
        those that are surely fine and name no image are left out.

    Raises:
        Refusal: BuildKit cannot cut the file: no instruction in it, a heredoc without
            an end, a line too long, or a bad directive.
    """
    if not content:
        raise Refusal("the Dockerfile cannot be empty", start=0)
    escape = find_escape(content)
    if escape == "\\":
        plain = scan_plain(content)
        if plain is not None:
            return escape, plain
    return escape, cut_instructions(content, escape)


def cut_instructions(content: bytes, escape: str) -> list[Instruction]:
    """Cut a Dockerfile into all its instructions.

    Args:
        content: The file.
        escape: Its escape character.

    Raises:
        Refusal: As ``find_instructions`` says.
    """
    lines = Lines.of(content, escape)
    for index, line in enumerate(lines.raw):
        if len(line) > MAX_LINE:
            raise Refusal(
                f"dockerfile line greater than maximum allowed size of {MAX_LINE}",
                start=lines.starts[index],
            )
    segments = segment(content, lines)
    if not segments:
        raise Refusal("file with no instructions", start=lines.starts[-1])
    return [_instruction(lines, found) for found in segments]


def _instruction(lines: Lines, found: Segment) -> Instruction:
    first = found.start_line - 1
    raw = lines.raw[first]
    start = lines.starts[first] + len(raw) - len(raw.lstrip(b" \t\r\f\v"))
    text = lines.join(first, found.command_end_line - 1)
    if found.end_line == found.command_end_line or text.chars[:3].upper() == "RUN":
        return Instruction(start, text)
    return Instruction(start, text, _bodies(lines, found, text))


def _bodies(lines: Lines, found: Segment, text: Text) -> dict[str, Text]:
    """What COPY and ADD may expand; the heredocs of RUN are its shell's."""
    bodies: dict[str, Text] = {}
    first = found.command_end_line
    for heredoc in find_heredocs(text, start=lines.starts[found.start_line - 1]):
        end = find_end(lines, heredoc, first)
        body = b"\n".join(lines.raw[first:end])
        # Of those of a name, the last one counts.
        bodies.pop(heredoc.name, None)
        if b"$" in body:
            bodies[heredoc.name] = Text.of_bytes(body, lines.starts[first])
        first = end + 1
    return bodies
