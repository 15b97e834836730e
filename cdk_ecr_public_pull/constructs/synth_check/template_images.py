"""The images that the resources of a template name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.buildspec.pulled_images import build_spec_images, environment_image
from cdk_ecr_public_pull.builds.buildspec.read import names_a_file, parse_build_spec
from cdk_ecr_public_pull.constructs.codebuild.token_text import TokenText
from cdk_ecr_public_pull.errors import InvalidBuildSpec
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.partial import UNKNOWN, PartialReference, parse_partial

# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
_POD_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_VARIABLE = re.compile(r"\$\{[^!}][^}]*\}")


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


def resource_images(resource: Mapping[str, object], mirrors: Mirrors) -> Iterator[TemplateImage]:
    """Find the images that a resource makes somebody pull.

    Args:
        resource: The resource, as its template has it.
        mirrors: Which images have copies, and which are local.

    Yields:
        The images of CodeBuild projects, of ECS task and Batch job definitions and of
        Kubernetes manifests, as far as they are known at synth.
    """
    finder = _FINDERS.get(str(resource.get("Type")))
    properties = resource.get("Properties")
    if finder is not None and isinstance(properties, Mapping):
        yield from finder(properties, mirrors)


def _project(properties: Mapping[str, object], mirrors: Mirrors) -> Iterator[TemplateImage]:
    environment, source = properties.get("Environment"), properties.get("Source")
    if isinstance(environment, Mapping):
        found = environment_image(_text(environment.get("Image")), place="environment image")
        if found is not None:
            location = "Properties.Environment.Image"
            yield TemplateImage(place=found.place, location=location, image=found.image)
    if isinstance(source, Mapping):
        for found in build_spec_images(_build_spec(source.get("BuildSpec")), mirrors):
            place = ", ".join(filter(None, [f"buildspec {found.place}", found.use]))
            location = "Properties.Source.BuildSpec"
            yield TemplateImage(place=place, location=location, image=found.image)


def _build_spec(resolved: object) -> Mapping[str, object]:
    """The buildspec in a template; an empty one if it is in a file, or none that can be read."""
    text = TokenText.of(resolved)
    if text is None or names_a_file(text.with_placeholders):
        return {}
    try:
        parsed = parse_build_spec(text.with_placeholders, source="buildspec")
    except InvalidBuildSpec:
        # CodeBuild refuses it, too.
        return {}
    marked = _marked(parsed, text)
    return marked if isinstance(marked, Mapping) else {}


def _containers(properties: Mapping[str, object], _: Mirrors) -> Iterator[TemplateImage]:
    """The containers of a definition: whatever has an image, and perhaps a name."""
    yield from _images_below(properties, "Properties")


def _images_below(value: object, location: str) -> Iterator[TemplateImage]:
    if isinstance(value, Mapping):
        names = {str(name).lower(): name for name in value}
        if "image" in names:
            found = parse_partial(_text(value[names["image"]]))
            if found is not None:
                place = _container(value.get(names.get("name", "")))
                yield TemplateImage(
                    place=place, location=f"{location}.{names['image']}", image=found
                )
        for name, item in value.items():
            yield from _images_below(item, f"{location}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _images_below(item, f"{location}.{index}")


def _kubernetes(key: str) -> Callable[[Mapping[str, object], Mirrors], Iterator[TemplateImage]]:
    def find(properties: Mapping[str, object], _: Mirrors) -> Iterator[TemplateImage]:
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

    return find


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
        case {"Fn::Sub": str(template)} | {"Fn::Sub": [str(template), _]}:
            return _VARIABLE.sub(UNKNOWN, template)
        case _:
            text = TokenText.of(value)
            return UNKNOWN if text is None else text.marked(text.with_placeholders, UNKNOWN)


_FINDERS: Mapping[str, Callable[[Mapping[str, object], Mirrors], Iterator[TemplateImage]]] = {
    "AWS::Batch::JobDefinition": _containers,
    "AWS::CodeBuild::Project": _project,
    "AWS::ECS::DaemonTaskDefinition": _containers,
    "AWS::ECS::ExpressGatewayService": _containers,
    "AWS::ECS::TaskDefinition": _containers,
    "Custom::AWSCDK-EKS-KubernetesPatch": _kubernetes("ApplyPatchJson"),
    "Custom::AWSCDK-EKS-KubernetesResource": _kubernetes("Manifest"),
}
