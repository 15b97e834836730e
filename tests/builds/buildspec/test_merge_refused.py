"""Buildspecs that the login cannot be merged into."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.builds.buildspec.merge import merge_login
from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.errors import InvalidBuildSpec

REFUSED = [
    pytest.param(
        {"version": 0.1},
        "app/Build: version is 0.1, in which every command runs in a shell of its own, so that"
        " one cannot prepare the next. Set version to 0.2. There, commands share one shell:"
        ' check those that change its state (a "cd", say).',
        id="version 0.1 as a number",
    ),
    pytest.param(
        {"version": "0.1"},
        "app/Build: version is 0.1, in which every command runs in a shell of its own, so that"
        " one cannot prepare the next. Set version to 0.2. There, commands share one shell:"
        ' check those that change its state (a "cd", say).',
        id="version 0.1 as a text",
    ),
    pytest.param(
        {"phases": [{"build": {}}]},
        'app/Build: phases must be a mapping, and is [{"build": {}}].'
        " The keys of phases are install, pre_build, build, post_build.",
        id="phases as a list",
    ),
    pytest.param(
        {"phases": {"install": ["npm ci"]}},
        'app/Build: phases.install must be a mapping, and is ["npm ci"].'
        " The commands of a phase are a list under its key commands.",
        id="a phase as a list",
    ),
    pytest.param(
        {"phases": {"build": "make"}},
        'app/Build: phases.build must be a mapping, and is "make".'
        " The commands of a phase are a list under its key commands.",
        id="a phase as a text",
    ),
    pytest.param(
        {"phases": {"pre_build": {"commands": {"a": "b" * 100}}}},
        "app/Build: phases.pre_build.commands must be a text or a list of texts, and is"
        f' {{"a": "{"b" * 73}.... The commands of a phase are a list under its key commands.',
        id="commands as a mapping",
    ),
    pytest.param(
        {"phases": {"build": {"finally": 1}}},
        "app/Build: phases.build.finally must be a text or a list of texts, and is 1."
        " The commands of a phase are a list under its key commands.",
        id="finally as a number",
    ),
    pytest.param(
        {"phases": {"build": {"commands": ["make", {"echo a": "b"}]}}},
        'app/Build: phases.build.commands[1] must be a text, and is {"echo a": "b"}.'
        ' A command that holds a ": " needs quotes.',
        id="a command that YAML reads as a mapping",
    ),
    pytest.param(
        {"phases": {name: {"steps": [1]} for name in ("install", "pre_build", "build")}},
        "app/Build: phases.install, phases.pre_build and phases.build all hold steps, and a phase"
        " holds either steps or commands, so that the login has no place."
        " Write the steps of one of them as commands, or move them to another.",
        id="steps wherever the login could go",
    ),
    pytest.param(
        {"env": ["A=1"]},
        'app/Build: env must be a mapping, and is ["A=1"]. Variables are keys of env.variables.',
        id="env as a list",
    ),
    pytest.param(
        {"env": {"shell": "powershell.exe"}},
        "app/Build: env.shell is powershell.exe, but the login is written for a POSIX shell."
        " Remove env.shell, or set it to bash or /bin/sh.",
        id="a shell of Windows, powershell.exe",
    ),
    pytest.param(
        {"env": {"shell": "cmd.exe"}},
        "app/Build: env.shell is cmd.exe, but the login is written for a POSIX shell."
        " Remove env.shell, or set it to bash or /bin/sh.",
        id="a shell of Windows, cmd.exe",
    ),
]


@pytest.mark.parametrize(("spec", "message"), REFUSED)
def test_refused(spec: dict[str, object], message: str) -> None:
    """What cannot be merged is refused, and the message names the key."""
    with pytest.raises(InvalidBuildSpec) as caught:
        merge_login(spec, login_commands(), source="app/Build")

    assert str(caught.value) == message
