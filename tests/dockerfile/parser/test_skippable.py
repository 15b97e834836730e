"""The grammar of what need not be read: what it skips, and what it leaves to the reader."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.parser.source_text import LONGEST_LINE
from tests.dockerfile.reading import read_all

SKIPPED = {
    "RUN": b"RUN a && b | c > d 2>&1 # e",
    "RUN with quotes": b"RUN echo 'a' \"b\" $C ${D:-e}",
    "RUN, continued": b"RUN a \\\n# FROM b\n\n && c \\\n  d",
    "RUN with escapes": b"RUN a \\n b\\\\ c",
    "RUN with less-than signs": b"RUN a < b 2<&1 <(c)",
    "RUN in JSON": b'RUN ["a", "b"]',
    "CMD": b"CMD a b",
    "CMD in JSON": b'CMD ["a", "b"]',
    "ENTRYPOINT in JSON": b'ENTRYPOINT [ "a" ]',
    "SHELL": b'SHELL ["a", "-c"]',
    "COPY": b"COPY c d /e",
    "COPY, continued": b"COPY a \\\n b \\\n /c",
    "COPY with a flag": b"COPY --link a b\nCOPY --chown=1:1 a b\nADD --chmod=755 a b",
    "ADD": b"ADD a.tar /b",
    "variables in paths": b"COPY $A ${B} /c$D",
    "ENV": b"ENV A=b C=\"d e\" F=$G H='i j'",
    "ENV in its old form": b"ENV A b c",
    "LABEL": b'LABEL a.b="c" \\\n  d=e',
    "the short ones": b"WORKDIR /a\nEXPOSE 80 81\nUSER a\nSTOPSIGNAL 9\nVOLUME /b",
    "HEALTHCHECK": b"HEALTHCHECK CMD a || b",
    "ARG": b"ARG A\nARG A=\nARG A=b\nARG A='b'\"c\"$D",
    "odd bytes in a command": b"RUN a \x0b\x00\x1c\xff \\\n b\xe2\x80\xa8\x0c",
    "MAINTAINER": b"MAINTAINER A <a@example.org>",
    "comments and blank lines": b"# FROM b\n\n \t\r\n  # c",
    "other letters": 'RUN echo é\nLABEL a="é"\n# é'.encode(),
    "a dollar that means nothing": b'ENV A=$ B="$(c)" D=$1',
    "CRLF": b"RUN a \\\r\n b\r\nENV A=b\r",
}


@pytest.mark.parametrize("start", [b"", b"# escape=`\n"], ids=["backslash", "backtick"])
@pytest.mark.parametrize("content", SKIPPED.values(), ids=SKIPPED.keys())
def test_skipped(content: bytes, start: bytes) -> None:
    """What names no image and surely builds is not read, up to the next FROM."""
    if start:
        content = content.replace(b"\\", b"`")
    assert _read(start + b"FROM a\n" + content + b"\nFROM z\n") == ["FROM a", "FROM z"]


READ = {
    "what can name an image": b"ONBUILD RUN x\nCOPY --from=b c d\nRUN --mount=from=e f",
    "ARGs of rarer forms": b"ARG A B\nARG a-b=c\nARG A=${B:?}\nARG A=b\\c",
    "what names one behind another flag": b"COPY --link --from=b --chown=c d e",
    "what is refused": b"LABLE b\nCOPY c\nENV D\nUSER\nRUN [1]\nADD --x e f\nHEALTHCHECK G\nENV =b",
    "flags": b"RUN --network=none a\nHEALTHCHECK --retries=1 CMD a\nLABEL --x a=b\nWORKDIR --x",
    "operations": b"ENV A=${B:?}\nENV C=${D\nUSER ${A:-b}\nCOPY ${A#b} c\nEXPOSE ${",
    "JSON": b'VOLUME [\'/a\']\nCOPY ["a", "b"]\nCMD [ "a\\n" ]\nSHELL a',
    "open quotes": b"ENV a='b\nLABEL a=\"b\nWORKDIR 'a\nCOPY 'a b",
    "escapes": b"ENV A=b\\ c\nWORKDIR \\a\nRUN a\\\\",
    "triggers": b"ONBUILD RUN x\nONBUILD ONBUILD x",
    "lower case": b"run b\nCopy a b",
    "a heredoc's marker": b"RUN a '<<E'\nRUN a <<<E",
    "another letter in front": "ENV é=b\nRUN é".encode(),
    "no white space that it knows": "RUN\u00a0a".encode(),
}


@pytest.mark.parametrize("content", READ.values(), ids=READ.keys())
def test_read(content: bytes) -> None:
    """What may name an image or be refused is read, and so is what has no usual form."""
    read = _read(b"FROM a\nRUN b\n" + content + b"\nRUN c\n")
    assert read == ["FROM a", *content.decode().split("\n")]


def test_before_the_first_stage() -> None:
    """There nothing may stand but ARG, so that all of it is read."""
    assert _read(b"# a\nRUN a\nFROM b\nRUN a\n") == ["RUN a", "FROM b"]


def test_a_heredoc() -> None:
    """A heredoc is read with its body, behind which the skipping goes on."""
    content = b"FROM a\nRUN <<E\nFROM b\nE\nRUN c\nCOPY <<E /d\nFROM e\nE\nRUN f\nFROM g\n"
    assert _read(content) == ["FROM a", "RUN <<E", "COPY <<E /d", "FROM g"]


def test_a_continuation_at_the_end() -> None:
    """An instruction whose continuation the file ends is read."""
    assert _read(b"FROM a\nRUN b \\\n") == ["FROM a", "RUN b"]


def test_a_file_without_a_final_line_feed() -> None:
    """The last line is skipped like others."""
    assert _read(b"FROM a\nRUN b\nRUN c") == ["FROM a"]


ODD = {
    "a byte order mark": (b"\xef\xbb\xbfFROM a\nRUN b\n", ["FROM a"]),
    "a byte order mark within": ("FROM a\nRUN b\ufeff\n".encode(), ["FROM a"]),
    "a no-break space that begins a comment": (
        "FROM a\nRUN b \\\n\u00a0# c\nCOPY --from=d e f\n".encode(),
        ["FROM a", "RUN b COPY --from=d e f"],
    ),
    "another space on a line": (
        "FROM a\nRUN b \\\n\u2028\nCOPY --from=d e f\n".encode(),
        ["FROM a", "RUN b COPY --from=d e f"],
    ),
    "a vertical tab that begins a comment": (
        b"FROM a\nRUN b \\\n\x0b# c\nCOPY --from=d e f\n",
        ["FROM a", "RUN b COPY --from=d e f"],
    ),
    "a form feed on a line": (b"FROM a\n\x0c\nRUN b\n", ["FROM a"]),
    "a vertical tab in front": (b"FROM a\n\x0bRUN b\n", ["FROM a", "RUN b"]),
    "a vertical tab behind an escape": (b"FROM a\nRUN b\\\x0b\nLABLE\n", ["FROM a", "LABLE"]),
    "a CR and a space behind an escape": (b"FROM a\nRUN b\\\r \nRUN c\n", ["FROM a", "RUN b\\"]),
    "a separator that Python knows": (b"FROM a\nENV a=b\x1cLABLE\n", ["FROM a"]),
}


@pytest.mark.parametrize(("content", "expected"), ODD.values(), ids=ODD.keys())
def test_odd(content: bytes, expected: list[str]) -> None:
    """Bytes that others take for white space join and part lines as BuildKit has it."""
    assert _read(content) == expected


def test_the_longest_line() -> None:
    """A line of 65,535 bytes, the most that BuildKit takes, is skipped; a longer one refused."""
    longest = b"FROM a\n#" + b"x" * (LONGEST_LINE - 1)
    assert (_read(longest + b"\n"), _read(longest + b"x\n")) == (["FROM a"], None)


def _read(content: bytes, *, skip: bool = True) -> list[str] | None:
    found = read_all(content, skip=skip)
    return None if found is None else [f"{one.word} {one.rest}".strip(" ") for one in found]
