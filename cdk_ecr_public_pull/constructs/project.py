"""CodeBuild projects that pull their base images from ECR Public."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.constructs.build_context import named_files
from cdk_ecr_public_pull.constructs.codebuild import requirements
from cdk_ecr_public_pull.constructs.codebuild.annotations import annotate
from cdk_ecr_public_pull.constructs.codebuild.build_spec import BuildSpecInput, to_build_spec
from cdk_ecr_public_pull.constructs.codebuild.structs import replaced
from cdk_ecr_public_pull.constructs.configuration import configuration
from cdk_ecr_public_pull.constructs.pull import EcrPublicPull
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk as cdk
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    Environment = codebuild.BuildEnvironment | dict[str, Any] | None


class PipelineProjectProps(TypedDict, total=False):
    """The properties of ``codebuild.PipelineProject``, but for those below."""

    allow_all_outbound: bool | None
    auto_retry_limit: int | None
    badge: bool | None
    cache: codebuild.Cache | None
    check_secrets_in_plain_text_env_variables: bool | None
    concurrent_build_limit: int | None
    description: str | None
    encryption_key: kms.IKey | None
    environment_variables: Mapping[str, codebuild.BuildEnvironmentVariable | dict[str, Any]] | None
    file_system_locations: Sequence[codebuild.IFileSystemLocation] | None
    grant_report_group_permissions: bool | None
    logging: codebuild.LoggingOptions | dict[str, Any] | None
    project_name: str | None
    queued_timeout: cdk.Duration | None
    role: iam.IRole | None
    security_groups: Sequence[ec2.ISecurityGroup] | None
    ssm_session_permissions: bool | None
    subnet_selection: ec2.SubnetSelection | dict[str, Any] | None
    timeout: cdk.Duration | None
    visibility: codebuild.ProjectVisibility | None
    vpc: ec2.IVpc | None


class ProjectProps(PipelineProjectProps, total=False):
    """The properties of ``codebuild.Project``, but for those below."""

    artifacts: codebuild.IArtifacts | None
    secondary_artifacts: Sequence[codebuild.IArtifacts] | None
    secondary_sources: Sequence[codebuild.ISource] | None
    source: codebuild.ISource | None


class EcrPublicPullProject(codebuild.Project):
    """A ``codebuild.Project`` whose builds pull their base images from ECR Public.

    Every build logs in to ECR Public before the first command of the buildspec, and
    the role has the two permissions for it. Builds are privileged, because the Docker daemon
    needs it, unless the environment says otherwise or has a ``docker_server``. The image is
    CDK's default, ``LinuxBuildImage.STANDARD_7_0``, whose Docker builds with BuildKit.

    Args:
        scope: The parent construct.
        construct_id: The construct's id.
        build_spec: The buildspec: a mapping, a ``codebuild.BuildSpec``, or the path of a
            local file, read at synth. One that is a file of the source is as it is; a
            warning says what to put into it.
        environment: The build environment; what it leaves open is as said above.
        pull: How to pull; by default ``EcrPublicPull()``.
        dockerfiles: Paths of local Dockerfiles that the project builds, checked at
            synth: each finding becomes an error or a warning of this construct.
        **props: The other properties of ``codebuild.Project``.

    Raises:
        InvalidBuildSpec: The buildspec is none, or cannot be merged.
        UnsupportedProject: The project has no Docker, or no ECR Public.
        UnusableFile: A file that is named cannot be read.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        build_spec: BuildSpecInput | None = None,
        environment: Environment = None,
        pull: EcrPublicPull | None = None,
        dockerfiles: Sequence[named_files.FileName] = (),
        **props: Unpack[ProjectProps],
    ) -> None:
        path = f"{scope.node.path}/{construct_id}"
        super().__init__(
            scope,
            construct_id,
            build_spec=to_build_spec(build_spec, project=path),
            environment=_with_docker(environment, project=path),
            **props,
        )
        _finish(self, pull or EcrPublicPull(), dockerfiles)


class EcrPublicPullPipelineProject(codebuild.PipelineProject):
    """A ``codebuild.PipelineProject`` whose builds pull from ECR Public.

    It is to ``codebuild.PipelineProject`` what ``EcrPublicPullProject`` is to
    ``codebuild.Project``.

    Args:
        scope: The parent construct.
        construct_id: The construct's id.
        build_spec: As for ``EcrPublicPullProject``.
        environment: As for ``EcrPublicPullProject``.
        pull: As for ``EcrPublicPullProject``.
        dockerfiles: As for ``EcrPublicPullProject``.
        **props: The other properties of ``codebuild.PipelineProject``.

    Raises:
        InvalidBuildSpec: As for ``EcrPublicPullProject``.
        UnsupportedProject: As for ``EcrPublicPullProject``.
        UnusableFile: As for ``EcrPublicPullProject``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        build_spec: BuildSpecInput | None = None,
        environment: Environment = None,
        pull: EcrPublicPull | None = None,
        dockerfiles: Sequence[named_files.FileName] = (),
        **props: Unpack[PipelineProjectProps],
    ) -> None:
        path = f"{scope.node.path}/{construct_id}"
        super().__init__(
            scope,
            construct_id,
            build_spec=to_build_spec(build_spec, project=path),
            environment=_with_docker(environment, project=path),
            **props,
        )
        _finish(self, pull or EcrPublicPull(), dockerfiles)


def _with_docker(environment: Environment, *, project: str) -> codebuild.BuildEnvironment:
    """The environment, privileged unless it says otherwise or has a server for Docker."""
    if isinstance(environment, dict):
        environment = codebuild.BuildEnvironment(**environment)
    if environment is None:
        environment = codebuild.BuildEnvironment()
    if environment.build_image is not None:
        # Before CDK looks at it: privileged is an error for images that have no Docker.
        kind = environment.build_image.type
        requirements.refuse(requirements.ProjectFacts(path=lambda: project, environment_type=kind))
    if environment.privileged is not None or environment.docker_server is not None:
        return environment
    return replaced(environment, privileged=True)


def _finish(
    project: codebuild.Project, pull: EcrPublicPull, names: Sequence[named_files.FileName]
) -> None:
    pull.apply_to(project)
    settings = configuration().settings
    for name in named_files.names(names):
        content = named_files.read(Path(name), shown=name)
        findings = check_dockerfile(content, path=name, mirrors=pull.mirrors, settings=settings)
        annotate(project, findings)
