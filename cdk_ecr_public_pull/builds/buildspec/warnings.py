"""What a user should know about a buildspec that the login was merged into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.builds.commands.messages import MARKER
from cdk_ecr_public_pull.builds.plain_data import listed, mapping

PHASES = ("install", "pre_build", "build", "post_build")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSpecWarning:
    """Something that a merge cannot change, and that a user should know.

    Attributes:
        id: Its kind, stable: ``batch-build-spec``, ``batch-no-docker``, ``run-as``,
            ``on-failure``, ``unknown-phase``, ``steps-first`` or ``login-by-hand``.
        message: What and where it is, and what to do about it.
    """

    id: str
    message: str


def warnings_about(
    build_spec: Mapping[str, object], *, login_phase: str
) -> tuple[BuildSpecWarning, ...]:
    """Return what a user should know about a buildspec that holds the login.

    Args:
        build_spec: The buildspec after the merge.
        login_phase: The phase that holds the login.
    """
    phases = mapping(build_spec.get("phases"))
    return (
        *_batch_warnings(mapping(build_spec.get("batch"))),
        *_user_warnings(phases, build_spec.get("run-as"), login_phase),
        *_failure_warnings(phases, login_phase),
        *_unknown_warnings(phases),
        *_step_warnings(phases, login_phase),
        *_by_hand_warnings(phases),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    name: str
    build_specs: list[object]
    environments: list[object]


def _tasks(batch: Mapping[str, object]) -> Iterator[_Task]:
    """Yield the tasks of a batch build that may differ from the buildspec that starts it.

    Those of a build-fanout never do.
    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
    """
    for kind in ("build-graph", "build-list"):
        for task in map(mapping, listed(batch.get(kind))):
            yield _Task(
                name=f'batch.{kind}: "{task.get("identifier", "")}"',
                build_specs=listed(task.get("buildspec")),
                environments=[task.get("env")],
            )
    matrix = mapping(batch.get("build-matrix"))
    static, dynamic = mapping(matrix.get("static")), mapping(matrix.get("dynamic"))
    yield _Task(
        name="batch.build-matrix",
        build_specs=listed(dynamic.get("buildspec")),
        environments=[static.get("env"), dynamic.get("env")],
    )


def _batch_warnings(batch: Mapping[str, object]) -> Iterator[BuildSpecWarning]:
    for task in _tasks(batch):
        for build_spec in task.build_specs:
            yield BuildSpecWarning(
                id="batch-build-spec",
                message=f"{task.name} builds with {build_spec}, into which the login is not merged."
                ' Remove its "buildspec" key, or put the commands that "ecr-public-pull login"'
                " prints first into that file.",
            )
        if not task.build_specs:
            yield from _no_docker_warnings(task)


def _no_docker_warnings(task: _Task) -> Iterator[BuildSpecWarning]:
    for environment in map(mapping, task.environments):
        for key in ("type", "compute-type"):
            for value in map(str, listed(environment.get(key))):
                if "WINDOWS" in value.upper() or "LAMBDA" in value.upper():
                    yield BuildSpecWarning(
                        id="batch-no-docker",
                        message=f"{task.name} builds on {value}, where there is no Docker, so that"
                        ' the login fails. Give it a buildspec of its own (key "buildspec").',
                    )


def _user_warnings(
    phases: Mapping[str, object], default: object, login_phase: str
) -> Iterator[BuildSpecWarning]:
    # CodeBuild runs as root unless told otherwise:
    # https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.run-as
    users = {name: mapping(phases.get(name)).get("run-as") or default or "root" for name in PHASES}
    for name in PHASES[PHASES.index(login_phase) + 1 :]:
        phase = mapping(phases.get(name))
        runs = any(phase.get(key) for key in ("commands", "steps", "finally"))
        if runs and users[name] != users[login_phase]:
            yield BuildSpecWarning(
                id="run-as",
                message=f"phases.{name} runs as {users[name]}, but the login, in"
                f" phases.{login_phase}, as {users[login_phase]}, and docker keeps a login in the"
                " home of the user. Let both run as the same user, or put the commands that"
                f' "ecr-public-pull login" prints first into phases.{name}.commands.',
            )


def _failure_warnings(phases: Mapping[str, object], login_phase: str) -> Iterator[BuildSpecWarning]:
    # https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    if str(mapping(phases.get(login_phase)).get("on-failure")).upper() == "CONTINUE":
        yield BuildSpecWarning(
            id="on-failure",
            message=f"phases.{login_phase}.on-failure is CONTINUE, so that a failed login does not"
            " stop the build, which then pulls without one. Remove it, or let the login be"
            " optional.",
        )


def _unknown_warnings(phases: Mapping[str, object]) -> Iterator[BuildSpecWarning]:
    for name in phases:
        if name not in PHASES:
            from difflib import get_close_matches  # noqa: PLC0415  (needed only for a wrong word)

            close = get_close_matches(str(name), PHASES, n=1)
            hint = f" Did you mean {close[0]}?" if close else f" They are {', '.join(PHASES)}."
            yield BuildSpecWarning(
                id="unknown-phase",
                message=f"phases.{name} is none of CodeBuild's phases, which may never run it."
                + hint,
            )


def _step_warnings(phases: Mapping[str, object], login_phase: str) -> Iterator[BuildSpecWarning]:
    for name in PHASES[: PHASES.index(login_phase)]:
        if mapping(phases.get(name)).get("steps"):
            yield BuildSpecWarning(
                id="steps-first",
                message=f"phases.{name}.steps run before the login, in phases.{login_phase},"
                " because a phase holds steps or commands. Move steps that pull images to a later"
                " phase.",
            )


def _by_hand_warnings(phases: Mapping[str, object]) -> Iterator[BuildSpecWarning]:
    for name in PHASES:
        for command in map(str, listed(mapping(phases.get(name)).get("commands"))):
            for line in [] if command.startswith(MARKER) else command.splitlines():
                if "aws ecr-public get-login-password" in line:
                    yield BuildSpecWarning(
                        id="login-by-hand",
                        message=f"phases.{name}.commands logs in to ECR Public by hand. Pulls no"
                        f" longer need that; it is left as it is: {line.strip()}",
                    )
