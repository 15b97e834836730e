"""EcrPublicPull, applied to projects that exist."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from cdk_ecr_public_pull import EcrPublicPull, HubPulls, LoginRegion, Mirrors
from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.errors import UnsupportedProject
from tests.constructs.one_project import (
    LOGIN_STATEMENT,
    USERS,
    build_spec_of,
    login_statements,
    new_project,
    new_stack,
    warnings_of,
)
from tests.constructs.projects import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("times", [1, 2])
def test_apply_to(times: int) -> None:
    """A project gets the login and the permissions once, however often it is applied."""
    stack = new_stack()
    project = new_project(stack)

    for _ in range(times):
        EcrPublicPull().apply_to(project)

    assert build_spec_of(stack) == {
        "version": "0.2",
        "phases": {"build": {"commands": [*login_commands(), POLICY, "docker build ."]}},
    }
    assert login_statements(stack) == [LOGIN_STATEMENT]
    assert warnings_of(stack) == []


def test_options() -> None:
    """The login's options arrive in the buildspec."""
    stack = new_stack()

    EcrPublicPull(login_regions=[LoginRegion.US_EAST_1], required=False).apply_to(
        new_project(stack)
    )

    expected = login_commands(regions=[LoginRegion.US_EAST_1], required=False)
    build_spec = build_spec_of(stack)
    assert isinstance(build_spec, dict)
    assert build_spec["phases"]["build"]["commands"] == [*expected, POLICY, "docker build ."]


def test_notes() -> None:
    """What the merge has to say becomes a warning, once."""
    stack = new_stack()
    tasks = [{"identifier": "docs", "buildspec": "docs.yml"}]
    spec = {**USERS, "batch": {"build-list": tasks}}
    project = new_project(stack, build_spec=codebuild.BuildSpec.from_object(spec))

    EcrPublicPull().apply_to(project)
    EcrPublicPull().apply_to(project)

    assert warnings_of(stack) == ["cdk_ecr_public_pull:batch-build-spec"]


def role(stack: cdk.Stack, kind: str) -> iam.IRole:
    """A role of one kind."""
    account = "arn:aws:iam::123456789012:role/name"
    if kind == "imported":
        return iam.Role.from_role_arn(stack, "Role", account)
    if kind == "imported immutable":
        return iam.Role.from_role_arn(stack, "Role", account, mutable=False)
    if kind == "made elsewhere":
        iam.Role.customize_roles(stack, use_precreated_roles={"Stack/Role": "name"})
    own = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
    return own.without_policy_updates() if kind == "immutable" else own


def to_all(pull: EcrPublicPull, project: codebuild.Project) -> None:
    """Apply to all projects of the app."""
    pull.apply_to(project.node.root)


ROLES = {
    "own": ("own", None, [LOGIN_STATEMENT], []),
    "immutable": ("immutable", None, [], ["cdk_ecr_public_pull:role-without-grant"]),
    "made elsewhere": (
        "made elsewhere",
        None,
        [],
        ["cdk_ecr_public_pull:role-without-grant"],
    ),
    "imported": ("imported", None, [LOGIN_STATEMENT], []),
    "imported immutable": (
        "imported immutable",
        None,
        [],
        ["cdk_ecr_public_pull:role-without-grant"],
    ),
    "of another account": (
        "imported",
        "111111111111",
        [],
        ["cdk_ecr_public_pull:role-without-grant"],
    ),
}


@pytest.mark.parametrize("apply", [EcrPublicPull.apply_to, to_all])
@pytest.mark.parametrize(("kind", "account", "statements", "warnings"), ROLES.values(), ids=ROLES)
def test_roles(
    kind: str,
    account: str | None,
    statements: list[object],
    warnings: list[str],
    apply: Callable[[EcrPublicPull, codebuild.Project], None],
) -> None:
    """A role that takes no grants is pointed out; another one gets them."""
    stack = new_stack(account=account, region="eu-west-1") if account else new_stack()

    apply(EcrPublicPull(), new_project(stack, role=role(stack, kind)))

    assert login_statements(stack) == statements
    assert warnings_of(stack) == warnings


def test_acknowledged() -> None:
    """A warning that was acknowledged is not shown."""
    stack = new_stack()
    cdk.Annotations.of(stack).acknowledge_warning("cdk_ecr_public_pull:not-privileged")

    EcrPublicPull().apply_to(new_project(stack, environment=None))

    assert warnings_of(stack) == []


def test_not_privileged() -> None:
    """A project that cannot run Docker is pointed out, not changed."""
    stack = new_stack()

    EcrPublicPull().apply_to(new_project(stack, environment=None))

    assert warnings_of(stack) == ["cdk_ecr_public_pull:not-privileged"]
    assertions.Template.from_stack(stack).has_resource_properties(
        "AWS::CodeBuild::Project", {"Environment": {"PrivilegedMode": False}}
    )


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        (codebuild.LinuxLambdaBuildImage.AMAZON_LINUX_2023_NODE_22, "LINUX_LAMBDA_CONTAINER"),
        (
            codebuild.WindowsBuildImage.WIN_SERVER_CORE_2019_BASE_3_0,
            "WINDOWS_SERVER_2019_CONTAINER",
        ),
    ],
    ids=["Lambda", "Windows"],
)
def test_no_docker(environment: codebuild.IBuildImage, name: str) -> None:
    """A project without Docker is refused, and left as it was."""
    stack = new_stack()
    image = codebuild.BuildEnvironment(build_image=environment)
    project = new_project(stack, environment=image)

    with pytest.raises(UnsupportedProject, match=f"Stack/Build has the environment type {name}"):
        EcrPublicPull().apply_to(project)

    assert build_spec_of(stack) == USERS
    assert login_statements(stack) == []


def test_imported() -> None:
    """A project of another app is refused: its buildspec is not at hand."""
    stack = new_stack()
    project = codebuild.Project.from_project_name(stack, "Build", "name")

    with pytest.raises(UnsupportedProject) as caught:
        EcrPublicPull().apply_to(project)

    assert str(caught.value) == (
        "project Stack/Build is imported: its buildspec cannot be changed from here\n"
        "  help: apply EcrPublicPull in the app that makes the project"
    )


@pytest.mark.parametrize(
    ("hub_pulls", "allow"),
    [
        (HubPulls.REDIRECT, ["node:custom"]),
        (HubPulls.ENFORCE, ["docker/dockerfile"]),
        (HubPulls.AS_WRITTEN, []),
    ],
)
def test_hub_pulls(hub_pulls: HubPulls, allow: list[str]) -> None:
    """The policy of the options stands behind the login."""
    stack = new_stack()
    mirrors = Mirrors(mirrors={"myorg/*": "cache.example/*"})

    EcrPublicPull(
        hub_pulls=hub_pulls, allow=allow, mirrors=mirrors, local_images=["my-base"]
    ).apply_to(new_project(stack))

    build_spec = build_spec_of(stack)
    assert isinstance(build_spec, dict)
    expected = hub_pulls_commands(
        mirrors.with_local_images(["my-base"]), hub_pulls=hub_pulls, allow=allow
    )
    commands = [*login_commands(), *expected, "docker build ."]
    assert build_spec["phases"]["build"]["commands"] == commands


@pytest.mark.parametrize(
    ("command", "mirrored"),
    [
        ("docker build .", True),
        ("docker buildx create --use && docker buildx build .", False),
        (f"echo {cdk.Aws.REGION}; docker buildx  create --use", False),
    ],
    ids=["none", "one", "one beside a token"],
)
def test_a_builder_of_its_own(command: str, *, mirrored: bool) -> None:
    """A mirror is the engine's: where the buildspec makes a builder, a policy moves the pulls."""
    stack = new_stack()
    build_spec = codebuild.BuildSpec.from_object({"phases": {"install": {"commands": [command]}}})

    EcrPublicPull().apply_to(new_project(stack, build_spec=build_spec))

    text = json.dumps(assertions.Template.from_stack(stack).to_json())
    assert ("no registry mirror" in text, "a source policy." in text) == (mirrored, True)


@pytest.mark.parametrize(
    ("hub_pulls", "warned"), [(HubPulls.REDIRECT, True), (HubPulls.AS_WRITTEN, False)]
)
def test_old_docker(hub_pulls: HubPulls, *, warned: bool) -> None:
    """An image with an old Docker is warned of where its build is to read a policy."""
    stack = new_stack()
    environment = codebuild.BuildEnvironment(
        build_image=codebuild.LinuxBuildImage.STANDARD_5_0, privileged=True
    )

    EcrPublicPull(hub_pulls=hub_pulls).apply_to(new_project(stack, environment=environment))

    assert warnings_of(stack) == (["cdk_ecr_public_pull:old-docker"] if warned else [])


def test_grant_login() -> None:
    """Any role can get the two permissions of the login, and gets nothing else."""
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))

    EcrPublicPull.grant_login(role).assert_success()

    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    documents = [it["Properties"]["PolicyDocument"] for it in policies.values()]
    assert documents == [{"Statement": [LOGIN_STATEMENT], "Version": "2012-10-17"}]


def test_a_grant_without_effect() -> None:
    """Where nobody can be given the permissions, the grant says so."""
    everybody = iam.AnyPrincipal()

    assert not EcrPublicPull.grant_login(everybody).success
