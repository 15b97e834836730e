"""The login in the projects that CDK Pipelines makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.login import LOGIN_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk as cdk
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import pipelines


class CodeBuildOptionsProps(TypedDict, total=False):
    """The properties of ``pipelines.CodeBuildOptions``, but for those that get the login."""

    build_environment: codebuild.BuildEnvironment | dict[str, Any] | None
    cache: codebuild.Cache | None
    file_system_locations: Sequence[codebuild.IFileSystemLocation] | None
    logging: codebuild.LoggingOptions | dict[str, Any] | None
    security_groups: Sequence[ec2.ISecurityGroup] | None
    subnet_selection: ec2.SubnetSelection | dict[str, Any] | None
    timeout: cdk.Duration | None
    vpc: ec2.IVpc | None


def code_build_options(
    commands: Sequence[str],
    partial_build_spec: Mapping[str, object],
    *,
    role_policy: Sequence[iam.PolicyStatement],
    **options: Unpack[CodeBuildOptionsProps],
) -> pipelines.CodeBuildOptions:
    """Add the login to options for projects of CDK Pipelines.

    The commands go first into ``install``: CDK puts those of the project itself behind
    them, in ``install``, ``pre_build`` and ``build``.

    Args:
        commands: The commands that log in.
        partial_build_spec: A buildspec that the projects are to have as well.
        role_policy: Other policy statements for the projects' roles.
        **options: The other options of the projects.

    Raises:
        InvalidBuildSpec: The commands cannot be merged into ``partial_build_spec``.
    """
    from aws_cdk import pipelines  # noqa: PLC0415  (slow to import, and an app without pipelines does without)

    merged = merge_login(partial_build_spec, commands, source="partial_build_spec", phase="install")
    # Without a Sid it is the statement that ecr.PublicGalleryAuthorizationToken.grant_read
    # makes, so that a role has it once. The resource can be no other than *:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistrypublic.html
    statement = iam.PolicyStatement(actions=list(LOGIN_ACTIONS), resources=["*"])
    return pipelines.CodeBuildOptions(
        partial_build_spec=codebuild.BuildSpec.from_object(merged.build_spec),
        role_policy=[*role_policy, statement],
        **options,
    )
