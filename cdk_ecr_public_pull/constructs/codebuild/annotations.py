"""Findings and remarks, shown by ``cdk synth`` at the construct that they concern."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import aws_cdk as cdk

from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import IConstruct

    from cdk_ecr_public_pull.report.finding import Finding


def warn(scope: IConstruct, rule: str, message: str) -> None:
    """Add a warning that the user can acknowledge.

    Args:
        scope: The construct that it concerns.
        rule: The rule's name; ``cdk_ecr_public_pull:RULE`` is what
            ``Annotations.of(scope).acknowledge_warning`` takes.
        message: What is wrong and what to do about it.
    """
    cdk.Annotations.of(scope).add_warning_v2(f"cdk_ecr_public_pull:{rule}", message)


def annotate(scope: IConstruct, findings: Iterable[Finding]) -> None:
    """Add each finding: an error stops ``cdk synth``, a warning can be acknowledged.

    Args:
        scope: The construct that the Dockerfile belongs to.
        findings: What was found.
    """
    for finding in findings:
        text = described(finding)
        if finding.severity is Severity.ERROR:
            cdk.Annotations.of(scope).add_error(text)
        else:
            warn(scope, finding.rule, text)


def described(finding: Finding) -> str:
    """Write a finding out, with its place and the remedy.

    Args:
        finding: What was found.
    """
    place = f"{finding.path}:{finding.line}:{finding.column}"
    lines = [f"{place}: {finding.message} [{finding.rule}]", f"help: {finding.help}"]
    if finding.edit is not None:
        lines.append(f"or run: ecr-public-pull fix {shlex.quote(finding.path)}")
    # A name or a text from the file must not act on the terminal that shows it.
    return "\n  ".join(map(escape_controls, lines))
