"""The images that the resources of a template name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_ecr_public_pull.constructs.synth_check.project_build_spec import SourceFiles
from cdk_ecr_public_pull.constructs.synth_check.template_images import resource_images
from cdk_ecr_public_pull.images.mirrors import Mirrors

REPOSITORY = {
    "Fn::Join": ["", [{"Ref": "AWS::AccountId"}, ".dkr.ecr.eu-west-1.amazonaws.com/node:21"]]
}
ASSET = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/assets:abc"}


def found(kind: str, properties: object) -> list[tuple[str, str, str]]:
    """What a resource names: place, location and image."""
    resource = {"Type": kind, "Properties": properties}
    images = resource_images(resource, Mirrors(), SourceFiles(root=Path("/nowhere")))
    return [(it.place, it.location, it.image.familiar) for it in images]


def project(build_spec: object, image: object = "aws/codebuild/standard:7.0") -> object:
    """The properties of a CodeBuild project."""
    return {"Source": {"BuildSpec": build_spec}, "Environment": {"Image": image}}


def task(*images: object) -> object:
    """The properties of a task definition, with a container for each image."""
    return {"ContainerDefinitions": [{"Name": f"c{i}", "Image": it} for i, it in enumerate(images)]}


PROJECT, TASK, JOB = (
    "AWS::CodeBuild::Project",
    "AWS::ECS::TaskDefinition",
    "AWS::Batch::JobDefinition",
)
KUBERNETES, PATCH = "Custom::AWSCDK-EKS-KubernetesResource", "Custom::AWSCDK-EKS-KubernetesPatch"
YAML = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker run node:21\n"
POD = {
    "containers": [{"name": "web", "image": "nginx:1"}],
    "initContainers": [{"image": "busybox"}],
}


NOTHING = {
    "no properties": (TASK, None),
    "another resource": (
        "AWS::Lambda::Function",
        {"Code": {"ImageUri": "node:21"}, "Image": "node"},
    ),
    "parameters of a job": (JOB, {"Parameters": {"image": "ubuntu"}}),
    "labels and variables of a task": (
        TASK,
        {
            "ContainerDefinitions": [
                {
                    "Image": REPOSITORY,
                    "DockerLabels": {"image": "ubuntu"},
                    "Environment": [{"Name": "image", "Value": "ubuntu", "Image": "ubuntu"}],
                }
            ],
            "Tags": [{"Key": "image", "Image": "ubuntu"}],
        },
    ),
    "a parent image of Image Builder": (
        "AWS::ImageBuilder::ContainerRecipe",
        {"ParentImage": "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux/x.x.x"},
    ),
    "an archive that cdk-ecr-deployment copies": (
        "Custom::CDKECRDeployment",
        {"SrcImage": {"Fn::Join": ["", ["docker://", ASSET]]}},
    ),
    "user data that is no script": (
        "AWS::EC2::Instance",
        {"UserData": {"Fn::Base64": "#cloud-config\nruncmd:\n- docker run nginx\n"}},
    ),
    "user data that is a reference": ("AWS::EC2::Instance", {"UserData": {"Ref": "Data"}}),
    "an image of Lightsail's own": (
        "AWS::Lightsail::Container",
        {"ContainerServiceDeployment": {"Containers": [{"Image": ":service.web.3"}]}},
    ),
    "images of ECR": (TASK, task(REPOSITORY, ASSET)),
    "an image that is a reference": (
        TASK,
        task({"Ref": "Image"}, {"Fn::GetAtt": ["A", "B"]}, None),
    ),
    "an image whose repository is joined of tokens": (
        TASK,
        task({"Fn::Join": ["/", [{"Ref": "Registry"}, "node:21"]]}),
    ),
    "an image with an unknown registry": (TASK, task({"Fn::Sub": "${Registry}/node:21"})),
    "CodeBuild's own image": (PROJECT, project(None)),
    "an environment from ECR": (PROJECT, project(None, REPOSITORY)),
    "a project of no shape": (PROJECT, {"Source": "x", "Environment": []}),
    "a buildspec in the source": (PROJECT, project("docker/buildspec.yml")),
    "a buildspec in a bucket": (PROJECT, project({"Fn::Join": ["", ["arn:", {"Ref": "A"}]]})),
    "a buildspec that is a reference": (PROJECT, project({"Ref": "BuildSpec"})),
    "a buildspec that is broken": (PROJECT, project("version: 0.2\n  phases: [")),
    "a buildspec that is a list": (PROJECT, project("- a: 1\n- b: 2\n")),
    "an image from a token": (
        PROJECT,
        project({"Fn::Join": ["", [YAML.removesuffix("node:21\n"), {"Ref": "Image"}, "\n"]]}),
    ),
    "a manifest that is no JSON": (KUBERNETES, {"Manifest": "containers: [{image: node}]"}),
    "a manifest that is a reference": (KUBERNETES, {"Manifest": {"Ref": "Manifest"}}),
    "a manifest of no pods": (
        KUBERNETES,
        {"Manifest": json.dumps([{"kind": "X", "image": "node", "spec": {"image": "node:21"}}, 1])},
    ),
    "a manifest's image from a token": (
        KUBERNETES,
        {
            "Manifest": {
                "Fn::Join": [
                    "",
                    ['[{"spec":{"containers":[{"image":"', {"Ref": "Image"}, '"}]}}]'],
                ]
            }
        },
    ),
}


@pytest.mark.parametrize(("kind", "properties"), NOTHING.values(), ids=NOTHING)
def test_nothing_is_named(kind: str, properties: object) -> None:
    """What is no image for somebody to pull, or is not known at synth, is not found."""
    assert found(kind, properties) == []


def container(name: str, location: str, image: str) -> tuple[str, str, str]:
    """A container's image."""
    return (name, f"Properties.{location}", image)


BUILD_SPEC = "Properties.Source.BuildSpec"
FOUND: dict[str, tuple[str, object, list[tuple[str, str, str]]]] = {
    "an environment": (
        PROJECT,
        project(None, "golang:1.22"),
        [("environment image", "Properties.Environment.Image", "golang:1.22")],
    ),
    "a buildspec in YAML": (
        PROJECT,
        project(YAML),
        [("buildspec phases.build.commands[0], docker run", BUILD_SPEC, "node:21")],
    ),
    "a buildspec in JSON": (
        PROJECT,
        project(json.dumps({"phases": {"install": {"finally": ["docker pull node:21"]}}})),
        [("buildspec phases.install.finally[0], docker pull", BUILD_SPEC, "node:21")],
    ),
    "a buildspec with tokens": (
        PROJECT,
        project(
            {
                "Fn::Join": [
                    "",
                    [
                        '{"phases":{"build":{"commands":["docker tag x ',
                        {"Ref": "Repository"},
                        ':1","docker pull node:',
                        {"Ref": "Version"},
                        '"]}}}',
                    ],
                ]
            }
        ),
        [("buildspec phases.build.commands[1], docker pull", BUILD_SPEC, "node:…")],
    ),
    "the environment of a batch": (
        PROJECT,
        project('{"batch":{"build-list":[{"env":{"image":"node:21"}}]}}'),
        [("buildspec batch.build-list[0].env.image", BUILD_SPEC, "node:21")],
    ),
    "a task": (
        TASK,
        task("nginx:1", REPOSITORY, "ghcr.io/a/b", {"Fn::Sub": "node:${Version}-slim"}),
        [
            container("container c0", "ContainerDefinitions.0.Image", "nginx:1"),
            container("container c2", "ContainerDefinitions.2.Image", "ghcr.io/a/b"),
            container("container c3", "ContainerDefinitions.3.Image", "node:…-slim"),
        ],
    ),
    "images with tokens": (
        TASK,
        task(
            {"Fn::Join": [":", ["nginx", {"Ref": "Tag"}]]},
            {"Fn::Sub": ["${Name}:${Tag}", {"Name": "redis"}]},
            {"Fn::Sub": ["busybox:${Tag}", {"Tag": {"Ref": "Other"}}]},
        ),
        [
            container("container c0", "ContainerDefinitions.0.Image", "nginx:…"),
            container("container c1", "ContainerDefinitions.1.Image", "redis:…"),
            container("container c2", "ContainerDefinitions.2.Image", "busybox:…"),
        ],
    ),
    "user data": (
        "AWS::EC2::Instance",
        {
            "UserData": {
                "Fn::Base64": {
                    "Fn::Join": [
                        "",
                        ["#!/bin/bash\ndocker run --name ", {"Ref": "Name"}, " nginx:1\n"],
                    ]
                }
            }
        },
        [container("user data, docker run", "UserData", "nginx:1")],
    ),
    "user data of a launch template": (
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"UserData": {"Fn::Base64": "#!/bin/sh\ndocker pull redis"}}},
        [container("user data, docker pull", "LaunchTemplateData.UserData", "redis")],
    ),
    "a pod": (
        KUBERNETES,
        {"Manifest": json.dumps([{"kind": "Pod", "metadata": {"name": "a"}, "spec": POD}])},
        [
            container("Pod a, container web", "Manifest", "nginx:1"),
            container("Pod a, container", "Manifest", "busybox"),
        ],
    ),
    "a cron job in a list": (
        KUBERNETES,
        {
            "Manifest": json.dumps(
                {
                    "kind": "List",
                    "items": [
                        {
                            "kind": "CronJob",
                            "spec": {"jobTemplate": {"spec": {"template": {"spec": POD}}}},
                        }
                    ],
                }
            )
        },
        [
            container("CronJob, container web", "Manifest", "nginx:1"),
            container("CronJob, container", "Manifest", "busybox"),
        ],
    ),
    "a manifest with tokens": (
        KUBERNETES,
        {
            "Manifest": {
                "Fn::Join": [
                    "",
                    [
                        '[{"kind":"Deployment","metadata":{"name":"',
                        {"Ref": "Name"},
                        '"},"spec":{"replicas":',
                        {"Ref": "Replicas"},
                        ',"template":{"spec":{"containers":[{"image":"nginx:1"}]}}}}]',
                    ],
                ]
            }
        },
        [container("Deployment …, container", "Manifest", "nginx:1")],
    ),
    "a patch": (
        PATCH,
        {"ApplyPatchJson": json.dumps({"spec": {"template": {"spec": POD}}})},
        [
            container("container web", "ApplyPatchJson", "nginx:1"),
            container("container", "ApplyPatchJson", "busybox"),
        ],
    ),
}


@pytest.mark.parametrize(("kind", "properties", "expected"), FOUND.values(), ids=FOUND)
def test_found(kind: str, properties: object, expected: list[tuple[str, str, str]]) -> None:
    """Each image is found, with its place for people and for programs."""
    assert found(kind, properties) == expected
