"""DockerHubPulls under the real ``cdk synth``: its exit code, and what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cdk_ecr_public_pull import __version__
from cdk_ecr_public_pull.constructs.codebuild.acknowledgement import acknowledges_by_construct
from scripts.synth import BIN, without_credentials

APP = Path(__file__).parent / "hub_app.py"
NOTICE = "feature flags are not configured"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder of the apps."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "image").mkdir()
    (folder / "image" / "Dockerfile").write_text("# The app.\nFROM node:21\n")
    return folder


def synth(folder: Path, app: str, *stacks: str) -> tuple[int, str]:
    """Run ``cdk synth``; returns its exit code and what it says.

    Args:
        folder: The working folder.
        app: The name of an app in hub_app.py, or the folder of one that is synthesized.
        stacks: The stacks to ask for.
    """
    given = app if app.startswith("cdk.out") else f'"{sys.executable}" "{APP}" {app}'
    done = subprocess.run(
        [str(BIN / "cdk"), "synth", "--quiet", "--no-lookups", "--app", given, *stacks],
        cwd=folder,
        # Under pytest's variables CDK throws the report, as in a unit test.
        env={
            name: value
            for name, value in without_credentials(os.environ).items()
            if not name.startswith("PYTEST_")
        }
        | {"NO_COLOR": "1", "PYTHONPATH": str(APP.parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if NOTICE not in line]
    return done.returncode, "\n".join(lines).strip()


HELP = """\
   Suggested fix: pull public.ecr.aws/docker/library/node:21
   or run: ecr-public-pull fix image/Dockerfile
   or add to the app, before its stacks: PropertyInjectors.of(app).add(EcrPublicBuildContexts())
   Acknowledge with 'DockerHubPulls::docker-hub-pull'
"""
STAGED = f"""\
ERROR image/Dockerfile:2:6: node:21 is pulled from Docker Hub (DockerHubPulls)
   STAGE/Service/Image aws-cdk-lib.aws_ecr_assets.DockerImageAsset
{HELP}
ERROR image/Dockerfile:2:6: node:21 is pulled from Docker Hub, in Prod/Service/Image \
(DockerHubPulls)
   \n{HELP}Synthesis finished with errors"""


def test_a_stage_fails_a_plain_synth(folder: Path) -> None:
    """What is in a Stage fails the synth that shows no stack of it, and the one that does."""
    assert synth(folder, "staged") == (1, STAGED.replace("STAGE", "Deployed"))
    asked = ("--no-validation", "Prod/*")
    assert synth(folder, "cdk.out", *asked) == (1, STAGED.replace("STAGE", "Prod"))


MIXED = """\
ERROR buildspec phases.build.commands[0], docker run: node:21 is pulled from Docker Hub \
(DockerHubPulls)
   Errors/Build/Resource (Build45A36621) aws-cdk-lib.aws_codebuild.CfnProject
   Suggested fix: use public.ecr.aws/docker/library/node:21
   Acknowledge with 'DockerHubPulls::docker-hub-pull'

WARNING buildspec phases.build.commands[0], docker run: grafana/grafana:11 is pulled from \
Docker Hub: no copy of grafana/grafana on ECR Public is known (DockerHubPulls)
   Errors/Build/Resource (Build45A36621) aws-cdk-lib.aws_codebuild.CfnProject
   Suggested fix: copy it to a registry of yours, and name that under mirrors: \
"grafana/grafana" = "…"
   Acknowledge with 'DockerHubPulls::no-mirror'
Synthesis finished with errors"""


def test_a_stack_fails_for_its_own_errors(folder: Path) -> None:
    """Neither another stack's error nor a warning fails a stack, nor what is acknowledged."""
    plain = synth(folder, "mixed")
    if not acknowledges_by_construct():
        # That the acknowledgement then holds for the whole app is CDK's, and documented.
        assert plain[0] == 0
        return
    asked = {
        name: synth(folder, "cdk.out", name)
        for name in ("Errors", "Warnings", "Pipeline", "Prod/*")
    }

    assert plain == (1, MIXED)
    assert asked == {
        "Errors": (1, MIXED),
        "Warnings": (0, ""),
        "Pipeline": (0, ""),
        "Prod/*": (0, ""),
    }


BROKEN = """\
FATAL the app could not be checked: KeyError at validation.py:LINE: 'fault' (DockerHubPulls)
   \n   Suggested fix: this is a fault of cdk-ecr-public-pull VERSION: please report it with the \
line above; report_only=True lets the synth go on until then
   Rule DockerHubPulls::check-failed
Synthesis finished with errors"""


def test_a_fault_does_not_pass(folder: Path) -> None:
    """A plugin that fails stops the synth, and cannot be acknowledged."""
    code, said = synth(folder, "broken")

    said = re.sub(r"validation\.py:\d+", "validation.py:LINE", said)
    assert (code, said) == (1, BROKEN.replace("VERSION", __version__))
