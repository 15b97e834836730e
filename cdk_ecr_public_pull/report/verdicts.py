"""What is said of an image that has no copy."""

from __future__ import annotations

from cdk_ecr_public_pull.images.mirrors import Resolution, Verdict
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.rules import Rule


def explain_verdict(resolution: Resolution, name: str) -> tuple[Rule, str, str] | None:
    """Say what is wrong with an image that has no copy.

    Args:
        resolution: What is known of its copy.
        name: The image, as it is to be called.

    Returns:
        The rule, the message and the remedy; None if it has a copy or needs none.
    """
    key = repository_key(resolution.reference)
    match resolution.verdict:
        case Verdict.WITHDRAWN:
            message = f"{name} is gone: {resolution.reason}"
            remedy = f'pull another image, or name a copy of it under mirrors: {key} = "…"'
            return Rule.WITHDRAWN_IMAGE, message, remedy
        case Verdict.NO_MIRROR:
            message = f"{name} is pulled from Docker Hub: {resolution.reason}"
            remedy = f'copy it to a registry of yours, and name that under mirrors: {key} = "…"'
            return Rule.NO_MIRROR, message, remedy
        case Verdict.UNKNOWN:
            message = f"{name} may be pulled from Docker Hub: {resolution.reason}"
            remedy = (
                f"if the build's own engine has it, add {key} to local_images; "
                f'if a registry has it, name that under mirrors: {key} = "…"'
            )
            return Rule.UNKNOWN_IMAGE, message, remedy
        case _:
            return None


def repository_key(image: ImageReference) -> str:
    """The image's repository as a key of the configuration, in its quotes: ``"grafana/loki"``.

    Args:
        image: The image; its tag and digest do not count.
    """
    name = image.familiar.partition("@")[0]
    return f'"{name.removesuffix(f":{image.tag}") if image.tag else name}"'
