"""The images that docker commands name."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from cdk_ecr_public_pull.builds.shell.docker_commands import (
    _PULL,
    _RUN,
    ImageUse,
    NamedImage,
    named_images,
)
from cdk_ecr_public_pull.images.partial import UNKNOWN

NOTHING = [
    "docker",
    "docker info",
    "docker pull",
    "docker pull --all-tags",
    "docker run --rm",
    "docker images node:21",
    "docker rmi node:21",
    "docker push node:21",
    "docker login --username AWS --password-stdin public.ecr.aws",
    "docker volume create node",
    "docker network create --driver bridge node",
    "docker compose run node",
    "docker compose pull node",
    "docker-compose run node",
    "docker exec node npm test",
    "docker inspect node:21",
    'echo "docker pull node:21"',
    "echo docker pull node:21",
    "printf '%s' 'docker run node:21'",
    "# docker pull node:21",
    "cat <<EOF\ndocker pull node:21\nEOF",
    "grep -q docker pull node:21 README.md",
    "docker run --a-later-option x node:21",
    "docker run -Z node:21",
    "docker --a-later-option run node:21",
    "docker pull --a-later-option node:21",
    "docker run $OPTIONS node:21",
    "docker pull $(cat image)",
    "docker run --pull never node:21",
    "docker run --pull=never node:21",
    "docker build .",
    "docker build --build-context src=./src .",
    "docker build --cache-from node:21 .",
    "docker pull 'node:21",
    "docker build --sbom=false .",
    "docker build --sbom=0 .",
    "docker build --sbom= .",
    "docker build --sbom=$SBOM .",
    "docker build --sbom=true,generator=node:21 .",
    "docker build --sbom=generator=node:21,disabled=true .",
    "docker build --provenance=true .",
    "docker build --attest type=provenance,mode=max .",
    "docker build --attest type=sbom,disabled=true .",
    "docker build --attest generator=node:21 .",
    "docker build --attest sbom .",
    "docker buildx bake --sbom=false",
    "docker run --sbom=true",
    # A value is needed: these take the next word, or none, and fail.
    "docker build --sbom .",
    "docker buildx bake --sbom",
]


@pytest.mark.parametrize("script", NOTHING)
def test_nothing_is_named(script: str) -> None:
    """What is no docker command, names no image, or cannot be told, names nothing."""
    assert [image for image in named_images(script) if image.text] == []


NAMED = {
    "docker pull node:21": [("docker pull", "node:21")],
    "docker image pull node:21": [("docker pull", "node:21")],
    "/usr/bin/docker pull -q --platform linux/arm64 node:21": [("docker pull", "node:21")],
    "docker --config /x -l debug --tls pull node:21": [("docker pull", "node:21")],
    "docker -H=tcp://x pull node:21": [("docker pull", "node:21")],
    "sudo -E docker pull node:21": [("docker pull", "node:21")],
    "A=b DOCKER_CONFIG=/x docker pull node:21": [("docker pull", "node:21")],
    "env A=b docker pull node:21": [("docker pull", "node:21")],
    "timeout 60 docker pull node:21": [("docker pull", "node:21")],
    "time docker pull node:21 >/dev/null 2>&1": [("docker pull", "node:21")],
    "if ! docker pull node:21; then exit 1; fi": [("docker pull", "node:21")],
    "for i in 1 2 3; do docker pull node:21 && break; done": [("docker pull", "node:21")],
    "retry() { docker pull node:21; }": [("docker pull", "node:21")],
    "(docker pull node:21 &)": [("docker pull", "node:21")],
    "bash -c 'docker pull node:21'": [("docker pull", "node:21")],
    'sh -c "a; docker pull node:21"': [("docker pull", "node:21")],
    'X="$(docker run --rm node:21 node -v)"': [("docker run", "node:21")],
    "docker pull 'node:21'": [("docker pull", "node:21")],
    "docker pull node:$TAG": [("docker pull", f"node:{UNKNOWN}")],
    "docker pull \\\n  node:21 # the base": [("docker pull", "node:21")],
    "docker run node:21 docker pull alpine": [("docker run", "node:21")],
    "docker container run node:21": [("docker run", "node:21")],
    "docker create --name x node:21": [("docker create", "node:21")],
    "docker container create node:21": [("docker create", "node:21")],
    'docker run --rm -it -v "$PWD:/src" -w /src -e A -eB=c --env=D=e -u 0:0 node:21 npm ci': [
        ("docker run", "node:21")
    ],
    "docker run -dp 80:80 -itv/a:/b --entrypoint '' node:21": [("docker run", "node:21")],
    "docker run --rm=true --init --network host -- node:21": [("docker run", "node:21")],
    "docker run --name $NAME node:21": [("docker run", "node:21")],
    "docker run -e X=$(date +%s) node:21": [("docker run", "node:21")],
    "docker build -t app --build-arg BASE=node:21 .": [
        ("docker build --tag", "app"),
        ("docker build --build-arg", "node:21"),
    ],
    "docker buildx build . --tag=app --build-arg=BASE=node:21": [
        ("docker build --tag", "app"),
        ("docker build --build-arg", "node:21"),
    ],
    "docker build --build-context base=docker-image://node:21 .": [
        ("docker build --build-context", "node:21")
    ],
    "docker tag node:21 app:1 && docker commit x app:2": [
        ("docker build --tag", "app:1"),
        ("docker build --tag", "app:2"),
    ],
    **{
        command: [("docker build --sbom=generator", "docker/buildkit-syft-scanner:stable-1")]
        for command in (
            "docker build --sbom=true .",
            "docker build --sbom true .",
            "docker buildx build . --sbom=1",
            "docker build --attest type=sbom .",
            "docker build --attest=type=sbom .",
            "docker build --attest=TYPE=sbom,scan-mode=max .",
            "docker build --attest type=sbom,disabled=false .",
            "docker buildx bake --sbom=true",
            "docker buildx bake --push --sbom true app",
        )
    },
    **{
        command: [("docker build --sbom=generator", "my/scanner:1")]
        for command in (
            "docker build --sbom=generator=my/scanner:1 .",
            "docker build --attest=type=sbom,generator=my/scanner:1 .",
            "docker build --attest generator=my/scanner:1,type=sbom .",
            "docker buildx bake --sbom=generator=my/scanner:1",
        )
    },
    "docker pull a:1; docker pull b:2 | tee log\ndocker pull c:3": [
        ("docker pull", "a:1"),
        ("docker pull", "b:2"),
        ("docker pull", "c:3"),
    ],
}


@pytest.mark.parametrize(("script", "expected"), NAMED.items())
def test_named(script: str, expected: list[tuple[str, str]]) -> None:
    """The image of each command is found, whatever options stand before it."""
    assert [(str(image.use), image.text) for image in named_images(script)] == expected


def test_the_build_argument_is_known() -> None:
    """The name of a build argument is kept, for it may say what the value is."""
    named = named_images("docker build --build-arg BASE=node:21 .")
    assert named == (NamedImage(text="node:21", use=ImageUse.BUILD_ARG, argument="BASE"),)


@pytest.mark.skipif(shutil.which("docker") is None, reason="there is no docker here to ask")
@pytest.mark.parametrize(("command", "known"), [("run", _RUN), ("pull", _PULL)])
def test_docker_has_no_option_that_is_not_known(command: str, known: object) -> None:
    """Each option of the real command is in the table, with or without a value as there."""
    shown = subprocess.run(
        ["docker", command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    pattern = r"^ +(?:-(\w), |    )--([\w-]+)( [\w-]+)?  "
    options = re.findall(pattern, shown, flags=re.MULTILINE)
    wrong = {
        name
        for letter, word, value in options
        for name in filter(None, (letter, word))
        if name not in (known.valued if value else known.plain)  # type: ignore[attr-defined]
    }
    assert options
    assert wrong - {"help"} == set()
