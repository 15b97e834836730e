"""The example: an app that was written without the library, and the lines that move it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.buildspec.read import parse_build_spec
from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.login import LOGIN_ACTIONS, login_commands
from cdk_ecr_public_pull.images.mirrors import Mirrors
from scripts.synth import without_credentials

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "adopt"
BIN = Path(sys.prefix) / "bin"
MOVING = "PropertyInjectors.of(app).add(EcrPublicBuildContexts())\nEcrPublicPull().add_to(app)\n"
REPORT = re.findall(r"(?ms)^```text\n(ERROR .*?)^```$", (ROOT / "README.md").read_text("utf-8"))[0]
GUARDING = "Validations.of(app).add_plugins(DockerHubPulls())\n"
COPIES = "docker-image://public.ecr.aws/docker/library"

# What the lines change, by file, construct and property.
IMAGES = "Delivery-Production/DeliveryProductionWebsite25C9D1FD.assets.json/dockerImages"
CONTEXTS = {
    "Builds.assets.json/dockerImages/<Migrations>": {
        "busybox:1.37-musl": f"{COPIES}/busybox:1.37-musl",
        "postgres:17-alpine": f"{COPIES}/postgres:17-alpine",
    },
    f"assembly-{IMAGES}/<Task/Web/AssetImage>": {
        "nginx:1.27-alpine": f"{COPIES}/nginx:1.27-alpine",
        "node:22-alpine": f"{COPIES}/node:22-alpine",
    },
    f"assembly-{IMAGES}/<Thumbnails/Function/AssetImage>": {
        "python:3.12-slim": f"{COPIES}/python:3.12-slim",
    },
}
# Whether a failed login fails the build: where no Docker daemon can run it does not. Those that
# publish files stay as they are.
PROJECTS = {
    "Builds.template.json/Resources/ScanA854D402": True,
    "Builds.template.json/Resources/Test7BFAF513": True,
    "Delivery.template.json/Resources/PipelineAssetsDockerAsset1D66D1104": True,
    "Delivery.template.json/Resources/PipelineAssetsDockerAsset24C8664DB": True,
    "Delivery.template.json/Resources/PipelineBuildSynthCdkBuildProject6BEFA8E6": False,
    "Delivery.template.json/Resources/PipelineUpdatePipelineSelfMutationDAA41400": False,
}
POLICIES = (
    "Builds.template.json/Resources/ScanRoleDefaultPolicy7728A17A",
    "Builds.template.json/Resources/TestRoleDefaultPolicyAD214F97",
    "Delivery.template.json/Resources/PipelineAssetsDockerRoleDefaultPolicy8B63511D",
    "Delivery.template.json/Resources/PipelineBuildSynthCdkBuildProjectRoleDefaultPolicyFB6C941C",
    "Delivery.template.json/Resources/PipelineUpdatePipelineSelfMutationRoleDefaultPolicyA225DA4E",
)
# CDK writes the contexts into the template as well, for tools that build without an asset manifest.
METADATA = (
    "assembly-Delivery-Production/DeliveryProductionWebsiteThumbnailsDA982FA2.nested.template.json"
    "/Resources/Function76856677/Metadata/aws:asset:docker-build-contexts"
)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, whose app may be changed."""
    folder = tmp_path_factory.mktemp("example") / "adopt"
    return Path(shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("cdk.out")))


def cdk_synth(folder: Path, *, without: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run the real ``cdk synth`` on the example, with some lines of its app taken away."""
    app = (EXAMPLE / "adopt.py").read_text("utf-8")
    for lines in without:
        assert lines in app
        app = app.replace(lines, "")
    (folder / "adopt.py").write_text(app, "utf-8")
    environment = without_credentials(os.environ)
    return subprocess.run(
        [str(BIN / "cdk"), "synth"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def documents(assembly: Path) -> dict[str, object]:
    """The templates and asset manifests, with the name of each asset for its hash."""
    texts = {
        str(path.relative_to(assembly)): path.read_text("utf-8")
        for pattern in ("*.template.json", "*.assets.json")
        for path in sorted(assembly.rglob(pattern))
    }
    names = {
        hash_: f"<{asset['displayName']}>"
        for name, text in texts.items()
        if name.endswith(".assets.json")
        for kind in ("files", "dockerImages")
        for hash_, asset in json.loads(text).get(kind, {}).items()
    }
    known = re.compile("|".join(names))
    # A destination's name ends in a hash of what is sent there.
    texts = {name: re.sub("(current_region)-[0-9a-f]{8}", r"\1", it) for name, it in texts.items()}
    return {name: json.loads(known.sub(lambda it: names[it[0]], it)) for name, it in texts.items()}


def differences(old: object, new: object, path: str) -> Iterator[tuple[str, object, object]]:
    """Where two documents differ, and what is there in each."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key), new.get(key), f"{path}/{key}" if path else key)
    elif old != new:
        yield path, old, new


@pytest.fixture(scope="module")
def changes(example: Path) -> dict[str, tuple[object, object]]:
    """What the lines change in the templates and asset manifests, which must all be written."""
    before, after = example / "before", example / "cdk.out"
    assert cdk_synth(example, without=[MOVING, GUARDING]).returncode == 0
    after.rename(before)
    moved = cdk_synth(example)
    assert (moved.returncode, "WARNING" in moved.stderr) == (0, False), moved.stderr
    found = differences(documents(before), documents(after), "")
    return {path: (old, new) for path, old, new in found}


def test_readme() -> None:
    """The README shows the lines that move the example, as they are in it."""
    readme = (ROOT / "README.md").read_text("utf-8")

    assert f"```python\n{MOVING}```\n" in readme
    assert GUARDING in readme


def test_refused(example: Path) -> None:
    """Before the lines that move it are there, the synth fails with the README's report."""
    ran = cdk_synth(example, without=[MOVING])

    assert ran.returncode == 1
    first, last = REPORT.split("…\n")
    assert ran.stderr.startswith(first)
    assert ran.stderr.endswith(last)


def test_only_what_is_expected(changes: dict[str, tuple[object, object]]) -> None:
    """The lines change the images' contexts, and the projects' buildspecs and permissions."""
    expected = {
        *(f"{image}/source/dockerBuildContexts" for image in CONTEXTS),
        *(f"{project}/Properties/Source/BuildSpec" for project in PROJECTS),
        *(f"{policy}/Properties/PolicyDocument/Statement" for policy in POLICIES),
        METADATA,
    }

    assert {path.removesuffix("/Fn::Join") for path in changes} == expected


@pytest.mark.parametrize("image", CONTEXTS)
def test_contexts(changes: dict[str, tuple[object, object]], image: str) -> None:
    """Each image gets the contexts that move its pulls."""
    assert changes[f"{image}/source/dockerBuildContexts"] == (None, CONTEXTS[image])


@pytest.mark.parametrize(("project", "required"), PROJECTS.items())
def test_build_specs(
    changes: dict[str, tuple[object, object]], project: str, required: bool
) -> None:
    """Each buildspec is what it was, with the login."""
    path = f"{project}/Properties/Source/BuildSpec"
    old, new = map(text_of, changes.get(path) or changes[f"{path}/Fn::Join"])

    spec = parse_build_spec(old, source="old")
    commands = [*login_commands(required=required), *hub_pulls_commands(Mirrors())]
    expected = merge_login(spec, commands).build_spec
    assert parse_build_spec(new, source="new") == expected


def text_of(build_spec: object) -> str:
    """A buildspec as a text; that of Fn::Join with a word for each function in it."""
    if isinstance(build_spec, str):
        return build_spec
    assert isinstance(build_spec, list)
    return "".join(part if isinstance(part, str) else "FUNCTION" for part in build_spec[1])


@pytest.mark.parametrize("policy", POLICIES)
def test_permissions(changes: dict[str, tuple[object, object]], policy: str) -> None:
    """Each role gets the login's permissions, and loses and gains nothing else."""
    old, new = map(allowed, changes[f"{policy}/Properties/PolicyDocument/Statement"])

    assert new - old == {(action, '"*"') for action in LOGIN_ACTIONS}
    assert old - new == set()


def allowed(statements: object) -> set[tuple[str, str]]:
    """What the statements of a policy allow, as pairs of action and resource."""
    assert isinstance(statements, list)
    return {
        (action, json.dumps(resource))
        for it in statements
        for action in ([it["Action"]] if isinstance(it["Action"], str) else it["Action"])
        for resource in (it["Resource"] if isinstance(it["Resource"], list) else [it["Resource"]])
    }
