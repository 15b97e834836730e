"""What a policy plugin would say of the login's grant, and why it is right as it is."""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from constructs import IValidation

from cdk_ecr_public_pull.builds.login import LOGIN_ACTIONS
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import policies_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import aws_iam as iam

    from cdk_ecr_public_pull.constructs.codebuild.existing_projects import ExistingProject

# The id that cdk-nag 3 reports a `*` under:
# https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions
_RULE = "AwsSolutions::AwsSolutions-IAM5[Resource::*]"
_BY_CONSTRUCT = (2, 275)
"""The first aws-cdk-lib known to keep an acknowledgement to its construct; 2.270 does not."""

_REASON = (
    f"The login to ECR Public needs {' and '.join(LOGIN_ACTIONS)}, which accept no narrower "
    "resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "list_amazonelasticcontainerregistrypublic.html"
)


def acknowledge_login(project: ExistingProject) -> None:
    """Acknowledge the ``*`` of the login's grant, so that cdk-nag's AwsSolutions passes.

    cdk-nag reports one ``*`` for a whole policy, whoever put it there. So that nothing of
    the user's is hidden, a policy is looked at when it is finished, and acknowledged
    only if the login's statement is the only one on ``*``.

    Nothing is acknowledged where cdk-nag is not loaded, nor with an aws-cdk-lib before
    2.275: it may take an acknowledgement for one of the whole app.

    Args:
        project: The project whose role has the grant.
    """
    _acknowledged_in(project.stack).projects.append(project)


@cache
def acknowledges_by_construct() -> bool:
    """Whether CDK keeps an acknowledgement to the construct that it is made on."""
    from importlib.metadata import version  # noqa: PLC0415  (slow to import, and needed only where cdk-nag is loaded)

    major, minor, *_ = version("aws-cdk-lib").split(".")
    return (int(major), int(minor)) >= _BY_CONSTRUCT


@lru_cache(maxsize=64)
def _acknowledged_in(stack: cdk.Stack) -> _AcknowledgedAtSynth:
    """What acknowledges in a stack: one for all its projects, which is asked once a synth."""
    acknowledged = _AcknowledgedAtSynth()
    # Not an aspect: one that is added by an aspect may not run.
    stack.node.add_validation(acknowledged)
    return acknowledged


@jsii.implements(IValidation)
class _AcknowledgedAtSynth:
    """Acknowledges the rule for the policies of projects, when CDK validates their stack."""

    def __init__(self) -> None:
        self.projects: list[ExistingProject] = []

    def validate(self) -> list[str]:
        """Look at the finished policies; they are always valid."""
        # Nobody else reads it, and each question to Node costs every synth its time.
        if "cdk_nag" in sys.modules and acknowledges_by_construct():
            roles = filter(None, (project.role for project in self.projects))
            for policy in (policy for role in roles for policy in policies_of(role)):
                if _has_only_our_wildcard(policy):
                    rule = cdk.Acknowledgment(id=_RULE, reason=_REASON)
                    cdk.Validations.of(policy).acknowledge(rule)
        return []


def _has_only_our_wildcard(policy: iam.Policy) -> bool:
    document = policy.stack.resolve(policy.document)
    wildcards = [it for it in document.get("Statement", ()) if "*" in _listed(it, "Resource")]
    return bool(wildcards) and all(
        set(LOGIN_ACTIONS).issuperset(_listed(it, "Action")) for it in wildcards
    )


def _listed(statement: Mapping[str, Any], key: str) -> Iterable[object]:
    # Without the key it says NotAction, which is more than the login's.
    value = statement.get(key, "*" if key == "Action" else ())
    return [value] if isinstance(value, str | dict) else value
