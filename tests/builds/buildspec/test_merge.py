"""Merging the login into buildspecs: before and after, as whole mappings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.builds.login import LoginRegion, login_commands

[LOGIN] = login_commands()
[OTHER_LOGIN] = login_commands(regions=[LoginRegion.US_EAST_1], required=False)
POLICY = f"{MARKER}write the source policy\necho policy"
BUILDKIT = {"variables": {"DOCKER_BUILDKIT": "1"}}
STEPS = {"steps": [{"uses": "actions/x@v1"}]}

Spec = dict[str, object]


def merged(**phases: object) -> Spec:
    """Return a buildspec of these phases, with the version that a merge adds."""
    return {"version": "0.2", "phases": phases}


def check_unchanged(spec: Spec) -> None:
    """Check that a merge gives the same buildspec, keys in the same order."""
    check_merged(spec, spec)


def check_merged(before: Mapping[str, object], after: Spec) -> None:
    """Check what a merge gives, keys in that order, and that a second merge changes nothing."""
    actual = merge_login(before, [LOGIN]).build_spec

    assert json.dumps(actual, indent=1) == json.dumps(after, indent=1)
    assert merge_login(actual, [LOGIN]).build_spec == actual


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(
            {
                "version": 0.2,
                "env": BUILDKIT,
                "phases": {"pre_build": {"commands": [LOGIN]}, "build": {"commands": ["make"]}},
            },
            id="merged by an earlier release, which set DOCKER_BUILDKIT",
        ),
        pytest.param(
            merged(build={"commands": ["first", OTHER_LOGIN, "last"]}),
            id="merged before, into the build",
        ),
        pytest.param(
            merged(install={"commands": ["npm ci"]}, build={"commands": [LOGIN]}),
            id="merged before, into the build, and install got commands since",
        ),
        pytest.param(
            merged(pre_build={"commands": ["first", OTHER_LOGIN, "last"]}),
            id="merged before, with other regions, and moved",
        ),
        pytest.param(
            merged(install={"commands": OTHER_LOGIN}),
            id="the login is the only command, as a text",
        ),
        pytest.param(
            merged(
                install={"commands": ["npm ci"]},
                pre_build={"commands": [f"{LOGIN}\n"]},
            ),
            id="merged before, and a phase before it got commands since",
        ),
    ],
)
def test_unchanged(spec: Spec) -> None:
    """A buildspec that holds the login already stays as it is."""
    check_unchanged(spec)


MERGED = [
    pytest.param(
        {"version": 0.2, "phases": {"build": {"commands": ["docker build ."]}}},
        {"version": 0.2, "phases": {"build": {"commands": [LOGIN, "docker build ."]}}},
        id="nothing but a build",
    ),
    pytest.param(
        merged(
            install={"runtime-versions": {"python": "3.12"}},
            build={"commands": ["a"], "finally": ["b"]},
            post_build={"commands": ["c"]},
        ),
        merged(
            install={"runtime-versions": {"python": "3.12"}},
            build={"commands": [LOGIN, "a"], "finally": ["b"]},
            post_build={"commands": ["c"]},
        ),
        id="a build, and a post_build that runs even if the login fails",
    ),
    pytest.param(
        merged(build={"finally": ["a"]}),
        merged(build={"commands": [LOGIN], "finally": ["a"]}),
        id="a build with nothing but a finally block",
    ),
    pytest.param(
        merged(post_build={"commands": ["a"]}),
        merged(pre_build={"commands": [LOGIN]}, post_build={"commands": ["a"]}),
        id="nothing but a post_build",
    ),
    pytest.param(
        {},
        merged(pre_build={"commands": [LOGIN]}),
        id="nothing at all",
    ),
    pytest.param(
        {"version": None, "env": None, "phases": {"install": None, "pre_build": None}},
        {
            "version": "0.2",
            "env": None,
            "phases": {"install": None, "pre_build": {"commands": [LOGIN]}},
        },
        id="nothing but empty keys",
    ),
    pytest.param(
        {"version": "0.2", "phases": {"install": {"commands": ["npm ci"]}, "pre_build": {}}},
        merged(install={"commands": [LOGIN, "npm ci"]}, pre_build={}),
        id="commands in install",
    ),
    pytest.param(
        {
            "version": "0.2",
            "phases": {
                "install": {"runtime-versions": {"python": "3.10"}, "commands": []},
                "pre_build": {"commands": ("a", "b")},
            },
        },
        merged(
            install={"runtime-versions": {"python": "3.10"}, "commands": []},
            pre_build={"commands": [LOGIN, "a", "b"]},
        ),
        id="an install without commands",
    ),
    pytest.param(
        {"version": "0.2", "phases": {"install": {"finally": ["docker pull public.ecr.aws/x/y"]}}},
        merged(install={"commands": [LOGIN], "finally": ["docker pull public.ecr.aws/x/y"]}),
        id="an install with nothing but a finally block",
    ),
    pytest.param(
        {
            "version": "0.2",
            "phases": {"pre_build": {"commands": "a\nb"}, "build": {"commands": "make"}},
        },
        merged(pre_build={"commands": [LOGIN, "a\nb"]}, build={"commands": "make"}),
        id="commands as a text",
    ),
    pytest.param(
        merged(install=STEPS),
        merged(install=STEPS, pre_build={"commands": [LOGIN]}),
        id="steps in install",
    ),
    pytest.param(
        merged(install=STEPS, build={"commands": ["a"]}),
        merged(install=STEPS, build={"commands": [LOGIN, "a"]}),
        id="steps in install, and a build",
    ),
    pytest.param(
        merged(install=STEPS, build=STEPS),
        merged(install=STEPS, pre_build={"commands": [LOGIN]}, build=STEPS),
        id="steps in install and in the build",
    ),
    pytest.param(
        merged(pre_build=STEPS, build={"commands": ["a"]}),
        merged(install={"commands": [LOGIN]}, pre_build=STEPS, build={"commands": ["a"]}),
        id="steps in pre_build, which come after the login",
    ),
    pytest.param(
        merged(build=STEPS),
        merged(pre_build={"commands": [LOGIN]}, build=STEPS),
        id="steps in the build, which come after the login",
    ),
    pytest.param(
        merged(install=STEPS, pre_build=STEPS, build={"commands": ["a"]}),
        merged(install=STEPS, pre_build=STEPS, build={"commands": [LOGIN, "a"]}),
        id="steps wherever the login could go before the build",
    ),
    pytest.param(
        merged(install=STEPS, pre_build=STEPS),
        merged(install=STEPS, pre_build=STEPS, build={"commands": [LOGIN]}),
        id="steps wherever the login could go before the build, which is empty",
    ),
    pytest.param(
        {
            "x-mine": 1,
            "cache": {"paths": ["b", "a"]},
            "artifacts": {"files": "x", "base-directory": "y"},
            "reports": {},
            "phases": {
                "x-phase": {},
                "post_build": {},
                "build": {"finally": [], "x-key": 1, "commands": ["a"], "on-failure": "ABORT"},
                "pre_build": {"commands": ["b"], "run-as": "root"},
                "install": {"runtime-versions": {"b": 1, "a": 2}, "run-as": "root"},
            },
            "batch": {"fast-fail": True},
            "proxy": {"logs": "yes"},
            "env": {"shell": "bash", "exported-variables": ["DOCKER_BUILDKIT"]},
            "run-as": "root",
            "version": "0.2",
            "a-mine": 2,
        },
        {
            "version": "0.2",
            "run-as": "root",
            "env": {"shell": "bash", "exported-variables": ["DOCKER_BUILDKIT"]},
            "proxy": {"logs": "yes"},
            "batch": {"fast-fail": True},
            "phases": {
                "install": {"run-as": "root", "runtime-versions": {"b": 1, "a": 2}},
                "pre_build": {"run-as": "root", "commands": [LOGIN, "b"]},
                "build": {"on-failure": "ABORT", "commands": ["a"], "finally": [], "x-key": 1},
                "post_build": {},
                "x-phase": {},
            },
            "reports": {},
            "artifacts": {"files": "x", "base-directory": "y"},
            "cache": {"paths": ["b", "a"]},
            "x-mine": 1,
            "a-mine": 2,
        },
        id="the keys come in CodeBuild's order, unknown ones last",
    ),
    pytest.param(
        {"version": "0.2", "phases": {"pre_build": {"commands": ["aws ecr-public ..."]}}},
        merged(pre_build={"commands": [LOGIN, "aws ecr-public ..."]}),
        id="a login that the user wrote",
    ),
    pytest.param(
        merged(build={"commands": ["a"]}, post_build={"commands": [LOGIN]}),
        merged(build={"commands": [LOGIN, "a"]}, post_build={"commands": [LOGIN]}),
        id="the login in a later phase, where it is too late",
    ),
]


@pytest.mark.parametrize(("before", "after"), MERGED)
def test_merged(before: Spec, after: Spec) -> None:
    """The login goes first into the earliest phase with commands; the rest stays."""
    check_merged(before, after)


@pytest.mark.parametrize("env", [{}, {"variables": {"A": "1"}}, {"secrets-manager": {"B": "b"}}])
def test_env(env: Mapping[str, object]) -> None:
    """The variables stay as they are: what the login exports, it decides in the build."""
    check_merged(
        {"version": "0.2", "env": env},
        {"version": "0.2", "env": dict(env), "phases": {"pre_build": {"commands": [LOGIN]}}},
    )


def test_any_mapping() -> None:
    """A read-only buildspec is as good as a dict."""
    check_merged(
        MappingProxyType({"phases": MappingProxyType({"build": {"commands": ("make",)}})}),
        merged(build={"commands": [LOGIN, "make"]}),
    )


def test_objects_of_the_cdk_are_not_copied() -> None:
    """A value that is no plain data stays the very object that it is."""
    token = object()

    actual = merge_login({"phases": {"pre_build": {"commands": [token]}}}, [LOGIN])

    assert actual.build_spec["phases"] == {"pre_build": {"commands": [LOGIN, token]}}


@pytest.mark.parametrize(
    ("there", "after"),
    [
        ([], [LOGIN, POLICY, "user"]),
        ([OTHER_LOGIN], [POLICY, OTHER_LOGIN, "user"]),
        ([POLICY], [LOGIN, POLICY, "user"]),
        ([LOGIN, POLICY], [LOGIN, POLICY, "user"]),
    ],
)
def test_several_commands(there: list[str], after: list[str]) -> None:
    """Each command is added if none with its first line is there."""
    spec: Spec = {"phases": {"install": {"commands": [*there, "user"]}}}

    actual = merge_login(spec, [LOGIN, POLICY])

    assert actual.build_spec["phases"] == {"install": {"commands": after}}
