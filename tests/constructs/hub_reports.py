"""Apps with DockerHubPulls, and what it says of them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets

from cdk_ecr_public_pull import DockerHubPulls, EcrPublicBuildContexts

NODE = "FROM node:21\n"
PULLED = "Dockerfile:1:6: node:21 is pulled from Docker Hub"
HUB = "docker-hub-pull"


def write(name: str, content: str) -> str:
    """Write a file; returns its folder, absolute because Node does not follow a change."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return str(path.parent.absolute())


@dataclass(frozen=True)
class Said:
    """A violation: its severity, rule, description, and the constructs it is reported for."""

    severity: str
    rule: str
    description: str
    constructs: tuple[str, ...] = ("",)


def report(app: cdk.App) -> dict[str, Any]:
    """Synthesize an app; returns what the plugin says in CDK's report, nothing if it does not."""
    # The report is thrown, and written to a file, too.
    with suppress(RuntimeError):
        app.synth()
    reports = json.loads((Path(app.outdir) / "validation-report.json").read_text())
    found = [each for each in reports["pluginReports"] if each["pluginName"] == "DockerHubPulls"]
    return found[0] if found else {"conclusion": "success", "violations": []}


def said(app: cdk.App) -> list[Said]:
    """Synthesize an app; returns what the plugin says."""
    return [
        Said(
            violation["severity"],
            violation["ruleName"],
            violation["description"],
            tuple(it["constructPath"] for it in violation["violatingConstructs"]),
        )
        for violation in report(app)["violations"]
    ]


def new_app(**options: Any) -> tuple[cdk.App, cdk.Stack]:  # noqa: ANN401  (the plugin's own)
    """An app with the plugin, and a stack of it."""
    app = cdk.App(outdir=str(Path("cdk.out").absolute()))
    cdk.Validations.of(app).add_plugins(DockerHubPulls(**options))
    return app, cdk.Stack(app, "Stack")


def with_build_contexts() -> cdk.App:
    """An app with the plugin and EcrPublicBuildContexts."""
    outdir = str(Path("cdk.out").absolute())
    app = cdk.App(outdir=outdir, property_injectors=[EcrPublicBuildContexts()])
    cdk.Validations.of(app).add_plugins(DockerHubPulls())
    return app


def image(scope: cdk.Stack, content: str = NODE, **props: Any) -> ecr_assets.DockerImageAsset:  # noqa: ANN401
    """An image asset."""
    directory = write("image/Dockerfile", content)
    return ecr_assets.DockerImageAsset(scope, "Image", directory=directory, **props)
