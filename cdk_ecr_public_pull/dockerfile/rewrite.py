"""Moving the pulls of a Dockerfile to their copies, and checking that it was right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cdk_ecr_public_pull.dockerfile.instructions.parsed_dockerfile import ParsedDockerfile
from cdk_ecr_public_pull.dockerfile.parser.source_text import LONGEST_LINE
from cdk_ecr_public_pull.dockerfile.stages.analyze import analyze
from cdk_ecr_public_pull.dockerfile.stages.places import Conditions
from cdk_ecr_public_pull.images.mirrors import Verdict, default_mirrors
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.report.reporter import Reporter
from cdk_ecr_public_pull.report.rules import RuleSettings

if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.edits.plan import Decision
    from cdk_ecr_public_pull.images.mirrors import Mirrors
    from cdk_ecr_public_pull.report.edit import Edit
    from cdk_ecr_public_pull.report.finding import Finding

# Of what is pulled from elsewhere, or not at all, nothing is said.
_SILENT = (Verdict.NOT_DOCKER_HUB, Verdict.LOCAL)


class Rewrite(NamedTuple):
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
    unsafe_fixes: bool = False,
) -> Rewrite:
    """Make a Dockerfile pull its images from their copies.

    Only the bytes that name a repository are changed, each where it is named. The
    pulls of the result are found again, and dockerfile-parse must find the same instructions
    in it; unless they are exactly the old ones, moved, the file stays as it was and a finding
    says so. A second rewrite changes nothing.

    Args:
        content: The Dockerfile.
        path: Its name, for the findings.
        mirrors: Where copies are; Docker's official images on ECR Public if left out.
        settings: The rules' severities; their defaults if left out. What a rule that
            is off, or ignored at its place, would report is not changed either.
        build_args: The values of ``--build-arg``; none if left out.
        target: The stage of ``--target``; pulls of all stages are moved whatever it is.
        platform: The platform to build for.
        unsafe_fixes: Whether to move images that are pinned by a digest, too, which the copy
            may not have.

    Returns:
        The new content with the changes and the findings that remain. A file that
        BuildKit refuses is not changed.
    """
    conditions = Conditions(build_args=build_args or {}, target=target, platform=platform)
    reporter = Reporter(content, path=path, settings=settings or RuleSettings())
    plan = _Plan(content, conditions, mirrors or default_mirrors(), reporter)
    plan.move_pulls(unsafe_fixes=unsafe_fixes)
    return Rewrite(plan.content, plan.edits, plan.findings(tell_mended=False))


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
    reporter = Reporter(content, path=path, settings=settings or RuleSettings())
    plan = _Plan(content, conditions, mirrors or default_mirrors(), reporter)
    plan.move_pulls(is_made=False)
    return plan.findings(tell_mended=True)


class _Plan:
    """What is to be done to a file, and said about it."""

    def __init__(
        self, content: bytes, conditions: Conditions, mirrors: Mirrors, reporter: Reporter
    ) -> None:
        self.content = content
        self._file = ParsedDockerfile(content)
        self.edits: tuple[Edit, ...] = ()
        self._conditions = conditions
        self._mirrors = mirrors
        self._reporter = reporter
        self._analysis = analyze(self._file, conditions, mirrors)
        self._decisions: list[Decision] = []
        self._changed_args: frozenset[str] = frozenset()

    def move_pulls(self, *, unsafe_fixes: bool = False, is_made: bool = True) -> None:
        """Plan the changes, and make them if they do what they should.

        Args:
            unsafe_fixes: Whether to move images that are pinned by a digest, too.
            is_made: Whether the changes are made. Those that are not need no proof where it is
                plain what would come of them.
        """
        analysis = self._analysis
        if analysis.refusal is not None or self._is_silent():
            return
        from cdk_ecr_public_pull.dockerfile.edits.plan import decide  # noqa: PLC0415  (a file that pulls nothing from Docker Hub does without it)

        self._decisions = decide(
            analysis, self._mirrors, self._reporter.wants_pull, moves_digests=unsafe_fixes
        )
        edits = {it.move.edit for it in self._decisions if it.move and it.move.edit}
        if not edits or (not is_made and self._is_plain(edits)):
            return
        from cdk_ecr_public_pull.dockerfile.edits.verify import (  # noqa: PLC0415  (needed only where a change is made or not plain)
            changed_args,
            is_relocation,
            is_witnessed,
        )
        from cdk_ecr_public_pull.report.edit import apply_edits, in_order  # noqa: PLC0415  (as above)

        ordered = in_order(edits)
        moved = apply_edits(self._file.content, ordered)
        after = analyze(self._file.edited(moved, ordered), self._conditions, self._mirrors)
        is_proven = is_relocation(analysis, self._decisions, after)
        # The second witness is slow to import.
        if is_proven and (not is_made or is_witnessed(self.content, moved, ordered)):
            self.content, self.edits = moved, tuple(ordered)
            self._changed_args = changed_args(analysis, after)
        else:
            self.give_up()

    def _is_silent(self) -> bool:
        """Whether nothing is to be said of the pulls, nor done about them."""
        verdicts = (self._mirrors.resolve(image).verdict for _, image in self._analysis.pulls)
        return not self._analysis.is_foreign and all(it in _SILENT for it in verdicts)

    def _is_plain(self, edits: Collection[Edit]) -> bool:
        """Whether it needs no proof what would come of changes."""
        # As long as the whole file is no longer than a line may be, no line is.
        length = len(self.content) + sum(len(edit.replacement) for edit in edits)
        return length <= LONGEST_LINE and all(it.is_plain for it in self._decisions if it.is_mended)

    def give_up(self) -> None:
        """Leave the file as it was given."""
        from cdk_ecr_public_pull.dockerfile.edits.plan import Move, Obstacle  # noqa: PLC0415  (where nothing is given up, nothing pays for it)

        self.content, self.edits, self._changed_args = self._file.content, (), frozenset()
        for decision in self._decisions:
            if decision.is_mended:
                decision.move = Move(obstacle=Obstacle.UNVERIFIED)

    def findings(self, *, tell_mended: bool) -> tuple[Finding, ...]:
        """All findings about the file, in its order.

        Args:
            tell_mended: Whether the pulls that a change moves are findings, too.
        """
        analysis, reporter = self._analysis, self._reporter
        if analysis.has_more_to_say or self._decisions:
            from cdk_ecr_public_pull.dockerfile.findings import findings_about  # noqa: PLC0415  (a file with nothing to say of it does without)

            findings_about(
                analysis,
                self._decisions,
                self._mirrors,
                reporter,
                tell_mended=tell_mended,
                changed_args=self._changed_args,
            )
        if analysis.refusal is None:
            reporter.report_unused_ignores()
        return tuple(sorted(reporter.findings, key=lambda it: (it.line, it.column)))
