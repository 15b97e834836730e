"""Shell lines with which a command in a build speaks to its reader."""

from __future__ import annotations

import shlex

PREFIX = "cdk_ecr_public_pull: "


def say(text: str) -> str:
    """Return the line that prints a text, with the name of who says it.

    Args:
        text: The text; nothing in it means anything to the shell.
    """
    return f"  echo {shlex.quote(f'{PREFIX}{text}')}"


def warn(text: str) -> str:
    """Return the line that prints a text to the standard error.

    Args:
        text: As for ``say``.
    """
    return f"{say(text)} >&2"
