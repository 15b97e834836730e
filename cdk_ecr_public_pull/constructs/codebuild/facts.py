"""What a CDK project says of itself at synth."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import region_info

from cdk_ecr_public_pull.builds.plain_data import mapping
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import policies_of
from cdk_ecr_public_pull.constructs.codebuild.requirements import ProjectFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs import IConstruct

    from cdk_ecr_public_pull.constructs.codebuild.existing_projects import ExistingProject

_Plain = TypeVar("_Plain")

# https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner.html
_RUNNER_EVENT = "WORKFLOW_JOB_QUEUED"
# https://docs.aws.amazon.com/codebuild/latest/userguide/sample-runner-buildkite-CLI.html
_RUNNER_VARIABLE = "CODEBUILD_CONFIG_BUILDKITE_AGENT_TOKEN"
# CodeBuild pulls an image of its own by itself, and lets the role of the project pull another:
# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
_OF_OTHERS = "SERVICE_ROLE"
# Under a pipeline; its template has these names, so that CDK keeps them. Those of images are
# DockerAsset.
_FILE_ASSETS = re.compile(r".+/Assets/FileAsset[0-9]*")
# Where Role.customize_roles keeps what it is told.
_CUSTOMIZED_ROLES = "@aws-cdk/iam:customizeRoles"


def facts_of(project: ExistingProject) -> ProjectFacts:
    """Tell of a project all but what its buildspec says and what grants to its role do.

    Args:
        project: The project.
    """
    properties = project.properties
    environment = mapping(properties.get("environment"))
    privileged = _known(bool, environment.get("privilegedMode"))
    has_docker = True if environment.get("dockerServer") else privileged
    region = _region_of(project.stack)
    chosen = _chosen_subnets(properties)
    vpcs = _vpcs(project) if chosen else []
    return ProjectFacts(
        path=lambda: project.path,
        environment_type=_known(str, environment.get("type")),
        image=_known(str, environment.get("image")),
        foreign_image=environment.get("imagePullCredentialsType") == _OF_OTHERS,
        has_docker=has_docker,
        region=region,
        # Asked of Node only where it matters.
        of_cdk_pipelines=has_docker is False and _is_of_cdk_pipelines(project.construct),
        runner=_is_runner(properties),
        partition=region and _partition(region),
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


def _is_runner(properties: Mapping[str, object]) -> bool:
    groups = _list(mapping(properties.get("triggers")).get("filterGroups"))
    patterns = [mapping(it).get("pattern") for group in groups for it in _list(group)]
    variables = _list(mapping(properties.get("environment")).get("environmentVariables"))
    names = [mapping(it).get("name") for it in variables]
    return any(_RUNNER_EVENT in str(it) for it in patterns) or _RUNNER_VARIABLE in names


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _known(kind: type[_Plain], value: object) -> _Plain | None:
    return value if isinstance(value, kind) else None


@lru_cache(maxsize=64)
def _region_of(stack: cdk.Stack) -> str | None:
    region = stack.region
    return None if cdk.Token.is_unresolved(region) else region


@cache
def _partition(region: str) -> str | None:
    return region_info.RegionInfo.get(region).partition


def takes_grants(project: ExistingProject) -> bool:
    """Say whether a grant to a project's role has an effect.

    Args:
        project: The project, after a grant.
    """
    # A role of the app does, unless the app uses roles that were made before. Which it is
    # is asked once for a stack, and not at every role.
    if type(project.role) is iam.Role and not _customizes_roles(project.stack):
        return True
    return project.role is not None and bool(policies_of(project.role))


@lru_cache(maxsize=64)
def _customizes_roles(stack: cdk.Stack) -> bool:
    return stack.node.try_get_context(_CUSTOMIZED_ROLES) is not None


def publishes_files(construct: IConstruct | None) -> bool:
    """Say whether a construct is a project of CDK Pipelines that publishes files.

    CDK Pipelines gives a project assets of one kind alone. One that publishes files builds
    no image: what Docker bundles was bundled at synth.

    Args:
        construct: Any construct.
    """
    # The kind is asked of Python first: each question to Node costs every synth its time.
    if not isinstance(construct, codebuild.PipelineProject):
        return False
    node = construct.node
    return bool(_FILE_ASSETS.fullmatch(node.path)) and _is_code_pipeline(node.scopes[-3])


def _is_of_cdk_pipelines(construct: IConstruct) -> bool:
    return any(map(_is_code_pipeline, construct.node.scopes))


def _is_code_pipeline(construct: IConstruct) -> bool:
    from aws_cdk.pipelines import CodePipeline  # noqa: PLC0415  (slow to import, and an app without pipelines does without)

    return isinstance(construct, CodePipeline)


def _chosen_subnets(properties: Mapping[str, object]) -> frozenset[object]:
    return frozenset(_list(mapping(properties.get("vpcConfig")).get("subnets")))


def _vpcs(project: ExistingProject) -> list[ec2.IVpc]:
    # An imported VPC has no class of its own in Python: its attribute tells it apart.
    everything = project.construct.node.root.node.find_all()
    return [cast("ec2.IVpc", it) for it in everything if hasattr(it, "isolated_subnets")]


def _without(subnets: list[ec2.ISubnet], others: list[ec2.ISubnet]) -> Iterator[ec2.ISubnet]:
    known = {subnet.subnet_id for subnet in others}
    return (subnet for subnet in subnets if subnet.subnet_id not in known)
