"""The places where resources of a template name images."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_ecr_public_pull.constructs.synth_check.project_build_spec import SourceFiles
from cdk_ecr_public_pull.constructs.synth_check.template_images import resource_images
from cdk_ecr_public_pull.images.mirrors import Mirrors

TASK, JOB = "AWS::ECS::TaskDefinition", "AWS::Batch::JobDefinition"


def container(name: str, location: str, image: str) -> tuple[str, str, str]:
    """A container's image."""
    return (name, f"Properties.{location}", image)


FOUND: dict[str, tuple[str, object, list[tuple[str, str, str]]]] = {
    "an express service": (
        "AWS::ECS::ExpressGatewayService",
        {"PrimaryContainer": {"Image": "nginx:1"}},
        [container("container", "PrimaryContainer.Image", "nginx:1")],
    ),
    "a job": (
        JOB,
        {"ContainerProperties": {"Image": "python:3.12"}},
        [container("container", "ContainerProperties.Image", "python:3.12")],
    ),
    "a job of several nodes": (
        JOB,
        {"NodeProperties": {"NodeRangeProperties": [{"Container": {"Image": "python:3.12"}}]}},
        [
            container(
                "container", "NodeProperties.NodeRangeProperties.0.Container.Image", "python:3.12"
            )
        ],
    ),
    "a job on ECS": (
        JOB,
        {"EcsProperties": {"TaskProperties": [{"Containers": [{"Name": "a", "Image": "redis"}]}]}},
        [container("container a", "EcsProperties.TaskProperties.0.Containers.0.Image", "redis")],
    ),
    "a job on EKS": (
        JOB,
        {
            "EksProperties": {
                "PodProperties": {
                    "InitContainers": [{"Image": "busybox"}],
                    "Containers": [{"Image": "redis"}],
                }
            }
        },
        [
            container("container", "EksProperties.PodProperties.InitContainers.0.Image", "busybox"),
            container("container", "EksProperties.PodProperties.Containers.0.Image", "redis"),
        ],
    ),
    "a job of several nodes on ECS": (
        JOB,
        {
            "NodeProperties": {
                "NodeRangeProperties": [
                    {"EcsProperties": {"TaskProperties": [{"Containers": [{"Image": "redis"}]}]}}
                ]
            }
        },
        [
            container(
                "container",
                "NodeProperties.NodeRangeProperties.0.EcsProperties.TaskProperties.0.Containers.0"
                ".Image",
                "redis",
            )
        ],
    ),
    "a daemon": (
        "AWS::ECS::DaemonTaskDefinition",
        {"ContainerDefinitions": [{"Name": "c0", "Image": "fluent/fluent-bit"}]},
        [container("container c0", "ContainerDefinitions.0.Image", "fluent/fluent-bit")],
    ),
    "a task in the names of the API": (
        TASK,
        {"containerDefinitions": [{"name": "web", "image": "nginx"}]},
        [container("container web", "containerDefinitions.0.image", "nginx")],
    ),
    "a model": (
        "AWS::SageMaker::Model",
        {"PrimaryContainer": {"Image": "a/b"}, "Containers": [{"Image": "python"}]},
        [
            container("container", "PrimaryContainer.Image", "a/b"),
            container("container", "Containers.0.Image", "python"),
        ],
    ),
    "a service of Lightsail": (
        "AWS::Lightsail::Container",
        {
            "ContainerServiceDeployment": {
                "Containers": [{"ContainerName": "web", "Image": "nginx:1"}]
            }
        },
        [container("container web", "ContainerServiceDeployment.Containers.0.Image", "nginx:1")],
    ),
    "an image that cdk-ecr-deployment copies": (
        "Custom::CDKECRDeployment",
        {"SrcImage": "docker://nginx:latest", "DestImage": "docker://nginx:1"},
        [container("source image", "SrcImage", "nginx:latest")],
    ),
    "a recipe of Image Builder": (
        "AWS::ImageBuilder::ContainerRecipe",
        {"ParentImage": "amazonlinux:2023"},
        [container("parent image", "ParentImage", "amazonlinux:2023")],
    ),
}


@pytest.mark.parametrize(("kind", "properties", "expected"), FOUND.values(), ids=FOUND)
def test_found(kind: str, properties: object, expected: list[tuple[str, str, str]]) -> None:
    """Each image is found, with its place for people and for programs."""
    resource = {"Type": kind, "Properties": properties}

    images = resource_images(resource, Mirrors(), SourceFiles(root=Path("/nowhere")))

    assert [(it.place, it.location, it.image.familiar) for it in images] == expected
