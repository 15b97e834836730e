"""What a CDK project says of itself at synth."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import region_info

from cdk_ecr_public_pull.constructs.checks import ProjectFacts
from cdk_ecr_public_pull.constructs.structs import cfn_project

if TYPE_CHECKING:
    from collections.abc import Iterator


def facts_of(project: codebuild.Project) -> ProjectFacts:
    """Read a project.

    Args:
        project: The project, after the grants to its role.
    """
    cfn = cfn_project(project)
    given = cfn.environment
    environment = given if isinstance(given, codebuild.CfnProject.EnvironmentProperty) else None
    region = cdk.Stack.of(project).region
    chosen = _chosen_subnets(cfn)
    vpcs = _vpcs(project) if chosen else []
    return ProjectFacts(
        path=project.node.path,
        environment_type=environment.type if environment else None,
        privileged=_known_bool(environment.privileged_mode) if environment else None,
        region=None if cdk.Token.is_unresolved(region) else region,
        partition=_partition(region),
        has_role_policy=_has_policy(project.role),
        isolated_subnets=tuple(
            subnet.node.path
            for vpc in vpcs
            # A VPC that is not looked up yet shows the same subnets under every kind.
            for subnet in _without(vpc.isolated_subnets, vpc.private_subnets)
            if subnet.subnet_id in chosen
        ),
        public_subnets=tuple(
            subnet.node.path
            for vpc in vpcs
            for subnet in _without(vpc.public_subnets, vpc.private_subnets)
            if subnet.subnet_id in chosen
        ),
    )


def _known_bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _partition(region: str) -> str | None:
    if cdk.Token.is_unresolved(region):
        return None
    return region_info.RegionInfo.get(region).partition


def _has_policy(role: iam.IRole | None) -> bool | None:
    """Whether grants reach the role: then it has a policy among its children."""
    if role is None:
        return None
    return any(isinstance(child, iam.Policy) for child in role.node.children)


def _chosen_subnets(cfn: codebuild.CfnProject) -> frozenset[str]:
    config = cfn.vpc_config
    if not isinstance(config, codebuild.CfnProject.VpcConfigProperty):
        return frozenset()
    return frozenset(config.subnets or ())


def _vpcs(project: codebuild.Project) -> list[ec2.IVpc]:
    # An imported VPC has no class of its own in Python: its attribute tells it apart.
    everything = project.node.root.node.find_all()
    return [cast("ec2.IVpc", it) for it in everything if hasattr(it, "isolated_subnets")]


def _without(subnets: list[ec2.ISubnet], others: list[ec2.ISubnet]) -> Iterator[ec2.ISubnet]:
    known = {subnet.subnet_id for subnet in others}
    return (subnet for subnet in subnets if subnet.subnet_id not in known)
