"""The real cdk-assets, in the job that CDK Pipelines makes for a Docker image.

All commands of the synthesized job run in one shell, as in CodeBuild. Real: the buildspec,
cdk-assets and its credential file, the login and the wrapper. Not real: AWS (a stub on the
loopback), aws and docker (programs that record how they are called), and npm, which
would install cdk-assets again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import pipelines

from cdk_ecr_public_pull import EcrPublicPull
from tests.builds.shells import FAKE_AWS, TOKEN
from tests.constructs.codebuild.aws_stub import REGISTRY, aws_stub
from tests.constructs.codebuild.pipeline_app import Pipeline, pipeline_app

# As the real one, it keeps a login in the configuration that it is given, beside what is there.
# Python by way of sh: a first line names no program whose path has a space.
FAKE_DOCKER = f"""#!/bin/sh
''':'
exec "{sys.executable}" "$0" "$@"
'''
import json, os, sys
from pathlib import Path

arguments = sys.argv[1:]
if arguments[0] in ("version", "buildx", "info"):
    sys.exit()
folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
shown = "default"
if arguments[0] == "--config":
    folder, arguments = Path(arguments[1]), arguments[2:]
if folder.name.startswith("cdkDockerConfig"):
    shown = "of cdk-assets"
file = folder / "config.json"
config = json.loads(file.read_text()) if file.exists() else {{}}
if arguments[0] == "login":
    password = sys.stdin.read().strip()
    config.setdefault("auths", {{}})[arguments[-1]] = {{"auth": password}}
    folder.mkdir(exist_ok=True)
    file.write_text(json.dumps(config))
known = sorted([*config.get("auths", {{}}), *config.get("credHelpers", {{}})])
with Path(os.environ["RECORDS"], "docker").open("a") as records:
    print(json.dumps([arguments[0], shown, known]), file=records)
sys.exit(1 if arguments[0] == "inspect" else 0)
"""

HUB = "https://index.docker.io/v1/"
PUBLIC = "public.ecr.aws"
DEFAULT, OWN = "default", "of cdk-assets"
LOGIN = ["login", DEFAULT, [PUBLIC]]
PUSH = [
    ["login", DEFAULT, [REGISTRY, PUBLIC]],
    ["push", DEFAULT, [REGISTRY, PUBLIC]],
]


def let_it_be_read(assembly: Path) -> None:
    """Say of the asset manifests that they have the schema that cdk-assets 4.7.3 knows.

    That release, the newest there is, is older than aws-cdk-lib 2.275, whose manifests say
    55.0.0; of their images, nothing is new in it.
    """
    for manifest in assembly.rglob("*.assets.json"):
        content = json.loads(manifest.read_bytes())
        manifest.write_text(json.dumps({**content, "version": "54.0.0"}))


def run_job(folder: Path, commands: list[str]) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the commands of a job in its assembly, in one shell.

    Returns:
        What came of it, and the record of what docker was called with.
    """
    programs = {"aws": FAKE_AWS, "docker": FAKE_DOCKER, "npm": "#!/bin/sh\n"}
    for name, text in programs.items():
        program = folder / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    for name in ("home", "records", "tmp"):
        (folder / name).mkdir()
    let_it_be_read(folder / "cdk.out")
    path = [folder / "programs", Path(sys.prefix) / "bin", os.environ["PATH"]]
    with aws_stub() as address:
        done = subprocess.run(
            ["dash", "-e", "-c", "\n".join(commands)],
            cwd=folder / "cdk.out",
            env={
                "PATH": os.pathsep.join(map(str, path)),
                "HOME": str(folder / "home"),
                # cdk-assets asks the system, not HOME, where the home of the user is.
                "CDK_DOCKER_CREDS_FILE": str(folder / "home" / ".cdk" / "cdk-docker-creds.json"),
                "TMPDIR": str(folder / "tmp"),
                "RECORDS": str(folder / "records"),
                "AWS_ENDPOINT_URL": address,
                "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "example",
                "AWS_REGION": "eu-west-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    return done, (folder / "records" / "docker").read_text()


@pytest.mark.parametrize(
    ("usages", "repaired", "expected"),
    [
        pytest.param(
            [],
            False,
            [
                LOGIN,
                ["login", DEFAULT, [REGISTRY, PUBLIC]],
                ["inspect", DEFAULT, [REGISTRY, PUBLIC]],
                ["build", DEFAULT, [REGISTRY, PUBLIC]],
                ["tag", DEFAULT, [REGISTRY, PUBLIC]],
                ["push", DEFAULT, [REGISTRY, PUBLIC]],
            ],
            id="no docker_credentials",
        ),
        pytest.param(
            [pipelines.DockerCredentialUsage.ASSET_PUBLISHING],
            False,
            [
                LOGIN,
                ["inspect", OWN, [HUB]],
                ["build", OWN, [HUB]],
                ["tag", OWN, [HUB]],
                *PUSH,
            ],
            id="docker_credentials hide the login",
        ),
        pytest.param(
            [pipelines.DockerCredentialUsage.ASSET_PUBLISHING],
            True,
            [
                LOGIN,
                ["inspect", OWN, [HUB]],
                ["login", OWN, [HUB, PUBLIC]],
                ["build", OWN, [HUB, PUBLIC]],
                ["tag", OWN, [HUB, PUBLIC]],
                *PUSH,
            ],
            id="CDK_DOCKER repairs it",
        ),
    ],
)
@pytest.mark.parametrize("parallel", [True, False])
def test_publishing(
    tmp_path: Path,
    usages: list[pipelines.DockerCredentialUsage],
    expected: list[object],
    *,
    repaired: bool,
    parallel: bool,
) -> None:
    """The build of an image sees the login to ECR Public, unless credentials hide it."""
    options = EcrPublicPull().code_build_options(with_docker_credentials=repaired)
    given = {
        "asset_publishing_code_build_defaults": options,
        "publish_assets_in_parallel": parallel,
    }
    app = pipeline_app(tmp_path, Pipeline(options=given, usages=tuple(usages)))
    job = app.projects()["DockerAsset"]
    phases = ("install", "pre_build", "build")

    done, records = run_job(tmp_path, [it for phase in phases for it in job.commands(phase)])

    assert done.returncode == 0, done.stdout + done.stderr
    assert [json.loads(line) for line in records.splitlines()] == expected
    assert TOKEN not in done.stdout + done.stderr
