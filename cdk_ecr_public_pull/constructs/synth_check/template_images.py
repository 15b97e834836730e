"""The images that the resources of a template name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.buildspec.pulled_images import (
    build_spec_images,
    environment_image,
    script_images,
)
from cdk_ecr_public_pull.builds.plain_data import mapping
from cdk_ecr_public_pull.constructs.codebuild.token_text import TokenText
from cdk_ecr_public_pull.constructs.image_places import named_values
from cdk_ecr_public_pull.constructs.synth_check.project_build_spec import SourceFiles
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.partial import UNKNOWN, PartialReference, parse_partial

# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
_POD_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
# https://github.com/containers/image/blob/main/docs/containers-transports.5.md
_TRANSPORT = "docker://"
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateImage:
    """An image that a resource names.

    Attributes:
        place: Where, for people: ``container web``.
        location: The property, as a policy report has it: ``Properties.Source.BuildSpec``.
        image: The image.
    """

    place: str
    location: str
    image: PartialReference


def resource_images(
    resource: Mapping[str, object], mirrors: Mirrors, files: SourceFiles
) -> Iterator[TemplateImage]:
    """Find the images that a resource makes somebody pull.

    Args:
        resource: The resource, as its template has it.
        mirrors: Which images have copies, and which are local.
        files: Where the files lie that projects name as their buildspecs.

    Yields:
        The images of CodeBuild projects, of Kubernetes manifests, and of resources that have a
        place for one, as far as they are known at synth.
    """
    kind, properties = str(resource.get("Type")), resource.get("Properties")
    if isinstance(properties, Mapping):
        yield from _named_images(kind, properties)
        if kind in _MANIFESTS:
            yield from _manifest(_MANIFESTS[kind], properties)
        if kind in _USER_DATA:
            yield from _user_data(_USER_DATA[kind], properties, mirrors)
        if kind == "AWS::CodeBuild::Project":
            yield from _project(properties, mirrors, files)


def _project(
    properties: Mapping[str, object], mirrors: Mirrors, files: SourceFiles
) -> Iterator[TemplateImage]:
    environment, source = properties.get("Environment"), properties.get("Source")
    if isinstance(environment, Mapping):
        found = environment_image(_text(environment.get("Image")), place="environment image")
        if found is not None:
            location = "Properties.Environment.Image"
            yield TemplateImage(place=found.place, location=location, image=found.image)
    build_spec = files.build_spec(source) if isinstance(source, Mapping) else None
    if build_spec is not None:
        marked = _marked(build_spec.parsed, build_spec.text)
        for found in build_spec_images(mapping(marked), mirrors):
            place = ", ".join(filter(None, [f"{build_spec.name} {found.place}", found.use]))
            location = "Properties.Source.BuildSpec"
            yield TemplateImage(place=place, location=location, image=found.image)


def _named_images(kind: str, properties: Mapping[str, object]) -> Iterator[TemplateImage]:
    for named in named_values(kind, properties):
        image = parse_partial(_text(named.value).removeprefix(_TRANSPORT))
        if image is not None:
            place = f"{named.label} {named.name}" if isinstance(named.name, str) else named.label
            location = f"Properties.{named.location}"
            yield TemplateImage(place=place, location=location, image=image)


def _user_data(
    location: str, properties: Mapping[str, object], mirrors: Mirrors
) -> Iterator[TemplateImage]:
    value: object = properties
    for key in location.split("."):
        value = mapping(value).get(key)
    script = _text(mapping(value).get("Fn::Base64"))
    # What is no shell script is for another program: #cloud-config, <powershell>.
    if script.startswith("#!"):
        for found in script_images([("user data", script)], mirrors):
            place = f"{found.place}, {found.use}"
            yield TemplateImage(place=place, location=f"Properties.{location}", image=found.image)


def _manifest(key: str, properties: Mapping[str, object]) -> Iterator[TemplateImage]:
    text = TokenText.of(properties.get(key))
    if text is None:
        return
    try:
        manifest = json.loads(text.with_placeholders)
    except ValueError:
        return
    for item in _items(_marked(manifest, text)):
        for container, image in _pod_containers(item):
            place = ", ".join(filter(None, [_object(item), _container(container)]))
            place = place.replace(UNKNOWN, "…")
            yield TemplateImage(place=place, location=f"Properties.{key}", image=image)


def _items(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        for item in value:
            yield from _items(item)
    elif isinstance(value, Mapping):
        if isinstance(value.get("items"), list | Mapping):
            yield from _items(value["items"])
        else:
            yield value


def _object(item: Mapping[str, object]) -> str:
    metadata = item.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return " ".join(str(word) for word in (item.get("kind"), name) if word)


def _pod_containers(value: object) -> Iterator[tuple[object, PartialReference]]:
    if isinstance(value, list):
        for item in value:
            yield from _pod_containers(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key in _POD_CONTAINERS and isinstance(item, list):
                for container in item:
                    if isinstance(container, Mapping):
                        found = parse_partial(_text(container.get("image")))
                        if found is not None:
                            yield container.get("name"), found
            else:
                yield from _pod_containers(item)


def _container(name: object) -> str:
    return f"container {name}" if isinstance(name, str) else "container"


def _marked(value: object, text: TokenText) -> object:
    """A value with ``UNKNOWN`` for each placeholder."""
    if isinstance(value, Mapping):
        return {key: _marked(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item, text) for item in value]
    if isinstance(value, str) or (isinstance(value, int) and str(value).startswith(text.prefix)):
        return text.marked(str(value), UNKNOWN)
    return value


def _text(value: object) -> str:
    """A text in which ``UNKNOWN`` stands for what only the deployment knows."""
    match value:
        case {"Fn::Sub": str(template)}:
            return _substituted(template, {})
        case {"Fn::Sub": [str(template), dict(variables)]}:
            return _substituted(template, variables)
        case _:
            text = TokenText.of(value)
            return UNKNOWN if text is None else text.marked(text.with_placeholders, UNKNOWN)


def _substituted(template: str, variables: Mapping[str, object]) -> str:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        return _text(variables[name]) if name in variables else UNKNOWN

    return _VARIABLE.sub(value, template)


_USER_DATA = {
    "AWS::AutoScaling::LaunchConfiguration": "UserData",
    "AWS::EC2::Instance": "UserData",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.UserData",
}
"""The properties that hold what a machine runs when it starts."""

_MANIFESTS = {
    "Custom::AWSCDK-EKS-KubernetesPatch": "ApplyPatchJson",
    "Custom::AWSCDK-EKS-KubernetesResource": "Manifest",
}
"""The properties that hold Kubernetes manifests as JSON."""
