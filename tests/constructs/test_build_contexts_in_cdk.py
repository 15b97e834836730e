"""EcrPublicBuildContexts within CDK's rules: asset hashes, errors, other injectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from constructs import Construct, IConstruct

from cdk_ecr_public_pull import EcrPublicBuildContexts, Mirrors, RewrittenBuildContext

COPY = "docker-image://public.ecr.aws/docker/library/"
BUSYBOX = {"busybox:1.36": f"{COPY}busybox:1.36"}
NODE = {"node:21": f"{COPY}node:21"}
DOCKERFILE = "FROM node:21 AS base\nFROM base\nCOPY --from=busybox:1.36 /bin/busybox /\n"


def build_context(folder: Path, dockerfile: str) -> Path:
    """A folder with a Dockerfile in it."""
    (folder / "Dockerfile").write_text(dockerfile)
    return folder


@pytest.fixture(scope="module")
def app() -> cdk.App:
    """An app without an injector."""
    return cdk.App()


def new_stack(app: cdk.App, *injectors: cdk.IPropertyInjector) -> cdk.Stack:
    """A stack of its own, with injectors added in this order."""
    stack = cdk.Stack(app, f"Stack{len(app.node.children)}")
    cdk.PropertyInjectors.of(stack).add(*injectors)
    return stack


def asset_hash(app: cdk.App, folder: Path, injector: EcrPublicBuildContexts | None = None) -> str:
    """The hash of an asset."""
    stack = new_stack(app, *([injector] if injector else []))
    return ecr_assets.DockerImageAsset(stack, "Image", directory=str(folder)).asset_hash


LOCAL_NODE = EcrPublicBuildContexts(local_images=["node"])
SAME_HASHES: dict[str, tuple[EcrPublicBuildContexts | None, EcrPublicBuildContexts | None]] = {
    "nothing is moved": (None, EcrPublicBuildContexts(local_images=["node", "busybox"])),
    "the same is moved": (EcrPublicBuildContexts(), EcrPublicBuildContexts()),
    "the same is moved, for another reason": (
        LOCAL_NODE,
        EcrPublicBuildContexts(mirrors=Mirrors(local_images=["node:21"])),
    ),
}
OTHER_HASHES = {
    "something is moved": (None, LOCAL_NODE),
    "more is moved": (LOCAL_NODE, EcrPublicBuildContexts()),
    "something is moved elsewhere": (
        LOCAL_NODE,
        EcrPublicBuildContexts(
            mirrors=Mirrors(mirrors={"busybox": "registry.example/busybox"}), local_images=["node"]
        ),
    ),
}


@pytest.mark.parametrize(
    ("injectors", "is_same"),
    [
        *(pytest.param(pair, True, id=name) for name, pair in SAME_HASHES.items()),
        *(pytest.param(pair, False, id=name) for name, pair in OTHER_HASHES.items()),
    ],
)
def test_hashes(
    app: cdk.App,
    tmp_path: Path,
    injectors: tuple[EcrPublicBuildContexts | None, EcrPublicBuildContexts | None],
    is_same: bool,
) -> None:
    """An asset's hash changes exactly when the set of moved images does."""
    folder = build_context(tmp_path, DOCKERFILE)
    first, second = (asset_hash(app, folder, injector) for injector in injectors)
    assert (first == second) == is_same


@pytest.mark.parametrize(
    "dockerfile", ["FROM nginx AS nginx\n", "# syntax=ghcr.io/me/dockerfile\nFROM node:21\n"]
)
def test_rewritten_build_contexts(app: cdk.App, tmp_path: Path, dockerfile: str) -> None:
    """What no build context moves, a rewritten build context does, and nothing is left to say."""
    folder = build_context(tmp_path, dockerfile)
    stack = new_stack(app)
    rewritten = Path(RewrittenBuildContext(stack, "Context", directory=folder).path)
    warned, silent = Construct(stack, "Warned"), Construct(stack, "Silent")
    cdk.PropertyInjectors.of(stack).add(EcrPublicBuildContexts())
    ecr_assets.DockerImageAsset(warned, "Image", directory=str(folder))
    asset = ecr_assets.DockerImageAsset(silent, "Image", directory=str(rewritten))
    assert [len(scope.node.metadata) for scope in (warned, silent)] == [1, 0]
    assert asset.asset_hash == asset_hash(app, rewritten)


@pytest.mark.parametrize(
    ("props", "message"),
    [
        ({"directory": "~/missing"}, "Cannot find image directory at ~/missing"),
        ({"file": "missing"}, "Cannot find file at ~/missing"),
        ({"file": "a\0b"}, "Cannot find file at ~/a\0b"),
        (
            {"directory": cdk.Fn.ref("Folder")},
            "Cannot use Token as value of 'directory': this value is used before deployment starts",
        ),
        (
            {"build_args": {"V": cdk.Fn.ref("Version")}},
            (
                'Cannot use tokens in keys or values of "buildArgs" since they are needed before '
                "deployment"
            ),
        ),
    ],
)
def test_what_cdk_refuses(
    app: cdk.App, tmp_path: Path, props: dict[str, Any], message: str
) -> None:
    """A missing file or a token gets CDK's own error."""
    folder = str(build_context(tmp_path, "ARG V\nFROM node:$V\n"))
    props = {"directory": "~", **props}
    props["directory"] = props["directory"].replace("~", folder)
    stack = new_stack(app, EcrPublicBuildContexts())
    with pytest.raises(RuntimeError) as caught:
        ecr_assets.DockerImageAsset(stack, "Image", **props)
    assert message.replace("~", folder) in str(caught.value)


@pytest.mark.parametrize(
    ("cwd", "expected"),
    [("a", "b/Dockerfile"), ("a/b", "Dockerfile"), ("a/c", "~/a/b/Dockerfile")],
)
def test_path(
    app: cdk.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cwd: str, expected: str
) -> None:
    """A warning names the Dockerfile from the working directory, if it is in there."""
    for folder in ("a/b", "a/c"):
        (tmp_path / folder).mkdir(parents=True)
    build_context(tmp_path / "a/b", "FROM myorg/app\n")
    monkeypatch.chdir(tmp_path / cwd)
    scope = Construct(new_stack(app, EcrPublicBuildContexts()), "Scope")
    ecr_assets.DockerImageAsset(scope, "Image", directory=f"{tmp_path}/a/../a/b/.")
    (warning,) = scope.node.metadata
    assert str(warning.data).partition(":")[0] == expected.replace("~", str(tmp_path))


@jsii.implements(cdk.IPropertyInjector)
class Targets:
    """Another injector for image assets, which sets the target and may call ours."""

    def __init__(self, contexts: EcrPublicBuildContexts | None = None) -> None:
        self._contexts = contexts

    @property
    def construct_unique_id(self) -> str:
        """The id of the class whose properties are injected."""
        return ecr_assets.DockerImageAsset.PROPERTY_INJECTION_ID

    def inject(self, original_props: Any, *, id: str, scope: IConstruct) -> Any:  # noqa: A002, ANN401  (CDK's interface)
        """Set the target."""
        props = {**original_props, "target": "base"}
        return self._contexts.inject(props, id=id, scope=scope) if self._contexts else props


OURS = EcrPublicBuildContexts()
INJECTORS: dict[str, tuple[list[Any], list[Any], dict[str, Any]]] = {
    "ours first": ([OURS, Targets()], [], {"dockerBuildTarget": "base"}),
    "ours last": ([Targets(), OURS], [], {"dockerBuildContexts": BUSYBOX | NODE}),
    "ours above": ([OURS], [Targets()], {"dockerBuildTarget": "base"}),
    "ours below": ([Targets()], [OURS], {"dockerBuildContexts": BUSYBOX | NODE}),
    "ours in the other": (
        [Targets(OURS)],
        [],
        {"dockerBuildContexts": NODE, "dockerBuildTarget": "base"},
    ),
}


def test_another_injector(tmp_path: Path) -> None:
    """CDK asks the injector that was added last to the nearest construct, and no other."""
    app = cdk.App()
    folder = str(build_context(tmp_path, DOCKERFILE))
    for index, (name, (on_stack, below, _)) in enumerate(INJECTORS.items()):
        stack = cdk.Stack(app, f"Stack{index}")
        cdk.PropertyInjectors.of(stack).add(*on_stack)
        scope = Construct(stack, "Scope")
        cdk.PropertyInjectors.of(scope).add(*below)
        ecr_assets.DockerImageAsset(scope, "Image", directory=folder, display_name=name)
    found = {}
    for manifest in Path(app.synth().directory).glob("*.assets.json"):
        for asset in json.loads(manifest.read_bytes())["dockerImages"].values():
            asset["source"].pop("directory")
            found[asset["displayName"]] = asset["source"]
    assert found == {name: expected for name, (_, _, expected) in INJECTORS.items()}
