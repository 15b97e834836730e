"""Moving the pulls of a Dockerfile to their copies, and checking that it was right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.collector import collecting_later
from cdk_ecr_public_pull.dockerfile.platforms import DEFAULT_PLATFORM
from cdk_ecr_public_pull.dockerfile.quick import QuickRewrite, rewrite_quickly
from cdk_ecr_public_pull.images.mirrors import Mirrors, default_mirrors
from cdk_ecr_public_pull.report.edit import Edit
from cdk_ecr_public_pull.report.finding import Finding
from cdk_ecr_public_pull.report.rules import RuleSettings

# As in typing, whose import would make every start slower.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cdk_ecr_public_pull.dockerfile.long_way import Outcome
    from cdk_ecr_public_pull.dockerfile.reporting import Reporter


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


@collecting_later
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
    if not build_args and target is None and settings.wants_pulls:
        quick = rewrite_quickly(content, mirrors, report_all=False)
        if quick is not None:
            findings = _about(quick, content, path, settings, tell_mended=False)
            return Rewrite(quick.content, quick.edits, findings)
    reporter = _reporter(content, path, settings)
    outcome = _rewrite_thoroughly(
        content, mirrors, reporter, build_args=build_args, target=target, platform=platform
    )
    return Rewrite(outcome.content, outcome.edits, outcome.findings(tell_mended=False))


@collecting_later
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
    if not build_args and target is None and settings.wants_pulls:
        quick = rewrite_quickly(content, mirrors, report_all=True)
        if quick is not None:
            return _about(quick, content, path, settings, tell_mended=True)
    reporter = _reporter(content, path, settings)
    outcome = _rewrite_thoroughly(
        content, mirrors, reporter, build_args=build_args, target=target, platform=platform
    )
    return outcome.findings(tell_mended=True)


def _about(
    quick: QuickRewrite, content: bytes, path: str, settings: RuleSettings, *, tell_mended: bool
) -> tuple[Finding, ...]:
    if not quick.decisions:
        return ()
    return _reporter(content, path, settings).about(quick.decisions, tell_mended=tell_mended)


def _reporter(content: bytes, path: str, settings: RuleSettings) -> Reporter:
    # Imported when it is needed: where nothing is to be said the command starts faster.
    from cdk_ecr_public_pull.dockerfile.reporting import Reporter  # noqa: PLC0415

    return Reporter(content, path=path, settings=settings)


def _rewrite_thoroughly(
    content: bytes,
    mirrors: Mirrors,
    reporter: Reporter,
    *,
    build_args: Mapping[str, str] | None,
    target: str | None,
    platform: str,
) -> Outcome:
    # Imported when it is needed: the usual file does without, and the command starts faster.
    from cdk_ecr_public_pull.dockerfile.long_way import rewrite_thoroughly  # noqa: PLC0415

    return rewrite_thoroughly(
        content, mirrors, reporter, build_args=build_args, target=target, platform=platform
    )
