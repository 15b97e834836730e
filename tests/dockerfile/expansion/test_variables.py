"""The variables of an expanded word: which part of it each gave, and where its value is from."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.expansion.expand import expand
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text

ENV = {"A": Text.unplaced("node"), "B": Text.unplaced("21"), "EMPTY": Text("", ())}

# A word, what it expands to, and each variable: its name, its first character, its length.
VARIABLES: dict[str, tuple[str, str, list[tuple[str, int, int]]]] = {
    "none": ("node", "node", []),
    "an escaped one": ("\\$A", "$A", []),
    "one in single quotes": ("'$A'", "$A", []),
    "a lone dollar": ("$:$", "$:$", []),
    "all": ("$A", "node", [("A", 0, 4)]),
    "with braces": ("${A}", "node", [("A", 0, 4)]),
    "behind text": ("x/$A", "x/node", [("A", 2, 4)]),
    "two": ("$A:$B", "node:21", [("A", 0, 4), ("B", 5, 2)]),
    "one twice": ("$B$B", "2121", [("B", 0, 2), ("B", 2, 2)]),
    "an empty one": ("x$EMPTY:$B", "x:21", [("EMPTY", 1, 0), ("B", 2, 2)]),
    "one without a value": ("x$U:$B", "x:21", [("U", 1, 0), ("B", 2, 2)]),
    "in double quotes": ('"x$A":"$B"', "xnode:21", [("A", 1, 4), ("B", 6, 2)]),
    "two in double quotes": ('a"b$B-$B"', "ab21-21", [("B", 2, 2), ("B", 5, 2)]),
    "behind an escape": ("\\x$A", "xnode", [("A", 1, 4)]),
    "behind single quotes": ("'xy'$A", "xynode", [("A", 2, 4)]),
    "with a default": ("x${U:-abc}$B", "xabc21", [("U", 1, 3), ("B", 4, 2)]),
    "one in another's default": ("${U:-$A}$B", "node21", [("U", 0, 4), ("B", 4, 2)]),
    "with an alternative": ("${A:+x}$B", "x21", [("A", 0, 1), ("B", 1, 2)]),
    "without a suffix": ("${A%de}$B", "no21", [("A", 0, 2), ("B", 2, 2)]),
    "replaced": ("${A//?/xy}$B", "xyxyxyxy21", [("A", 0, 8), ("B", 8, 2)]),
}


@pytest.mark.parametrize(("word", "chars", "variables"), VARIABLES.values(), ids=VARIABLES.keys())
def test_variables(word: str, chars: str, variables: list[tuple[str, int, int]]) -> None:
    """Each variable of the word itself is told, with the characters that it gave."""
    expansion = expand(Text.of_bytes(word.encode(), 0), ENV)
    found = [(variable.name, variable.start, variable.length) for variable in expansion.variables]
    assert (expansion.text.chars, found) == (chars, variables)


def test_inner_expansions() -> None:
    """A variable whose value is from the file brings the expansion that gave it."""
    default = expand(Text.of_bytes(b"$A:$B", 10), ENV)
    env = {**ENV, "IMAGE": default.text}
    expansion = expand(Text.of_bytes(b"$IMAGE-$B", 0), env, expansions={"IMAGE": default})
    assert (expansion.text.chars, expansion.inner) == ("node:21-21", [default, None])
