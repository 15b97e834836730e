"""EcrPublicBuildContexts: the image assets of an app pull from ECR Public."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr_assets as ecr_assets

from cdk_ecr_public_pull.constructs.build_context import named_files
from cdk_ecr_public_pull.constructs.codebuild.annotations import described, warn
from cdk_ecr_public_pull.constructs.configuration import configuration
from cdk_ecr_public_pull.constructs.shown_path import shown_path
from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts
from cdk_ecr_public_pull.errors import UnusableFile
from cdk_ecr_public_pull.images.mirrors import Mirrors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import IConstruct


@jsii.implements(cdk.IPropertyInjector)
class EcrPublicBuildContexts:
    """Makes each ``DockerImageAsset`` below a construct pull from ECR Public.

    ``PropertyInjectors.of(app).add(EcrPublicBuildContexts())``, before the assets are
    made, reaches those that other constructs make (``DockerImageCode.from_image_asset``,
    ``ContainerImage.from_asset``), and those in nested stacks and Stages. The asset's
    Dockerfile is read, and each image that its build pulls, and that has a copy, gets
    one of ``build_contexts``; the files are not changed. Contexts that the asset has
    are kept, and what they replace is left alone. The asset's hash changes with the set
    of these contexts, and with nothing else of this class.

    What stays on Docker Hub becomes a warning of the construct that makes the asset:
    ``Annotations.of(scope).acknowledge_warning("cdk_ecr_public_pull:RULE")`` turns one
    off. ``RewrittenBuildContext`` moves what build contexts cannot: the image of a
    ``# syntax=`` line, an image that is named like a stage of its Dockerfile, and all
    images of a file whose ``# syntax=`` is not known to take build contexts
    (``docker/dockerfile`` does since 1.4). Where the asset has no ``platform``, the
    contexts are those for linux/amd64 and linux/arm64.

    Assets with build contexts need BuildKit where they are built: the ``docker build`` of
    Docker 23 or newer, as CodeBuild's images standard:7.0 and amazonlinux 5.0 have it.

    A ``TarballImageAsset`` is an image that is built already: it is left alone.

    CDK asks one injector for each asset: of those for ``DockerImageAsset``, the one that
    was added last to the nearest construct above. To use another one as well, let it
    call this one: ``return self._contexts.inject(props, scope=scope, id=id)``.

    Args:
        mirrors: Which images have copies, and where; by default what the configuration of
            the working folder says, and Docker's official images on ECR Public.
        local_images: Images that the building machine has and never pulls, names or
            patterns such as ``myorg/*``; added to those of ``mirrors``.

    Raises:
        InvalidConfig: A name in ``local_images`` is no image name or pattern.
    """

    def __init__(self, *, mirrors: Mirrors | None = None, local_images: Iterable[str] = ()) -> None:
        self._config = configuration(mirrors, local_images)

    @property
    def construct_unique_id(self) -> str:
        """The id of the class whose properties are injected."""
        return ecr_assets.DockerImageAsset.PROPERTY_INJECTION_ID

    def inject(
        self,
        original_props: Any,  # noqa: ANN401  (jsii's own type)
        *,
        id: str,  # noqa: A002, ARG002  (the names are those of CDK's interface)
        scope: IConstruct,
    ) -> Any:  # noqa: ANN401  (jsii's own type)
        """Add build contexts to the properties of an asset.

        Args:
            original_props: The properties, in CDK's own names (``buildArgs``).
            id: The asset's id.
            scope: The construct that makes the asset.

        Returns:
            The properties with ``buildContexts``; the same object if there is nothing
            to add. What CDK refuses is left to CDK.
        """
        # CDK joins the two as texts: an absolute name is one in the folder, too.
        file = original_props.get("file") or "Dockerfile"
        path = os.path.normpath(f"{original_props['directory']}/{file}")
        shown = shown_path(Path(path))
        content = None if self._config.ignores(shown) else _content(path)
        if content is None:
            return original_props
        given = original_props.get("buildContexts", {})
        platform = original_props.get("platform")
        plan = plan_contexts(
            content,
            path=shown,
            mirrors=self._config.mirrors,
            settings=self._config.settings,
            build_args=original_props.get("buildArgs"),
            target=original_props.get("target"),
            platform=platform.platform if platform else None,
            given=given,
        )
        for finding in plan.findings:
            warn(scope, finding.rule, described(finding))
        if not plan.contexts:
            return original_props
        return {**original_props, "buildContexts": {**given, **plan.contexts}}


def _content(path: str) -> bytes | None:
    # What cannot be read (a folder that is a token, say) gets CDK's own error.
    with suppress(UnusableFile, ValueError):
        return named_files.read(Path(path), shown=path)
    return None
