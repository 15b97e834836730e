"""The report that CDK takes of what a policy plugin found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cdk_ecr_public_pull.constructs.synth_check.construct_finding import (
        ConstructFinding,
        Owner,
    )

_MOST_NAMED = 3
"""How many constructs a violation of several Stages names."""


def make_report(
    findings: Sequence[ConstructFinding], acknowledged: Iterable[ConstructFinding]
) -> cdk.PolicyValidationPluginReport:
    """Make the report of a plugin.

    The command line shows only violations of constructs in the stacks that it was
    asked for. Without arguments these are the stacks in no Stage, and those in Stages of
    CDK Pipelines. Violations without a construct it always shows. So what is in another
    Stage, and is not acknowledged, is reported a second time without its construct.

    Its exit code follows the whole report as soon as anything of it is shown. So beside
    errors, a warning is left out where it would be shown without one of them.

    Args:
        findings: All that was found, acknowledged or not.
        acknowledged: Those that CDK will take out of the report.
    """
    hidden = set(map(id, acknowledged))
    open_findings = [finding for finding in findings if id(finding) not in hidden]
    errors = [finding for finding in open_findings if finding.severity is Severity.ERROR]
    shown = [
        finding
        for finding in findings
        if id(finding) in hidden or finding in errors or not errors or _is_beside(finding, errors)
    ]
    staged = [it for it in shown if id(it) not in hidden and it.owner and it.owner.is_hidden]
    violations = [_violation(group) for group in _grouped(shown)]
    violations += [_violation_of_stages(group) for group in _grouped(staged)]
    # CDK works it out again where it takes acknowledged ones out.
    success = all(finding.severity is not Severity.ERROR for finding in findings)
    return cdk.PolicyValidationPluginReport(success=success, violations=violations)


def _is_beside(warning: ConstructFinding, errors: Iterable[ConstructFinding]) -> bool:
    """Whether an error is shown wherever the warning is."""
    return any(
        error.owner is None
        or error.owner.is_hidden
        or (warning.owner is not None and error.owner.stack == warning.owner.stack)
        for error in errors
    )


def _grouped(findings: Iterable[ConstructFinding]) -> list[list[ConstructFinding]]:
    groups: dict[object, list[ConstructFinding]] = {}
    for finding in findings:
        groups.setdefault(finding.key, []).append(finding)
    return list(groups.values())


def _violation(group: Sequence[ConstructFinding]) -> cdk.PolicyViolation:
    resources = {finding.owner: _resource(finding.owner) for finding in group}
    return _of(group[0], group[0].description, list(resources.values()))


def _violation_of_stages(group: Sequence[ConstructFinding]) -> cdk.PolicyViolation:
    paths = list(dict.fromkeys(finding.owner.path for finding in group if finding.owner))
    named = paths[:_MOST_NAMED]
    if len(paths) > len(named):
        named.append(f"{len(paths) - len(named)} more")
    where = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return _of(group[0], f"{group[0].description}, in {where}", [_resource(None)])


def _resource(owner: Owner | None) -> cdk.PolicyViolatingResource:
    if owner is None:
        return cdk.PolicyViolatingResource(locations=[])
    return cdk.PolicyViolatingResource(
        construct_path=owner.path,
        resource_logical_id=owner.logical_id,
        template_path=owner.template,
        locations=[owner.location] if owner.location else [],
    )


def _of(
    finding: ConstructFinding, description: str, resources: Sequence[cdk.PolicyViolatingResource]
) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=finding.rule,
        severity=str(finding.severity),
        # A name or a text from a file must not act on the terminal that shows it.
        description=escape_controls(description),
        fix="\n".join(map(escape_controls, finding.fix.splitlines())),
        violating_resources=resources,
        rule_metadata=finding.metadata or None,
    )
