"""What a CDK project says of itself at synth."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import region_info
from aws_cdk.pipelines import CodePipeline

from cdk_ecr_public_pull.constructs.checks import ProjectFacts
from cdk_ecr_public_pull.constructs.structs import cfn_project

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner.html
_RUNNER_EVENT = "WORKFLOW_JOB_QUEUED"
# https://docs.aws.amazon.com/codebuild/latest/userguide/sample-runner-buildkite-CLI.html
_RUNNER_VARIABLE = "CODEBUILD_CONFIG_BUILDKITE_AGENT_TOKEN"


def facts_of(project: codebuild.Project) -> ProjectFacts:
    """Read a project, but for what its buildspec says and what grants to its role do.

    Args:
        project: The project.
    """
    node = project.node
    cfn = cfn_project(project)
    given = cfn.environment
    environment = given if isinstance(given, codebuild.CfnProject.EnvironmentProperty) else None
    variables = environment.environment_variables if environment else None
    privileged = _known_bool(environment.privileged_mode) if environment else None
    region = _known_region(cdk.Stack.of(project).region)
    chosen = _chosen_subnets(cfn)
    vpcs = _vpcs(project) if chosen else []
    return ProjectFacts(
        path=node.path,
        environment_type=environment.type if environment else None,
        privileged=privileged,
        region=region,
        of_cdk_pipelines=any(isinstance(it, CodePipeline) for it in node.scopes),
        runner=_has_runner_webhook(cfn.triggers) or _has_runner_variable(variables),
        partition=region and region_info.RegionInfo.get(region).partition,
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


def _has_runner_webhook(triggers: object) -> bool:
    if not isinstance(triggers, codebuild.CfnProject.ProjectTriggersProperty):
        return False
    groups = triggers.filter_groups if isinstance(triggers.filter_groups, list) else []
    kind = codebuild.CfnProject.WebhookFilterProperty
    filters = [it for group in groups if isinstance(group, list) for it in group]
    return any(isinstance(it, kind) and _RUNNER_EVENT in it.pattern for it in filters)


def _has_runner_variable(variables: object) -> bool:
    given = variables if isinstance(variables, list) else []
    kind = codebuild.CfnProject.EnvironmentVariableProperty
    return any(isinstance(it, kind) and it.name == _RUNNER_VARIABLE for it in given)


def _known_bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _known_region(region: str) -> str | None:
    return None if cdk.Token.is_unresolved(region) else region


def has_policy(role: iam.IRole | None) -> bool | None:
    """Whether a grant reached a role: then it has a policy among its children.

    Args:
        role: The role, after the grant.
    """
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
