"""The patterns of ``${name#pattern}`` and its kin, matched in linear time.

BuildKit turns them into regular expressions of Go, which cannot blow up; a
translation to Python's ``re`` could. So each pattern runs over sets of positions,
kept as the bits of one integer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Matcher:
    """Finds where a pattern matches in a value.

    Attributes:
        tokens: The parsed pattern.
        value: The string to match in.
    """

    tokens: list[tuple[str, bool]]
    value: str
    _places: dict[str, int] = field(default_factory=dict)

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


def prefix_length(pattern: str, value: str, *, longest: bool) -> int:
    """How long the part of ``value`` is that ``${name#pattern}`` drops, 0 if none.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    return _pick(Matcher(parse_pattern(pattern), value).ends(0), longest=longest)


def suffix_length(pattern: str, value: str, *, longest: bool) -> int:
    """How long the part of ``value`` is that ``${name%pattern}`` drops, 0 if none.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    tokens = parse_pattern(pattern)[::-1]
    return _pick(Matcher(tokens, value[::-1]).ends(0), longest=longest)


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


def _pick(ends: int, *, longest: bool) -> int:
    if not ends:
        return 0
    return (ends.bit_length() if longest else (ends & -ends).bit_length()) - 1
