"""Two builds of the shop, and the image of its database migrations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr_assets as assets

if TYPE_CHECKING:
    from constructs import Construct

MIGRATIONS = Path(__file__).parent / "images" / "migrations"


class BuildsStack(Stack):
    """An image asset, and the projects that test and scan what the shop is made of."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        migrations = assets.DockerImageAsset(self, "Migrations", directory=str(MIGRATIONS))
        codebuild.Project(
            self,
            "Test",
            build_spec=codebuild.BuildSpec.from_object_to_yaml(
                {
                    "version": "0.2",
                    "phases": {
                        "install": {"commands": ["npm ci"]},
                        "build": {"commands": ["docker build --tag shop .", "npm test"]},
                    },
                }
            ),
            environment=codebuild.BuildEnvironment(privileged=True),
        )
        scan = codebuild.Project(
            self,
            "Scan",
            build_spec=codebuild.BuildSpec.from_object(
                {
                    "version": "0.2",
                    "phases": {
                        "build": {"commands": [f"./scan-image {migrations.image_uri}"]},
                    },
                }
            ),
            environment=codebuild.BuildEnvironment(privileged=True),
        )
        migrations.repository.grant_pull(scan)
