"""Where CloudFormation resources name images that somebody pulls.

The places are those of https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
What takes images of ECR alone has no place here: Lambda functions, App Runner services.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

_EVERY = "*"
_POD = ("InitContainers.*.Image", "Containers.*.Image")
_ECS = "EcsProperties.TaskProperties.*.Containers.*.Image"
_NODES = "NodeProperties.NodeRangeProperties.*"

_PLACES: Mapping[str, tuple[str, ...]] = {
    "AWS::Batch::JobDefinition": (
        "ContainerProperties.Image",
        _ECS,
        *(f"EksProperties.PodProperties.{it}" for it in _POD),
        f"{_NODES}.Container.Image",
        f"{_NODES}.{_ECS}",
        *(f"{_NODES}.EksProperties.PodProperties.{it}" for it in _POD),
    ),
    "AWS::ECS::DaemonTaskDefinition": ("ContainerDefinitions.*.Image",),
    "AWS::ECS::ExpressGatewayService": ("PrimaryContainer.Image",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*.Image",),
    "AWS::ImageBuilder::ContainerRecipe": ("ParentImage",),
    "AWS::Lightsail::Container": ("ContainerServiceDeployment.Containers.*.Image",),
    # https://github.com/cdklabs/cdk-ecr-deployment
    "Custom::CDKECRDeployment": ("SrcImage",),
    "AWS::SageMaker::Model": ("PrimaryContainer.Image", "Containers.*.Image"),
}
# Image Builder and SageMaker are not known to take images of public.ecr.aws.
TAKE_COPIES = frozenset(
    {
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
        "AWS::Batch::JobDefinition",
        # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
        "AWS::ECS::DaemonTaskDefinition",
        "AWS::ECS::ExpressGatewayService",
        "AWS::ECS::TaskDefinition",
        # https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateContainerServiceDeployment.html
        "AWS::Lightsail::Container",
    }
)
"""The types of resources that may pull the images at their places from public.ecr.aws."""

_LABELS = {"image": "container", "parentimage": "parent image", "srcimage": "source image"}
_SECRET = "repositorycredentials"
_NAMES = ("name", "containername", "containerhostname")


class NamedValue(NamedTuple):
    """A value at one of the places.

    Attributes:
        location: Where it is: ``ContainerDefinitions.0.Image``.
        value: The image, as the template has it.
        name: What its container is called, if it is.
        label: What it is, for people: ``container``.
        has_secret: Whether the container has credentials for the registry.
    """

    location: str
    value: object
    name: object
    label: str
    has_secret: bool


def named_values(kind: str, properties: Mapping[str, object]) -> Iterator[NamedValue]:
    """Find the values at the places where a resource names images.

    Args:
        kind: The resource's type.
        properties: Its properties, whose names may begin with a small letter.

    Yields:
        The values, in the order of the places.
    """
    for place in _PLACES.get(kind, ()):
        for location, owner in _walk(properties, place.split("."), ""):
            *_, key = location.split(".")
            names = {str(it).lower(): it for it in owner}
            name = next((owner.get(names[it]) for it in _NAMES if it in names), None)
            has_secret = _SECRET in names
            yield NamedValue(location, owner[key], name, _LABELS[key.lower()], has_secret)


def _walk(
    value: object, place: list[str], location: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The locations that fit a place, each with the mapping that its last part is a key of."""
    first, *rest = place
    if first == _EVERY:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _walk(item, rest, f"{location}{index}.")
    elif isinstance(value, Mapping):
        keys = {str(key).lower(): key for key in value}
        key = keys.get(first.lower())
        if key is not None and rest:
            yield from _walk(value[key], rest, f"{location}{key}.")
        elif key is not None:
            yield f"{location}{key}", value
