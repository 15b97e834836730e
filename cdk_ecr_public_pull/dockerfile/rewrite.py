"""Moving the pulls of a Dockerfile to their copies, and checking that it was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.decisions import Decision, decide
from cdk_ecr_public_pull.dockerfile.edits import Edit, apply_edits
from cdk_ecr_public_pull.dockerfile.findings import Finding, RuleSettings
from cdk_ecr_public_pull.dockerfile.plan import Move, Obstacle
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.positions import Positions, span_of
from cdk_ecr_public_pull.dockerfile.quick import rewrite_quickly
from cdk_ecr_public_pull.dockerfile.reporting import Reporter
from cdk_ecr_public_pull.dockerfile.stages import Use
from cdk_ecr_public_pull.images.mirrors import Mirrors


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A Dockerfile whose pulls have been moved.

    Attributes:
        content: The file; the one that was given if nothing was changed.
        edits: The changes, in the order of the file, with offsets into the file that
            was given. They do not overlap.
        findings: What remains to be said: what was not moved, and what a change
            brings with it.
    """

    content: bytes
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]


def rewrite_dockerfile(
    content: bytes,
    *,
    path: str = "Dockerfile",
    mirrors: Mirrors | None = None,
    settings: RuleSettings | None = None,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str = DEFAULT_PLATFORM,
) -> Rewrite:
    """Make a Dockerfile pull its images from their copies.

    Only the bytes that name a repository are changed, each where it is named. The
    pulls of the result are found again; unless they are exactly the old ones, moved,
    the file stays as it was and a finding says so. A second rewrite changes nothing.

    Args:
        content: The Dockerfile.
        path: Its name, for the findings.
        mirrors: Where copies are; Docker's official images on ECR Public if left out.
        settings: The rules' severities; their defaults if left out. What a rule that
            is off, or ignored at its place, would report is not changed either.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``; pulls of all stages are moved whatever it is.
        platform: The platform to build for.

    Returns:
        The new content with the changes and the findings that remain. A file that
        BuildKit refuses is not changed.
    """
    mirrors, settings = mirrors or default_mirrors(), settings or RuleSettings()
    reporter = Reporter(path=path, positions=Positions(content), settings=settings)
    if not build_args and target is None and reporter.wants_pulls:
        quick = rewrite_quickly(content, mirrors, report_all=False)
        if quick is not None:
            return Rewrite(quick.content, quick.edits, reporter.about(quick.decisions))
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    outcome = _work_out(content, conditions, mirrors, reporter)
    return Rewrite(outcome.content, outcome.edits, outcome.findings(tell_mended=False))


def check_dockerfile(
    content: bytes,
    *,
    path: str = "Dockerfile",
    mirrors: Mirrors | None = None,
    settings: RuleSettings | None = None,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str = DEFAULT_PLATFORM,
) -> tuple[Finding, ...]:
    """Say what a Dockerfile pulls from Docker Hub, and what to do about it.

    Args:
        content: The Dockerfile.
        path: Its name, for the findings.
        mirrors: Where copies are; Docker's official images on ECR Public if left out.
        settings: The rules' severities; their defaults if left out.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``; pulls of all stages are checked whatever it is.
        platform: The platform to build for.

    Returns:
        The findings, in the order of the file. One that ``rewrite_dockerfile`` would
        mend carries the change.
    """
    mirrors, settings = mirrors or default_mirrors(), settings or RuleSettings()
    reporter = Reporter(path=path, positions=Positions(content), settings=settings)
    if not build_args and target is None and reporter.wants_pulls:
        quick = rewrite_quickly(content, mirrors, report_all=True)
        if quick is not None:
            return reporter.about(quick.decisions, tell_mended=True)
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    return _work_out(content, conditions, mirrors, reporter).findings(tell_mended=True)


def planned_edits(
    content: bytes,
    *,
    mirrors: Mirrors | None = None,
    settings: RuleSettings | None = None,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str = DEFAULT_PLATFORM,
) -> dict[int, Edit]:
    """The changes that ``rewrite_dockerfile`` would make, by the pull that each one moves.

    Args:
        content: The Dockerfile.
        mirrors: Where copies are; Docker's official images on ECR Public if left out.
        settings: The rules' severities; their defaults if left out.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``.
        platform: The platform to build for.

    Returns:
        The changes, by the first byte of the pull's word. One change may move several.
    """
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    reporter = Reporter(path="", positions=Positions(content), settings=settings or RuleSettings())
    outcome = _work_out(content, conditions, mirrors or default_mirrors(), reporter)
    return {
        span_of(decision.use.word).start: decision.move.edit
        for decision in outcome.decisions
        if decision.move is not None and decision.move.edit is not None
    }


@dataclass(slots=True, kw_only=True)
class _Outcome:
    content: bytes
    analysis: Analysis
    reporter: Reporter
    decisions: list[Decision] = field(default_factory=list)
    edits: tuple[Edit, ...] = ()
    changed_args: frozenset[str] = frozenset()

    def findings(self, *, tell_mended: bool) -> tuple[Finding, ...]:
        return self.reporter.findings(
            self.analysis, self.decisions, self.changed_args, tell_mended=tell_mended
        )


@cache
def default_mirrors() -> Mirrors:
    """The mirrors of somebody who configured none."""
    return Mirrors()


def _work_out(
    content: bytes, conditions: Conditions, mirrors: Mirrors, reporter: Reporter
) -> _Outcome:
    analysis = analyse(content, conditions, lenient=True)
    outcome = _Outcome(content=content, analysis=analysis, reporter=reporter)
    if any(not refusal.missing_args for refusal in analysis.refusals):
        return outcome
    decisions = decide(analysis, mirrors, reporter.wants_pull)
    outcome.decisions = decisions
    edits = {d.move.edit for d in decisions if d.move is not None and d.move.edit is not None}
    if not edits:
        return outcome
    moved = apply_edits(content, edits)
    check = analyse(moved, conditions, lenient=True)
    if is_relocation(analysis, decisions, check):
        outcome.content, outcome.edits = moved, tuple(sorted(edits))
        outcome.changed_args = _changed_args(analysis, check)
    else:
        for decision in decisions:
            if decision.is_mended:
                decision.move = Move(obstacle=Obstacle.UNVERIFIED)
    return outcome


def is_relocation(before: Analysis, decisions: Sequence[Decision], after: Analysis) -> bool:
    """Whether the pulls of a changed file are the old ones, moved, and nothing else changed.

    Args:
        before: The file as it was.
        decisions: What was to be done about each of its pulls.
        after: The file as it is.
    """
    expected = [
        (str(d.resolution.replacement.with_default_tag()), *_place(d.use))
        if d.is_mended and d.resolution.replacement
        else (str(d.image), *_place(d.use))
        for d in decisions
    ]
    found = [(str(image), *_place(use)) for use, image in after.pulls]
    return (
        expected == found
        and [_place(use) for use in before.graph.uses] == [_place(use) for use in after.graph.uses]
        and [r.missing_args for r in before.refusals] == [r.missing_args for r in after.refusals]
    )


def _place(use: Use) -> tuple[object, ...]:
    """What must be the same of a place before and after, besides the image's name."""
    stage, state = use.stage, use.state
    return (
        use.via,
        stage.index if stage else None,
        stage.name if stage else None,
        [user.index for user in use.users],
        state.index if state else None,
        state.base.index if state and state.base else None,
    )


def _changed_args(before: Analysis, after: Analysis) -> frozenset[str]:
    new = after.args.values
    return frozenset(
        name for name in before.args.expansions if before.args.values[name].chars != new[name].chars
    )
