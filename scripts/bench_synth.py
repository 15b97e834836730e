"""Measures what moving and checking a whole app adds to its synthesis.

Run with the Python of .venv, after scripts/ensure_cdk.py, by ``make bench``. ``cdk synth``,
the command that people and pipelines wait for, runs on the plain app and on the moved one
in turn, and each pair gives a ratio of wall-clock times. The goal is for a mixin that is
applied to the app; by way of ``Mixins.of`` CDK asks it about every construct.
"""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scripts.synth import BIN, without_credentials

PAIRS = 30
PAIRS_WITHOUT_GOAL = 8
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
TO_THE_APP = "EcrPublicPull().apply_to(app)"
BY_THE_CDK = "cdk.Mixins.of(app).apply(EcrPublicPull())"
DOCKERFILE = """\
FROM node:21-alpine AS build
RUN npm ci
FROM nginx:1.27
COPY --from=build /site /usr/share/nginx/html
LABEL number={number}
"""


def main() -> int:
    """Prints the figures; returns 0 if the goal is met, otherwise 1."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(IMAGES):
            context = Path(folder, "images", str(number))
            context.mkdir(parents=True)
            (context / "Dockerfile").write_text(DOCKERFILE.format(number=number))
        plain, to_the_app, by_the_cdk = (
            cdk_synth(program(PLAIN.format(moved=moved, applied=applied, images=IMAGES), folder))
            for moved, applied in (("", ""), (MOVED, TO_THE_APP), (MOVED, BY_THE_CDK))
        )
        seconds(to_the_app, folder)  # Python keeps its compiled modules from here on.
        measured = ratios(plain, to_the_app, folder, pairs=PAIRS)
        slower = ratios(plain, by_the_cdk, folder, pairs=PAIRS_WITHOUT_GOAL)
    is_met = statistics.median(measured) <= GOAL
    verdict = f"at most {GOAL:g}    {'ok' if is_met else 'MISSED'}"
    name = f"cdk synth of {IMAGES} images and projects, of the plain app's"
    for label, found, end in ((name, measured, verdict), ("  by Mixins.of(app)", slower, "")):
        spread = f"({min(found):.2f} to {max(found):.2f})"
        print(f"{label:58} {statistics.median(found):8.2f} {spread:20} {end}".rstrip())
    return 0 if is_met else 1


def program(app: str, folder: str) -> list[str]:
    """The command that runs an app."""
    return [sys.executable, "-c", app, f"{folder}/images", f"{folder}/out"]


def cdk_synth(app: Sequence[str]) -> list[str]:
    """The command that synthesizes an app, given the one that runs it, its folder last."""
    options = ["--quiet", "--no-lookups", "--output", app[-1], "--app", shlex.join(app)]
    return [str(BIN / "cdk"), "synth", *options]


def ratios(plain: Sequence[str], moved: Sequence[str], folder: str, *, pairs: int) -> list[float]:
    """How long a command takes in times of the plain one, measured in pairs.

    Either comes first in every other pair: a machine that tires favours neither.
    """
    measured = []
    for pair in range(pairs):
        if pair % 2 == 0:
            before = seconds(plain, folder)
            after = seconds(moved, folder)
        else:
            after = seconds(moved, folder)
            before = seconds(plain, folder)
        measured.append(after / before)
    return measured


def seconds(command: Sequence[str], folder: str) -> float:
    """How long a command takes.

    Python may keep its compiled modules, as it does where it is installed.
    """
    environment = without_credentials(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=environment)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
