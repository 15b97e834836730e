"""The build arguments that a platform brings, and those that are given in vain."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.pulls import find_pulls
from cdk_ecr_public_pull.dockerfile.stages.build_args import platform_args

ARGS = {
    "linux/amd64": ("linux/amd64", "linux/amd64", "linux", "", "amd64", ""),
    "Linux/aarch64/8": ("linux/arm64", "linux/arm64", "linux", "", "arm64", ""),
    "linux/arm/v6": ("linux/arm/v6", "linux/arm/v6", "linux", "", "arm", "v6"),
    "windows(10.0%2E1+a)/amd64": (
        "windows/amd64",
        "windows(10.0.1+a)/amd64",
        "windows",
        "10.0.1",
        "amd64",
        "",
    ),
}


@pytest.mark.parametrize(("platform", "expected"), ARGS.items(), ids=ARGS.keys())
def test_args(platform: str, expected: tuple[str, ...]) -> None:
    """Each Dockerfile has the arguments of the platform, in its usual names."""
    args = {name: value.chars for name, value in platform_args(platform, "x").items()}
    build, target, system, version, architecture, variant = expected
    parts = {"OS": system, "OSVERSION": version, "ARCH": architecture, "VARIANT": variant}
    assert args == {
        **{f"{side}{name}": it for side in ("BUILD", "TARGET") for name, it in parts.items()},
        "BUILDPLATFORM": build,
        "TARGETPLATFORM": target,
        "TARGETSTAGE": "x",
    }


UNDECLARED = {
    "declared before the first FROM": ("ARG A\nFROM scratch\n", {"A"}, set()),
    "declared in a stage": ("FROM scratch\nARG B A=1\n", {"A", "B"}, set()),
    "not declared": ("ARG A\nFROM ${B:-node}\n", {"A", "B", "a"}, {"B", "a"}),
    "predefined": (
        "FROM scratch\n",
        {"HTTP_PROXY", "no_proxy", "TARGETARCH", "BUILDKIT_SYNTAX", "SOURCE_DATE_EPOCH"},
        set(),
    ),
    "another frontend's": ("# syntax=a/b\nINCLUDE x\n", {"A"}, set()),
    "of a refused file": ("FROM scratch\nLABLE\n", {"A"}, set()),
}


@pytest.mark.parametrize(
    ("content", "given", "expected"), UNDECLARED.values(), ids=UNDECLARED.keys()
)
def test_undeclared(content: str, given: set[str], expected: set[str]) -> None:
    """Build arguments that no ARG declares are told, where that can be known."""
    build_args = dict.fromkeys(given, "ghcr.io/docker/dockerfile")
    assert find_pulls(content.encode(), build_args=build_args).undeclared == expected
