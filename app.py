"""The sample: a pipeline that builds the image in sample/ and pushes it to a repository.

``cdk deploy`` needs a bootstrapped account and nothing else; the first build starts
when the pipeline is there, and another whenever a deployment brings a changed sample/.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_ecr_public_pull import EcrPublicPullPipelineProject, RewrittenBuildContext

if TYPE_CHECKING:
    from constructs import Construct

# The login that the library adds, to pull, is another one: this is to push. A failed
# command ends its phase, so that nothing is pushed unless it was built.
BUILD_SPEC = {
    "version": "0.2",
    "phases": {
        "pre_build": {
            "commands": [
                (
                    'aws ecr get-login-password --region "$AWS_REGION" | docker login '
                    '--username AWS --password-stdin "${REPOSITORY_URI%%/*}"'
                ),
            ]
        },
        "build": {
            "commands": [
                'docker build --tag "$REPOSITORY_URI:$CODEBUILD_BUILD_NUMBER" .',
                'docker push "$REPOSITORY_URI:$CODEBUILD_BUILD_NUMBER"',
            ]
        },
    },
}


class SampleStack(cdk.Stack):
    """A repository, and the pipeline that fills it.

    Args:
        scope: The app.
        construct_id: The stack's id and name.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        repository = ecr.Repository(
            self,
            "Images",
            repository_name="ecr-public-pull-sample",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            # Something may run these images, so that they outlive the stack; but a first
            # deployment that fails leaves no repository in the way of the second.
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        project = EcrPublicPullPipelineProject(
            self,
            "Build",
            build_spec=BUILD_SPEC,
            environment_variables={
                "REPOSITORY_URI": codebuild.BuildEnvironmentVariable(
                    value=repository.repository_uri
                )
            },
        )
        repository.grant_pull_push(project)
        self._add_pipeline(project)
        cdk.CfnOutput(self, "RepositoryUri", value=repository.repository_uri)

    def _add_pipeline(self, project: codebuild.IProject) -> None:
        directory = Path(__file__).parent / "sample"
        context = RewrittenBuildContext(self, "Context", directory=directory)
        source = codepipeline.Artifact()
        pipeline = codepipeline.Pipeline(
            self,
            "Pipeline",
            pipeline_type=codepipeline.PipelineType.V2,
            artifact_bucket=self._artifact_bucket(),
            # The source is the context's zip file in the bootstrap bucket, which has
            # versions, as CodePipeline demands. A changed context is a new key, never a
            # new version of the old one, so that there is nothing to poll: the new key
            # changes the pipeline, and that starts it.
            restart_execution_on_update=True,
            stages=[
                codepipeline.StageProps(
                    stage_name="Source",
                    actions=[
                        actions.S3SourceAction(
                            action_name="Context",
                            bucket=context.asset.bucket,
                            bucket_key=context.asset.s3_object_key,
                            output=source,
                            trigger=actions.S3Trigger.NONE,
                        )
                    ],
                ),
                codepipeline.StageProps(
                    stage_name="Build",
                    actions=[
                        actions.CodeBuildAction(action_name="Image", project=project, input=source)
                    ],
                ),
            ],
        )

        # It starts as soon as it is made or changed: by then its roles must have their
        # permissions, of which the one for the source names the context's key.
        policies = [child for child in self.node.find_all() if isinstance(child, iam.Policy)]
        pipeline.node.find_child("Resource").node.add_dependency(*policies)

    def _artifact_bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Artifacts",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            # It holds copies of the source alone, which go with the stack.
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )


def build_app() -> cdk.App:
    """Build the sample app, for any account and region."""
    app = cdk.App()
    SampleStack(app, "EcrPublicPullSample")
    return app


if __name__ == "__main__":
    build_app().synth()
