"""EcrPublicPull: what moves a CodeBuild project's pulls to ECR Public."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import aws_cdk as cdk
import jsii
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull.builds.buildspec.docker_use import makes_builder
from cdk_ecr_public_pull.builds.commands.cdk_docker import cdk_docker_commands
from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.login import (
    DEFAULT_LOGIN_REGIONS,
    LOGIN_ACTIONS,
    LoginRegion,
    login_commands,
)
from cdk_ecr_public_pull.builds.source_policy import HubPulls
from cdk_ecr_public_pull.constructs.codebuild import requirements
from cdk_ecr_public_pull.constructs.codebuild.annotations import warn
from cdk_ecr_public_pull.constructs.codebuild.build_spec import merge_into
from cdk_ecr_public_pull.constructs.codebuild.build_spec_file import build_spec_file
from cdk_ecr_public_pull.constructs.codebuild.existing_projects import (
    is_imported,
    is_project,
    project_of,
    projects_in,
)
from cdk_ecr_public_pull.constructs.codebuild.facts import facts_of, publishes_files
from cdk_ecr_public_pull.constructs.codebuild.login_plan import LoginPlan
from cdk_ecr_public_pull.constructs.codebuild.mixin_of_cdk import MixinOfCdk
from cdk_ecr_public_pull.constructs.codebuild.pipelines import (
    CodeBuildOptionsProps,
    code_build_options,
)
from cdk_ecr_public_pull.constructs.codebuild.stages import add_to_stages, warn_of_stages
from cdk_ecr_public_pull.constructs.configuration import configuration
from cdk_ecr_public_pull.errors import InvalidBuildSpec, UnsupportedProject
from cdk_ecr_public_pull.images.mirrors import Mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aws_cdk import pipelines
    from constructs import IConstruct

    from cdk_ecr_public_pull.constructs.codebuild.existing_projects import ExistingProject
    from cdk_ecr_public_pull.constructs.codebuild.requirements import ProjectFacts


@jsii.implements(cdk.IAspect, MixinOfCdk)
class EcrPublicPull:
    """The options of a build's pulls from ECR Public, and what applies them.

    ``add_to`` moves all projects of an app, ``apply_to`` one. It is a mixin and an aspect as
    well::

        EcrPublicPull().add_to(app)  # every project, now and later
        EcrPublicPull().apply_to(app)  # the projects that are there
        Mixins.of(app).apply(EcrPublicPull())  # the same, more slowly
        Aspects.of(app).add(EcrPublicPull())  # every project that is in no Stage

    A project that cannot be helped gets a warning that says why, with the remedy, and stays
    as it is. A project that has the login keeps it as it is, whatever options it was made
    with: what was applied first holds.

    A project whose buildspec is a file of its source keeps it: its role gets the permissions,
    and a warning says what to put into the file, until it logs in. A project of CDK Pipelines
    that publishes files is passed over: it builds no image.

    In a project that is neither privileged nor has a ``docker_server`` a failed login never
    fails the build. It cannot run the Docker daemon, so that it may pull no images at all.

    Args:
        login_regions: The regions whose ECR Public API is asked for a login, in this
            order; by default us-west-2, then us-east-1.
        required: Whether the build fails when no region gives a login; otherwise it
            goes on without one.
        hub_pulls: What a build does about images that its Dockerfiles name on Docker Hub.
            By default it pulls their copies: by a registry mirror where the build's engine
            takes one and its buildspec makes no builder with ``docker buildx create``, else
            by a source policy, as always with ``SOURCE_POLICY``. With ``ENFORCE`` it stops at
            an image without a known copy, before Docker Hub is asked; with ``AS_WRITTEN`` it
            pulls what is written. Builds by BuildKit are moved, not ``docker pull`` and
            ``docker run``, but for a mirrored engine with containerd's image store.
        allow: Images, names or patterns, that the build pulls as they are written whatever
            ``hub_pulls`` says: a tag without a copy, or what ``ENFORCE`` is to let through.
            With some, a source policy moves the pulls: a mirror knows no exceptions.
        mirrors: Which images have copies, and where; by default what the configuration of
            the working folder says, and Docker's official images on ECR Public.
        local_images: Images that the build makes itself and never pulls, names or
            patterns such as ``myorg/*``; added to those of ``mirrors``.
        source_root: A checkout of the source that the projects build, whose buildspec files
            are looked at; by default the repository that the working folder is in.

    Raises:
        ValueError: ``login_regions`` is empty, or names a region twice or wrongly.
        InvalidConfig: A name in ``local_images`` or ``allow`` is no image name or pattern.
    """

    def __init__(
        self,
        *,
        login_regions: Sequence[LoginRegion] = DEFAULT_LOGIN_REGIONS,
        required: bool = True,
        hub_pulls: HubPulls = HubPulls.REDIRECT,
        allow: Iterable[str] = (),
        mirrors: Mirrors | None = None,
        local_images: Iterable[str] = (),
        source_root: str | os.PathLike[str] | None = None,
    ) -> None:
        self.mirrors = configuration(mirrors, local_images).mirrors
        self._seen: set[IConstruct] = set()
        self._source_root = None if source_root is None else Path(source_root)
        self._login = login_commands(regions=login_regions, required=required)
        self._lenient_login = login_commands(regions=login_regions, required=False)
        allowed = tuple(allow)
        self._hub_pulls = hub_pulls_commands(self.mirrors, hub_pulls=hub_pulls, allow=allowed)
        # A mirror is the engine's; only a policy goes along to another builder.
        by_policy = HubPulls.SOURCE_POLICY if hub_pulls is HubPulls.REDIRECT else hub_pulls
        self._builders_pulls = hub_pulls_commands(self.mirrors, hub_pulls=by_policy, allow=allowed)

    def apply_to(self, construct: IConstruct) -> None:
        """Log the builds of projects in to ECR Public; a second time changes nothing.

        The login becomes the first command of a project's buildspec, and what moves its
        pulls the next. Its role gets the two permissions that the login needs, and
        what may stand in the way becomes an error or a warning. A later property override
        of ``Source.BuildSpec`` takes both away again, as it does all of the buildspec.

        Args:
            construct: A project, or a construct such as the app: all projects below it that
                are there now, Stages included. Of these, one that cannot be helped gets a
                warning and stays as it is; one that is named itself is an error.

        Raises:
            UnsupportedProject: The construct is a project that has no Docker, or no ECR
                Public, or is imported.
            InvalidBuildSpec: It is one whose buildspec is a token, or cannot be merged.
        """
        if is_project(construct):
            self._planned(project_of(construct), requirements.refuse).make(self._permissions)
        else:
            self._log_in_all(construct)

    def supports(self, construct: IConstruct) -> bool:
        """Say whether a construct is a CodeBuild project, whether or not it can be helped.

        Args:
            construct: Any construct.
        """
        return is_project(construct)

    def apply_as_mixin(self, construct: IConstruct) -> None:
        """Log the builds of a project in, as a mixin: the CDK calls this, not ``apply_to``.

        Args:
            construct: A construct that this class supports.
        """
        self._log_in_if_possible(construct)

    def add_to(self, app: IConstruct) -> None:
        """Log the builds of all projects in that are below a construct now, or will be.

        It may stand anywhere; but projects that are CloudFormation resources alone, in a Stage
        without others, are reached only if it stands behind them.

        Args:
            app: The app, or another construct.
        """
        add_to_stages(app, self)

    def visit(self, node: IConstruct) -> None:
        """Log the builds of a project in, as an aspect; pass over any other construct.

        Args:
            node: Any construct.
        """
        if isinstance(node, cdk.App):
            warn_of_stages(node, EcrPublicPull)
        if isinstance(node, cdk.Stack):
            if not isinstance(node, cdk.NestedStack):
                self._seen |= self._log_in_all(node)
        # What is made later, by another aspect, is a project and no resource alone.
        elif node not in self._seen and (
            isinstance(node, codebuild.Project) if self._seen else is_project(node)
        ):
            self._log_in_if_possible(node)

    @staticmethod
    def grant_login(grantee: iam.IGrantable) -> iam.Grant:
        """Grant the two permissions that the login needs, and nothing else.

        For what logs in without a project of this app, such as the role of a runner.

        Args:
            grantee: Who may log in, such as a role or a project.

        Returns:
            The grant. To an immutable role it says that it succeeded, and does nothing.
        """
        # Neither action accepts a resource other than *:
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistrypublic.html
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(LOGIN_ACTIONS), resource_arns=["*"]
        )

    def code_build_options(
        self,
        *,
        partial_build_spec: Mapping[str, object] | None = None,
        role_policy: Sequence[iam.PolicyStatement] = (),
        with_docker_credentials: bool = False,
        **options: Unpack[CodeBuildOptionsProps],
    ) -> pipelines.CodeBuildOptions:
        """Make the options that log the projects of a CDK Pipeline in to ECR Public.

        They are for ``code_build_defaults``, which reaches every project of the pipeline, or
        for one of ``synth_code_build_defaults``, ``self_mutation_code_build_defaults`` and
        ``asset_publishing_code_build_defaults``; where one project gets them from two of
        these, CDK puts the login there twice, and it runs twice. It is left out of the
        projects that publish files, unless one project publishes all of them
        (``publish_assets_in_parallel=False``). CDK makes the projects that publish images
        privileged, and others by ``docker_enabled_for_synth`` and the like.

        Args:
            partial_build_spec: A buildspec that the projects are to have as well, as a
                mapping; none by default.
            role_policy: Other policy statements for the projects' roles.
            with_docker_credentials: Whether the pipeline has ``docker_credentials`` for
                publishing assets: ``cdk-assets`` then builds with a Docker configuration
                without the login, unless a program that ``CDK_DOCKER`` names logs that
                in too. By default there is no such program.
            **options: The other properties of ``pipelines.CodeBuildOptions``.

        Raises:
            InvalidBuildSpec: The login cannot be merged into ``partial_build_spec``.
        """
        commands = (*self._login, *self._hub_pulls)
        if with_docker_credentials:
            commands = (*commands, *cdk_docker_commands(self._login))
        return code_build_options(
            commands, partial_build_spec or {}, role_policy=role_policy, **options
        )

    def _log_in_all(self, scope: IConstruct) -> set[IConstruct]:
        """Log in all projects below a construct, of which CDK tells in few messages."""
        constructs = scope.node.find_all()
        known = projects_in(constructs)
        for it in constructs:
            if it in known or is_imported(it):
                self._log_in_if_possible(it, known.get(it))
        return set(known)

    def _log_in_if_possible(
        self, construct: IConstruct, known: ExistingProject | None = None
    ) -> None:
        """Log in the builds of a project, or say at the project why there is no login."""
        if publishes_files(construct):
            return
        try:
            plan = self._planned(known or project_of(construct), requirements.refuse_unasked)
        except (InvalidBuildSpec, UnsupportedProject) as error:
            warn(construct, error.rule, str(error))
        else:
            plan.make(self._permissions)

    def _planned(
        self, project: ExistingProject, refuse: Callable[[ProjectFacts], None]
    ) -> LoginPlan:
        facts = facts_of(project)
        refuse(facts)
        moves = bool(self._hub_pulls)
        plan = LoginPlan(project=project, facts=facts, mirrors=self.mirrors, moves_pulls=moves)
        file = build_spec_file(project, self._source_root)
        if file is not None:
            return replace(plan, file=file)
        commands = self._commands_for(facts, project.build_spec)
        merge = merge_into(project, commands, self.mirrors if moves else None)
        return replace(plan, merge=merge)

    @cached_property
    def _permissions(self) -> iam.PolicyStatement:
        # What ecr.PublicGalleryAuthorizationToken grants, without importing aws_ecr.
        return iam.PolicyStatement(actions=list(LOGIN_ACTIONS), resources=["*"])

    def _commands_for(self, facts: ProjectFacts, build_spec: object) -> tuple[str, ...]:
        login = self._lenient_login if facts.has_docker is False else self._login
        hub_pulls = self._builders_pulls if makes_builder(build_spec) else self._hub_pulls
        return (*login, *hub_pulls)
