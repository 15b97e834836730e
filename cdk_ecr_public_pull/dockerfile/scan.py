r"""The instructions of a plain Dockerfile, found in one pass.

Instructions that are surely fine and name no image are passed over. Whatever the
grammar of ``plain`` does not know makes ``scan_plain`` give up, and ``segments`` cuts
the file instead; a test holds that both find the same.
"""

from __future__ import annotations

import re

from cdk_ecr_public_pull.dockerfile.instruction import Instruction
from cdk_ecr_public_pull.dockerfile.lines import Lines
from cdk_ecr_public_pull.dockerfile.plain import BLANK, PLAIN, REST, may_be_plain
from cdk_ecr_public_pull.dockerfile.text import Text

_NOTABLE = rf"[ \t]*+(?:([A-Za-z]++(?:[ \t]{REST}|\r*+\n))|\Z)"
# Before the first FROM nothing may stand but ARG, so nothing is passed over.
_HEAD = re.compile(rf"(?:{BLANK})*+{_NOTABLE}".encode())
_BODY = re.compile(rf"(?:{BLANK}|[ \t]*+(?:{PLAIN}))*+{_NOTABLE}".encode())


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
    pattern, position = _HEAD, 0
    while True:
        match = pattern.match(ended, position)
        if match is None:
            return None
        position = match.end()
        start = match.start(1)
        if start < 0:
            return found or None
        raw = match[1]
        found.append(Instruction(start, _text(raw, start)))
        if pattern is _HEAD and raw[:4].upper() == b"FROM":
            pattern = _BODY


def _text(raw: bytes, start: int) -> Text:
    body = raw.rstrip(b"\r\n")
    if b"\n" in body:
        lines = Lines.of(body, "\\", start=start)
        return lines.join(0, len(lines.raw) - 1)
    return Text(body.decode("ascii"), range(start, start + len(body)))
