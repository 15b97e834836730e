"""The case tables: what BuildKit itself says about 140 Dockerfiles."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.instructions.nodes import Via
from tests.dockerfile.invariants import check_everything
from tests.dockerfile.reading import read_all
from tests.dockerfile.support import Case, cases, more_cases

ALL = (*cases(), *more_cases())
CASES = [pytest.param(case, id=case.name) for case in ALL]
RECORDED = [pytest.param(case, id=case.name) for case in ALL if case.pulls is not None]

# Ours, where it is not a part of BuildKit's message; each says more than BuildKit does.
OTHER_MESSAGES = {
    "heredoc shift2": 'unterminated heredoc: no line "2))" ends it',
    "heredoc unterminated": 'unterminated heredoc: no line "EOF" ends it',
    "heredoc semicolon": 'unterminated heredoc: no line "EOF;" ends it',
}
# What is left to BuildKit: the values of instructions that name no image, here a port.
LEFT_TO_BUILDKIT = {"unbuilt-stage-9"}


def test_the_tables_are_whole() -> None:
    """All cases are there, each under a name of its own."""
    assert (len(cases()), len(more_cases())) == (120, 20)
    assert len({case.name for case in ALL}) == 140


@pytest.mark.parametrize("case", RECORDED)
def test_pulls(case: Case) -> None:
    """The images of all stages, as far as no build argument is missing, are BuildKit's."""
    pulls = {
        str(pull.image)
        for pull in case.found().pulls
        if not pull.deferred and not pull.unresolved and pull.via is not Via.SYNTAX
    }
    assert sorted(pulls) == case.pulls


@pytest.mark.parametrize("case", CASES)
def test_reachable_pulls(case: Case) -> None:
    """The images of the target, as far as no build argument is missing, are BuildKit's."""
    pulls = {
        str(pull.image)
        for pull in case.found().pulls
        if pull.reachable and not pull.unresolved and pull.via is not Via.SYNTAX
    }
    assert sorted(pulls) == case.reachable


@pytest.mark.parametrize("case", CASES)
def test_syntax(case: Case) -> None:
    """The image that parses the file is BuildKit's."""
    written = [pull.written for pull in case.found().pulls if pull.via is Via.SYNTAX]
    assert written == ([] if case.syntax is None else [case.syntax])


@pytest.mark.parametrize("case", CASES)
def test_error(case: Case) -> None:
    """A file is refused exactly where BuildKit refuses it, in its words."""
    error = case.found().error
    if error is None:
        assert case.error is None or case.name in LEFT_TO_BUILDKIT
    elif case.name in OTHER_MESSAGES:
        assert error.message == OTHER_MESSAGES[case.name]
    else:
        assert case.error is not None
        assert error.message in case.error


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_spans(case: Case) -> None:
    """Each instruction takes the lines that it takes in BuildKit."""
    spans = tuple((one.word, one.first, one.last) for one in read_all(case.content) or ())
    assert spans == case.spans


@pytest.mark.parametrize("case", CASES)
def test_rewrite(case: Case) -> None:
    """A rewrite relocates the pulls, changes no other byte, and changes nothing when repeated."""
    check_everything(case.content)
