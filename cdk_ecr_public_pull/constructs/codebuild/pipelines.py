"""The login in the projects that CDK Pipelines makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import aws_cdk as cdk
import jsii
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.login import LOGIN_ACTIONS
from cdk_ecr_public_pull.constructs.codebuild.facts import publishes_files

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    them, in ``install``, ``pre_build`` and ``build``. It would put them into each of the
    projects that publish files as well, which build no image: a template with a hundred of
    them would come near CloudFormation's limit. There the commands vanish when CDK writes
    the template.

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
    tokens = _for_builds_alone(commands)
    build_spec = {key: _replaced(it, tokens) for key, it in merged.build_spec.items()}
    # Without a Sid it is the statement that ecr.PublicGalleryAuthorizationToken.grant_read
    # makes, so that a role has it once. The resource can be no other than *:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistrypublic.html
    statement = iam.PolicyStatement(actions=list(LOGIN_ACTIONS), resources=["*"])
    return pipelines.CodeBuildOptions(
        partial_build_spec=codebuild.BuildSpec.from_object(build_spec),
        role_policy=[*role_policy, statement],
        **options,
    )


def _for_builds_alone(commands: Sequence[str]) -> dict[str, str]:
    """For each command a token, which CDK resolves anew for each project."""
    publishers: dict[str, bool] = {}
    return {it: cdk.Lazy.uncached_string(_CommandOfBuilds(it, publishers)) for it in commands}


def _replaced(value: object, by: Mapping[str, str]) -> object:
    """What a buildspec says, with some of its texts replaced."""
    if isinstance(value, Mapping):
        return {key: _replaced(it, by) for key, it in value.items()}
    if isinstance(value, list):
        return [_replaced(it, by) for it in value]
    return by.get(value, value) if isinstance(value, str) else value


@jsii.implements(cdk.IStringProducer)
class _CommandOfBuilds:
    """A command of every project that gets it, but for those that publish files."""

    def __init__(self, command: str, publishers: dict[str, bool]) -> None:
        self._command = command
        self._publishers = publishers

    def produce(self, context: cdk.IResolveContext) -> str | None:
        """The command, or None to leave it out.

        Args:
            context: CDK's resolution.
        """
        path = context.document_path
        # CDK also takes its hash and writes it into a file, and does not say of which project.
        if path[:1] != ["Resources"]:
            return self._command
        return None if self._publishes_files(path[1], context) else self._command

    def _publishes_files(self, logical_id: str, context: cdk.IResolveContext) -> bool:
        """Whether a resource does; CDK prepares each by itself before it writes them all."""
        if logical_id not in self._publishers:
            resource = context.scope
            if not isinstance(resource, codebuild.CfnProject):
                return False
            self._publishers[logical_id] = publishes_files(resource.node.scope)
        return self._publishers[logical_id]
