"""CodeBuild builds that pull their base images from Amazon ECR Public, not from Docker Hub.

The public names load when they are first used: importing the package, or running
its command line, never imports ``aws_cdk``, which takes a second and starts Node.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdk_ecr_public_pull.builds.login import (
        LoginRegion,
    )
    from cdk_ecr_public_pull.builds.source_policy import (
        HubPulls,
    )
    from cdk_ecr_public_pull.constructs.build_contexts import (
        EcrPublicBuildContexts,
    )
    from cdk_ecr_public_pull.constructs.docker_image import (
        EcrPublicDockerImage,
    )
    from cdk_ecr_public_pull.constructs.images import (
        EcrPublicImages,
    )
    from cdk_ecr_public_pull.constructs.project import (
        EcrPublicPullPipelineProject,
        EcrPublicPullProject,
    )
    from cdk_ecr_public_pull.constructs.pull import (
        EcrPublicPull,
    )
    from cdk_ecr_public_pull.constructs.rewritten_build_context import (
        RewrittenBuildContext,
    )
    from cdk_ecr_public_pull.constructs.validation import (
        DockerHubPulls,
    )
    from cdk_ecr_public_pull.dockerfile.instructions.nodes import (
        Via,
    )
    from cdk_ecr_public_pull.dockerfile.pulls import (
        DockerfileError,
        FoundPulls,
        Pull,
        find_pulls,
    )
    from cdk_ecr_public_pull.dockerfile.rewrite import (
        Rewrite,
        rewrite_dockerfile,
    )
    from cdk_ecr_public_pull.errors import (
        EcrPublicPullError,
        InvalidBuildSpec,
        InvalidConfig,
        InvalidReference,
        UnmovableImage,
        UnsupportedProject,
        UnusableFile,
    )
    from cdk_ecr_public_pull.images.declared import (
        ImagePattern,
    )
    from cdk_ecr_public_pull.images.mirrors import (
        Mirrors,
        Resolution,
        Verdict,
    )
    from cdk_ecr_public_pull.images.reference import (
        ImageReference,
    )
    from cdk_ecr_public_pull.report.edit import (
        Edit,
    )
    from cdk_ecr_public_pull.report.finding import (
        Finding,
    )
    from cdk_ecr_public_pull.report.locations import (
        Span,
    )
    from cdk_ecr_public_pull.report.rules import (
        Rule,
        RuleSettings,
        Severity,
    )

__all__ = [
    "DockerHubPulls",
    "DockerfileError",
    "EcrPublicBuildContexts",
    "EcrPublicDockerImage",
    "EcrPublicImages",
    "EcrPublicPull",
    "EcrPublicPullError",
    "EcrPublicPullPipelineProject",
    "EcrPublicPullProject",
    "Edit",
    "Finding",
    "FoundPulls",
    "HubPulls",
    "ImagePattern",
    "ImageReference",
    "InvalidBuildSpec",
    "InvalidConfig",
    "InvalidReference",
    "LoginRegion",
    "Mirrors",
    "Pull",
    "Resolution",
    "Rewrite",
    "RewrittenBuildContext",
    "Rule",
    "RuleSettings",
    "Severity",
    "Span",
    "UnmovableImage",
    "UnsupportedProject",
    "UnusableFile",
    "Verdict",
    "Via",
    "find_pulls",
    "rewrite_dockerfile",
]

__version__ = "0.1.0"

_MODULE_OF = {
    "DockerHubPulls": "constructs.validation",
    "DockerfileError": "dockerfile.pulls",
    "EcrPublicBuildContexts": "constructs.build_contexts",
    "EcrPublicDockerImage": "constructs.docker_image",
    "EcrPublicImages": "constructs.images",
    "EcrPublicPull": "constructs.pull",
    "EcrPublicPullError": "errors",
    "EcrPublicPullPipelineProject": "constructs.project",
    "EcrPublicPullProject": "constructs.project",
    "Edit": "report.edit",
    "Finding": "report.finding",
    "FoundPulls": "dockerfile.pulls",
    "HubPulls": "builds.source_policy",
    "ImagePattern": "images.declared",
    "ImageReference": "images.reference",
    "InvalidBuildSpec": "errors",
    "InvalidConfig": "errors",
    "InvalidReference": "errors",
    "LoginRegion": "builds.login",
    "Mirrors": "images.mirrors",
    "Pull": "dockerfile.pulls",
    "Resolution": "images.mirrors",
    "Rewrite": "dockerfile.rewrite",
    "RewrittenBuildContext": "constructs.rewritten_build_context",
    "Rule": "report.rules",
    "RuleSettings": "report.rules",
    "Severity": "report.rules",
    "Span": "report.locations",
    "UnmovableImage": "errors",
    "UnsupportedProject": "errors",
    "UnusableFile": "errors",
    "Verdict": "images.mirrors",
    "Via": "dockerfile.instructions.nodes",
    "find_pulls": "dockerfile.pulls",
    "rewrite_dockerfile": "dockerfile.rewrite",
}


if not TYPE_CHECKING:  # a type checker that saw it would believe in any name

    def __getattr__(name: str) -> object:
        """Loads a public name from its module, the first time that it is used (PEP 562)."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Lists the public names, loaded or not."""
    return sorted({*globals(), *__all__})
