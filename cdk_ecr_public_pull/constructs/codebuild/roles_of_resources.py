"""The role of a project that is a CloudFormation resource alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_codebuild as codebuild

_ID = "EcrPublicPullRole"


def role_of(project: codebuild.CfnProject, stack: cdk.Stack) -> iam.IRole | None:
    """Find the role of a project, if it is one of the same stack; None if it is elsewhere.

    A role that is a resource alone, too, is one that statements can be added to: they become
    a policy of its own.

    Args:
        project: The project.
        stack: Its stack.
    """
    match stack.resolve(project.service_role):
        case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
            pass
        case _:
            return None
    resources = [it for it in stack.node.find_all() if isinstance(it, iam.CfnRole)]
    found = [it for it in resources if stack.resolve(it.logical_id) == logical_id]
    if not found:
        return None
    [resource] = found
    if isinstance(resource.node.scope, iam.Role):
        return resource.node.scope
    known = project.node.try_find_child(_ID)
    if known is not None:
        return cast("iam.IRole", known)
    return iam.Role.from_role_name(project, _ID, resource.ref)
