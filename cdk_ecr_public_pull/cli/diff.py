"""The changes of a file, to be read."""

from __future__ import annotations

import difflib

from cdk_ecr_public_pull.printable import escape_controls

_NO_LINE_END = "\\ No newline at end of file"


def unified_diff(name: str, before: bytes, after: bytes) -> str:
    """The changed lines of a file, as ``diff -u`` shows them.

    Args:
        name: The file.
        before: Its content.
        after: Its new content.

    Returns:
        The differences. Control characters, and bytes that are not UTF-8, are shown as
        escapes; a file without them can be changed by ``patch`` with this.
    """
    shown = escape_controls(name)
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"a/{shown}", f"b/{shown}", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def _lines(content: bytes) -> list[str]:
    *lines, rest = content.decode("utf-8", "backslashreplace").split("\n")
    shown = [_printable(line) for line in lines]
    return [*shown, f"{_printable(rest)}\n{_NO_LINE_END}"] if rest else shown


def _printable(line: str) -> str:
    # Tabs and the line ends of Windows do no harm in a terminal, and a patch needs them.
    text = line.removesuffix("\r")
    return "\t".join(map(escape_controls, text.split("\t"))) + line[len(text) :]
