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


def source_property(source: Mapping[str, Any]) -> codebuild.CfnProject.SourceProperty:
    """Make CDK's struct of a project's source.

    Args:
        source: The source, as the properties of an ``ExistingProject`` have it.
    """
    names = {name: _CAPITAL.sub(lambda it: f"_{it[0].lower()}", name) for name in source}
    return codebuild.CfnProject.SourceProperty(**{names[it]: source[it] for it in source})
