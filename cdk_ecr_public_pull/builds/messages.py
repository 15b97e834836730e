"""Shell lines with which a command in a build speaks to its reader."""

from __future__ import annotations

import shlex

PREFIX = "cdk_ecr_public_pull: "


def say(*lines: str) -> str:
    """Return the command that prints a text, with the name of who says it before its first line.

    Args:
        lines: The lines of the text; nothing in them means anything to the shell.
    """
    text = "\n".join(lines)
    return f"echo {shlex.quote(PREFIX + text)}"


def warn(*lines: str) -> str:
    """Return the command that prints a text to the standard error.

    Args:
        lines: As for ``say``.
    """
    return f"{say(*lines)} >&2"
