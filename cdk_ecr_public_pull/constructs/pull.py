"""EcrPublicPull: what moves a CodeBuild project's pulls to ECR Public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ecr as ecr

from cdk_ecr_public_pull.builds.login import DEFAULT_LOGIN_REGIONS, LoginRegion, login_commands
from cdk_ecr_public_pull.constructs import checks
from cdk_ecr_public_pull.constructs.acknowledgement import acknowledge_login
from cdk_ecr_public_pull.constructs.annotations import warn
from cdk_ecr_public_pull.constructs.build_spec import merge_into
from cdk_ecr_public_pull.constructs.facts import facts_of
from cdk_ecr_public_pull.images.mirrors import Mirrors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aws_cdk import aws_codebuild as codebuild


class EcrPublicPull:
    """The options of a build's pulls from ECR Public, and what applies them.

    Args:
        login_regions: The regions whose ECR Public API is asked for a login, in this
            order; by default us-west-2, then us-east-1.
        required: Whether the build fails when no region gives a login; otherwise it
            goes on without one.
        mirrors: Which images have copies, and where; by default Docker's official
            images on ECR Public.
        local_images: Images that the build makes itself and never pulls, names or
            patterns such as ``myorg/*``; added to those of ``mirrors``.

    Raises:
        ValueError: ``login_regions`` is empty, or names a region twice or wrongly.
        InvalidConfig: A name in ``local_images`` is no image name or pattern.
    """

    def __init__(
        self,
        *,
        login_regions: Sequence[LoginRegion] = DEFAULT_LOGIN_REGIONS,
        required: bool = True,
        mirrors: Mirrors | None = None,
        local_images: Iterable[str] = (),
    ) -> None:
        self._login = login_commands(regions=login_regions, required=required)
        self.mirrors = (mirrors or Mirrors()).with_local_images(local_images)

    def apply_to(self, project: codebuild.Project) -> None:
        """Log the builds of a project in to ECR Public; a second time changes nothing.

        The login becomes the first command of the project's buildspec, its role gets
        the two permissions that the login needs, and what may stand in the way becomes
        an error or a warning. A later property override of ``Source.BuildSpec`` takes the
        login away again, as it does all of the buildspec.

        Args:
            project: The project.

        Raises:
            UnsupportedProject: The project has no Docker, or no ECR Public, or is imported.
            InvalidBuildSpec: Its buildspec cannot be read at synth, or not be merged.
        """
        checks.refuse(facts_of(project))
        merged = merge_into(project, self._login)
        if project.role is not None:
            ecr.PublicGalleryAuthorizationToken.grant_read(project.role)
            acknowledge_login(project.role)
        for note in merged.notes:
            warn(project, note.id, note.message)
        for rule, message in checks.warnings(facts_of(project)):
            warn(project, rule, message)
