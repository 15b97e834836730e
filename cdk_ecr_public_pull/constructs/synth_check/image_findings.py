"""What is wrong with an image that is named outside of a Dockerfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_ecr_public_pull.constructs.synth_check.construct_finding import ConstructFinding
from cdk_ecr_public_pull.images.reference import DOCKER_HUB
from cdk_ecr_public_pull.report.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdk_ecr_public_pull.config import Config
    from cdk_ecr_public_pull.images.partial import PartialReference


def image_findings(
    image: PartialReference, *, place: str, config: Config
) -> Iterator[ConstructFinding]:
    """Say what is wrong with an image.

    Args:
        image: The image.
        place: Where it is named.
        config: Which images have copies, and how grave what is.
    """
    for rule, message, fix in _explained(image, config):
        severity = config.settings.severity(rule)
        if severity is not None:
            yield ConstructFinding(
                rule=rule,
                severity=severity,
                description=f"{place}: {message}",
                fix=fix,
                metadata={"image": image.familiar},
            )


def _explained(image: PartialReference, config: Config) -> Iterator[tuple[Rule, str, str]]:
    resolution = config.mirrors.resolve(image.reference)
    copy = resolution.replacement
    if copy is None:
        from cdk_ecr_public_pull.report.verdicts import explain_verdict  # noqa: PLC0415  (an app whose images are moved does without it)

        explained = explain_verdict(resolution, image.familiar)
        if explained is not None:
            yield explained
        return
    name = image.with_version(copy)
    # A mirror may be declared for another registry, too.
    source = "Docker Hub" if image.reference.registry == DOCKER_HUB else image.reference.registry
    yield Rule.DOCKER_HUB_PULL, f"{image.familiar} is pulled from {source}", f"use {name}"
    if image.reference.digest:
        message = f"the digest of {image.familiar} may not exist on {copy.registry}"
        yield Rule.DIGEST_PIN, message, f"check that {name} exists; copies were seen to differ"
