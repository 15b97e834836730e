"""Reading CDK's constructs and property structs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.errors import UnsupportedProject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import IConstruct

_Struct = TypeVar("_Struct")


def replaced(struct: _Struct, **changes: object) -> _Struct:
    """Copy a struct of CDK, with some properties changed.

    The properties are read from the class, so that those of later CDK releases
    are carried over too.

    Args:
        struct: An instance of one of CDK's struct classes.
        **changes: The new values, under the properties' Python names.
    """
    kind = type(struct)
    names = [name for name, _ in inspect.getmembers(kind, lambda it: isinstance(it, property))]
    return kind(**{name: getattr(struct, name) for name in names} | changes)


def is_project(construct: IConstruct) -> bool:
    """Say whether a construct is a CodeBuild project, of the app or imported.

    Args:
        construct: Any construct.
    """
    # An imported project has no class of its own in Python: a method tells it apart.
    return isinstance(construct, codebuild.Project) or hasattr(construct, "enable_batch_builds")


def project_of(construct: IConstruct) -> codebuild.Project:
    """Take a construct as a project of the app.

    Args:
        construct: Any construct.

    Raises:
        UnsupportedProject: It is none, or imported.
    """
    if isinstance(construct, codebuild.Project):
        return construct
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


def properties_of(project: codebuild.Project) -> Mapping[str, object]:
    """Read the CloudFormation properties of a project, as CDK holds them.

    That is three questions to Node; the structs of ``CfnProject`` are one for each property.

    Args:
        project: The project.

    Returns:
        The properties, with names such as ``vpcConfig``: mappings, lists and plain values,
        texts with tokens, and objects of the CDK for what it does not know yet.
    """
    inspector = cdk.TreeInspector()
    cfn_project(project).inspect(inspector)
    properties: Mapping[str, object] = inspector.attributes["aws:cdk:cloudformation:props"]
    return properties


def cfn_project(project: codebuild.Project) -> codebuild.CfnProject:
    """The CloudFormation resource of a CodeBuild project.

    Args:
        project: The project.
    """
    return cast("codebuild.CfnProject", project.node.default_child)
