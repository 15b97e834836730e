"""The quick finder of instructions: what it finds, what it passes over, where it gives up."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.scan import scan_plain
from cdk_ecr_public_pull.dockerfile.source import find_instructions
from cdk_ecr_public_pull.dockerfile.text import MAX_LINE

# Each instruction that is found: its first byte, and its text on one line.
FOUND: dict[str, tuple[bytes, list[tuple[int, str]]]] = {
    "a FROM": (b"FROM a\n", [(0, "FROM a")]),
    "no final line feed": (b"FROM a", [(0, "FROM a")]),
    "lower case": (b"from a\nrun b\n", [(0, "from a"), (7, "run b")]),
    "indented": (b" \tFROM a\n", [(2, "FROM a")]),
    "white space and CRs behind": (b"FROM a \t\r\r\n", [(0, "FROM a \t")]),
    "CRLF": (b"ARG A\r\nFROM $A\r\nRUN x\r\n", [(0, "ARG A"), (7, "FROM $A")]),
    "comments and blank lines": (b"# a\n\n \t\r\n  # b\nFROM a\n", [(15, "FROM a")]),
    "continued": (b"FROM \\\n# c\n\n a \\ \n AS b\n", [(0, "FROM  a  AS b")]),
    "what can name an image": (
        b"ARG A\nFROM a\nONBUILD RUN x\nCOPY --from=b c d\nRUN --mount=from=e f\nARG B\n",
        [
            (0, "ARG A"),
            (6, "FROM a"),
            (13, "ONBUILD RUN x"),
            (27, "COPY --from=b c d"),
            (45, "RUN --mount=from=e f"),
            (66, "ARG B"),
        ],
    ),
    "what may be refused": (
        b"FROM a\nLABLE b\nCOPY c\nENV D\nUSER\nRUN [1]\nADD --x e f\nHEALTHCHECK G\n",
        [
            (0, "FROM a"),
            (7, "LABLE b"),
            (15, "COPY c"),
            (22, "ENV D"),
            (28, "USER"),
            (33, "RUN [1]"),
            (41, "ADD --x e f"),
            (53, "HEALTHCHECK G"),
        ],
    ),
    "what may be refused, in a rarer form": (
        b"FROM a\nCOPY --chown=b --chown=c d e\nVOLUME ['/a']\nENV A=${B:?} C=${D\n",
        [
            (0, "FROM a"),
            (7, "COPY --chown=b --chown=c d e"),
            (36, "VOLUME ['/a']"),
            (50, "ENV A=${B:?} C=${D"),
        ],
    ),
    "mounts that are refused": (
        b"FROM a\nRUN --mount=type=secret,id=a,source=b c\nRUN --mount=type=tmpfs,mode=1 a\n",
        [
            (0, "FROM a"),
            (7, "RUN --mount=type=secret,id=a,source=b c"),
            (47, "RUN --mount=type=tmpfs,mode=1 a"),
        ],
    ),
    "flags that are refused": (
        b"FROM a\nHEALTHCHECK --retries=1 --retries=2 CMD a\nCOPY --chmod=8 a b\nEXPOSE $\n",
        [
            (0, "FROM a"),
            (7, "HEALTHCHECK --retries=1 --retries=2 CMD a"),
            (49, "COPY --chmod=8 a b"),
            (68, "EXPOSE $"),
        ],
    ),
    "what names an image, in a rarer form": (
        b"FROM a\nCOPY --link --from=b --chown=c d e\nRUN --mount=type=cache,from=b,target=/c d\n",
        [
            (0, "FROM a"),
            (7, "COPY --link --from=b --chown=c d e"),
            (42, "RUN --mount=type=cache,from=b,target=/c d"),
        ],
    ),
    "what stands before the first FROM": (b"RUN a\nFROM b\nRUN a\n", [(0, "RUN a"), (6, "FROM b")]),
}


@pytest.mark.parametrize(("content", "expected"), FOUND.values(), ids=FOUND.keys())
def test_found(content: bytes, expected: list[tuple[int, str]]) -> None:
    """What may name an image or be refused is found, wherever it stands."""
    assert _scan(content) == expected


PASSED_OVER = {
    "RUN": b"RUN a && b | c > d 2>&1 # e",
    "RUN with quotes": b"RUN echo 'a' \"b\" $C ${D:-e}",
    "RUN, continued": b"RUN a \\\n# FROM b\n\n && c \\\n  d",
    "RUN with escapes": b"RUN a \\n b\\\\ c",
    "RUN with a mount": b"RUN --mount=type=cache,target=/a b",
    "CMD in JSON": b'CMD ["a", "b"]',
    "ENTRYPOINT in JSON": b'ENTRYPOINT [ "a" ]',
    "SHELL": b'SHELL ["a", "-c"]',
    "CMD": b"CMD a b",
    "COPY": b"COPY --chown=a:b c d /e",
    "COPY, continued": b"COPY a \\\n b \\\n /c",
    "ADD": b"ADD a.tar /b",
    "ENV": b'ENV A=b C="d e" F=$G',
    "ENV in its old form": b"ENV A b c",
    "LABEL": b'LABEL a.b="c" \\\n  d=e',
    "the short ones": b"WORKDIR /a\nEXPOSE 80 81\nUSER a\nSTOPSIGNAL 9\nVOLUME /b",
    "HEALTHCHECK": b"HEALTHCHECK CMD a || b\nHEALTHCHECK NONE",
    "MAINTAINER": b"MAINTAINER A <a@example.org>",
    "a comment": b"# FROM b",
    "other letters": 'RUN echo é\nLABEL a="é"\n# é\nCMD ["é"]'.encode(),
    "a dollar that means nothing": b'ENV A=$ B="$(c)" D=$1',
    "RUN in JSON": b'RUN ["a", "b"]',
    "JSON with escapes, continued": b'CMD [ "a\\"b\\\\" , \\\n# c\n "d" ]',
    "paths in JSON": b'COPY ["a b", "c$D", "/e"]\nADD ["a", "/b"]\nVOLUME ["/a", "/b c"]',
    "COPY with flags": b"COPY --link --chmod=0755 --chown=$A:${B:-c} d \\\n e /f",
    "HEALTHCHECK with options": b"HEALTHCHECK --timeout=3s \\\n --interval=5m --retries=3 CMD a\n"
    b'HEALTHCHECK --interval=5m CMD ["a"]',
    "mounts": b"RUN --mount=type=bind,target=/a,ro \\\n --mount=type=tmpfs,target=/b \\\n"
    b" --mount=type=cache,id=c,target=/c,mode=0700,uid=1,sharing=locked \\\n"
    b" --mount=type=secret,id=d,required,env=D --mount=type=ssh,id=e f",
    "mounts of other forms": b"RUN --mount=target=/a --mount=ro,source=b \\\n"
    b" --mount=target=/c,type=cache,sharing=private --mount=type=bind,target=/d e",
    "escapes": b'ENV A=b\\ c D="e \\"f\\" \\g" H=i\\\\j',
    "a quoted value, continued": b'LABEL a="b \\\n# c\n d" \\\n e=f',
    "operations that cannot fail": b"ENV A=${B:-c} D=${E+f}\nWORKDIR ${A:-/b}/c\nUSER ${A-b}",
    "a heredoc whose mark may not be indented": b"RUN a <<E\n\tE\nFROM b\nE",
    "a heredoc of RUN": b"RUN <<E\nFROM b\nE\nRUN --mount=type=ssh a <<-'E' > c\n\tE",
}


@pytest.mark.parametrize("content", PASSED_OVER.values(), ids=PASSED_OVER.keys())
def test_passed_over(content: bytes) -> None:
    """What names no image and is surely fine is passed over, up to the next FROM."""
    last = len(b"FROM a\n") + len(content) + 1
    expected = [(0, "FROM a"), (last, "FROM z")]
    assert _scan(b"FROM a\n" + content + b"\nFROM z\n") == expected


GIVEN_UP = {
    "nothing": b"",
    "only comments": b"# a\n",
    "a heredoc of COPY": b"FROM a\nCOPY <<E /b\nE\n",
    "two heredocs": b"FROM a\nRUN <<E <<F\nE\nF\n",
    "a heredoc without an end": b"FROM a\nRUN <<E\n E\n",
    "a quoted heredoc's marker": b"FROM a\nRUN b 'c <<E'\n",
    "a heredoc's marker that is none": b"FROM a\nRUN '<<E'\n",
    "a byte order mark": b"\xef\xbb\xbfFROM a\n",
    "another letter at a line's start": "FROM a\nRUN b \\\n é\n".encode(),
    "a byte order mark within": "FROM a\nRUN b\ufeff\n".encode(),
    "no UTF-8": b"FROM a\nRUN \xff\n",
    "a vertical tab": b"FROM\x0ba\n",
    "a form feed": b"FROM a\n\x0c\n",
    "a NUL": b"FROM a\nRUN \x00\n",
    "a separator that Python knows": b"FROM a\nRUN a\x1cb\n",
    "no letter at the start": b"FROM a\n/bin/sh\n",
    "a heredoc's marker, split": b"FROM a\nRUN b <\\\n<RUN\nFROM c\nRUN\n",
    "an escaped escape at the end": b"FROM a\nRUN b\\\\\n",
    "a continued name": b"FR\\\nOM a\n",
    "the end within a continuation": b"FROM a\nRUN b \\\n",
    "an index behind mounts": b"FROM a\nRUN --mount=target=/a b\nCOPY --from=1 c d\n",
    "a stage called scratch and mounts": b"FROM a AS scratch\nRUN --mount=target=/a b\n",
    "a long line": b"FROM a\n#" + b"x" * MAX_LINE + b"\n",
}


@pytest.mark.parametrize("content", GIVEN_UP.values(), ids=GIVEN_UP.keys())
def test_given_up(content: bytes) -> None:
    """A file that the grammar does not know is left to the long way."""
    assert scan_plain(content) is None


def test_the_longest_plain_line() -> None:
    """A line of 65,535 bytes, the most that BuildKit takes, is plain."""
    assert _scan(b"FROM a\n#" + b"x" * (MAX_LINE - 1) + b"\n") == [(0, "FROM a")]


def test_the_places_of_characters() -> None:
    """Each character of an instruction knows its byte, across a continuation too."""
    (found,) = scan_plain(b"\n FROM a\\\n# c\nb\n") or []
    assert list(found.text.offsets) == [2, 3, 4, 5, 6, 7, 14]


def test_a_backtick_takes_the_long_way() -> None:
    """Where the escape character is a backtick, every instruction is found."""
    escape, found = find_instructions(b"# escape=`\nFROM a\nRUN b\\\nRUN c`\nd\n")
    texts = [instruction.text.chars for instruction in found]
    assert (escape, texts) == ("`", ["FROM a", "RUN b\\", "RUN cd"])


def _scan(content: bytes) -> list[tuple[int, str]] | None:
    found = scan_plain(content)
    if found is None:
        return None
    return [(instruction.start, instruction.text.chars) for instruction in found]
