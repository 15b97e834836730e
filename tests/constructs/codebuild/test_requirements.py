"""What can keep a project from pulling from ECR Public."""

from __future__ import annotations

import dataclasses

import pytest

from cdk_ecr_public_pull.constructs.codebuild.requirements import ProjectFacts, refuse, warnings
from cdk_ecr_public_pull.errors import UnsupportedProject

GOOD = ProjectFacts(
    path=lambda: "Stack/Build",
    environment_type="LINUX_CONTAINER",
    has_docker=True,
    partition="aws",
    region="eu-west-1",
    has_role_policy=True,
)
UNKNOWN = ProjectFacts(path=lambda: "Stack/Build")
LINUX = "environment=codebuild.BuildEnvironment(build_image=codebuild.LinuxBuildImage.STANDARD_7_0)"


@pytest.mark.parametrize("facts", [GOOD, UNKNOWN])
def test_nothing_to_say(facts: ProjectFacts) -> None:
    """A good project, and one of which nothing is known, pass without a word."""
    refuse(facts)

    assert list(warnings(facts)) == []


REFUSED = {
    ProjectFacts(path=lambda: "S/B", environment_type="LINUX_LAMBDA_CONTAINER"): (
        "project S/B has the environment type LINUX_LAMBDA_CONTAINER: Lambda compute has no "
        f"Docker, so that it can build no image\n  help: choose a container image, {LINUX}"
    ),
    ProjectFacts(path=lambda: "S/B", environment_type="WINDOWS_SERVER_2022_CONTAINER"): (
        "project S/B has the environment type WINDOWS_SERVER_2022_CONTAINER: CodeBuild's "
        "Windows has no Docker, so that it can build no image\n"
        f"  help: choose a Linux image, {LINUX}"
    ),
    ProjectFacts(path=lambda: "S/B", partition="aws-cn", region="cn-north-1"): (
        "project S/B is in cn-north-1: the partition aws-cn has no ECR Public, and its "
        "credentials cannot log in to that of another partition\n"
        "  help: pull the images from a registry that the region reaches, and use a plain "
        "codebuild.Project"
    ),
}


@pytest.mark.parametrize(("facts", "expected"), REFUSED.items())
def test_refused(facts: ProjectFacts, expected: str) -> None:
    """A project that cannot work stops the synth, with the remedy."""
    with pytest.raises(UnsupportedProject) as caught:
        refuse(facts)

    assert str(caught.value) == expected


WARNINGS = {
    "old-docker": (
        ProjectFacts(
            path=lambda: "S/B", image="aws/codebuild/standard:6.0", has_source_policy=True
        ),
        (
            "project S/B builds in aws/codebuild/standard:6.0, whose Docker is too old for a "
            "source policy: images that its Dockerfiles name on Docker Hub are pulled from there\n"
            f"  help: choose a newer image, {LINUX}; or move the pulls in the Dockerfiles with "
            "ecr-public-pull fix, and say EcrPublicPull(hub_pulls=HubPulls.AS_WRITTEN)"
        ),
    ),
    "foreign-image": (
        ProjectFacts(path=lambda: "S/B", foreign_image=True, adds_login=True),
        (
            "project S/B builds in an image that is none of CodeBuild's own: where that lacks aws "
            "or docker, the login fails\n"
            "  help: acknowledge this if the image has both; otherwise put what ecr-public-pull "
            "login prints into the buildspec, behind the command that installs them, where it "
            "stays"
        ),
    ),
    "not-privileged": (
        ProjectFacts(path=lambda: "S/B", has_docker=False),
        (
            "project S/B is not privileged: the Docker daemon cannot start in its build\n"
            "  help: set privileged=True or a docker_server in its BuildEnvironment, or "
            "acknowledge this if the build uses a Docker daemon elsewhere"
        ),
    ),
    "private-mirror": (
        ProjectFacts(
            path=lambda: "S/B", private_mirror="123456789012.dkr.ecr.eu-west-1.amazonaws.com"
        ),
        (
            "project S/B pulls copies from 123456789012.dkr.ecr.eu-west-1.amazonaws.com, for which "
            "EcrPublicPull neither logs in nor grants anything\n"
            "  help: say repository.grant_pull(project), and begin the buildspec with: aws ecr "
            "get-login-password --region REGION | docker login --username AWS --password-stdin "
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
        ),
    ),
    "unknown-partition": (
        ProjectFacts(path=lambda: "S/B", partition="aws-us-gov", region="us-gov-west-1"),
        (
            "project S/B is in us-gov-west-1: whether credentials of the partition aws-us-gov "
            "can log in to ECR Public is not known\n"
            "  help: try the login there; with EcrPublicPull(required=False) a build goes on "
            "without it, at the lower rate of anonymous pulls"
        ),
    ),
    "role-without-grant": (
        ProjectFacts(path=lambda: "S/B", has_role_policy=False),
        (
            "the role of project S/B takes no grants (it is imported or immutable), so that "
            "the login may be refused\n"
            '  help: add this statement to the role by hand: {"Sid": '
            '"AmazonECRPublicGalleryPull", "Effect": "Allow", "Action": '
            '["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"], '
            '"Resource": "*"}'
        ),
    ),
    "isolated-subnets": (
        ProjectFacts(path=lambda: "S/B", isolated_subnets=("S/V/One", "S/V/Two")),
        (
            "project S/B is in subnets without a route to the internet (S/V/One, S/V/Two): "
            "public.ecr.aws has no VPC endpoint, so that login and pulls time out\n"
            "  help: choose subnets with a NAT gateway, subnet_selection=ec2.SubnetSelection("
            "subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS), or pull through a private ECR "
            "cache"
        ),
    ),
    "public-subnets": (
        ProjectFacts(path=lambda: "S/B", public_subnets=("S/V/One",)),
        (
            "project S/B is in public subnets (S/V/One): CodeBuild's network interfaces get "
            "no public IP address, so that an internet gateway is no way out and login and "
            "pulls time out\n"
            "  help: choose subnets with a NAT gateway, subnet_selection=ec2.SubnetSelection("
            "subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)"
        ),
    ),
}


@pytest.mark.parametrize("rule", WARNINGS)
def test_warnings(rule: str) -> None:
    """What may keep a project from working is said, with the remedy."""
    facts, message = WARNINGS[rule]
    refuse(facts)

    assert list(warnings(facts)) == [(rule, message)]


@pytest.mark.parametrize(
    ("image", "is_old"),
    [
        ("aws/codebuild/standard:5.0-24.10.29", True),
        ("aws/codebuild/standard:7.0", False),
        ("aws/codebuild/standard:8.0", False),
        ("aws/codebuild/amazonlinux2-x86_64-standard:4.0", True),
        ("aws/codebuild/amazonlinux2-x86_64-standard:5.0", False),
        ("aws/codebuild/amazonlinux-x86_64-standard:5.0", False),
        ("aws/codebuild/amazonlinux2-aarch64-standard:2.0", True),
        ("aws/codebuild/amazonlinux2-aarch64-standard:3.0", False),
        ("my/standard:6.0", False),
        (None, False),
    ],
)
def test_old_docker(image: str | None, *, is_old: bool) -> None:
    """Only images that are known for an old Docker are warned of, and only for a policy."""
    facts = ProjectFacts(path=lambda: "S/B", image=image, has_source_policy=True)

    assert [rule for rule, _ in warnings(facts)] == (["old-docker"] if is_old else [])
    assert list(warnings(dataclasses.replace(facts, has_source_policy=False))) == []
