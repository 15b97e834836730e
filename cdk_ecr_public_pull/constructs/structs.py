"""Reading CDK's constructs and property structs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar

from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.errors import UnsupportedProject

if TYPE_CHECKING:
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


def cfn_project(project: IConstruct) -> codebuild.CfnProject:
    """The CloudFormation resource of a CodeBuild project.

    Args:
        project: The project.

    Raises:
        UnsupportedProject: It has none, because it is imported.
    """
    cfn = project.node.default_child
    if not isinstance(cfn, codebuild.CfnProject):
        raise UnsupportedProject(
            f"project {project.node.path} is imported: its buildspec cannot be changed from here\n"
            "  help: apply EcrPublicPull in the app that makes the project"
        )
    return cfn
