"""Parser directives: ``# syntax=``, ``# escape=``, ``# check=``.

BuildKit reads them twice, by two sets of rules (``frontend/dockerfile/parser``,
``directives.go``): the parser looks for the escape character, and before it the
frontend looks for the image that shall parse the file.
"""

from __future__ import annotations

import re

from cdk_ecr_public_pull.dockerfile.parser.source_text import SPACES, BuildError, Text
from cdk_ecr_public_pull.report.locations import BOM

_NAMES = frozenset({"syntax", "escape", "check"})
_DIRECTIVE = r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*"


class Directive:
    """A directive.

    Attributes:
        name: Its name, in lower case.
        value: Its value, with its place in the file.
        start: The byte at which its line starts.
    """

    __slots__ = ("name", "start", "value")

    def __init__(self, name: str, value: Text, start: int) -> None:
        self.name = name
        self.value = value
        self.start = start


def find_escape(content: bytes) -> str:
    r"""The escape character of a file: ``\`` unless a directive says that it is a backtick.

    Args:
        content: The file.

    Raises:
        BuildError: A directive stands there twice, or names another character.
    """
    escape = "\\"
    if not _may_begin_with(content, b"#"):
        return escape
    seen: set[str] = set()
    for directive in _directives(content, start=_start(content), mark="#", trim=True):
        if directive.name in seen:
            message = f"only one {directive.name} parser directive can be used"
            raise BuildError.at(directive.value, message, directive.start)
        seen.add(directive.name)
        if directive.name == "escape":
            escape = directive.value.chars
            if escape not in ("\\", "`"):
                message = f"invalid escape token '{escape}' does not match ` or \\"
                raise BuildError.at(directive.value, message, directive.start)
    return escape


def find_syntax(content: bytes) -> Directive | None:
    """The image that parses the file, if the file names one.

    It may be named by ``# syntax=``, by ``// syntax=``, or, where the whole file is
    a JSON object, by its key ``syntax``; a first line with ``#!`` is passed over.

    Args:
        content: The file.

    Returns:
        A directive whose value is the image's name, or None.
    """
    if not _may_begin_with(content, b"#/{"):
        return None
    start = _after_shebang(content)
    for mark in ("#", "//"):
        seen: set[str] = set()
        for directive in _directives(content, start=start, mark=mark, trim=False):
            if directive.name in seen:
                break
            seen.add(directive.name)
            if directive.name == "syntax":
                name = directive.value.chars.partition(" ")[0]
                return Directive("syntax", directive.value[: len(name)], directive.start)
    return _syntax_of_json(content, start=start)


def _may_begin_with(content: bytes, marks: bytes) -> bool:
    """A quick look that is never wrong when it says no."""
    head = content[:80].lstrip()
    if head and head[:1].isascii() and head[0] not in marks:
        return False
    # A line without an equals sign is no directive, and nothing behind it is one.
    first = content[: content.find(b"\n") + 1 or len(content)]
    return b"=" in first or first.startswith((BOM, b"#!")) or head.startswith(b"{")


def _start(content: bytes) -> int:
    return len(BOM) if content.startswith(BOM) else 0


def _after_shebang(content: bytes) -> int:
    start = _start(content)
    if content.startswith(b"#!", start):
        return content.find(b"\n", start) + 1 or len(content)
    return start


def _directives(content: bytes, *, start: int, mark: str, trim: bool) -> list[Directive]:
    found: list[Directive] = []
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        text = Text.of_bytes(content[start:end].rstrip(b"\r"), start)
        if trim:
            text = text[len(text) - len(text.chars.lstrip(SPACES)) :]
        if not text.chars.startswith(mark):
            break
        text = text[len(mark) :]
        text = text[len(text) - len(text.chars.lstrip(SPACES)) :]
        match = re.fullmatch(_DIRECTIVE, text.chars)
        if match is None or match[1].lower() not in _NAMES:
            break
        value = text[match.start(2) : match.end(2)]
        found.append(Directive(match[1].lower(), value, start))
        start = end + 1
    return found


def _syntax_of_json(content: bytes, *, start: int) -> Directive | None:
    if not content[start:].lstrip(b" \t\r\n").startswith(b"{"):
        return None
    import json  # noqa: PLC0415  (hardly a file is one)

    try:
        document = json.loads(content[start:])
    except (ValueError, RecursionError):
        return None
    value = document.get("syntax")
    if not isinstance(value, str) or not value:
        return None
    place = content.find(json.dumps(value).encode(), start)
    if place < 0:
        return Directive("syntax", Text.unplaced(value), start)
    return Directive("syntax", Text.of_bytes(value.encode(), place + 1), place)
