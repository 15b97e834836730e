"""Which lines an instruction takes, and what they become on one line, in odd files."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.expansion.heredocs import find_heredocs
from cdk_ecr_public_pull.dockerfile.parser.reader import read_instructions
from cdk_ecr_public_pull.dockerfile.parser.source_text import LONGEST_LINE, BuildError
from tests.dockerfile.reading import read_all

# An instruction's first line, its last, and its text.
Found = tuple[int, int, str]

B = (2, 2, "RUN b")
CUT: dict[str, tuple[bytes, list[Found]]] = {
    "plain": (b"RUN a\nRUN b\n", [(1, 1, "RUN a"), B]),
    "no final line feed": (b"RUN a\nRUN b", [(1, 1, "RUN a"), B]),
    "a name alone": (b"RUN\nRUN b\n", [(1, 1, "RUN"), B]),
    "a comment above": (b"#a\\\nRUN b\n", [B]),
    "a hash in a name": (b"RUN#a b\nRUN b\n", [(1, 1, "RUN#a b"), B]),
    "a less-than sign in a name": (b"RUN<a\nRUN b\n", [(1, 1, "RUN<a"), B]),
    "a comment behind a command": (b"RUN a # \\\nb\n", [(1, 2, "RUN a # b")]),
    # Continuations.
    "continued": (b"RUN a \\\nb\n", [(1, 2, "RUN a b")]),
    "continued twice": (b"RUN a \\\n\\\nb\nRUN c\n", [(1, 3, "RUN a b"), (4, 4, "RUN c")]),
    "continued from nothing": (b"\\\nRUN a\n", [(1, 2, "RUN a")]),
    "spaces behind the escape": (b"RUN a\\ \t\nb\n", [(1, 2, "RUN ab")]),
    "comments and blank lines between": (
        b"RUN a \\\n# c\n\n \t\n  d \\\n  # e \\\nf\n",
        [(1, 7, "RUN a   d f")],
    ),
    "an escaped escape": (b"RUN a\\\\\nRUN b\n", [(1, 1, "RUN a\\\\"), B]),
    "an escaped escape in a continuation": (
        b"RUN a \\\n \\\\\nRUN c\n",
        [(1, 2, "RUN a  \\\\"), (3, 3, "RUN c")],
    ),
    "a backslash where the escape is a backtick": (
        b"# escape=`\nRUN a`\nb\\\nRUN c\n",
        [(2, 3, "RUN ab\\"), (4, 4, "RUN c")],
    ),
    "the escape directive second": (b"# syntax=x\n# escape=`\nRUN a`\nb\n", [(3, 4, "RUN ab")]),
    "the escape directive too late": (b"\n# escape=`\nRUN a`\nRUN b\\\nc\n", [
        (3, 3, "RUN a`"),
        (4, 5, "RUN bc"),
    ]),
    "the end within a continuation": (b"RUN a \\\n", [(1, 1, "RUN a")]),
    "the end right behind the escape": (b"RUN a \\", [(1, 1, "RUN a")]),
    "the end behind a comment": (b"RUN a \\\n# c\n\n", [(1, 3, "RUN a")]),
    # Line ends and white space.
    "CRLF": (b"RUN a \\\r\nb\r\nRUN c\r\n", [(1, 2, "RUN a b"), (3, 3, "RUN c")]),
    "many CRs": (b"RUN a\\\r\r\r\nb\r\r\n", [(1, 2, "RUN ab")]),
    "a CR and a space": (b"RUN a\\\r \nRUN b\n", [(1, 1, "RUN a\\"), B]),
    "a CR alone": (b"RUN a\rRUN b\n", [(1, 1, "RUN a\rRUN b")]),
    "a vertical tab behind the escape": (b"RUN a\\\x0b\nRUN b\n", [(1, 1, "RUN a\\"), B]),
    "a line of white space": (b"RUN a\x0c\n\x0b\x0c\nRUN b\n", [
        (1, 1, "RUN a"),
        (3, 3, "RUN b"),
    ]),
    "white space at the start": (b"\x0bRUN a\n\t \x0cRUN b\n", [(1, 1, "RUN a"), B]),
    "no-break spaces at the start": (
        "\u00a0RUN a\n\u3000\u2028RUN b\n".encode(),
        [(1, 1, "RUN a"), B],
    ),
    "a no-break space before a comment": (
        "RUN a \\\n\u00a0# c\nb\n".encode(),
        [(1, 3, "RUN a b")],
    ),
    "a no-break space on a line": ("RUN a \\\n\u00a0\nb\n".encode(), [(1, 3, "RUN a b")]),
    "separators that end no line": (
        b"RUN a\x1c\\\nb\x85c\xe2\x80\xa8d\nRUN e\n",
        [(1, 2, "RUN a\x1cb\udc85c\u2028d"), (3, 3, "RUN e")],
    ),
    "bytes that are no UTF-8": (b"RUN \xff\\\nb\n", [(1, 2, "RUN \udcffb")]),
    "a byte order mark": (b"\xef\xbb\xbfRUN a\nRUN b\n", [(1, 1, "RUN a"), B]),
    "a byte order mark and a directive": (
        b"\xef\xbb\xbf# escape=`\nRUN a`\nb\n",
        [(2, 3, "RUN ab")],
    ),
}  # fmt: skip

HEREDOCS: dict[str, tuple[bytes, list[Found]]] = {
    "of RUN": (b"RUN <<E\nFROM x\n\\\n# y\nE\nRUN b\n", [
        (1, 5, "RUN <<E"),
        (6, 6, "RUN b"),
    ]),
    "of COPY": (b"COPY <<'a b' /x\na b\nRUN b\n", [
        (1, 2, "COPY <<'a b' /x"),
        (3, 3, "RUN b"),
    ]),
    "of ONBUILD": (b"ONBUILD add <<E /x\nE\n", [(1, 2, "ONBUILD add <<E /x")]),
    "no terminator but the exact line": (b"RUN <<E\n E\nE \ne\nE\n", [(1, 5, "RUN <<E")]),
    "tabs before the terminator": (b"RUN <<-E\n\tx\n\t\tE\n", [(1, 3, "RUN <<-E")]),
    "tabs, where none may be": (b"RUN <<E\n\tE\nE\n", [(1, 3, "RUN <<E")]),
    "two": (b"RUN <<A <<B\nB\nA\nx\nB\n", [(1, 5, "RUN <<A <<B")]),
    "of a continued command": (b"RUN a <<E \\\n# c\n b\nx\nE\nRUN d\n", [
        (1, 5, "RUN a <<E  b"),
        (6, 6, "RUN d"),
    ]),
    "its marker split": (b"RUN a <\\\n<E\nx\nE\n", [(1, 4, "RUN a <<E")]),
    "no line feed behind it": (b"RUN <<E\nE", [(1, 2, "RUN <<E")]),
    "CRLF": (b"RUN <<E\r\nx\r\nE\r\nRUN b\r\n", [(1, 3, "RUN <<E"), (4, 4, "RUN b")]),
    "other letters": ("RUN <<é\nRUN x\né\n".encode(), [(1, 3, "RUN <<é")]),
    "not of ENV": (b"ENV A=<<E\nRUN b\n", [(1, 1, "ENV A=<<E"), B]),
    "not in JSON": (b'RUN ["<<E"]\nRUN b\n', [(1, 1, 'RUN ["<<E"]'), B]),
    "not in quotes": (b"RUN '<<E'\nRUN b\n", [(1, 1, "RUN '<<E'"), B]),
    "not with three": (b"RUN a <<<E\nRUN b\n", [(1, 1, "RUN a <<<E"), B]),
    "not in a comment": (b"# RUN <<E\nRUN b\n", [B]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CUT.values(), ids=CUT.keys())
def test_cut(content: bytes, expected: list[Found]) -> None:
    """An instruction takes the lines that it takes in BuildKit."""
    assert _cut(content) == expected


@pytest.mark.parametrize(("content", "expected"), HEREDOCS.values(), ids=HEREDOCS.keys())
def test_heredoc(content: bytes, expected: list[Found]) -> None:
    """A heredoc's body belongs to its instruction, and no line of it begins another one."""
    assert _cut(content) == expected


def _cut(content: bytes) -> list[Found]:
    found = read_all(content) or ()
    return [(one.first, one.last, f"{one.word} {one.rest}".strip(" ")) for one in found]


# A file, where its instruction starts, its name, and each character of its arguments.
PLACES = {
    "a continuation": (b"RUN a\\\n# c\nb\n", 0, 0, [4, 11]),
    "indented": (b"\n\t RUN x\n", 3, 3, [7]),
    "a byte order mark": (b"\xef\xbb\xbfRUN x\n", 0, 3, [7]),
    "letters of several bytes": ("RUN é€x\n".encode(), 0, 0, [4, 6, 9]),
    "bytes that are no UTF-8": (b"RUN \xe9\xffx\n", 0, 0, [4, 5, 6]),
    "a no-break space": ("\u00a0RUN x\n".encode(), 0, 2, [6]),
}


@pytest.mark.parametrize(
    ("content", "start", "name", "arguments"), PLACES.values(), ids=PLACES.keys()
)
def test_places(content: bytes, start: int, name: int, arguments: list[int]) -> None:
    """An instruction and each character of it know where they stand in the file."""
    (found,) = read_instructions(content, "\\", find_heredocs, skip=False)
    command = found.command
    assert (found.start, command.offset, list(command.arguments.offsets)) == (
        start,
        name,
        arguments,
    )


REFUSED = {
    "no instruction": (b"# a\n\n", "file with no instructions", 4),
    "a heredoc without an end": (
        b"RUN a\nRUN <<E\nx\n",
        'unterminated heredoc: no line "E" ends it',
        6,
    ),
    "the second heredoc without an end": (
        b"RUN <<A <<B\nA\n",
        'unterminated heredoc: no line "B" ends it',
        0,
    ),
    "a long line": (
        b"RUN a\n#" + b"x" * LONGEST_LINE + b"\n",
        "dockerfile line greater than maximum allowed size of 65535",
        6,
    ),
}


@pytest.mark.parametrize(("content", "message", "start"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(content: bytes, message: str, start: int) -> None:
    """A file that cannot be cut is refused, with the cause and the place."""
    with pytest.raises(BuildError) as caught:
        read_instructions(content, "\\", find_heredocs)
    assert (caught.value.message, caught.value.start) == (message, start)


def test_a_line_of_the_greatest_length() -> None:
    """A line may have 65,535 bytes."""
    assert _cut(b"#" + b"x" * (LONGEST_LINE - 1) + b"\nRUN b\n") == [B]
