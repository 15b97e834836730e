"""Access to plain data of which nobody has checked the types: buildspecs, and CDK properties."""

from __future__ import annotations

from collections.abc import Mapping


def listed(value: object) -> list[object]:
    """Return a value that may be a scalar or a list, as CodeBuild takes it: as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapping(value: object) -> Mapping[str, object]:
    """Return a value that ought to be a mapping; an empty one if it is something else."""
    return value if isinstance(value, Mapping) else {}
