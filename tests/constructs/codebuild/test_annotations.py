"""Findings, shown at the construct that they concern."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import assertions
from constructs import Construct

from cdk_ecr_public_pull.constructs.codebuild.annotations import annotate
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.rules import Rule, Severity


def finding(rule: Rule, severity: Severity, message: str) -> Finding:
    """A finding in line 3."""
    return Finding(
        rule=rule,
        severity=severity,
        path="sub/Dockerfile",
        line=3,
        column=6,
        end_line=3,
        end_column=10,
        message=message,
        help="mend it",
    )


def test_annotate() -> None:
    """An error is an error, a warning is one that can be acknowledged, each is there once."""
    stack = cdk.Stack(cdk.App(), "Stack")
    findings = [
        finding(Rule.DOCKER_HUB_PULL, Severity.ERROR, "node comes from Docker Hub"),
        finding(Rule.NO_MIRROR, Severity.WARNING, "o/r has no copy"),
        finding(Rule.UNKNOWN_IMAGE, Severity.WARNING, "not shown"),
    ]
    cdk.Annotations.of(stack).acknowledge_warning("cdk_ecr_public_pull:unknown-image")

    scope = Construct(stack, "Build")
    annotate(scope, findings)
    annotate(scope, findings)

    annotations = assertions.Annotations.from_stack(stack)
    anything = assertions.Match.any_value()
    assert [it.entry.data for it in annotations.find_error("*", anything)] == [
        "sub/Dockerfile:3:6: node comes from Docker Hub [docker-hub-pull]\n  help: mend it"
    ]
    assert [it.entry.data for it in annotations.find_warning("*", anything)] == [
        (
            "sub/Dockerfile:3:6: o/r has no copy [no-mirror]\n  help: mend it "
            "[ack: cdk_ecr_public_pull:no-mirror]"
        )
    ]


def test_control_characters() -> None:
    """What a Dockerfile says cannot act on the terminal."""
    stack = cdk.Stack(cdk.App(), "Stack")

    annotate(stack, [finding(Rule.DOCKER_HUB_PULL, Severity.ERROR, "\x1b[2J comes")])

    (error,) = assertions.Annotations.from_stack(stack).find_error(
        "*", assertions.Match.any_value()
    )
    assert error.entry.data == (
        "sub/Dockerfile:3:6: \\x1b[2J comes [docker-hub-pull]\n  help: mend it"
    )
