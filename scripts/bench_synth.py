"""Measures what moving and checking a whole app costs its synthesis.

Run with the Python of .venv, after scripts/ensure_cdk.py, by ``make bench``. ``cdk synth``,
the command that people and pipelines run, synthesizes an app with this library's lines, and
the same app with lines of the same kinds that do nothing: injectors, an aspect and a plugin,
each of which CDK for Python asks by messages between two processes. What counts is the CPU
time of all processes of a command; the plain app is shown beside it.
"""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from scripts.bench_rows import Row, Used, in_turn, program, show
from scripts.synth import BIN

ROUNDS = {50: 15, 150: 9}
"""How often to measure an app of so many images and projects."""
GOAL = 1.03

APP = """
import sys
import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild, aws_ecr_assets as assets

app = cdk.App(outdir=sys.argv[2])
{lines}
stack = cdk.Stack(app, "Stack")
for number in range({images}):
    assets.DockerImageAsset(stack, f"Image{{number}}", directory=f"{{sys.argv[1]}}/{{number}}")
    codebuild.Project(
        stack,
        f"Build{{number}}",
        environment=codebuild.BuildEnvironment(privileged=True),
        build_spec=codebuild.BuildSpec.from_object(
            {{"version": "0.2", "phases": {{"build": {{"commands": ["docker build ."]}}}}}}
        ),
    )
app.synth()
"""
MOVING = """
from cdk_ecr_public_pull import DockerHubPulls, EcrPublicBuildContexts, EcrPublicPull
cdk.PropertyInjectors.of(app).add(EcrPublicBuildContexts())
cdk.Validations.of(app).add_plugins(DockerHubPulls())
EcrPublicPull().add_to(app)
"""
IDLE = """
import jsii

@jsii.implements(cdk.IPropertyInjector)
class Injector:
    def __init__(self, kind):
        self._id = kind.PROPERTY_INJECTION_ID

    @property
    def construct_unique_id(self):
        return self._id

    def inject(self, original_props, *, id, scope):
        return original_props

@jsii.implements(cdk.IAspect)
class Aspect:
    def visit(self, node):
        pass

@jsii.implements(cdk.IPolicyValidationPlugin)
class Plugin:
    name = "Idle"
    version = "1.0.0"
    rule_ids = []

    def validate(self, context):
        return cdk.PolicyValidationPluginReport(success=True, violations=[])

cdk.PropertyInjectors.of(app).add(Injector(assets.DockerImageAsset), Injector(codebuild.Project))
cdk.Validations.of(app).add_plugins(Plugin())
cdk.Aspects.of(app).add(Aspect())
"""
DOCKERFILE = """\
FROM node:21-alpine AS build
RUN npm ci
FROM nginx:1.27
COPY --from=build /site /usr/share/nginx/html
LABEL number={number}
"""


def rows() -> Iterator[Row]:
    """The lines' CPU time in times that of idle lines, and of none."""
    for images, rounds in ROUNDS.items():
        with tempfile.TemporaryDirectory() as folder:
            for number in range(images):
                context = Path(folder, "images", str(number))
                context.mkdir(parents=True)
                (context / "Dockerfile").write_text(DOCKERFILE.format(number=number))
            apps = [
                partial(_cdk_synth, APP.format(lines=lines, images=images), Path(folder))
                for lines in (MOVING, IDLE, "")
            ]
            measured = in_turn(*apps, rounds=rounds)
        name = f"cdk synth of {images} images and projects"
        yield Row(
            name=f"{name}, to idle lines",
            ratios=[moving.cpu / idle.cpu for moving, idle, _ in measured],
            goal=GOAL,
        )
        yield Row(
            name=f"{name}, to the plain app",
            ratios=[moving.cpu / plain.cpu for moving, _, plain in measured],
            goal=None,
        )


def _cdk_synth(app: str, folder: Path) -> Used:
    command = [sys.executable, "-c", app, f"{folder}/images", f"{folder}/out"]
    options = ["--quiet", "--no-lookups", "--output", f"{folder}/out"]
    return program(str(BIN / "cdk"), "synth", *options, "--app", shlex.join(command), folder=folder)


if __name__ == "__main__":
    sys.exit(not all(row.is_met for row in show(rows())))
