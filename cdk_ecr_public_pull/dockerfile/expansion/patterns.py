"""The patterns of ``${name#pattern}``, ``${name%pattern}`` and ``${name/pattern/…}``.

BuildKit turns them into regular expressions of Go, which cannot blow up; a
translation to Python's ``re`` could. So each pattern runs over sets of positions,
kept as the bits of one integer.

The replacement of ``${name//…/…}`` goes to Go's ``Regexp.ReplaceAllString``
(https://pkg.go.dev/regexp), which takes a ``$`` in it for a reference to a group. The
patterns have no groups, so ``$0`` is what was matched, ``$$`` a dollar, and each other
``$name`` nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_ecr_public_pull.dockerfile.parser.source_text import Text

_ASCII_NAME = re.compile(r"[A-Za-z0-9_]+")
_SPECIAL_PARAMETERS = "@*#?-$!0"
ANY_CHAR = "?"
ANY_STRING = "*"


class InvalidPattern(Exception):
    """A pattern has an escape that BuildKit does not know."""


def parse_pattern(pattern: str) -> list[tuple[str, bool]]:
    r"""Split a pattern into its characters.

    ``*`` stands for any string, ``?`` for any character, ``\*`` ``\?`` ``\\`` for
    themselves; a ``\`` before ``}`` or ``/`` only served to get them into ``${…}``.

    Args:
        pattern: The pattern as it stands in the expansion, escapes included.

    Returns:
        Pairs of a character and whether it is a wildcard.

    Raises:
        InvalidPattern: Another character is escaped.
    """
    tokens: list[tuple[str, bool]] = []
    chars = iter(range(len(pattern)))
    for index in chars:
        char = pattern[index]
        following = pattern[index + 1 : index + 2]
        if char != "\\":
            tokens.append((char, char in (ANY_CHAR, ANY_STRING)))
        elif following in ("}", "/") and following:
            continue
        elif following in ("*", "?", "\\") and following:
            tokens.append((following, False))
            next(chars)
        else:
            msg = f"invalid escape '\\{following}'"
            raise InvalidPattern(msg)
    return tokens


class Matcher:
    """Finds where a pattern matches in a value.

    Attributes:
        tokens: The parsed pattern.
        value: The string to match in.
    """

    def __init__(self, tokens: list[tuple[str, bool]], value: str) -> None:
        """Begin with nothing known of the value."""
        self.tokens = tokens
        self.value = value
        self._places: dict[str, int] = {}

    def ends(self, start: int) -> int:
        """Where matches that begin at an index can end.

        Returns:
            A bit set: bit ``n`` is set if ``value[start:n]`` matches.
        """
        everywhere = (1 << (len(self.value) + 1)) - 1
        positions = 1 << start
        for char, is_wildcard in self.tokens:
            if not positions:
                break
            if is_wildcard and char == ANY_STRING:
                # From the lowest position on, everything is reached.
                positions = everywhere & -(positions & -positions)
            elif is_wildcard:
                positions = (positions << 1) & everywhere
            else:
                positions = (positions & self._places_of(char)) << 1
        return positions

    def next_start(self, start: int) -> int:
        """The first index from ``start`` on at which a match may begin; -1 if there is none."""
        if not self.tokens or self.tokens[0][1]:
            return start
        return self.value.find(self.tokens[0][0], start)

    def _places_of(self, char: str) -> int:
        if char not in self._places:
            digits = "".join("1" if other == char else "0" for other in reversed(self.value))
            self._places[char] = int(digits or "0", 2)
        return self._places[char]


def find_all(pattern: str, value: str) -> Iterator[tuple[int, int]]:
    """The parts of ``value`` that ``${name//pattern/…}`` replaces, from the left.

    As with Go's ReplaceAllString, an empty match right after another is none.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    tokens = parse_pattern(pattern)
    if tokens and not any(is_wildcard for _, is_wildcard in tokens):
        yield from _find_literal("".join(char for char, _ in tokens), value)
        return
    matcher = Matcher(tokens, value)
    start, last_end = 0, -1
    while 0 <= (start := matcher.next_start(start)) <= len(value):
        ends = matcher.ends(start)
        if not ends and tokens[0] == (ANY_STRING, True):
            # What a star cannot reach from here, it cannot reach from further on.
            return
        end = ends.bit_length() - 1
        if not ends or (end == start == last_end):
            start += 1
            continue
        yield start, end
        last_end = end
        start = max(end, start + 1)


def _find_literal(literal: str, value: str) -> Iterator[tuple[int, int]]:
    start = value.find(literal)
    while start >= 0:
        yield start, start + len(literal)
        start = value.find(literal, start + len(literal))


def trim(value: Text, pattern: str, operator: str, *, is_longest: bool) -> Text:
    """Take away a prefix (``#``) or a suffix (``%``).

    Args:
        value: The variable's value.
        pattern: What is taken away.
        operator: ``#`` or ``%``.
        is_longest: Whether the longest match counts, not the shortest.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    # A suffix is a prefix of what is turned round.
    step = 1 if operator == "#" else -1
    ends = Matcher(parse_pattern(pattern)[::step], value.chars[::step]).ends(0)
    # No match drops nothing, as an empty one does.
    dropped = max(0, (ends if is_longest else ends & -ends).bit_length() - 1)
    return value[dropped:] if operator == "#" else value[: len(value) - dropped]


def replace(value: Text, pattern: str, replacement: Text, *, is_global: bool) -> Text:
    """Replace the first match, or all of them.

    Args:
        value: The variable's value.
        pattern: What is replaced.
        replacement: What stands there instead.
        is_global: Whether all are replaced.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    places = list(find_all(pattern, value.chars))
    template = _parse_template(replacement) if is_global else [replacement]
    parts: list[Text] = []
    kept = 0
    for begin, end in places if is_global else places[:1]:
        parts.append(value[kept:begin])
        parts += (value[begin:end] if part is None else part for part in template)
        kept = end
    return Text.join([*parts, value[kept:]])


def _parse_template(replacement: Text) -> list[Text | None]:
    """Split a replacement at its references.

    Args:
        replacement: The replacement, expanded.

    Returns:
        Its parts, None where what was matched stands.
    """
    chars = replacement.chars
    parts: list[Text | None] = []
    kept = 0
    while (dollar := chars.find("$", kept)) >= 0:
        parts.append(replacement[kept:dollar])
        if chars.startswith("$$", dollar):
            parts.append(replacement[dollar : dollar + 1])
            kept = dollar + 2
            continue
        start = dollar + 1 + chars.startswith("${", dollar)
        end = name_end(chars, start)
        name, kept = chars[start:end], end
        if chars.startswith("${", dollar):
            name = name if chars.startswith("}", end) else ""
            kept += 1
        if not name:
            # Go takes a dollar without a name as it stands.
            parts.append(replacement[dollar : dollar + 1])
            kept = dollar + 1
        elif name == "0":
            parts.append(None)
    parts.append(replacement[kept:])
    return parts


def name_end(chars: str, start: int) -> int:
    """Where a name of letters, digits and ``_`` ends that begins at an index."""
    ascii_part = _ASCII_NAME.match(chars, start)
    end = ascii_part.end() if ascii_part else start
    while end < len(chars) and (
        chars[end].isalpha() or chars[end].isdecimal() or chars[end] == "_"
    ):
        end += 1
    return end


def parameter_end(chars: str, start: int) -> int:
    """Where a variable's name ends that begins at an index: a number, a sign, or a word."""
    first = chars[start : start + 1]
    if not first.isdecimal():
        return start + 1 if first and first in _SPECIAL_PARAMETERS else name_end(chars, start)
    end = start
    while chars[end : end + 1].isdecimal():
        end += 1
    return end
