"""CDK's property structs."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, TypeVar

from aws_cdk import aws_codebuild as codebuild

if TYPE_CHECKING:
    from collections.abc import Mapping

_Struct = TypeVar("_Struct")
_CAPITAL = re.compile("[A-Z]")
_UNDERLINE = re.compile("_([a-z])")


_OF_PROJECTS = (
    codebuild.CfnProject.EnvironmentProperty,
    codebuild.CfnProject.EnvironmentVariableProperty,
    codebuild.CfnProject.ProjectTriggersProperty,
    codebuild.CfnProject.SourceProperty,
    codebuild.CfnProject.VpcConfigProperty,
    codebuild.CfnProject.WebhookFilterProperty,
)


def plain_mapping(properties: Mapping[str, object]) -> dict[str, object]:
    """The properties of a project's resource, as mappings whoever has read them before.

    CDK tells a property as a mapping until somebody reads it by its attribute
    (``cfn.source``); from then on it tells it as a struct.

    Args:
        properties: The properties, as CDK tells them.
    """
    return {name: _plain(value) for name, value in properties.items()}


def replaced(struct: _Struct, **changes: object) -> _Struct:
    """Copy a struct of CDK, with some properties changed.

    The properties are read from the class, so that those of later CDK releases
    are carried over too.

    Args:
        struct: An instance of one of CDK's struct classes.
        **changes: The new values, under the properties' Python names.
    """
    kind = type(struct)
    return kind(**{name: getattr(struct, name) for name in _names(kind)} | changes)


def source_property(source: Mapping[str, Any]) -> codebuild.CfnProject.SourceProperty:
    """Make CDK's struct of a project's source.

    Args:
        source: The source, as the properties of an ``ExistingProject`` have it.
    """
    names = {name: _CAPITAL.sub(lambda it: f"_{it[0].lower()}", name) for name in source}
    return codebuild.CfnProject.SourceProperty(**{names[it]: source[it] for it in source})


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(it) for it in value]
    if not isinstance(value, _OF_PROJECTS):
        return value
    values = {name: getattr(value, name) for name in _names(type(value))}
    return {
        _UNDERLINE.sub(lambda it: it[1].upper(), name): _plain(it)
        for name, it in values.items()
        if it is not None
    }


def _names(kind: type) -> list[str]:
    """The Python names of a struct's properties."""
    return [name for name, _ in inspect.getmembers(kind, lambda it: isinstance(it, property))]
