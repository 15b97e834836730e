"""Measures what moving and checking a whole app adds to its synthesis.

Run with the Python of .venv, after scripts/ensure_cdk.py, by ``make bench``. The plain app
and the moved one are synthesized in turn, and each pair gives a ratio of wall-clock times:

    cdk synth     the command that people and pipelines wait for; the goal is for this one
    its program   the app alone, ``python app.py`` as that command runs it: it leaves out the
                  command line, so that the same cost is a larger part of it
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
    """Prints the figures; returns 0 if the goal is met, otherwise 1."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(IMAGES):
            context = Path(folder, "images", str(number))
            context.mkdir(parents=True)
            (context / "Dockerfile").write_text(DOCKERFILE.format(number=number))
        programs = [
            program(PLAIN.format(moved=moved, applied=applied, images=IMAGES), folder)
            for moved, applied in (("", ""), (MOVED, APPLIED))
        ]
        seconds(programs[1], folder)  # Python keeps its compiled modules from here on.
        of_command = ratios([cdk_synth(it, folder) for it in programs], folder)
        of_program = ratios(programs, folder)
    is_met = statistics.median(of_command) <= GOAL
    verdict = f"at most {GOAL:g}    {'ok' if is_met else 'MISSED'}"
    name = f"cdk synth of {IMAGES} images and projects, of the plain app's"
    for label, measured, end in ((name, of_command, verdict), ("  its program", of_program, "")):
        spread = f"({min(measured):.2f} to {max(measured):.2f})"
        print(f"{label:58} {statistics.median(measured):8.2f} {spread:20} {end}".rstrip())
    return 0 if is_met else 1


def program(app: str, folder: str) -> list[str]:
    """The command that runs an app."""
    return [sys.executable, "-c", app, f"{folder}/images", f"{folder}/out"]


def cdk_synth(app: Sequence[str], folder: str) -> list[str]:
    """The command that synthesizes an app, given the one that runs it."""
    options = ["--quiet", "--no-lookups", "--output", f"{folder}/out", "--app", shlex.join(app)]
    return [str(BIN / "cdk"), "synth", *options]


def ratios(pair: Sequence[Sequence[str]], folder: str) -> list[float]:
    """How long the second of two commands takes in times of the first, measured in turn."""
    measured = []
    for _ in range(PAIRS):
        plain, moved = (seconds(command, folder) for command in pair)
        measured.append(moved / plain)
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
