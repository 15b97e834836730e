"""The patterns of ``${name#pattern}`` and its kin, matched in linear time.

BuildKit turns them into regular expressions of Go, which cannot blow up; a
translation to Python's ``re`` could. So each pattern runs over sets of positions,
kept as the bits of one integer.
"""

from __future__ import annotations

from collections.abc import Iterator

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


def match_ends(tokens: list[tuple[str, bool]], value: str, start: int) -> int:
    """Where matches that begin at ``start`` can end.

    Args:
        tokens: A parsed pattern.
        value: The string to match in.
        start: An index into it.

    Returns:
        A bit set: bit ``n`` is set if ``value[start:n]`` matches.
    """
    everywhere = (1 << (len(value) + 1)) - 1
    places: dict[str, int] = {}
    positions = 1 << start
    for char, is_wildcard in tokens:
        if not positions:
            break
        if is_wildcard and char == ANY_STRING:
            # From the lowest position on, everything is reached.
            positions = everywhere & -(positions & -positions)
        elif is_wildcard:
            positions = (positions << 1) & everywhere
        else:
            if char not in places:
                places[char] = sum(1 << i for i, other in enumerate(value) if other == char)
            positions = (positions & places[char]) << 1
    return positions


def prefix_length(pattern: str, value: str, *, longest: bool) -> int:
    """How long the part of ``value`` is that ``${name#pattern}`` drops, 0 if none.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    return _pick(match_ends(parse_pattern(pattern), value, 0), longest=longest)


def suffix_length(pattern: str, value: str, *, longest: bool) -> int:
    """How long the part of ``value`` is that ``${name%pattern}`` drops, 0 if none.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    tokens = parse_pattern(pattern)[::-1]
    return _pick(match_ends(tokens, value[::-1], 0), longest=longest)


def find_all(pattern: str, value: str) -> Iterator[tuple[int, int]]:
    """The parts of ``value`` that ``${name//pattern/…}`` replaces, from the left.

    As with Go's ReplaceAllString, an empty match right after another is none.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    tokens = parse_pattern(pattern)
    start = 0
    last_end = -1
    while start <= len(value):
        ends = match_ends(tokens, value, start)
        end = ends.bit_length() - 1
        if not ends or (end == start == last_end):
            start += 1
            continue
        yield start, end
        last_end = end
        start = max(end, start + 1)


def _pick(ends: int, *, longest: bool) -> int:
    if not ends:
        return 0
    return (ends.bit_length() if longest else (ends & -ends).bit_length()) - 1
