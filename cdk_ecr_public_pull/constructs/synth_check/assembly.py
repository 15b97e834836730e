"""What a synthesized stack consists of, read from the files of its cloud assembly.

``manifest.json`` names a stack's template and its asset manifests; their schema is the
package ``@aws-cdk/cloud-assembly-schema`` of https://github.com/aws/aws-cdk-cli. Files are
read, and not the constructs, because a build is made from what they say, and because it is
faster.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_STACK = "aws:cloudformation:stack"
_ASSET_MANIFEST = "cdk:asset-manifest"
_LEGACY_ASSET = "aws:cdk:asset"
_TEMPLATE_SUFFIX = ".template.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template of a stack: its own, or that of a nested stack.

    Attributes:
        path: The file.
        resources: Its resources, by logical id, as CloudFormation has them.
    """

    path: Path
    resources: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBuild:
    """An image that is built from a Dockerfile when a stack is deployed.

    Attributes:
        asset_hash: The asset's hash.
        directory: The build context.
        file: The Dockerfile, from the build context.
        target: The stage that is built, or None.
        build_args: The build arguments.
        build_contexts: The named build contexts, and what takes their place.
        platform: The platform, or None for the building machine's.
    """

    asset_hash: str
    directory: Path
    file: str
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    build_contexts: Mapping[str, str] = field(default_factory=dict)
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesizedStack:
    """A stack.

    Attributes:
        path: Its path in the construct tree.
        templates: Its templates, its own first.
        builds: The images that are built for it.
        is_validated: Whether a plain ``cdk synth`` validates it though it is in a Stage:
            ``Stage.synth(validate_on_synthesis=True)``, as CDK Pipelines calls it.
    """

    path: str
    templates: tuple[Template, ...]
    builds: tuple[ImageBuild, ...]
    is_validated: bool


def read_stack(path: str, template: Path) -> SynthesizedStack:
    """Read the files of a stack.

    Args:
        path: The stack's path in the construct tree.
        template: Its template, in the folder of its assembly.

    Raises:
        OSError: A file is not there.
        ValueError: A file is not JSON.
    """
    folder = template.parent
    artifacts = _read(folder / "manifest.json").get("artifacts", {})
    artifact = next(
        it
        for it in artifacts.values()
        if it["type"] == _STACK and it["properties"]["templateFile"] == template.name
    )
    manifests = [
        _read(folder / dependency["properties"]["file"])
        for name in artifact.get("dependencies", ())
        if (dependency := artifacts.get(name, {})).get("type") == _ASSET_MANIFEST
    ]
    nested = {
        folder / source["path"]
        for manifest in manifests
        for asset in manifest.get("files", {}).values()
        if str((source := asset["source"]).get("path")).endswith(_TEMPLATE_SUFFIX)
    }
    return SynthesizedStack(
        path=path,
        templates=tuple(map(_template, [template, *sorted(nested - {template})])),
        builds=(
            *(build for manifest in manifests for build in _builds(manifest, folder)),
            *_legacy_builds(artifact, folder),
        ),
        is_validated=bool(artifact["properties"].get("validateOnSynth")),
    )


def _template(path: Path) -> Template:
    resources = _read(path).get("Resources", {})
    # A Fn::ForEach among them is a list; what it makes is not known at synth.
    known = {key: value for key, value in resources.items() if isinstance(value, dict)}
    return Template(path=path, resources=known)


def _builds(manifest: Mapping[str, Any], folder: Path) -> Iterator[ImageBuild]:
    for asset_hash, asset in manifest.get("dockerImages", {}).items():
        source = asset["source"]
        # Without a folder the image is made by a program of the app's, or is in a file.
        if "directory" in source:
            yield ImageBuild(
                asset_hash=asset_hash,
                directory=Path(os.path.normpath(folder / source["directory"])),
                file=source.get("dockerFile") or "Dockerfile",
                target=source.get("dockerBuildTarget"),
                build_args=source.get("dockerBuildArgs") or {},
                build_contexts=source.get("dockerBuildContexts") or {},
                platform=source.get("platform"),
            )


def _legacy_builds(artifact: Mapping[str, Any], folder: Path) -> Iterator[ImageBuild]:
    """The images of a stack with the LegacyStackSynthesizer: entries of its metadata."""
    entries = dict(artifact.get("metadata", {}))
    if "additionalMetadataFile" in artifact:
        entries |= _read(folder / artifact["additionalMetadataFile"])
    for entry in (entry for several in entries.values() for entry in several):
        if entry["type"] == _LEGACY_ASSET and entry["data"]["packaging"] == "container-image":
            asset = entry["data"]
            yield ImageBuild(
                asset_hash=asset["sourceHash"],
                directory=Path(os.path.normpath(folder / asset["path"])),
                file=asset.get("file") or "Dockerfile",
                target=asset.get("target"),
                build_args=asset.get("buildArgs") or {},
                build_contexts=asset.get("buildContexts") or {},
                platform=asset.get("platform"),
            )


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document
