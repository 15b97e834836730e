"""What the AwsSolutions rules of cdk-nag say of this package's constructs."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from cdk_ecr_public_pull import (
    EcrPublicPull,
    EcrPublicPullPipelineProject,
    EcrPublicPullProject,
    RewrittenBuildContext,
)
from cdk_ecr_public_pull.constructs.codebuild.acknowledgement import acknowledges_by_construct

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

BUILD_SPEC: dict[str, object] = {"version": "0.2", "phases": {"build": {"commands": ["true"]}}}
WILDCARD = "AwsSolutions-IAM5[Resource::*]"
OWN = (
    "The login to ECR Public needs ecr-public:GetAuthorizationToken and "
    "sts:GetServiceBearerToken, which accept no narrower resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "list_amazonelasticcontainerregistrypublic.html"
)

# An older CDK would hide every wildcard of the app.
ACKNOWLEDGED = (
    [(WILDCARD, "Stack/Project/Role/DefaultPolicy", OWN)] if acknowledges_by_construct() else []
)

Make: TypeAlias = Callable[["Construct"], Any]


def nag(make: Make, outdir: Path) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Make constructs in a stack; returns the rules they break, and those that are acknowledged."""
    app = cdk.App(outdir=str(outdir))
    make(cdk.Stack(app, "Stack"))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with suppress(RuntimeError):
        app.synth()
    reports = json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
    ours = [each for each in reports if each["pluginName"] == "AwsSolutions"]
    broken = [it["ruleName"] for each in ours for it in each["violations"]]
    acknowledged = [
        (it["ruleName"], it["acknowledgedAt"], it["reason"])
        for each in ours
        for it in each.get("suppressedViolations", ())
    ]
    return sorted(broken), acknowledged


def plain(scope: Construct) -> codebuild.Project:
    """CDK's own project."""
    spec = codebuild.BuildSpec.from_object(BUILD_SPEC)
    return codebuild.Project(scope, "Project", build_spec=spec)


def plain_pipeline(scope: Construct) -> codebuild.PipelineProject:
    """CDK's own project of a pipeline."""
    spec = codebuild.BuildSpec.from_object(BUILD_SPEC)
    return codebuild.PipelineProject(scope, "Project", build_spec=spec)


PROJECTS: dict[str, tuple[Make, Make]] = {
    "project": (plain, lambda it: EcrPublicPullProject(it, "Project", build_spec=BUILD_SPEC)),
    "pipeline project": (
        plain_pipeline,
        lambda it: EcrPublicPullPipelineProject(it, "Project", build_spec=BUILD_SPEC),
    ),
    "existing project": (plain, lambda it: EcrPublicPull().apply_to(plain(it))),
    "project twice": (
        plain,
        lambda it: EcrPublicPull().apply_to(
            EcrPublicPullProject(it, "Project", build_spec=BUILD_SPEC)
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), PROJECTS.values(), ids=PROJECTS)
def test_a_project_breaks_no_rule_that_a_plain_one_keeps(
    before: Make, after: Make, tmp_path: Path
) -> None:
    """What CDK's project breaks is the user's to answer; the login's own is acknowledged."""
    theirs, nothing = nag(before, tmp_path / "before")
    ours, acknowledged = nag(after, tmp_path / "after")

    assert nothing == []
    assert acknowledged == ACKNOWLEDGED
    assert ours == (theirs if ACKNOWLEDGED else sorted([*theirs, WILDCARD]))


def test_a_build_context_breaks_no_rule(tmp_path: Path) -> None:
    """A rewritten build context makes no resource."""
    (tmp_path / "Dockerfile").write_text("FROM node:21\n")

    def make(scope: Construct) -> None:
        _ = RewrittenBuildContext(scope, "Context", directory=tmp_path).asset

    assert nag(make, tmp_path / "out") == ([], [])


def statement(**given: Any) -> iam.PolicyStatement:  # noqa: ANN401  (CDK's own properties)
    """A statement of the user's, on everything."""
    return iam.PolicyStatement(resources=["*"], **given)


THEIRS: dict[str, iam.PolicyStatement] = {
    "an action": statement(actions=["s3:PutObject"]),
    "all actions but one": statement(not_actions=["s3:PutObject"]),
    "an action beside the login's": statement(
        actions=["ecr-public:GetAuthorizationToken", "ecr-public:PutImage"]
    ),
}


@pytest.mark.parametrize("theirs", THEIRS.values(), ids=THEIRS)
def test_a_wildcard_of_the_user_is_not_hidden(theirs: iam.PolicyStatement, tmp_path: Path) -> None:
    """With another statement on everything in the same policy, nothing is acknowledged."""
    policies: list[IConstruct] = []

    def make(scope: Construct) -> None:
        project = EcrPublicPullProject(scope, "Project", build_spec=BUILD_SPEC)
        project.add_to_role_policy(theirs)
        policies.append(project.node.find_child("Role").node.find_child("DefaultPolicy"))

    broken, _ = nag(make, tmp_path)
    # Of a NotAction the rule says it without a finding of its own.
    assert {WILDCARD, "AwsSolutions-IAM5"}.intersection(broken)
    assert acknowledged_at(policies[0]) == []


def test_each_project_of_a_stack_is_looked_at_by_itself(tmp_path: Path) -> None:
    """A statement of the user's in one project leaves the others acknowledged."""

    def make(scope: Construct) -> None:
        for name in ("First", "Theirs", "Last"):
            spec = codebuild.BuildSpec.from_object(BUILD_SPEC)
            project = codebuild.Project(scope, name, build_spec=spec)
            if name == "Theirs":
                project.add_to_role_policy(statement(actions=["s3:PutObject"]))
        cdk.Mixins.of(scope).apply(EcrPublicPull())

    broken, acknowledged = nag(make, tmp_path)
    places = ["Stack/First/Role/DefaultPolicy", "Stack/Last/Role/DefaultPolicy"]
    assert acknowledged == [(WILDCARD, place, OWN) for place in places if ACKNOWLEDGED]
    assert WILDCARD in broken


def acknowledged_at(construct: IConstruct) -> list[object]:
    """The rules that are acknowledged on a construct, whether something breaks them or not."""
    key = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    return [entry.data for entry in construct.node.metadata if entry.type == key]


def test_a_narrow_statement_of_the_user_changes_nothing(tmp_path: Path) -> None:
    """A statement on a resource stands beside the login's, which is acknowledged still."""

    def make(scope: Construct) -> None:
        project = EcrPublicPullProject(scope, "Project", build_spec=BUILD_SPEC)
        bucket = s3.Bucket.from_bucket_name(scope, "Bucket", "bucket")
        actions = ["s3:PutObject"]
        project.add_to_role_policy(
            iam.PolicyStatement(actions=actions, resources=[bucket.bucket_arn])
        )

    _, acknowledged = nag(make, tmp_path)
    assert acknowledged == ACKNOWLEDGED


VERSIONS = {"2.264.0": False, "2.274.9": False, "2.275.0": True, "2.300.1": True, "3.0.0": True}


@pytest.mark.parametrize(("version", "expected"), VERSIONS.items())
def test_an_older_cdk_gets_no_acknowledgement(
    version: str, monkeypatch: pytest.MonkeyPatch, *, expected: bool
) -> None:
    """Only a CDK that keeps an acknowledgement to its construct is given one."""
    monkeypatch.setattr("importlib.metadata.version", {"aws-cdk-lib": version}.__getitem__)

    # Not the answer that it remembers.
    assert acknowledges_by_construct.__wrapped__() is expected
