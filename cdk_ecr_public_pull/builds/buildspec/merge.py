"""Merging the login into a buildspec."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cdk_ecr_public_pull.builds.buildspec.warnings import PHASES, BuildSpecWarning, warnings_about
from cdk_ecr_public_pull.builds.plain_data import listed
from cdk_ecr_public_pull.errors import InvalidBuildSpec

_Phases: TypeAlias = dict[str, dict[str, object] | None]

# The order of https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
_KEYS = (
    "version",
    "run-as",
    "env",
    "proxy",
    "batch",
    "phases",
    "reports",
    "artifacts",
    "cache",
)
_PHASE_KEYS = ("run-as", "on-failure", "runtime-versions", "commands", "steps", "finally")

_LOGIN_PHASES = ("install", "pre_build", "build")

_VARIABLES_REMEDY = "Variables are keys of env.variables."
_PHASES_REMEDY = f"The keys of phases are {', '.join(PHASES)}."
_PHASE_REMEDY = "The commands of a phase are a list under its key commands."
_COMMAND_REMEDY = 'A command that holds a ": " needs quotes.'

POSIX_SHELLS = (None, "bash", "sh", "/bin/bash", "/bin/sh")

_EXCERPT = 80
"""How many characters of an offending value are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedBuildSpec:
    """A buildspec with the login in it.

    Attributes:
        build_spec: The buildspec.
        warnings: What the user should know about it.
    """

    build_spec: dict[str, object]
    warnings: tuple[BuildSpecWarning, ...]


def merge_login(
    build_spec: Mapping[str, object],
    commands: Sequence[str],
    *,
    source: str = "buildspec",
    phase: str | None = None,
) -> MergedBuildSpec:
    """Put commands that a build needs before its first pull into a buildspec.

    They go first into the earliest of ``install``, ``pre_build`` and ``build`` that
    has commands of the user's, or else into ``pre_build``. So a login that fails
    keeps no phase from running that a command of the user's there would not: after a
    failed ``build`` there is a ``post_build``, after a failed ``pre_build`` there is none:
    https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    A phase with ``steps`` cannot hold them, because a phase holds either steps or
    commands; they go before it where they can:
    https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner-buildspec.html
    A command whose first line is that of a command of those phases is there
    already and is left as it is, so that merging twice is merging once.

    A missing version becomes 0.2. Everything else stays, with the keys of the
    buildspec and of its phases in the order of CodeBuild's reference. A login that the
    user wrote by hand stays as well: it may be there for a push.

    Args:
        build_spec: The user's buildspec. It is not changed.
        commands: The commands; the first is the login, and the first line of
            each is its name.
        source: What to call the buildspec in an error.
        phase: The phase that they go into; by default the one said above.

    Returns:
        The new buildspec, and warnings for the user.

    Raises:
        InvalidBuildSpec: A key that the merge needs has a value that CodeBuild
            would refuse or that cannot be merged.
    """
    spec = _copied_mapping(build_spec)
    _refuse_version(spec, source)
    _refuse_shell(spec, source)
    phases = _checked_phases(spec, source)
    present = [name for name in _LOGIN_PHASES if _name(commands[0]) in _names(phases, [name])]
    target = present[0] if present else phase or _login_phase(phases, source)
    missing = [text for text in commands if _name(text) not in _names(phases, _LOGIN_PHASES)]
    if missing:
        before = phases.get(target) or {}
        phases[target] = {**before, "commands": [*missing, *listed(before.get("commands"))]}
    spec["version"] = "0.2" if spec.get("version") is None else spec["version"]
    spec["phases"] = _ordered(
        {name: it and _ordered(it, _PHASE_KEYS) for name, it in phases.items()}, PHASES
    )
    ordered = _ordered(spec, _KEYS)
    warnings = warnings_about(ordered, login_phase=target)
    return MergedBuildSpec(build_spec=ordered, warnings=warnings)


def _copied(value: object) -> object:
    # Other values are left alone: they may be objects of the CDK, which must not be copied.
    if isinstance(value, Mapping):
        return _copied_mapping(value)
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else value


def _copied_mapping(value: Mapping[str, object]) -> dict[str, object]:
    return {key: _copied(item) for key, item in value.items()}


def _ordered(mapping: Mapping[str, object], keys: Iterable[str]) -> dict[str, object]:
    first = {key: mapping[key] for key in keys if key in mapping}
    return {**first, **mapping}


def _name(command: object) -> str:
    return str(command).partition("\n")[0].rstrip()


def _names(phases: _Phases, names: Iterable[str]) -> set[str]:
    return {
        _name(command)
        for name in names
        for command in listed((phases.get(name) or {}).get("commands"))
    }


def _login_phase(phases: _Phases, source: str) -> str:
    free: list[str] = []
    for name in _LOGIN_PHASES:
        phase = phases.get(name) or {}
        if not phase.get("steps"):
            free.append(name)
            if phase.get("commands") or phase.get("finally"):
                return name
        elif free:
            return free[-1]
    if not free:
        message = (
            f"{source}: phases.install, phases.pre_build and phases.build all hold steps, and a"
            " phase holds either steps or commands, so that the login has no place."
            " Write the steps of one of them as commands, or move them to another."
        )
        raise InvalidBuildSpec(message)
    return "pre_build" if "pre_build" in free else free[0]


def _refuse_version(spec: Mapping[str, object], source: str) -> None:
    if str(spec.get("version")) == "0.1":
        message = (
            f"{source}: version is 0.1, in which every command runs in a shell of its own, so that"
            " one cannot prepare the next. Set version to 0.2. There, commands share one shell:"
            ' check those that change its state (a "cd", say).'
        )
        raise InvalidBuildSpec(message)


def _refuse_shell(spec: Mapping[str, object], source: str) -> None:
    env = _mapping(spec.get("env"), "env", source, remedy=_VARIABLES_REMEDY)
    if env.get("shell") not in POSIX_SHELLS:
        message = (
            f"{source}: env.shell is {env['shell']}, but the login is written for a POSIX shell."
            " Remove env.shell, or set it to bash or /bin/sh."
        )
        raise InvalidBuildSpec(message)


def _checked_phases(spec: Mapping[str, object], source: str) -> _Phases:
    phases = _mapping(spec.get("phases"), "phases", source, remedy=_PHASES_REMEDY)
    checked: _Phases = {}
    for name, value in phases.items():
        path = f"phases.{name}"
        phase = _mapping(value, path, source, remedy=_PHASE_REMEDY)
        for key in ("commands", "finally"):
            _check_commands(phase.get(key), f"{path}.{key}", source)
        checked[name] = None if value is None else phase
    return checked


def _mapping(value: object, path: str, source: str, *, remedy: str) -> dict[str, object]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise _mistyped(value, path, source, wanted="a mapping", remedy=remedy)


def _check_commands(value: object, path: str, source: str) -> None:
    if value is not None and not isinstance(value, str | list):
        wanted = "a text or a list of texts"
        raise _mistyped(value, path, source, wanted=wanted, remedy=_PHASE_REMEDY)
    for index, command in enumerate(listed(value)):
        if isinstance(command, dict | list):
            where = f"{path}[{index}]"
            raise _mistyped(command, where, source, wanted="a text", remedy=_COMMAND_REMEDY)


def _mistyped(
    value: object, path: str, source: str, *, wanted: str, remedy: str
) -> InvalidBuildSpec:
    shown = json.dumps(value, default=str)
    if len(shown) > _EXCERPT:
        shown = f"{shown[:_EXCERPT]}..."
    return InvalidBuildSpec(f"{source}: {path} must be {wanted}, and is {shown}. {remedy}")
