"""A CDK app with the builds of the closed loop; their sources are unknown at synth."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild

from app import BUILD_SPEC
from cdk_ecr_public_pull import EcrPublicPull, EcrPublicPullProject, HubPulls
