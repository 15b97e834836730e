r"""An instruction's name, its flags and its arguments, as BuildKit takes them apart.

The rules are those of ``split_command.go``, ``line_parsers.go`` and ``bflag.go`` in
``frontend/dockerfile`` of https://github.com/moby/buildkit::

    instruction = name { space flag } [ space "--" ] [ space arguments ]
    flag        = "--" name [ "=" value ]   quotes and \ are taken off
    arguments   = JSON array of strings | words, by the instruction
"""

from __future__ import annotations

import re
from functools import cache

from cdk_ecr_public_pull.dockerfile.parser.source_text import SPACES, Text

_NAME_AND_GAP = r"([^\t\v\f\r ]*)[\t\v\f\r ]*"
_BYTES_OF_SPACE = "\t\n\v\f\r \x85\xa0"
_WORD = re.compile(r"[^\t\v\f\r ]+")
# Quotes, variables, and the byte order mark that Go's text/scanner drops.
_EXPANDED = frozenset("'\"$\ufeff")


class Command:
    """An instruction on one line, taken apart.

    Attributes:
        word: Its name, as it is written.
        arguments: What follows it, flags included.
        offset: The byte at which it starts, None if it is empty.
    """

    __slots__ = ("arguments", "offset", "word")

    def __init__(self, word: str, arguments: Text, offset: int | None) -> None:
        self.word = word
        self.arguments = arguments
        self.offset = offset

    @property
    def name(self) -> str:
        """Its name in upper case."""
        return self.word.upper()


class Flag:
    """A flag of an instruction.

    Attributes:
        name: Its name, without ``--``.
        value: Its value, without quotes; None if there is no ``=``.
        offset: The byte at which it starts.
    """

    __slots__ = ("name", "offset", "value")

    def __init__(self, name: str, value: Text | None, offset: int | None) -> None:
        self.name = name
        self.value = value
        self.offset = offset


class NotStrings(Exception):
    """A JSON array holds something else than strings."""


def split_command(line: Text) -> Command:
    """Split an instruction after its name.

    Args:
        line: The whole instruction, on one line.
    """
    line = line.strip()
    offset = line.offsets[0] if line.chars else None
    match = re.match(_NAME_AND_GAP, line.chars)
    if match is None:
        return Command(line.chars, line[len(line) :], offset)
    # Other white space than ASCII's may follow the gap: then no flag does.
    return Command(match[1], line[match.end() :], offset)


def split_flags(arguments: Text) -> tuple[list[Flag], Text]:
    r"""Take the flags off the front of an instruction's arguments.

    A flag's value may hold quotes and ``\``, whatever the file's escape character is.

    Args:
        arguments: What follows the instruction's name.

    Returns:
        The flags, and the rest.
    """
    if arguments.chars.isascii():
        arguments = arguments.strip()
        if not arguments.chars.startswith("--"):
            return [], arguments
        flags, position = _take_flags(arguments)
        return flags, arguments[position:].strip()
    # BuildKit goes byte by byte here, and takes two of them for Latin-1's white space.
    as_bytes = arguments.as_bytes()
    flags, position = _take_flags(as_bytes)
    return flags, as_bytes[position:].from_bytes().strip()


def _take_flags(arguments: Text) -> tuple[list[Flag], int]:
    flags: list[Flag] = []
    position, chars = 0, arguments.chars
    while True:
        while position < len(chars) and chars[position] in _BYTES_OF_SPACE:
            position += 1
        if not chars.startswith("--", position):
            return flags, position
        start = position
        if plain := _plain_flag().match(chars, position):
            position = plain.end()
            word = arguments[start:position]
        else:
            kept, position = _flag_end(chars, position)
            word = Text("".join(chars[i] for i in kept), [arguments.offsets[i] for i in kept])
            word = word if word.chars.isascii() else word.from_bytes()
        if word.chars == "--":
            return flags, position
        name, equals, _ = word.chars[2:].partition("=")
        value = word[3 + len(name) :] if equals else None
        flags.append(Flag(name, value, arguments.offsets[start]))


@cache
def _plain_flag() -> re.Pattern[str]:
    """A flag in which nothing is quoted or escaped."""
    return re.compile(r"[!#-&(-\[\]-~]+(?=[\t\n\v\f\r ]|\Z)")


def _flag_end(chars: str, position: int) -> tuple[list[int], int]:
    """The indices of a flag's characters, without quotes and escapes, and where it ends."""
    kept: list[int] = []
    quote = ""
    while position < len(chars):
        char = chars[position]
        if char == "\\":
            position += 1
            if position < len(chars):
                kept.append(position)
        elif quote:
            if char == quote:
                quote = ""
            else:
                kept.append(position)
        elif char in _BYTES_OF_SPACE:
            break
        elif char in "'\"":
            quote = char
        else:
            kept.append(position)
        position += 1
    return kept, position


def may_expand(chars: str, escape: str) -> bool:
    """Whether an expansion may change a word; never wrong when it says no.

    Args:
        chars: The word.
        escape: The file's escape character.
    """
    return not _EXPANDED.isdisjoint(chars) or escape in chars


def split_words(text: Text) -> list[Text]:
    """Split at white space alone, without regard to quotes, as FROM does."""
    return [text[match.start() : match.end()] for match in _WORD.finditer(text.chars)]


def may_fail(chars: str) -> bool:
    """Whether BuildKit may refuse to expand a word; never wrong when it says no.

    A variable without a brace, or an escape, cannot fail.

    Args:
        chars: The word.
    """
    return "'" in chars or '"' in chars or "${" in chars


def split_quoted_words(text: Text, escape: str) -> list[Text]:
    """Split at white space outside quotes, as ARG, ENV and LABEL do; quotes and escapes stay.

    Args:
        text: The arguments.
        escape: The file's escape character.
    """
    found = _quoted_word(re.escape(escape)).finditer(text.chars)
    return [text[match.start() : match.end()] for match in found]


@cache
def _quoted_word(escape: str) -> re.Pattern[str]:
    """A word that quotes may hold together; a quote may lack its end, and so may an escape."""
    escaped = rf"{escape}[\s\S]"
    double = rf"\"(?:[^\"{escape}]++|{escaped})*+\"?"
    return re.compile(rf"(?:[^{SPACES}'\"{escape}]++|{escaped}|'[^']*+'?|{double})++")


def parse_json(text: str) -> list[str] | None:
    """Read arguments in JSON form.

    Args:
        text: The arguments.

    Returns:
        The strings, or None if this is not a JSON array, so that it is read as words.

    Raises:
        NotStrings: It is a JSON array of something else, which BuildKit refuses.
    """
    if not text.startswith("["):
        return None
    import json  # noqa: PLC0415  (most arguments are words)

    try:
        values = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(value, str) for value in values):
        raise NotStrings
    return list(values)


def is_json(text: str) -> bool:
    """Whether arguments are in JSON form; see ``parse_json``."""
    try:
        return parse_json(text) is not None
    except NotStrings:
        return True


def _refuse_constant(name: str) -> None:
    # Python's json knows NaN and Infinity; JSON does not.
    raise ValueError(name)
