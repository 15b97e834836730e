"""Parser directives: the escape character, and the image that parses the file."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.parser.directives import find_escape, find_syntax
from cdk_ecr_public_pull.dockerfile.parser.source_text import BuildError

ESCAPES = {
    "none": (b"FROM a\n", "\\"),
    "nothing": (b"", "\\"),
    "a backtick": (b"# escape=`\n", "`"),
    "a backslash": (b"# escape=\\\n", "\\"),
    "no white space": (b"#escape=`", "`"),
    "more white space": (b" \t#\t escape \t=  ` \t\r\n", "`"),
    "upper case": (b"# ESCAPE=`\n", "`"),
    "a byte order mark": (b"\xef\xbb\xbf# escape=`\n", "`"),
    "behind the other directives": (b"# syntax=a\n# check=b\n# escape=`\n", "`"),
    "behind a comment": (b"# a comment\n# escape=`\n", "\\"),
    "behind a blank line": (b"\n# escape=`\n", "\\"),
    "behind an unknown directive": (b"# a=b\n# escape=`\n", "\\"),
    "behind an instruction": (b"FROM a\n# escape=`\n", "\\"),
    "without a value": (b"# escape=\n", "\\"),
    "another comment mark": (b"// escape=`\n", "\\"),
}


@pytest.mark.parametrize(("content", "expected"), ESCAPES.values(), ids=ESCAPES.keys())
def test_escape(content: bytes, expected: str) -> None:
    """The escape character is a backslash, unless the top of the file says otherwise."""
    assert find_escape(content) == expected


REFUSED = {
    "another character": (
        b"# escape=^\n",
        "invalid escape token '^' does not match ` or \\",
        (0, 9),
    ),
    "two characters": (
        b"# escape=``\n",
        "invalid escape token '``' does not match ` or \\",
        (0, 9),
    ),
    "escape twice": (
        b"# escape=`\n# escape=`\n",
        "only one escape parser directive can be used",
        (11, 20),
    ),
    "syntax twice": (
        b"# syntax=a\n# SYNTAX=b\n",
        "only one syntax parser directive can be used",
        (11, 20),
    ),
}


@pytest.mark.parametrize(("content", "message", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(content: bytes, message: str, place: tuple[int, int]) -> None:
    """A directive that BuildKit refuses is refused, at its line and its value."""
    with pytest.raises(BuildError) as caught:
        find_escape(content)
    found = caught.value
    assert (found.message, (found.start, found.offset)) == (message, place)


# A file, the syntax image, and the bytes of its name's first and last character.
SYNTAXES = {
    "a hash": (b"# syntax=a/b:1\n", "a/b:1", 9, 13),
    "white space": (b"#  syntax\t = a/b:1 \r\n", "a/b:1", 13, 17),
    "words behind it": (b"# syntax=a/b c\n", "a/b", 9, 11),
    "upper case": (b"# Syntax=a\n", "a", 9, 9),
    "a byte order mark": (b"\xef\xbb\xbf# syntax=a\n", "a", 12, 12),
    "behind another directive": (b"# escape=`\n# syntax=a\n", "a", 20, 20),
    "the first one": (b"# syntax=a\n# syntax=b\n", "a", 9, 9),
    "a shebang above": (b"#!/bin/x\n# syntax=a\n", "a", 18, 18),
    "slashes": (b"//syntax=a\n", "a", 9, 9),
    "slashes and white space": (b"// syntax = a\n", "a", 12, 12),
    "JSON": (b'{"syntax": "a/b"}', "a/b", 12, 14),
    "JSON, with white space": (b'\n {\n"x": 1, "syntax" : "a"}\n', "a", 24, 24),
    "JSON behind a shebang": (b'#!x\n{"syntax":"a"}', "a", 15, 15),
}


@pytest.mark.parametrize(
    ("content", "name", "first", "last"), SYNTAXES.values(), ids=SYNTAXES.keys()
)
def test_syntax(content: bytes, name: str, first: int, last: int) -> None:
    """The image that parses the file is found in each form, with its place."""
    directive = find_syntax(content)
    assert directive is not None
    word = directive.value
    assert (word.chars, word.offsets[0], word.offsets[-1]) == (name, first, last)


NO_SYNTAX = {
    "nothing": b"",
    "none": b"FROM a\n",
    "behind a blank line": b"\n# syntax=a\n",
    "behind a comment": b"# b\n# syntax=a\n",
    "behind an instruction": b"FROM a\n# syntax=a\n",
    "without a value": b"# syntax=\n",
    "indented": b" # syntax=a\n",
    "two shebangs": b"#!a\n#!b\n# syntax=a\n",
    "JSON without it": b'{"x": "a"}',
    "JSON with another type": b'{"syntax": 1}',
    "JSON with an empty one": b'{"syntax": ""}',
    "broken JSON": b'{"syntax": "a"',
    "deep JSON": b'{"syntax":' + b"[" * 100_000,
}


@pytest.mark.parametrize("content", NO_SYNTAX.values(), ids=NO_SYNTAX.keys())
def test_no_syntax(content: bytes) -> None:
    """Elsewhere it is a comment like others, or no JSON object that names one."""
    assert find_syntax(content) is None
