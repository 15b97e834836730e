"""Projects that nobody made for this library, and what comes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.images.mirrors import Mirrors

if TYPE_CHECKING:
    from constructs import Construct

    from cdk_ecr_public_pull import EcrPublicPull

USERS: dict[str, object] = {"version": "0.2", "phases": {"build": {"commands": ["make"]}}}
[POLICY] = hub_pulls_commands(Mirrors())
PRIVILEGED = codebuild.BuildEnvironment(privileged=True)
Apply = Callable[..., None]


def mixin(scope: Construct, *pulls: EcrPublicPull) -> None:
    """Apply as mixins."""
    for pull in pulls:
        cdk.Mixins.of(scope).apply(pull)


def directly(scope: Construct, *pulls: EcrPublicPull) -> None:
    """Apply to all that is below the scope, without the CDK's ways."""
    for pull in pulls:
        pull.apply_to(scope)


def aspect(scope: Construct, *pulls: EcrPublicPull) -> None:
    """Apply as aspects."""
    for pull in pulls:
        cdk.Aspects.of(scope).add(pull)


def with_(scope: Construct, *pulls: EcrPublicPull) -> None:
    """Apply as the constructs' own method does."""
    scope.with_(*pulls)


def early_aspect(scope: Construct, *pulls: EcrPublicPull) -> None:
    """Apply as aspects that come before those that only read."""
    for pull in pulls:
        cdk.Aspects.of(scope).add(pull, priority=cdk.AspectPriority.MUTATING)


def project(scope: Construct, construct_id: str = "Build", **props: object) -> codebuild.Project:
    """A project that nobody made for this library."""
    given: dict[str, object] = {
        "build_spec": codebuild.BuildSpec.from_object(USERS),
        "environment": PRIVILEGED,
        **props,
    }
    return codebuild.Project(scope, construct_id, **given)  # type: ignore[arg-type]


def build_specs(stack: cdk.Stack) -> list[Any]:
    """The buildspecs of a stack's projects, in order, parsed where they hold no tokens."""
    found = assertions.Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    texts = [it["Properties"]["Source"].get("BuildSpec") for it in found.values()]
    return [json.loads(it) if isinstance(it, str) else it for it in texts]


def logins(stack: cdk.Stack) -> list[list[str]]:
    """What this library lets each project of a stack run."""
    return [
        [text for phase in it["phases"].values() for text in ours(phase.get("commands", []))]
        for it in build_specs(stack)
    ]


def ours(commands: Iterable[str]) -> list[str]:
    """Those of a phase's commands that this library put there."""
    return [it for it in commands if it.startswith(MARKER)]


def granted(stack: cdk.Stack) -> int:
    """How many statements of a stack's policies allow the login."""
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    return json.dumps(list(policies.values())).count("ecr-public:GetAuthorizationToken")


def warnings(stack: cdk.Stack) -> dict[str, str]:
    """The message of each warning of this library, by the text that acknowledges it."""
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    parts = [str(it.entry.data).rpartition(" [ack: ") for it in found]
    return {
        ack.rstrip("]").removeprefix("cdk_ecr_public_pull:"): text
        for text, _, ack in parts
        if ack.startswith("cdk_ecr_public_pull:")
    }
