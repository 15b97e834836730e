"""What is wrong with a Dockerfile, under the conditions that its image is built."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.constructs.build_context import named_files
from cdk_ecr_public_pull.constructs.synth_check.construct_finding import ConstructFinding
from cdk_ecr_public_pull.constructs.synth_check.image_findings import image_findings
from cdk_ecr_public_pull.dockerfile.named_contexts import plan_contexts, replaced_by
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from cdk_ecr_public_pull.images.partial import parse_partial
from cdk_ecr_public_pull.images.platform import DEFAULT_PLATFORM
from cdk_ecr_public_pull.images.reference import IMAGE_SCHEME

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from pathlib import Path

    from cdk_ecr_public_pull.config import Config
    from cdk_ecr_public_pull.constructs.synth_check.assembly import ImageBuild
    from cdk_ecr_public_pull.dockerfile.named_contexts import PlannedContexts
    from cdk_ecr_public_pull.dockerfile.pulls import Pull
    from cdk_ecr_public_pull.report.finding import Finding

_INJECTOR = "PropertyInjectors.of(app).add(EcrPublicBuildContexts())"


def dockerfile_findings(path: Path, *, config: Config) -> list[ConstructFinding]:
    """Check a Dockerfile of which nobody says how it is built: all of its stages.

    Args:
        path: The file.
        config: Which images have copies, and how grave what is.

    Raises:
        UnusableFile: The file cannot be read.
    """
    shown = os.fspath(path)
    content = named_files.read(path, shown=shown)
    findings = check_dockerfile(
        content, path=shown, mirrors=config.mirrors, settings=config.settings
    )
    return [_construct_finding(finding, has_context=False) for finding in findings]


def build_findings(build: ImageBuild, *, shown: str, config: Config) -> list[ConstructFinding]:
    """Check the Dockerfile of an image asset: what its build pulls.

    Args:
        build: How it is built.
        shown: The file, as it is to be named.
        config: Which images have copies, and how grave what is.

    Raises:
        UnusableFile: The file cannot be read.
    """
    content = named_files.read(build.directory / build.file, shown=shown)
    planned = _planned(content, build, config=config)
    if not planned.findings and planned.contexts == build.build_contexts:
        # All is moved, as EcrPublicBuildContexts does it.
        return list(_context_findings(planned.contexts, build, shown=shown, config=config))
    return _findings_of_some(content, build, shown=shown, config=config)


def _findings_of_some(
    content: bytes, build: ImageBuild, *, shown: str, config: Config
) -> list[ConstructFinding]:
    """The findings of a build that pulls some images as they are written."""
    from cdk_ecr_public_pull.dockerfile.pulls import find_pulls  # noqa: PLC0415  (it imports most of what reads Dockerfiles)

    platform = _platform(build)
    pulls = find_pulls(
        content, build_args=build.build_args, target=build.target, platform=platform
    ).pulls
    findings = check_dockerfile(
        content,
        path=shown,
        mirrors=config.mirrors,
        settings=config.settings,
        build_args=build.build_args,
        target=build.target,
        platform=platform,
    )
    if not findings and not build.build_contexts:
        return []
    movable = _planned(content, build, config=config, given=build.build_contexts).contexts
    named = [
        _construct_finding(finding, has_context=any(replaced_by(pull, movable) for pull in places))
        for finding in findings
        if not (places := _at(pulls, finding)) or any(_is_pulled(it, build) for it in places)
    ]
    used = {replaced_by(pull, build.build_contexts) for pull in pulls if pull.reachable}
    return named + list(_context_findings(used, build, shown=shown, config=config))


def _planned(
    content: bytes, build: ImageBuild, *, config: Config, given: Iterable[str] = ()
) -> PlannedContexts:
    """The contexts that a build can have besides those that are given."""
    return plan_contexts(
        content,
        mirrors=config.mirrors,
        settings=config.settings,
        build_args=build.build_args,
        target=build.target,
        platform=_platform(build),
        given=given,
    )


def _platform(build: ImageBuild) -> str:
    # Of several platforms each pulls the same, but for images that are named like one.
    return (build.platform or DEFAULT_PLATFORM).partition(",")[0]


def _at(pulls: Sequence[Pull], finding: Finding) -> list[Pull]:
    place = (finding.line, finding.column)
    return [pull for pull in pulls if (pull.line, pull.column) == place]


def _is_pulled(pull: Pull, build: ImageBuild) -> bool:
    return pull.reachable and replaced_by(pull, build.build_contexts) is None


def _context_findings(
    used: Container[str | None], build: ImageBuild, *, shown: str, config: Config
) -> Iterator[ConstructFinding]:
    """What takes a pull's place may be on Docker Hub itself."""
    for name, value in build.build_contexts.items():
        image = parse_partial(value.removeprefix(IMAGE_SCHEME))
        if name in used and value.startswith(IMAGE_SCHEME) and image is not None:
            place = f"{shown}, build context {name}"
            yield from image_findings(image, place=place, config=config)


def _construct_finding(finding: Finding, *, has_context: bool) -> ConstructFinding:
    ways = []
    if finding.edit is not None:
        ways.append(f"run: ecr-public-pull fix {shlex.quote(finding.path)}")
    if has_context:
        ways.append(f"add to the app, before its stacks: {_INJECTOR}")
    return ConstructFinding(
        rule=finding.rule,
        severity=finding.severity,
        description=f"{finding.path}:{finding.line}:{finding.column}: {finding.message}",
        fix="\nor ".join(filter(None, [finding.help, *ways])),
        metadata={
            "file": finding.path,
            "line": str(finding.line),
            "column": str(finding.column),
        },
    )
