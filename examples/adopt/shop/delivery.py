"""The pipeline that deploys the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack, pipelines
from aws_cdk import aws_s3 as s3

from shop.services import Services

if TYPE_CHECKING:
    from constructs import Construct


class DeliveryStack(Stack):
    """A CDK pipeline with one stage, whose image assets it builds."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        source = s3.Bucket(self, "Source", versioned=True)
        pipeline = pipelines.CodePipeline(
            self,
            "Pipeline",
            synth=pipelines.ShellStep(
                "Synth",
                input=pipelines.CodePipelineSource.s3(source, "shop.zip"),
                commands=["pip install --requirement requirements.txt", "npx cdk synth"],
            ),
        )
        pipeline.add_stage(Services(self, "Production"))
