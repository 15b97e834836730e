"""The usual forms of FROM, ARG and COPY, read in one step.

They give the same as ``instructions`` does the long way; a test holds that. Quotes and
escapes, where they could change what a word is, are not among them.
"""

from __future__ import annotations

import re

from cdk_ecr_public_pull.dockerfile.parsed import Arg, Copy, From, Parsed
from cdk_ecr_public_pull.dockerfile.text import Text

_GAP = r"[ \t]+"
_END = r"[ \t]*"
_BARE = r"[^\s\"'\\]+"
_VARIABLE = r"\$[A-Za-z_][A-Za-z0-9_]*|\$\{[A-Za-z_][A-Za-z0-9_]*\}"
# With a colon it may be an address, which COPY does not take.
_PATH = rf"(?![-\[])(?:[^\s\"'\\$<:]|{_VARIABLE})+"
_FROM = re.compile(
    rf"FROM{_GAP}(?:--platform=({_BARE}){_GAP})?((?!--)\S+)"
    rf"(?:{_GAP}(?:AS|as){_GAP}([A-Za-z][A-Za-z0-9\-_.]*))?{_END}",
    re.ASCII,
)
_ARG = re.compile(rf"ARG{_GAP}([A-Za-z_][A-Za-z0-9_]*)(?:=(\"[^\"\\]*\"|[^\s\"'\\]*))?{_END}")
_COPY = re.compile(
    rf"COPY{_GAP}--from=({_BARE})(?:{_GAP}--chown=[^\s\"'\\$]+)?(?:{_GAP}{_PATH}){{2,}}{_END}"
)
_FORMS = {"FRO": _FROM, "ARG": _ARG, "COP": _COPY}


def parse_simple(instruction: Text) -> Parsed | None:
    """Read an instruction that is written in a usual form.

    Args:
        instruction: The instruction, on one line.

    Returns:
        What it means for images; None if it has to be read the long way.
    """
    chars = instruction.chars
    form = _FORMS.get(chars[:3])
    match = form.fullmatch(chars) if form and chars.isascii() else None
    if match is None:
        return None
    if form is _FROM:
        return From(
            instruction[match.start(2) : match.end(2)],
            instruction[match.start(1) : match.end(1)] if match[1] else None,
            instruction[match.start(3) : match.end(3)] if match[3] else None,
        )
    if form is _ARG:
        default = instruction[match.start(2) : match.end(2)] if match[2] is not None else None
        return Arg(((instruction[match.start(1) : match.end(1)], default),))
    return Copy(instruction[match.start(1) : match.end(1)], ())
