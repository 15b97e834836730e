"""The quick way to the build contexts of a usual Dockerfile, of which nothing is to be said.

It gives the same as the long way of ``planned_contexts``, which a test holds.
"""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.moves import Via, context_name
from cdk_ecr_public_pull.dockerfile.quick import moving_of
from cdk_ecr_public_pull.dockerfile.usual import Usual, find_usual
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import IMAGE_SCHEME


def contexts_quickly(content: bytes, mirrors: Mirrors) -> dict[str, str] | None:
    """Find the contexts of a build of the last stage, without build arguments or contexts.

    Args:
        content: The Dockerfile.
        mirrors: Where copies are.

    Returns:
        The contexts; None if the file takes the long way.
    """
    found = find_usual(content)
    if found is None:
        return None
    needed = _needed(found)
    contexts: dict[str, str] = {}
    for place, is_needed in zip(found.named, needed, strict=True):
        via, _, _, name, source, _ = place
        if source is not None:
            continue
        moving = moving_of(name, mirrors)
        if moving is None or via is Via.SYNTAX or (is_needed and moving.needs_report):
            return None
        copy = moving.resolution.replacement
        if is_needed and copy is not None:
            contexts[context_name(moving.image)] = f"{IMAGE_SCHEME}{copy}"
    # A context that is named like a stage would take its place.
    return None if any(alias in contexts for *_, alias in found.named) else contexts


def _needed(found: Usual) -> list[bool]:
    """Which places the build of the last stage needs."""
    stages: list[int] = []
    for via, *_ in found.named:
        stages.append((stages[-1] if stages else -1) + (via is Via.FROM))
    sources: dict[int, set[int]] = {}
    for stage, (_, _, _, _, source, _) in zip(stages, found.named, strict=True):
        if source is not None:
            sources.setdefault(stage, set()).add(source)
    reached = {stages[-1]}
    # Each stage comes of earlier ones alone.
    for stage in range(stages[-1], -1, -1):
        if stage in reached:
            reached |= sources.get(stage, set())
    return [stage in reached for stage in stages]
