"""The command that sets the source policy, run by dash and by bash against a fake docker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cdk_ecr_public_pull.builds.commands.hub_pulls import hub_pulls_commands
from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.builds.source_policy import HubPulls, source_policy
from cdk_ecr_public_pull.images.mirrors import Mirrors
from tests.builds.shells import FAKES, run

SOURCE_POLICY, ENFORCE, AS_WRITTEN = HubPulls.SOURCE_POLICY, HubPulls.ENFORCE, HubPulls.AS_WRITTEN
VARIABLE = "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY"
SHELLS = (
    ("dash",),
    ("dash", "-eu"),
    ("bash",),
    ("bash", "-eu", "-o", "pipefail"),
    ("bash", "--posix", "-eu"),
)
# What the next command of the build finds, in a process of its own.
NEXT = f"""
echo "status $?"
sh -c 'echo "policy ${{{VARIABLE}-unset}}"'
"""

SAY = "cdk_ecr_public_pull:"
REDIRECTED = (
    f"{SAY} docker build pulls copies of images by a source policy. "
    "Not found: that tag has no copy; add it to allow. "
    "ECR_PUBLIC_PULL=off skips it.\n"
)
ENFORCED = (
    f"{SAY} docker build pulls images of Docker Hub from their copies, and stops at one that has"
    " none.\n"
    '"denied by policy" stands behind the name of that image. What to do about it:\n'
    "- this job builds it, or loads it: add it to local_images.\n"
    "- it has a copy: name that under mirrors.\n"
    "- it is docker/dockerfile: take the # syntax= line out of the Dockerfile; BuildKit has"
    " a frontend built in.\n"
    "- it may be pulled from Docker Hub: add it to allow.\n"
)
OLD = "Docker is below 24, or buildx below 0.11"
NEWER = "Build on aws/codebuild/standard:7.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """An environment in which no policy can be used, and what the command says of it."""

    id: str
    environment: Mapping[str, str]
    cause: str
    remedy: str
    policy: str = ""


OBSTACLES = (
    Obstacle(
        id="the user has a policy",
        environment={VARIABLE: "/etc/mine.json"},
        cause=f"{VARIABLE} is set, and BuildKit takes one",
        remedy="Unset it, or add the output of ecr-public-pull policy",
        policy="/etc/mine.json",
    ),
    Obstacle(
        id="the old builder",
        environment={"DOCKER_BUILDKIT": "0"},
        cause="DOCKER_BUILDKIT is off",
        remedy="Unset it",
    ),
    *(
        Obstacle(
            id=f"Docker {version}",
            environment={"DOCKER_ENGINE": version},
            cause=OLD,
            remedy=NEWER,
        )
        for version in ("19.03.13-ce", "20.10.24", "23.0.6")
    ),
    *(
        Obstacle(
            id=version,
            environment={"DOCKER_BUILDX": version},
            cause=OLD,
            remedy=NEWER,
        )
        for version in (
            "github.com/docker/buildx v0.9.1 ed00243",
            "github.com/docker/buildx v0.10.5 86bdced",
            "github.com/docker/buildx 0.10.4+ds1 1",
        )
    ),
    Obstacle(
        id="no folder for the file",
        environment={"TMPDIR": "/dev/null"},
        cause="the policy cannot be written",
        remedy="Set TMPDIR to a folder that can be",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageUse:
    """An environment in which the policy is used."""

    id: str
    hub_pulls: HubPulls = SOURCE_POLICY
    environment: Mapping[str, str] = field(default_factory=dict)
    output: str = REDIRECTED


USES = (
    ImageUse(id="as most builds are"),
    ImageUse(id="enforced", hub_pulls=ENFORCE, output=ENFORCED),
    ImageUse(id="BuildKit is asked for", environment={"DOCKER_BUILDKIT": "1"}),
    ImageUse(
        id="Docker is installed later",
        environment={"DOCKER_ENGINE": "", "DOCKER_BUILDX": ""},
    ),
    *(
        ImageUse(id=version, environment={"DOCKER_ENGINE": version})
        for version in ("24.0.9", "29.3.0", "100.1.0")
    ),
    *(
        ImageUse(id=version, environment={"DOCKER_BUILDX": version})
        for version in (
            "github.com/docker/buildx v0.11.0 687feca",
            "github.com/docker/buildx v0.100.9 0.9.1",
            "github.com/docker/buildx v1.0.1 abcdef0",
        )
    ),
)


def command(hub_pulls: HubPulls = SOURCE_POLICY) -> str:
    """The command for a build that has an image of its own."""
    [text] = hub_pulls_commands(Mirrors(local_images=["my-base"]), hub_pulls=hub_pulls)
    return text


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("case", USES, ids=lambda case: case.id)
def test_the_policy_is_set(tmp_path: Path, case: ImageUse, shell: Sequence[str]) -> None:
    """The variable names a file with the policy, which any user may read."""
    script = f"umask 077\n{command(case.hub_pulls)}{NEXT}"

    actual = run(
        tmp_path,
        script,
        shell=shell,
        environment={"TMPDIR": str(tmp_path), **case.environment},
        fakes=FAKES,
    )

    [file] = tmp_path.glob("ecr-public-pull.*")
    assert actual.output == f"{case.output}status 0\npolicy {file}\n"
    assert json.loads(file.read_text("utf-8")) == source_policy(
        Mirrors(local_images=["my-base"]), hub_pulls=case.hub_pulls
    )
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("case", OBSTACLES, ids=lambda case: case.id)
def test_the_policy_cannot_be_used(tmp_path: Path, case: Obstacle, shell: Sequence[str]) -> None:
    """A warning says so, and nothing is set."""
    assert obstructed(tmp_path, case, command(), shell) == (
        f"{SAY} WARNING: no source policy moves the pulls: {case.cause}.\n"
        f"{case.remedy}, or run ecr-public-pull fix.\n"
        f"status 0\npolicy {case.policy}\n"
    )
    assert list(tmp_path.glob("ecr-public-pull.*")) == []


@pytest.mark.parametrize("shell", [("dash",), ("bash", "-u")], ids=" ".join)
@pytest.mark.parametrize("case", OBSTACLES, ids=lambda case: case.id)
def test_the_policy_cannot_be_enforced(
    tmp_path: Path, case: Obstacle, shell: Sequence[str]
) -> None:
    """The build fails, as a command does: what the shell runs next still runs."""
    assert obstructed(tmp_path, case, command(ENFORCE), shell) == (
        f"{SAY} ERROR: no source policy can be enforced: {case.cause}. The build fails.\n"
        f"{case.remedy}.\nstatus 1\npolicy {case.policy or 'unset'}\n"
    )


def obstructed(tmp_path: Path, case: Obstacle, script: str, shell: Sequence[str]) -> str:
    """What a build prints in which something keeps the policy from being used."""
    actual = run(
        tmp_path,
        f"{script}{NEXT}",
        shell=shell,
        environment={"TMPDIR": str(tmp_path), **case.environment},
        fakes=FAKES,
    )
    return actual.output.removeprefix(mktemp_complaint(actual.output))


def mktemp_complaint(output: str) -> str:
    """What mktemp says of a folder that is none."""
    first, newline, _ = output.partition("\n")
    return first + newline if first.startswith("mktemp: ") else ""


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("hub_pulls", [SOURCE_POLICY, ENFORCE])
def test_switched_off(tmp_path: Path, shell: str, hub_pulls: HubPulls) -> None:
    """The login has said so; nothing happens, whatever else is wrong."""
    actual = run(
        tmp_path,
        f"{command(hub_pulls)}{NEXT}",
        shell=[shell],
        environment={"ECR_PUBLIC_PULL": "off", VARIABLE: "/etc/mine.json", "DOCKER_ENGINE": "20.1"},
        fakes=FAKES,
    )

    assert actual.output == "status 0\npolicy /etc/mine.json\n"
    assert actual.docker == ()


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_second_time(tmp_path: Path, shell: str) -> None:
    """The command takes its own policy for no one else's."""
    actual = run(
        tmp_path,
        f"set -eu\n{command()}\n{command(ENFORCE)}{NEXT}",
        shell=[shell],
        environment={"TMPDIR": str(tmp_path)},
        fakes=FAKES,
    )

    output, _, policy = actual.output.rpartition("policy ")
    assert output == f"{REDIRECTED}{ENFORCED}status 0\n"
    assert '"DENY"' in Path(policy.strip()).read_text("utf-8")


def test_as_written_is_no_command() -> None:
    """Nothing is added to a build whose images stay as they are."""
    assert hub_pulls_commands(Mirrors(), hub_pulls=AS_WRITTEN) == ()


def test_first_line_names_the_command() -> None:
    """The first line tells the library's own command, whatever its options."""
    first_lines = {command(hub_pulls).partition("\n")[0] for hub_pulls in (SOURCE_POLICY, ENFORCE)}

    assert first_lines == {f"{MARKER}move the pulls of docker build"}


@pytest.mark.parametrize("hub_pulls", [SOURCE_POLICY, ENFORCE])
def test_text_survives_json_and_yaml(hub_pulls: HubPulls) -> None:
    """A buildspec is printed as JSON or YAML, and read again as either."""
    text = command(hub_pulls)
    yaml, stream = YAML(typ="safe", pure=True), StringIO()
    yaml.dump([text], stream)

    assert [text] == json.loads(json.dumps([text])) == yaml.load(stream.getvalue())


def test_size() -> None:
    """It takes a fifth of the 25,600 characters that CodeBuild takes as a buildspec."""
    assert len(json.dumps(command(ENFORCE))) < 25_600 / 5
