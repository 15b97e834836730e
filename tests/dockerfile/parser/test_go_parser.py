"""A second witness: the Go parser, as the package ``dockerfile`` ships it.

It is BuildKit's parser of some years ago: instructions, their flags and their lines, but
nothing that comes later (what an instruction accepts, which image a name means).
"""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given

from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.stages.analyze import analyze
from cdk_ecr_public_pull.dockerfile.stages.places import Conditions
from tests.dockerfile.reading import read_all
from tests.dockerfile.strategies import dockerfiles, examples, mutations
from tests.dockerfile.support import Case, cases

dockerfile = pytest.importorskip("dockerfile", reason="its wheel is for Linux on x86-64 alone")

Found = list[tuple[str, int, int, tuple[str, ...]]]

# Where the two differ: the reason, what a file must have for it, and a file that shows it.
# On all but the last BuildKit has changed since.
DIFFERENCES = {
    "white space between << and a name belongs to the marker now": (
        re.compile(r"<<-?[ \t\r\v\f]"),
        "FROM a\nRUN << E\nx\nE\n",
    ),
    "what follows a JSON array makes it none now": (
        re.compile(r"\][ \t]*[^ \t\r\n]"),
        'FROM a\nRUN ["a"] <<E\nE\n',
    ),
    "# check= is a directive now, behind which others may stand": (
        re.compile(r"#\s*check\s*=", re.IGNORECASE),
        "# check=skip=all\n# escape=`\nFROM `\na\n",
    ),
    "${…/…}, ${…#…} and ${…%…} are no errors now, so that a heredoc beside one is found": (
        re.compile(r"\$\{[^}]*[#%/].*<<|<<.*\$\{[^}]*[#%/]", re.DOTALL),
        "FROM a\nRUN ${A/b/c} <<E\nE\n",
    ),
    "any white space may stand between # and a directive's name now": (
        re.compile(r"#[ \t\r\f]*[\v\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"),
        "#\u00a0escape=`\nFROM `\na\n",
    ),
    "it hands its text on as a C string, which a NUL ends": (
        re.compile(r"\x00"),
        "FROM a\nRUN \x00\nRUN b\n",
    ),
}
# What is looked for may be split by one.
_CONTINUATION = re.compile(r"[\\`][ \t]*\r*\n(?:[ \t\r]*(?:#.*)?\n)*")


def _ours(content: bytes) -> Found | None:
    """Each instruction's name, first line, last line and flags; None if it is refused."""
    result: Found = []
    for one in read_all(content) or ():
        texts = (
            f"--{flag.name}" if flag.value is None else f"--{flag.name}={flag.value.chars}"
            for flag in one.flags
        )
        # It takes each byte of a flag for a letter, as BuildKit does.
        as_bytes = (text.encode("utf-8", "surrogateescape").decode("latin-1") for text in texts)
        result.append((one.word.lower(), one.first, one.last, tuple(as_bytes)))
    return result or None


def _theirs(content: bytes) -> Found | None:
    try:
        commands = dockerfile.parse_string(content.decode())
    except dockerfile.GoParseError:
        return None
    return [
        ((command.cmd or "").lower(), command.start_line, command.end_line, tuple(command.flags))
        for command in commands
    ]


def _differences(content: bytes) -> list[str]:
    # A NUL in the comments behind a continuation ends the text there, too.
    text = _CONTINUATION.sub(
        lambda it: "\x00" if "\x00" in it[0] else "", content.decode().removeprefix("\ufeff")
    )
    return [reason for reason, (pattern, _) in DIFFERENCES.items() if pattern.search(text)]


def _is_text(content: bytes) -> bool:
    """Whether it is UTF-8, which is all that the package takes."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


COMPARABLE = [case for case in cases() if _is_text(case.content) and not _differences(case.content)]


def test_most_cases_can_be_compared() -> None:
    """Few cases are left out for a listed reason."""
    assert len(COMPARABLE) >= 110


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in COMPARABLE])
def test_cases(case: Case) -> None:
    """On the case table both find the same instructions, flags and lines."""
    _compare(case.content)


@pytest.mark.parametrize("reason", DIFFERENCES)
def test_differences(reason: str) -> None:
    """Where the two are said to differ, they do."""
    _, example = DIFFERENCES[reason]
    content = example.encode()
    assert _differences(content) == [reason]
    assert _ours(content) != _theirs(content)


@examples(400)
@given(dockerfiles())
def test_any_dockerfile(content: bytes) -> None:
    """On a made-up Dockerfile both find the same, or both refuse it."""
    assume(_is_text(content) and not _differences(content))
    _compare(content)


@examples(400)
@given(mutations())
def test_any_broken_dockerfile(content: bytes) -> None:
    """On a broken Dockerfile both find the same, or both refuse it."""
    assume(_is_text(content) and not _differences(content))
    _compare(content)


def _compare(content: bytes) -> None:
    try:
        theirs = _theirs(content)
    except UnicodeDecodeError:
        # It cut what follows HEALTHCHECK within a letter, which cannot be handed on.
        return
    ours = _ours(content)
    if theirs is None:
        # It takes arguments apart too, which we do later, and knows no other frontend.
        analysis = analyze(ParsedDockerfile(content), Conditions())
        assert analysis.errors or analysis.is_foreign
    else:
        assert ours == theirs
