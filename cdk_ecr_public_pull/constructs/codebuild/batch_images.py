"""The images that the tasks of a batch build run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_ecr_public_pull.builds.plain_data import listed
from cdk_ecr_public_pull.constructs.sure_copies import hub_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk_ecr_public_pull.images.mirrors import Mirrors


def with_copies(build_spec: Mapping[str, object], mirrors: Mirrors) -> dict[str, object]:
    """Take the copies of the images that a buildspec's batch names, where they are surely there.

    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html

    Args:
        build_spec: The buildspec.
        mirrors: Which images have copies, and where.

    Returns:
        The buildspec; what is not changed is the same object.
    """
    batch = build_spec.get("batch")
    if not isinstance(batch, dict):
        return dict(build_spec)
    new = dict(batch)
    for kind in ("build-graph", "build-list"):
        if isinstance(batch.get(kind), list):
            new[kind] = [_moved(task, mirrors) for task in batch[kind]]
    matrix = batch.get("build-matrix")
    if isinstance(matrix, dict):
        new["build-matrix"] = {half: _moved(it, mirrors) for half, it in matrix.items()}
    return {**build_spec, "batch": new}


def _moved(task: object, mirrors: Mirrors) -> object:
    """A task, or a half of a matrix, with the copies in its environment."""
    if not isinstance(task, dict) or not isinstance(task.get("env"), dict):
        return task
    environment = task["env"]
    if "image" not in environment:
        return task
    written = environment["image"]
    copies = [_copy(it, mirrors) for it in listed(written)]
    image = copies if isinstance(written, list) else copies[0]
    return {**task, "env": {**environment, "image": image}}


def _copy(image: object, mirrors: Mirrors) -> object:
    # Of what stays DockerHubPulls speaks.
    found = hub_image(image, mirrors, has_secret=False, take="{}", construct="EcrPublicPull")
    return image if found is None or found.copy is None else found.copy
