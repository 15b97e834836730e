"""What the shop runs: a website, and a function that makes thumbnails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import NestedStack, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import Construct

IMAGES = Path(__file__).parent / "images"


class Thumbnails(NestedStack):
    """A Lambda function made from an image."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        lambda_.DockerImageFunction(
            self,
            "Function",
            code=lambda_.DockerImageCode.from_image_asset(str(IMAGES / "thumbnails")),
        )


class Website(Stack):
    """A service on Fargate, with the thumbnails in a nested stack."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        cluster = ecs.Cluster(self, "Cluster", vpc=ec2.Vpc(self, "Vpc", max_azs=2))
        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container(
            "Web",
            image=ecs.ContainerImage.from_asset(str(IMAGES / "web"), build_args={"NODE": "22"}),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="web"),
        )
        ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=task,
            min_healthy_percent=50,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )
        Thumbnails(self, "Thumbnails")


class Services(Stage):
    """All of it, as one stage of the pipeline."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        Website(self, "Website")
