"""What CDK tells of the CodeBuild projects of an app, in as few messages as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull.errors import UnsupportedProject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import IConstruct


@dataclass(frozen=True, kw_only=True)
class ExistingProject:
    """What CDK tells of a project of the app; each question to it is a message to Node.

    Attributes:
        construct: The project.
        resource: Its CloudFormation resource.
        properties: The properties of that, with names such as ``vpcConfig``: mappings, lists
            and plain values, texts with tokens, and objects of the CDK for what it does not
            know yet.
        stack: Its stack.
    """

    construct: codebuild.Project
    resource: codebuild.CfnProject
    properties: Mapping[str, object]
    stack: cdk.Stack

    @cached_property
    def path(self) -> str:
        """Its path in the construct tree, asked for only where a message needs it."""
        return self.construct.node.path


def is_project(construct: IConstruct) -> bool:
    """Say whether a construct is a CodeBuild project, of the app or imported.

    Args:
        construct: Any construct.
    """
    # An imported project has no class of its own in Python: a method tells it apart.
    return isinstance(construct, codebuild.Project) or hasattr(construct, "enable_batch_builds")


def project_of(construct: IConstruct) -> ExistingProject:
    """Read a construct as a project of the app.

    Args:
        construct: Any construct.

    Raises:
        UnsupportedProject: It is none, or imported.
    """
    if isinstance(construct, codebuild.Project):
        resource = _noted.pop(construct, None) or _resource_of(construct)
        return ExistingProject(
            construct=construct,
            resource=resource,
            # Protected in the CDK's API, for subclasses; the public way is two messages.
            properties=resource._cfn_properties,  # noqa: SLF001
            stack=construct.stack,
        )
    path = construct.node.path or "the app"
    if is_project(construct):
        raise UnsupportedProject(
            f"project {path} is imported: its buildspec cannot be changed from here\n"
            "  help: apply EcrPublicPull in the app that makes the project",
            rule="imported-project",
        )
    raise UnsupportedProject(
        f"{path} is no CodeBuild project\n"
        "  help: for all projects below it, use Mixins.of(scope).apply(EcrPublicPull())",
        rule="not-a-project",
    )


_noted: dict[codebuild.Project, codebuild.CfnProject] = {}
"""The resources of projects that are about to be read; each is used once, while it is fresh."""


def note_resources(constructs: Iterable[IConstruct]) -> None:
    """Note which resource each project of a listing has, so that Node is not asked for it.

    Where projects and their resources take turns in it, each resource is that of the
    project before it: each project has one, and a construct comes before those below it.

    Args:
        constructs: A construct and all below it, as ``find_all`` lists them.
    """
    kinds = (codebuild.Project, codebuild.CfnProject)
    found = [it for it in constructs if isinstance(it, kinds)]
    noted = {
        project: resource
        for project, resource in zip(found[::2], found[1::2], strict=False)
        if isinstance(project, codebuild.Project) and isinstance(resource, codebuild.CfnProject)
    }
    if 2 * len(noted) == len(found):
        _noted.update(noted)


def _resource_of(project: codebuild.Project) -> codebuild.CfnProject:
    # The default child; by way of its node it would be two messages.
    [resource] = _own_resource().select(project)
    return cast("codebuild.CfnProject", resource)


def policies_of(role: iam.IRole) -> list[iam.Policy]:
    """The policies that grants made for a role; none if grants do not reach it.

    Args:
        role: The role, after the grant.
    """
    return [child for child in role.node.children if isinstance(child, iam.Policy)]


@cache
def _own_resource() -> cdk.IConstructSelector:
    """What finds the resource of a construct; one for all, because making it is a message."""
    return cdk.ConstructSelector.cfn_resource()
