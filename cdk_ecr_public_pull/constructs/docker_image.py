"""EcrPublicDockerImage: images for asset bundling, pulled from ECR Public."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import aws_cdk as cdk

from cdk_ecr_public_pull.constructs.build_context.source_folder import SourceFolder
from cdk_ecr_public_pull.constructs.codebuild.annotations import described
from cdk_ecr_public_pull.constructs.configuration import configuration
from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile
from cdk_ecr_public_pull.errors import InvalidReference, UnmovableImage
from cdk_ecr_public_pull.images.mirrors import Mirrors, Verdict
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.images.reference import ImageReference
from cdk_ecr_public_pull.report.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cdk_ecr_public_pull.constructs.build_context import named_files
    from cdk_ecr_public_pull.report.finding import Finding

# What to do about an image without a copy; the other verdicts let it be.
_AS_IT_IS = "cdk.DockerImage.from_registry pulls it from where it is"
_REMEDIES = {
    Verdict.NO_MIRROR: (
        f"copy it to a registry of yours, and name that copy: {{mirrors}}; {_AS_IT_IS}"
    ),
    Verdict.UNKNOWN: (
        "if your own engine has it, say local_images=[{name!r}]; "
        f"if a registry has it, name that: {{mirrors}}; {_AS_IT_IS}"
    ),
    Verdict.WITHDRAWN: "take another image, or name a copy of it: {mirrors}",
}


class DockerBuildOptions(TypedDict, total=False):
    """The options of ``DockerImage.from_build``, but for those below and ``build_contexts``."""

    cache_disabled: bool | None
    cache_from: Sequence[cdk.DockerCacheOption | dict[str, Any]] | None
    cache_to: cdk.DockerCacheOption | dict[str, Any] | None
    network: str | None


class EcrPublicDockerImage:
    """Makes the ``DockerImage`` of ``BundlingOptions``, with its pulls from ECR Public.

    Bundling happens while the app is synthesized, with the Docker of the machine that
    synthesizes it: such an image is pulled there, whatever its assets' own builds pull.
    """

    @staticmethod
    def from_registry(
        image: str, *, mirrors: Mirrors | None = None, local_images: Iterable[str] = ()
    ) -> cdk.DockerImage:
        """Take an image from its copy: ``node:21`` from ``public.ecr.aws/docker/library/node:21``.

        Args:
            image: The image's name. One that is not on Docker Hub is taken as it is.
            mirrors: Which images have copies, and where; by default what the configuration
                of the working folder says, and Docker's official images on ECR Public.
            local_images: Images that your own engine has, names or patterns such as
                ``myorg/*``; added to those of ``mirrors``, and taken as they are.

        Raises:
            InvalidReference: ``image`` is no image name.
            UnmovableImage: It has no copy that is known of.
            InvalidConfig: A name in ``local_images`` is no image name or pattern.
        """
        try:
            reference = ImageReference.parse(image)
        except InvalidReference as error:
            raise InvalidReference(
                f"{image!r} is not an image name: {error}\n"
                "  help: write it as for docker pull: node:21"
            ) from None
        resolution = configuration(mirrors, local_images).mirrors.resolve(reference)
        if resolution.replacement is not None:
            return cdk.DockerImage.from_registry(str(resolution.replacement))
        if resolution.verdict in _REMEDIES:
            name = reference._replace(tag=None, digest=None).familiar
            remedy = _REMEDIES[resolution.verdict].format(
                name=name, mirrors=f'mirrors=Mirrors(mirrors={{{name!r}: "…"}})'
            )
            raise UnmovableImage(
                f"{image} cannot be pulled from a copy: {resolution.reason}\n  help: {remedy}"
            )
        return cdk.DockerImage.from_registry(image)

    @staticmethod
    def from_build(
        path: named_files.FileName,
        *,
        build_args: Mapping[str, str] | None = None,
        file: str = "Dockerfile",
        local_images: Iterable[str] = (),
        mirrors: Mirrors | None = None,
        platform: str | None = None,
        target_stage: str | None = None,
        **options: Unpack[DockerBuildOptions],
    ) -> cdk.DockerImage:
        """Build an image whose Dockerfile pulls from ECR Public, as ``DockerImage.from_build``.

        The folder itself is not touched: a copy of it is built, in which the Dockerfile
        names the copies, and which is gone afterwards. As with CDK's method, an image
        that was built before is not built again. What stays on Docker Hub because no
        copy of it is known becomes a Python warning.

        Args:
            path: The folder, from the working directory.
            build_args: The values of ``--build-arg``; none by default.
            file: The Dockerfile, as a path from that folder.
            local_images: Images that your own engine has, names or patterns such as
                ``myorg/*``; added to those of ``mirrors``.
            mirrors: Which images have copies, and where; by default what the configuration
                of the working folder says, and Docker's official images on ECR Public.
            platform: The platform to build for, such as ``linux/arm64``; by default that
                of the machine.
            target_stage: The stage to build; the last one by default.
            **options: The other options of ``DockerImage.from_build``.

        Raises:
            UnmovableImage: An image has a copy, but the Dockerfile could not be changed to
                name it; or BuildKit would refuse the file. Each line is a finding.
            UnusableFile: The folder or the Dockerfile cannot be read, or the Dockerfile is
                a link that leaves the folder.
            InvalidConfig: A name in ``local_images`` is no image name or pattern.
            RuntimeError: The build fails.
        """
        source = SourceFolder(path)
        dockerfile = source.dockerfile(file)
        config = configuration(mirrors, local_images)
        rewrite = rewrite_dockerfile(
            source.read(dockerfile),
            path=source.shown(dockerfile),
            mirrors=config.mirrors,
            settings=config.settings,
            build_args=build_args,
            target=target_stage,
            platform=platform or DEFAULT_PLATFORM,
        )
        _refuse_errors(rewrite.findings)
        for finding in rewrite.findings:
            warnings.warn(described(finding), stacklevel=2)
        with tempfile.TemporaryDirectory() as temporary:
            copy = source.copy_into(
                Path(temporary).resolve(), dockerfiles={dockerfile: rewrite.content}
            )
            return cdk.DockerImage.from_build(
                str(copy.path),
                build_args=build_args,
                file=str(dockerfile),
                platform=platform,
                target_stage=target_stage,
                **options,
            )


def _refuse_errors(findings: Iterable[Finding]) -> None:
    errors = [described(it) for it in findings if it.severity is Severity.ERROR]
    if errors:
        raise UnmovableImage("\n".join(errors))
