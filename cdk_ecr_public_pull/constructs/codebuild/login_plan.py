"""What is to be done to a CodeBuild project, before anything is done."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.builds.buildspec.docker_use import logs_in_to_private_ecr, names_docker
from cdk_ecr_public_pull.builds.commands.cdk_docker import hides_login
from cdk_ecr_public_pull.builds.plain_data import mapping
from cdk_ecr_public_pull.constructs.codebuild import requirements
from cdk_ecr_public_pull.constructs.codebuild.acknowledgement import acknowledge_login
from cdk_ecr_public_pull.constructs.codebuild.annotations import warn
from cdk_ecr_public_pull.constructs.codebuild.facts import takes_grants
from cdk_ecr_public_pull.constructs.sure_copies import hub_image

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

    from cdk_ecr_public_pull.constructs.codebuild.build_spec import Merge
    from cdk_ecr_public_pull.constructs.codebuild.build_spec_file import BuildSpecFile
    from cdk_ecr_public_pull.constructs.codebuild.existing_projects import ExistingProject
    from cdk_ecr_public_pull.constructs.codebuild.requirements import ProjectFacts
    from cdk_ecr_public_pull.images.mirrors import Mirrors


# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_PRIVATE_ECR = re.compile(r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.[a-z.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPlan:
    """How a project comes to its login; it has a merge, or a file.

    Attributes:
        project: The project.
        facts: What is known of it, but for what its buildspec says.
        mirrors: Which images have copies, and where.
        moves_pulls: Whether its pulls are to be moved there.
        merge: The merge into its buildspec.
        file: The file that is its buildspec.
    """

    project: ExistingProject
    facts: ProjectFacts
    mirrors: Mirrors
    moves_pulls: bool
    merge: Merge | None = None
    file: BuildSpecFile | None = None

    def make(self, permissions: iam.PolicyStatement) -> None:
        """Let the project log in, and say what may stand in the way.

        Args:
            permissions: What its role gets.
        """
        construct = self.project.construct
        if self.merge is not None:
            self.merge.make()
        self.project.grant(permissions)
        acknowledge_login(self.project)
        if self.moves_pulls:
            self._move_image()
        self._warn_of_build_spec()
        for rule, message in requirements.warnings(self._facts()):
            warn(construct, rule, message)

    def _move_image(self) -> None:
        environment = mapping(self.project.properties.get("environment"))
        image = hub_image(
            self.facts.image if self.facts.foreign_image else None,
            self.mirrors,
            has_secret=environment.get("registryCredential") is not None,
            take="take LinuxBuildImage.from_docker_registry({})",
            construct="EcrPublicPull",
        )
        if image is None:
            return
        if image.copy is not None:
            self.project.resource.add_property_override("Environment.Image", image.copy)
            return
        warn(
            self.project.construct,
            "environment-image",
            f"project {self.project.path} builds in {image.written}, which CodeBuild pulls from "
            f"Docker Hub: {image.reason}\n  help: {image.remedy}; or acknowledge this",
        )

    def _warn_of_build_spec(self) -> None:
        construct = self.project.construct
        for warning in self.merge.merged.warnings if self.merge is not None else ():
            warn(construct, warning.id, warning.message)
        if self.file is not None:
            message = self.file.warning(self.project.path, has_docker=self.facts.has_docker)
            if message is not None:
                warn(construct, "source-build-spec", message)

    def _facts(self) -> ProjectFacts:
        known = dataclasses.replace(self.facts, has_role_policy=takes_grants(self.project))
        if self.merge is None:
            return dataclasses.replace(known, names_docker=False)
        return dataclasses.replace(
            known,
            adds_login=self.merge.adds_login,
            hides_login=hides_login(self.merge.merged.build_spec),
            names_docker=names_docker(self.merge.given),
            has_source_policy=self.moves_pulls,
            private_mirror=self._private_mirror(self.merge.given),
        )

    def _private_mirror(self, build_spec: object) -> str | None:
        """The first private registry among the mirrors, if the build moves its pulls there."""
        if not self.moves_pulls or logs_in_to_private_ecr(build_spec):
            return None
        registries = [copy.partition("/")[0] for _, copy in self.mirrors.declared_copies()]
        return next(filter(_PRIVATE_ECR.fullmatch, registries), None)
