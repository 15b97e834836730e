"""Patterns of ``${name#pattern}`` and its kin, against the plainest matcher there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_ecr_public_pull.dockerfile.expansion.patterns import (
    InvalidPattern,
    find_all,
    parse_pattern,
    trim,
)
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text
from tests.dockerfile.strategies import examples

VALUES = st.text("ab*\\?/", max_size=8)
PATTERNS = st.lists(st.sampled_from([*"ab/*?", "\\*", "\\?", "\\\\", "\\/", "\\}"]), max_size=6)


def _matches(tokens: list[tuple[str, bool]], value: str) -> bool:
    """Try every way to match all of a value."""
    if not tokens:
        return not value
    (char, is_wildcard), rest = tokens[0], tokens[1:]
    if is_wildcard and char == "*":
        return any(_matches(rest, value[i:]) for i in range(len(value) + 1))
    return bool(value) and (is_wildcard or value[0] == char) and _matches(rest, value[1:])


def _trimmed(value: str, pattern: list[str], operator: str) -> str:
    """What is left of a value; the end or beginning of it that is left must be its own."""
    text = Text(value, range(len(value)))
    left = trim(text, "".join(pattern), operator[0], is_longest=len(operator) == 2)
    dropped = len(value) - len(left)
    kept = slice(dropped, None) if operator[0] == "#" else slice(0, len(value) - dropped)
    assert left.offsets == range(len(value))[kept]
    return left.chars


@examples(200)
@given(PATTERNS, VALUES)
def test_prefix(pattern: list[str], value: str) -> None:
    """``#`` drops the shortest prefix that matches, ``##`` the longest, or none."""
    tokens = parse_pattern("".join(pattern))
    lengths = [i for i in range(len(value) + 1) if _matches(tokens, value[:i])] or [0]
    found = [len(value) - len(_trimmed(value, pattern, "#" * n)) for n in (1, 2)]
    assert found == [min(lengths), max(lengths)]


@examples(200)
@given(PATTERNS, VALUES)
def test_suffix(pattern: list[str], value: str) -> None:
    """``%`` drops the shortest suffix that matches, ``%%`` the longest, or none."""
    tokens = parse_pattern("".join(pattern))
    lengths = [i for i in range(len(value) + 1) if _matches(tokens, value[len(value) - i :])] or [0]
    found = [len(value) - len(_trimmed(value, pattern, "%" * n)) for n in (1, 2)]
    assert found == [min(lengths), max(lengths)]


@examples(200)
@given(PATTERNS, VALUES)
def test_find_all(pattern: list[str], value: str) -> None:
    """``//`` replaces the longest match at each place from the left, none empty after another."""
    tokens = parse_pattern("".join(pattern))
    expected: list[tuple[int, int]] = []
    start = 0
    while start <= len(value):
        ends = [i for i in range(start, len(value) + 1) if _matches(tokens, value[start:i])]
        if ends and not (ends[-1] == start and expected and expected[-1][1] == start):
            expected.append((start, ends[-1]))
            start = max(ends[-1], start + 1)
        else:
            start += 1
    assert list(find_all("".join(pattern), value)) == expected


PARSED = {
    "a*?": [("a", False), ("*", True), ("?", True)],
    "\\*\\?\\\\": [("*", False), ("?", False), ("\\", False)],
    "\\}\\/": [("}", False), ("/", False)],
    "[a]": [("[", False), ("a", False), ("]", False)],
    "": [],
}


@pytest.mark.parametrize(("pattern", "tokens"), PARSED.items(), ids=PARSED.keys())
def test_parsed(pattern: str, tokens: list[tuple[str, bool]]) -> None:
    """Only ``*`` and ``?`` are wildcards, and only where they are not escaped."""
    assert parse_pattern(pattern) == tokens


@pytest.mark.parametrize(("pattern", "escape"), [("\\a", "\\a"), ("a\\", "\\"), ("\\[", "\\[")])
def test_invalid(pattern: str, escape: str) -> None:
    """Another escape is refused in BuildKit's words."""
    with pytest.raises(InvalidPattern) as caught:
        parse_pattern(pattern)
    assert str(caught.value) == f"invalid escape '{escape}'"


def test_many_stars() -> None:
    """A pattern that a backtracking matcher would choke on takes no time to speak of."""
    assert _trimmed("a" * 2000, ["*a"] * 30 + ["b"], "%%") == "a" * 2000
