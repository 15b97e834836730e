"""Finding the commands of a shell script."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.builds.shell.words import simple_commands
from cdk_ecr_public_pull.images.partial import UNKNOWN

U = UNKNOWN

CASES: dict[str, list[tuple[str, ...]]] = {
    "": [],
    "  \n\n": [],
    "# docker pull node": [],
    "echo a # docker pull node\necho b": [("echo", "a"), ("echo", "b")],
    "echo a#b": [("echo", "a#b")],
    "# don't\necho a": [("echo", "a")],
    "a b;c d&&e f||g h|i j&k": [
        ("a", "b"),
        ("c", "d"),
        ("e", "f"),
        ("g", "h"),
        ("i", "j"),
        ("k",),
    ],
    "a \\\n  b\\\nc": [("a", "bc")],
    "a \\\r\n  b\r\nc": [("a", "b"), ("c",)],
    "a 'b c' \"d e\" f\\ g \"h\"'i'j": [("a", "b c", "d e", "f g", "hij")],
    "a 'b\nc' \"d\ne\"": [("a", "b\nc", "d\ne")],
    'a "b\\"c\\$d\\e" \'$f\'': [("a", 'b"c$d\\e', "$f")],
    "a $b ${c} ${d:-'}'} \"$e\" f$1g $$ $": [("a", U, U, U, U, f"f{U}g", U, "$")],
    "a $(b c) d": [("b", "c"), ("a", U, "d")],
    'a "x$(b "c d")y"': [("b", "c d"), ("a", f"x{U}y")],
    'a `b c` "`d`"': [("b", "c"), ("d",), ("a", U, U)],
    "a $((1 << 2)) b": [("a", U, "b")],
    "a $'it\\n' b": [("a", U, "b")],
    "a >b 2>&1 <c d &>e f >>g": [("a", "d", "f")],
    "a <(b c) d": [("b", "c"), ("a", U, "d")],
    "a <<< b c": [("a", "c")],
    "cat <<EOF > f\ndocker pull node\nEOF\nb": [("cat",), ("b",)],
    "cat <<-'E O' | c\n\ta\n\tE O\nb": [("cat",), ("c",), ("b",)],
    "cat <<A <<B\n1\nA\n2\nB\nb": [("cat",), ("b",)],
    "cat <<EOF\nnever closed": [("cat",)],
    "(a; b) && { c; }": [("a",), ("b",), ("{", "c"), ("}",)],
    "f() { a; }\nf": [("f",), ("{", "a"), ("}",), ("f",)],
    "case $x in a|b) c;; *) d;; esac": [
        ("case", U, "in", "a"),
        ("b",),
        ("c",),
        ("*",),
        ("d",),
        ("esac",),
    ],
    "a\nb 'never closed\nc": [("a",)],
    'a\nb "never closed\nc': [("a",)],
    "a\nb $(never closed\nc": [("a",), ("never", "closed")],
    "a\nb ${never closed\nc": [("a",)],
    "a\nb \\": [("a",)],
}


@pytest.mark.parametrize(("script", "expected"), CASES.items())
def test_simple_commands(script: str, expected: list[tuple[str, ...]]) -> None:
    """The words of each command are found, and nothing that is no command."""
    assert simple_commands(script) == expected
