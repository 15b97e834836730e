"""How the commands in a build are marked, and the shell lines with which they speak."""

from __future__ import annotations

import shlex

PREFIX = "cdk_ecr_public_pull: "

MARKER = f"# {PREFIX}"
"""How every command that this library puts into a buildspec begins.

The whole first line names the command: a merge that finds a command with the
same first line leaves it alone, whatever comes after that line.
"""


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
