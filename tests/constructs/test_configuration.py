"""The constructs read the configuration of the working folder, as the command line does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ecr_assets as ecr_assets

from cdk_ecr_public_pull import (
    DockerHubPulls,
    EcrPublicBuildContexts,
    EcrPublicDockerImage,
    EcrPublicPull,
    EcrPublicPullProject,
    InvalidConfig,
    Mirrors,
    RewrittenBuildContext,
)
from tests.constructs.projects import warnings

COPY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
CONFIG = f"""\
local_images = ["my-base"]
ignore = ["vendor"]
[mirrors]
"myorg/app" = "{COPY}"
[severities]
unknown-image = "error"
digest-pin = "off"
"""
SPEC = {"version": "0.2", "phases": {"build": {"commands": ["docker build ."]}}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a configuration and some Dockerfiles."""
    (tmp_path / "ecr-public-pull.toml").write_text(CONFIG)
    for name in ("app", "vendor"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text("FROM my-base\nCOPY --from=myorg/app:1 /a /a\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contexts(folder: Path, name: str, **options: object) -> object:
    """The build contexts that an asset gets."""
    app = cdk.App(outdir=str(folder / "cdk.out"))
    cdk.PropertyInjectors.of(app).add(EcrPublicBuildContexts(**options))  # type: ignore[arg-type]
    stack = cdk.Stack(app, "Stack")
    ecr_assets.DockerImageAsset(stack, "Image", directory=str(folder / name))
    app.synth()
    manifest = json.loads((folder / "cdk.out/Stack.assets.json").read_text())
    [image] = manifest["dockerImages"].values()
    return image["source"].get("dockerBuildContexts")


def test_build_contexts(folder: Path) -> None:
    """Mirrors count, unless others are given; what is ignored is left alone."""
    assert contexts(folder, "app") == {"myorg/app:1": f"docker-image://{COPY}:1"}
    assert contexts(folder, "vendor") is None
    assert contexts(folder, "app", mirrors=Mirrors()) is None


def test_projects(folder: Path) -> None:
    """The source policy moves what the configuration names, and finds local images."""
    assert folder.exists()
    stack = cdk.Stack(cdk.App(), "Stack")

    EcrPublicPullProject(stack, "Build", build_spec=SPEC)

    template = json.dumps(assertions.Template.from_stack(stack).to_json())
    assert COPY.replace(".", "[.]") in template or COPY in template
    assert "my-base" in template
    assert EcrPublicPull().mirrors.mirrors == {"myorg/app": COPY}


def test_dockerfiles_of_a_project(folder: Path) -> None:
    """The rules are as grave as the configuration has them."""
    (folder / "Dockerfile").write_text("FROM other\n")
    stack = cdk.Stack(cdk.App(), "Stack")

    EcrPublicPullProject(stack, "Build", build_spec=SPEC, dockerfiles=["Dockerfile"])

    errors = assertions.Annotations.from_stack(stack).find_error("*", assertions.Match.any_value())
    assert ["[unknown-image]" in str(it.entry.data) for it in errors] == [True]


def test_a_rewritten_context(folder: Path) -> None:
    """The copy names what the configuration names."""
    app = cdk.App(outdir=str(folder / "cdk.out"))
    stack = cdk.Stack(app, "Stack")

    context = RewrittenBuildContext(stack, "Context", directory=str(folder / "app"))

    text = Path(context.path, "Dockerfile").read_text()
    assert text == f"FROM my-base\nCOPY --from={COPY}:1 /a /a\n"
    assert warnings(stack) == {}


def test_images_for_bundling(folder: Path) -> None:
    """So do they."""
    assert folder.exists()
    assert EcrPublicDockerImage.from_registry("myorg/app:1").image == f"{COPY}:1"
    assert EcrPublicDockerImage.from_registry("my-base").image == "my-base"


def test_the_guard_asks_for_nothing_that_is_there(folder: Path) -> None:
    """What the lines move by the configuration, the guard does not report."""
    app = cdk.App(outdir=str(folder / "cdk.out"))
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    cdk.PropertyInjectors.of(app).add(EcrPublicBuildContexts())
    stack = cdk.Stack(app, "Stack")
    ecr_assets.DockerImageAsset(stack, "Image", directory=str(folder / "app"))

    app.synth()

    report = json.loads((folder / "cdk.out/validation-report.json").read_text())
    assert [
        it
        for plugin in report["pluginReports"]
        if plugin["pluginName"] == "DockerHubPulls"
        for it in plugin["violations"]
    ] == []


@pytest.mark.parametrize(
    "make",
    [
        EcrPublicPull,
        EcrPublicBuildContexts,
        DockerHubPulls,
        lambda: EcrPublicDockerImage.from_registry("node:21"),
    ],
)
def test_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[], object]
) -> None:
    """It is told, with its name."""
    (tmp_path / "ecr-public-pull.toml").write_text("mirror = {}\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InvalidConfig) as caught:
        make()

    name = tmp_path / "ecr-public-pull.toml"
    assert str(caught.value) == f"{name}: unknown key 'mirror'; did you mean 'mirrors'?"
