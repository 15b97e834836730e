"""Typed uses of every public name: read by the type checker, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import pipelines

from cdk_ecr_public_pull import (
    DockerfileError,
    DockerHubPulls,
    EcrPublicBuildContexts,
    EcrPublicDockerImage,
    EcrPublicImages,
    EcrPublicPull,
    EcrPublicPullError,
    EcrPublicPullPipelineProject,
    EcrPublicPullProject,
    Edit,
    Finding,
    FoundPulls,
    HubPulls,
    ImagePattern,
    ImageReference,
    InvalidBuildSpec,
    InvalidConfig,
    InvalidReference,
    LoginRegion,
    Mirrors,
    Pull,
    Resolution,
    Rewrite,
    RewrittenBuildContext,
    Rule,
    RuleSettings,
    Severity,
    Span,
    UnmovableImage,
    UnsupportedProject,
    UnusableFile,
    Verdict,
    Via,
    find_pulls,
    rewrite_dockerfile,
)

if TYPE_CHECKING:
    from constructs import Construct


def whole_app(app: cdk.App) -> None:
    """The lines that move an app."""
    pull = EcrPublicPull(
        login_regions=[LoginRegion.US_EAST_1],
        required=False,
        hub_pulls=HubPulls.ENFORCE,
        allow=["docker/dockerfile"],
        local_images=["my-base"],
    )
    cdk.PropertyInjectors.of(app).add(EcrPublicBuildContexts(mirrors=Mirrors()))
    cdk.Aspects.of(app).add(pull)
    cdk.Mixins.of(app).apply(pull)
    cdk.Aspects.of(app).add(EcrPublicImages(local_images=["my-base"]))
    cdk.Mixins.of(app).apply(EcrPublicImages(mirrors=Mirrors()))
    pull.add_to(app)
    pull.apply_to(app)
    cdk.Validations.of(app).add_plugins(
        DockerHubPulls(dockerfiles=["docker"], report_only=True, severities={"no-mirror": "error"})
    )


def projects(scope: Construct, existing: codebuild.Project) -> None:
    """Projects, new and existing."""
    context = RewrittenBuildContext(scope, "Context", directory="sample")
    assert_type(context.path, str)
    assert_type(context.asset, s3_assets.Asset)
    project = EcrPublicPullProject(
        scope,
        "Build",
        build_spec={"version": "0.2"},
        environment={"compute_type": codebuild.ComputeType.LARGE},
        pull=EcrPublicPull(),
        dockerfiles=["sample/Dockerfile"],
        source=context.source,
        timeout=cdk.Duration.minutes(30),
    )
    EcrPublicPullPipelineProject(scope, "Piped", build_spec="buildspec.yml", description="images")
    EcrPublicPull().apply_to(existing)
    EcrPublicPull().apply_to(project)
    assert_type(EcrPublicPull.grant_login(existing), iam.Grant)


def pipeline(scope: Construct, synth: pipelines.ShellStep) -> None:
    """A CDK pipeline."""
    options = EcrPublicPull().code_build_options(
        partial_build_spec={"env": {"variables": {"CI": "true"}}},
        with_docker_credentials=True,
        timeout=cdk.Duration.hours(1),
    )
    assert_type(options, pipelines.CodeBuildOptions)
    pipelines.CodePipeline(scope, "Pipeline", synth=synth, code_build_defaults=options)


def bundling() -> cdk.BundlingOptions:
    """Images for asset bundling."""
    assert_type(EcrPublicDockerImage.from_build("tools", target_stage="build"), cdk.DockerImage)
    return cdk.BundlingOptions(image=EcrPublicDockerImage.from_registry("node:21"))


def dockerfiles(content: bytes) -> bytes:
    """Dockerfiles, without the CDK."""
    settings = RuleSettings(severities={Rule.NO_MIRROR: Severity.ERROR, Rule.DIGEST_PIN: None})
    try:
        found = find_pulls(content, build_args={"BASE": "node:21"}, target="build")
        rewrite = rewrite_dockerfile(
            content, path="Dockerfile", mirrors=Mirrors(), settings=settings, unsafe_fixes=True
        )
    except EcrPublicPullError:
        return content
    what_was_found(found, rewrite)
    assert_type(Mirrors(local_images=["a/*"]).local_patterns(), tuple[ImagePattern, ...])
    resolution = Mirrors().resolve(ImageReference.parse("node:21"))
    assert_type(resolution, Resolution)
    if resolution.verdict is Verdict.MIRRORED:
        assert_type(resolution.replacement, ImageReference | None)
    return rewrite.content


def what_was_found(found: FoundPulls, rewrite: Rewrite) -> None:
    """What the two functions give."""
    assert_type(found.pulls, tuple[Pull, ...])
    assert_type(found.error, DockerfileError | None)
    assert_type(rewrite.findings, tuple[Finding, ...])
    assert_type(rewrite.edits, tuple[Edit, ...])
    for pull in found.pulls:
        assert_type(pull.via, Via)
        assert_type(pull.origin, tuple[Span, ...])
        assert_type(pull.unresolved, tuple[str, ...])


def causes(error: EcrPublicPullError) -> str:
    """The errors, each of a cause of its own."""
    match error:
        case InvalidBuildSpec() | UnsupportedProject():
            return error.rule
        case InvalidConfig() | InvalidReference() | UnmovableImage() | UnusableFile():
            return str(error)
    return ""
