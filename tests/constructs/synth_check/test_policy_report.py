"""The report of a policy plugin."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.constructs.synth_check.construct_finding import ConstructFinding, Owner
from cdk_ecr_public_pull.constructs.synth_check.policy_report import make_report
from cdk_ecr_public_pull.report.rules import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def owner(stack: str, construct: str = "X", *, is_hidden: bool = False) -> Owner:
    """A construct of a stack."""
    path = f"{stack}/{construct}"
    return Owner(path=path, stack=stack, is_hidden=is_hidden, template=f"{stack}.template.json")


def finding(severity: Severity, of: Owner | None, description: str = "x") -> ConstructFinding:
    """A finding of a construct, or of the app."""
    return ConstructFinding(rule="r", severity=severity, description=description, fix="f", owner=of)


A, B, APP = owner("A"), owner("B"), None
PROD, TEST = owner("Prod/A", is_hidden=True), owner("Test/A", is_hidden=True)

REPORTS: dict[str, tuple[list[ConstructFinding], list[int], bool, list[str]]] = {
    "nothing": ([], [], True, []),
    "warnings alone are all shown": (
        [finding(WARNING, A), finding(WARNING, B, "y"), finding(WARNING, APP, "z")],
        [],
        True,
        ["warning x: A/X", "warning y: B/X", "warning z: "],
    ),
    "a warning beside an error of its stack": (
        [finding(ERROR, A), finding(WARNING, A, "y")],
        [],
        False,
        ["error x: A/X", "warning y: A/X"],
    ),
    "a warning of a stack without an error is left out": (
        [finding(ERROR, A), finding(WARNING, B, "y"), finding(WARNING, APP, "z")],
        [],
        False,
        ["error x: A/X"],
    ),
    "beside an error that is always shown": (
        [finding(ERROR, APP), finding(WARNING, B, "y"), finding(WARNING, APP, "z")],
        [],
        False,
        ["error x: ", "warning y: B/X", "warning z: "],
    ),
    "beside a hidden error, which is always shown too": (
        [finding(ERROR, PROD), finding(WARNING, B, "y")],
        [],
        False,
        ["error x: Prod/A/X", "warning y: B/X", "error x, in Prod/A/X: "],
    ),
    "one violation of several constructs": (
        [finding(ERROR, A), finding(ERROR, B), finding(ERROR, A)],
        [],
        False,
        ["error x: A/X B/X"],
    ),
    "what is hidden is shown twice": (
        [finding(ERROR, PROD), finding(WARNING, PROD, "y")],
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
        [finding(ERROR, A), finding(WARNING, PROD, "y")],
        [],
        False,
        ["error x: A/X"],
    ),
    "several Stages in one line": (
        [finding(ERROR, PROD), finding(ERROR, A), finding(ERROR, TEST)],
        [],
        False,
        ["error x: Prod/A/X A/X Test/A/X", "error x, in Prod/A/X and Test/A/X: "],
    ),
    "many constructs are counted": (
        [finding(ERROR, owner("P", f"{i}", is_hidden=True)) for i in range(5)],
        [],
        False,
        ["error x: P/0 P/1 P/2 P/3 P/4", "error x, in P/0, P/1, P/2 and 2 more: "],
    ),
    "what is acknowledged is left to CDK, and shown once": (
        [finding(ERROR, PROD), finding(WARNING, B, "y")],
        [0],
        False,
        ["error x: Prod/A/X", "warning y: B/X"],
    ),
}


@pytest.mark.parametrize("case", REPORTS)
def test_report(case: str) -> None:
    """Each violation, and for which constructs it is reported."""
    findings, acknowledged, success, expected = REPORTS[case]
    report = make_report(findings, [findings[index] for index in acknowledged])
    shown = [
        f"{it.severity} {it.description}: "
        + " ".join(resource.construct_path or "" for resource in it.violating_resources)
        for it in report.violations
    ]

    assert (report.success, shown) == (success, expected)


def test_control_characters_are_shown() -> None:
    """A text from a file does not act on the terminal, and a fix keeps its lines."""
    (violation,) = make_report(
        [ConstructFinding(rule="r", severity=ERROR, description="a\x1b[2Jb\nc", fix="d\x07\ne")], []
    ).violations

    assert (violation.description, violation.fix) == ("a\\x1b[2Jb\\nc", "d\\x07\ne")
