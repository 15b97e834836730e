"""Text from elsewhere, made safe to print."""

from __future__ import annotations


def escape_controls(text: str) -> str:
    r"""Make text safe to print: control characters become escapes such as ``\x1b``.

    Args:
        text: Any text, from a file's name or content.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
