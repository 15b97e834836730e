"""EcrPublicPull, and where a project is: its region and its subnets."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2

from cdk_ecr_public_pull import EcrPublicPull
from cdk_ecr_public_pull.errors import UnsupportedProject
from tests.constructs.one_project import (
    new_project,
    new_stack,
    warnings_of,
)

REGIONS = {
    "eu-west-1": [],
    "us-gov-west-1": ["cdk_ecr_public_pull:unknown-partition"],
    "us-iso-east-1": ["cdk_ecr_public_pull:unknown-partition"],
    "xx-unknown-9": [],
}


@pytest.mark.parametrize(("region", "expected"), REGIONS.items())
def test_regions(region: str, expected: list[str]) -> None:
    """A partition where nobody has tried the login is pointed out."""
    stack = new_stack(region=region)

    EcrPublicPull().apply_to(new_project(stack))

    assert warnings_of(stack) == expected


def test_china() -> None:
    """A partition without ECR Public is refused."""
    stack = new_stack(region="cn-north-1")

    with pytest.raises(UnsupportedProject, match="the partition aws-cn has no ECR Public"):
        EcrPublicPull().apply_to(new_project(stack))


def vpc(stack: cdk.Stack, kind: str) -> ec2.IVpc:
    """A VPC of the app, or one that it imports."""
    if kind == "own":
        types = (ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS)
        isolated = ec2.SubnetType.PRIVATE_ISOLATED
        subnets = [
            ec2.SubnetConfiguration(name=it.name, subnet_type=it) for it in (*types, isolated)
        ]
        return ec2.Vpc(stack, "Vpc", max_azs=1, subnet_configuration=subnets)
    if kind == "imported":
        return ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-00000000000000001",
            availability_zones=["a"],
            public_subnet_ids=["subnet-00000000000000001"],
            private_subnet_ids=["subnet-00000000000000002"],
            isolated_subnet_ids=["subnet-00000000000000003"],
        )
    return ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-00000000000000002")


ISOLATED, PUBLIC = "cdk_ecr_public_pull:isolated-subnets", "cdk_ecr_public_pull:public-subnets"


@pytest.mark.parametrize(
    ("kind", "chosen", "expected"),
    [
        ("own", None, []),
        ("own", ec2.SubnetType.PRIVATE_WITH_EGRESS, []),
        ("own", ec2.SubnetType.PRIVATE_ISOLATED, [ISOLATED]),
        ("own", ec2.SubnetType.PUBLIC, [PUBLIC]),
        ("imported", None, []),
        ("imported", ec2.SubnetType.PRIVATE_ISOLATED, [ISOLATED]),
        ("imported", ec2.SubnetType.PUBLIC, [PUBLIC]),
        # Before the look-up, all kinds show the same subnets.
        ("looked up", None, []),
    ],
)
def test_subnets(kind: str, chosen: ec2.SubnetType | None, expected: list[str]) -> None:
    """Subnets without a way to the internet are pointed out."""
    stack = new_stack(account="111111111111", region="eu-west-1")
    selection = ec2.SubnetSelection(subnet_type=chosen) if chosen else None

    EcrPublicPull().apply_to(new_project(stack, vpc=vpc(stack, kind), subnet_selection=selection))

    assert warnings_of(stack) == expected


def test_subnets_of_another_vpc() -> None:
    """Only the chosen subnets count, and they are named."""
    stack = new_stack()
    project = new_project(
        stack,
        vpc=vpc(stack, "own"),
        subnet_selection=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    )
    ec2.Vpc.from_vpc_attributes(
        stack,
        "Other",
        vpc_id="vpc-00000000000000003",
        availability_zones=["a"],
        isolated_subnet_ids=["subnet-00000000000000009"],
    )

    EcrPublicPull().apply_to(project)

    (warning,) = assertions.Annotations.from_stack(stack).find_warning(
        "/Stack/Build", assertions.Match.any_value()
    )
    assert "(Stack/Vpc/PRIVATE_ISOLATEDSubnet1)" in str(warning.entry.data)
