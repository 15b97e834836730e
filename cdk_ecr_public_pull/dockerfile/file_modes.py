"""The values of ``--chmod``.

The rules are those of ``dockerfile2llb/convert_copy.go`` in ``frontend/dockerfile`` of
https://github.com/moby/buildkit, and for symbolic modes those of
https://man.freebsd.org/cgi/man.cgi?chmod.
"""

from __future__ import annotations

import re

from cdk_ecr_public_pull.dockerfile.go_values import parse_uint

_CLAUSE = r"[augo]*(?:[-+=][rstwXxugo]*)+"
_SYMBOLIC = re.compile(rf"{_CLAUSE}(?:,{_CLAUSE})*")
_GREATEST = 0o7777


def refuse_file_mode(text: str) -> str | None:
    """Say why BuildKit refuses a file mode.

    Args:
        text: The mode, expanded; an empty one is none.

    Returns:
        The cause; None if it accepts the mode.
    """
    if not text or _SYMBOLIC.fullmatch(text):
        return None
    octal = parse_uint(text, base=8, bits=32)
    if octal is not None and octal <= _GREATEST:
        return None
    cause = f"invalid chmod parameter: '{text}'. "
    if "0" <= text[0] <= "9":
        return f"{cause}it should be octal string and between 0 and 07777"
    return f"{cause}it should be octal, or symbolic such as u=rwX,go=rX"
