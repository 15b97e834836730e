"""The report of a policy plugin."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.constructs.problems import Owner, Problem, make_report
from cdk_ecr_public_pull.report.rules import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def owner(stack: str, construct: str = "X", *, is_hidden: bool = False) -> Owner:
    """A construct of a stack."""
    path = f"{stack}/{construct}"
    return Owner(path=path, stack=stack, is_hidden=is_hidden, template=f"{stack}.template.json")


def problem(severity: Severity, of: Owner | None, description: str = "x") -> Problem:
    """A problem of a construct, or of the app."""
    return Problem(rule="r", severity=severity, description=description, fix="f", owner=of)


A, B, APP = owner("A"), owner("B"), None
PROD, TEST = owner("Prod/A", is_hidden=True), owner("Test/A", is_hidden=True)

REPORTS: dict[str, tuple[list[Problem], list[int], bool, list[str]]] = {
    "nothing": ([], [], True, []),
    "warnings alone are all shown": (
        [problem(WARNING, A), problem(WARNING, B, "y"), problem(WARNING, APP, "z")],
        [],
        True,
        ["warning x: A/X", "warning y: B/X", "warning z: "],
    ),
    "a warning beside an error of its stack": (
        [problem(ERROR, A), problem(WARNING, A, "y")],
        [],
        False,
        ["error x: A/X", "warning y: A/X"],
    ),
    "a warning of a stack without an error is left out": (
        [problem(ERROR, A), problem(WARNING, B, "y"), problem(WARNING, APP, "z")],
        [],
        False,
        ["error x: A/X"],
    ),
    "beside an error that is always shown": (
        [problem(ERROR, APP), problem(WARNING, B, "y"), problem(WARNING, APP, "z")],
        [],
        False,
        ["error x: ", "warning y: B/X", "warning z: "],
    ),
    "beside a hidden error, which is always shown too": (
        [problem(ERROR, PROD), problem(WARNING, B, "y")],
        [],
        False,
        ["error x: Prod/A/X", "warning y: B/X", "error x, in Prod/A/X: "],
    ),
    "one violation of several constructs": (
        [problem(ERROR, A), problem(ERROR, B), problem(ERROR, A)],
        [],
        False,
        ["error x: A/X B/X"],
    ),
    "what is hidden is shown twice": (
        [problem(ERROR, PROD), problem(WARNING, PROD, "y")],
        [],
        False,
        [
            "error x: Prod/A/X",
            "warning y: Prod/A/X",
            "error x, in Prod/A/X: ",
            "warning y, in Prod/A/X: ",
        ],
    ),
    "a hidden warning does not fail another stack": (
        [problem(ERROR, A), problem(WARNING, PROD, "y")],
        [],
        False,
        ["error x: A/X"],
    ),
    "several Stages in one line": (
        [problem(ERROR, PROD), problem(ERROR, A), problem(ERROR, TEST)],
        [],
        False,
        ["error x: Prod/A/X A/X Test/A/X", "error x, in Prod/A/X and Test/A/X: "],
    ),
    "many constructs are counted": (
        [problem(ERROR, owner("P", f"{i}", is_hidden=True)) for i in range(5)],
        [],
        False,
        ["error x: P/0 P/1 P/2 P/3 P/4", "error x, in P/0, P/1, P/2 and 2 more: "],
    ),
    "what is acknowledged is left to CDK, and shown once": (
        [problem(ERROR, PROD), problem(WARNING, B, "y")],
        [0],
        False,
        ["error x: Prod/A/X", "warning y: B/X"],
    ),
}


@pytest.mark.parametrize("case", REPORTS)
def test_report(case: str) -> None:
    """Each violation, and for which constructs it is reported."""
    problems, acknowledged, success, expected = REPORTS[case]
    report = make_report(problems, [problems[index] for index in acknowledged])
    shown = [
        f"{it.severity} {it.description}: "
        + " ".join(resource.construct_path or "" for resource in it.violating_resources)
        for it in report.violations
    ]

    assert (report.success, shown) == (success, expected)


def test_control_characters_are_shown() -> None:
    """A text from a file does not act on the terminal, and a fix keeps its lines."""
    (violation,) = make_report(
        [Problem(rule="r", severity=ERROR, description="a\x1b[2Jb\nc", fix="d\x07\ne")], []
    ).violations

    assert (violation.description, violation.fix) == ("a\\x1b[2Jb\\nc", "d\\x07\ne")
