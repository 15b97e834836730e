"""The long way to rewrite a Dockerfile: its whole stage graph, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.collector import collecting_later
from cdk_ecr_public_pull.dockerfile.decisions import decide
from cdk_ecr_public_pull.dockerfile.moves import Decision, Move, Obstacle
from cdk_ecr_public_pull.dockerfile.parsed import Arg
from cdk_ecr_public_pull.dockerfile.pulls import describe_refusal
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.reporting import COPIES, Reporter
from cdk_ecr_public_pull.dockerfile.stages import Use
from cdk_ecr_public_pull.dockerfile.text import span_of
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.report.edit import Edit, apply_edits, in_order
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.locations import Location
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was found out about a file, and done to it.

    Attributes:
        content: The file, changed or not.
        analysis: The file as it was given.
        reporter: Writes the findings about it.
        decisions: What is done about each pull.
        edits: The changes.
        changed_args: The variables of the FROM lines whose values change.
    """

    content: bytes
    analysis: Analysis
    reporter: Reporter
    decisions: list[Decision] = field(default_factory=list)
    edits: tuple[Edit, ...] = ()
    changed_args: frozenset[str] = frozenset()

    def findings(self, *, tell_mended: bool) -> tuple[Finding, ...]:
        """All findings about the file, in its order.

        Args:
            tell_mended: Whether the pulls that a change moves are findings, too.
        """
        for refusal in self.analysis.refusals:
            if not refusal.missing_args:
                return tuple(_refused(refusal, self.reporter))
        found = list(self.reporter.about(self.decisions, tell_mended=tell_mended))
        for refusal in self.analysis.refusals:
            found += _needs_build_arg(refusal, self.reporter)
        if self.changed_args:
            found += _reached(self.analysis, self.changed_args, self.reporter)
        found.sort(key=lambda finding: (finding.line, finding.column))
        return tuple(found)


def rewrite_thoroughly(
    content: bytes,
    mirrors: Mirrors,
    reporter: Reporter,
    *,
    build_args: Mapping[str, str] | None,
    target: str | None,
    platform: str,
) -> Outcome:
    """Move the pulls of a Dockerfile, whatever it looks like.

    Args:
        content: The Dockerfile.
        mirrors: Where copies are.
        reporter: Writes the findings about it.
        build_args: The values of ``--build-arg``.
        target: The stage of ``--target``.
        platform: The platform to build for.
    """
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    analysis = analyse(content, conditions, lenient=True)
    outcome = Outcome(content=content, analysis=analysis, reporter=reporter)
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
        outcome.content, outcome.edits = moved, tuple(in_order(edits))
        outcome.changed_args = _changed_args(analysis, check)
    else:
        for decision in decisions:
            if decision.is_mended:
                decision.move = Move(obstacle=Obstacle.UNVERIFIED)
    return outcome


@collecting_later
def planned_edits(
    content: bytes,
    *,
    mirrors: Mirrors,
    settings: RuleSettings,
    build_args: Mapping[str, str] | None,
    target: str | None,
    platform: str,
) -> dict[int, Edit]:
    """The changes that ``rewrite_dockerfile`` would make, by the pull that each one moves.

    Args:
        content: The Dockerfile.
        mirrors: Where copies are.
        settings: The rules' severities.
        build_args: The values of ``--build-arg``.
        target: The stage of ``--target``.
        platform: The platform to build for.

    Returns:
        The changes, by the first byte of the pull's word. One change may move several.
    """
    reporter = Reporter(content, path="", settings=settings)
    outcome = rewrite_thoroughly(
        content, mirrors, reporter, build_args=build_args, target=target, platform=platform
    )
    return {
        span_of(decision.place.word).start: decision.move.edit
        for decision in outcome.decisions
        if decision.move is not None and decision.move.edit is not None
    }


def is_relocation(before: Analysis, decisions: Sequence[Decision], after: Analysis) -> bool:
    """Whether the pulls of a changed file are the old ones, moved, and nothing else changed.

    Args:
        before: The file as it was.
        decisions: What was to be done about each of its pulls, in their order.
        after: The file as it is.
    """
    expected = [
        (str(d.resolution.replacement.with_default_tag()), *_place(use))
        if d.is_mended and d.resolution.replacement
        else (str(image), *_place(use))
        for d, (use, image) in zip(decisions, before.pulls, strict=True)
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
        len(use.users),
        state.index if state else None,
        state.base.index if state and state.base else None,
    )


def _changed_args(before: Analysis, after: Analysis) -> frozenset[str]:
    new = after.args.values
    return frozenset(
        name for name in before.args.expansions if before.args.values[name].chars != new[name].chars
    )


def _refused(refusal: Refusal, reporter: Reporter) -> Iterator[Finding]:
    message = f"BuildKit refuses this file: {refusal.message}"
    remedy = "mend this line; nothing is changed before the file builds"
    return _at_refusal(Rule.INVALID_DOCKERFILE, refusal, message, remedy, reporter)


def _needs_build_arg(refusal: Refusal, reporter: Reporter) -> Iterator[Finding]:
    names = ", ".join(refusal.missing_args)
    message = f"only a build argument tells what is pulled here: {names} has no value"
    remedy = (
        f"give ARG {refusal.missing_args[0]} a default, or pass the name of a copy, "
        f"such as {COPIES}node:21, with --build-arg"
    )
    return _at_refusal(Rule.NEEDS_BUILD_ARG, refusal, message, remedy, reporter)


def _at_refusal(
    rule: Rule, refusal: Refusal, message: str, remedy: str, reporter: Reporter
) -> Iterator[Finding]:
    error = describe_refusal(refusal, reporter.locations)
    start = Location(error.line, error.column)
    end = Location(error.line, len(reporter.locations.line(error.line)) + 1)
    return reporter.finding(rule, (start, end), message, remedy)


def _reached(analysis: Analysis, changed: frozenset[str], reporter: Reporter) -> Iterator[Finding]:
    steps = (step for stage in analysis.graph.states for step in stage.steps)
    args = (step.parsed for step in steps if isinstance(step.parsed, Arg))
    for name, default in (pair for arg in args for pair in arg.defaults):
        if default is None and name.chars in changed:
            message = f"this stage reads ARG {name.chars}, and its default changes"
            remedy = "see whether a command of the stage depends on the old value"
            yield from reporter.at(Rule.ARG_REACHES_STAGE, name, message, remedy)
