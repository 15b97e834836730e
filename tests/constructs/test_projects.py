"""EcrPublicPull as a mixin and as an aspect: all the projects below a construct."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from cdk_ecr_public_pull import EcrPublicPull, EcrPublicPullProject, LoginRegion
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.constructs.codebuild.structs import replaced
from tests.constructs.projects import (
    POLICY,
    PRIVILEGED,
    USERS,
    Apply,
    aspect,
    build_specs,
    directly,
    early_aspect,
    granted,
    logins,
    mixin,
    project,
    warnings,
    with_,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

[LOGIN] = login_commands()
[LENIENT_LOGIN] = login_commands(required=False)
WAYS = pytest.mark.parametrize("apply", [mixin, directly, aspect, early_aspect, with_])


@WAYS
def test_every_project_of_the_app(apply: Apply) -> None:
    """Each kind of project and buildspec gets the login and the permissions."""
    app = cdk.App()
    stack = cdk.Stack(app, "Stack")
    queue = sqs.Queue(stack, "Queue")
    with_token = {"phases": {"build": {"commands": [f"echo {queue.queue_url}"]}}}
    project(stack)
    project(stack, "Yaml", build_spec=codebuild.BuildSpec.from_object_to_yaml(USERS))
    codebuild.PipelineProject(
        cdk.NestedStack(stack, "Nested"),
        "Build",
        build_spec=codebuild.BuildSpec.from_object(USERS),
        environment=PRIVILEGED,
    )
    tokens = cdk.Stack(app, "Tokens")
    project(tokens, build_spec=codebuild.BuildSpec.from_object(with_token))

    apply(app, EcrPublicPull())

    nested = next(it for it in stack.node.find_all() if isinstance(it, cdk.NestedStack))
    assert logins(stack) == [[LOGIN, POLICY], [LOGIN, POLICY]]
    assert logins(nested) == [[LOGIN, POLICY]]
    [[_, parts]] = [it["Fn::Join"] for it in build_specs(tokens)]
    texts = [it if isinstance(it, str) else "URL" for it in parts]
    assert json.loads("".join(texts))["phases"] == {
        "build": {"commands": [LOGIN, POLICY, "echo URL"]},
    }
    assert [granted(it) for it in (stack, nested, tokens)] == [2, 1, 1]
    assert warnings(stack) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Aspects run at synth, after all mixins.
        (mixin, mixin),
        (mixin, directly),
        (directly, aspect),
        (mixin, aspect),
        (aspect, aspect),
        (EcrPublicPull.apply_to, mixin),
        (EcrPublicPull.apply_to, aspect),
    ],
)
def test_twice(first: Apply, second: Apply) -> None:
    """However it is applied twice, the first login stays, with its options, and is alone."""
    stack = cdk.Stack(cdk.App(), "Stack")
    build = project(stack)
    regions = [LoginRegion.US_EAST_1]
    one, other = EcrPublicPull(login_regions=regions), EcrPublicPull(required=False)

    if first is EcrPublicPull.apply_to:
        one.apply_to(build)
    else:
        first(stack, one)
    second(stack, other)

    assert logins(stack) == [[*login_commands(regions=regions), POLICY]]
    assert granted(stack) == 1
    assert warnings(stack) == {}


@pytest.mark.parametrize("apply", [mixin, aspect])
def test_a_project_of_this_library_keeps_its_options(apply: Apply) -> None:
    """What a project says for itself holds against what is said for all."""
    app = cdk.App()
    stack = cdk.Stack(app, "Stack")
    EcrPublicPullProject(stack, "Build", build_spec=USERS, pull=EcrPublicPull(required=False))

    apply(app, EcrPublicPull())

    assert logins(stack) == [[LENIENT_LOGIN, POLICY]]


SERVER = codebuild.BuildEnvironment(
    docker_server=codebuild.DockerServerOptions(
        compute_type=codebuild.DockerServerComputeType.SMALL
    )
)
DAEMONS = {
    "none": (None, "docker build .", LENIENT_LOGIN, ["not-privileged"]),
    "none, and no word of Docker": (None, "make", LENIENT_LOGIN, []),
    "its own": (PRIVILEGED, "docker build .", LOGIN, []),
    "a server": (SERVER, "docker build .", LOGIN, []),
}


@pytest.mark.parametrize(("environment", "command", "login", "ids"), DAEMONS.values(), ids=DAEMONS)
@WAYS
def test_docker_daemons(
    apply: Apply,
    environment: codebuild.BuildEnvironment | None,
    command: str,
    login: str,
    ids: list[str],
) -> None:
    """Without a Docker daemon a build may need no login, so that it goes on without one."""
    stack = cdk.Stack(cdk.App(), "Stack")
    spec = {"version": "0.2", "phases": {"build": {"commands": [command]}}}
    project(stack, build_spec=codebuild.BuildSpec.from_object(spec), environment=environment)

    apply(stack, EcrPublicPull())

    assert logins(stack) == [[login, POLICY]]
    assert list(warnings(stack)) == ids


def test_nothing_to_change() -> None:
    """A project that has it all keeps its buildspec to the letter."""
    stack = cdk.Stack(cdk.App(), "Stack")
    spec = {
        "phases": {"build": {"commands": ["make"]}, "install": {"commands": [LOGIN, POLICY]}},
        "version": "0.2",
    }
    project(stack, build_spec=codebuild.BuildSpec.from_object(spec))

    aspect(stack, EcrPublicPull())

    [actual] = build_specs(stack)
    assert (list(actual), list(actual["phases"])) == (list(spec), ["build", "install"])
    assert granted(stack) == 1


def test_stages() -> None:
    """A mixin of the app reaches into a stage; an aspect is added to the stage itself."""
    app = cdk.App()
    stages = [cdk.Stage(app, name) for name in ("Mixin", "Aspect", "AspectOfApp")]
    stacks = [cdk.Stack(stage, "Stack") for stage in stages]
    for stack in stacks:
        project(stack)

    mixin(stages[0], EcrPublicPull())
    aspect(stages[1], EcrPublicPull())
    aspect(app, EcrPublicPull())

    app.synth()
    assert [logins(stack) for stack in stacks] == [[[LOGIN, POLICY]], [[LOGIN, POLICY]], [[]]]


@jsii.implements(cdk.IAspect)
class _AddsAProject:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.Stack) and node.node.try_find_child("Build") is None:
            project(node)


@pytest.mark.parametrize("stabilize", [True, False])
@pytest.mark.parametrize("apply", [aspect, early_aspect])
def test_projects_that_come_later(apply: Apply, *, stabilize: bool) -> None:
    """An aspect sees a project that another aspect makes, with CDK's stabilisation or not."""
    flag = {"@aws-cdk/core:aspectStabilization": stabilize}
    app = cdk.App(post_cli_context=flag)
    stack = cdk.Stack(app, "Stack")
    apply(app, EcrPublicPull())
    cdk.Aspects.of(stack).add(_AddsAProject())

    assert logins(stack) == [[LOGIN, POLICY]]


SOURCES: dict[str, Callable[[cdk.Stack], codebuild.ISource]] = {
    "GitHub": lambda _: codebuild.Source.git_hub(
        owner="o",
        repo="r",
        clone_depth=2,
        fetch_submodules=True,
        build_status_context="context",
        build_status_url="https://example.com",
    ),
    "GitHub Enterprise": lambda _: codebuild.Source.git_hub_enterprise(
        https_clone_url="https://example.com/r.git", ignore_ssl_errors=True
    ),
    "S3": lambda stack: codebuild.Source.s3(bucket=s3.Bucket(stack, "Bucket"), path="a.zip"),
}


@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
def test_the_source_stays(make: Callable[[cdk.Stack], codebuild.ISource]) -> None:
    """Of a project's source nothing changes but the buildspec."""
    plain, stack = cdk.Stack(cdk.App(), "Stack"), cdk.Stack(cdk.App(), "Stack")
    for it in (plain, stack):
        build = project(it, source=make(it))
        # A property that none of CDK's sources sets.
        cfn = build.node.default_child
        assert isinstance(cfn, codebuild.CfnProject)
        cfn.source = replaced(
            cfn.source,
            auth=codebuild.CfnProject.SourceAuthProperty(type="CODECONNECTIONS", resource="arn"),
        )

    mixin(stack, EcrPublicPull())

    before, after = source_in(plain), source_in(stack)
    assert after.pop("BuildSpec") != before.pop("BuildSpec")
    assert after == before


def source_in(stack: cdk.Stack) -> dict[str, object]:
    """The source of the only project in a stack's template."""
    found = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    [properties] = [it["Properties"] for it in found.values()]
    source: dict[str, object] = properties["Source"]
    return source
