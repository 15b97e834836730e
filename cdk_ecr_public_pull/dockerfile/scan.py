r"""The instructions of a plain Dockerfile, found in one pass.

Instructions that are surely fine and name no image are passed over. Whatever the
grammar of ``plain`` does not know makes ``scan_plain`` give up, and ``segments`` cuts
the file instead; a test holds that both find the same.
"""

from __future__ import annotations

import re
from functools import cache

from cdk_ecr_public_pull.dockerfile.instruction import Instruction
from cdk_ecr_public_pull.dockerfile.lines import Lines
from cdk_ecr_public_pull.dockerfile.plain import BLANK, PLAIN, REST, may_be_plain
from cdk_ecr_public_pull.dockerfile.rarer import rarer
from cdk_ecr_public_pull.dockerfile.text import Text

# What is none of these ends the match where it stands.
_NOTABLE = rf"[ \t]*+(?:(?P<notable>[A-Za-z]++(?:[ \t]{REST}|\r*+\n))|(?P<end>\Z)|)"
# The pattern of the rarer forms need not be tried on these, or compiled for them.
_NEVER_PASSED_OVER = (b"FROM", b"ARG ", b"ARG\t", b"ONBU", b"COPY --from=")


def scan_plain(content: bytes) -> list[Instruction] | None:
    """Find the instructions of a plain Dockerfile that may name an image or be refused.

    Args:
        content: The file, whose escape character is a backslash.

    Returns:
        Those instructions, in order: every FROM, ARG and ONBUILD, and each other one
        that is not surely fine. None if the file is not plain.
    """
    if not may_be_plain(content):
        return None
    ended = content if content.endswith(b"\n") else content + b"\n"
    found: list[Instruction] = []
    pattern, position = _head(), 0
    while match := pattern.match(ended, position):
        raw = match["notable"]
        if match["end"] is not None:
            return found or None
        start = match.end() if raw is None else match.start("notable")
        if pattern is _body() and (end := _end_of_rarer(ended, start)):
            position = end
            continue
        if raw is None:
            return None
        position = match.end()
        found.append(Instruction(start, _text(raw, start)))
        if raw[:4].upper() == b"FROM":
            pattern = _body()
    return None


@cache
def _head() -> re.Pattern[bytes]:
    # Before the first FROM nothing may stand but ARG, so nothing is passed over.
    return re.compile(rf"(?:{BLANK})*+{_NOTABLE}".encode())


@cache
def _body() -> re.Pattern[bytes]:
    return re.compile(rf"(?:{BLANK}|[ \t]*+(?:{PLAIN}))*+{_NOTABLE}".encode())


def _end_of_rarer(content: bytes, start: int) -> int | None:
    """Where an instruction in a rarer form ends that can be passed over."""
    if content.startswith(_NEVER_PASSED_OVER, start):
        return None
    match = rarer().match(content, start)
    if match is None or match["source"] is not None or match["mounts"] is not None:
        return None
    return match.end()


def _text(raw: bytes, start: int) -> Text:
    body = raw.rstrip(b"\r\n")
    if b"\n" in body:
        lines = Lines.of(body, "\\", start=start)
        return lines.join(0, len(lines.raw) - 1)
    return Text.of_bytes(body, start)
