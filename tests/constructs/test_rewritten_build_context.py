"""RewrittenBuildContext."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_s3_assets as s3_assets

from cdk_ecr_public_pull import Mirrors, RewrittenBuildContext
from tests.constructs.build_contexts import (
    AFTER,
    BEFORE,
    FILES,
    assets,
    content,
    make,
    new_stack,
    path_and_hash,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a build context."""
    return make(tmp_path / "in", FILES)


def test_copy(root: Path) -> None:
    """The copy differs in the Dockerfile's images alone, and the source not at all."""
    context = RewrittenBuildContext(new_stack(), "Context", directory=root)

    assert content(context.path) == {**FILES, "Dockerfile": AFTER}
    assert content(root) == FILES


def test_place(root: Path, tmp_path: Path) -> None:
    """The copy lies in the assembly, with nothing else left there."""
    outdir = tmp_path / "out"

    context = RewrittenBuildContext(new_stack(outdir), "Context", directory=root)

    assert Path(context.path).parent == outdir
    assert [path.name for path in outdir.iterdir()] == [Path(context.path).name]


CONTEXTS: dict[str, dict[str, object]] = {
    "plain": {},
    "no bundling": {"aws:cdk:bundling-stacks": []},
    "no staging": {"aws:cdk:disable-asset-staging": True},
    "asset metadata": {
        "aws:cdk:enable-asset-metadata": True,
        "aws:cdk:enable-path-metadata": True,
    },
}


@pytest.mark.parametrize("flags", CONTEXTS.values(), ids=CONTEXTS)
def test_flags(root: Path, flags: dict[str, object]) -> None:
    """Whatever CDK skips, all users of the copy get the same one."""
    hashes = []
    for context_flags in (None, flags):
        stack = new_stack(context=context_flags)
        context = RewrittenBuildContext(stack, "Context", directory=root)
        plain = s3_assets.Asset(stack, "Plain", path=context.path)
        image = ecr_assets.DockerImageAsset(stack, "Image", directory=context.path)
        hashes.append([context.asset.asset_hash, plain.asset_hash, image.asset_hash])
        assert content(context.path)["Dockerfile"] == AFTER
        assembly = Path(str(cdk.Stage.of(stack).synth().directory))  # type: ignore[union-attr]
        for path in assets(assembly):
            assert content(assembly / path)["Dockerfile"] == AFTER

    assert hashes[0] == hashes[1]


def synth(root: Path) -> dict[str, str]:
    """The template of a stack with a context, and its assets."""
    stack = new_stack()
    context = RewrittenBuildContext(stack, "Context", directory=root)
    build_spec = codebuild.BuildSpec.from_object({"version": "0.2"})
    codebuild.Project(stack, "Build", source=context.source, build_spec=build_spec)
    assembly = cdk.Stage.of(stack).synth()  # type: ignore[union-attr]
    files = ("Stack.template.json", "Stack.assets.json")
    return {name: Path(assembly.directory, name).read_text() for name in files}


def test_two_synths(root: Path) -> None:
    """Two synths give the same template and the same assets."""
    assert synth(root) == synth(root)


def test_source(root: Path) -> None:
    """A CodeBuild project builds from the copy's zip file, and may read it."""
    stack = new_stack()
    context = RewrittenBuildContext(stack, "Context", directory=root)
    build_spec = codebuild.BuildSpec.from_object({"version": "0.2"})

    codebuild.Project(stack, "Build", source=context.source, build_spec=build_spec)

    bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    assertions.Template.from_stack(stack).has_resource_properties(
        "AWS::CodeBuild::Project",
        {
            "Source": {
                "Type": "S3",
                "Location": {
                    "Fn::Join": ["", [{"Fn::Sub": bucket}, f"/{context.asset.asset_hash}.zip"]]
                },
            }
        },
    )


def test_asset_is_one(root: Path) -> None:
    """The zip file is made once, however often it is asked for."""
    context = RewrittenBuildContext(new_stack(), "Context", directory=root)

    assert context.asset.node.path == context.asset.node.path == "Stack/Context/Asset"


CHANGES = {
    "the Dockerfile": lambda root: make(root, {"Dockerfile": BEFORE + "USER 1\n"}),
    "another file": lambda root: make(root, {"src/main.js": "other"}),
    "line ends": lambda root: make(root, {"src/main.js": "main\r\n"}),
    "the right to execute": lambda root: (root / "src/main.js").chmod(0o755),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_hash_changes(root: Path, change: Callable[[Path], object]) -> None:
    """Another content has another name and another hash."""
    make(root, {"src/main.js": "main\n"})
    before = path_and_hash(root)

    change(root)

    after = path_and_hash(root)
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_hash_of_the_same_content(root: Path, tmp_path: Path) -> None:
    """The same content elsewhere has the same hash, rewritten before or not."""
    other = make(tmp_path / "other", {**FILES, "Dockerfile": AFTER})
    os.utime(other / "secret", (1, 1))

    assert path_and_hash(root) == path_and_hash(other)


def test_two_contexts_of_one_folder(root: Path) -> None:
    """Two contexts of the same folder share a copy; other mirrors have another."""
    stack = new_stack()
    mirrors = Mirrors(mirrors={"node": "example.com/node"})

    one = RewrittenBuildContext(stack, "One", directory=root)
    two = RewrittenBuildContext(stack, "Two", directory=root)
    other = RewrittenBuildContext(stack, "Other", directory=root, mirrors=mirrors)

    assert one.path == two.path != other.path
    assert content(other.path)["Dockerfile"].startswith("FROM example.com/node:21.7.0-alpine3.19")


def test_in_a_stage(root: Path) -> None:
    """In a stage, the copy lies with the assets of the app."""
    app = cdk.App()
    stack = cdk.Stack(cdk.Stage(app, "Stage"), "Stack")

    context = RewrittenBuildContext(stack, "Context", directory=root)
    staged = Path(app.asset_outdir, f"asset.{context.asset.asset_hash}")
    app.synth()

    assert Path(context.path).parent == Path(app.asset_outdir)
    assert content(staged) == content(context.path)


IGNORING = {
    "no ignore file": ({}, ("Dockerfile",), {"Dockerfile", "secret", "src/main.js"}),
    "an ignore file": (
        {".dockerignore": "secret\n"},
        ("Dockerfile",),
        {".dockerignore", "Dockerfile", "src/main.js"},
    ),
    "what a build reads survives": (
        {".dockerignore": "*\n!src\n"},
        ("Dockerfile",),
        {".dockerignore", "Dockerfile", "src/main.js"},
    ),
    "an ignore file for a Dockerfile": (
        {".dockerignore": "src\n", "Dockerfile.dockerignore": "*\n!src\n"},
        ("Dockerfile",),
        {"Dockerfile", "Dockerfile.dockerignore", "src/main.js"},
    ),
    "two builds, one needs more": (
        {
            ".dockerignore": "src\nsecret\n",
            "b/Dockerfile": BEFORE,
            "b/Dockerfile.dockerignore": "secret",
        },
        ("Dockerfile", "b/Dockerfile"),
        {".dockerignore", "Dockerfile", "b/Dockerfile", "b/Dockerfile.dockerignore", "src/main.js"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "names", "expected"), IGNORING.values(), ids=IGNORING)
def test_ignore_files(
    root: Path, files: dict[str, str], names: tuple[str, ...], expected: set[str]
) -> None:
    """What a build would leave out is not in the copy."""
    make(root, files)

    context = RewrittenBuildContext(new_stack(), "Context", directory=root, dockerfiles=names)

    assert set(content(context.path)) == expected


def test_several_dockerfiles(root: Path) -> None:
    """Each Dockerfile that is named is rewritten, no other."""
    make(root, {"b/Dockerfile": BEFORE, "c.Dockerfile": BEFORE})

    context = RewrittenBuildContext(
        new_stack(), "Context", directory=root, dockerfiles=["b/Dockerfile", "./c.Dockerfile"]
    )

    copied = content(context.path)
    assert [copied[name] for name in ("Dockerfile", "b/Dockerfile", "c.Dockerfile")] == [
        BEFORE,
        AFTER,
        AFTER,
    ]


def test_assembly_in_the_context(root: Path) -> None:
    """An assembly within the folder is not copied into itself."""
    stacks = [new_stack(root / "cdk.out") for _ in range(2)]

    names = {
        Path(RewrittenBuildContext(stack, "Context", directory=root).path).name for stack in stacks
    }

    assert len(names) == 1


def test_links(root: Path, tmp_path: Path) -> None:
    """Links stay links, but a linked Dockerfile becomes a file."""
    (root / "in").symlink_to("src")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "Dockerfile").rename(root / "src/Dockerfile")
    (root / "Dockerfile").symlink_to("src/Dockerfile")

    context = RewrittenBuildContext(new_stack(), "Context", directory=root)

    copy = Path(context.path)
    assert (copy / "in").readlink() == Path("src")
    assert (copy / "out").readlink() == tmp_path / "outside"
    assert not (copy / "Dockerfile").is_symlink()
    assert (copy / "Dockerfile").read_bytes().decode() == AFTER
    assert (copy / "src/Dockerfile").read_bytes().decode() == BEFORE


def test_links_that_leave_the_folder(root: Path, tmp_path: Path) -> None:
    """They become what they lead to, so that a change there changes the copy's name."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "lib.txt").write_text("one", "utf-8")
    (root / "lib.txt").symlink_to("../shared/lib.txt")
    (root / "shared").symlink_to(tmp_path / "shared")
    (tmp_path / "shared" / "back").symlink_to(root)
    context = RewrittenBuildContext(new_stack(), "Context", directory=root)
    copy = Path(context.path)
    assert not (copy / "lib.txt").is_symlink()
    assert (copy / "lib.txt").read_text("utf-8") == "one"
    assert (copy / "shared" / "lib.txt").read_text("utf-8") == "one"
    assert (copy / "shared" / "back").is_symlink()
    (tmp_path / "shared" / "lib.txt").write_text("two", "utf-8")
    # Not by its asset: releases of CDK that are in range follow the loop until they fail.
    changed = RewrittenBuildContext(new_stack(), "Context", directory=root)
    assert Path(changed.path).name != copy.name


def test_directory_that_is_a_link(root: Path, tmp_path: Path) -> None:
    """The folder itself may be a link."""
    link = tmp_path / "link"
    link.symlink_to(root)

    assert path_and_hash(link) == path_and_hash(root)
