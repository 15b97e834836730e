"""What a merge tells the user."""

from __future__ import annotations

from typing import cast

import pytest

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.buildspec.warnings import BuildSpecWarning
from cdk_ecr_public_pull.builds.login import LoginRegion, login_commands

[LOGIN] = login_commands()
[OTHER_LOGIN] = login_commands(regions=[LoginRegion.US_EAST_1], required=False)


def commands(*phases: str, **keys: object) -> dict[str, object]:
    """Return phases with a command each, and with keys of their own."""
    return {
        name: {"commands": ["x"], **cast("dict[str, object]", keys.get(name, {}))}
        for name in phases
    }


BATCH_BUILD_SPEC = (
    ", into which the login is not merged."
    ' Remove its "buildspec" key, or put the commands that "ecr-public-pull login" prints first'
    " into that file."
)
NO_DOCKER = (
    ", where there is no Docker, so that the login fails."
    ' Give it a buildspec of its own (key "buildspec").'
)

WARNINGS = [
    pytest.param(
        {
            "run-as": "me",
            "phases": commands("install", "build", "post_build", post_build={"run-as": "me"}),
        },
        (),
        id="one user",
    ),
    pytest.param(
        {"phases": commands("build", "post_build", build={"run-as": "me"})},
        (
            BuildSpecWarning(
                id="run-as",
                message="phases.post_build runs as root, but the login, in phases.build, as me, and"
                " docker keeps a login in the home of the user. Let both run as the same user, or"
                ' put the commands that "ecr-public-pull login" prints first into'
                " phases.post_build.commands.",
            ),
        ),
        id="another user after the build, which has the login",
    ),
    pytest.param(
        {"phases": commands("install", "build", build={"run-as": "root"})},
        (),
        id="root by name",
    ),
    pytest.param(
        {
            "phases": {
                "install": {"run-as": "me", "commands": []},
                "build": {"run-as": "me"},
                "post_build": {"commands": ["x"]},
            }
        },
        (),
        id="other users, where nothing runs or before the login",
    ),
    pytest.param(
        {"phases": commands("pre_build", "build", "post_build", build={"run-as": "me"})},
        (
            BuildSpecWarning(
                id="run-as",
                message="phases.build runs as me, but the login, in phases.pre_build, as root, and"
                " docker keeps a login in the home of the user. Let both run as the same user, or"
                ' put the commands that "ecr-public-pull login" prints first into'
                " phases.build.commands.",
            ),
        ),
        id="another user in the build",
    ),
    pytest.param(
        {"run-as": "me", "phases": {**commands("install", "build", install={"run-as": "you"})}},
        (
            BuildSpecWarning(
                id="run-as",
                message="phases.build runs as me, but the login, in phases.install, as you, and"
                " docker keeps a login in the home of the user. Let both run as the same user, or"
                ' put the commands that "ecr-public-pull login" prints first into'
                " phases.build.commands.",
            ),
        ),
        id="another user in the phase of the login",
    ),
    pytest.param(
        {"phases": {"install": {"run-as": "me", "steps": [{"uses": "actions/x@v1"}]}}},
        (
            BuildSpecWarning(
                id="steps-first",
                message="phases.install.steps run before the login, in phases.pre_build, because a"
                " phase holds steps or commands. Move steps that pull images to a later phase.",
            ),
        ),
        id="steps before the login",
    ),
    pytest.param(
        {
            "phases": {
                **commands("build"),
                "install": {"steps": [{"uses": "actions/x@v1"}]},
                "pre_build": {"steps": [{"uses": "actions/y@v1"}]},
            }
        },
        (
            BuildSpecWarning(
                id="steps-first",
                message="phases.install.steps run before the login, in phases.build, because a"
                " phase holds steps or commands. Move steps that pull images to a later phase.",
            ),
            BuildSpecWarning(
                id="steps-first",
                message="phases.pre_build.steps run before the login, in phases.build, because a"
                " phase holds steps or commands. Move steps that pull images to a later phase.",
            ),
        ),
        id="steps in two phases before the login",
    ),
    pytest.param(
        {
            "phases": {
                **commands("post_build"),
                "install": {"commands": ["x"]},
                "build": {"steps": [{"uses": "actions/x@v1"}]},
            }
        },
        (),
        id="steps after the login",
    ),
    pytest.param(
        {
            "phases": {
                "install": {"commands": "aws ecr get-login-password | docker login ..."},
                "pre_build": {
                    "commands": [
                        "set -e\n  aws ecr-public get-login-password | docker login ...\ntrue"
                    ]
                },
            }
        },
        (
            BuildSpecWarning(
                id="login-by-hand",
                message="phases.pre_build.commands logs in to ECR Public by hand. Pulls no longer"
                " need that; it is left as it is:"
                " aws ecr-public get-login-password | docker login ...",
            ),
        ),
        id="logins by hand",
    ),
    pytest.param(
        {
            "batch": {
                "build-fanout": {"parallelism": 5},
                "build-list": [{"identifier": "a", "env": {"type": "LINUX_CONTAINER"}}],
                "build-graph": [{"identifier": "b", "depend-on": ["a"]}],
                "build-matrix": {"dynamic": {"env": {"variables": {"A": ["1", "2"]}}}},
            }
        },
        (),
        id="batch builds with this buildspec",
    ),
    pytest.param(
        {
            "batch": {
                "build-graph": [{"identifier": "a"}, {"identifier": "b", "buildspec": "b.yml"}],
                "build-list": [{"buildspec": "c.yml", "env": {"type": "WINDOWS_CONTAINER"}}],
                "build-matrix": {"dynamic": {"buildspec": ["d.yml", "e.yml"]}},
            }
        },
        (
            BuildSpecWarning(
                id="batch-build-spec",
                message=f'batch.build-graph: "b" builds with b.yml{BATCH_BUILD_SPEC}',
            ),
            BuildSpecWarning(
                id="batch-build-spec",
                message=f'batch.build-list: "" builds with c.yml{BATCH_BUILD_SPEC}',
            ),
            BuildSpecWarning(
                id="batch-build-spec",
                message=f"batch.build-matrix builds with d.yml{BATCH_BUILD_SPEC}",
            ),
            BuildSpecWarning(
                id="batch-build-spec",
                message=f"batch.build-matrix builds with e.yml{BATCH_BUILD_SPEC}",
            ),
        ),
        id="batch builds with other buildspecs",
    ),
    pytest.param(
        {
            "batch": {
                "build-list": [{"identifier": "w", "env": {"type": "WINDOWS_CONTAINER"}}],
                "build-graph": [{"identifier": "l", "env": {"compute-type": "ARM_LAMBDA_1GB"}}],
                "build-matrix": {
                    "static": {"env": {"type": "WINDOWS_SERVER_2019_CONTAINER"}},
                    "dynamic": {"env": {"compute-type": ["BUILD_GENERAL1_SMALL", "LAMBDA_1GB"]}},
                },
            }
        },
        (
            BuildSpecWarning(
                id="batch-no-docker",
                message=f'batch.build-graph: "l" builds on ARM_LAMBDA_1GB{NO_DOCKER}',
            ),
            BuildSpecWarning(
                id="batch-no-docker",
                message=f'batch.build-list: "w" builds on WINDOWS_CONTAINER{NO_DOCKER}',
            ),
            BuildSpecWarning(
                id="batch-no-docker",
                message=f"batch.build-matrix builds on WINDOWS_SERVER_2019_CONTAINER{NO_DOCKER}",
            ),
            BuildSpecWarning(
                id="batch-no-docker",
                message=f"batch.build-matrix builds on LAMBDA_1GB{NO_DOCKER}",
            ),
        ),
        id="batch builds without Docker",
    ),
    pytest.param(
        {"phases": commands("pre_build", "biuld", "x", pre_build={"on-failure": "CONTINUE"})},
        (
            BuildSpecWarning(
                id="on-failure",
                message="phases.pre_build.on-failure is CONTINUE, so that a failed login does not"
                " stop the build, which then pulls without one. Remove it, or let the login be"
                " optional.",
            ),
            BuildSpecWarning(
                id="unknown-phase",
                message="phases.biuld is none of CodeBuild's phases, which may never run it."
                " Did you mean build?",
            ),
            BuildSpecWarning(
                id="unknown-phase",
                message="phases.x is none of CodeBuild's phases, which may never run it."
                " They are install, pre_build, build, post_build.",
            ),
        ),
        id="a failure that is ignored, and phases that do not exist",
    ),
    pytest.param(
        {"batch": {"build-list": "a", "build-graph": [1], "build-matrix": [], "build-fanout": 1}},
        (),
        id="what is not as CodeBuild wants it is left to CodeBuild",
    ),
]


@pytest.mark.parametrize(("spec", "warnings"), WARNINGS)
def test_warnings(spec: dict[str, object], warnings: tuple[BuildSpecWarning, ...]) -> None:
    """What the merge cannot do is said, and said again by a second merge."""
    merged = merge_login(spec, [LOGIN])

    assert merged.warnings == warnings
    assert merge_login(merged.build_spec, [OTHER_LOGIN]) == merged
