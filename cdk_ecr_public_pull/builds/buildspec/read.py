"""Reading a buildspec: JSON or YAML text to plain data."""

from __future__ import annotations

import json
import re

from cdk_ecr_public_pull.builds.buildspec.scalars import plain_scalar

_NOT_ASCII = re.compile(r"[^ -~\n]")


def names_a_file(text: str) -> bool:
    """Say whether a project's buildspec is the path of a file in its source, and no buildspec.

    Args:
        text: What the project has for a buildspec.
    """
    return "\n" not in text and ": " not in text and not text.lstrip().startswith("{")


def parse_build_spec(text: str, *, source: str) -> dict[str, object]:
    """Read a buildspec in JSON or YAML.

    Anchors, aliases and merge keys are resolved, comments are dropped.
    Placeholders of CDK tokens (``${Token[TOKEN.12]}``) are text like any other.

    Args:
        text: The buildspec.
        source: What to call it in an error: a file's path, say.

    Returns:
        Mappings, lists, texts, numbers, booleans and None. Every key is a text.

    Raises:
        InvalidBuildSpec: The text is no YAML, no mapping, or has a key twice.
    """
    quick = _json_mapping(text)
    if quick is not None:
        return quick
    from cdk_ecr_public_pull.builds.buildspec.read_yaml import parse_yaml  # noqa: PLC0415  (slow to import, and most apps write their buildspecs as mappings, which CDK makes JSON)

    return parse_yaml(text, source=source)


def _json_mapping(text: str) -> dict[str, object] | None:
    """Read what CDK writes, a hundred times as fast as YAML; None where the two may differ."""
    if not text.startswith("{") or _NOT_ASCII.search(text):
        return None
    try:
        mapping: dict[str, object] = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=plain_scalar,
            parse_float=plain_scalar,
            parse_constant=plain_scalar,
        )
    except ValueError:
        return None
    return mapping


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError
    return mapping
