"""What a policy plugin found, and the report that CDK takes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aws_cdk as cdk

from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MOST_NAMED = 3
"""How many constructs a violation of several Stages names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What a problem belongs to.

    Attributes:
        path: The construct's path.
        stack: The path of the stack that the command line knows it by.
        is_hidden: Whether a plain ``cdk synth`` shows nothing of that stack.
        template: The template that the construct is in.
        logical_id: The logical id of the resource there, or None if it is no resource.
        location: The property, such as ``Properties.Source.BuildSpec``.
    """

    path: str
    stack: str
    is_hidden: bool
    template: str
    logical_id: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that a report is to say.

    Attributes:
        rule: The rule's id, without the plugin's name.
        severity: How grave it is.
        description: What is wrong, and where.
        fix: What to do about it, in lines.
        owner: What it belongs to; None for the app.
        metadata: For programs: the file, line and column.
    """

    rule: str
    severity: Severity
    description: str
    fix: str
    owner: Owner | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, Severity, str, str]:
        """What is the same of all problems that are one violation."""
        return self.rule, self.severity, self.description, self.fix


def make_report(
    problems: Sequence[Problem], acknowledged: Iterable[Problem]
) -> cdk.PolicyValidationPluginReport:
    """Make the report of a plugin.

    The command line shows only violations of constructs in the stacks that it was
    asked for. Without arguments these are the stacks in no Stage, and those in Stages of
    CDK Pipelines. Violations without a construct it always shows. So what is in another
    Stage, and is not acknowledged, is reported a second time without its construct.

    Its exit code follows the whole report as soon as anything of it is shown. So beside
    errors, a warning is left out where it would be shown without one of them.

    Args:
        problems: All that was found, acknowledged or not.
        acknowledged: Those that CDK will take out of the report.
    """
    hidden = set(map(id, acknowledged))
    open_problems = [problem for problem in problems if id(problem) not in hidden]
    errors = [problem for problem in open_problems if problem.severity is Severity.ERROR]
    shown = [
        problem
        for problem in problems
        if id(problem) in hidden or problem in errors or not errors or _is_beside(problem, errors)
    ]
    staged = [it for it in shown if id(it) not in hidden and it.owner and it.owner.is_hidden]
    violations = [_violation(group) for group in _grouped(shown)]
    violations += [_violation_of_stages(group) for group in _grouped(staged)]
    # CDK works it out again where it takes acknowledged ones out.
    success = all(problem.severity is not Severity.ERROR for problem in problems)
    return cdk.PolicyValidationPluginReport(success=success, violations=violations)


def _is_beside(warning: Problem, errors: Iterable[Problem]) -> bool:
    """Whether an error is shown wherever the warning is."""
    return any(
        error.owner is None
        or error.owner.is_hidden
        or (warning.owner is not None and error.owner.stack == warning.owner.stack)
        for error in errors
    )


def _grouped(problems: Iterable[Problem]) -> list[list[Problem]]:
    groups: dict[object, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(problem.key, []).append(problem)
    return list(groups.values())


def _violation(group: Sequence[Problem]) -> cdk.PolicyViolation:
    resources = {problem.owner: _resource(problem.owner) for problem in group}
    return _of(group[0], group[0].description, list(resources.values()))


def _violation_of_stages(group: Sequence[Problem]) -> cdk.PolicyViolation:
    paths = list(dict.fromkeys(problem.owner.path for problem in group if problem.owner))
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
    problem: Problem, description: str, resources: Sequence[cdk.PolicyViolatingResource]
) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=problem.rule,
        severity=str(problem.severity),
        # A name or a text from a file must not act on the terminal that shows it.
        description=escape_controls(description),
        fix="\n".join(map(escape_controls, problem.fix.splitlines())),
        violating_resources=resources,
        rule_metadata=problem.metadata or None,
    )
