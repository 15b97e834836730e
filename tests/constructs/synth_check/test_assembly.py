"""Reading the files of a cloud assembly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cdk_ecr_public_pull.constructs.synth_check.assembly import (
    ImageBuild,
    SynthesizedStack,
    Template,
    read_stack,
)

if TYPE_CHECKING:
    from pathlib import Path

STACK = {
    "type": "aws:cloudformation:stack",
    "properties": {"templateFile": "S.template.json"},
    "dependencies": ["Other", "S.assets"],
}
ASSETS = {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}}
RESOURCE = {"Type": "AWS::ECS::TaskDefinition"}


def write(folder: Path, files: dict[str, object]) -> SynthesizedStack:
    """Write the files of an assembly; returns the stack that is read from them."""
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return read_stack("Prod/S", folder / "S.template.json")


def manifest(stack: object, assets: object = ASSETS) -> dict[str, object]:
    """A manifest with a stack and its assets, and another stack beside them."""
    other = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "O.template.json"}}
    return {"artifacts": {"Other": other, "S": stack, "S.assets": assets}}


def test_a_stack(tmp_path: Path) -> None:
    """Its templates and image builds are those that its manifests name, and no other files."""
    images = {
        "h1": {"source": {"directory": "asset.h1"}},
        "h2": {
            "source": {
                "directory": "../asset.h2",
                "dockerFile": "docker/Web.Dockerfile",
                "dockerBuildTarget": "web",
                "dockerBuildArgs": {"A": "b"},
                "dockerBuildContexts": {"node": "docker-image://x/y"},
                "platform": "linux/arm64",
            }
        },
        "tarball": {"source": {"executable": ["docker", "load"]}},
    }
    files = {
        "1": {"source": {"path": "S.template.json", "packaging": "file"}},
        "2": {"source": {"path": "SNested.nested.template.json", "packaging": "file"}},
        "3": {"source": {"path": "asset.zip", "packaging": "file"}},
        "4": {"source": {"executable": ["make"], "packaging": "file"}},
    }
    stack = write(
        tmp_path,
        {
            "manifest.json": manifest(STACK),
            "S.assets.json": {"files": files, "dockerImages": images},
            "S.template.json": {"Resources": {"A": RESOURCE, "Fn::ForEach::L": ["I", [], {}]}},
            "SNested.nested.template.json": {"Resources": {"B": RESOURCE}},
            "Old.assets.json": {"dockerImages": images},
            "Old.nested.template.json": {"Resources": {"C": RESOURCE}},
        },
    )

    assert stack == SynthesizedStack(
        path="Prod/S",
        templates=(
            Template(path=tmp_path / "S.template.json", resources={"A": RESOURCE}),
            Template(path=tmp_path / "SNested.nested.template.json", resources={"B": RESOURCE}),
        ),
        builds=(
            ImageBuild(asset_hash="h1", directory=tmp_path / "asset.h1", file="Dockerfile"),
            ImageBuild(
                asset_hash="h2",
                directory=tmp_path.parent / "asset.h2",
                file="docker/Web.Dockerfile",
                target="web",
                build_args={"A": "b"},
                build_contexts={"node": "docker-image://x/y"},
                platform="linux/arm64",
            ),
        ),
        is_validated=False,
    )


def test_a_stack_that_is_validated_on_synth(tmp_path: Path) -> None:
    """What CDK Pipelines asks of the command line is known; a stack may have nothing."""
    properties = {"templateFile": "S.template.json", "validateOnSynth": True}
    files = {"manifest.json": manifest({**STACK, "properties": properties}, {"type": "cdk:tree"})}
    stack = write(tmp_path, {**files, "S.template.json": {}})

    template = Template(path=tmp_path / "S.template.json", resources={})
    assert stack == SynthesizedStack(
        path="Prod/S", templates=(template,), builds=(), is_validated=True
    )


@pytest.mark.parametrize("is_inline", [True, False])
def test_the_metadata_of_the_legacy_synthesizer(tmp_path: Path, *, is_inline: bool) -> None:
    """Image assets are entries of the metadata, which the manifest holds or names a file for."""
    data = {"packaging": "container-image", "path": "asset.h", "sourceHash": "h", "target": "t"}
    zipped = {"packaging": "zip", "path": "asset.z", "sourceHash": "z"}
    entries = [{"type": "aws:cdk:warning", "data": "x"}] + [
        {"type": "aws:cdk:asset", "data": it} for it in (data, zipped)
    ]
    metadata = {"/S": entries}
    held = {"metadata": metadata} if is_inline else {"additionalMetadataFile": "S.metadata.json"}
    stack = write(
        tmp_path,
        {
            "manifest.json": manifest({**STACK, **held}, {"type": "cdk:tree"}),
            "S.template.json": {},
            "S.metadata.json": metadata,
        },
    )

    assert stack.builds == (
        ImageBuild(asset_hash="h", directory=tmp_path / "asset.h", file="Dockerfile", target="t"),
    )
