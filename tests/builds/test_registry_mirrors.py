"""What the engines' own configurations say, once read as TOML."""

from __future__ import annotations

import tomllib

import pytest

from cdk_ecr_public_pull.builds.registry_mirrors import (
    BUILDKITD_TOML,
    DOCKER_HOSTS_FILE,
    DOCKER_HOSTS_TOML,
    REGISTRIES_CONF,
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            DOCKER_HOSTS_TOML,
            {
                "host": {
                    "https://public.ecr.aws/v2/docker": {
                        "capabilities": ["pull", "resolve"],
                        "override_path": True,
                        "dial_timeout": "5s",
                    }
                }
            },
        ),
        (BUILDKITD_TOML, {"registry": {"docker.io": {"mirrors": ["public.ecr.aws/docker"]}}}),
        (
            REGISTRIES_CONF,
            {
                "registry": [
                    {
                        "location": "docker.io/library",
                        "mirror": [{"location": "public.ecr.aws/docker/library"}],
                    }
                ]
            },
        ),
    ],
    ids=["hosts.toml", "buildkitd.toml", "registries.conf"],
)
def test_what_it_says(text: str, says: dict[str, object]) -> None:
    """Each names the copies, and nothing that would keep an engine from Docker Hub."""
    assert tomllib.loads(text) == says


def test_a_shell_line_can_hold_it() -> None:
    """The text that builds write is short, and can be quoted as it is."""
    assert len(DOCKER_HOSTS_TOML) <= 200
    assert set("'\\$`!") & set(DOCKER_HOSTS_TOML) == set()
    assert DOCKER_HOSTS_FILE == "/etc/docker/certs.d/docker.io/hosts.toml"
