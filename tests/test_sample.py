"""The template of the sample app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import assertions

from cdk_ecr_public_pull.builds.login import login_commands
from tests.constructs.projects import POLICY

ROOT = Path(__file__).parent.parent
STACK = "EcrPublicPullSample"
PUSH_LOGIN = (
    'aws ecr get-login-password --region "$AWS_REGION" | docker login '
    '--username AWS --password-stdin "${REPOSITORY_URI%%/*}"'
)


def synth(outdir: Path) -> Path:
    """Synthesize app.py as ``cdk synth`` does it, with the context of cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    environment = {"CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": json.dumps(context)}
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=os.environ | environment, check=True)
    return outdir


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's cloud assembly."""
    return synth(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def template(assembly: Path) -> assertions.Template:
    """The stack's template."""
    return assertions.Template.from_string((assembly / f"{STACK}.template.json").read_text())


def the(template: assertions.Template, kind: str) -> dict[str, Any]:
    """The only resource of a kind."""
    (resource,) = template.find_resources(kind).values()
    return dict(resource)


def test_stack(assembly: Path) -> None:
    """The stack can be deployed to any account and region, and asks for nothing at synth."""
    manifest = json.loads((assembly / "manifest.json").read_text())

    assert manifest["artifacts"][STACK]["environment"] == "aws://unknown-account/unknown-region"
    assert "missing" not in manifest


def test_nothing_to_complain_of(assembly: Path) -> None:
    """The synth has neither errors nor warnings."""
    metadata = json.loads((assembly / f"{STACK}.metadata.json").read_text())
    kinds = {entry["type"] for entries in metadata.values() for entry in entries}

    assert kinds & {"aws:cdk:warning", "aws:cdk:error"} == set()


def test_build_spec(template: assertions.Template) -> None:
    """The login to ECR Public is the first command; it names its regions, never the build's."""
    build_spec = json.loads(
        the(template, "AWS::CodeBuild::Project")["Properties"]["Source"]["BuildSpec"]
    )

    assert build_spec == {
        "version": "0.2",
        "phases": {
            "pre_build": {"commands": [*login_commands(), POLICY, PUSH_LOGIN]},
            "build": {
                "commands": [
                    'docker build --tag "$REPOSITORY_URI:$CODEBUILD_BUILD_NUMBER" .',
                    'docker push "$REPOSITORY_URI:$CODEBUILD_BUILD_NUMBER"',
                ]
            },
        },
    }
    login = build_spec["phases"]["pre_build"]["commands"][0]
    assert "for region in us-west-2 us-east-1; do" in login
    assert "AWS_REGION" not in login


def test_environment(template: assertions.Template) -> None:
    """The build may run Docker, and knows where to push."""
    environment = the(template, "AWS::CodeBuild::Project")["Properties"]["Environment"]

    variables = environment.pop("EnvironmentVariables")
    assert [it["Name"] for it in variables] == ["REPOSITORY_URI"]
    assert environment == {
        "ComputeType": "BUILD_GENERAL1_SMALL",
        "Image": "aws/codebuild/standard:7.0",
        "ImagePullCredentialsType": "CODEBUILD",
        "PrivilegedMode": True,
        "Type": "LINUX_CONTAINER",
    }


def test_permissions(template: assertions.Template) -> None:
    """The build's role has the two permissions of the login; the third one is for the push."""
    statements = [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "ecr-public" in json.dumps(statement)
    ]

    assert statements == [
        {
            "Action": [
                "ecr-public:GetAuthorizationToken",
                "ecr:GetAuthorizationToken",
                "sts:GetServiceBearerToken",
            ],
            "Effect": "Allow",
            "Resource": "*",
        }
    ]


def test_repository(template: assertions.Template) -> None:
    """Tags cannot be moved, images are scanned, and they outlive the stack."""
    repository = the(template, "AWS::ECR::Repository")

    assert repository["DeletionPolicy"] == "RetainExceptOnCreate"
    assert repository["Properties"] == {
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "ImageTagMutability": "IMMUTABLE",
        "RepositoryName": "ecr-public-pull-sample",
    }


def test_source(assembly: Path, template: assertions.Template) -> None:
    """The pipeline builds the rewritten folder, and starts when that changes."""
    pipeline = the(template, "AWS::CodePipeline::Pipeline")["Properties"]
    files = json.loads((assembly / f"{STACK}.assets.json").read_text())["files"]

    (source,) = pipeline["Stages"][0]["Actions"]
    key = source["Configuration"]["S3ObjectKey"]
    context = assembly / files[key.removesuffix(".zip")]["source"]["path"]
    assert source["Configuration"] == {
        "PollForSourceChanges": False,
        "S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"},
        "S3ObjectKey": key,
    }
    assert pipeline["RestartExecutionOnUpdate"] is True
    policies = template.find_resources("AWS::IAM::Policy")
    (resource,) = template.find_resources("AWS::CodePipeline::Pipeline").values()
    # It starts at once, and its roles must be able to do their work then.
    assert len(policies) == 4
    assert set(policies) <= set(resource["DependsOn"])
    assert sorted(path.name for path in context.iterdir()) == [
        ".dockerignore",
        "Dockerfile",
        "build.mjs",
        "page.txt",
    ]


def test_dockerfile(assembly: Path) -> None:
    """Two words of the Dockerfile change and nothing else."""
    (copy,) = assembly.glob("ecr-public-pull-*")

    before = (ROOT / "sample/Dockerfile").read_text()
    after = before.replace("FROM node:", "FROM public.ecr.aws/docker/library/node:")
    after = after.replace("--from=busybox:", "--from=public.ecr.aws/docker/library/busybox:")
    assert "FROM public.ecr.aws/docker/library/node:21.7.0-alpine3.19 AS build" in after
    assert (copy / "Dockerfile").read_text() == after


def test_two_synths(assembly: Path, tmp_path: Path) -> None:
    """Another synth gives the same template and the same assets."""
    other = synth(tmp_path)

    for name in (f"{STACK}.template.json", f"{STACK}.assets.json"):
        assert (assembly / name).read_text() == (other / name).read_text()
