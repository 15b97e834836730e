"""The case table: what BuildKit itself says about 120 Dockerfiles."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.arguments import split_command
from cdk_ecr_public_pull.dockerfile.directives import find_escape
from cdk_ecr_public_pull.dockerfile.lines import Lines
from cdk_ecr_public_pull.dockerfile.moves import Via
from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.segments import segment
from tests.dockerfile.invariants import check_everything
from tests.dockerfile.support import Case, cases

CASES = [pytest.param(case, id=case.name) for case in cases()]

# Ours, where it is not a part of BuildKit's message; each says more than BuildKit does.
OTHER_MESSAGES = {
    "heredoc shift2": 'unterminated heredoc: no line "2))" ends it',
    "heredoc unterminated": 'unterminated heredoc: no line "EOF" ends it',
    "heredoc semicolon": 'unterminated heredoc: no line "EOF;" ends it',
}


def test_the_table_is_whole() -> None:
    """All 120 cases are there, each under a name of its own."""
    assert len({case.name for case in cases()}) == 120


@pytest.mark.parametrize("case", CASES)
def test_pulls(case: Case) -> None:
    """The images of all stages are those that BuildKit asks for."""
    found = find_pulls(case.content, build_args=case.build_args)
    pulls = {
        str(pull.image) for pull in found.pulls if not pull.deferred and pull.via is not Via.SYNTAX
    }
    assert sorted(pulls) == case.pulls


@pytest.mark.parametrize("case", CASES)
def test_reachable_pulls(case: Case) -> None:
    """The images of the default target are those that BuildKit asks for."""
    found = find_pulls(case.content, build_args=case.build_args)
    pulls = {
        str(pull.image) for pull in found.pulls if pull.reachable and pull.via is not Via.SYNTAX
    }
    assert sorted(pulls) == case.reachable


@pytest.mark.parametrize("case", CASES)
def test_syntax(case: Case) -> None:
    """The image that parses the file is BuildKit's."""
    found = find_pulls(case.content, build_args=case.build_args)
    written = [pull.written for pull in found.pulls if pull.via is Via.SYNTAX]
    assert written == ([] if case.syntax is None else [case.syntax])


@pytest.mark.parametrize("case", CASES)
def test_error(case: Case) -> None:
    """A file is refused exactly where BuildKit refuses it, in its words."""
    error = find_pulls(case.content, build_args=case.build_args).error
    if error is None:
        assert case.error is None
    elif case.name in OTHER_MESSAGES:
        assert error.message == OTHER_MESSAGES[case.name]
    else:
        assert case.error is not None
        assert error.message in case.error


@pytest.mark.parametrize("case", CASES)
def test_spans(case: Case) -> None:
    """Each instruction takes the lines that it takes in BuildKit."""
    lines = Lines.of(case.content, find_escape(case.content))
    try:
        segments = segment(case.content, lines)
    except Refusal:
        segments = []
    spans = []
    for found in segments:
        text = lines.join(found.start_line - 1, found.command_end_line - 1)
        spans.append((split_command(text).word.chars, found.start_line, found.end_line))
    assert spans == case.spans


@pytest.mark.parametrize("case", CASES)
def test_rewrite(case: Case) -> None:
    """A rewrite relocates the pulls, changes no other byte, and changes nothing when repeated."""
    check_everything(case.content)
