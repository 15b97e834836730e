"""Moving the pulls of a Dockerfile to their copies, and checking that it was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.analysis import Analysis, Conditions, analyse
from cdk_ecr_public_pull.dockerfile.decisions import Decision, decide
from cdk_ecr_public_pull.dockerfile.edits import Edit, apply_edits
from cdk_ecr_public_pull.dockerfile.findings import Finding, RuleSettings
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.positions import Positions
from cdk_ecr_public_pull.dockerfile.pulls import Pull, pulls_of
from cdk_ecr_public_pull.dockerfile.reporting import Reporter
from cdk_ecr_public_pull.images.mirrors import Mirrors
from cdk_ecr_public_pull.images.reference import ImageReference


@dataclass(frozen=True, slots=True, kw_only=True)
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
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    outcome = _work_out(
        content, path, conditions, mirrors or Mirrors(), settings or RuleSettings()
    )
    return Rewrite(content=outcome.content, edits=outcome.edits, findings=outcome.after)


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
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    return _work_out(
        content, path, conditions, mirrors or Mirrors(), settings or RuleSettings()
    ).before


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
    outcome = _work_out(
        content, "Dockerfile", conditions, mirrors or Mirrors(), settings or RuleSettings()
    )
    return {
        decision.pull.span.start: decision.move.edit
        for decision in outcome.decisions
        if decision.move is not None and decision.move.edit is not None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    content: bytes
    edits: tuple[Edit, ...] = ()
    before: tuple[Finding, ...]
    after: tuple[Finding, ...]
    decisions: Sequence[Decision] = ()


def _work_out(
    content: bytes, path: str, conditions: Conditions, mirrors: Mirrors, settings: RuleSettings
) -> _Outcome:
    positions = Positions(content)
    reporter = Reporter(path=path, positions=positions, settings=settings)
    analysis = analyse(content, conditions, lenient=True)
    refused = [refusal for refusal in analysis.refusals if not refusal.missing_args]
    if refused:
        findings = reporter.refused(refused[0])
        return _Outcome(content=content, before=findings, after=findings)
    pulls = pulls_of(analysis, positions)
    decisions = decide(pulls, analysis, mirrors, reporter)
    edits = tuple(sorted({d.move.edit for d in decisions if d.move and d.move.edit}))
    moved = apply_edits(content, edits)
    changed_args: frozenset[str] = frozenset()
    if edits:
        check = analyse(moved, conditions, lenient=True)
        if not _is_relocation(analysis, decisions, check, moved):
            decisions = [decision.given_up() for decision in decisions]
            edits, moved = (), content
        else:
            changed_args = _changed_args(analysis, check)
    before = reporter.findings(decisions, analysis, changed_args)
    mended = {decision.pull.span.start for decision in decisions if decision.is_mended}
    after = reporter.without_mended(before, mended)
    return _Outcome(content=moved, edits=edits, before=before, after=after, decisions=decisions)


def _is_relocation(
    before: Analysis, decisions: Sequence[Decision], after: Analysis, moved: bytes
) -> bool:
    expected = [
        _identity(d.pull, d.resolution.replacement if d.is_mended else None) for d in decisions
    ]
    found = [_identity(pull, None) for pull in pulls_of(after, Positions(moved))]
    same_refusals = [refusal.missing_args for refusal in before.refusals] == [
        refusal.missing_args for refusal in after.refusals
    ]
    return expected == found and same_refusals


def _identity(pull: Pull, replacement: ImageReference | None) -> tuple[object, ...]:
    """What must be the same of a pull before and after."""
    image = str(replacement.with_default_tag() if replacement else pull.image)
    return image, pull.via, pull.stage, pull.stage_name, pull.reachable, pull.deferred


def _changed_args(before: Analysis, after: Analysis) -> frozenset[str]:
    if before.args is None or after.args is None:
        return frozenset()
    new = after.args.values
    return frozenset(
        name for name, value in before.args.values.items() if value.chars != new[name].chars
    )
