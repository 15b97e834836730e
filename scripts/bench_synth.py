"""Measures what moving and checking a whole app adds to its synthesis.

Run with the Python of .venv, by ``make bench``. The plain app and the moved one are
synthesized in turn, each in a process of its own, and each pair gives a ratio.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = 7
IMAGES = 50
GOAL = 1.10

PLAIN = """
import sys
import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild, aws_ecr_assets as assets

app = cdk.App(outdir=sys.argv[2])
{moved}
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
{applied}
app.synth()
"""
MOVED = """
from cdk_ecr_public_pull import DockerHubPulls, EcrPublicBuildContexts, EcrPublicPull
cdk.PropertyInjectors.of(app).add(EcrPublicBuildContexts())
cdk.Validations.of(app).add_plugins(DockerHubPulls())
"""
APPLIED = "cdk.Mixins.of(app).apply(EcrPublicPull())"
DOCKERFILE = """\
FROM node:21-alpine AS build
RUN npm ci
FROM nginx:1.27
COPY --from=build /site /usr/share/nginx/html
LABEL number={number}
"""


def main() -> int:
    """Prints the figure; returns 0 if the goal is met, otherwise 1."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(IMAGES):
            context = Path(folder, "images", str(number))
            context.mkdir(parents=True)
            (context / "Dockerfile").write_text(DOCKERFILE.format(number=number))
        apps = [
            PLAIN.format(moved=moved, applied=applied, images=IMAGES)
            for moved, applied in (("", ""), (MOVED, APPLIED))
        ]
        ratios = []
        for _ in range(PAIRS):
            plain, moved = (seconds(app, folder) for app in apps)
            ratios.append(moved / plain)
    median = statistics.median(ratios)
    verdict = "ok" if median <= GOAL else "MISSED"
    spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
    name = f"synth of {IMAGES} images and projects, of the plain app's"
    print(f"{name:58} {median:8.2f} {spread:20} at most {GOAL:g}    {verdict}")
    return 0 if median <= GOAL else 1


def seconds(app: str, folder: str) -> float:
    """How long an app takes from the start of Python to its assembly."""
    command = [sys.executable, "-c", app, str(Path(folder, "images")), str(Path(folder, "out"))]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return time.perf_counter() - start


def environment() -> dict[str, str]:
    """The environment, with the Node of .venv first."""
    paths = (str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath))
    return os.environ | {"PATH": os.pathsep.join(paths)}


if __name__ == "__main__":
    sys.exit(main())
