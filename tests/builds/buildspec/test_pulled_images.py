"""The images that a buildspec makes a build pull."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.builds.buildspec.pulled_images import build_spec_images, environment_image
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.partial import UNKNOWN

MIRRORS = Mirrors(mirrors={"myorg/*": "ghcr.io/copies/*"}, local_images=["mine/*"])


def found(build_spec: dict[str, object]) -> list[tuple[str, str, str]]:
    """What is found in a buildspec: place, use and name."""
    images = build_spec_images(build_spec, MIRRORS)
    return [(it.place, it.use, it.image.familiar) for it in images]


def build(*commands: str) -> dict[str, object]:
    """A buildspec with commands in its build phase."""
    return {"version": 0.2, "phases": {"build": {"commands": list(commands)}}}


NOTHING: dict[str, dict[str, object]] = {
    "empty": {},
    "of no shape": {"phases": ["docker pull node"], "batch": "docker"},
    "no commands": {"phases": {"build": None, "install": {"commands": None}}},
    "not a text": {"phases": {"build": {"commands": [{"docker pull node": "x"}, 21]}}},
    "another shell": {"env": {"shell": "powershell.exe"}, **build("docker pull node")},
    "a variable": build("docker pull $IMAGE", 'docker pull "${REGISTRY}/node:21"'),
    "built here": build("docker build -t myorg/app:1 .", "docker run myorg/app:1"),
    "built under a variable tag": build("docker build -t docker:$TAG .", "docker run docker:$TAG"),
    "tagged here": build(
        "docker tag public.ecr.aws/docker/library/node:21 node", "docker run node"
    ),
    "no name of Docker Hub's": build("docker run app npm test", "docker create app"),
    "a build argument that is built here": build(
        "docker build -t node:base - < a", "docker build --build-arg BASE=node:base ."
    ),
    "build arguments that are no images": build(
        "docker build"
        " --build-arg ENGINE=node"
        " --build-arg CACHE=redis:6379"
        " --build-arg LOGIN=postgres:postgres"
        " --build-arg VERSION=21.7"
        " --build-arg IMAGE_TAG=latest"
        " --build-arg IMAGE=myimage"
        " --build-arg IMAGE=acme/app:1"
        " --build-arg IMAGE=$IMAGE"
        " --build-arg HTTP_PROXY ."
    ),
    "builds under a source policy": build(
        "export EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=/tmp/policy",
        "docker build --build-arg BASE=node --build-context a=docker-image://node:21 .",
    ),
    "a scanner that a source policy moves": build(
        "export EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=/tmp/policy",
        "docker build --sbom=generator=myorg/scanner:1 .",
    ),
    "a scanner that is built here": build("docker build --sbom=generator=scanner:1 ."),
    "CodeBuild's own": {
        "batch": {"build-list": [{"env": {"image": "aws/codebuild/standard:7.0"}}, {}, None]}
    },
}


@pytest.mark.parametrize("build_spec", NOTHING.values(), ids=NOTHING)
def test_no_false_alarm(build_spec: dict[str, object]) -> None:
    """What is no pull, or cannot be told, is not found."""
    assert found(build_spec) == []


FOUND: dict[str, tuple[dict[str, object], list[tuple[str, str, str]]]] = {
    "each phase and key": (
        {
            "phases": {
                "install": {"commands": "docker pull node:21"},
                "build": {"commands": ["true", "docker run node:20"], "finally": ["docker pull a"]},
            }
        },
        [
            ("phases.install.commands[0]", "docker pull", "node:21"),
            ("phases.build.commands[1]", "docker run", "node:20"),
            ("phases.build.finally[0]", "docker pull", "a"),
        ],
    ),
    "several in a command": (
        build("docker pull node:21 &&\ndocker pull alpine"),
        [
            ("phases.build.commands[0]", "docker pull", "node:21"),
            ("phases.build.commands[0]", "docker pull", "alpine"),
        ],
    ),
    "a variable tag": (
        build("docker pull node:$TAG"),
        [("phases.build.commands[0]", "docker pull", "node:…")],
    ),
    "a token's tag": (
        build(f"docker run node:{UNKNOWN}"),
        [("phases.build.commands[0]", "docker run", "node:…")],
    ),
    "a pull of what is built, too": (
        build("docker pull acme/app || true", "docker build -t acme/app ."),
        [("phases.build.commands[0]", "docker pull", "acme/app")],
    ),
    "build arguments": (
        build(
            "docker build"
            " --build-arg BASE_IMAGE=node"
            " --build-arg base=node:21"
            " --build-arg BUILD_FROM=alpine:3"
            " --build-arg RUNTIME=node:21-slim"
            " --build-arg X=docker.io/library/node:21"
            " --build-arg Y=public.ecr.aws/bitnami/redis:7"
            " --build-arg IMAGE=myorg/app:1 ."
        ),
        [
            ("phases.build.commands[0]", "docker build --build-arg", name)
            for name in (
                "node",
                "node:21",
                "alpine:3",
                "node:21-slim",
                "node:21",
                "public.ecr.aws/bitnami/redis:7",
                "myorg/app:1",
            )
        ],
    ),
    "under a source policy": (
        build("export EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=/tmp/policy; docker run node:21"),
        [("phases.build.commands[0]", "docker run", "node:21")],
    ),
    "a build context": (
        build("docker build --build-context base=docker-image://node:21 ."),
        [("phases.build.commands[0]", "docker build --build-context", "node:21")],
    ),
    "a scanner": (
        build("docker build --sbom=generator=myorg/scanner:1 ."),
        [("phases.build.commands[0]", "docker build --sbom=generator", "myorg/scanner:1")],
    ),
    "a scanner that a source policy does not move": (
        build(
            "export EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=/tmp/policy; docker buildx bake --sbom=true"
        ),
        [
            (
                "phases.build.commands[0]",
                "docker build --sbom=generator",
                "docker/buildkit-syft-scanner:stable-1",
            )
        ],
    ),
    "a batch": (
        {
            "batch": {
                "build-graph": [{"identifier": "a"}, {"env": {"image": "node:21"}}],
                "build-list": [{"env": {"image": "node:20"}}],
                "build-matrix": {"dynamic": {"env": {"image": ["node:18", "node:19"]}}},
            }
        },
        [
            ("batch.build-graph[1].env.image", "", "node:21"),
            ("batch.build-list[0].env.image", "", "node:20"),
            ("batch.build-matrix.dynamic.env.image", "", "node:18"),
            ("batch.build-matrix.dynamic.env.image", "", "node:19"),
        ],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_found(case: str) -> None:
    """Each image that the build pulls is found, with its place."""
    build_spec, expected = FOUND[case]
    assert found(build_spec) == expected


@pytest.mark.parametrize("text", ["aws/codebuild/standard:7.0", UNKNOWN, "", f"{UNKNOWN}/a:1"])
def test_an_environment_that_is_not_pulled(text: str) -> None:
    """CodeBuild's own images are no pulls, and of what is not known nothing is said."""
    assert environment_image(text, place="image") is None


POLICY_CASES = {
    "for one command": ("EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=x docker build .", ["node:21"]),
    "for all that follow": ("export EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=x", []),
}


@pytest.mark.parametrize(("command", "expected"), POLICY_CASES.values(), ids=POLICY_CASES)
def test_a_policy_of_the_user(command: str, expected: list[str]) -> None:
    """What is set before one command is not set for another."""
    commands = [command, "docker build --build-arg BASE_IMAGE=node:21 ."]
    build_spec = {"phases": {"build": {"commands": commands}}}

    found = build_spec_images(build_spec, Mirrors())

    assert [it.image.familiar for it in found] == expected


def test_a_policy_in_the_environment() -> None:
    """A variable of the whole build is set for all."""
    build_spec = {
        "env": {"variables": {"EXPERIMENTAL_BUILDKIT_SOURCE_POLICY": "policy.json"}},
        "phases": {"build": {"commands": ["docker build --build-arg BASE_IMAGE=node:21 ."]}},
    }

    assert build_spec_images(build_spec, Mirrors()) == []
