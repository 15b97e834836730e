"""What CDK tells of the CodeBuild projects of an app, in as few messages as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeGuard, cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull.builds.plain_data import mapping
from cdk_ecr_public_pull.constructs.codebuild.roles_of_resources import role_of
from cdk_ecr_public_pull.constructs.codebuild.structs import plain_mapping
from cdk_ecr_public_pull.errors import UnsupportedProject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import IConstruct

# Where a resource of the CDK discloses its properties.
_PROPERTIES = "aws:cdk:cloudformation:props"


@dataclass(frozen=True, kw_only=True)
class ExistingProject:
    """What CDK tells of a project of the app; each question to it is a message to Node.

    Attributes:
        construct: The project; one that has no ``codebuild.Project`` is its resource.
        resource: Its CloudFormation resource.
        properties: The properties of that, with names such as ``vpcConfig``: mappings, lists
            and plain values, texts with tokens, and objects of the CDK for what it does not
            know yet.
        stack: Its stack.
        build_spec: What its buildspec resolves to, a text or a CloudFormation function; None
            if it has none, or a source that is a token.
    """

    construct: codebuild.Project | codebuild.CfnProject
    resource: codebuild.CfnProject
    properties: Mapping[str, object]
    stack: cdk.Stack
    build_spec: object

    @cached_property
    def role(self) -> iam.IRole | None:
        """Its role, asked for only where it matters which that is.

        That of a resource is known if it is in the same stack.
        """
        if isinstance(self.construct, codebuild.Project):
            return self.construct.role
        return role_of(self.construct, self.stack)

    def grant(self, statement: iam.PolicyStatement) -> None:
        """Add a statement to its role, as far as that takes one.

        Args:
            statement: The statement.
        """
        if isinstance(self.construct, codebuild.Project):
            self.construct.add_to_role_policy(statement)
        elif self.role is not None:
            self.role.add_to_principal_policy(statement)

    @cached_property
    def path(self) -> str:
        """Its path in the construct tree, asked for only where a message needs it."""
        return self.construct.node.path


def is_project(construct: IConstruct) -> bool:
    """Say whether a construct is a CodeBuild project, of the app or imported.

    Args:
        construct: Any construct.
    """
    return (
        isinstance(construct, codebuild.Project) or _is_alone(construct) or is_imported(construct)
    )


def is_imported(construct: IConstruct) -> bool:
    """Say whether a construct is a CodeBuild project of another app.

    Args:
        construct: Any construct.
    """
    # It has no class of its own in Python: a method tells it apart.
    return not isinstance(construct, codebuild.Project) and hasattr(
        construct, "enable_batch_builds"
    )


def project_of(construct: IConstruct) -> ExistingProject:
    """Read a project of the app.

    Args:
        construct: A project.

    Raises:
        UnsupportedProject: It is imported.
    """
    if isinstance(construct, codebuild.Project | codebuild.CfnProject):
        return projects_in([construct])[construct]
    raise UnsupportedProject(
        f"project {construct.node.path} is imported: its buildspec cannot be changed from here\n"
        "  help: apply EcrPublicPull in the app that makes the project",
        rule="imported-project",
    )


def projects_in(constructs: Sequence[IConstruct]) -> dict[IConstruct, ExistingProject]:
    """Read the projects of the app among some constructs, all at once.

    Args:
        constructs: Any constructs.
    """
    asked = [_ask(it) for it in constructs if isinstance(it, codebuild.Project) or _is_alone(it)]
    return {
        it.construct: ExistingProject(
            construct=it.construct,
            resource=it.resource,
            properties=it.properties,
            stack=it.stack,
            build_spec=build_spec,
        )
        for it, build_spec in zip(asked, _build_specs(asked), strict=True)
    }


def _is_alone(construct: IConstruct) -> TypeGuard[codebuild.CfnProject]:
    """Whether a construct is the resource of a project, and no ``codebuild.Project`` has it."""
    return isinstance(construct, codebuild.CfnProject) and not isinstance(
        construct.node.scope, codebuild.Project
    )


def policies_of(role: iam.IRole) -> list[iam.Policy]:
    """The policies that grants made for a role; none if grants do not reach it.

    Args:
        role: The role, after the grant.
    """
    return [child for child in role.node.children if isinstance(child, iam.Policy)]


class _Asked(NamedTuple):
    """A project whose buildspec is still to be resolved."""

    construct: codebuild.Project | codebuild.CfnProject
    resource: codebuild.CfnProject
    properties: Mapping[str, object]
    stack: cdk.Stack


def _ask(project: codebuild.Project | codebuild.CfnProject) -> _Asked:
    resource = _resource_of(project) if isinstance(project, codebuild.Project) else project
    inspector = _inspector()
    resource.inspect(inspector)
    properties = inspector.attributes[_PROPERTIES]
    return _Asked(project, resource, plain_mapping(properties), project.stack)


def _build_specs(projects: Sequence[_Asked]) -> list[object]:
    """What the buildspecs of projects resolve to; those of a stack are one message."""
    of_stacks: dict[cdk.Stack, dict[str, object]] = {}
    for index, it in enumerate(projects):
        given = mapping(it.properties.get("source")).get("buildSpec")
        of_stacks.setdefault(it.stack, {})[str(index)] = given
    resolved: dict[str, object] = {}
    for stack, build_specs in of_stacks.items():
        resolved |= stack.resolve(build_specs)
    # CDK leaves out what resolves to nothing.
    return [resolved.get(str(index)) for index in range(len(projects))]


def _resource_of(project: codebuild.Project) -> codebuild.CfnProject:
    # The default child; by way of its node it would be two messages.
    [resource] = _own_resource().select(project)
    return cast("codebuild.CfnProject", resource)


@cache
def _inspector() -> cdk.TreeInspector:
    """What a resource discloses its properties to; each takes the place of the one before."""
    return cdk.TreeInspector()


@cache
def _own_resource() -> cdk.IConstructSelector:
    """What finds the resource of a construct; one for all, because making it is a message."""
    return cdk.ConstructSelector.cfn_resource()
