"""EcrPublicBuildContexts: what becomes of the image assets of an app."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_

from cdk_ecr_public_pull import EcrPublicBuildContexts, Mirrors

COPY = "docker-image://public.ecr.aws/docker/library/"
BUSYBOX = {"busybox:1.36": f"{COPY}busybox:1.36"}
NODE = {"node:21": f"{COPY}node:21"}
DOCKERFILE = "FROM node:21 AS base\nFROM base\nCOPY --from=busybox:1.36 /bin/busybox /\n"
OPTIONS: dict[str, Any] = {
    "build_secrets": {"key": cdk.DockerBuildSecret.from_src("key.txt")},
    "cache_from": [ecr_assets.DockerCacheOption(type="inline", params={"a": "b"})],
    "exclude": ["node_modules"],
    "follow_symlinks": cdk.SymlinkFollowMode.ALWAYS,
    "ignore_mode": cdk.IgnoreMode.GLOB,
    "invalidation": ecr_assets.DockerImageAssetInvalidationOptions(build_args=False),
    "network_mode": ecr_assets.NetworkMode.HOST,
    "outputs": ["type=docker"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An asset, and what the injector makes of it.

    Attributes:
        contexts: Its build contexts in the end.
        file: Its Dockerfile.
        props: Its further properties.
        warning: The warning, if there is one; ``~`` stands for the path of the Dockerfile.
        options: The arguments of an injector of its own.
    """

    contexts: dict[str, str]
    file: str = DOCKERFILE
    props: dict[str, Any] = field(default_factory=dict)
    warning: str = ""
    options: dict[str, Any] = field(default_factory=dict)


ROWS: dict[str, Row] = {
    "nothing from Docker Hub": Row(
        file="FROM public.ecr.aws/docker/library/node:21\n", contexts={}
    ),
    "no copy": Row(
        file="FROM myorg/app:1\n",
        contexts={},
        warning=(
            "~:1:6: myorg/app:1 is pulled from Docker Hub: no copy of myorg/app on ECR Public is "
            "known [no-mirror]\n  help: copy it to a registry of yours, and name that under "
            'mirrors: "myorg/app" = "…" [ack: cdk_ecr_public_pull:no-mirror]'
        ),
    ),
    "the name of a stage": Row(
        file="FROM node:21\nFROM nginx AS nginx\nCOPY --from=0 / /\n",
        contexts=NODE,
        warning=(
            "~:2:6: nginx:latest is pulled from Docker Hub [docker-hub-pull]\n  help: build from a "
            "RewrittenBuildContext, or rename the stage: a build context named like the image "
            "would take the stage's place [ack: cdk_ecr_public_pull:docker-hub-pull]"
        ),
    ),
    "a syntax image": Row(
        file="# syntax=docker/dockerfile:1\nFROM node:21\n",
        contexts=NODE,
        warning=(
            "~:1:10: the syntax image docker/dockerfile:1 is pulled from Docker Hub; no copy is "
            "known [syntax-frontend]\n  help: remove the line, so that the frontend built into "
            'BuildKit is used; or name a copy of it under mirrors: "docker/dockerfile" = "…" '
            "[ack: cdk_ecr_public_pull:syntax-frontend]"
        ),
    ),
    "refused by BuildKit": Row(
        file="FROM node:21\nCOPY a\n",
        contexts={},
        warning=(
            "~:2:6: BuildKit refuses this file: COPY requires at least two arguments, but only one "
            "was provided. Destination could not be determined [invalid-dockerfile]\n  help: mend "
            "this line; nothing is changed before the file builds "
            "[ack: cdk_ecr_public_pull:invalid-dockerfile]"
        ),
    ),
    "usual": Row(contexts=BUSYBOX | NODE),
    "a target": Row(contexts=NODE, props={"target": "base"}),
    "build arguments": Row(
        file="ARG BASE=scratch\nFROM $BASE\n",
        contexts=NODE,
        props={"build_args": {"BASE": "node:21"}},
    ),
    "a platform": Row(
        file="FROM node:21-${TARGETARCH}\n",
        contexts={"node:21-arm64": f"{COPY}node:21-arm64"},
        props={"platform": ecr_assets.Platform.LINUX_ARM64},
    ),
    "contexts of the user's": Row(
        contexts={"src": "./src", "docker.io/library/busybox:1.36": "docker-image://b"} | NODE,
        props={
            "build_contexts": {"src": "./src", "docker.io/library/busybox:1.36": "docker-image://b"}
        },
    ),
    "other properties": Row(contexts=BUSYBOX | NODE, props=OPTIONS),
    "a link": Row(contexts=BUSYBOX | NODE, props={"file": "link"}),
    "an absolute name, which CDK takes from the folder": Row(
        contexts=BUSYBOX | NODE, props={"file": "/sub/../Dockerfile"}
    ),
    "local images": Row(contexts=BUSYBOX, options={"local_images": ["node"]}),
    "mirrors": Row(
        file="FROM myorg/app:1\n",
        contexts={"myorg/app:1": "docker-image://registry.example/app:1"},
        options={"mirrors": Mirrors(mirrors={"myorg/app": "registry.example/app"})},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesized:
    """The assets of an app, by display name, and its warnings, by the construct's path."""

    sources: dict[str, dict[str, Any]]
    warnings: dict[str, list[str]]
    folders: dict[str, Path]


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """An app with all assets of this file, synthesized once."""
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("out")))
    cdk.PropertyInjectors.of(app).add(EcrPublicBuildContexts())
    folders = {name: new_folder(tmp_path_factory.mktemp("in"), ROWS[name].file) for name in ROWS}
    for index, (name, row) in enumerate(ROWS.items()):
        stack = cdk.Stack(app, f"Row{index}")
        if row.options:
            cdk.PropertyInjectors.of(stack).add(EcrPublicBuildContexts(**row.options))
        ecr_assets.DockerImageAsset(
            stack, "Image", directory=str(folders[name]), display_name=name, **row.props
        )
    add_places(app, str(folders["usual"]))
    assembly = app.synth()
    sources: dict[str, dict[str, Any]] = {}
    for manifest in Path(assembly.directory).rglob("*.assets.json"):
        for asset in json.loads(manifest.read_bytes()).get("dockerImages", {}).values():
            sources[asset["displayName"]] = asset["source"]
    warnings: dict[str, list[str]] = {}
    for stack_artifact in assembly.stacks_recursively:
        for message in stack_artifact.messages:
            warnings.setdefault(message.id, []).append(str(message.entry.data))
    return Synthesized(sources=sources, warnings=warnings, folders=folders)


def new_folder(folder: Path, dockerfile: str) -> Path:
    """A build context, with a link to its Dockerfile."""
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / "link").symlink_to("Dockerfile")
    (folder / "sub").mkdir()
    return folder


def add_places(app: cdk.App, folder: str) -> None:
    """Add an asset of each kind of place, each with a name of its own."""
    stack = cdk.Stack(app, "Places")
    lambda_.DockerImageFunction(
        stack, "Function", code=lambda_.DockerImageCode.from_image_asset(folder, cmd=["main"])
    )
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("web", image=ecs.ContainerImage.from_asset(folder, asset_name="container"))
    nested = cdk.NestedStack(stack, "Nested")
    ecr_assets.DockerImageAsset(
        nested, "Image", directory=folder, display_name="nested", extra_hash="nested"
    )
    staged = cdk.Stack(cdk.Stage(app, "Stage"), "Staged")
    ecr_assets.DockerImageAsset(staged, "Image", directory=folder, display_name="stage")
    tarball = Path(folder, "image.tar")
    tarball.write_bytes(b"")
    ecr_assets.TarballImageAsset(
        stack, "Tarball", tarball_file=str(tarball), display_name="tarball"
    )


@pytest.mark.parametrize("name", ROWS)
def test_rows(synthesized: Synthesized, name: str) -> None:
    """The asset manifest has the contexts, and the stack the warnings."""
    row, stack = ROWS[name], f"Row{list(ROWS).index(name)}"
    assert synthesized.sources[name].get("dockerBuildContexts", {}) == row.contexts
    dockerfile = str(synthesized.folders[name] / "Dockerfile")
    expected = [row.warning.replace("~", dockerfile)] if row.warning else []
    assert synthesized.warnings.get(f"/{stack}", []) == expected


@pytest.mark.parametrize("name", ["Function/AssetImage", "container", "nested", "stage"])
def test_places(synthesized: Synthesized, name: str) -> None:
    """An asset is reached wherever it is made."""
    assert synthesized.sources[name]["dockerBuildContexts"] == BUSYBOX | NODE


def test_tarballs(synthesized: Synthesized) -> None:
    """An image that is built already has no build contexts."""
    assert sorted(synthesized.sources["tarball"]) == ["executable"]
