"""What a CodeBuild project needs to pull from ECR Public, as a table.

One that is not met raises where the project cannot work whatever else is true: there
is no Docker, or no ECR Public. Where something outside the app may make it work (a
role that has the permissions already, a route that CDK does not know of), it is a
warning, which ``Annotations.of(project).acknowledge_warning(id)`` turns off.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.builds.login import login_statement
from cdk_ecr_public_pull.errors import UnsupportedProject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What is known of a project at synth; None or empty where it is not.

    Attributes:
        path: What tells the project's path in the construct tree, for a message.
        environment_type: CodeBuild's environment type, ``LINUX_CONTAINER`` say.
        image: The name of the image that the build runs in.
        foreign_image: Whether that is none of CodeBuild's own.
        has_docker: Whether the build has a Docker daemon: it may run one, or has a server for it.
        partition: The partition of the stack's region, ``aws-cn`` say.
        region: The stack's region.
        of_cdk_pipelines: Whether CDK Pipelines made it, if it has no Docker daemon.
        names_docker: Whether its commands do.
        adds_login: Whether its buildspec gets the login here, and did not have it before.
        has_source_policy: Whether its build sets a source policy of BuildKit.
        private_mirror: The private registry that its pulls are moved to, without a login.
        hides_login: Whether ``cdk-assets`` builds its images without the build's login.
        runner: Whether it runs jobs of GitHub Actions, GitLab or Buildkite.
        has_role_policy: Whether a grant to the project's role has an effect.
        isolated_subnets: Paths of chosen subnets that have no route to the internet.
        public_subnets: Paths of chosen subnets whose route is an internet gateway.
    """

    path: Callable[[], str]
    environment_type: str | None = None
    image: str | None = None
    foreign_image: bool = False
    has_docker: bool | None = None
    partition: str | None = None
    region: str | None = None
    of_cdk_pipelines: bool = False
    names_docker: bool = True
    adds_login: bool = False
    has_source_policy: bool = False
    private_mirror: str | None = None
    hides_login: bool = False
    runner: bool = False
    has_role_policy: bool | None = None
    isolated_subnets: tuple[str, ...] = ()
    public_subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One row of a table.

    Attributes:
        rule: Its name; ``cdk_ecr_public_pull:RULE`` acknowledges a warning.
        fails: Whether a project does not meet it.
        message: The cause, and under it the remedy; ``{p.…}`` is a fact, ``{path}`` the project's,
            ``{isolated}`` and ``{public}`` are the subnets.
    """

    rule: str
    fails: Callable[[ProjectFacts], bool]
    message: str


_LINUX = (
    "environment=codebuild.BuildEnvironment(build_image=codebuild.LinuxBuildImage.STANDARD_7_0)"
)
# Those with Docker 20.10, which has no source policies; newer ones move on from time to time:
# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
_OLD_DOCKER = re.compile(
    r"aws/codebuild/(standard:[1-6]\.0|amazonlinux2-(x86_64-standard:[1-4]|aarch64-standard:[12])\.0)"
)
_STATEMENT = json.dumps(login_statement()).replace("{", "{{").replace("}", "}}")


def _without_docker(rule: str, environment_type: str, compute: str, image: str) -> Requirement:
    return Requirement(
        rule=rule,
        fails=lambda p: environment_type in (p.environment_type or ""),
        message=(
            f"project {{path}} has the environment type {{p.environment_type}}: {compute} has "
            f"no Docker, so that it can build no image\n  help: choose {image}, {_LINUX}"
        ),
    )


# https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html: no Docker there.
# The partition aws-cn has no ECR Public, and its credentials are worth nothing in another.
ERRORS = (
    _without_docker("lambda-compute", "LAMBDA", "Lambda compute", "a container image"),
    _without_docker("windows-compute", "WINDOWS", "CodeBuild's Windows", "a Linux image"),
    _without_docker("mac-compute", "MAC", "CodeBuild's macOS", "a Linux image"),
    Requirement(
        rule="no-ecr-public",
        fails=lambda p: p.partition == "aws-cn",
        message=(
            "project {path} is in {p.region}: the partition {p.partition} has no ECR Public, and "
            "its credentials cannot log in to that of another partition\n"
            "  help: pull the images from a registry that the region reaches, and use a plain "
            "codebuild.Project"
        ),
    ),
)

# Somebody who applies the login to such a project by name may know better.
PASSED_OVER = (
    Requirement(
        # https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner-questions.html
        rule="runner-project",
        fails=lambda p: p.runner,
        message=(
            "project {path} is a runner: it ignores its buildspec, unless a job's label says "
            "buildspec-override:true, so that a login there would not run\n"
            "  help: let the job run what ecr-public-pull login prints, and give the role "
            "ecr.PublicGalleryAuthorizationToken.grant_read(project); where the jobs have that "
            "label, use EcrPublicPull().apply_to(project)"
        ),
    ),
)

# Each of these may be all right, for the reason that its comment gives.
WARNINGS = (
    Requirement(
        # A build without a daemon of its own may use one elsewhere, or need none to push.
        # CDK Pipelines knows itself which of its projects build images.
        rule="not-privileged",
        fails=lambda p: p.has_docker is False and p.names_docker and not p.of_cdk_pipelines,
        message=(
            "project {path} is not privileged: the Docker daemon cannot start in its build\n"
            "  help: set privileged=True or a docker_server in its BuildEnvironment, or "
            "acknowledge this if the build uses a Docker daemon elsewhere"
        ),
    ),
    Requirement(
        # The build may move to a newer Docker by itself.
        rule="old-docker",
        fails=lambda p: p.has_source_policy and bool(_OLD_DOCKER.match(p.image or "")),
        message=(
            "project {path} builds in {p.image}, whose Docker is too old for a source policy: "
            "images that its Dockerfiles name on Docker Hub are pulled from there\n"
            f"  help: choose a newer image, {_LINUX}; or move the pulls in the Dockerfiles with "
            "ecr-public-pull fix, and say EcrPublicPull(hub_pulls=HubPulls.AS_WRITTEN)"
        ),
    ),
    Requirement(
        # Somebody who has put the login into the buildspec knows where aws and docker come from.
        # In a project without a Docker daemon, a login that fails does not fail the build.
        rule="foreign-image",
        fails=lambda p: p.foreign_image and p.adds_login and p.has_docker is not False,
        message=(
            "project {path} builds in an image that is none of CodeBuild's own: where that lacks "
            "aws or docker, the login fails\n"
            "  help: acknowledge this if the image has both; otherwise put what ecr-public-pull "
            "login prints into the buildspec, behind the command that installs them, where it "
            "stays"
        ),
    ),
    Requirement(
        # A script may log in where nobody sees it.
        rule="private-mirror",
        fails=lambda p: p.private_mirror is not None,
        message=(
            "project {path} pulls copies from {p.private_mirror}, for which EcrPublicPull neither "
            "logs in nor grants anything\n"
            "  help: say repository.grant_pull(project), and begin the buildspec with: aws ecr "
            "get-login-password --region REGION | docker login --username AWS --password-stdin "
            "{p.private_mirror}"
        ),
    ),
    Requirement(
        # A project without a Docker daemon publishes files, and no images.
        rule="docker-credentials",
        fails=lambda p: p.hides_login and p.has_docker is not False,
        message=(
            "project {path} publishes images with the pipeline's docker_credentials: cdk-assets "
            "then builds with a Docker configuration of its own, without the login to ECR Public\n"
            "  help: leave pipelines.DockerCredentialUsage.ASSET_PUBLISHING out of the usages of "
            "each credential, if no image needs it; or give the pipeline EcrPublicPull()."
            "code_build_options(with_docker_credentials=True)"
        ),
    ),
    Requirement(
        # Nobody has tried aws-us-gov and the others: they may reach ECR Public or not.
        rule="unknown-partition",
        fails=lambda p: p.partition not in {None, "aws", "aws-cn"},
        message=(
            "project {path} is in {p.region}: whether credentials of the partition {p.partition} "
            "can log in to ECR Public is not known\n"
            "  help: try the login there; with EcrPublicPull(required=False) a build goes on "
            "without it, at the lower rate of anonymous pulls"
        ),
    ),
    Requirement(
        # The role may hold the permissions already: what it has cannot be seen at synth.
        rule="role-without-grant",
        fails=lambda p: p.has_role_policy is False,
        message=(
            "the role of project {path} takes no grants (it is imported or immutable), so that "
            "the login may be refused\n"
            f"  help: add this statement to the role by hand: {_STATEMENT}"
        ),
    ),
    Requirement(
        # A transit gateway or a proxy may give a route that CDK does not see.
        rule="isolated-subnets",
        fails=lambda p: bool(p.isolated_subnets),
        message=(
            "project {path} is in subnets without a route to the internet "
            "({isolated}): public.ecr.aws has no VPC endpoint, so that login and pulls "
            "time out\n"
            "  help: choose subnets with a NAT gateway, subnet_selection=ec2.SubnetSelection("
            "subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS), or pull through a private ECR cache"
        ),
    ),
    Requirement(
        # CDK may not know how the subnets of an imported VPC are routed.
        # https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html
        rule="public-subnets",
        fails=lambda p: bool(p.public_subnets),
        message=(
            "project {path} is in public subnets ({public}): CodeBuild's network "
            "interfaces get no public IP address, so that an internet gateway is no way out and "
            "login and pulls time out\n"
            "  help: choose subnets with a NAT gateway, subnet_selection=ec2.SubnetSelection("
            "subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)"
        ),
    ),
)


def refuse(facts: ProjectFacts) -> None:
    """Stop at a project that cannot work.

    Args:
        facts: What is known of it.

    Raises:
        UnsupportedProject: It has no Docker, or no ECR Public.
    """
    _raise_first(ERRORS, facts)


def refuse_unasked(facts: ProjectFacts) -> None:
    """Stop at a project that nobody named and that a login would not help.

    Args:
        facts: What is known of it.

    Raises:
        UnsupportedProject: It has no Docker, no ECR Public, or ignores its buildspec.
    """
    _raise_first(ERRORS + PASSED_OVER, facts)


def warnings(facts: ProjectFacts) -> Iterator[tuple[str, str]]:
    """Name what may keep a project from working.

    Args:
        facts: What is known of it.

    Yields:
        The rule and the message of each warning.
    """
    yield from _failures(WARNINGS, facts)


def _raise_first(requirements: tuple[Requirement, ...], facts: ProjectFacts) -> None:
    for rule, message in _failures(requirements, facts):
        raise UnsupportedProject(message, rule=rule)


def _failures(
    requirements: tuple[Requirement, ...], facts: ProjectFacts
) -> Iterator[tuple[str, str]]:
    for requirement in requirements:
        if requirement.fails(facts):
            message = requirement.message.format(
                p=facts,
                path=facts.path(),
                isolated=", ".join(facts.isolated_subnets),
                public=", ".join(facts.public_subnets),
            )
            yield requirement.rule, message
